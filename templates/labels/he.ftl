## נושאים
subject-invitation = הזמנה: { $name } ({ $when })
subject-update = עדכון: { $name } ({ $when })
subject-cancellation = ביטול: { $name } ({ $when })
subject-removed = ההזמנה שלך אינה עוד בתוקף: { $name } ({ $when })
subject-new-host = החלפת מארגן/ת: { $name } ({ $when })
subject-reminder = תזכורת: { $name } ({ $when })

## כותרות ופתיחות
title-invitation = קיבלת הזמנה
title-update = הפגישה השתנתה
title-cancellation = הפגישה בוטלה
title-removed = ההזמנה שלך אינה עוד בתוקף
title-new-host = לפגישה יש מארגן/ת חדש/ה
title-reminder = תזכורת
greeting = שלום { $name },
intro-invitation = קיבלת הזמנה לפגישה מאת { $organizer }.
intro-update = פרטי הפגישה שאליה הוזמנת על ידי { $organizer } השתנו.
intro-cancellation = הפגישה הזאת לא תתקיים. אין צורך לעשות דבר.
intro-removed = ההזמנה שלך לפגישה הזאת אינה עוד בתוקף. אין צורך לעשות דבר.
intro-new-host = ארגון הפגישה הזאת עבר לידי { $organizer }, והזמנה חדשה אליה נשלחת. הרישום הישן יוסר מהיומן שלך.
new-host = הארגון עבר כעת לידי { $organizer }.
intro-reminder = מועד הפגישה הזאת מתקרב.

## אותו הדבר לשיחות
title-update-call = השיחה השתנתה
title-cancellation-call = השיחה בוטלה
title-new-host-call = לשיחה יש מארגן/ת חדש/ה
intro-invitation-call = קיבלת הזמנה לשיחה מאת { $organizer }.
intro-update-call = פרטי השיחה שאליה הוזמנת על ידי { $organizer } השתנו.
intro-cancellation-call = השיחה הזאת לא תתקיים. אין צורך לעשות דבר.
intro-removed-call = ההזמנה שלך לשיחה הזאת אינה עוד בתוקף. אין צורך לעשות דבר.
intro-new-host-call = ארגון השיחה הזאת עבר לידי { $organizer }, והזמנה חדשה אליה נשלחת. הרישום הישן יוסר מהיומן שלך.
intro-reminder-call = מועד השיחה הזאת מתקרב.
join-call = הצטרפות לשיחה

## פרטים
when = מתי
where = איפה
organizer = מארגן/ת
duration = משך
about = תיאור
meeting-id = מזהה פגישה
passcode = קוד גישה
organizer-time = לפי שעון המארגן/ת: { $when }
fact = { $label }: { $value }
before = לפני השינוי: { $value }

## הצטרפות ומענה
join = הצטרפות לפגישה
join-link = או דרך הקישור הזה:
join-online = הצטרפות מקוונת
join-code = או בסריקת הקוד הזה בטלפון:
join-code-alt = קוד QR עם קישור להצטרפות
answer-question = האם בכוונתך להשתתף?
answer-accept = כן
answer-tentative = אולי
answer-decline = לא
open-record = פתיחה ב-CRM
calendar-hint = מצורף קובץ יומן.
add-to-calendar = הוספה ליומן:
footer = נשלח על ידי { $organization }

## בדיקות של תבנית
test-subject = [בדיקה] { $subject }
test-notice = זוהי בדיקה של תבנית. איש לא הוזמן.

## זמנים
range = { $start } – { $end }
duration-days = { $count ->
    [one] יום אחד
    [two] יומיים
   *[other] { $count } ימים
}
duration-hours = { $count ->
    [one] שעה אחת
    [two] שעתיים
   *[other] { $count } שעות
}
duration-minutes = { $count ->
    [one] דקה אחת
    [two] שתי דקות
   *[other] { $count } דקות
}
duration-join = { $first }, { $then }
