## Aiheet
subject-invitation = Kutsu: { $name } ({ $when })
subject-update = Muutettu: { $name } ({ $when })
subject-cancellation = Peruttu: { $name } ({ $when })
subject-removed = Et ole enää kutsuttujen joukossa: { $name } ({ $when })
subject-new-host = Uusi järjestäjä: { $name } ({ $when })
subject-reminder = Muistutus: { $name } ({ $when })

## Otsikot ja johdannot
title-invitation = Sinut on kutsuttu
title-update = Kokous on muuttunut
title-cancellation = Kokous on peruttu
title-removed = Et ole enää kutsuttujen joukossa
title-new-host = Kokouksella on uusi järjestäjä
title-reminder = Muistutus
greeting = Hei { $name },
intro-invitation = { $organizer } kutsuu sinut kokoukseen.
intro-update = { $organizer } on muuttanut tämän kokouksen tietoja.
intro-cancellation = Tätä kokousta ei pidetä. Sinun ei tarvitse tehdä mitään.
intro-removed = Et ole enää tähän kokoukseen kutsuttujen joukossa. Sinun ei tarvitse tehdä mitään.
intro-new-host = { $organizer } on nyt tämän kokouksen järjestäjä ja kutsuu siihen uudelleen. Vanha merkintä poistuu kalenteristasi.
new-host = { $organizer } on nyt järjestäjä.
intro-reminder = Tämä kokous lähestyy.

## Samat puheluille
title-update-call = Puhelu on muuttunut
title-cancellation-call = Puhelu on peruttu
title-new-host-call = Puhelulla on uusi järjestäjä
intro-invitation-call = { $organizer } kutsuu sinut puheluun.
intro-update-call = { $organizer } on muuttanut tämän puhelun tietoja.
intro-cancellation-call = Tämä puhelu ei toteudu. Sinun ei tarvitse tehdä mitään.
intro-removed-call = Et ole enää tähän puheluun kutsuttujen joukossa. Sinun ei tarvitse tehdä mitään.
intro-new-host-call = { $organizer } on nyt tämän puhelun järjestäjä ja kutsuu siihen uudelleen. Vanha merkintä poistuu kalenteristasi.
intro-reminder-call = Tämä puhelu lähestyy.
join-call = Liity puheluun

## Tiedot
when = Milloin
where = Missä
organizer = Järjestäjä
duration = Kesto
about = Kuvaus
meeting-id = Kokoustunnus
passcode = Pääsykoodi
organizer-time = Järjestäjän aika: { $when }
fact = { $label }: { $value }
before = Aiemmin: { $value }

## Liittyminen ja vastaaminen
join = Liity kokoukseen
join-link = Tai avaa tämä linkki:
join-online = Liity verkossa
join-code = Tai skannaa tämä koodi puhelimella:
join-code-alt = QR-koodi, jossa on liittymislinkki
answer-question = Osallistutko?
answer-accept = Kyllä
answer-tentative = Ehkä
answer-decline = En
open-record = Avaa CRM:ssä
calendar-hint = Kalenteritiedosto on liitteenä.
add-to-calendar = Lisää kalenteriin:
footer = Lähettäjä: { $organization }

## Mallin testit
test-subject = [Testi] { $subject }
test-notice = Tämä on viestimallin testi. Ketään ei ole kutsuttu.

## Ajat
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } päivä
   *[other] { $count } päivää
}
duration-hours = { $count ->
    [one] { $count } tunti
   *[other] { $count } tuntia
}
duration-minutes = { $count ->
    [one] { $count } minuutti
   *[other] { $count } minuuttia
}
duration-join = { $first } { $then }
