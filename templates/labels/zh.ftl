## 主题
subject-invitation = 会议邀请：{ $name }（{ $when }）
subject-update = 会议变更：{ $name }（{ $when }）
subject-cancellation = 会议取消：{ $name }（{ $when }）

## 标题与开头
title-invitation = 会议邀请
title-update = 会议已变更
title-cancellation = 会议已取消
greeting = { $name }，您好！
intro-invitation = { $organizer } 邀请您参加会议。
intro-update = { $organizer } 更改了您受邀参加的会议。
intro-cancellation = 本次会议不再举行，您无需进行任何操作。

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
answer-question = 您是否参加？
answer-accept = 参加
answer-tentative = 待定
answer-decline = 不参加
open-record = 在 CRM 中打开
calendar-hint = 附件中有日历文件。
footer = 由 { $organization } 发送

## 时间
range = { $start } – { $end }
duration-days = { $count } 天
duration-hours = { $count } 小时
duration-minutes = { $count } 分钟
duration-join = { $first } { $then }
