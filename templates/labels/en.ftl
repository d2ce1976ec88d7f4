# The words of mails in English. Any of them can be replaced by a file of the same name in your own folder
# of templates, which needs to hold only those that differ.

## Subjects
subject-invitation = Invitation: { $name } ({ $when })
subject-update = Updated: { $name } ({ $when })
subject-cancellation = Cancelled: { $name } ({ $when })
subject-removed = No longer invited: { $name } ({ $when })
subject-new-host = New host: { $name } ({ $when })
subject-reminder = Reminder: { $name } ({ $when })

## Headings and openings
title-invitation = You are invited
title-update = The meeting has changed
title-cancellation = The meeting is cancelled
title-removed = You are no longer invited
title-new-host = The meeting has a new host
title-reminder = Reminder
greeting = Hello { $name },
intro-invitation = { $organizer } invites you to a meeting.
intro-update = { $organizer } has changed this meeting.
intro-cancellation = This meeting will not take place. There is nothing you need to do.
intro-removed = You are no longer invited to this meeting. There is nothing you need to do.
intro-new-host = { $organizer } is the host of this meeting now and invites to it anew. The old entry leaves your calendar.
new-host = { $organizer } is the host now.
intro-reminder = This meeting is coming up.

## The same for calls
title-update-call = The call has changed
title-cancellation-call = The call is cancelled
title-new-host-call = The call has a new host
intro-invitation-call = { $organizer } invites you to a call.
intro-update-call = { $organizer } has changed this call.
intro-cancellation-call = This call will not take place. There is nothing you need to do.
intro-removed-call = You are no longer invited to this call. There is nothing you need to do.
intro-new-host-call = { $organizer } is the host of this call now and invites to it anew. The old entry leaves your calendar.
intro-reminder-call = This call is coming up.
join-call = Join the call

## Facts
when = When
where = Where
organizer = Organizer
duration = Duration
about = About
meeting-id = Meeting ID
passcode = Passcode
organizer-time = For the organizer: { $when }
fact = { $label }: { $value }
before = Before: { $value }

## Joining and answering
join = Join the meeting
join-link = Or open this link:
join-online = Join online
join-code = Or scan this code with your phone:
join-code-alt = QR code with the link to join
answer-question = Will you come?
answer-accept = Yes
answer-tentative = Maybe
answer-decline = No
open-record = Open in the CRM
calendar-hint = A calendar file is attached.
add-to-calendar = Add to your calendar:
footer = Sent by { $organization }

## Tests of a template
test-subject = [Test] { $subject }
test-notice = This is a test of a template. Nobody was invited.

## Times
range = { $start } – { $end }
duration-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}
duration-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
duration-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
duration-join = { $first } { $then }
