## موضوع‌ها
subject-invitation = دعوت: { $name } ({ $when })
subject-update = تغییر: { $name } ({ $when })
subject-cancellation = لغو: { $name } ({ $when })
subject-removed = پس‌گرفتن دعوت: { $name } ({ $when })
subject-new-host = برگزارکنندهٔ جدید: { $name } ({ $when })
subject-reminder = یادآوری: { $name } ({ $when })

## عنوان‌ها و مقدمه‌ها
title-invitation = شما دعوت شده‌اید
title-update = جلسه تغییر کرده است
title-cancellation = جلسه لغو شده است
title-removed = شما دیگر دعوت نیستید
title-new-host = جلسه برگزارکنندهٔ جدیدی دارد
title-reminder = یادآوری
greeting = سلام { $name }،
intro-invitation = { $organizer } شما را به جلسه‌ای دعوت کرده است.
intro-update = { $organizer } این جلسه را تغییر داده است.
intro-cancellation = این جلسه برگزار نمی‌شود. لازم نیست کاری انجام دهید.
intro-removed = شما دیگر به این جلسه دعوت نیستید. لازم نیست کاری انجام دهید.
intro-new-host = اکنون { $organizer } برگزارکنندهٔ این جلسه است و دوباره به آن دعوت می‌کند. مورد قدیمی از تقویم شما حذف می‌شود.
new-host = اکنون { $organizer } برگزارکننده است.
intro-reminder = زمان این جلسه نزدیک است.

## همان‌ها برای تماس‌ها
title-update-call = تماس تغییر کرده است
title-cancellation-call = تماس لغو شده است
title-new-host-call = تماس برگزارکنندهٔ جدیدی دارد
intro-invitation-call = { $organizer } شما را به تماسی دعوت کرده است.
intro-update-call = { $organizer } این تماس را تغییر داده است.
intro-cancellation-call = این تماس برقرار نمی‌شود. لازم نیست کاری انجام دهید.
intro-removed-call = شما دیگر به این تماس دعوت نیستید. لازم نیست کاری انجام دهید.
intro-new-host-call = اکنون { $organizer } برگزارکنندهٔ این تماس است و دوباره به آن دعوت می‌کند. مورد قدیمی از تقویم شما حذف می‌شود.
intro-reminder-call = زمان این تماس نزدیک است.
join-call = پیوستن به تماس

## اطلاعات
when = زمان
where = مکان
organizer = برگزارکننده
duration = مدت
about = توضیحات
meeting-id = شناسهٔ جلسه
passcode = رمز ورود
organizer-time = به وقت برگزارکننده: { $when }
fact = { $label }: { $value }
before = پیش از تغییر: { $value }

## پیوستن و پاسخ دادن
join = پیوستن به جلسه
join-link = یا این پیوند را باز کنید:
join-online = پیوستن آنلاین
join-code = یا این کد را با تلفن همراه اسکن کنید:
join-code-alt = کد QR با پیوند ورود
answer-question = آیا شرکت می‌کنید؟
answer-accept = بله
answer-tentative = شاید
answer-decline = خیر
open-record = باز کردن در CRM
calendar-hint = یک فایل تقویم پیوست شده است.
add-to-calendar = افزودن به تقویم:
footer = فرستنده: { $organization }

## آزمایش قالب
test-subject = [آزمایش] { $subject }
test-notice = این پیام برای آزمایش یک قالب است. از کسی دعوت نشده است.

## زمان‌ها
range = { $start } تا { $end }
duration-days = { $count ->
    [one] { $count } روز
   *[other] { $count } روز
}
duration-hours = { $count ->
    [one] { $count } ساعت
   *[other] { $count } ساعت
}
duration-minutes = { $count ->
    [one] { $count } دقیقه
   *[other] { $count } دقیقه
}
duration-join = { $first } و { $then }
