//! The meeting that is written as calendar objects here, and how an object is read back.

use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarParameterName, ICalendarProperty,
};
use calcard::{Entry, Parser};
use chrono::{DateTime, Utc};
use invite::calendar::{Event, Method, Participant};
use invite::meeting::{Acceptance, JoinUrl, Meeting, MeetingId, Person, PersonRef, Revision, When, Zone};

pub(crate) const UID: &str = "0192f3c1-kickoff@acme.example";

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

pub(crate) fn person(reference: &str, name: &str, email: &str) -> Person {
    let email = (!email.is_empty()).then(|| email.parse().unwrap());
    Person::new(reference.parse().unwrap(), name, email)
}

pub(crate) fn who(reference: &str) -> PersonRef {
    reference.parse().unwrap()
}

pub(crate) fn ana() -> Person {
    person("user:ana", "Ana Núñez", "ana@acme.example")
}

pub(crate) fn people() -> Vec<Person> {
    vec![
        ana(),
        person("contact:lee", "Lee, Harper \"Hal\"", "lee@client.example"),
        person("lead:mika", "", "mika+crm@lead.example"),
        person("contact:mute", "No Address", ""),
    ]
}

pub(crate) fn participants(people: &[Person]) -> Vec<Participant<'_>> {
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

pub(crate) fn kickoff() -> Meeting {
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

pub(crate) fn join_url() -> JoinUrl {
    JoinUrl::new("https://us05web.zoom.us/j/83515379148?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1").unwrap()
}

pub(crate) fn request<'a>(
    meeting: &'a Meeting,
    ana: &'a Person,
    participants: &'a [Participant<'a>],
) -> Event<'a> {
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

pub(crate) fn parse(ics: &str) -> ICalendar {
    let mut parser = Parser::new(ics);
    let entry = parser.entry();
    let Entry::ICalendar(calendar) = entry else {
        panic!("{entry:?}: {ics}")
    };
    assert_eq!(parser.entry(), Entry::Eof, "{ics}");
    calendar
}

pub(crate) fn event(calendar: &ICalendar) -> &ICalendarComponent {
    let mut events = calendar
        .components
        .iter()
        .filter(|component| component.component_type == ICalendarComponentType::VEvent);
    let event = events.next().unwrap();
    assert!(events.next().is_none());
    event
}

pub(crate) fn text<'a>(component: &'a ICalendarComponent, property: &ICalendarProperty) -> Option<&'a str> {
    let entry = component.property(property)?;
    assert_eq!(entry.values.len(), 1, "{entry:?}");
    entry.values[0].as_text()
}

/// Name and address of every ATTENDEE.
pub(crate) fn attendees(ics: &str) -> Vec<(String, String)> {
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

pub(crate) fn addresses(ics: &str) -> Vec<String> {
    attendees(ics).into_iter().map(|(_, address)| address).collect()
}
