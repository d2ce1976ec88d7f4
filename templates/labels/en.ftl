# The words of mails in English. Any of them can be replaced by a file of the same name in your own folder
# of templates, which needs to hold only those that differ.

## Subjects
subject-invitation = Invitation: { $name } ({ $when })
subject-update = Updated: { $name } ({ $when })
subject-cancellation = Cancelled: { $name } ({ $when })
subject-reminder = Reminder: { $name } ({ $when })

## Headings and openings
title-invitation = You are invited
title-update = The meeting has changed
title-cancellation = The meeting is cancelled
title-reminder = Reminder
greeting = Hello { $name },
intro-invitation = { $organizer } invites you to a meeting.
intro-update = { $organizer } has changed this meeting.
intro-cancellation = This meeting will not take place. There is nothing you need to do.
intro-reminder = This meeting is coming up.

## The same for calls
title-update-call = The call has changed
title-cancellation-call = The call is cancelled
intro-invitation-call = { $organizer } invites you to a call.
intro-update-call = { $organizer } has changed this call.
intro-cancellation-call = This call will not take place. There is nothing you need to do.
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
