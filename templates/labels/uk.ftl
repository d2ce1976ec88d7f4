## Тема
subject-invitation = Запрошення: { $name } ({ $when })
subject-update = Зміни: { $name } ({ $when })
subject-cancellation = Скасовано: { $name } ({ $when })

## Заголовки та вступи
title-invitation = Вас запрошують на зустріч
title-update = Зустріч змінено
title-cancellation = Зустріч скасовано
greeting = Вітаємо, { $name }!
intro-invitation = { $organizer } запрошує вас на зустріч.
intro-update = Зустріч, на яку вас запрошує { $organizer }, змінилася.
intro-cancellation = Ця зустріч не відбудеться. Від вас нічого не потрібно.

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
answer-question = Ви прийдете?
answer-accept = Так
answer-tentative = Можливо
answer-decline = Ні
open-record = Відкрити в CRM
calendar-hint = Файл для календаря додано до листа.
footer = Надіслано: { $organization }

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
