## Тема
subject-invitation = Приглашение: { $name } ({ $when })
subject-update = Изменение: { $name } ({ $when })
subject-cancellation = Отмена: { $name } ({ $when })
subject-removed = Приглашение отозвано: { $name } ({ $when })
subject-new-host = Новый организатор: { $name } ({ $when })
subject-reminder = Напоминание: { $name } ({ $when })

## Заголовки и вступления
title-invitation = Вас приглашают на встречу
title-update = Встреча изменена
title-cancellation = Встреча отменена
title-removed = Ваше приглашение отозвано
title-new-host = У встречи новый организатор
title-reminder = Напоминание
greeting = Здравствуйте, { $name }!
intro-invitation = { $organizer } приглашает вас на встречу.
intro-update = Встреча, на которую вас приглашает { $organizer }, изменилась.
intro-cancellation = Эта встреча не состоится. От вас ничего не требуется.
intro-removed = Ваше приглашение на эту встречу отозвано. От вас ничего не требуется.
intro-new-host = Теперь эту встречу организует { $organizer } и заново приглашает на неё. Старая запись исчезнет из вашего календаря.
new-host = Теперь организатор — { $organizer }.
intro-reminder = Эта встреча скоро состоится.

## То же для звонков
title-update-call = Звонок изменён
title-cancellation-call = Звонок отменён
title-new-host-call = У звонка новый организатор
intro-invitation-call = { $organizer } приглашает вас на звонок.
intro-update-call = Звонок, на который вас приглашает { $organizer }, изменён.
intro-cancellation-call = Этот звонок не состоится. От вас ничего не требуется.
intro-removed-call = Ваше приглашение на этот звонок отозвано. От вас ничего не требуется.
intro-new-host-call = Теперь этот звонок организует { $organizer } и заново приглашает на него. Старая запись исчезнет из вашего календаря.
intro-reminder-call = Этот звонок скоро состоится.
join-call = Подключиться к звонку

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
join-code = Или отсканируйте этот код телефоном:
join-code-alt = QR-код со ссылкой для подключения
answer-question = Вы придёте?
answer-accept = Да
answer-tentative = Возможно
answer-decline = Нет
open-record = Открыть в CRM
calendar-hint = Файл для календаря — во вложении.
add-to-calendar = Добавить в календарь:
footer = Отправитель: { $organization }

## Проверка шаблона
test-subject = [Проверка] { $subject }
test-notice = Это проверка шаблона. Никто не приглашён.

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
