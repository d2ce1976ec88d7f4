## 主题
subject-invitation = 会议邀请：{ $name }（{ $when }）
subject-update = 会议变更：{ $name }（{ $when }）
subject-cancellation = 会议取消：{ $name }（{ $when }）
subject-removed = 撤回邀请：{ $name }（{ $when }）
subject-new-host = 更换组织者：{ $name }（{ $when }）
subject-reminder = 提醒：{ $name }（{ $when }）

## 标题与开头
title-invitation = 会议邀请
title-update = 会议已变更
title-cancellation = 会议已取消
title-removed = 您已不在受邀之列
title-new-host = 会议已更换组织者
title-reminder = 提醒
greeting = { $name }，您好！
intro-invitation = { $organizer } 邀请您参加会议。
intro-update = { $organizer } 更改了您受邀参加的会议。
intro-cancellation = 本次会议不再举行，您无需进行任何操作。
intro-removed = 您已不在本次会议的受邀之列，无需进行任何操作。
intro-new-host = 本次会议现由 { $organizer } 组织，并将重新发出邀请。原有日程将从您的日历中移除。
new-host = 现在的组织者是 { $organizer }。
intro-reminder = 本次会议的时间快到了。

## 通话的相同文字
title-update-call = 通话已变更
title-cancellation-call = 通话已取消
title-new-host-call = 通话已更换组织者
intro-invitation-call = { $organizer } 邀请您参加通话。
intro-update-call = { $organizer } 更改了您受邀参加的通话。
intro-cancellation-call = 本次通话不再进行，您无需进行任何操作。
intro-removed-call = 您已不在本次通话的受邀之列，无需进行任何操作。
intro-new-host-call = 本次通话现由 { $organizer } 组织，并将重新发出邀请。原有日程将从您的日历中移除。
intro-reminder-call = 本次通话的时间快到了。
join-call = 加入通话

## 会议信息
when = 时间
where = 地点
organizer = 组织者
duration = 时长
about = 说明
meeting-id = 会议号
passcode = 密码
organizer-time = 组织者当地时间：{ $when }
fact = { $label }：{ $value }
before = 原为：{ $value }

## 加入与回复
join = 加入会议
join-link = 或打开此链接：
join-online = 在线加入
join-code = 或用手机扫描此二维码：
join-code-alt = 含加入链接的二维码
answer-question = 您是否参加？
answer-accept = 参加
answer-tentative = 待定
answer-decline = 不参加
open-record = 在 CRM 中打开
calendar-hint = 附件中有日历文件。
add-to-calendar = 添加到您的日历：
footer = 由 { $organization } 发送

## 模板测试
test-subject = [测试] { $subject }
test-notice = 这是模板测试，未邀请任何人。

## 时间
range = { $start } – { $end }
duration-days = { $count } 天
duration-hours = { $count } 小时
duration-minutes = { $count } 分钟
duration-join = { $first } { $then }
