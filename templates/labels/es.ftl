## Asunto
subject-invitation = Invitación: { $name } ({ $when })
subject-update = Actualización: { $name } ({ $when })
subject-cancellation = Cancelada: { $name } ({ $when })
subject-removed = Invitación retirada: { $name } ({ $when })
subject-new-host = Organiza otra persona: { $name } ({ $when })
subject-reminder = Recordatorio: { $name } ({ $when })

## Títulos e introducciones
title-invitation = Tiene una invitación
title-update = La reunión ha cambiado
title-cancellation = La reunión se ha cancelado
title-removed = Se ha retirado su invitación
title-new-host = Ahora organiza la reunión otra persona
title-reminder = Recordatorio
greeting = Hola, { $name }:
intro-invitation = { $organizer } le invita a una reunión.
intro-update = { $organizer } ha modificado esta reunión.
intro-cancellation = Esta reunión no se celebrará. No es necesario que haga nada.
intro-removed = Se ha retirado su invitación a esta reunión. No es necesario que haga nada.
intro-new-host = { $organizer } organiza ahora esta reunión e invita de nuevo a ella. La entrada anterior desaparecerá de su calendario.
new-host = Ahora organiza { $organizer }.
intro-reminder = Esta reunión se celebrará próximamente.

## Lo mismo para las llamadas
title-update-call = La llamada ha cambiado
title-cancellation-call = La llamada se ha cancelado
title-new-host-call = Ahora organiza la llamada otra persona
intro-invitation-call = { $organizer } le invita a una llamada.
intro-update-call = { $organizer } ha modificado esta llamada.
intro-cancellation-call = Esta llamada no se realizará. No es necesario que haga nada.
intro-removed-call = Se ha retirado su invitación a esta llamada. No es necesario que haga nada.
intro-new-host-call = { $organizer } organiza ahora esta llamada e invita de nuevo a ella. La entrada anterior desaparecerá de su calendario.
intro-reminder-call = Esta llamada se realizará próximamente.
join-call = Unirse a la llamada

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
join-code = O escanee este código con el teléfono:
join-code-alt = Código QR con el enlace para unirse
answer-question = ¿Asistirá?
answer-accept = Sí
answer-tentative = Quizá
answer-decline = No
open-record = Abrir en el CRM
calendar-hint = Se adjunta un archivo de calendario.
add-to-calendar = Añadir al calendario:
footer = Enviado por { $organization }

## Pruebas de una plantilla
test-subject = [Prueba] { $subject }
test-notice = Esta es una prueba de una plantilla. No se ha invitado a nadie.

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
