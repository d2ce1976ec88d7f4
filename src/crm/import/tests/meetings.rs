//! Mistakes about meetings and their times.

use super::*;

#[test]
fn each_mistake_about_meetings_is_explained() {
    for (text, expected) in [
        (
            r#"{"meetings": [{"id": "m", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"}]}"#
                .to_owned(),
            r#"meetings[0].name: missing — a meeting needs it"#,
        ),
        (
            meeting("").replace(r#""M""#, r#"" \n""#),
            r#"meetings[0].name: the name is empty — a meeting needs a name"#,
        ),
        (
            meeting(r#", "status": "Not Held""#),
            r#"meetings[0].status: "Not Held" is not a status of a meeting — write Planned, Held or NotHeld; did you mean NotHeld?"#,
        ),
        (
            meeting(r#", "online_location": "meet""#),
            r#"meetings[0].online_location: "meet" is not an online location — write zoom or jitsi"#,
        ),
        (
            meeting(r#", "online_location": "Zoom""#),
            r#"meetings[0].online_location: "Zoom" is not an online location — write zoom or jitsi; did you mean zoom?"#,
        ),
        (
            meeting(r#", "join_url": "http://zoom.us/j/1""#),
            r#"meetings[0].join_url: "http://zoom.us/j/1" is not a join URL — it must begin with https://"#,
        ),
        (
            meeting(r#", "uid": "a\nb""#),
            r#"meetings[0].uid: "a\nb" cannot be a UID — a UID has 1 to 255 characters, none of them a control character"#,
        ),
        (
            meeting(r#", "assigned_user": "a b""#),
            r#"meetings[0].assigned_user: "a b" cannot be an id — an id has 1 to 128 visible characters without spaces"#,
        ),
        (
            meeting(r#", "attendees": [{"kind": "kontact", "id": "x"}]"#),
            r#"meetings[0].attendees[0].kind: "kontact" is not a kind of person — write user, contact or lead; did you mean contact?"#,
        ),
        (
            meeting(r#", "attendees": [{"id": "x"}]"#),
            r#"meetings[0].attendees[0].kind: missing — an attendee needs it"#,
        ),
        (
            meeting(r#", "attendees": [{"kind": "lead"}]"#),
            r#"meetings[0].attendees[0].id: missing — an attendee needs it"#,
        ),
        (
            meeting(r#", "attendees": [{"kind": "lead", "id": "x", "status": "yes"}]"#),
            r#"meetings[0].attendees[0].status: "yes" is not an attendee's status — write None, Accepted, Tentative or Declined"#,
        ),
        (
            meeting(r#", "attendees": [{"kind": "lead", "id": "x"}, {"kind": "lead", "id": "x"}]"#),
            r#"meetings[0].attendees[1]: the lead "x" is there twice — name each attendee once"#,
        ),
        (
            meeting(r#", "attendees": [{"kind": "lead", "id": "x", "email": "x@y.example"}]"#),
            r#"meetings[0].attendees[0].email: "email" is not a field of an attendee — its fields are kind, id, status"#,
        ),
    ] {
        assert_eq!(words(&text), [expected], "{text}");
    }
    let twins = r#"{"meetings": [
{"id": "a", "uid": "u@x", "name": "A", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"},
{"id": "b", "uid": "u@x", "name": "B", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"}]}"#;
    assert_eq!(
        wrong(twins),
        [
            r#"3:20: meetings[1].uid: the UID "u@x" is there twice — meetings[0] has it too, and calendars would take them for one meeting"#
        ]
    );
}

#[test]
fn each_mistake_about_times_is_explained() {
    const FORMS: &str = "write it as 2026-12-01T09:00:00Z, with an offset as 2026-12-01T10:00:00+01:00, \
                         or without one in the meeting's time_zone";
    for (when, expected) in [
        (r#""start": "2026-12-01T09:00:00Z""#, vec!["meetings[0].end: missing — a meeting needs start and end, or all_day with start_date and end_date".to_owned()]),
        (r#""start": "2026-12-01T09:00:00Z", "end": "2026-12-01T09:00:00Z""#, vec!["meetings[0].end: the meeting does not end after it starts — the end, 2026-12-01 09:00:00 UTC, is not after the start, 2026-12-01 09:00:00 UTC".into()]),
        (r#""start": "1890-12-01T09:00:00Z", "end": "2026-12-01T09:00:00Z""#, vec!["meetings[0].start: calendars cannot write this date — the year 1890 is not between 1970 and 9998".into()]),
        (r#""start": "2026-12-01T09:00:00Z", "end": "9999-12-01T09:00:00Z""#, vec!["meetings[0].end: calendars cannot write this date — the year 9999 is not between 1970 and 9998".into()]),
        (r#""start": "tomorrow", "end": "2026-12-01T10:00:00Z""#, vec![format!("meetings[0].start: \"tomorrow\" is not a time — {FORMS}")]),
        (r#""start": "2026-12-01 09:00:00Z", "end": "2026-12-01T10:00:00Z""#, vec![format!("meetings[0].start: \"2026-12-01 09:00:00Z\" is not a time — {FORMS}")]),
        (r#""start": "2026-12-01T09:00:00ü", "end": "2026-13-01T10:00:00Z""#, vec![
            format!("meetings[0].start: \"2026-12-01T09:00:00ü\" is not a time — {FORMS}"),
            format!("meetings[0].end: \"2026-13-01T10:00:00Z\" is not a time — {FORMS}"),
        ]),
        (r#""start": 1764579600, "end": "2026-12-01T10:00:00Z""#, vec!["meetings[0].start: a number stands here — it must be text".into()]),
        (r#""start": "2026-12-01T09:00:00", "end": "2026-12-01T10:00:00Z""#, vec!["meetings[0].start: \"2026-12-01T09:00:00\" is a local time, but nowhere — give time_zone, or write the time in UTC, with a Z at its end".into()]),
        (r#""start": "2026-12-01T09:00:00", "end": "2026-12-01T10:00:00Z", "time_zone": "Berlin""#, vec!["meetings[0].time_zone: \"Berlin\" is not an IANA time zone — did you mean Europe/Berlin?".into()]),
        (r#""start": "2027-03-28T02:30:00", "end": "2027-03-28T04:00:00", "time_zone": "Europe/Berlin""#, vec!["meetings[0].start: \"2027-03-28T02:30:00\" is not one instant — 2027-03-28 02:30:00 does not exist in Europe/Berlin: the clock goes from UTC+01:00 to UTC+02:00 and skips it".into()]),
        (r#""start": "2026-10-25T01:00:00", "end": "2026-10-25T02:30:00", "time_zone": "Europe/Berlin""#, vec!["meetings[0].end: \"2026-10-25T02:30:00\" is not one instant — 2026-10-25 02:30:00 happens twice in Europe/Berlin: once at UTC+02:00, once at UTC+01:00; give the instant in UTC or with its offset".into()]),
        (r#""start_date": "2026-12-03", "end_date": "2026-12-04""#, vec![
            "meetings[0].start_date: a day stands on a timed meeting — use start and end, or set all_day to true".into(),
            "meetings[0].end_date: a day stands on a timed meeting — use start and end, or set all_day to true".into(),
        ]),
        (r#""all_day": true, "start": "2026-12-01T09:00:00Z", "end_date": "2026-12-04", "time_zone": "UTC""#, vec!["meetings[0].start: a time stands on an all-day meeting — use start_date and end_date, or leave all_day out".into()]),
        (r#""all_day": true, "start_date": "2026-12-03", "time_zone": "UTC""#, vec!["meetings[0].end_date: missing — an all-day meeting needs its first and its last day".into()]),
        (r#""all_day": true, "start_date": "2026-12-03", "end_date": "2026-12-03""#, vec!["meetings[0].time_zone: missing — an all-day meeting needs it: days begin and end in it".into()]),
        (r#""all_day": true, "start_date": "2026-12-03", "end_date": "2026-12-02", "time_zone": "UTC""#, vec!["meetings[0].end_date: the meeting ends before it starts — the last day, 2026-12-02, is before the first, 2026-12-03".into()]),
        (r#""all_day": true, "start_date": "3 Dec", "end_date": "2026-02-30", "time_zone": "UTC""#, vec![
            "meetings[0].start_date: \"3 Dec\" is not a day — write it as 2026-12-03".into(),
            "meetings[0].end_date: \"2026-02-30\" is not a day — write it as 2026-12-03".into(),
        ]),
    ] {
        assert_eq!(words(&meeting_at(when)), expected, "{when}");
    }
}
