# The words of mails in English. Any of them can be replaced by a file of the same name in your own folder
# of templates, which needs to hold only those that differ.

## Subjects
subject-invitation = Invitation: { $name } ({ $when })
subject-update = Updated: { $name } ({ $when })
subject-cancellation = Cancelled: { $name } ({ $when })

## Headings and openings
title-invitation = You are invited
title-update = The meeting has changed
title-cancellation = The meeting is cancelled
greeting = Hello { $name },
intro-invitation = { $organizer } invites you to a meeting.
intro-update = { $organizer } has changed this meeting.
intro-cancellation = This meeting will not take place. There is nothing you need to do.

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
answer-question = Will you come?
answer-accept = Yes
answer-tentative = Maybe
answer-decline = No
open-record = Open in the CRM
calendar-hint = A calendar file is attached.
footer = Sent by { $organization }

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
