## Tematy
subject-invitation = Zaproszenie: { $name } ({ $when })
subject-update = Zmiana: { $name } ({ $when })
subject-cancellation = Odwołano: { $name } ({ $when })
subject-removed = Zaproszenie wycofane: { $name } ({ $when })
subject-new-host = Nowy organizator: { $name } ({ $when })
subject-reminder = Przypomnienie: { $name } ({ $when })

## Nagłówki i wstępy
title-invitation = Zaproszenie
title-update = Spotkanie zostało zmienione
title-cancellation = Spotkanie zostało odwołane
title-removed = Zaproszenie zostało wycofane
title-new-host = Spotkanie ma nowego organizatora
title-reminder = Przypomnienie
greeting = Dzień dobry, { $name }!
intro-invitation = { $organizer } zaprasza na spotkanie.
intro-update = Spotkanie, na które zaprasza { $organizer }, zostało zmienione.
intro-cancellation = To spotkanie się nie odbędzie. Nie trzeba nic robić.
intro-removed = Zaproszenie na to spotkanie zostało wycofane. Nie trzeba nic robić.
intro-new-host = To spotkanie organizuje teraz { $organizer } i zaprasza na nie ponownie. Stary wpis zniknie z kalendarza.
new-host = Teraz organizuje { $organizer }.
intro-reminder = Zbliża się termin tego spotkania.

## To samo dla rozmów
title-update-call = Rozmowa została zmieniona
title-cancellation-call = Rozmowa została odwołana
title-new-host-call = Rozmowa ma nowego organizatora
intro-invitation-call = { $organizer } zaprasza na rozmowę.
intro-update-call = Rozmowa, na którą zaprasza { $organizer }, została zmieniona.
intro-cancellation-call = Ta rozmowa się nie odbędzie. Nie trzeba nic robić.
intro-removed-call = Zaproszenie na tę rozmowę zostało wycofane. Nie trzeba nic robić.
intro-new-host-call = Tę rozmowę organizuje teraz { $organizer } i zaprasza na nią ponownie. Stary wpis zniknie z kalendarza.
intro-reminder-call = Zbliża się termin tej rozmowy.
join-call = Dołącz do rozmowy

## Informacje
when = Kiedy
where = Gdzie
organizer = Organizator
duration = Czas trwania
about = Opis
meeting-id = Identyfikator spotkania
passcode = Kod dostępu
organizer-time = Czas organizatora: { $when }
fact = { $label }: { $value }
before = Poprzednio: { $value }

## Dołączanie i odpowiedź
join = Dołącz do spotkania
join-link = Można też otworzyć ten link:
join-online = Dołącz online
join-code = Można też zeskanować ten kod telefonem:
join-code-alt = Kod QR z linkiem umożliwiającym dołączenie
answer-question = Czy wezmą Państwo udział?
answer-accept = Tak
answer-tentative = Może
answer-decline = Nie
open-record = Otwórz w CRM
calendar-hint = W załączniku znajduje się plik kalendarza.
add-to-calendar = Dodaj do kalendarza:
footer = Nadawca: { $organization }

## Testy szablonu
test-subject = [Test] { $subject }
test-notice = To jest test szablonu. Nikt nie został zaproszony.

## Czas
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } dzień
    [few] { $count } dni
   *[many] { $count } dni
}
duration-hours = { $count ->
    [one] { $count } godzina
    [few] { $count } godziny
   *[many] { $count } godzin
}
duration-minutes = { $count ->
    [one] { $count } minuta
    [few] { $count } minuty
   *[many] { $count } minut
}
duration-join = { $first } { $then }
