//! Signatures of messages, read by somebody else's verifier (dkimpy).

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use invite::calendar::{AttendeeList, Times};
use invite::fault::Fault as _;
use invite::mail::{DkimSigner, Mailbox};
use invite::meeting::Language;
use invite::pipeline::Trials;
use invite::template::{Sample, TemplateName, Templates};
use serde_json::{Value, json};

use crate::foreign;
use crate::peers::{Peer, are_here};

/// A new private key, made by OpenSSL.
fn key(arguments: &[&str]) -> secrecy::SecretString {
    let made = Command::new("openssl").args(arguments).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    String::from_utf8(made.stdout).unwrap().into()
}

fn rsa(bits: &str) -> secrecy::SecretString {
    key(&[
        "genpkey",
        "-algorithm",
        "rsa",
        "-pkeyopt",
        &format!("rsa_keygen_bits:{bits}"),
    ])
}

fn now() -> DateTime<Utc> {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

/// An invitation with a calendar object and a picture that it carries along.
fn invitation() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let body = folder.path().join("invitation/meeting/body.html");
    std::fs::create_dir_all(body.parent().unwrap()).unwrap();
    let text = "{% extends \"built-in/invitation/meeting/body.html\" %}\n\
                {% block hint %}{{ qr_code(url=join_url) }}{% endblock hint %}\n";
    std::fs::write(&body, text).unwrap();
    let trials = Trials {
        templates: Templates::with_dir(folder.path()).unwrap(),
        sender: Mailbox::new("Acme", "meetings@acme.example".parse().unwrap()),
        times: Times::Zone,
        attendees: AttendeeList::All,
    };
    let sample = Sample::all()
        .into_iter()
        .find(|sample| sample.id == "odd")
        .unwrap();
    let language = Language::new("de").unwrap();
    let trial = trials
        .preview(TemplateName::INVITATION, &sample, &language, now())
        .unwrap();
    assert!(
        trial
            .message
            .windows(18)
            .any(|text| text == b"multipart/related;")
    );
    trial.message
}

fn signed(signers: &[&DkimSigner], message: &[u8]) -> Vec<u8> {
    let mut signed: Vec<u8> = signers
        .iter()
        .flat_map(|signer| signer.signature(message, now()).unwrap())
        .collect();
    signed.extend_from_slice(message);
    signed
}

/// What the verifier says of each signature of each message.
fn verdicts(messages: &[Vec<u8>], signers: &[&DkimSigner]) -> Vec<Vec<Value>> {
    let records: serde_json::Map<String, Value> = signers
        .iter()
        .map(|signer| signer.dns_record())
        .map(|(name, text)| (name, json!(text)))
        .collect();
    let cases: Vec<Value> = messages
        .iter()
        .map(|message| json!({"message": STANDARD.encode(message), "records": records}))
        .collect();
    foreign::dkim_verdicts(&json!(cases))
}

fn signers() -> [DkimSigner; 2] {
    [
        DkimSigner::new("acme.example", "rsa", &rsa("2048")).unwrap(),
        DkimSigner::new("acme.example", "ed", &key(&["genpkey", "-algorithm", "ed25519"])).unwrap(),
    ]
}

#[test]
fn what_is_signed_verifies_and_what_is_changed_does_not() {
    if !are_here(&[Peer::Python, Peer::OpenSsl]) {
        return;
    }
    let [rsa, ed] = signers();
    let both = [&rsa, &ed];
    let message = invitation();
    let original = signed(&both, &message);
    let replaced = |from: &str, to: &str| {
        let text = String::from_utf8(original.clone()).unwrap();
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).into_bytes()
    };
    let changed = [
        replaced("multipart/mixed", "multipart/alternative"),
        replaced("From: Acme", "From: Evil <evil@acme.example>\r\nFrom: Acme"),
        replaced("Subject: ", "Subject: Urgent "),
        replaced("To: ", "Cc: somebody@else.example\r\nTo: "),
        [original.clone(), b"More\r\n".to_vec()].concat(),
    ];
    let verdicts = verdicts(&[vec![original], changed.to_vec()].concat(), &both);
    assert_eq!(verdicts[0], [true, true]);
    for (place, verdict) in verdicts[1..].iter().enumerate() {
        assert_eq!(verdict.len(), 2);
        assert!(
            verdict.iter().all(|outcome| *outcome != true),
            "change {place}: {verdict:?}"
        );
    }
}

#[test]
fn odd_messages_verify() {
    if !are_here(&[Peer::Python, Peer::OpenSsl]) {
        return;
    }
    let [rsa, ed] = signers();
    let both = [&rsa, &ed];
    let bodies = [
        "",
        "\r\n",
        "\r\n\r\n\r\n",
        "x",
        "x\r\n",
        " \t \r\nx  y\t\tz \r\n\r\n \r\n",
        ".\r\n..\r\n",
        "  x",
        "x\r\n\r\ny\r\n",
        "\u{e9}\u{1f680}\r\n",
        "x \r\n \r\n\r\n",
    ];
    let headers = [
        "From: a@acme.example\r\nTo: b@x.example\r\nSubject: s\r\n",
        "from:a@acme.example\r\nSUBJECT:  folded\r\n\t and  spaced \t\r\nTo: b@x.example,\r\n c@x.example\r\n",
        "Received: x\r\nFrom: a@acme.example\r\nX-Odd:\r\nSubject:\r\nReferences: <a@b>\r\n\t<c@d>\r\n",
    ];
    let messages: Vec<Vec<u8>> = headers
        .iter()
        .flat_map(|header| bodies.iter().map(move |body| format!("{header}\r\n{body}")))
        .map(|message| signed(&both, message.as_bytes()))
        .collect();
    for (message, verdict) in messages.iter().zip(verdicts(&messages, &both)) {
        assert_eq!(verdict, [true, true], "{}", String::from_utf8_lossy(message));
    }
    // No line of it is longer than a line of a header should be.
    let field = rsa
        .signature(b"From: a@acme.example\r\n\r\nx\r\n", now())
        .unwrap();
    for line in String::from_utf8(field).unwrap().lines() {
        assert!(line.len() <= 78, "{line}");
    }
}

#[test]
fn keys_that_receivers_do_not_accept_are_refused() {
    if !are_here(&[Peer::OpenSsl]) {
        return;
    }
    let refused = |pem: &secrecy::SecretString| {
        let error = DkimSigner::new("acme.example", "s", pem).unwrap_err();
        assert_eq!(error.class().exit_code(), 78);
        error.to_string()
    };
    assert!(refused(&rsa("1024")).contains("fewer than 2048 bits"));
    let curve = key(&[
        "genpkey",
        "-algorithm",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
    ]);
    assert!(refused(&curve).contains("neither an RSA nor an Ed25519 key"));
    assert!(refused(&"hello".to_owned().into()).contains("no private key in PEM form"));
    // PKCS#1, as OpenSSL wrote keys for long.
    let old = key(&["genrsa", "-traditional", "2048"]);
    let signer = DkimSigner::new("acme.example", "s", &old).unwrap();
    let message = signed(&[&signer], b"From: a@acme.example\r\n\r\nx\r\n");
    assert_eq!(verdicts(&[message], &[&signer])[0], [true]);
    assert!(!format!("{signer:?}").contains("BEGIN"));
}
