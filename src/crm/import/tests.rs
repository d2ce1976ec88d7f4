//! What a file of records says, and what it answers to each mistake.

mod files;

use chrono::TimeDelta;
use proptest::prelude::*;

use super::*;
use crate::fault::{Class, Fault as _};
use crate::meeting::{Acceptance, EmailAddress, MeetingStatus, PersonId, PersonKind};
use crate::online::zoom;

const EXAMPLE: &str = r#"{
  "roles":    [{"id": "sales", "zoom_meetings": true, "meeting_edit": "own"}],
  "users":    [{"id": "ana", "name": "Ana Núñez", "email": "ana@acme.example", "time_zone": "Europe/Madrid", "language": "es",
                "roles": ["sales"], "zoom": {"enabled": true, "zoom_id": null}}],
  "contacts": [{"id": "lee", "name": "Lee, Harper", "email": "lee@client.example", "time_zone": "America/New_York", "language": "en"}],
  "leads":    [{"id": "mika", "name": "Mika", "email": "mika@lead.example"}],
  "meetings": [{"id": "kickoff", "name": "Kick-off; phase 1, \"Orion\"", "status": "Planned", "online_location": "zoom",
                "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T09:45:00Z", "time_zone": "Europe/Berlin",
                "description": "Agenda:\n- scope", "location": null, "assigned_user": "ana", "join_url": null,
                "attendees": [{"kind": "user", "id": "ana", "status": "Accepted"}, {"kind": "contact", "id": "lee", "status": "None"},
                              {"kind": "lead", "id": "mika", "status": "None"}]},
               {"id": "offsite", "name": "Offsite", "status": "Planned", "all_day": true, "start_date": "2026-12-03", "end_date": "2026-12-04",
                "time_zone": "Europe/Berlin", "assigned_user": "ana", "attendees": [{"kind": "contact", "id": "lee"}]}]
}"#;

/// The lines of what is wrong with a text, without the name of the file.
fn wrong(text: &str) -> Vec<String> {
    let errors = read(text, "f").expect_err("this was taken for right");
    assert!(!errors.findings().is_empty());
    let lines = errors.to_string();
    lines
        .lines()
        .map(|line| line.strip_prefix("f:").unwrap_or(line).to_owned())
        .collect()
}

/// The same without line and column, of a text that is one line.
fn words(text: &str) -> Vec<String> {
    let without_place = |line: String| {
        let mut parts = line.splitn(3, ':');
        assert_eq!(parts.next(), Some("1"));
        assert!(parts.next().is_some_and(|column| column.parse::<usize>().is_ok()));
        parts.next().unwrap_or_default().trim_start().to_owned()
    };
    wrong(text).into_iter().map(without_place).collect()
}

/// A timed meeting on one line, with more fields before the end.
fn meeting(more: &str) -> String {
    format!(
        r#"{{"meetings": [{{"id": "m", "name": "M", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"{more}}}]}}"#
    )
}

/// A meeting with these fields for its time.
fn meeting_at(when: &str) -> String {
    format!(r#"{{"meetings": [{{"id": "m", "name": "M", {when}}}]}}"#)
}

/// A contact with these fields.
fn contact(fields: &str) -> String {
    format!(r#"{{"contacts": [{{"id": "c", {fields}}}]}}"#)
}

#[test]
fn the_example_is_read() {
    let records = read(EXAMPLE, "example.json").unwrap();
    assert_eq!((records.len(), records.references()), (6, &[][..]));
    assert_eq!(
        records.roles,
        [Role {
            id: RoleId::new("sales").unwrap(),
            zoom_meetings: true,
            meeting_edit: EditAccess::Own
        }]
    );
    let ana = &records.users[0];
    assert_eq!(ana.roles, [RoleId::new("sales").unwrap()]);
    assert_eq!(
        (ana.person.reference.to_string(), ana.person.name.as_str()),
        ("user:ana".into(), "Ana Núñez")
    );
    assert_eq!(ana.person.time_zone.as_ref().unwrap().name(), "Europe/Madrid");
    assert_eq!(ana.person.language.as_ref().unwrap().tag(), "es");
    assert!(ana.zoom.enabled && ana.zoom.online_id.is_none());
    assert_eq!(
        (ana.zoom.provider, ana.zoom.user.as_str()),
        (zoom::LOCATION, "ana")
    );
    assert!(ana.person.user.as_ref().unwrap().scopes.is_empty());
    let lee = &records.contacts[0];
    assert_eq!(
        (lee.name.as_str(), lee.email().map(EmailAddress::as_str)),
        ("Lee, Harper", Some("lee@client.example"))
    );
    assert!(lee.user.is_none());
    let mika = &records.leads[0];
    assert_eq!(
        (mika.reference.kind, &mika.time_zone, &mika.language),
        (PersonKind::Lead, &None, &None)
    );

    let [kickoff_record, offsite_record] = &records.meetings[..] else {
        panic!()
    };
    let (kickoff, offsite) = (&kickoff_record.meeting, &offsite_record.meeting);
    assert_eq!(kickoff.name(), "Kick-off; phase 1, \"Orion\"");
    assert_eq!(
        (kickoff.status, kickoff.online_location),
        (MeetingStatus::Planned, Some(zoom::LOCATION))
    );
    assert_eq!(kickoff.when.duration(&kickoff.time_zone), TimeDelta::minutes(45));
    assert_eq!(kickoff.time_zone.name(), "Europe/Berlin");
    assert_eq!(kickoff.description.as_deref(), Some("Agenda:\n- scope"));
    assert_eq!(
        (
            kickoff.location.as_deref(),
            kickoff.join_url.as_ref(),
            kickoff.uid()
        ),
        (None, None, None)
    );
    assert_eq!(kickoff.assigned_user, Some(PersonId::new("ana").unwrap()));
    let attendees: Vec<_> = kickoff_record
        .attendees
        .iter()
        .map(|a| (a.person.to_string(), a.status))
        .collect();
    assert_eq!(
        attendees,
        [
            ("user:ana".to_owned(), Acceptance::Accepted),
            ("contact:lee".to_owned(), Acceptance::None),
            ("lead:mika".to_owned(), Acceptance::None)
        ]
    );
    let days = ["2026-12-03", "2026-12-04"].map(|day| day.parse().unwrap());
    assert_eq!(offsite.when.days(), Some((days[0], days[1])));
    assert_eq!(offsite_record.attendees[0].status, Acceptance::None);
    assert_eq!(offsite.online_location, None);
}

#[test]
fn times_are_read_in_all_their_forms() {
    for (start, zone, expected) in [
        ("2026-12-01T09:00:00Z", "", "2026-12-01T09:00:00Z"),
        ("2026-12-01T10:00:00+01:00", "", "2026-12-01T09:00:00Z"),
        ("2026-12-01T05:30:00-03:30", "Asia/Tokyo", "2026-12-01T09:00:00Z"),
        ("2026-12-01T09:00:00.750Z", "", "2026-12-01T09:00:00Z"),
        ("2026-12-01T10:00:00", "Europe/Berlin", "2026-12-01T09:00:00Z"),
        (
            "2026-12-01T05:30:00.5",
            "America/St_Johns",
            "2026-12-01T09:00:00Z",
        ),
        ("2026-12-01T02:00:00", "America/Vancouver", "2026-12-01T09:00:00Z"),
    ] {
        let zone = if zone.is_empty() {
            String::new()
        } else {
            format!(r#", "time_zone": "{zone}""#)
        };
        let text = meeting_at(&format!(
            r#""start": "{start}", "end": "2027-01-01T00:00:00Z"{zone}"#
        ));
        let records = read(&text, "f").unwrap();
        let (read, _) = records.meetings[0].meeting.when.instants().unwrap();
        assert_eq!(
            read,
            expected.parse::<chrono::DateTime<chrono::Utc>>().unwrap(),
            "{start}"
        );
    }
    assert_eq!(
        read(&meeting(""), "f").unwrap().meetings[0].meeting.time_zone,
        crate::meeting::Zone::utc()
    );
}

#[test]
fn absent_null_and_empty_are_the_same() {
    let text = contact(r#""name": null, "email": "", "time_zone": "", "language": null"#);
    let person = &read(&text, "f").unwrap().contacts[0];
    assert_eq!(
        (person.name.as_str(), &person.reach, &person.time_zone),
        ("", &crate::meeting::Reach::Nowhere, &None)
    );
    let text = meeting(
        r#", "join_url": "", "location": "", "description": "", "assigned_user": "", "attendees": null, "all_day": null, "start_date": null, "uid": "", "status": null, "online_location": null"#,
    );
    let records = read(&text, "f").unwrap();
    let meeting = &records.meetings[0].meeting;
    assert_eq!(
        (
            meeting.join_url.as_ref(),
            meeting.location.as_ref(),
            meeting.assigned_user.as_ref()
        ),
        (None, None, None)
    );
    assert!(read("{}", "f").unwrap().is_empty());
    assert!(read("\u{feff} {\"leads\": []} \n", "f").unwrap().is_empty());
}

#[test]
fn names_are_one_line() {
    let text = contact(r#""name": " A\r\nBcc: b ""#);
    assert_eq!(read(&text, "f").unwrap().contacts[0].name, "A Bcc: b");
}

#[test]
fn each_mistake_about_people_is_explained() {
    for (text, expected) in [
        (
            r#"{"contacts": [{"name": "C"}]}"#.to_owned(),
            r#"1:15: contacts[0].id: missing — a contact needs it"#,
        ),
        (
            r#"{"leads": [{"id": null}]}"#.into(),
            r#"1:12: leads[0].id: missing — a lead needs it"#,
        ),
        (
            r#"{"leads": [{"id": "a b"}]}"#.into(),
            r#"1:19: leads[0].id: "a b" cannot be an id — an id has 1 to 128 visible characters without spaces"#,
        ),
        (
            r#"{"leads": [{"id": 7}]}"#.into(),
            r#"1:19: leads[0].id: a number stands here — it must be text"#,
        ),
        (
            r#"{"leads": [{"id": "\ud800"}]}"#.into(),
            r#"1:19: leads[0].id: this is no text — unexpected end of hex escape"#,
        ),
        (
            r#"{"leads": [{"id": "\u0000"}]}"#.into(),
            r#"1:19: leads[0].id: the text has the character U+0000 in it — not every database can keep it"#,
        ),
        (
            r#"{"leads": [{"\ud800": 1}]}"#.into(),
            r#"1:12: leads[0]: this object cannot be read — unexpected end of hex escape"#,
        ),
        (
            r#"{"leads": ["x"]}"#.into(),
            r#"1:12: leads[0]: text stands here — it must be an object: a lead"#,
        ),
        (
            r#"{"leads": {}}"#.into(),
            r#"1:11: leads: an object stands here — it must be a list"#,
        ),
        (
            contact(r#""email": "a@x.example, b@x.example""#),
            r#"1:36: contacts[0].email: "a@x.example, b@x.example" is not one email address — write the bare address, one only"#,
        ),
        (
            contact(r#""email": "lee""#),
            r#"1:36: contacts[0].email: "lee" is not one email address — it has no @"#,
        ),
        (
            contact(r#""time_zone": "Europe/Berlinn""#),
            r#"1:40: contacts[0].time_zone: "Europe/Berlinn" is not an IANA time zone — did you mean Europe/Berlin?"#,
        ),
        (
            contact(r#""time_zone": "qqqq""#),
            r#"1:40: contacts[0].time_zone: "qqqq" is not an IANA time zone — write one such as Europe/Berlin"#,
        ),
        (
            contact(r#""language": "german language""#),
            r#"1:39: contacts[0].language: "german language" is not a language tag — write one such as en, de-AT or zh-Hans"#,
        ),
        (
            contact(r#""emial": "x@y.example""#),
            r#"1:28: contacts[0].emial: "emial" is not a field of a contact — did you mean "email"?"#,
        ),
        (
            contact(r#""quux": 1"#),
            r#"1:28: contacts[0].quux: "quux" is not a field of a contact — its fields are id, name, email, time_zone, language"#,
        ),
        (
            contact(r#""zoom": {}"#),
            r#"1:28: contacts[0].zoom: "zoom" is not a field of a contact — its fields are id, name, email, time_zone, language"#,
        ),
        (
            contact(r#""a b": 1"#),
            r#"1:28: contacts[0]["a b"]: "a b" is not a field of a contact — its fields are id, name, email, time_zone, language"#,
        ),
        (
            contact(r#""name": "A", "name": "B""#),
            r#"1:41: contacts[0].name: this field is there twice — write it once"#,
        ),
        (
            r#"{"users": [{"id": "u", "roles": "sales"}]}"#.into(),
            r#"1:33: users[0].roles: text stands here — it must be a list"#,
        ),
        (
            r#"{"users": [{"id": "u", "roles": ["a", ""]}]}"#.into(),
            r#"1:39: users[0].roles[1]: "" cannot be an id — an id has 1 to 128 visible characters without spaces"#,
        ),
        (
            r#"{"users": [{"id": "u", "zoom": {"enabled": "yes"}}]}"#.into(),
            r#"1:44: users[0].zoom.enabled: text stands here — it must be true or false"#,
        ),
        (
            r#"{"users": [{"id": "u", "zoom": {"zoom_id": "a b"}}]}"#.into(),
            r#"1:44: users[0].zoom.zoom_id: "a b" cannot be a Zoom ID — it is an email address or an id, without spaces"#,
        ),
        (
            r#"{"users": [{"id": "u", "zoom": {"zoomid": "a"}}]}"#.into(),
            r#"1:34: users[0].zoom.zoomid: "zoomid" is not a field of a user's zoom — did you mean "zoom_id"?"#,
        ),
        (
            r#"{"roles": [{"id": "r", "meeting_edit": "Own"}]}"#.into(),
            r#"1:40: roles[0].meeting_edit: "Own" is not an access to meetings — write no, own or all; did you mean own?"#,
        ),
        (
            r#"{"roles": [{"id": "r"}, {"id": "r"}]}"#.into(),
            r#"1:32: roles[1].id: the id "r" is there twice — roles[0] has it too"#,
        ),
        (
            r#"{"user": []}"#.into(),
            r#"1:3: user: "user" is not a field of a file of records — did you mean "users"?"#,
        ),
        (
            r#"[]"#.into(),
            r#"1:1: a list stands here — it must be an object: a file of records"#,
        ),
    ] {
        assert_eq!(wrong(&text), [expected], "{text}");
    }
}

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

#[test]
fn all_mistakes_are_reported_at_once_each_with_its_line() {
    let text = r#"{
  "contacts": [
    {"id": "lee", "email": "lee"},
    {"id": "lee", "name": "Lee"}
  ],
  "meetings": [
    {
      "id": "m", "name": "M", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T08:00:00Z",
      "attendees": [
        {"kind": "contact", "id": "lee"},
        {"kind": "contact", "id": "max"},
        {"kind": "account", "id": "lee"}
      ],
      "colour": "red"
    }
  ]
}"#;
    assert_eq!(
        wrong(text),
        [
            r#"3:28: contacts[0].email: "lee" is not one email address — it has no @"#,
            r#"4:12: contacts[1].id: the id "lee" is there twice — contacts[0] has it too"#,
            r#"8:71: meetings[0].end: the meeting does not end after it starts — the end, 2026-12-01 08:00:00 UTC, is not after the start, 2026-12-01 09:00:00 UTC"#,
            r#"12:18: meetings[0].attendees[2].kind: "account" is not a kind of person — write user, contact or lead"#,
            r#"14:8: meetings[0].colour: "colour" is not a field of a meeting — its fields are id, name, uid, status, online_location, zoom, all_day, start, end, start_date, end_date, time_zone, description, location, assigned_user, join_url, attendees"#,
        ]
    );
}

#[test]
fn what_is_not_json_is_shown() {
    let errors = read("{\n  \"leads\": [{]\n}", "leads.json").unwrap_err();
    assert_eq!(
        errors.to_string(),
        "leads.json:2:14: this is not JSON — key must be a string\n  |   \"leads\": [{]\n  |              ^"
    );
    assert_eq!(
        (errors.kind(), errors.class()),
        ("import.invalid", Class::BadData)
    );
    assert!(errors.remedy().is_some());
}

#[test]
fn errors_are_told_to_programs() {
    let errors = read(&contact(r#""email": "lee""#), "people.json").unwrap_err();
    assert_eq!(
        serde_json::to_value(&errors).unwrap(),
        serde_json::json!({
            "file": "people.json",
            "findings": [{
                "path": "contacts[0].email", "line": 1, "column": 36,
                "what": "\"lee\" is not one email address", "why": "it has no @"
            }]
        })
    );
}

#[test]
fn references_to_records_elsewhere_are_collected() {
    let text = r#"{
  "users": [{"id": "ana", "roles": ["sales", "sales"]}, {"id": "ben", "roles": ["admin"]}],
  "roles": [{"id": "admin"}],
  "meetings": [{"id": "m", "name": "M", "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z",
    "assigned_user": "zoe",
    "attendees": [{"kind": "user", "id": "ana"}, {"kind": "contact", "id": "ana"}]}]
}"#;
    let records = read(text, "f").unwrap();
    assert_eq!(records.users[0].roles.len(), 1);
    let found: Vec<_> = records
        .references()
        .iter()
        .map(|r| (r.target.to_string(), r.path.as_str(), r.line, r.column))
        .collect();
    assert_eq!(
        found,
        [
            ("role \"sales\"".to_owned(), "users[0].roles[0]", 2, 37),
            ("role \"sales\"".to_owned(), "users[0].roles[1]", 2, 46),
            ("user \"zoe\"".to_owned(), "meetings[0].assigned_user", 5, 22),
            ("contact \"ana\"".to_owned(), "meetings[0].attendees[1]", 6, 50),
        ]
    );
    let errors = ImportErrors::unknown_references("f", &records.references()[2..]);
    assert_eq!(
        errors.to_string(),
        "f:5:22: meetings[0].assigned_user: there is no user \"zoe\" — neither in this file nor among the records loaded before\n\
         f:6:50: meetings[0].attendees[1]: there is no contact \"ana\" — neither in this file nor among the records loaded before"
    );
}

#[test]
fn deep_nesting_is_no_danger() {
    let deep = format!("{{\"leads\": {}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    assert!(read(&deep, "f").is_err());
}

#[test]
fn long_values_are_cut_in_errors() {
    let lines = wrong(&contact(&format!(r#""email": "{}""#, "ü".repeat(10_000))));
    assert!(lines[0].chars().count() < 200, "{lines:?}");
}

/// JSON of the shape of a file of records, with things in it that should not be.
fn almost_records() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "[ -~ü\u{0}\u{1F600}]{0,12}",
        prop::sample::select(vec![
            "id",
            "name",
            "kind",
            "email",
            "zoom",
            "user",
            "start",
            "end",
            "all_day",
            "start_date",
            "end_date",
            "time_zone",
            "Europe/Berlin",
            "2026-12-01T09:00:00Z",
            "2026-10-25T02:30:00",
            "2026-12-03",
            "attendees",
            "roles",
            "meetings",
            "users",
            "contacts",
            "uid",
            "status",
            "join_url",
        ])
        .prop_map(str::to_owned),
    ];
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        word.clone().prop_map(Into::into),
    ];
    let value = leaf.prop_recursive(5, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(serde_json::Value::from),
            prop::collection::vec((word.clone(), inner), 0..8)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    });
    value.prop_map(|value| value.to_string())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in ".{0,60}") {
        let _ = read(&text, "f").map_err(|errors| errors.to_string());
    }

    #[test]
    fn no_json_makes_it_panic(text in almost_records()) {
        let _ = read(&text, "f").map_err(|errors| errors.to_string());
    }

    #[test]
    fn no_damage_makes_it_panic(at in 0..EXAMPLE.len(), cut in 0..40_usize, with in "[ -~ü\u{0}\\\\\"]{0,6}") {
        let at = (0..=at).rev().find(|at| EXAMPLE.is_char_boundary(*at)).unwrap();
        let end = (at + cut..).find(|at| *at >= EXAMPLE.len() || EXAMPLE.is_char_boundary(*at)).unwrap();
        let text = format!("{}{with}{}", &EXAMPLE[..at], EXAMPLE.get(end..).unwrap_or_default());
        if let Err(errors) = read(&text, "f") {
            for finding in errors.findings() {
                let line = text.split('\n').nth(finding.line - 1);
                prop_assert!(line.is_some_and(|line| finding.column <= line.chars().count() + 1), "{finding:?}");
            }
        }
    }

    #[test]
    fn any_text_is_read_as_it_is_written(name in "\\PC{1,40}", description in "[^\u{0}]{1,40}") {
        let record = serde_json::json!({"meetings": [{
            "id": "m", "name": format!("x{name}"), "description": description,
            "start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z",
        }]});
        let records = read(&record.to_string(), "f").unwrap();
        prop_assert_eq!(records.meetings[0].meeting.name(), crate::meeting::one_line(&format!("x{name}")));
        prop_assert_eq!(records.meetings[0].meeting.description.as_deref(), Some(description.as_str()));
    }
}
