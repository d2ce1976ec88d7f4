## Тема
subject-invitation = Приглашение: { $name } ({ $when })
subject-update = Изменение: { $name } ({ $when })
subject-cancellation = Отмена: { $name } ({ $when })

## Заголовки и вступления
title-invitation = Вас приглашают на встречу
title-update = Встреча изменена
title-cancellation = Встреча отменена
greeting = Здравствуйте, { $name }!
intro-invitation = { $organizer } приглашает вас на встречу.
intro-update = Встреча, на которую вас приглашает { $organizer }, изменилась.
intro-cancellation = Эта встреча не состоится. От вас ничего не требуется.

## Сведения
when = Когда
where = Где
organizer = Организатор
duration = Продолжительность
about = Описание
meeting-id = Идентификатор конференции
passcode = Код доступа
organizer-time = Время организатора: { $when }
fact = { $label }: { $value }
before = Раньше: { $value }

## Подключение и ответ
join = Подключиться
join-link = Или откройте ссылку:
join-online = Подключиться онлайн
answer-question = Вы придёте?
answer-accept = Да
answer-tentative = Возможно
answer-decline = Нет
open-record = Открыть в CRM
calendar-hint = Файл для календаря — во вложении.
footer = Отправитель: { $organization }

## Время
range = { $start } — { $end }
duration-days = { $count ->
    [one] { $count } день
    [few] { $count } дня
   *[many] { $count } дней
}
duration-hours = { $count ->
    [one] { $count } час
    [few] { $count } часа
   *[many] { $count } часов
}
duration-minutes = { $count ->
    [one] { $count } минута
    [few] { $count } минуты
   *[many] { $count } минут
}
duration-join = { $first } { $then }
