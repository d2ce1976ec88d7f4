//! Answers that come back by mail.

use serde_json::{Value, json};

use crate::desk::Desk;

/// One of the fixtures as it is.
fn raw(name: &str) -> String {
    let path = format!("{}/fixtures/replies/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// One of the fixtures, about the meeting that was sent.
fn fixture(desk: &Desk, name: &str) -> String {
    let text = raw(name);
    let uid = desk.json("meeting show kickoff")["uid"]
        .as_str()
        .unwrap()
        .to_owned();
    let plain = text.replace("kickoff@acme.example", &uid);
    // The fixtures in base64 are encoded anew with the UID in them.
    let Some((head, body)) = plain.split_once("base64\r\n\r\n") else {
        return plain;
    };
    if plain.contains(&uid) {
        return plain;
    }
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let (encoded, rest) = body.split_once("\r\n\r\n").unwrap_or((body, ""));
    let object = STANDARD.decode(encoded.replace("\r\n", "")).unwrap();
    let object = String::from_utf8(object)
        .unwrap()
        .replace("kickoff@acme.example", &uid);
    format!("{head}base64\r\n\r\n{}\r\n\r\n{rest}", STANDARD.encode(object))
}

fn reply(desk: &Desk, text: &str) -> Value {
    desk.write("answer.eml", text);
    desk.json("reply answer.eml")
}

fn status(desk: &Desk, id: &str) -> Value {
    let meeting = desk.json("meeting show kickoff");
    let attendees = meeting["attendees"].as_array().unwrap();
    attendees.iter().find(|a| a["id"] == id).unwrap()["status"].clone()
}

fn sent() -> Desk {
    let desk = Desk::new();
    desk.run("send --meeting kickoff").done();
    desk
}

#[test]
fn answers_of_mail_programs_set_the_status() {
    let desk = sent();
    for (name, id, expected) in [
        ("gmail-accepted.eml", "lee", "Accepted"),
        ("outlook-tentative.eml", "joerg", "Tentative"),
        ("apple-declined.eml", "mika", "Declined"),
    ] {
        let report = reply(&desk, &fixture(&desk, name));
        assert_eq!(
            (&report["outcome"], &report["status"]),
            (&json!("recorded"), &json!(expected)),
            "{name}"
        );
        assert_eq!(status(&desk, id), expected, "{name}");
    }
    // Who has answered is not asked again.
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 0);
}

#[test]
fn an_old_answer_does_not_undo_a_newer_one() {
    let desk = sent();
    let accepted = fixture(&desk, "gmail-accepted.eml").replace("20261124T1015", "20261101T1015");
    let declined = accepted
        .replace("ACCEPTED", "DECLINED")
        .replace("20261101T1015", "20261101T1115");
    assert_eq!(reply(&desk, &declined)["outcome"], "recorded");
    assert_eq!(reply(&desk, &accepted)["outcome"], "older");
    assert_eq!(status(&desk, "lee"), "Declined");
    // The same again is the same again.
    assert_eq!(reply(&desk, &declined)["outcome"], "recorded");
}

#[test]
fn a_clock_or_a_count_ahead_does_not_lock_out_later_answers() {
    let desk = sent();
    let accepted = fixture(&desk, "gmail-accepted.eml");
    let ahead = accepted
        .replace("DTSTAMP:2026", "DTSTAMP:2999")
        .replace("SEQUENCE:0", "SEQUENCE:4000000000");
    assert_eq!(reply(&desk, &ahead)["outcome"], "recorded");
    let later = accepted
        .replace("ACCEPTED", "DECLINED")
        .replace("DTSTAMP:2026", "DTSTAMP:2998");
    assert_eq!(reply(&desk, &later)["outcome"], "recorded");
    assert_eq!(status(&desk, "lee"), "Declined");
}

#[test]
fn what_says_nothing_about_the_meeting_leaves_the_status() {
    let desk = sent();
    let accepted = fixture(&desk, "gmail-accepted.eml");
    assert_eq!(reply(&desk, &accepted)["outcome"], "recorded");
    for (from, to, outcome, words) in [
        ("PARTSTAT=ACCEPTED", "X-NONE=1", "unclear", "nothing about coming"),
        ("PARTSTAT=ACCEPTED", "PARTSTAT=X-LATER", "unclear", "X-LATER"),
        (
            "PARTSTAT=ACCEPTED",
            "PARTSTAT=DELEGATED",
            "delegated",
            "passed the invitation on",
        ),
        (
            "PARTSTAT=ACCEPTED;",
            "PARTSTAT=DECLINED;",
            "occurrence",
            "one occurrence of it only (2026-12-08 09:00 UTC)",
        ),
    ] {
        let mut text = accepted.replace(from, to);
        if outcome == "occurrence" {
            text = text.replace("SEQUENCE:0", "SEQUENCE:0\r\nRECURRENCE-ID:20261208T090000Z");
        }
        assert_eq!(reply(&desk, &text)["outcome"], outcome);
        let run = desk.run("reply answer.eml").done();
        assert!(
            run.out.contains(words) && run.out.contains("stays Accepted"),
            "{run:?}"
        );
        assert_eq!(status(&desk, "lee"), "Accepted");
    }
}

#[test]
fn a_time_that_comes_back_is_another_time() {
    let desk = sent();
    let early = fixture(&desk, "gmail-accepted.eml");
    let start = desk.json("meeting show kickoff")["start"]
        .as_str()
        .unwrap()
        .to_owned();
    for start in ["2027-06-02T09:00:00Z", start.as_str()] {
        desk.run(&format!("meeting edit kickoff --start {start}")).done();
        desk.run("send --meeting kickoff").done();
    }
    assert_eq!(reply(&desk, &early)["outcome"], "outdated");
    assert_eq!(status(&desk, "lee"), "None");
}

#[test]
fn an_answer_to_another_time_does_not_count() {
    let desk = sent();
    let early = fixture(&desk, "gmail-accepted.eml");
    desk.run("meeting edit kickoff --location Hall").done();
    desk.run("send --meeting kickoff").done();
    // The time is the same: it counts, though it answers the revision before.
    assert_eq!(reply(&desk, &early)["outcome"], "recorded");
    desk.run("meeting edit kickoff --start 2027-06-02T09:00:00Z")
        .done();
    desk.run("send --meeting kickoff").done();
    assert_eq!(status(&desk, "lee"), "None");
    let report = reply(&desk, &early);
    assert_eq!(
        (&report["outcome"], &report["status"]),
        (&json!("outdated"), &json!("None"))
    );
    assert_eq!(
        reply(&desk, &early.replace("SEQUENCE:0", "SEQUENCE:2"))["outcome"],
        "recorded"
    );
}

#[test]
fn nobody_answers_for_somebody_else() {
    let desk = sent();
    let genuine = fixture(&desk, "gmail-accepted.eml");
    desk.write(
        "forged.eml",
        &genuine.replace(
            "From: Harper Lee <lee@client.example>",
            "From: <eve@elsewhere.example>",
        ),
    );
    let error = desk.fails("reply forged.eml", 77, "reply.stranger");
    for from in [
        "eve@evil.example, lee@client.example",
        "eve@evil.example\r\nFrom: lee@client.example",
        "=?utf-8?q?lee=40client=2Eexample?= (eve@evil.example)",
        "lee@client.example <eve@evil.example>",
        "eve@evil.example\r\nSender: lee@client.example",
    ] {
        let forged = genuine.replace("Harper Lee <lee@client.example>", from);
        assert_ne!(forged, genuine);
        desk.write("doubtful.eml", &forged);
        desk.fails("reply doubtful.eml", 77, "reply.stranger");
    }
    assert!(error.to_string().contains("eve@elsewhere.example"), "{error}");
    assert_eq!(status(&desk, "lee"), "None");
    let trusted = desk.json("reply forged.eml --trust");
    assert_eq!(trusted["status"], "Accepted");
    desk.write(
        "other.eml",
        &genuine
            .replace("lee@client.example", "eve@elsewhere.example")
            .replace("lee@cl\r\n ient.example", "eve"),
    );
    desk.fails("reply other.eml", 66, "meeting.not_an_attendee");
    desk.write("unknown.eml", &raw("gmail-accepted.eml"));
    desk.fails("reply unknown.eml", 66, "reply.unknown_uid");
}

#[test]
fn proposals_and_requests_change_nothing_and_say_what_to_do() {
    let desk = sent();
    desk.write("counter.eml", &fixture(&desk, "exchange-counter.eml"));
    let run = desk.run("reply counter.eml").done();
    assert!(
        run.out.contains("2026-12-02 09:00 Eastern Standard Time")
            && run.out.contains("meeting edit kickoff"),
        "{run:?}"
    );
    assert!(run.out.contains("Wednesday is better"), "{run:?}");
    desk.write("refresh.ics", &fixture(&desk, "refresh.ics"));
    desk.fails("reply refresh.ics", 77, "reply.stranger");
    let run = desk.run("reply refresh.ics --trust").done();
    assert!(
        run.out
            .contains("invite send --meeting kickoff --to contact:lee --resend"),
        "{run:?}"
    );
    assert_eq!(status(&desk, "lee"), "None");
    assert_eq!(
        desk.json("send --meeting kickoff --to contact:lee --resend")["sent"],
        1
    );
}

#[test]
fn what_is_no_answer_is_said_to_be_none() {
    let desk = sent();
    for (name, kind) in [
        ("out-of-office.eml", "reply.no_calendar_object"),
        ("outlook-tnef.eml", "reply.tnef"),
    ] {
        desk.write(name, &raw(name));
        desk.fails(&format!("reply {name}"), 65, kind);
    }
    desk.fails("reply nowhere.eml", 66, "reply.unreadable_file");
}
