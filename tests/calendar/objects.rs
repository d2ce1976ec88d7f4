//! Calendar objects, property by property.

use calcard::icalendar::ICalendarProperty;
use invite::calendar::{AttendeeList, Event, EventWriter, Method, Times, write};
use invite::meeting::{EmailAddress, JoinUrl, Revision, When};

use crate::example::{ana, at, event, join_url, kickoff, parse, participants, people, request, text, who};

/// The object as it is snapshot: its line breaks as the snapshot has them.
fn shown(ics: &str) -> String {
    assert!(ics.ends_with("\r\n"));
    assert!(!ics.replace("\r\n", "").contains(['\r', '\n']));
    ics.replace("\r\n", "\n")
}

#[test]
fn a_full_request() {
    let (mut meeting, ana, people, url) = (kickoff(), ana(), people(), join_url());
    meeting.location = Some("Room 4, Lindenstraße 9".into());
    let sender: EmailAddress = "meetings@acme.example".parse().unwrap();
    let participants = participants(&people);
    let event = Event {
        sent_by: Some(&sender),
        join_url: Some(&url),
        passcode: Some("421337"),
        join_label: "Join Zoom Meeting",
        description: "Agenda:\n- scope; budget, dates\n- C:\\plans",
        description_html: Some("<p>Agenda:</p><ul><li>scope; budget, dates</li></ul>"),
        record_url: Some("https://crm.acme.example/#Meeting/view/kickoff"),
        modified: Some(at("2026-11-23T17:30:00Z")),
        revision: Revision(2),
        ..request(&meeting, &ana, &participants)
    };
    insta::assert_snapshot!(shown(&write(&event, &who("contact:lee")).unwrap()));
}

#[test]
fn a_request_in_the_zone_of_the_meeting() {
    let (meeting, ana, people, url) = (kickoff(), ana(), people(), join_url());
    let participants = participants(&people);
    let event = Event {
        times: Times::Zone,
        attendee_list: AttendeeList::Recipient,
        join_url: Some(&url),
        ..request(&meeting, &ana, &participants)
    };
    insta::assert_snapshot!(shown(&write(&event, &who("lead:mika")).unwrap()));
}

#[test]
fn an_all_day_request() {
    let (mut meeting, ana, people) = (kickoff(), ana(), people());
    meeting.rename("Offsite").unwrap();
    meeting.when = When::all_day("2026-12-31".parse().unwrap(), "2027-01-01".parse().unwrap()).unwrap();
    let participants = participants(&people);
    for times in [Times::Utc, Times::Zone] {
        let event = Event {
            times,
            ..request(&meeting, &ana, &participants)
        };
        insta::assert_snapshot!(
            "an_all_day_request",
            shown(&write(&event, &who("contact:lee")).unwrap())
        );
    }
}

#[test]
fn a_cancellation() {
    let (meeting, ana, people, url) = (kickoff(), ana(), people(), join_url());
    let participants = participants(&people);
    let event = Event {
        method: Method::Cancel,
        revision: Revision(3),
        join_url: Some(&url),
        passcode: Some("421337"),
        ..request(&meeting, &ana, &participants)
    };
    insta::assert_snapshot!(shown(&write(&event, &who("contact:lee")).unwrap()));
}

#[test]
fn what_is_published_has_no_attendee_and_the_link() {
    let (meeting, ana, people) = (kickoff(), ana(), people());
    let participants = participants(&people);
    let join_url = join_url();
    let event = Event {
        method: Method::Publish,
        join_url: Some(&join_url),
        ..request(&meeting, &ana, &participants)
    };
    let ics = EventWriter::new(&event).unwrap().for_nobody();
    assert!(ics.contains("METHOD:PUBLISH\r\n") && ics.contains("ORGANIZER;"));
    assert!(ics.contains("CONFERENCE;"));
    assert!(!ics.contains("ATTENDEE"), "{ics}");
    assert!(ics.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
}

#[test]
fn the_link_is_the_location_where_there_is_no_other() {
    let (mut meeting, ana, people, url) = (kickoff(), ana(), people(), join_url());
    let participants = participants(&people);
    let mut read = |location: Option<&str>, record: Option<&str>, url: Option<&JoinUrl>| {
        meeting.location = location.map(Into::into);
        let event = Event {
            join_url: url,
            record_url: record,
            ..request(&meeting, &ana, &participants)
        };
        let calendar = parse(&write(&event, &who("contact:lee")).unwrap());
        let found = self::event(&calendar);
        [
            ICalendarProperty::Location,
            ICalendarProperty::Url,
            ICalendarProperty::Conference,
        ]
        .map(|property| text(found, &property).map(ToOwned::to_owned))
    };
    let link = || Some(url.to_string());
    let record = "https://crm.acme.example/#Meeting/view/kickoff";
    assert_eq!(read(None, Some(record), Some(&url)), [link(), link(), link()]);
    assert_eq!(read(Some(" "), None, Some(&url)), [link(), link(), link()]);
    assert_eq!(
        read(Some("Hall 2"), None, Some(&url)),
        [Some("Hall 2".into()), link(), link()]
    );
    assert_eq!(read(None, Some(record), None), [None, Some(record.into()), None]);
}

#[test]
fn a_time_that_happens_twice_is_written_in_utc() {
    let (mut meeting, ana, people) = (kickoff(), ana(), people());
    meeting.when = When::timed(at("2026-10-25T01:30:00Z"), at("2026-10-25T02:30:00Z")).unwrap();
    let participants = participants(&people);
    let event = Event {
        times: Times::Zone,
        ..request(&meeting, &ana, &participants)
    };
    let ics = write(&event, &who("contact:lee")).unwrap();
    assert!(ics.contains("DTSTART:20261025T013000Z\r\nDTEND:20261025T023000Z\r\n"));
    assert!(!ics.contains("VTIMEZONE"));
}

#[test]
fn a_label_is_text_in_html_too() {
    let (meeting, ana, people, url) = (kickoff(), ana(), people(), join_url());
    let participants = participants(&people);
    let event = Event {
        join_url: Some(&url),
        join_label: "<b>\"R&D\"</b>",
        passcode: Some("<1>"),
        description_html: Some(""),
        ..request(&meeting, &ana, &participants)
    };
    let ics = write(&event, &who("contact:lee")).unwrap().replace("\r\n ", "");
    let html = ics.lines().find(|line| line.starts_with("X-ALT-DESC")).unwrap();
    assert!(
        html.ends_with(">&lt\\;b&gt\\;&quot\\;R&amp\\;D&quot\\;&lt\\;/b&gt\\;</a><br>Passcode: &lt\\;1&gt\\;</p></body></html>"),
        "{html}"
    );
}
