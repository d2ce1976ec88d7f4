## Předměty
subject-invitation = Pozvánka: { $name } ({ $when })
subject-update = Změna: { $name } ({ $when })
subject-cancellation = Zrušeno: { $name } ({ $when })
subject-removed = Pozvánka už neplatí: { $name } ({ $when })
subject-new-host = Nový organizátor: { $name } ({ $when })
subject-reminder = Připomenutí: { $name } ({ $when })

## Nadpisy a úvody
title-invitation = Máte pozvánku
title-update = Schůzka se změnila
title-cancellation = Schůzka je zrušena
title-removed = Vaše pozvánka už neplatí
title-new-host = Schůzka má nového organizátora
title-reminder = Připomenutí
greeting = Dobrý den, { $name },
intro-invitation = { $organizer } Vás zve na schůzku.
intro-update = Schůzka, na kterou Vás zve { $organizer }, se změnila.
intro-cancellation = Tato schůzka se neuskuteční. Nemusíte nic dělat.
intro-removed = Vaše pozvánka na tuto schůzku už neplatí. Nemusíte nic dělat.
intro-new-host = Tuto schůzku teď organizuje { $organizer } a zve na ni znovu. Starý záznam z Vašeho kalendáře zmizí.
new-host = Organizátorem je teď { $organizer }.
intro-reminder = Tato schůzka se blíží.

## Totéž pro hovory
title-update-call = Hovor se změnil
title-cancellation-call = Hovor je zrušen
title-new-host-call = Hovor má nového organizátora
intro-invitation-call = { $organizer } Vás zve k hovoru.
intro-update-call = Hovor, ke kterému Vás zve { $organizer }, se změnil.
intro-cancellation-call = Tento hovor se neuskuteční. Nemusíte nic dělat.
intro-removed-call = Vaše pozvánka k tomuto hovoru už neplatí. Nemusíte nic dělat.
intro-new-host-call = Tento hovor teď organizuje { $organizer } a zve k němu znovu. Starý záznam z Vašeho kalendáře zmizí.
intro-reminder-call = Tento hovor se blíží.
join-call = Připojit se k hovoru

## Údaje
when = Kdy
where = Kde
organizer = Organizátor
duration = Doba trvání
about = Popis
meeting-id = ID schůzky
passcode = Přístupový kód
organizer-time = Čas organizátora: { $when }
fact = { $label }: { $value }
before = Dříve: { $value }

## Připojení a odpověď
join = Připojit se ke schůzce
join-link = Nebo otevřete tento odkaz:
join-online = Připojit se online
join-code = Nebo naskenujte tento kód telefonem:
join-code-alt = QR kód s odkazem pro připojení
answer-question = Zúčastníte se?
answer-accept = Ano
answer-tentative = Možná
answer-decline = Ne
open-record = Otevřít v CRM
calendar-hint = V příloze je soubor kalendáře.
add-to-calendar = Přidat do kalendáře:
footer = Odesílatel: { $organization }

## Zkoušky šablony
test-subject = [Zkouška] { $subject }
test-notice = Toto je zkouška šablony. Nikdo nebyl pozván.

## Časy
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } den
    [few] { $count } dny
   *[other] { $count } dní
}
duration-hours = { $count ->
    [one] { $count } hodina
    [few] { $count } hodiny
   *[other] { $count } hodin
}
duration-minutes = { $count ->
    [one] { $count } minuta
    [few] { $count } minuty
   *[other] { $count } minut
}
duration-join = { $first } { $then }
