//! Who stands in a calendar object: attendees, the organizer, the sender.

use calcard::icalendar::{ICalendarParameterName, ICalendarProperty};
use invite::calendar::{CalendarError, Event, EventWriter, MOST_LISTED_ATTENDEES, Method, write};
use invite::fault::{Class, Fault};
use invite::meeting::Person;

use crate::example::{
    addresses, ana, attendees, event, join_url, kickoff, parse, participants, people, person, request, who,
};

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
