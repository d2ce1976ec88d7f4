//! Mails that the program signs, as they come out of the mail server.

use std::collections::BTreeSet;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::foreign;
use crate::peers::{Peer, are_here};
use crate::records;

/// Makes a key, and has mails signed with it.
pub(crate) fn sign(desk: &mut Desk) {
    let key = Command::new("openssl")
        .args(["genpkey", "-algorithm", "ed25519"])
        .output()
        .unwrap();
    desk.write_secret("dkim.pem", std::str::from_utf8(&key.stdout).unwrap().trim());
    desk.set("INVITE_SMTP__DKIM__DOMAIN", "acme.example");
    desk.set("INVITE_SMTP__DKIM__SELECTOR", "s1");
    let key_file = desk.file("dkim.pem").display().to_string();
    desk.set("INVITE_SMTP__DKIM__KEY_FILE", &key_file);
}

#[test]
fn every_mail_is_signed_as_it_leaves() {
    if !are_here(&[Peer::Python, Peer::OpenSsl]) {
        return;
    }
    let mut desk = Desk::new();
    desk.fails("dkim record", 78, "dkim.not_configured");
    sign(&mut desk);
    let record = desk.json("dkim record");
    assert_eq!(record["name"], "s1._domainkey.acme.example");

    let sent = desk.json("send --meeting kickoff --all");
    let mails = desk.mail.mails();
    assert_eq!(sent["sent"], mails.len());
    let cases: Vec<Value> = mails
        .iter()
        .map(|mail| {
            json!({
                "message": STANDARD.encode(mail.raw()),
                "records": {record["name"].as_str().unwrap(): record["text"]},
            })
        })
        .collect();
    let verdicts = foreign::dkim_verdicts(&json!(cases));
    let all_pass: Vec<Value> = mails.iter().map(|_| json!([true])).collect();
    assert_eq!(json!(verdicts), json!(all_pass));

    // A key that cannot sign is told of before anything is done.
    desk.write_secret(
        "dkim.pem",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    );
    desk.fails("send --meeting kickoff --all --resend", 78, "dkim.key");
    assert_eq!(desk.mail.mails().len(), mails.len());
}

#[test]
fn what_passes_from_one_connection_to_another_is_signed_once() {
    if !are_here(&[Peer::OpenSsl]) {
        return;
    }
    const PEOPLE: usize = 60;
    let mut desk = Desk::new();
    sign(&mut desk);
    desk.import(&json!({
        "contacts": records::crowd(PEOPLE), "meetings": [records::meeting_of_crowd("crowd", PEOPLE)],
    }));
    // Eight are to be opened; those that are not taken in have mails by then.
    desk.mail.control(&json!({"most_connections": 2, "slow": 3}));
    let sent = desk.json("send --meeting crowd");
    assert_eq!(sent["sent"], PEOPLE);
    let mails = desk.mail.mails();
    let to: BTreeSet<String> = mails.iter().map(|mail| mail.to()).collect();
    assert_eq!((mails.len(), to.len()), (PEOPLE, PEOPLE));
    for mail in &mails {
        let text = String::from_utf8_lossy(mail.raw());
        let header = text.split("\r\n\r\n").next().unwrap();
        assert_eq!(header.matches("DKIM-Signature:").count(), 1);
    }
    let connections = desk
        .mail
        .events()
        .iter()
        .filter(|event| *event == "connect")
        .count();
    assert!(connections > 2, "nobody was turned away");
}
