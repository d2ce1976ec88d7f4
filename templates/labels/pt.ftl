## Assuntos
subject-invitation = Convite: { $name } ({ $when })
subject-update = Alteração: { $name } ({ $when })
subject-cancellation = Cancelamento: { $name } ({ $when })
subject-removed = Convite retirado: { $name } ({ $when })
subject-new-host = Organizado por outra pessoa: { $name } ({ $when })
subject-reminder = Lembrete: { $name } ({ $when })

## Títulos e introduções
title-invitation = Tem um convite
title-update = A reunião foi alterada
title-cancellation = A reunião foi cancelada
title-removed = O seu convite foi retirado
title-new-host = A reunião é agora organizada por outra pessoa
title-reminder = Lembrete
greeting = Olá, { $name },
intro-invitation = Recebeu um convite de { $organizer } para uma reunião.
intro-update = { $organizer } alterou esta reunião.
intro-cancellation = Esta reunião não se vai realizar. Não precisa de fazer nada.
intro-removed = O seu convite para esta reunião foi retirado. Não precisa de fazer nada.
intro-new-host = { $organizer } organiza agora esta reunião e volta a convidar para ela. A entrada antiga desaparece do seu calendário.
new-host = A organização está agora a cargo de { $organizer }.
intro-reminder = Esta reunião aproxima-se.

## O mesmo para chamadas
title-update-call = A chamada foi alterada
title-cancellation-call = A chamada foi cancelada
title-new-host-call = A chamada é agora organizada por outra pessoa
intro-invitation-call = Recebeu um convite de { $organizer } para uma chamada.
intro-update-call = { $organizer } alterou esta chamada.
intro-cancellation-call = Esta chamada não se vai realizar. Não precisa de fazer nada.
intro-removed-call = O seu convite para esta chamada foi retirado. Não precisa de fazer nada.
intro-new-host-call = { $organizer } organiza agora esta chamada e volta a convidar para ela. A entrada antiga desaparece do seu calendário.
intro-reminder-call = Esta chamada aproxima-se.
join-call = Participar na chamada

## Dados
when = Quando
where = Onde
organizer = Organizado por
duration = Duração
about = Descrição
meeting-id = ID da reunião
passcode = Código de acesso
organizer-time = Hora de quem organiza: { $when }
fact = { $label }: { $value }
before = Antes: { $value }

## Participar e responder
join = Participar na reunião
join-link = Ou abra esta ligação:
join-online = Participar online
join-code = Ou leia este código com o telemóvel:
join-code-alt = Código QR com a ligação para participar
answer-question = Vai participar?
answer-accept = Sim
answer-tentative = Talvez
answer-decline = Não
open-record = Abrir no CRM
calendar-hint = Segue em anexo um ficheiro de calendário.
add-to-calendar = Adicionar ao calendário:
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
    [0] { $count } minutos
    [one] { $count } minuto
   *[other] { $count } minutos
}
duration-join = { $first } e { $then }
