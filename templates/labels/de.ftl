## Betreff
subject-invitation = Einladung: { $name } ({ $when })
subject-update = Geändert: { $name } ({ $when })
subject-cancellation = Abgesagt: { $name } ({ $when })

## Überschriften und Einleitungen
title-invitation = Sie sind eingeladen
title-update = Der Termin hat sich geändert
title-cancellation = Der Termin ist abgesagt
greeting = Guten Tag { $name },
intro-invitation = { $organizer } lädt Sie zu einer Besprechung ein.
intro-update = { $organizer } hat diese Besprechung geändert.
intro-cancellation = Diese Besprechung findet nicht statt. Sie brauchen nichts weiter zu tun.

## Angaben
when = Wann
where = Wo
organizer = Organisiert von
duration = Dauer
about = Worum es geht
meeting-id = Meeting-ID
passcode = Kenncode
organizer-time = Ortszeit der Organisation: { $when }
fact = { $label }: { $value }
before = Bisher: { $value }

## Teilnehmen und antworten
join = An der Besprechung teilnehmen
join-link = Oder öffnen Sie diesen Link:
join-online = Online teilnehmen
answer-question = Nehmen Sie teil?
answer-accept = Ja
answer-tentative = Vielleicht
answer-decline = Nein
open-record = Im CRM öffnen
calendar-hint = Eine Kalenderdatei ist angehängt.
footer = Gesendet von { $organization }

## Zeiten
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}
duration-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
duration-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
duration-join = { $first } { $then }
