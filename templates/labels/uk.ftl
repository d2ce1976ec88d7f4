## Тема
subject-invitation = Запрошення: { $name } ({ $when })
subject-update = Зміни: { $name } ({ $when })
subject-cancellation = Скасовано: { $name } ({ $when })
subject-removed = Запрошення відкликано: { $name } ({ $when })
subject-new-host = Новий організатор: { $name } ({ $when })
subject-reminder = Нагадування: { $name } ({ $when })

## Заголовки та вступи
title-invitation = Вас запрошують на зустріч
title-update = Зустріч змінено
title-cancellation = Зустріч скасовано
title-removed = Ваше запрошення відкликано
title-new-host = Зустріч має нового організатора
title-reminder = Нагадування
greeting = Вітаємо, { $name }!
intro-invitation = { $organizer } запрошує вас на зустріч.
intro-update = Зустріч, на яку вас запрошує { $organizer }, змінилася.
intro-cancellation = Ця зустріч не відбудеться. Від вас нічого не потрібно.
intro-removed = Ваше запрошення на цю зустріч відкликано. Від вас нічого не потрібно.
intro-new-host = Тепер цю зустріч організовує { $organizer } і знову запрошує на неї. Старий запис зникне з вашого календаря.
new-host = Тепер організатор — { $organizer }.
intro-reminder = Ця зустріч незабаром відбудеться.

## Те саме для дзвінків
title-update-call = Дзвінок змінено
title-cancellation-call = Дзвінок скасовано
title-new-host-call = Дзвінок має нового організатора
intro-invitation-call = { $organizer } запрошує вас на дзвінок.
intro-update-call = Дзвінок, на який вас запрошує { $organizer }, змінено.
intro-cancellation-call = Цей дзвінок не відбудеться. Від вас нічого не потрібно.
intro-removed-call = Ваше запрошення на цей дзвінок відкликано. Від вас нічого не потрібно.
intro-new-host-call = Тепер цей дзвінок організовує { $organizer } і знову запрошує на нього. Старий запис зникне з вашого календаря.
intro-reminder-call = Цей дзвінок незабаром відбудеться.
join-call = Приєднатися до дзвінка

## Відомості
when = Коли
where = Де
organizer = Організатор
duration = Тривалість
about = Опис
meeting-id = Ідентифікатор конференції
passcode = Код доступу
organizer-time = Час організатора: { $when }
fact = { $label }: { $value }
before = Раніше: { $value }

## Приєднання та відповідь
join = Приєднатися
join-link = Або відкрийте посилання:
join-online = Приєднатися онлайн
join-code = Або відскануйте цей код телефоном:
join-code-alt = QR-код із посиланням для приєднання
answer-question = Ви прийдете?
answer-accept = Так
answer-tentative = Можливо
answer-decline = Ні
open-record = Відкрити в CRM
calendar-hint = Файл для календаря додано до листа.
add-to-calendar = Додати до календаря:
footer = Надіслано: { $organization }

## Перевірка шаблону
test-subject = [Перевірка] { $subject }
test-notice = Це перевірка шаблону. Нікого не запрошено.

## Час
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } день
    [few] { $count } дні
   *[many] { $count } днів
}
duration-hours = { $count ->
    [one] { $count } година
    [few] { $count } години
   *[many] { $count } годин
}
duration-minutes = { $count ->
    [one] { $count } хвилина
    [few] { $count } хвилини
   *[many] { $count } хвилин
}
duration-join = { $first } { $then }
