## Emner
subject-invitation = Invitasjon: { $name } ({ $when })
subject-update = Endret: { $name } ({ $when })
subject-cancellation = Avlyst: { $name } ({ $when })
subject-removed = Ikke lenger invitert: { $name } ({ $when })
subject-new-host = Ny arrangør: { $name } ({ $when })
subject-reminder = Påminnelse: { $name } ({ $when })

## Overskrifter og innledninger
title-invitation = Du er invitert
title-update = Møtet er endret
title-cancellation = Møtet er avlyst
title-removed = Du er ikke lenger invitert
title-new-host = Møtet har fått ny arrangør
title-reminder = Påminnelse
greeting = Hei, { $name }!
intro-invitation = { $organizer } inviterer deg til et møte.
intro-update = { $organizer } har endret dette møtet.
intro-cancellation = Dette møtet blir ikke holdt. Du trenger ikke å gjøre noe.
intro-removed = Du er ikke lenger invitert til dette møtet. Du trenger ikke å gjøre noe.
intro-new-host = { $organizer } er nå arrangør av dette møtet og inviterer til det på nytt. Den gamle oppføringen forsvinner fra kalenderen din.
new-host = { $organizer } er nå arrangør.
intro-reminder = Dette møtet nærmer seg.

## Det samme for samtaler
title-update-call = Samtalen er endret
title-cancellation-call = Samtalen er avlyst
title-new-host-call = Samtalen har fått ny arrangør
intro-invitation-call = { $organizer } inviterer deg til en samtale.
intro-update-call = { $organizer } har endret denne samtalen.
intro-cancellation-call = Denne samtalen blir ikke holdt. Du trenger ikke å gjøre noe.
intro-removed-call = Du er ikke lenger invitert til denne samtalen. Du trenger ikke å gjøre noe.
intro-new-host-call = { $organizer } er nå arrangør av denne samtalen og inviterer til den på nytt. Den gamle oppføringen forsvinner fra kalenderen din.
intro-reminder-call = Denne samtalen nærmer seg.
join-call = Bli med i samtalen

## Opplysninger
when = Når
where = Hvor
organizer = Arrangør
duration = Varighet
about = Beskrivelse
meeting-id = Møte-ID
passcode = Tilgangskode
organizer-time = Arrangørens tid: { $when }
fact = { $label }: { $value }
before = Før: { $value }

## Delta og svare
join = Bli med i møtet
join-link = Eller åpne denne lenken:
join-online = Delta på nettet
join-code = Eller skann denne koden med telefonen:
join-code-alt = QR-kode med lenken for å bli med
answer-question = Deltar du?
answer-accept = Ja
answer-tentative = Kanskje
answer-decline = Nei
open-record = Åpne i CRM
calendar-hint = En kalenderfil er vedlagt.
add-to-calendar = Legg til i kalenderen:
footer = Sendt av { $organization }

## Test av en mal
test-subject = [Test] { $subject }
test-notice = Dette er en test av en mal. Ingen er invitert.

## Tider
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } dag
   *[other] { $count } dager
}
duration-hours = { $count ->
    [one] { $count } time
   *[other] { $count } timer
}
duration-minutes = { $count ->
    [one] { $count } minutt
   *[other] { $count } minutter
}
duration-join = { $first } og { $then }
