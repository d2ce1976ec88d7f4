## Temos
subject-invitation = Kvietimas: { $name } ({ $when })
subject-update = Pakeista: { $name } ({ $when })
subject-cancellation = Atšaukta: { $name } ({ $when })
subject-removed = Kvietimas nebegalioja: { $name } ({ $when })
subject-new-host = Organizuoja kitas asmuo: { $name } ({ $when })
subject-reminder = Priminimas: { $name } ({ $when })

## Antraštės ir įžangos
title-invitation = Gavote kvietimą
title-update = Susitikimas pakeistas
title-cancellation = Susitikimas atšauktas
title-removed = Jūsų kvietimas nebegalioja
title-new-host = Susitikimą dabar organizuoja kitas asmuo
title-reminder = Priminimas
greeting = Laba diena, { $name },
intro-invitation = { $organizer } kviečia Jus į susitikimą.
intro-update = Susitikimas, į kurį Jus kviečia { $organizer }, pakeistas.
intro-cancellation = Šis susitikimas neįvyks. Jums nieko daryti nereikia.
intro-removed = Jūsų kvietimas į šį susitikimą nebegalioja. Jums nieko daryti nereikia.
intro-new-host = Šį susitikimą dabar organizuoja { $organizer } ir kviečia į jį iš naujo. Senas įrašas dings iš Jūsų kalendoriaus.
new-host = Dabar organizuoja { $organizer }.
intro-reminder = Šis susitikimas artėja.

## Tas pats pokalbiams
title-update-call = Pokalbis pakeistas
title-cancellation-call = Pokalbis atšauktas
title-new-host-call = Pokalbį dabar organizuoja kitas asmuo
intro-invitation-call = { $organizer } kviečia Jus į pokalbį.
intro-update-call = Pokalbis, į kurį Jus kviečia { $organizer }, pakeistas.
intro-cancellation-call = Šis pokalbis neįvyks. Jums nieko daryti nereikia.
intro-removed-call = Jūsų kvietimas į šį pokalbį nebegalioja. Jums nieko daryti nereikia.
intro-new-host-call = Šį pokalbį dabar organizuoja { $organizer } ir kviečia į jį iš naujo. Senas įrašas dings iš Jūsų kalendoriaus.
intro-reminder-call = Šis pokalbis artėja.
join-call = Prisijungti prie pokalbio

## Duomenys
when = Kada
where = Kur
organizer = Organizuoja
duration = Trukmė
about = Aprašymas
meeting-id = Susitikimo ID
passcode = Prieigos kodas
organizer-time = Organizatoriaus laiku: { $when }
fact = { $label }: { $value }
before = Anksčiau: { $value }

## Prisijungimas ir atsakymas
join = Prisijungti prie susitikimo
join-link = Arba atverkite šią nuorodą:
join-online = Prisijungti internetu
join-code = Arba nuskaitykite šį kodą telefonu:
join-code-alt = QR kodas su prisijungimo nuoroda
answer-question = Ar dalyvausite?
answer-accept = Taip
answer-tentative = Galbūt
answer-decline = Ne
open-record = Atverti CRM sistemoje
calendar-hint = Pridėtas kalendoriaus failas.
add-to-calendar = Įtraukti į kalendorių:
footer = Siuntėjas: { $organization }

## Šablono bandymai
test-subject = [Bandymas] { $subject }
test-notice = Tai šablono bandymas. Niekas nebuvo pakviestas.

## Laikas
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } diena
    [few] { $count } dienos
   *[other] { $count } dienų
}
duration-hours = { $count ->
    [one] { $count } valanda
    [few] { $count } valandos
   *[other] { $count } valandų
}
duration-minutes = { $count ->
    [one] { $count } minutė
    [few] { $count } minutės
   *[other] { $count } minučių
}
duration-join = { $first } { $then }
