## Asunto
subject-invitation = Invitación: { $name } ({ $when })
subject-update = Actualización: { $name } ({ $when })
subject-cancellation = Cancelada: { $name } ({ $when })

## Títulos e introducciones
title-invitation = Tiene una invitación
title-update = La reunión ha cambiado
title-cancellation = La reunión se ha cancelado
greeting = Hola, { $name }:
intro-invitation = { $organizer } le invita a una reunión.
intro-update = { $organizer } ha modificado esta reunión.
intro-cancellation = Esta reunión no se celebrará. No es necesario que haga nada.

## Datos
when = Cuándo
where = Dónde
organizer = Organiza
duration = Duración
about = Descripción
meeting-id = ID de reunión
passcode = Código de acceso
organizer-time = Hora de quien organiza: { $when }
fact = { $label }: { $value }
before = Antes: { $value }

## Unirse y responder
join = Unirse a la reunión
join-link = O abra este enlace:
join-online = Unirse en línea
answer-question = ¿Asistirá?
answer-accept = Sí
answer-tentative = Quizá
answer-decline = No
open-record = Abrir en el CRM
calendar-hint = Se adjunta un archivo de calendario.
footer = Enviado por { $organization }

## Tiempos
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } día
   *[other] { $count } días
}
duration-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
duration-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
duration-join = { $first } y { $then }
