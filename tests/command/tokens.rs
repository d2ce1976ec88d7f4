//! Logging in to a mail server with access tokens.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use serde_json::json;

use crate::desk::Desk;
use crate::mail::MailServer;
use crate::records;

const MAILBOX: &str = "meetings@acme.example";

/// A token endpoint (RFC 6749 §3.2): gives the answers in their order, the last one again and again.
struct Endpoint {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    fn answering(answers: &[(u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&asked);
        let mut answers: Vec<(u16, String)> = answers
            .iter()
            .map(|(status, body)| (*status, (*body).to_owned()))
            .collect();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    stream.read_line(&mut line).unwrap();
                    let line = line.trim().to_ascii_lowercase();
                    if let Some(octets) = line.strip_prefix("content-length:") {
                        length = octets.trim().parse().unwrap();
                    }
                    if line.is_empty() {
                        break;
                    }
                }
                let mut form = vec![0; length];
                stream.read_exact(&mut form).unwrap();
                shared.lock().unwrap().push(String::from_utf8(form).unwrap());
                let (status, body) = if answers.len() > 1 {
                    answers.remove(0)
                } else {
                    answers[0].clone()
                };
                let head = format!(
                    "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    body.len()
                );
                stream.get_mut().write_all((head + &body).as_bytes()).unwrap();
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn desk(endpoint: &Endpoint, server: &MailServer) -> Desk {
    let mut desk = Desk::new();
    desk.set("INVITE_SMTP__URL", &server.url());
    desk.set("INVITE_SMTP__USERNAME", MAILBOX);
    desk.set("INVITE_SMTP__OAUTH__TOKEN_URL", &endpoint.url);
    desk.set("INVITE_SMTP__OAUTH__CLIENT_ID", "the client");
    desk.write_secret("client.secret", "cl1ent-s3cret");
    desk.write_secret("refresh.secret", "refr3sh-t0ken");
    desk.set("INVITE_SMTP__OAUTH__CLIENT_SECRET_FILE", "client.secret");
    desk.set("INVITE_SMTP__OAUTH__REFRESH_TOKEN_FILE", "refresh.secret");
    desk.set("INVITE_SMTP__OAUTH__SCOPE", "https://mail.google.com/");
    desk.without_password();
    desk
}

#[test]
fn a_token_is_asked_for_once_and_logs_in() {
    let server = MailServer::start_with(&["--bearer", MAILBOX, "acc3ss-1"]);
    let endpoint = Endpoint::answering(&[(
        200,
        r#"{"access_token":"acc3ss-1","token_type":"Bearer","expires_in":3599}"#,
    )]);
    let desk = desk(&endpoint, &server);
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    assert_eq!(server.addresses(), records::KICKOFF);
    assert_eq!(
        endpoint.asked(),
        [
            "client_id=the+client&client_secret=cl1ent-s3cret&grant_type=refresh_token&refresh_token=refr3sh-t0ken\
          &scope=https%3A%2F%2Fmail.google.com%2F"
        ]
    );
}

#[test]
fn without_a_refresh_token_the_client_asks_for_itself() {
    let server = MailServer::start_with(&["--bearer", MAILBOX, "acc3ss-1"]);
    let endpoint = Endpoint::answering(&[(200, r#"{"access_token":"acc3ss-1"}"#)]);
    let mut desk = desk(&endpoint, &server);
    desk.unset("INVITE_SMTP__OAUTH__REFRESH_TOKEN_FILE");
    desk.unset("INVITE_SMTP__OAUTH__SCOPE");
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    assert_eq!(
        endpoint.asked(),
        ["client_id=the+client&client_secret=cl1ent-s3cret&grant_type=client_credentials"]
    );
}

#[test]
fn what_is_wrong_with_a_token_is_told_without_it() {
    let server = MailServer::start_with(&["--bearer", MAILBOX, "another"]);
    let no_secret = |text: &str| {
        for secret in ["cl1ent-s3cret", "refr3sh-t0ken", "acc3ss-1"] {
            assert!(!text.contains(secret), "{text}");
        }
    };
    // The authorization server refuses.
    let refused = r#"{"error":"invalid_grant","error_description":"Token has been expired or revoked.","hint":"acc3ss-1"}"#;
    let endpoint = Endpoint::answering(&[(400, refused)]);
    let wrong = desk(&endpoint, &server);
    let run = wrong.run("send --meeting kickoff --format json -vv").ends(78);
    no_secret(&format!("{run:?}"));
    let error = run.json()["error"].clone();
    assert_eq!(error["kind"], "smtp.no_token");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("invalid_grant Token has been expired or revoked."),
        "{message}"
    );
    // Nobody is lost: with a good one they leave.
    assert_eq!(
        wrong.json("outbox list --state queued").as_array().unwrap().len(),
        3
    );

    // The mail server refuses the token.
    let endpoint = Endpoint::answering(&[(200, r#"{"access_token":"acc3ss-1","expires_in":3600}"#)]);
    let run = desk(&endpoint, &server)
        .run("send --meeting kickoff --format json -vv")
        .ends(69);
    no_secret(&format!("{run:?}"));
    assert_eq!(run.json()["error"]["kind"], "smtp.unwelcome");

    // It has no tokens at all.
    let plain = MailServer::start();
    let run = desk(&endpoint, &plain)
        .run("send --meeting kickoff --format json")
        .ends(69);
    assert!(
        run.json()["error"]["message"]
            .as_str()
            .unwrap()
            .contains("XOAUTH2"),
        "{run:?}"
    );

    // The authorization server is down, which passes.
    let endpoint = Endpoint::answering(&[(503, "busy")]);
    let run = desk(&endpoint, &server)
        .run("send --meeting kickoff --format json")
        .ends(69);
    assert_eq!(run.json()["error"]["kind"], "smtp.unreachable");
    assert_eq!(server.mails().len(), 0);
    let both = json!({"queued": 3});
    assert_eq!(run.json()["queued"], both["queued"]);
}
