## Predmeti
subject-invitation = Pozivnica: { $name } ({ $when })
subject-update = Promjena: { $name } ({ $when })
subject-cancellation = Otkazano: { $name } ({ $when })
subject-removed = Povučena pozivnica: { $name } ({ $when })
subject-new-host = Novi organizator: { $name } ({ $when })
subject-reminder = Podsjetnik: { $name } ({ $when })

## Naslovi i uvodi
title-invitation = Pozvani ste
title-update = Sastanak je izmijenjen
title-cancellation = Sastanak je otkazan
title-removed = Više niste pozvani
title-new-host = Sastanak ima novog organizatora
title-reminder = Podsjetnik
greeting = Dobar dan, { $name },
intro-invitation = { $organizer } Vas poziva na sastanak.
intro-update = Sastanak na koji Vas poziva { $organizer } izmijenjen je.
intro-cancellation = Ovaj se sastanak neće održati. Ne trebate ništa učiniti.
intro-removed = Više niste pozvani na ovaj sastanak. Ne trebate ništa učiniti.
intro-new-host = { $organizer } sada organizira ovaj sastanak i ponovno poziva na njega. Stari unos nestat će iz Vašeg kalendara.
new-host = Sada organizira { $organizer }.
intro-reminder = Bliži se vrijeme ovog sastanka.

## Isto za razgovore
title-update-call = Razgovor je izmijenjen
title-cancellation-call = Razgovor je otkazan
title-new-host-call = Razgovor ima novog organizatora
intro-invitation-call = { $organizer } Vas poziva na razgovor.
intro-update-call = Razgovor na koji Vas poziva { $organizer } izmijenjen je.
intro-cancellation-call = Ovaj se razgovor neće održati. Ne trebate ništa učiniti.
intro-removed-call = Više niste pozvani na ovaj razgovor. Ne trebate ništa učiniti.
intro-new-host-call = { $organizer } sada organizira ovaj razgovor i ponovno poziva na njega. Stari unos nestat će iz Vašeg kalendara.
intro-reminder-call = Bliži se vrijeme ovog razgovora.
join-call = Pridružite se razgovoru

## Podaci
when = Kada
where = Gdje
organizer = Organizator
duration = Trajanje
about = Opis
meeting-id = ID sastanka
passcode = Pristupni kod
organizer-time = Vrijeme organizatora: { $when }
fact = { $label }: { $value }
before = Ranije: { $value }

## Pridruživanje i odgovor
join = Pridružite se sastanku
join-link = Ili otvorite ovu poveznicu:
join-online = Pridružite se putem interneta
join-code = Ili skenirajte ovaj kod telefonom:
join-code-alt = QR kod s poveznicom za pridruživanje
answer-question = Hoćete li sudjelovati?
answer-accept = Da
answer-tentative = Možda
answer-decline = Ne
open-record = Otvori u CRM-u
calendar-hint = U privitku je kalendarska datoteka.
add-to-calendar = Dodajte u svoj kalendar:
footer = Pošiljatelj: { $organization }

## Probe predloška
test-subject = [Proba] { $subject }
test-notice = Ovo je proba predloška. Nitko nije pozvan.

## Vremena
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } dan
    [few] { $count } dana
   *[other] { $count } dana
}
duration-hours = { $count ->
    [one] { $count } sat
    [few] { $count } sata
   *[other] { $count } sati
}
duration-minutes = { $count ->
    [one] { $count } minuta
    [few] { $count } minute
   *[other] { $count } minuta
}
duration-join = { $first } i { $then }
