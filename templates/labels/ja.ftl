## 件名
subject-invitation = 招待：{ $name }（{ $when }）
subject-update = 変更：{ $name }（{ $when }）
subject-cancellation = 中止：{ $name }（{ $when }）
subject-removed = 招待の取り消し：{ $name }（{ $when }）
subject-new-host = 主催者の変更：{ $name }（{ $when }）
subject-reminder = リマインダー：{ $name }（{ $when }）

## 見出しと書き出し
title-invitation = 招待のお知らせ
title-update = 会議の変更のお知らせ
title-cancellation = 会議の中止のお知らせ
title-removed = 招待の取り消しのお知らせ
title-new-host = 会議の主催者の変更のお知らせ
title-reminder = リマインダー
greeting = { $name } 様
intro-invitation = { $organizer } さんから会議への招待が届いています。
intro-update = { $organizer } さんがこの会議の内容を変更しました。
intro-cancellation = この会議は中止になりました。ご対応の必要はございません。
intro-removed = この会議へのご招待は取り消されました。ご対応の必要はございません。
intro-new-host = この会議の主催者は { $organizer } さんに変わり、改めて招待をお送りします。以前の予定はカレンダーから削除されます。
new-host = 主催者が { $organizer } さんに変わりました。
intro-reminder = この会議の日時が近づいています。

## 通話の場合
title-update-call = 通話の変更のお知らせ
title-cancellation-call = 通話の中止のお知らせ
title-new-host-call = 通話の主催者の変更のお知らせ
intro-invitation-call = { $organizer } さんから通話への招待が届いています。
intro-update-call = { $organizer } さんがこの通話の内容を変更しました。
intro-cancellation-call = この通話は中止になりました。ご対応の必要はございません。
intro-removed-call = この通話へのご招待は取り消されました。ご対応の必要はございません。
intro-new-host-call = この通話の主催者は { $organizer } さんに変わり、改めて招待をお送りします。以前の予定はカレンダーから削除されます。
intro-reminder-call = この通話の日時が近づいています。
join-call = 通話に参加

## 詳細
when = 日時
where = 場所
organizer = 主催者
duration = 所要時間
about = 説明
meeting-id = ミーティングID
passcode = パスコード
organizer-time = 主催者の現地時間：{ $when }
fact = { $label }：{ $value }
before = 変更前：{ $value }

## 参加と返信
join = 会議に参加
join-link = または次のリンクを開いてください：
join-online = オンラインで参加
join-code = またはスマートフォンでこのコードを読み取ってください：
join-code-alt = 参加用リンクのQRコード
answer-question = 参加されますか？
answer-accept = はい
answer-tentative = 未定
answer-decline = いいえ
open-record = CRMで開く
calendar-hint = カレンダーファイルを添付しています。
add-to-calendar = カレンダーに追加：
footer = 送信元：{ $organization }

## テンプレートのテスト
test-subject = [テスト] { $subject }
test-notice = これはテンプレートのテストです。どなたも招待されていません。

## 時間
range = { $start }～{ $end }
duration-days = { $count }日
duration-hours = { $count }時間
duration-minutes = { $count }分
duration-join = { $first }{ $then }
