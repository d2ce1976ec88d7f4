## Betreff
subject-invitation = Einladung: { $name } ({ $when })
subject-update = Geändert: { $name } ({ $when })
subject-cancellation = Abgesagt: { $name } ({ $when })
subject-removed = Nicht mehr eingeladen: { $name } ({ $when })
subject-new-host = Neue Leitung: { $name } ({ $when })
subject-reminder = Erinnerung: { $name } ({ $when })

## Überschriften und Einleitungen
title-invitation = Sie sind eingeladen
title-update = Der Termin hat sich geändert
title-cancellation = Der Termin ist abgesagt
title-removed = Sie sind nicht mehr eingeladen
title-new-host = Die Leitung des Termins hat gewechselt
title-reminder = Erinnerung
greeting = Guten Tag { $name },
intro-invitation = { $organizer } lädt Sie zu einer Besprechung ein.
intro-update = { $organizer } hat diese Besprechung geändert.
intro-cancellation = Diese Besprechung findet nicht statt. Sie brauchen nichts weiter zu tun.
intro-removed = Sie sind zu dieser Besprechung nicht mehr eingeladen. Sie brauchen nichts weiter zu tun.
intro-new-host = { $organizer } leitet diese Besprechung jetzt und lädt neu dazu ein. Der alte Eintrag verschwindet aus Ihrem Kalender.
new-host = { $organizer } hat jetzt die Leitung.
intro-reminder = Diese Besprechung steht bevor.

## Dasselbe für Telefonate
title-update-call = Das Telefonat wurde geändert
title-cancellation-call = Das Telefonat ist abgesagt
title-new-host-call = Die Leitung des Telefonats hat gewechselt
intro-invitation-call = { $organizer } lädt Sie zu einem Telefonat ein.
intro-update-call = { $organizer } hat dieses Telefonat geändert.
intro-cancellation-call = Dieses Telefonat findet nicht statt. Sie brauchen nichts weiter zu tun.
intro-removed-call = Sie sind zu diesem Telefonat nicht mehr eingeladen. Sie brauchen nichts weiter zu tun.
intro-new-host-call = { $organizer } leitet dieses Telefonat jetzt und lädt neu dazu ein. Der alte Eintrag verschwindet aus Ihrem Kalender.
intro-reminder-call = Dieses Telefonat steht bevor.
join-call = Am Telefonat teilnehmen

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
join-code = Oder scannen Sie diesen Code mit dem Telefon:
join-code-alt = QR-Code mit dem Link zur Teilnahme
answer-question = Nehmen Sie teil?
answer-accept = Ja
answer-tentative = Vielleicht
answer-decline = Nein
open-record = Im CRM öffnen
calendar-hint = Eine Kalenderdatei ist angehängt.
add-to-calendar = In den Kalender eintragen:
footer = Gesendet von { $organization }

## Test einer Vorlage
test-subject = [Test] { $subject }
test-notice = Dies ist der Test einer Vorlage. Es wurde niemand eingeladen.

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
