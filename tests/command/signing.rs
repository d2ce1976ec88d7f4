//! Mails that the program signs, as they come out of the mail server.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::foreign;

#[test]
fn every_mail_is_signed_as_it_leaves() {
    let mut desk = Desk::new();
    desk.fails("dkim record", 78, "dkim.not_configured");
    let key = Command::new("openssl")
        .args(["genpkey", "-algorithm", "ed25519"])
        .output()
        .unwrap();
    desk.write_secret("dkim.pem", std::str::from_utf8(&key.stdout).unwrap().trim());
    desk.set("INVITE_SMTP__DKIM__DOMAIN", "acme.example");
    desk.set("INVITE_SMTP__DKIM__SELECTOR", "s1");
    let key_file = desk.file("dkim.pem").display().to_string();
    desk.set("INVITE_SMTP__DKIM__KEY_FILE", &key_file);
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
