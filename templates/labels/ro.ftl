## Subiecte
subject-invitation = Invitație: { $name } ({ $when })
subject-update = Modificare: { $name } ({ $when })
subject-cancellation = Anulare: { $name } ({ $when })
subject-removed = Invitație retrasă: { $name } ({ $when })
subject-new-host = Organizator nou: { $name } ({ $when })
subject-reminder = Memento: { $name } ({ $when })

## Titluri și introduceri
title-invitation = Aveți o invitație
title-update = Întâlnirea a fost modificată
title-cancellation = Întâlnirea a fost anulată
title-removed = Invitația dumneavoastră a fost retrasă
title-new-host = Întâlnirea are un organizator nou
title-reminder = Memento
greeting = Bună ziua, { $name },
intro-invitation = { $organizer } vă invită la o întâlnire.
intro-update = { $organizer } a modificat această întâlnire.
intro-cancellation = Această întâlnire nu va mai avea loc. Nu trebuie să faceți nimic.
intro-removed = Invitația dumneavoastră la această întâlnire a fost retrasă. Nu trebuie să faceți nimic.
intro-new-host = { $organizer } organizează acum această întâlnire și invită din nou la ea. Vechea intrare va dispărea din calendarul dumneavoastră.
new-host = Acum organizează { $organizer }.
intro-reminder = Această întâlnire se apropie.

## Același lucru pentru apeluri
title-update-call = Apelul a fost modificat
title-cancellation-call = Apelul a fost anulat
title-new-host-call = Apelul are un organizator nou
intro-invitation-call = { $organizer } vă invită la un apel.
intro-update-call = { $organizer } a modificat acest apel.
intro-cancellation-call = Acest apel nu va mai avea loc. Nu trebuie să faceți nimic.
intro-removed-call = Invitația dumneavoastră la acest apel a fost retrasă. Nu trebuie să faceți nimic.
intro-new-host-call = { $organizer } organizează acum acest apel și invită din nou la el. Vechea intrare va dispărea din calendarul dumneavoastră.
intro-reminder-call = Acest apel se apropie.
join-call = Intrați în apel

## Informații
when = Când
where = Unde
organizer = Organizator
duration = Durată
about = Descriere
meeting-id = ID întâlnire
passcode = Cod de acces
organizer-time = Ora organizatorului: { $when }
fact = { $label }: { $value }
before = Înainte: { $value }

## Participare și răspuns
join = Intrați în întâlnire
join-link = Sau deschideți acest link:
join-online = Participați online
join-code = Sau scanați acest cod cu telefonul:
join-code-alt = Cod QR cu linkul de participare
answer-question = Veți participa?
answer-accept = Da
answer-tentative = Poate
answer-decline = Nu
open-record = Deschideți în CRM
calendar-hint = Este atașat un fișier de calendar.
add-to-calendar = Adăugați în calendar:
footer = Trimis de { $organization }

## Teste ale unui șablon
test-subject = [Test] { $subject }
test-notice = Acesta este un test al unui șablon. Nu a fost invitat nimeni.

## Timp
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } zi
    [few] { $count } zile
   *[other] { $count } de zile
}
duration-hours = { $count ->
    [one] { $count } oră
    [few] { $count } ore
   *[other] { $count } de ore
}
duration-minutes = { $count ->
    [one] { $count } minut
    [few] { $count } minute
   *[other] { $count } de minute
}
duration-join = { $first } și { $then }
