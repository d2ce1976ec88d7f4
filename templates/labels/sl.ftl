## Zadeve
subject-invitation = Vabilo: { $name } ({ $when })
subject-update = Sprememba: { $name } ({ $when })
subject-cancellation = Odpovedano: { $name } ({ $when })
subject-removed = Umaknjeno vabilo: { $name } ({ $when })
subject-new-host = Nov organizator: { $name } ({ $when })
subject-reminder = Opomnik: { $name } ({ $when })

## Naslovi in uvodi
title-invitation = Prejeli ste vabilo
title-update = Sestanek je spremenjen
title-cancellation = Sestanek je odpovedan
title-removed = Vaše vabilo je umaknjeno
title-new-host = Sestanek ima novega organizatorja
title-reminder = Opomnik
greeting = Pozdravljeni, { $name },
intro-invitation = { $organizer } vas vabi na sestanek.
intro-update = Sestanek, na katerega vas vabi { $organizer }, je spremenjen.
intro-cancellation = Tega sestanka ne bo. Ni vam treba storiti ničesar.
intro-removed = Vaše vabilo na ta sestanek je umaknjeno. Ni vam treba storiti ničesar.
intro-new-host = Ta sestanek zdaj organizira { $organizer } in nanj znova vabi. Stari vnos bo izginil iz vašega koledarja.
new-host = Zdaj organizira { $organizer }.
intro-reminder = Ta sestanek se bliža.

## Enako za klice
title-update-call = Klic je spremenjen
title-cancellation-call = Klic je odpovedan
title-new-host-call = Klic ima novega organizatorja
intro-invitation-call = { $organizer } vas vabi na klic.
intro-update-call = Klic, na katerega vas vabi { $organizer }, je spremenjen.
intro-cancellation-call = Tega klica ne bo. Ni vam treba storiti ničesar.
intro-removed-call = Vaše vabilo na ta klic je umaknjeno. Ni vam treba storiti ničesar.
intro-new-host-call = Ta klic zdaj organizira { $organizer } in nanj znova vabi. Stari vnos bo izginil iz vašega koledarja.
intro-reminder-call = Ta klic se bliža.
join-call = Pridružite se klicu

## Podatki
when = Kdaj
where = Kje
organizer = Organizator
duration = Trajanje
about = Opis
meeting-id = ID sestanka
passcode = Dostopna koda
organizer-time = Čas organizatorja: { $when }
fact = { $label }: { $value }
before = Prej: { $value }

## Pridružitev in odgovor
join = Pridružite se sestanku
join-link = Ali odprite to povezavo:
join-online = Pridružite se prek spleta
join-code = Ali s telefonom preberite to kodo:
join-code-alt = Koda QR s povezavo za pridružitev
answer-question = Ali boste sodelovali?
answer-accept = Da
answer-tentative = Morda
answer-decline = Ne
open-record = Odpri v CRM
calendar-hint = Priložena je datoteka koledarja.
add-to-calendar = Dodajte v svoj koledar:
footer = Pošiljatelj: { $organization }

## Preizkusi predloge
test-subject = [Preizkus] { $subject }
test-notice = To je preizkus predloge. Nihče ni bil povabljen.

## Časi
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } dan
    [two] { $count } dneva
    [few] { $count } dnevi
   *[other] { $count } dni
}
duration-hours = { $count ->
    [one] { $count } ura
    [two] { $count } uri
    [few] { $count } ure
   *[other] { $count } ur
}
duration-minutes = { $count ->
    [one] { $count } minuta
    [two] { $count } minuti
    [few] { $count } minute
   *[other] { $count } minut
}
duration-join = { $first } in { $then }
