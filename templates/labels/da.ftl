## Emner
subject-invitation = Invitation: { $name } ({ $when })
subject-update = Ændret: { $name } ({ $when })
subject-cancellation = Aflyst: { $name } ({ $when })
subject-removed = Ikke længere inviteret: { $name } ({ $when })
subject-new-host = Ny arrangør: { $name } ({ $when })
subject-reminder = Påmindelse: { $name } ({ $when })

## Overskrifter og indledninger
title-invitation = Du er inviteret
title-update = Mødet er ændret
title-cancellation = Mødet er aflyst
title-removed = Du er ikke længere inviteret
title-new-host = Mødet har fået ny arrangør
title-reminder = Påmindelse
greeting = Hej { $name },
intro-invitation = { $organizer } inviterer dig til et møde.
intro-update = { $organizer } har ændret dette møde.
intro-cancellation = Dette møde bliver ikke afholdt. Du behøver ikke at gøre noget.
intro-removed = Du er ikke længere inviteret til dette møde. Du behøver ikke at gøre noget.
intro-new-host = { $organizer } er nu arrangør af dette møde og inviterer til det på ny. Den gamle aftale forsvinder fra din kalender.
new-host = { $organizer } er nu arrangør.
intro-reminder = Dette møde nærmer sig.

## Det samme for opkald
title-update-call = Opkaldet er ændret
title-cancellation-call = Opkaldet er aflyst
title-new-host-call = Opkaldet har fået ny arrangør
intro-invitation-call = { $organizer } inviterer dig til et opkald.
intro-update-call = { $organizer } har ændret dette opkald.
intro-cancellation-call = Dette opkald bliver ikke gennemført. Du behøver ikke at gøre noget.
intro-removed-call = Du er ikke længere inviteret til dette opkald. Du behøver ikke at gøre noget.
intro-new-host-call = { $organizer } er nu arrangør af dette opkald og inviterer til det på ny. Den gamle aftale forsvinder fra din kalender.
intro-reminder-call = Dette opkald nærmer sig.
join-call = Deltag i opkaldet

## Oplysninger
when = Hvornår
where = Hvor
organizer = Arrangør
duration = Varighed
about = Beskrivelse
meeting-id = Møde-id
passcode = Adgangskode
organizer-time = Arrangørens tid: { $when }
fact = { $label }: { $value }
before = Før: { $value }

## Deltagelse og svar
join = Deltag i mødet
join-link = Eller åbn dette link:
join-online = Deltag online
join-code = Eller scan denne kode med din telefon:
join-code-alt = QR-kode med linket til at deltage
answer-question = Deltager du?
answer-accept = Ja
answer-tentative = Måske
answer-decline = Nej
open-record = Åbn i CRM
calendar-hint = En kalenderfil er vedhæftet.
add-to-calendar = Føj til din kalender:
footer = Sendt af { $organization }

## Test af en skabelon
test-subject = [Test] { $subject }
test-notice = Dette er en test af en skabelon. Ingen er blevet inviteret.

## Tider
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } dag
   *[other] { $count } dage
}
duration-hours = { $count ->
    [one] { $count } time
   *[other] { $count } timer
}
duration-minutes = { $count ->
    [one] { $count } minut
   *[other] { $count } minutter
}
duration-join = { $first } og { $then }
