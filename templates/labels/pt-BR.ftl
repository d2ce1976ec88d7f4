## Assuntos
subject-invitation = Convite: { $name } ({ $when })
subject-update = Alteração: { $name } ({ $when })
subject-cancellation = Cancelamento: { $name } ({ $when })
subject-removed = Convite retirado: { $name } ({ $when })
subject-new-host = Organizado por outra pessoa: { $name } ({ $when })
subject-reminder = Lembrete: { $name } ({ $when })

## Títulos e introduções
title-invitation = Você recebeu um convite
title-update = A reunião foi alterada
title-cancellation = A reunião foi cancelada
title-removed = Seu convite foi retirado
title-new-host = A reunião agora é organizada por outra pessoa
title-reminder = Lembrete
greeting = Olá, { $name },
intro-invitation = { $organizer } convida você para uma reunião.
intro-update = { $organizer } alterou esta reunião.
intro-cancellation = Esta reunião não acontecerá. Você não precisa fazer nada.
intro-removed = Seu convite para esta reunião foi retirado. Você não precisa fazer nada.
intro-new-host = { $organizer } agora organiza esta reunião e convida novamente para ela. O item antigo sairá do seu calendário.
new-host = A organização agora está a cargo de { $organizer }.
intro-reminder = Esta reunião se aproxima.

## O mesmo para chamadas
title-update-call = A chamada foi alterada
title-cancellation-call = A chamada foi cancelada
title-new-host-call = A chamada agora é organizada por outra pessoa
intro-invitation-call = { $organizer } convida você para uma chamada.
intro-update-call = { $organizer } alterou esta chamada.
intro-cancellation-call = Esta chamada não acontecerá. Você não precisa fazer nada.
intro-removed-call = Seu convite para esta chamada foi retirado. Você não precisa fazer nada.
intro-new-host-call = { $organizer } agora organiza esta chamada e convida novamente para ela. O item antigo sairá do seu calendário.
intro-reminder-call = Esta chamada se aproxima.
join-call = Participar da chamada

## Dados
when = Quando
where = Onde
organizer = Organizado por
duration = Duração
about = Descrição
meeting-id = ID da reunião
passcode = Senha de acesso
organizer-time = Horário de quem organiza: { $when }
fact = { $label }: { $value }
before = Antes: { $value }

## Participar e responder
join = Participar da reunião
join-link = Ou abra este link:
join-online = Participar on-line
join-code = Ou escaneie este código com o celular:
join-code-alt = Código QR com o link para participar
answer-question = Você vai participar?
answer-accept = Sim
answer-tentative = Talvez
answer-decline = Não
open-record = Abrir no CRM
calendar-hint = Um arquivo de calendário está anexado.
add-to-calendar = Adicionar à agenda:
footer = Enviado por { $organization }

## Testes de um modelo
test-subject = [Teste] { $subject }
test-notice = Este é o teste de um modelo. Ninguém foi convidado.

## Tempos
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } dia
   *[other] { $count } dias
}
duration-hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
duration-minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
duration-join = { $first } e { $then }
