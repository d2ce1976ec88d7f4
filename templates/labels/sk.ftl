## Predmety
subject-invitation = Pozvánka: { $name } ({ $when })
subject-update = Zmena: { $name } ({ $when })
subject-cancellation = Zrušené: { $name } ({ $when })
subject-removed = Pozvánka už neplatí: { $name } ({ $when })
subject-new-host = Nový organizátor: { $name } ({ $when })
subject-reminder = Pripomenutie: { $name } ({ $when })

## Nadpisy a úvody
title-invitation = Máte pozvánku
title-update = Stretnutie sa zmenilo
title-cancellation = Stretnutie je zrušené
title-removed = Vaša pozvánka už neplatí
title-new-host = Stretnutie má nového organizátora
title-reminder = Pripomenutie
greeting = Dobrý deň, { $name },
intro-invitation = { $organizer } Vás pozýva na stretnutie.
intro-update = Stretnutie, na ktoré Vás pozýva { $organizer }, sa zmenilo.
intro-cancellation = Toto stretnutie sa neuskutoční. Nemusíte nič robiť.
intro-removed = Vaša pozvánka na toto stretnutie už neplatí. Nemusíte nič robiť.
intro-new-host = Toto stretnutie teraz organizuje { $organizer } a pozýva naň znova. Starý záznam z Vášho kalendára zmizne.
new-host = Organizátorom je teraz { $organizer }.
intro-reminder = Toto stretnutie sa blíži.

## To isté pre hovory
title-update-call = Hovor sa zmenil
title-cancellation-call = Hovor je zrušený
title-new-host-call = Hovor má nového organizátora
intro-invitation-call = { $organizer } Vás pozýva na hovor.
intro-update-call = Hovor, na ktorý Vás pozýva { $organizer }, sa zmenil.
intro-cancellation-call = Tento hovor sa neuskutoční. Nemusíte nič robiť.
intro-removed-call = Vaša pozvánka na tento hovor už neplatí. Nemusíte nič robiť.
intro-new-host-call = Tento hovor teraz organizuje { $organizer } a pozýva naň znova. Starý záznam z Vášho kalendára zmizne.
intro-reminder-call = Tento hovor sa blíži.
join-call = Pripojiť sa k hovoru

## Údaje
when = Kedy
where = Kde
organizer = Organizátor
duration = Trvanie
about = Popis
meeting-id = ID stretnutia
passcode = Prístupový kód
organizer-time = Čas organizátora: { $when }
fact = { $label }: { $value }
before = Predtým: { $value }

## Pripojenie a odpoveď
join = Pripojiť sa k stretnutiu
join-link = Alebo otvorte tento odkaz:
join-online = Pripojiť sa online
join-code = Alebo naskenujte tento kód telefónom:
join-code-alt = QR kód s odkazom na pripojenie
answer-question = Zúčastníte sa?
answer-accept = Áno
answer-tentative = Možno
answer-decline = Nie
open-record = Otvoriť v CRM
calendar-hint = V prílohe je súbor kalendára.
add-to-calendar = Pridať do kalendára:
footer = Odosielateľ: { $organization }

## Skúšky šablóny
test-subject = [Skúška] { $subject }
test-notice = Toto je skúška šablóny. Nikto nebol pozvaný.

## Časy
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } deň
    [few] { $count } dni
   *[other] { $count } dní
}
duration-hours = { $count ->
    [one] { $count } hodina
    [few] { $count } hodiny
   *[other] { $count } hodín
}
duration-minutes = { $count ->
    [one] { $count } minúta
    [few] { $count } minúty
   *[other] { $count } minút
}
duration-join = { $first } { $then }
