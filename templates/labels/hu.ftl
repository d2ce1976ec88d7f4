## Tárgyak
subject-invitation = Meghívó: { $name } ({ $when })
subject-update = Módosítás: { $name } ({ $when })
subject-cancellation = Elmarad: { $name } ({ $when })
subject-removed = Visszavont meghívó: { $name } ({ $when })
subject-new-host = Új szervező: { $name } ({ $when })
subject-reminder = Emlékeztető: { $name } ({ $when })

## Címek és bevezetők
title-invitation = Meghívást kapott
title-update = A megbeszélés megváltozott
title-cancellation = A megbeszélés elmarad
title-removed = Meghívóját visszavonták
title-new-host = A megbeszélésnek új szervezője van
title-reminder = Emlékeztető
greeting = Tisztelt { $name }!
intro-invitation = { $organizer } meghívja Önt egy megbeszélésre.
intro-update = { $organizer } módosította ezt a megbeszélést.
intro-cancellation = Ez a megbeszélés elmarad. Nincs semmi teendője.
intro-removed = Az erre a megbeszélésre szóló meghívóját visszavonták. Nincs semmi teendője.
intro-new-host = Ennek a megbeszélésnek mostantól { $organizer } a szervezője, és új meghívót küld rá. A régi bejegyzés eltűnik a naptárából.
new-host = Mostantól { $organizer } a szervező.
intro-reminder = Közeleg ennek a megbeszélésnek az időpontja.

## Ugyanez hívásokhoz
title-update-call = A hívás megváltozott
title-cancellation-call = A hívás elmarad
title-new-host-call = A hívásnak új szervezője van
intro-invitation-call = { $organizer } meghívja Önt egy hívásra.
intro-update-call = { $organizer } módosította ezt a hívást.
intro-cancellation-call = Ez a hívás elmarad. Nincs semmi teendője.
intro-removed-call = Az erre a hívásra szóló meghívóját visszavonták. Nincs semmi teendője.
intro-new-host-call = Ennek a hívásnak mostantól { $organizer } a szervezője, és új meghívót küld rá. A régi bejegyzés eltűnik a naptárából.
intro-reminder-call = Közeleg ennek a hívásnak az időpontja.
join-call = Csatlakozás a híváshoz

## Adatok
when = Időpont
where = Helyszín
organizer = Szervező
duration = Időtartam
about = Leírás
meeting-id = Megbeszélés azonosítója
passcode = Belépési kód
organizer-time = A szervező helyi ideje szerint: { $when }
fact = { $label }: { $value }
before = Korábban: { $value }

## Csatlakozás és válasz
join = Csatlakozás a megbeszéléshez
join-link = Vagy nyissa meg ezt a hivatkozást:
join-online = Csatlakozás online
join-code = Vagy olvassa be ezt a kódot a telefonjával:
join-code-alt = QR-kód a csatlakozási hivatkozással
answer-question = Részt vesz?
answer-accept = Igen
answer-tentative = Talán
answer-decline = Nem
open-record = Megnyitás a CRM-ben
calendar-hint = Mellékelve talál egy naptárfájlt.
add-to-calendar = Hozzáadás a naptárhoz:
footer = Feladó: { $organization }

## Sablonpróbák
test-subject = [Próba] { $subject }
test-notice = Ez egy sablon próbája. Senki sem kapott meghívást.

## Időpontok
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } nap
   *[other] { $count } nap
}
duration-hours = { $count ->
    [one] { $count } óra
   *[other] { $count } óra
}
duration-minutes = { $count ->
    [one] { $count } perc
   *[other] { $count } perc
}
duration-join = { $first } { $then }
