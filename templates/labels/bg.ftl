## Теми
subject-invitation = Покана: { $name } ({ $when })
subject-update = Промяна: { $name } ({ $when })
subject-cancellation = Отменено: { $name } ({ $when })
subject-removed = Оттеглена покана: { $name } ({ $when })
subject-new-host = Нов организатор: { $name } ({ $when })
subject-reminder = Напомняне: { $name } ({ $when })

## Заглавия и въведения
title-invitation = Поканени сте
title-update = Срещата е променена
title-cancellation = Срещата е отменена
title-removed = Вече не сте поканени
title-new-host = Срещата има нов организатор
title-reminder = Напомняне
greeting = Здравейте, { $name },
intro-invitation = { $organizer } Ви кани на среща.
intro-update = Срещата, на която Ви кани { $organizer }, е променена.
intro-cancellation = Тази среща няма да се състои. Не е необходимо да правите нищо.
intro-removed = Вече не сте поканени на тази среща. Не е необходимо да правите нищо.
intro-new-host = Сега организатор на тази среща е { $organizer } и отново кани на нея. Старият запис ще изчезне от календара Ви.
new-host = Сега организатор е { $organizer }.
intro-reminder = Тази среща предстои скоро.

## Същото за разговори
title-update-call = Разговорът е променен
title-cancellation-call = Разговорът е отменен
title-new-host-call = Разговорът има нов организатор
intro-invitation-call = { $organizer } Ви кани на разговор.
intro-update-call = Разговорът, на който Ви кани { $organizer }, е променен.
intro-cancellation-call = Този разговор няма да се състои. Не е необходимо да правите нищо.
intro-removed-call = Вече не сте поканени на този разговор. Не е необходимо да правите нищо.
intro-new-host-call = Сега организатор на този разговор е { $organizer } и отново кани на него. Старият запис ще изчезне от календара Ви.
intro-reminder-call = Този разговор предстои скоро.
join-call = Включване в разговора

## Данни
when = Кога
where = Къде
organizer = Организатор
duration = Продължителност
about = Описание
meeting-id = Идентификатор на срещата
passcode = Код за достъп
organizer-time = Местно време на организатора: { $when }
fact = { $label }: { $value }
before = Преди: { $value }

## Включване и отговор
join = Включване в срещата
join-link = Или отворете тази връзка:
join-online = Включване онлайн
join-code = Или сканирайте този код с телефона си:
join-code-alt = QR код с връзката за включване
answer-question = Ще участвате ли?
answer-accept = Да
answer-tentative = Може би
answer-decline = Не
open-record = Отваряне в CRM
calendar-hint = Приложен е файл за календар.
add-to-calendar = Добавяне в календара:
footer = Подател: { $organization }

## Проби на шаблон
test-subject = [Проба] { $subject }
test-notice = Това е проба на шаблон. Никой не е поканен.

## Времена
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } ден
   *[other] { $count } дни
}
duration-hours = { $count ->
    [one] { $count } час
   *[other] { $count } часа
}
duration-minutes = { $count ->
    [one] { $count } минута
   *[other] { $count } минути
}
duration-join = { $first } и { $then }
