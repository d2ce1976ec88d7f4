//! Calendar objects, read back by a parser that is not ours.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarParameterName, ICalendarProperty,
};
use calcard::{Entry, Parser};
use chrono::{DateTime, Utc};
use invite::calendar::{
    AttendeeList, CalendarError, Event, EventWriter, MOST_LISTED_ATTENDEES, Method, Participant, Times, write,
};
use invite::fault::{Class, Fault};
use invite::meeting::{
    Acceptance, EmailAddress, JoinUrl, Meeting, MeetingId, Person, PersonRef, Revision, When, Zone,
};
use proptest::prelude::*;

const UID: &str = "0192f3c1-kickoff@acme.example";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn person(reference: &str, name: &str, email: &str) -> Person {
    let email = (!email.is_empty()).then(|| email.parse().unwrap());
    Person::new(reference.parse().unwrap(), name, email)
}

fn who(reference: &str) -> PersonRef {
    reference.parse().unwrap()
}

fn ana() -> Person {
    person("user:ana", "Ana Núñez", "ana@acme.example")
}

fn people() -> Vec<Person> {
    vec![
        ana(),
        person("contact:lee", "Lee, Harper \"Hal\"", "lee@client.example"),
        person("lead:mika", "", "mika+crm@lead.example"),
        person("contact:mute", "No Address", ""),
    ]
}

fn participants(people: &[Person]) -> Vec<Participant<'_>> {
    let statuses = [
        Acceptance::Accepted,
        Acceptance::None,
        Acceptance::Tentative,
        Acceptance::None,
    ];
    let statuses = statuses.into_iter().chain(std::iter::repeat(Acceptance::None));
    let pairs = people.iter().zip(statuses);
    pairs
        .map(|(person, status)| Participant { person, status })
        .collect()
}

fn kickoff() -> Meeting {
    let when = When::timed(at("2026-12-01T09:00:00Z"), at("2026-12-01T09:45:00Z")).unwrap();
    let zone = Zone::new("Europe/Berlin").unwrap();
    Meeting::new(
        MeetingId::new("kickoff").unwrap(),
        "Kick-off; phase 1, \"Orion\"",
        when,
        zone,
    )
    .unwrap()
}

fn join_url() -> JoinUrl {
    JoinUrl::new("https://us05web.zoom.us/j/83515379148?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1").unwrap()
}

fn request<'a>(meeting: &'a Meeting, ana: &'a Person, participants: &'a [Participant<'a>]) -> Event<'a> {
    let stamp = at("2026-11-24T08:00:00Z");
    Event::new(
        Method::Request,
        meeting,
        UID,
        Revision(0),
        ana,
        participants,
        stamp,
    )
}

/// The object as it is snapshot: its line breaks as the snapshot has them.
fn shown(ics: &str) -> String {
    assert!(ics.ends_with("\r\n"));
    assert!(!ics.replace("\r\n", "").contains(['\r', '\n']));
    ics.replace("\r\n", "\n")
}

fn parse(ics: &str) -> ICalendar {
    let mut parser = Parser::new(ics);
    let entry = parser.entry();
    let Entry::ICalendar(calendar) = entry else {
        panic!("{entry:?}: {ics}")
    };
    assert_eq!(parser.entry(), Entry::Eof, "{ics}");
    calendar
}

fn event(calendar: &ICalendar) -> &ICalendarComponent {
    let mut events = calendar
        .components
        .iter()
        .filter(|component| component.component_type == ICalendarComponentType::VEvent);
    let event = events.next().unwrap();
    assert!(events.next().is_none());
    event
}

fn text<'a>(component: &'a ICalendarComponent, property: &ICalendarProperty) -> Option<&'a str> {
    let entry = component.property(property)?;
    assert_eq!(entry.values.len(), 1, "{entry:?}");
    entry.values[0].as_text()
}

/// Name and address of every ATTENDEE.
fn attendees(ics: &str) -> Vec<(String, String)> {
    let calendar = parse(ics);
    let attendees = event(&calendar).properties(&ICalendarProperty::Attendee);
    attendees
        .map(|entry| {
            let name = entry
                .parameter(&ICalendarParameterName::Cn)
                .unwrap()
                .as_text()
                .unwrap();
            (name.to_owned(), entry.calendar_address().unwrap().to_owned())
        })
        .collect()
}

fn addresses(ics: &str) -> Vec<String> {
    attendees(ics).into_iter().map(|(_, address)| address).collect()
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
fn who_is_removed_alone_is_told_alone_and_not_how_to_join() {
    let (meeting, ana, people, url) = (kickoff(), ana(), people(), join_url());
    let participants = participants(&people);
    let event = Event {
        method: Method::Cancel,
        whole_cancelled: false,
        join_url: Some(&url),
        passcode: Some("421337"),
        ..request(&meeting, &ana, &participants)
    };
    let ics = write(&event, &who("contact:lee")).unwrap();
    assert_eq!(addresses(&ics), ["lee@client.example"]);
    assert!(
        !ics.contains("STATUS:C") && !ics.contains("zoom.us") && !ics.contains("421337"),
        "{ics}"
    );
}

#[test]
fn answers_are_those_that_are_given() {
    let (meeting, ana, people) = (kickoff(), ana(), people());
    let participants = participants(&people);
    let event = request(&meeting, &ana, &participants);
    let count = |ics: &str, answer| ics.replace("\r\n ", "").matches(answer).count();
    let ics = write(&event, &who("contact:lee")).unwrap();
    assert_eq!(
        (
            count(&ics, "PARTSTAT=TENTATIVE"),
            count(&ics, "PARTSTAT=NEEDS-ACTION")
        ),
        (1, 1)
    );
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
fn many_attendees_do_not_see_each_other() {
    let (meeting, ana) = (kickoff(), ana());
    let people = |n: usize| -> Vec<Person> {
        (0..n)
            .map(|i| person(&format!("contact:c{i}"), "", &format!("c{i}@client.example")))
            .collect()
    };
    // The organizer does not count.
    let mut most = people(MOST_LISTED_ATTENDEES);
    most.push(ana.clone());
    let ics = write(&request(&meeting, &ana, &participants(&most)), &who("contact:c7")).unwrap();
    assert_eq!(addresses(&ics).len(), MOST_LISTED_ATTENDEES);

    let more = people(MOST_LISTED_ATTENDEES + 1);
    let participants = participants(&more);
    let writer = EventWriter::new(&request(&meeting, &ana, &participants)).unwrap();
    for n in [0, 7, MOST_LISTED_ATTENDEES] {
        let ics = writer.for_recipient(&who(&format!("contact:c{n}"))).unwrap();
        assert_eq!(addresses(&ics), [format!("c{n}@client.example")]);
    }
}

#[test]
fn two_people_with_one_address_are_one_attendee() {
    let (meeting, ana) = (kickoff(), ana());
    let people = [
        person("contact:lee", "Lee", "office@client.example"),
        person("contact:kim", "Kim", "kim@client.example"),
        person("lead:jo", "Jo", "Office@client.example"),
    ];
    let participants = participants(&people);
    let writer = EventWriter::new(&request(&meeting, &ana, &participants)).unwrap();
    let names = |to: &str| -> Vec<String> {
        attendees(&writer.for_recipient(&who(to)).unwrap())
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    };
    assert_eq!(names("contact:lee"), ["Lee", "Kim"]);
    assert_eq!(names("contact:kim"), ["Lee", "Kim"]);
    assert_eq!(names("lead:jo"), ["Jo", "Kim"]);
}

#[test]
fn the_organizer_is_not_invited_and_needs_an_address() {
    let (meeting, ana, mut people) = (kickoff(), ana(), people());
    people.push(person("contact:twin", "Twin", "ANA@acme.example"));
    let participants = participants(&people);
    let event = request(&meeting, &ana, &participants);
    let ics = write(&event, &who("contact:lee")).unwrap();
    assert_eq!(addresses(&ics), ["lee@client.example", "mika+crm@lead.example"]);

    let refused = |to: &str| write(&event, &who(to)).unwrap_err();
    assert!(matches!(
        refused("user:ana"),
        CalendarError::RecipientIsOrganizer { .. }
    ));
    assert!(matches!(
        refused("contact:twin"),
        CalendarError::RecipientIsOrganizer { .. }
    ));
    assert!(matches!(
        refused("contact:mute"),
        CalendarError::RecipientWithoutAddress { .. }
    ));
    assert!(matches!(
        refused("contact:stranger"),
        CalendarError::RecipientNotInvited { .. }
    ));

    let nobody = person("user:bo", "Bo", "");
    let error = write(&request(&meeting, &nobody, &participants), &who("contact:lee")).unwrap_err();
    assert_eq!(error.class(), Class::BadData);
    assert_eq!(
        error.to_string(),
        "the meeting \"Kick-off; phase 1, \\\"Orion\\\"\" has no organizer to answer to: Bo has no email address"
    );
    assert!(
        error
            .remedy()
            .unwrap()
            .to_string()
            .contains("give Bo a primary email address")
    );
    let error = write(&Event { uid: " ", ..event }, &who("contact:lee")).unwrap_err();
    assert!(matches!(error, CalendarError::NoUid { .. }));
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
fn a_sender_is_named_where_it_is_not_the_organizer() {
    let (meeting, ana, people) = (kickoff(), ana(), people());
    let participants = participants(&people);
    let organizer = |sent_by: &str| {
        let sent_by = sent_by.parse().unwrap();
        let event = Event {
            sent_by: Some(&sent_by),
            ..request(&meeting, &ana, &participants)
        };
        let calendar = parse(&write(&event, &who("contact:lee")).unwrap());
        let entry = self::event(&calendar)
            .property(&ICalendarProperty::Organizer)
            .unwrap();
        let sender = entry.parameter(&ICalendarParameterName::SentBy);
        sender.and_then(|sender| sender.as_text()).map(ToOwned::to_owned)
    };
    assert_eq!(organizer("Ana@acme.example"), None);
    assert_eq!(
        organizer("a/b@acme.example").as_deref(),
        Some("mailto:a%2Fb@acme.example")
    );
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

/// What a text is after it was written: without control characters, its line breaks line feeds.
fn kept(text: &str) -> String {
    let text = text
        .replace("\r\n", "\n")
        .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    text.chars()
        .filter(|c| matches!(c, '\n' | '\t') || !c.is_control())
        .collect()
}

/// Text that is likely to be dangerous.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => any::<String>(),
        1 => Just("\r\nATTENDEE:mailto:x@evil.example\r\n".to_owned()),
        1 => Just("\nEND:VEVENT\n".to_owned()),
        1 => Just("\";X=\"1:\r\n X".to_owned()),
        1 => Just("\\n\\,\\;^n^^^'".to_owned()),
        1 => "[a-z,;:\"\\\\^\r\n\t '=\u{0}\u{7f}\u{85}\u{2028}é💡]{0,90}",
    ];
    proptest::collection::vec(piece, 0..4).prop_map(|pieces| pieces.concat())
}

#[test]
fn a_location_of_controls_alone_is_none() {
    let (mut meeting, url) = (kickoff(), join_url());
    meeting.location = Some(" \u{7f}\u{0} ".to_owned());
    let ana = person("user:ana", "Ana", "ana@acme.example");
    let lee = [person("contact:lee", "Lee", "lee@client.example")];
    let participants = participants(&lee);
    let event = Event {
        join_url: Some(&url),
        ..request(&meeting, &ana, &participants)
    };
    let ics = write(&event, &who("contact:lee")).unwrap();
    let unfolded = ics.replace("\r\n ", "");
    assert!(unfolded.contains(&format!("LOCATION:{url}")), "{ics}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_is_read_back_and_adds_nothing(
        name in any_text(), summary in any_text(), location in any_text(), description in any_text(),
        html in any_text(), passcode in any_text(), label in any_text(), uid in any_text(), record in any_text(),
    ) {
        let (mut meeting, url) = (kickoff(), join_url());
        meeting.rename(format!("S{summary}")).unwrap();
        let uid = format!("u{uid}");
        meeting.location = Some(location.clone());
        let ana = person("user:ana", &name, "ana@acme.example");
        let lee = [person("contact:lee", &name, "lee@client.example")];
        let participants = participants(&lee);
        let plain = request(&meeting, &ana, &participants);
        let event = Event {
            uid: &uid,
            description: &description,
            description_html: Some(&html),
            passcode: Some(&passcode),
            join_label: &label,
            join_url: Some(&url),
            record_url: Some(&record),
            times: Times::Zone,
            ..plain
        };
        let ics = write(&event, &who("contact:lee")).unwrap();

        prop_assert!(ics.ends_with("\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"));
        for line in ics.split_terminator("\r\n") {
            prop_assert!(line.len() <= 75);
            prop_assert!(line.chars().all(|c| c == '\t' || !c.is_control()));
        }
        let names: Vec<_> = ics.replace("\r\n ", "").split_terminator("\r\n")
            .map(|line| line[..line.find([':', ';']).unwrap()].to_owned())
            .collect();
        let expected = Event { description: "", passcode: None, record_url: None, uid: UID, join_label: "Join", ..event };
        let harmless = write(&expected, &who("contact:lee")).unwrap();
        let expected: Vec<_> = harmless.replace("\r\n ", "").split_terminator("\r\n")
            .map(|line| line[..line.find([':', ';']).unwrap()].to_owned())
            .collect();
        prop_assert_eq!(names, expected);

        let calendar = parse(&ics);
        let found = self::event(&calendar);
        prop_assert_eq!(text(found, &ICalendarProperty::Summary), Some(meeting.name()));
        let location = if kept(&location).trim().is_empty() { url.to_string() } else { kept(&location) };
        prop_assert_eq!(text(found, &ICalendarProperty::Location), Some(location.as_str()));
        let described = text(found, &ICalendarProperty::Description).unwrap();
        let invited = kept(&format!("{label}\n{url}"));
        prop_assert!(described.starts_with(&invited));
        prop_assert!(kept(&description).trim().is_empty() || described.contains(&kept(&description)));
        for (name_read, _) in attendees(&ics) {
            let sent = invite::meeting::one_line(&name).replace('"', "'").replace('\\', "/");
            let sent = if sent.is_empty() { "lee@client.example".to_owned() } else { sent };
            // This parser does not decode RFC 6868.
            prop_assert_eq!(name_read.replace("^^", "^"), sent);
        }
    }
}
