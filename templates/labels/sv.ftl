## Ämnesrader
subject-invitation = Inbjudan: { $name } ({ $when })
subject-update = Ändrat: { $name } ({ $when })
subject-cancellation = Inställt: { $name } ({ $when })
subject-removed = Inte längre inbjuden: { $name } ({ $when })
subject-new-host = Ny organisatör: { $name } ({ $when })
subject-reminder = Påminnelse: { $name } ({ $when })

## Rubriker och inledningar
title-invitation = Du är inbjuden
title-update = Mötet har ändrats
title-cancellation = Mötet är inställt
title-removed = Du är inte längre inbjuden
title-new-host = Mötet har fått en ny organisatör
title-reminder = Påminnelse
greeting = Hej { $name }!
intro-invitation = { $organizer } bjuder in dig till ett möte.
intro-update = { $organizer } har ändrat det här mötet.
intro-cancellation = Det här mötet blir inte av. Du behöver inte göra något.
intro-removed = Du är inte längre inbjuden till det här mötet. Du behöver inte göra något.
intro-new-host = { $organizer } är nu organisatör för det här mötet och bjuder in till det på nytt. Den gamla posten försvinner från din kalender.
new-host = { $organizer } är nu organisatör.
intro-reminder = Det här mötet närmar sig.

## Detsamma för samtal
title-update-call = Samtalet har ändrats
title-cancellation-call = Samtalet är inställt
title-new-host-call = Samtalet har fått en ny organisatör
intro-invitation-call = { $organizer } bjuder in dig till ett samtal.
intro-update-call = { $organizer } har ändrat det här samtalet.
intro-cancellation-call = Det här samtalet blir inte av. Du behöver inte göra något.
intro-removed-call = Du är inte längre inbjuden till det här samtalet. Du behöver inte göra något.
intro-new-host-call = { $organizer } är nu organisatör för det här samtalet och bjuder in till det på nytt. Den gamla posten försvinner från din kalender.
intro-reminder-call = Det här samtalet närmar sig.
join-call = Delta i samtalet

## Uppgifter
when = När
where = Var
organizer = Organisatör
duration = Längd
about = Beskrivning
meeting-id = Mötes-ID
passcode = Lösenkod
organizer-time = Organisatörens tid: { $when }
fact = { $label }: { $value }
before = Tidigare: { $value }

## Delta och svara
join = Delta i mötet
join-link = Eller öppna den här länken:
join-online = Delta online
join-code = Eller skanna den här koden med telefonen:
join-code-alt = QR-kod med länken för att delta
answer-question = Deltar du?
answer-accept = Ja
answer-tentative = Kanske
answer-decline = Nej
open-record = Öppna i CRM
calendar-hint = En kalenderfil är bifogad.
add-to-calendar = Lägg till i kalendern:
footer = Skickat av { $organization }

## Test av en mall
test-subject = [Test] { $subject }
test-notice = Det här är ett test av en mall. Ingen har bjudits in.

## Tider
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } dag
   *[other] { $count } dagar
}
duration-hours = { $count ->
    [one] { $count } timme
   *[other] { $count } timmar
}
duration-minutes = { $count ->
    [one] { $count } minut
   *[other] { $count } minuter
}
duration-join = { $first } och { $then }
