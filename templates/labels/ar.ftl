## سطور الموضوع
subject-invitation = دعوة: { $name } ({ $when })
subject-update = تحديث: { $name } ({ $when })
subject-cancellation = إلغاء: { $name } ({ $when })
subject-removed = سحب الدعوة: { $name } ({ $when })
subject-new-host = تغيير المنظم: { $name } ({ $when })
subject-reminder = تذكير: { $name } ({ $when })

## العناوين والمقدمات
title-invitation = لديك دعوة
title-update = تغيّر الاجتماع
title-cancellation = أُلغي الاجتماع
title-removed = سُحبت دعوتك
title-new-host = تغيّر منظم الاجتماع
title-reminder = تذكير
greeting = مرحبًا { $name }،
intro-invitation = لديك دعوة إلى اجتماع من { $organizer }.
intro-update = ورد تعديل على هذا الاجتماع من { $organizer }.
intro-cancellation = لن يُعقد هذا الاجتماع. لا يلزمك القيام بأي شيء.
intro-removed = سُحبت دعوتك إلى هذا الاجتماع. لا يلزمك القيام بأي شيء.
intro-new-host = انتقل تنظيم هذا الاجتماع إلى { $organizer }، وتُرسل الدعوة إليه من جديد. سيُحذف الموعد القديم من تقويمك.
new-host = انتقل التنظيم الآن إلى { $organizer }.
intro-reminder = اقترب موعد هذا الاجتماع.

## الأمر نفسه للمكالمات
title-update-call = تغيّرت المكالمة
title-cancellation-call = أُلغيت المكالمة
title-new-host-call = تغيّر منظم المكالمة
intro-invitation-call = لديك دعوة إلى مكالمة من { $organizer }.
intro-update-call = ورد تعديل على هذه المكالمة من { $organizer }.
intro-cancellation-call = لن تُجرى هذه المكالمة. لا يلزمك القيام بأي شيء.
intro-removed-call = سُحبت دعوتك إلى هذه المكالمة. لا يلزمك القيام بأي شيء.
intro-new-host-call = انتقل تنظيم هذه المكالمة إلى { $organizer }، وتُرسل الدعوة إليها من جديد. سيُحذف الموعد القديم من تقويمك.
intro-reminder-call = اقترب موعد هذه المكالمة.
join-call = الانضمام إلى المكالمة

## البيانات
when = الموعد
where = المكان
organizer = المنظم
duration = المدة
about = الوصف
meeting-id = معرّف الاجتماع
passcode = رمز المرور
organizer-time = بتوقيت المنظم: { $when }
fact = { $label }: { $value }
before = سابقًا: { $value }

## الانضمام والرد
join = الانضمام إلى الاجتماع
join-link = أو عبر هذا الرابط:
join-online = الانضمام عبر الإنترنت
join-code = أو بمسح هذا الرمز بالهاتف:
join-code-alt = رمز QR يتضمن رابط الانضمام
answer-question = هل يمكنك الحضور؟
answer-accept = نعم
answer-tentative = ربما
answer-decline = لا
open-record = فتح في نظام CRM
calendar-hint = ملف التقويم مرفق بهذه الرسالة.
add-to-calendar = الإضافة إلى التقويم:
footer = المرسل: { $organization }

## اختبارات القوالب
test-subject = [اختبار] { $subject }
test-notice = هذا اختبار لقالب. لم تُوجَّه الدعوة إلى أي شخص.

## الأوقات
range = { $start } – { $end }
duration-days = { $count ->
    [zero] { $count } يوم
    [one] يوم واحد
    [two] يومان
    [few] { $count } أيام
    [many] { $count } يومًا
   *[other] { $count } يوم
}
duration-hours = { $count ->
    [zero] { $count } ساعة
    [one] ساعة واحدة
    [two] ساعتان
    [few] { $count } ساعات
    [many] { $count } ساعة
   *[other] { $count } ساعة
}
duration-minutes = { $count ->
    [zero] { $count } دقيقة
    [one] دقيقة واحدة
    [two] دقيقتان
    [few] { $count } دقائق
    [many] { $count } دقيقة
   *[other] { $count } دقيقة
}
duration-join = { $first } و{ $then }
