//! What mail servers send back: bounces, delays, deliveries.

use serde_json::{Value, json};

use crate::desk::Desk;

/// One of the fixtures, about a mail that was sent.
fn fixture(name: &str, message_id: &str) -> String {
    let path = format!("{}/fixtures/bounces/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    assert!(text.contains("<kickoff.0@acme.example>"));
    text.replace("<kickoff.0@acme.example>", message_id)
}

fn sent() -> Desk {
    let desk = Desk::new();
    desk.run("send --meeting kickoff").done();
    desk
}

/// The newest invitation of somebody, as the outbox lists it.
fn entry(desk: &Desk, id: &str) -> Value {
    let listed = desk.json("outbox list");
    let entries = listed.as_array().unwrap();
    entries
        .iter()
        .find(|entry| entry["person"] == id)
        .unwrap()
        .clone()
}

fn message_id(desk: &Desk, id: &str) -> String {
    entry(desk, id)["message_id"].as_str().unwrap().to_owned()
}

fn delivery(desk: &Desk, id: &str) -> Value {
    let meeting = desk.json("meeting show kickoff");
    let attendees = meeting["attendees"].as_array().unwrap();
    attendees.iter().find(|a| a["id"] == id).unwrap()["delivery"].clone()
}

fn receive(desk: &Desk, mail: &str) -> Value {
    desk.write("bounce.eml", mail);
    desk.json("reply bounce.eml")
}

/// The fixtures were written at one time; this is another.
fn dated(mail: &str, date: &str) -> String {
    let line = mail.lines().find(|line| line.starts_with("Date: ")).unwrap();
    mail.replacen(line, &format!("Date: {date}"), 1)
}

#[test]
fn bounces_of_all_servers_show_on_the_attendee() {
    let desk = sent();
    let id = message_id(&desk, "lee");
    assert_eq!(delivery(&desk, "lee"), Value::Null);
    for (name, status, words) in [
        ("postfix.eml", "5.1.1", "User unknown"),
        ("exchange-online.eml", "5.1.10", "RecipientNotFound"),
        ("gmail.eml", "5.1.1", "does not exist"),
        ("exim.eml", "5.2.1", "Mailbox disabled"),
        ("exim-in-words.eml", "5.1.1", "User unknown"),
        ("qmail.eml", "5.1.1", "no mailbox here"),
    ] {
        let report = receive(&desk, &fixture(name, &id));
        assert_eq!(
            (
                &report["outcome"],
                &report["kind"],
                &report["id"],
                &report["message_id"]
            ),
            (&json!("recorded"), &json!("contact"), &json!("lee"), &json!(id)),
            "{name}: {report:#}"
        );
        let shown = delivery(&desk, "lee");
        assert_eq!(shown, report["delivery"]);
        assert_eq!(
            (&shown["state"], &shown["status"]),
            (&json!("bounced"), &json!(status))
        );
        assert_eq!(shown["recipient"], Value::Null, "{name}");
        assert!(
            shown["answer"].as_str().unwrap().contains(words),
            "{name}: {shown}"
        );
        assert_eq!(entry(&desk, "lee")["notification"], shown);
        assert_eq!(entry(&desk, "lee")["state"], "sent");
    }
    assert_eq!(delivery(&desk, "mika"), Value::Null);
    for (command, words) in [
        (
            "meeting show kickoff",
            "bounced: 198.51.100.25 does not like recipient.",
        ),
        ("outbox list", "bounced: 198.51.100.25 does not like recipient."),
        (
            "reply bounce.eml",
            "invite send --meeting kickoff --to contact:lee --resend",
        ),
    ] {
        let run = desk.run(command).done();
        assert!(run.out.contains(words), "{run:?}");
    }
    desk.run(&format!("outbox show {id}")).done();
    // Who has answered by a bounce is not asked again by itself.
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 0);
}

#[test]
fn what_was_sent_anew_to_another_address_has_not_bounced() {
    let desk = sent();
    let bounce = fixture("postfix.eml", &message_id(&desk, "lee"));
    receive(&desk, &bounce);
    let mut records = crate::records::all();
    records["contacts"][0]["email"] = json!("harper@client.example");
    desk.import(&records);
    assert_eq!(delivery(&desk, "lee")["state"], "bounced");
    assert_eq!(
        desk.json("send --meeting kickoff --to contact:lee --resend")["sent"],
        1
    );
    assert_eq!(delivery(&desk, "lee"), Value::Null);
    // The same bounce once more is still about the first.
    assert_eq!(receive(&desk, &bounce)["email"], "lee@client.example");
    assert_eq!(delivery(&desk, "lee"), Value::Null);
    let newest = fixture("postfix-delayed.eml", &message_id(&desk, "lee"));
    let report = receive(&desk, &newest);
    assert_eq!(
        (
            &report["email"],
            &report["delivery"]["state"],
            &report["delivery"]["recipient"]
        ),
        (
            &json!("harper@client.example"),
            &json!("delayed"),
            &json!("lee@client.example")
        )
    );
}

#[test]
fn the_end_counts_and_the_later_of_two() {
    let desk = sent();
    let id = message_id(&desk, "lee");
    let (bounced, delayed) = (fixture("postfix.eml", &id), fixture("postfix-delayed.eml", &id));
    let delivered = fixture("postfix.eml", &id).replace("Action: failed", "Action: delivered");
    // Long ago counts as when it was sent, and what is to come as now.
    for (mail, outcome, stays) in [
        (
            dated(&delayed, "Tue, 24 Nov 2020 10:00:00 +0000"),
            "recorded",
            "delayed",
        ),
        (
            dated(&delivered, "Tue, 24 Nov 2020 10:00:00 +0000"),
            "recorded",
            "delivered",
        ),
        (
            dated(&bounced, "Tue, 24 Nov 2020 09:00:00 +0000"),
            "recorded",
            "bounced",
        ),
        (
            dated(&delayed, "Tue, 24 Nov 2999 10:00:00 +0000"),
            "older",
            "bounced",
        ),
        (
            dated(&delivered, "Tue, 24 Nov 2020 10:00:00 +0000"),
            "older",
            "bounced",
        ),
        (
            dated(&delivered, "Tue, 24 Nov 2999 10:00:00 +0000"),
            "recorded",
            "delivered",
        ),
        (
            dated(&bounced, "Tue, 24 Nov 2998 10:00:00 +0000"),
            "recorded",
            "bounced",
        ),
    ] {
        let report = receive(&desk, &mail);
        assert_eq!(
            (&report["outcome"], &report["delivery"]["state"]),
            (&json!(outcome), &json!(stays)),
            "{report:#}"
        );
        assert_eq!(delivery(&desk, "lee")["state"], stays);
    }
    let run = {
        desk.write("bounce.eml", &delayed);
        desk.run("reply bounce.eml").done()
    };
    assert!(run.out.contains("stays bounced: 550 5.1.1"), "{run:?}");
}

#[test]
fn a_mail_that_was_forwarded_bounces_too_and_says_where() {
    let desk = sent();
    let forwarded = fixture("exchange-online.eml", &message_id(&desk, "lee")).replace(
        "Final-Recipient: rfc822;lee@client.example",
        "Final-Recipient: rfc822;hl\u{1b}[2J@elsewhere.example",
    );
    let report = receive(&desk, &forwarded);
    assert_eq!(report["email"], "lee@client.example");
    assert_eq!(report["delivery"]["recipient"], "hl [2J@elsewhere.example");
    let shown = desk.run("meeting show kickoff").done().out;
    assert!(shown.contains("bounced at hl [2J@elsewhere.example"), "{shown}");
}

#[test]
fn what_is_about_nothing_that_was_sent_is_refused() {
    let desk = Desk::new();
    desk.mail
        .control(&json!({"refuse": {"lee@client.example": "550 5.1.1 No such user"}}));
    desk.run("send --meeting kickoff").ends(1);
    let unknown = |mail: &str| {
        desk.write("bounce.eml", mail);
        desk.fails("reply bounce.eml", 66, "reply.unknown_message")
    };
    let error = unknown(&fixture("postfix.eml", "<0.0@acme.example>"));
    assert!(error.to_string().contains("<0.0@acme.example>"), "{error}");
    // It was refused at once, so no server has sent it on.
    unknown(&fixture("postfix.eml", &message_id(&desk, "lee")));
    let unnamed = fixture("qmail.eml", "nobody");
    assert!(unknown(&unnamed).to_string().contains("does not say which mail"));
    let mute = fixture("postfix.eml", &message_id(&desk, "mika")).replace("Action: failed", "Action: lost");
    desk.write("bounce.eml", &mute);
    desk.fails("reply bounce.eml", 65, "reply.no_delivery_status");
    assert_eq!(delivery(&desk, "mika"), Value::Null);
}

#[test]
fn a_bounce_that_is_faster_than_the_outbox_is_to_come_again() {
    let desk = Desk::new();
    desk.mail
        .control(&json!({"hold": ["rcpt", "lee@client.example"]}));
    let sending = desk.start("send --meeting kickoff");
    desk.mail.wait_for("hold lee@client.example");
    desk.write("bounce.eml", &fixture("postfix.eml", &message_id(&desk, "lee")));
    desk.fails("reply bounce.eml", 75, "reply.still_sending");
    desk.mail.behave();
    sending.finish();
    assert_eq!(desk.json("reply bounce.eml")["outcome"], "recorded");
}

#[test]
fn each_mail_can_have_an_envelope_sender_that_its_bounce_comes_back_to() {
    let mut desk = Desk::new();
    desk.set("INVITE_SMTP__BOUNCES_TO", "bounces@mail.acme.example");
    desk.set("INVITE_SMTP__VERP", "true");
    desk.run("send --meeting kickoff").done();
    let senders: Vec<String> = desk
        .mail
        .mails()
        .iter()
        .map(|mail| mail.envelope["from"].as_str().unwrap().to_owned())
        .collect();
    let different: std::collections::BTreeSet<&String> = senders.iter().collect();
    assert_eq!(different.len(), 3, "{senders:?}");
    let to_lee = desk.mail.mail_to("lee@client.example");
    let sender = to_lee.envelope["from"].as_str().unwrap();
    assert!(
        sender.starts_with("bounces+") && sender.ends_with("@mail.acme.example"),
        "{sender}"
    );
    // A relay gave the mail another Message-ID, and the bounce has only that.
    let bounce = fixture("postfix.eml", "<0100018c@email.amazonses.example>");
    receive_not(&desk, &bounce);
    let bounce = format!("Delivered-To: {sender}\n{bounce}");
    assert_eq!(receive(&desk, &bounce)["email"], "lee@client.example");
    assert_eq!(delivery(&desk, "lee")["state"], "bounced");
    assert_eq!(delivery(&desk, "mika"), Value::Null);
}

fn receive_not(desk: &Desk, bounce: &str) {
    desk.write("bounce.eml", bounce);
    desk.fails("reply bounce.eml", 66, "reply.unknown_message");
}
