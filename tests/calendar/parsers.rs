//! Calendar objects, read back by parsers of other languages: every zone around its clock changes, and any text.
//! `tests/run` installs these.

use std::collections::HashSet;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use invite::calendar::{Event, Method, Participant, Times, write};
use invite::meeting::{Acceptance, Meeting, MeetingId, Person, Revision, When, Zone, one_line};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::any_text::kept;
use crate::foreign;
use crate::peers::{Peer, are_here};

/// An object, with what is to be found in it.
fn case(zone: &Zone, start: DateTime<Utc>, times: Times, texts: &[String; 4]) -> Value {
    let [name, summary, location, description] = texts;
    let when = When::timed(start, start + TimeDelta::hours(2)).unwrap();
    let mut meeting = Meeting::new(
        MeetingId::new("m").unwrap(),
        format!("S{summary}E"),
        when,
        zone.clone(),
    )
    .unwrap();
    meeting.location = Some(format!("L{location}E"));
    let (name, description) = (format!("N{name}E"), format!("D{description}E"));
    let ana = Person::new(
        "user:ana".parse().unwrap(),
        &name,
        Some("ana@acme.example".parse().unwrap()),
    );
    let lee = Person::new(
        "contact:lee".parse().unwrap(),
        &name,
        Some("lee@client.example".parse().unwrap()),
    );
    let participants = [Participant {
        person: &lee,
        status: Acceptance::None,
    }];
    let event = Event {
        times,
        description: &description,
        ..Event::new(
            Method::Request,
            &meeting,
            "u@acme.example",
            Revision(1),
            &ana,
            &participants,
            start,
        )
    };
    serde_json::json!({
        "ics": write(&event, &lee.reference).unwrap(),
        "zone": zone.name(),
        "start": start.timestamp(),
        "end": (start + TimeDelta::hours(2)).timestamp(),
        "name": one_line(&name).replace('"', "'").replace('\\', "/"),
        "summary": meeting.name(),
        "location": kept(&format!("L{location}E")),
        "description": kept(&description),
    })
}

/// Every zone, in both ways of writing times, at some moments of three eras and around its changes then. What differs
/// from another object by no more than the zone's name is left out.
fn zones() -> Vec<Value> {
    let texts = ["é, \"x\": y;", "Kick\\off; a, b", "Room 4,\n\\n", "A\r\nB"].map(str::to_owned);
    let mut cases = Vec::new();
    let mut seen = HashSet::new();
    for tz in chrono_tz::TZ_VARIANTS {
        let zone = Zone::new(tz.name()).unwrap();
        let mut moments = Vec::new();
        for era in [
            "1999-12-31T23:30:00Z",
            "2026-11-24T08:00:00Z",
            "2027-07-01T00:00:00Z",
        ] {
            let era: DateTime<Utc> = era.parse().unwrap();
            moments.push(era);
            let changes = [zone.transition_before(era), zone.transition_after(era)];
            let changes = changes.into_iter().flatten().map(|change| change.at);
            for change in changes.filter(|change| change.timestamp() > 0) {
                moments.extend([-90, -30, 0, 45].map(|minutes| change + TimeDelta::minutes(minutes)));
            }
        }
        for moment in moments {
            for times in [Times::Utc, Times::Zone] {
                let case = case(&zone, moment, times, &texts);
                if seen.insert(case["ics"].as_str().unwrap().replace(zone.name(), "")) {
                    cases.push(case);
                }
            }
        }
    }
    cases
}

/// Any texts, at one moment.
fn texts() -> Vec<Value> {
    let mut runner = TestRunner::deterministic();
    let text = proptest::prelude::any::<String>();
    let dangerous = "[a-z,;:\"\\\\^\r\n\t '=\u{0}\u{7f}\u{85}\u{2028}é💡]{0,90}";
    let texts = proptest::array::uniform4(proptest::prop_oneof![text, dangerous]);
    let zone = Zone::new("Europe/Berlin").unwrap();
    let start = "2026-12-01T09:00:00Z".parse().unwrap();
    (0..2000)
        .map(|_| {
            case(
                &zone,
                start,
                Times::Zone,
                &texts.new_tree(&mut runner).unwrap().current(),
            )
        })
        .collect()
}

static CASES: LazyLock<[Vec<Value>; 2]> = LazyLock::new(|| [zones(), texts()]);

fn reads(mut command: Command) {
    for cases in &*CASES {
        let mut reader = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = reader.stdin.take().unwrap();
        for case in cases {
            // A reader that has found a difference is gone; it has said what it found.
            if writeln!(input, "{case}").is_err() {
                break;
            }
        }
        drop(input);
        let output = reader.wait_with_output().unwrap();
        assert!(output.status.success());
        assert_eq!(
            String::from_utf8_lossy(&output.stdout).trim(),
            cases.len().to_string()
        );
    }
}

#[test]
fn python_reads_what_was_written() {
    if !are_here(&[Peer::Python]) {
        return;
    }
    reads(foreign::python("read.py"));
}

#[test]
fn javascript_reads_what_was_written() {
    if !are_here(&[Peer::Node]) {
        return;
    }
    reads(foreign::node("read.mjs"));
}

#[test]
fn libical_reads_what_was_written() {
    if !are_here(&[Peer::Libical]) {
        return;
    }
    for cases in &*CASES {
        let mut reader = foreign::libical()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = reader.stdin.take().unwrap();
        let writing = std::thread::spawn(move || {
            for case in cases {
                write!(input, "{}\0", case["ics"].as_str().unwrap()).unwrap();
            }
        });
        let output = reader.wait_with_output().unwrap();
        writing.join().unwrap();
        let found: Vec<Value> = String::from_utf8(output.stdout)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(found.len(), cases.len());
        for (found, case) in found.iter().zip(cases) {
            assert_eq!(found["errors"], 0, "{case}");
            for key in ["start", "end", "summary", "location", "description"] {
                assert_eq!(found[key], case[key], "{key}: {case}");
            }
            assert_eq!(found["attendees"][0][1], case["name"], "{case}");
        }
    }
}
