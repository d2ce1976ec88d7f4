//! A mail server that refuses, puts off, hangs up or is not there.

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::mail::{Mail, MailServer};
use crate::records::KICKOFF;

fn states(report: &Value) -> Vec<&str> {
    let recipients = report["recipients"].as_array().unwrap();
    recipients[1..]
        .iter()
        .map(|r| r["state"].as_str().unwrap())
        .collect()
}

fn ids(mails: &[Mail]) -> Vec<String> {
    mails.iter().map(Mail::message_id).collect()
}

#[test]
fn who_is_refused_does_not_keep_others_from_theirs() {
    let desk = Desk::new();
    desk.mail
        .control(&json!({"refuse": {"lee@client.example": "550 5.1.1 No such user"}}));
    let run = desk.run("send --meeting kickoff --format json -vv").ends(1);
    let report = run.json();
    assert_eq!(states(&report), ["failed", "sent", "sent"]);
    assert_eq!(report["recipients"][1]["reason"], "550 5.1.1 No such user");
    assert_eq!((&report["sent"], &report["failed"]), (&json!(2), &json!(1)));
    let text = desk.run("send --meeting kickoff").out;
    assert!(text.contains("lee@client.example"), "{text}");

    // All of them, for good.
    let refuse: Value = KICKOFF
        .iter()
        .map(|address| ((*address).to_owned(), json!("550 No")))
        .collect::<serde_json::Map<_, _>>()
        .into();
    desk.mail.control(&json!({ "refuse": refuse }));
    let report = desk.run("send --meeting second --format json").ends(69).json();
    assert_eq!(states(&report), ["failed"; 3]);
}

#[test]
fn who_is_put_off_gets_it_later() {
    let desk = Desk::new();
    desk.mail.control(&json!({"put_off": {"lee@client.example": 2}}));
    let report = desk.run("send --meeting kickoff --format json").ends(75).json();
    assert_eq!(states(&report), ["queued", "sent", "sent"]);
    assert_eq!(
        report["recipients"][1]["reason"],
        "451 4.7.1 Greylisted, come back later"
    );
    let entry = &desk.json("outbox list --state queued")[0];
    assert!(entry["next_attempt_at"].is_string(), "{entry}");
    desk.run("send --meeting kickoff").ends(75);
    let report = desk.json("send --meeting kickoff");
    assert_eq!(states(&report), ["sent", "skipped", "skipped"]);
    assert_eq!(desk.mail.addresses(), KICKOFF);
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 0);
}

#[test]
fn a_server_that_closes_down_gets_the_rest_over_another_connection() {
    let desk = Desk::new();
    desk.mail.control(&json!({"shut_down": 1}));
    let report = desk.run("send --meeting kickoff --format json").ends(75).json();
    assert_eq!(report["sent"], 2, "{report}");
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 1);
    assert_eq!(desk.mail.addresses(), KICKOFF);
}

#[test]
fn an_answer_that_was_lost_makes_no_second_message() {
    let desk = Desk::new();
    desk.mail
        .control(&json!({"cut": {"lee@client.example": ["before_answer", 1]}}));
    let report = desk.run("send --meeting kickoff --format json").ends(75).json();
    assert_eq!(states(&report), ["queued", "sent", "sent"]);
    let report = desk.json("send --meeting kickoff");
    assert_eq!(states(&report), ["sent", "skipped", "skipped"]);
    // The server has it twice, under one Message-ID, which is all that SMTP allows.
    let mut mails = desk.mail.mails();
    mails.retain(|mail| mail.to() == "lee@client.example");
    let found = ids(&mails);
    assert_eq!(found.len(), 2);
    assert_eq!(found[0], found[1]);
    assert_eq!(desk.mail.mails().len(), 4);
}

#[test]
fn a_connection_that_breaks_elsewhere_costs_nothing() {
    for cut in ["in_data", "after_answer"] {
        let desk = Desk::new();
        desk.mail
            .control(&json!({"cut": {"lee@client.example": [cut, 1]}}));
        let report = desk.run("send --meeting kickoff --format json");
        assert!([0, 75].contains(&report.code), "{cut}: {report:?}");
        desk.run("send --meeting kickoff").done();
        assert_eq!(desk.mail.addresses(), KICKOFF, "{cut}");
    }
}

#[test]
fn without_a_server_invitations_wait_for_one() {
    let mut desk = Desk::new();
    // Nobody listens at this port, to which only the system's own services may bind.
    desk.set("INVITE_SMTP__URL", "smtp://127.0.0.1:1");
    let failed = desk.run("send --meeting kickoff --format json -vv").ends(69);
    let report = failed.json();
    assert_eq!(report["error"]["kind"], "smtp.unreachable");
    assert_eq!(report["error"]["exit"], 69);
    assert!(
        report["error"]["message"]
            .as_str()
            .unwrap()
            .contains("127.0.0.1:1")
    );
    assert!(failed.err.contains("error: the mail server"), "{failed:?}");
    assert_eq!((&report["queued"], &report["sent"]), (&json!(3), &json!(0)));
    assert_eq!(states(&report), ["queued"; 3]);
    let waiting = desk.json("outbox list --state queued");
    assert_eq!(waiting.as_array().unwrap().len(), 3);
    let url = desk.zoom.meeting().join_url;

    desk.unset("INVITE_SMTP__URL");
    let report = desk.json("send --meeting kickoff");
    assert_eq!((&report["sent"], &report["queued"]), (&json!(3), &json!(0)));
    assert_eq!(report["zoom"]["action"], "unchanged");
    assert_eq!(desk.mail.addresses(), KICKOFF);
    for mail in desk.mail.mails() {
        assert!(mail.text().contains(&url));
        let is_this = |entry: &&Value| entry["message_id"] == json!(mail.message_id());
        assert!(waiting.as_array().unwrap().iter().any(|entry| is_this(&entry)));
    }
    assert_eq!(desk.zoom.meetings().len(), 1);
}

#[test]
fn a_server_that_does_not_want_us_is_asked_once() {
    let desk = Desk::new();
    for (control, kind) in [
        (json!({"close_at_connect": true}), "smtp.unreachable"),
        (json!({"greeting": "421 4.3.2 Not now"}), "smtp.unreachable"),
        (json!({"greeting": "554 5.3.2 Go away"}), "smtp.unwelcome"),
    ] {
        desk.mail.control(&control);
        let report = desk.run("send --meeting kickoff --format json").ends(69).json();
        assert_eq!(report["error"]["kind"], kind, "{report}");
        assert_eq!(report["queued"], 3, "{report}");
    }
    desk.mail.behave();
    desk.write_secret("smtp.secret", "wrong-password");
    let failed = desk.run("send --meeting kickoff --format json -vv").ends(69);
    assert!(!failed.err.contains("wrong-password"), "{failed:?}");
    let report = failed.json();
    assert_eq!(report["error"]["kind"], "smtp.unwelcome");
    assert!(
        report["error"]["message"].as_str().unwrap().contains("535"),
        "{report}"
    );
    assert!(desk.mail.mails().is_empty());
    desk.write_secret("smtp.secret", crate::mail::PASSWORD);
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    assert_eq!(desk.mail.addresses(), KICKOFF);
}

#[test]
fn what_waits_is_overtaken_by_a_newer_revision() {
    let mut desk = Desk::new();
    desk.set("INVITE_SMTP__URL", "smtp://127.0.0.1:1");
    desk.run("send --meeting kickoff").ends(69);
    desk.run("meeting edit kickoff --start 2027-06-05T09:00:00Z")
        .done();
    desk.unset("INVITE_SMTP__URL");
    let report = desk.json("send --meeting kickoff");
    assert_eq!((&report["revision"], &report["sent"]), (&json!(1), &json!(3)));
    // Nobody was told the old time.
    assert_eq!(desk.mail.addresses(), KICKOFF);
    for mail in desk.mail.mails() {
        assert_eq!(mail.calendar().line("SEQUENCE").as_deref(), Some("1"));
        assert_eq!(
            mail.calendar().line("DTSTART").as_deref(),
            Some("20270605T090000Z")
        );
    }
    assert_eq!(
        desk.json("outbox list --state superseded")
            .as_array()
            .unwrap()
            .len(),
        3
    );
}

#[test]
fn a_server_with_no_extensions_is_enough() {
    let mut desk = Desk::new();
    let without = [
        "PIPELINING",
        "8BITMIME",
        "SMTPUTF8",
        "ENHANCEDSTATUSCODES",
        "SIZE",
    ];
    let arguments: Vec<_> = without
        .iter()
        .flat_map(|extension| ["--without", extension])
        .collect();
    let plain = MailServer::start_with(&arguments);
    desk.set("INVITE_SMTP__URL", &plain.url());
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    assert_eq!(plain.addresses(), KICKOFF);
}
