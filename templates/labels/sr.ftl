## Наслови порука
subject-invitation = Позивница: { $name } ({ $when })
subject-update = Измена: { $name } ({ $when })
subject-cancellation = Отказано: { $name } ({ $when })
subject-removed = Повучена позивница: { $name } ({ $when })
subject-new-host = Нови организатор: { $name } ({ $when })
subject-reminder = Подсетник: { $name } ({ $when })

## Наслови и уводи
title-invitation = Позвани сте
title-update = Састанак је измењен
title-cancellation = Састанак је отказан
title-removed = Више нисте позвани
title-new-host = Састанак има новог организатора
title-reminder = Подсетник
greeting = Добар дан, { $name },
intro-invitation = { $organizer } Вас позива на састанак.
intro-update = Састанак на који Вас позива { $organizer } измењен је.
intro-cancellation = Овај састанак се неће одржати. Не морате ништа да предузимате.
intro-removed = Више нисте позвани на овај састанак. Не морате ништа да предузимате.
intro-new-host = { $organizer } сада организује овај састанак и поново позива на њега. Стари унос ће нестати из Вашег календара.
new-host = Сада организује { $organizer }.
intro-reminder = Ближи се време овог састанка.

## Исто за разговоре
title-update-call = Разговор је измењен
title-cancellation-call = Разговор је отказан
title-new-host-call = Разговор има новог организатора
intro-invitation-call = { $organizer } Вас позива на разговор.
intro-update-call = Разговор на који Вас позива { $organizer } измењен је.
intro-cancellation-call = Овај разговор се неће одржати. Не морате ништа да предузимате.
intro-removed-call = Више нисте позвани на овај разговор. Не морате ништа да предузимате.
intro-new-host-call = { $organizer } сада организује овај разговор и поново позива на њега. Стари унос ће нестати из Вашег календара.
intro-reminder-call = Ближи се време овог разговора.
join-call = Придружите се разговору

## Подаци
when = Када
where = Где
organizer = Организатор
duration = Трајање
about = Опис
meeting-id = ИД састанка
passcode = Приступни код
organizer-time = Време организатора: { $when }
fact = { $label }: { $value }
before = Раније: { $value }

## Придруживање и одговор
join = Придружите се састанку
join-link = Или отворите овај линк:
join-online = Придружите се преко интернета
join-code = Или скенирајте овај код телефоном:
join-code-alt = QR код са линком за придруживање
answer-question = Да ли ћете учествовати?
answer-accept = Да
answer-tentative = Можда
answer-decline = Не
open-record = Отвори у CRM-у
calendar-hint = У прилогу је датотека календара.
add-to-calendar = Додајте у свој календар:
footer = Пошиљалац: { $organization }

## Пробе шаблона
test-subject = [Проба] { $subject }
test-notice = Ово је проба шаблона. Нико није позван.

## Времена
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } дан
    [few] { $count } дана
   *[other] { $count } дана
}
duration-hours = { $count ->
    [one] { $count } сат
    [few] { $count } сата
   *[other] { $count } сати
}
duration-minutes = { $count ->
    [one] { $count } минут
    [few] { $count } минута
   *[other] { $count } минута
}
duration-join = { $first } и { $then }
