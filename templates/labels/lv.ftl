## Temati
subject-invitation = Uzaicinājums: { $name } ({ $when })
subject-update = Izmaiņas: { $name } ({ $when })
subject-cancellation = Atcelšana: { $name } ({ $when })
subject-removed = Uzaicinājums atsaukts: { $name } ({ $when })
subject-new-host = Organizē cita persona: { $name } ({ $when })
subject-reminder = Atgādinājums: { $name } ({ $when })

## Virsraksti un ievadi
title-invitation = Jums ir uzaicinājums
title-update = Sanāksme ir mainīta
title-cancellation = Sanāksme ir atcelta
title-removed = Jūsu uzaicinājums ir atsaukts
title-new-host = Sanāksmi tagad organizē cita persona
title-reminder = Atgādinājums
greeting = Labdien, { $name }!
intro-invitation = { $organizer } aicina Jūs uz sanāksmi.
intro-update = Sanāksme, uz kuru Jūs aicina { $organizer }, ir mainīta.
intro-cancellation = Šī sanāksme nenotiks. Jums nekas nav jādara.
intro-removed = Jūsu uzaicinājums uz šo sanāksmi ir atsaukts. Jums nekas nav jādara.
intro-new-host = Šo sanāksmi tagad organizē { $organizer } un aicina uz to no jauna. Vecais ieraksts pazudīs no Jūsu kalendāra.
new-host = Tagad organizē { $organizer }.
intro-reminder = Tuvojas šīs sanāksmes laiks.

## Tas pats zvaniem
title-update-call = Zvans ir mainīts
title-cancellation-call = Zvans ir atcelts
title-new-host-call = Zvanu tagad organizē cita persona
intro-invitation-call = { $organizer } aicina Jūs piedalīties zvanā.
intro-update-call = Zvans, kurā Jūs aicina piedalīties { $organizer }, ir mainīts.
intro-cancellation-call = Šis zvans nenotiks. Jums nekas nav jādara.
intro-removed-call = Jūsu uzaicinājums piedalīties šajā zvanā ir atsaukts. Jums nekas nav jādara.
intro-new-host-call = Šo zvanu tagad organizē { $organizer } un aicina tajā piedalīties no jauna. Vecais ieraksts pazudīs no Jūsu kalendāra.
intro-reminder-call = Tuvojas šī zvana laiks.
join-call = Pievienoties zvanam

## Ziņas
when = Kad
where = Kur
organizer = Organizē
duration = Ilgums
about = Apraksts
meeting-id = Sanāksmes ID
passcode = Piekļuves kods
organizer-time = Pēc organizatora laika: { $when }
fact = { $label }: { $value }
before = Iepriekš: { $value }

## Pievienošanās un atbilde
join = Pievienoties sanāksmei
join-link = Vai atveriet šo saiti:
join-online = Pievienoties tiešsaistē
join-code = Vai noskenējiet šo kodu ar tālruni:
join-code-alt = QR kods ar pievienošanās saiti
answer-question = Vai piedalīsieties?
answer-accept = Jā
answer-tentative = Varbūt
answer-decline = Nē
open-record = Atvērt CRM sistēmā
calendar-hint = Pielikumā ir kalendāra fails.
add-to-calendar = Pievienot kalendāram:
footer = Sūtītājs: { $organization }

## Veidnes izmēģinājumi
test-subject = [Izmēģinājums] { $subject }
test-notice = Šis ir veidnes izmēģinājums. Neviens nav uzaicināts.

## Laiki
range = { $start } – { $end }
duration-days = { $count ->
    [zero] { $count } dienu
    [one] { $count } diena
   *[other] { $count } dienas
}
duration-hours = { $count ->
    [zero] { $count } stundu
    [one] { $count } stunda
   *[other] { $count } stundas
}
duration-minutes = { $count ->
    [zero] { $count } minūšu
    [one] { $count } minūte
   *[other] { $count } minūtes
}
duration-join = { $first } { $then }
