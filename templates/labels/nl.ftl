## Onderwerpen
subject-invitation = Uitnodiging: { $name } ({ $when })
subject-update = Gewijzigd: { $name } ({ $when })
subject-cancellation = Geannuleerd: { $name } ({ $when })
subject-removed = Niet meer uitgenodigd: { $name } ({ $when })
subject-new-host = Nieuwe organisator: { $name } ({ $when })
subject-reminder = Herinnering: { $name } ({ $when })

## Koppen en inleidingen
title-invitation = U bent uitgenodigd
title-update = De vergadering is gewijzigd
title-cancellation = De vergadering is geannuleerd
title-removed = U bent niet meer uitgenodigd
title-new-host = De vergadering heeft een nieuwe organisator
title-reminder = Herinnering
greeting = Beste { $name },
intro-invitation = { $organizer } nodigt u uit voor een vergadering.
intro-update = { $organizer } heeft deze vergadering gewijzigd.
intro-cancellation = Deze vergadering gaat niet door. U hoeft niets te doen.
intro-removed = U bent niet meer uitgenodigd voor deze vergadering. U hoeft niets te doen.
intro-new-host = { $organizer } organiseert deze vergadering nu en nodigt er opnieuw voor uit. De oude afspraak verdwijnt uit uw agenda.
new-host = { $organizer } is nu de organisator.
intro-reminder = Deze vergadering vindt binnenkort plaats.

## Hetzelfde voor gesprekken
title-update-call = Het gesprek is gewijzigd
title-cancellation-call = Het gesprek is geannuleerd
title-new-host-call = Het gesprek heeft een nieuwe organisator
intro-invitation-call = { $organizer } nodigt u uit voor een gesprek.
intro-update-call = { $organizer } heeft dit gesprek gewijzigd.
intro-cancellation-call = Dit gesprek gaat niet door. U hoeft niets te doen.
intro-removed-call = U bent niet meer uitgenodigd voor dit gesprek. U hoeft niets te doen.
intro-new-host-call = { $organizer } organiseert dit gesprek nu en nodigt er opnieuw voor uit. De oude afspraak verdwijnt uit uw agenda.
intro-reminder-call = Dit gesprek vindt binnenkort plaats.
join-call = Deelnemen aan gesprek

## Gegevens
when = Wanneer
where = Waar
organizer = Organisator
duration = Duur
about = Omschrijving
meeting-id = Vergadering-ID
passcode = Toegangscode
organizer-time = Tijd bij de organisator: { $when }
fact = { $label }: { $value }
before = Eerder: { $value }

## Deelnemen en antwoorden
join = Deelnemen aan vergadering
join-link = Of open deze link:
join-online = Online deelnemen
join-code = Of scan deze code met uw telefoon:
join-code-alt = QR-code met de link om deel te nemen
answer-question = Neemt u deel?
answer-accept = Ja
answer-tentative = Misschien
answer-decline = Nee
open-record = Openen in het CRM
calendar-hint = Er is een agendabestand bijgevoegd.
add-to-calendar = Toevoegen aan uw agenda:
footer = Verzonden door { $organization }

## Tests van een sjabloon
test-subject = [Test] { $subject }
test-notice = Dit is een test van een sjabloon. Er is niemand uitgenodigd.

## Tijden
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } dag
   *[other] { $count } dagen
}
duration-hours = { $count ->
    [one] { $count } uur
   *[other] { $count } uur
}
duration-minutes = { $count ->
    [one] { $count } minuut
   *[other] { $count } minuten
}
duration-join = { $first } en { $then }
