//! Texts of any kind come back as they were, and add nothing to an object.

use calcard::icalendar::ICalendarProperty;
use invite::calendar::{Event, Times, write};
use proptest::prelude::*;

use crate::example::{
    UID, attendees, event, join_url, kickoff, parse, participants, person, request, text, who,
};

/// What a text is after it was written: without control characters, its line breaks line feeds.
pub(crate) fn kept(text: &str) -> String {
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
