## Objet
subject-invitation = Invitation : { $name } ({ $when })
subject-update = Modification : { $name } ({ $when })
subject-cancellation = Annulation : { $name } ({ $when })
subject-removed = Invitation retirée : { $name } ({ $when })
subject-new-host = Changement d’hôte : { $name } ({ $when })
subject-reminder = Rappel : { $name } ({ $when })

## Titres et introductions
title-invitation = Vous avez une invitation
title-update = La réunion a été modifiée
title-cancellation = La réunion est annulée
title-removed = Votre invitation a été retirée
title-new-host = La réunion change d’hôte
title-reminder = Rappel
greeting = Bonjour { $name },
intro-invitation = { $organizer } vous invite à une réunion.
intro-update = { $organizer } a modifié cette réunion.
intro-cancellation = Cette réunion n’aura pas lieu. Vous n’avez rien à faire.
intro-removed = Votre invitation à cette réunion a été retirée. Vous n’avez rien à faire.
intro-new-host = { $organizer } organise désormais cette réunion et y invite à nouveau. L’ancienne entrée disparaîtra de votre agenda.
new-host = L’organisation revient désormais à { $organizer }.
intro-reminder = Cette réunion approche.

## De même pour les appels
title-update-call = L’appel a été modifié
title-cancellation-call = L’appel est annulé
title-new-host-call = L’appel change d’hôte
intro-invitation-call = { $organizer } vous invite à un appel.
intro-update-call = { $organizer } a modifié cet appel.
intro-cancellation-call = Cet appel n’aura pas lieu. Vous n’avez rien à faire.
intro-removed-call = Votre invitation à cet appel a été retirée. Vous n’avez rien à faire.
intro-new-host-call = { $organizer } organise désormais cet appel et y invite à nouveau. L’ancienne entrée disparaîtra de votre agenda.
intro-reminder-call = Cet appel approche.
join-call = Rejoindre l’appel

## Renseignements
when = Quand
where = Où
organizer = Organisation
duration = Durée
about = Description
meeting-id = ID de réunion
passcode = Code secret
organizer-time = Heure de l’organisation : { $when }
fact = { $label } : { $value }
before = Auparavant : { $value }

## Participer et répondre
join = Rejoindre la réunion
join-link = Ou ouvrez ce lien :
join-online = Rejoindre en ligne
join-code = Ou scannez ce code avec votre téléphone :
join-code-alt = Code QR contenant le lien pour participer
answer-question = Participerez-vous ?
answer-accept = Oui
answer-tentative = Peut-être
answer-decline = Non
open-record = Ouvrir dans le CRM
calendar-hint = Un fichier d’agenda est joint.
add-to-calendar = Ajouter à votre agenda :
footer = Envoyé par { $organization }

## Essais d’un modèle
test-subject = [Essai] { $subject }
test-notice = Ceci est l’essai d’un modèle. Personne n’a été invité.

## Temps
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } jour
   *[other] { $count } jours
}
duration-hours = { $count ->
    [one] { $count } heure
   *[other] { $count } heures
}
duration-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
duration-join = { $first } { $then }
