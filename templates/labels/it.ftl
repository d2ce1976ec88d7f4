## Oggetto
subject-invitation = Invito: { $name } ({ $when })
subject-update = Aggiornamento: { $name } ({ $when })
subject-cancellation = Annullata: { $name } ({ $when })
subject-removed = Invito ritirato: { $name } ({ $when })
subject-new-host = Organizza un’altra persona: { $name } ({ $when })
subject-reminder = Promemoria: { $name } ({ $when })

## Titoli e introduzioni
title-invitation = Ha ricevuto un invito
title-update = La riunione è cambiata
title-cancellation = La riunione è annullata
title-removed = Il Suo invito è stato ritirato
title-new-host = La riunione è ora organizzata da un’altra persona
title-reminder = Promemoria
greeting = Buongiorno { $name },
intro-invitation = { $organizer } La invita a una riunione.
intro-update = { $organizer } ha modificato questa riunione.
intro-cancellation = Questa riunione non si terrà. Non deve fare nulla.
intro-removed = Il Suo invito a questa riunione è stato ritirato. Non deve fare nulla.
intro-new-host = { $organizer } organizza ora questa riunione e invita di nuovo a parteciparvi. La voce precedente sparirà dal Suo calendario.
new-host = Ora organizza { $organizer }.
intro-reminder = Questa riunione si avvicina.

## Lo stesso per le chiamate
title-update-call = La chiamata è cambiata
title-cancellation-call = La chiamata è annullata
title-new-host-call = La chiamata è ora organizzata da un’altra persona
intro-invitation-call = { $organizer } La invita a una chiamata.
intro-update-call = { $organizer } ha modificato questa chiamata.
intro-cancellation-call = Questa chiamata non si terrà. Non deve fare nulla.
intro-removed-call = Il Suo invito a questa chiamata è stato ritirato. Non deve fare nulla.
intro-new-host-call = { $organizer } organizza ora questa chiamata e invita di nuovo a parteciparvi. La voce precedente sparirà dal Suo calendario.
intro-reminder-call = Questa chiamata si avvicina.
join-call = Partecipa alla chiamata

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
join-code = Oppure scansioni questo codice con il telefono:
join-code-alt = Codice QR con il link per partecipare
answer-question = Parteciperà?
answer-accept = Sì
answer-tentative = Forse
answer-decline = No
open-record = Apri nel CRM
calendar-hint = In allegato trova un file di calendario.
add-to-calendar = Aggiunga al calendario:
footer = Inviato da { $organization }

## Prove di un modello
test-subject = [Prova] { $subject }
test-notice = Questa è la prova di un modello. Nessuno è stato invitato.

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
