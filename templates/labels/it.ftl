## Oggetto
subject-invitation = Invito: { $name } ({ $when })
subject-update = Aggiornamento: { $name } ({ $when })
subject-cancellation = Annullata: { $name } ({ $when })

## Titoli e introduzioni
title-invitation = Ha ricevuto un invito
title-update = La riunione è cambiata
title-cancellation = La riunione è annullata
greeting = Buongiorno { $name },
intro-invitation = { $organizer } La invita a una riunione.
intro-update = { $organizer } ha modificato questa riunione.
intro-cancellation = Questa riunione non si terrà. Non deve fare nulla.

## Dati
when = Quando
where = Dove
organizer = Organizza
duration = Durata
about = Descrizione
meeting-id = ID riunione
passcode = Passcode
organizer-time = Ora di chi organizza: { $when }
fact = { $label }: { $value }
before = Prima: { $value }

## Partecipare e rispondere
join = Partecipa alla riunione
join-link = Oppure apra questo link:
join-online = Partecipa online
answer-question = Parteciperà?
answer-accept = Sì
answer-tentative = Forse
answer-decline = No
open-record = Apri nel CRM
calendar-hint = In allegato trova un file di calendario.
footer = Inviato da { $organization }

## Tempi
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } giorno
   *[other] { $count } giorni
}
duration-hours = { $count ->
    [one] { $count } ora
   *[other] { $count } ore
}
duration-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minuti
}
duration-join = { $first } e { $then }
