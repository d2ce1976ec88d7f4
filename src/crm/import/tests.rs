//! The reading of files of records, and the answers to mistakes in them.

mod files;
mod foreign;
mod meetings;
mod people;

use chrono::TimeDelta;

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

/// The lines about the problems of a text, without the name of the file.
fn wrong(text: &str) -> Vec<String> {
    let errors = read(text, "f").expect_err("this was taken for right");
    assert!(!errors.findings().is_empty());
    let lines = errors.to_string();
    lines
        .lines()
        .map(|line| line.strip_prefix("f:").unwrap_or(line).to_owned())
        .collect()
}

/// The same lines without line and column, for a text of one line.
fn words(text: &str) -> Vec<String> {
    let without_place = |line: String| {
        let mut parts = line.splitn(3, ':');
        assert_eq!(parts.next(), Some("1"));
        assert!(parts.next().is_some_and(|column| column.parse::<usize>().is_ok()));
        parts.next().unwrap_or_default().trim_start().to_owned()
    };
    wrong(text).into_iter().map(without_place).collect()
}

/// A timed meeting on one line, with these further fields.
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
