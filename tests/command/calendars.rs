//! What the calendars behind the mailboxes hold, after each mail and in the end, whichever of two comes first. The mails
//! are read by Python's `icalendar`, and applied as RFC 5546 says.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::appointment::{Appointment, address, meeting, with};
use crate::foreign;
use crate::mail::Mail;
use crate::peers::{Peer, are_here};

/// What a calendar object says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Object {
    to: String,
    method: String,
    uid: String,
    /// SEQUENCE, then DTSTAMP: which of two of one UID is the newer (RFC 5546 §2.1.4).
    age: (u64, i64),
    organizer: String,
    /// Start, place and name.
    says: String,
    attendees: Vec<String>,
}

impl Object {
    fn read(mail: &Value) -> Self {
        let event = &mail["event"];
        let text = |name: &str| event[name].as_str().unwrap().to_owned();
        let attendees = event["attendees"].as_array().unwrap();
        Self {
            to: mail["to"][0][1].as_str().unwrap().to_owned(),
            method: text("method"),
            uid: text("uid"),
            age: (
                event["sequence"].as_u64().unwrap(),
                mail["stamp"].as_i64().unwrap(),
            ),
            organizer: text("organizer").replace("mailto:", ""),
            says: format!(
                "{} {} {}",
                chrono::DateTime::from_timestamp(event["start"].as_i64().unwrap(), 0)
                    .unwrap()
                    .format("%d %H:%M"),
                event["location"].as_str().unwrap_or("nowhere"),
                text("summary")
            ),
            attendees: attendees
                .iter()
                .map(|attendee| attendee[0].as_str().unwrap().replace("mailto:", ""))
                .collect(),
        }
    }
}

/// An entry of a calendar; one that was cancelled is remembered, so that what is older does not bring it back.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    age: (u64, i64),
    organizer: String,
    /// `None`: cancelled.
    says: Option<String>,
}

/// A calendar that keeps to RFC 5546.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Calendar {
    entries: BTreeMap<String, Entry>,
    /// What was taken from nobody: another organizer's, or one's that the owner is not invited to.
    refused: Vec<String>,
}

impl Calendar {
    fn receive(&mut self, object: &Object) {
        if let Some(known) = self.entries.get(&object.uid) {
            if known.organizer != object.organizer {
                self.refused
                    .push(format!("{}: the organizer is {}", object.uid, object.organizer));
                return;
            }
            if object.age < known.age {
                return;
            }
        }
        let says = match object.method.as_str() {
            "REQUEST" if object.attendees.contains(&object.to) => Some(object.says.clone()),
            "REQUEST" => {
                self.refused
                    .push(format!("{} is not for {}", object.uid, object.to));
                return;
            }
            "CANCEL" => None,
            method => panic!("{method}"),
        };
        let entry = Entry {
            age: object.age,
            organizer: object.organizer.clone(),
            says,
        };
        self.entries.insert(object.uid.clone(), entry);
    }

    fn of<'a>(objects: impl IntoIterator<Item = &'a Object>) -> Self {
        let mut calendar = Self::default();
        for object in objects {
            calendar.receive(object);
        }
        calendar
    }

    /// What the owner sees: `02 09:00 nowhere Review of ana`.
    fn shows(&self) -> Vec<String> {
        let mut shown: Vec<_> = self
            .entries
            .values()
            .filter_map(|entry| {
                let of = entry.organizer.split('@').next().unwrap();
                Some(format!("{} of {of}", entry.says.as_ref()?))
            })
            .collect();
        shown.sort();
        shown
    }
}

/// A meeting's life, with what each mailbox's calendar must show after each step.
struct Story {
    it: Appointment,
    /// How many mails there were in all after each step, and what each calendar must show then.
    steps: Vec<(usize, BTreeMap<String, Vec<String>>)>,
}

impl Story {
    fn of(it: Appointment) -> Self {
        Self {
            it,
            steps: Vec::new(),
        }
    }

    /// Something was sent. Whoever is not named has nothing in the calendar.
    fn shows(&mut self, calendars: &[(&str, &str)]) {
        let shown = calendars
            .iter()
            .map(|(id, shows)| (address(id), vec![(*shows).to_owned()]));
        self.steps.push((self.it.mail.files().len(), shown.collect()));
    }

    /// All mails that were sent, as a foreign parser reads them.
    fn objects(&self) -> Vec<Object> {
        let output = foreign::python("mails.py")
            .args(self.it.mail.files())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).unwrap();
        let objects: Vec<_> = text
            .lines()
            .map(|line| Object::read(&serde_json::from_str(line).unwrap()))
            .collect();
        let envelopes: Vec<_> = self.it.mail.mails().iter().map(Mail::to).collect();
        let to: Vec<_> = objects.iter().map(|object| object.to.clone()).collect();
        assert_eq!(to, envelopes);
        objects
    }

    /// Applies the mails to calendars, in their order, with each two that follow each other swapped, in the reverse order,
    /// and each twice.
    fn is_lived_through(&self) {
        let objects = self.objects();
        let mut mailboxes: Vec<_> = objects.iter().map(|object| object.to.clone()).collect();
        mailboxes.sort();
        mailboxes.dedup();
        let mut before = 0;
        for (at, (mails, shown)) in self.steps.iter().enumerate() {
            for mailbox in &mailboxes {
                let own = objects[..*mails].iter().filter(|object| object.to == *mailbox);
                let calendar = Calendar::of(own);
                let must = shown.get(mailbox).cloned().unwrap_or_default();
                assert_eq!(calendar.shows(), must, "{mailbox} after step {at}: {calendar:#?}");
                assert!(calendar.refused.is_empty(), "{calendar:#?}");
            }
            assert!(*mails > before || at == 0, "step {at} told nobody");
            before = *mails;
        }
        for mailbox in &mailboxes {
            let own: Vec<_> = objects.iter().filter(|object| object.to == *mailbox).collect();
            never_repeats(&own);
            let in_order = Calendar::of(own.iter().copied());
            for at in 1..own.len() {
                let mut swapped = own.clone();
                swapped.swap(at - 1, at);
                let calendar = Calendar::of(swapped);
                assert_eq!(
                    calendar.entries,
                    in_order.entries,
                    "{mailbox}, {:?} before {:?}",
                    own[at],
                    own[at - 1]
                );
                assert!(calendar.refused.is_empty(), "{calendar:#?}");
            }
            let reversed = Calendar::of(own.iter().rev().copied());
            assert_eq!(reversed.entries, in_order.entries, "{mailbox} in reverse");
            let twice = Calendar::of(own.iter().flat_map(|object| [*object, *object]));
            assert_eq!(twice.entries, in_order.entries, "{mailbox} twice");
        }
    }
}

/// What one calendar receives never repeats a SEQUENCE with other content, and never falls.
fn never_repeats(objects: &[&Object]) {
    let mut newest: BTreeMap<&str, &Object> = BTreeMap::new();
    for object in objects {
        if let Some(before) = newest.insert(&object.uid, object) {
            let is_same = before.method == object.method && before.says == object.says;
            assert!(
                object.age.0 > before.age.0 || (is_same && object.age >= before.age),
                "{before:?}, then {object:?}"
            );
        }
    }
}

fn are_missing() -> bool {
    !are_here(&[Peer::Python])
}

#[test]
fn a_meeting_with_a_hard_life() {
    if are_missing() {
        return;
    }
    let mut story = Story::of(Appointment::new(&["lee", "kim"]));
    story.it.send();
    let at_nine = "02 09:00 nowhere Review of ana";
    story.shows(&[("lee", at_nine), ("kim", at_nine)]);
    // Moved.
    story.it.edit(&["--start", "2027-03-03T14:00:00Z"]);
    story.it.send();
    let moved = "03 14:00 nowhere Review of ana";
    story.shows(&[("lee", moved), ("kim", moved)]);
    // Kim is removed.
    let of_ana = |contacts: &[&str]| {
        with(
            meeting(contacts),
            &json!({"start": "2027-03-03T14:00:00Z", "end": "2027-03-03T14:45:00Z"}),
        )
    };
    story.it.becomes(&of_ana(&["lee"]));
    story.it.send();
    story.shows(&[("lee", moved)]);
    // And invited again.
    story.it.becomes(&of_ana(&["lee", "kim"]));
    story.it.send();
    story.shows(&[("lee", moved), ("kim", moved)]);
    // Another host.
    story.it.edit(&["--assign", "bo"]);
    story.it.send();
    let of_bo = "03 14:00 nowhere Review of bo";
    story.shows(&[("lee", of_bo), ("kim", of_bo)]);
    // Called off.
    story.it.call_off();
    story.shows(&[]);
    // Planned again, elsewhere.
    story.it.edit(&["--status", "Planned", "--location", "Hall 2"]);
    story.it.send();
    let again = "03 14:00 Hall 2 Review of bo";
    story.shows(&[("lee", again), ("kim", again)]);
    // The same once more, for whoever has lost it.
    story.it.json("send --meeting review --resend");
    story.shows(&[("lee", again), ("kim", again)]);
    story.is_lived_through();
}

#[test]
fn a_mailbox_that_is_left_and_taken_again() {
    if are_missing() {
        return;
    }
    let mut story = Story::of(Appointment::new(&["lee", "kim"]));
    story.it.send();
    let at_nine = "02 09:00 nowhere Review of ana";
    story.shows(&[("lee", at_nine), ("kim", at_nine)]);
    let lee_is_at = |story: &Story, email: String| {
        story
            .it
            .import(&json!({"contacts": [{"id": "lee", "name": "Lee", "email": email, "language": "en"}]}));
        story.it.send();
    };
    lee_is_at(&story, address("lee2"));
    story.shows(&[("lee2", at_nine), ("kim", at_nine)]);
    lee_is_at(&story, address("lee"));
    story.shows(&[("lee", at_nine), ("kim", at_nine)]);
    // Both names for one mailbox, and none.
    story.it.edit(&["--name", "Retrospective"]);
    lee_is_at(&story, address("kim"));
    let renamed = "02 09:00 nowhere Retrospective of ana";
    story.shows(&[("kim", renamed)]);
    story.it.call_off();
    story.shows(&[]);
    story.is_lived_through();
}

#[test]
fn a_host_who_goes_and_comes_back() {
    if are_missing() {
        return;
    }
    let mut story = Story::of(Appointment::new(&["lee", "kim"]));
    story.it.send();
    let of_ana = "02 09:00 nowhere Review of ana";
    story.shows(&[("lee", of_ana), ("kim", of_ana)]);
    let of_bo = "02 09:00 nowhere Review of bo";
    story.it.edit(&["--assign", "bo"]);
    story.it.send();
    story.shows(&[("lee", of_bo), ("kim", of_bo)]);
    // Called off by bo, and planned again by ana.
    story.it.call_off();
    story.shows(&[]);
    story.it.edit(&["--status", "Planned", "--assign", "ana"]);
    story.it.send();
    story.shows(&[("lee", of_ana), ("kim", of_ana)]);
    story.it.edit(&["--location", "Hall 2", "--assign", "bo"]);
    story.it.send();
    let in_hall = "02 09:00 Hall 2 Review of bo";
    story.shows(&[("lee", in_hall), ("kim", in_hall)]);
    story.is_lived_through();
}

#[test]
fn what_was_put_off_or_is_in_doubt_comes_to_the_same() {
    if are_missing() {
        return;
    }
    let mut story = Story::of(Appointment::new(&["lee", "kim", "max"]));
    // Kim's arrives though nobody knows it, and max's does not.
    story.it.mail.control(&json!({
        "cut": {address("kim"): ["before_answer", 2]}, "put_off": {address("max"): 1},
    }));
    story.it.run("send --meeting review").ends(75);
    let at_nine = "02 09:00 nowhere Review of ana";
    story.shows(&[("lee", at_nine), ("kim", at_nine)]);
    story.it.edit(&["--start", "2027-03-03T14:00:00Z"]);
    let run = story.it.run("send --meeting review");
    assert!([0, 1, 75].contains(&run.code), "{run:?}");
    story.it.run("send --meeting review");
    let moved = "03 14:00 nowhere Review of ana";
    story.shows(&[("lee", moved), ("kim", moved), ("max", moved)]);
    story.it.becomes(&with(
        meeting(&["lee"]),
        &json!({"start": "2027-03-03T14:00:00Z", "end": "2027-03-03T14:45:00Z"}),
    ));
    story.it.send();
    story.shows(&[("lee", moved)]);
    story.it.call_off();
    story.shows(&[]);
    story.is_lived_through();
}
