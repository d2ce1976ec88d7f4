## 主旨
subject-invitation = 邀請：{ $name }（{ $when }）
subject-update = 變更：{ $name }（{ $when }）
subject-cancellation = 取消：{ $name }（{ $when }）
subject-removed = 撤回邀請：{ $name }（{ $when }）
subject-new-host = 更換主辦人：{ $name }（{ $when }）
subject-reminder = 提醒：{ $name }（{ $when }）

## 標題與開頭
title-invitation = 您收到一份邀請
title-update = 會議已變更
title-cancellation = 會議已取消
title-removed = 您已不在受邀之列
title-new-host = 會議已更換主辦人
title-reminder = 提醒
greeting = { $name }，您好：
intro-invitation = { $organizer } 邀請您參加會議。
intro-update = { $organizer } 變更了這場會議。
intro-cancellation = 這場會議不會舉行，您無須採取任何動作。
intro-removed = 您已不在這場會議的受邀之列，無須採取任何動作。
intro-new-host = 這場會議現由 { $organizer } 主辦，並將重新發出邀請。原有行程將從您的行事曆移除。
new-host = 現在的主辦人是 { $organizer }。
intro-reminder = 這場會議的時間快到了。

## 通話的相同文字
title-update-call = 通話已變更
title-cancellation-call = 通話已取消
title-new-host-call = 通話已更換主辦人
intro-invitation-call = { $organizer } 邀請您參加通話。
intro-update-call = { $organizer } 變更了此通話。
intro-cancellation-call = 此通話不會進行，您無須採取任何動作。
intro-removed-call = 您已不在此通話的受邀之列，無須採取任何動作。
intro-new-host-call = 此通話現由 { $organizer } 主辦，並將重新發出邀請。原有行程將從您的行事曆移除。
intro-reminder-call = 此通話的時間快到了。
join-call = 加入通話

## 資訊
when = 時間
where = 地點
organizer = 主辦人
duration = 時間長度
about = 說明
meeting-id = 會議 ID
passcode = 密碼
organizer-time = 主辦人當地時間：{ $when }
fact = { $label }：{ $value }
before = 原為：{ $value }

## 加入與回覆
join = 加入會議
join-link = 或開啟此連結：
join-online = 線上加入
join-code = 或用手機掃描此 QR 碼：
join-code-alt = 含加入連結的 QR 碼
answer-question = 您是否參加？
answer-accept = 參加
answer-tentative = 未定
answer-decline = 不參加
open-record = 在 CRM 中開啟
calendar-hint = 附件中有行事曆檔案。
add-to-calendar = 加入您的行事曆：
footer = 由 { $organization } 寄送

## 範本測試
test-subject = [測試] { $subject }
test-notice = 這是範本測試，並未邀請任何人。

## 時間
range = { $start } – { $end }
duration-days = { $count } 天
duration-hours = { $count } 小時
duration-minutes = { $count } 分鐘
duration-join = { $first } { $then }
