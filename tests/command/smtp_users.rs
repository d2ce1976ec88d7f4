//! Users who have a mail server of their own.

use serde_json::{Value, json};

use crate::desk::{Desk, Folder, wait_for};
use crate::mail::MailServer;
use crate::records::KICKOFF;
use crate::signing::sign;

const USER: &str = "ana.nunez";
const SECRET: &str = "an4-0wn-smtp-s3cret";

/// A server that only Ana can log in to.
fn server_of_ana() -> MailServer {
    MailServer::start_with(&["--login", USER, SECRET])
}

/// Gives a user an account at a server, with Ana's log-in.
fn set(desk: &Folder, user: &str, from: &str, server: &MailServer) -> Value {
    desk.write_secret("ana.secret", SECRET);
    let url = server.url();
    let run = desk.run_with(&[
        "smtp",
        "users",
        "set",
        user,
        "--url",
        &url,
        "--from",
        from,
        "--username",
        USER,
        "--password-file",
        "ana.secret",
        "--format",
        "json",
    ]);
    run.done().json()
}

/// A desk at which Ana has an account, and the account's server.
fn with_ana() -> (Desk, MailServer) {
    let (desk, server) = (Desk::new(), server_of_ana());
    let shown = set(&desk, "ana", "Ana Núñez <ana@acme.example>", &server);
    assert_eq!(
        shown,
        json!({"user": "ana", "from": "Ana Núñez <ana@acme.example>", "server": server.url(), "username": USER,
               "readable": true})
    );
    (desk, server)
}

/// A desk with Ana's mails in the outbox, which her server did not take.
fn waiting_for_ana() -> (Desk, MailServer) {
    let (desk, server) = with_ana();
    server.control(&json!({"close_at_connect": true}));
    let run = desk.run("send --meeting kickoff --format json").ends(69);
    let document = run.json();
    assert_eq!(
        (&document["queued"], &document["error"]["kind"]),
        (&json!(3), &json!("smtp.unreachable"))
    );
    assert!(
        hint_of(&document["error"]).contains("invite smtp users test ana"),
        "{document}"
    );
    server.behave();
    assert_eq!(desk.json("outbox retry --all")["retried"], 3);
    (desk, server)
}

fn hint_of(error: &Value) -> &str {
    error["hint"].as_str().unwrap()
}

/// Lets a worker work until Ana's mails are put off, which is not to end it.
fn worker_that_puts_off(desk: &Desk, words: &str) -> Value {
    let mut worker = desk.start("outbox worker --format json");
    wait_for("the mails to be put off", || {
        let listed = desk.json("outbox list --meeting kickoff --state queued");
        let said = |entry: &Value| {
            entry["last_answer"]
                .as_str()
                .is_some_and(|said| said.contains(words))
        };
        listed
            .as_array()
            .unwrap()
            .iter()
            .filter(|entry| said(entry))
            .count()
            == 3
    });
    assert!(!worker.has_ended());
    // Another meeting goes on.
    desk.mail.control(&json!({}));
    desk.run("outbox retry --meeting second").done();
    wait_for("the mails of another meeting", || desk.mail.mails().len() >= 3);
    worker.interrupt();
    worker.finish().done().json()["put_off"].clone()
}

#[test]
fn the_invitations_of_a_user_leave_from_the_users_own_server() {
    let (mut desk, server) = with_ana();
    // Where bounces of the organization's mails go is nothing to the user's.
    desk.set("INVITE_SMTP__VERP", "true");
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    assert_eq!(server.addresses(), KICKOFF);
    assert_eq!(desk.mail.mails().len(), 0);
    for mail in server.mails() {
        assert_eq!(mail.envelope["from"], "ana@acme.example");
        let from = mail.header("From").unwrap();
        assert!(from.ends_with("<ana@acme.example>"), "{from}");
        assert_eq!(mail.header("Reply-To"), None);
        let organizer = mail.calendar().line("ORGANIZER").unwrap();
        assert!(!organizer.contains("SENT-BY"), "{organizer}");
    }
    // Who has none sends as the organization.
    assert_eq!(desk.json("send --meeting second")["sent"], 3);
    assert_eq!(server.mails().len(), 3);
    let mail = desk.mail.mail_to("lee@client.example");
    let bounces_to = mail.envelope["from"].as_str().unwrap();
    assert!(bounces_to.starts_with("meetings+"), "{bounces_to}");
    let reply_to = mail.header("Reply-To").unwrap();
    assert!(reply_to.contains("zoe@acme.example"), "{reply_to}");
}

#[test]
fn the_ids_are_the_same_with_an_account_and_without() {
    let (desk, server) = (Desk::new(), server_of_ana());
    let ids = |report: &Value| -> Vec<String> {
        let of = |recipient: &Value| recipient["message_id"].to_string();
        report["recipients"].as_array().unwrap().iter().map(of).collect()
    };
    let before = desk.json("send --meeting kickoff --dry-run");
    // At another domain than the organization, and another address than the organizer's.
    set(&desk, "ana", "ana@elsewhere.example", &server);
    assert_eq!(ids(&desk.json("send --meeting kickoff")), ids(&before));
    let mail = server.mail_to("mika@lead.example");
    assert_eq!(mail.envelope["from"], "ana@elsewhere.example");
    assert!(mail.header("Reply-To").unwrap().contains("ana@acme.example"));
    let organizer = mail.calendar().line("ORGANIZER").unwrap();
    assert!(organizer.contains("ana@elsewhere.example"), "{organizer}");
}

#[test]
fn what_waits_for_the_users_server_is_delivered_over_it() {
    let (desk, server) = waiting_for_ana();
    let listed = desk.json("outbox list");
    let accounts: Vec<_> = listed
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["account"])
        .collect();
    assert_eq!(accounts, [&json!("ana"); 3]);
    assert_eq!(desk.json("outbox worker --drain")["sent"], 3);
    assert_eq!(server.addresses(), KICKOFF);
    assert_eq!(desk.mail.mails().len(), 0);
}

#[test]
fn mails_of_an_account_that_is_gone_wait_until_it_is_back() {
    let (desk, server) = waiting_for_ana();
    desk.json("smtp users remove ana");
    let run = desk.run("send --meeting kickoff --format json").ends(78);
    let error = run.json()["error"].clone();
    assert_eq!(error["kind"], "smtp.no_account");
    assert!(hint_of(&error).contains("invite smtp users set ana"), "{error}");
    desk.mail.control(&json!({"close_at_connect": true}));
    desk.run("send --meeting second").ends(69);
    let put_off = worker_that_puts_off(&desk, "who has none any more");
    assert_eq!(
        (&put_off[0]["meeting"], &put_off[0]["kind"]),
        (&json!("kickoff"), &json!("smtp.no_account"))
    );
    assert!(
        hint_of(&put_off[0]).contains("invite smtp users set ana"),
        "{put_off}"
    );
    assert_eq!(server.mails().len(), 0);
    set(&desk, "ana", "ana@acme.example", &server);
    desk.run("outbox retry --all").done();
    assert_eq!(desk.json("outbox worker --drain")["sent"], 3);
    assert_eq!(server.addresses(), KICKOFF);
}

#[test]
fn a_users_server_that_refuses_the_user_holds_up_nobody_else() {
    let (desk, server) = waiting_for_ana();
    let mut typing = desk.start_with(&[
        "smtp",
        "users",
        "set",
        "ana",
        "--url",
        &server.url(),
        "--from",
        "ana@acme.example",
        "--username",
        USER,
    ]);
    typing.types("of-somebody-else");
    typing.finish().done();
    let error = desk.fails("smtp users test ana", 69, "smtp.unwelcome");
    assert!(
        error["message"].as_str().unwrap().contains("535 5.7.8"),
        "{error}"
    );
    desk.mail.control(&json!({"close_at_connect": true}));
    desk.run("send --meeting second").ends(69);
    let put_off = worker_that_puts_off(&desk, "535 5.7.8");
    assert_eq!(
        (&put_off[0]["meeting"], &put_off[0]["kind"]),
        (&json!("kickoff"), &json!("smtp.unwelcome"))
    );
    assert!(
        hint_of(&put_off[0]).contains("invite smtp users set ana"),
        "{put_off}"
    );
}

#[test]
fn an_account_that_another_key_sealed_sends_nothing() {
    let (mut desk, server) = (Desk::new(), server_of_ana());
    set(&desk, "ben", "ben@acme.example", &server);
    desk.set("INVITE_KEY", &"0a".repeat(32));
    let error = desk.fails("send --meeting on-site", 78, "database.wrong_key");
    assert!(hint_of(&error).contains("invite smtp users set ben"), "{error}");
    let listed = desk.json("smtp users list");
    assert_eq!(
        (&listed[0]["user"], &listed[0]["readable"]),
        (&json!("ben"), &json!(false))
    );
    assert_eq!(desk.mail.mails().len() + server.mails().len(), 0);
    desk.run("smtp users remove ben").done();
    assert_eq!(desk.json("send --meeting on-site")["sent"], 3);
}

#[test]
fn only_what_comes_from_the_signing_domain_is_signed() {
    let (mut desk, server) = (Desk::new(), server_of_ana());
    sign(&mut desk);
    set(&desk, "ana", "ana@sales.acme.example", &server);
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    set(&desk, "ana", "ana@elsewhere.example", &server);
    assert_eq!(desk.json("send --meeting kickoff --resend")["sent"], 3);
    for mail in server.mails() {
        let is_ours = mail.envelope["from"] == "ana@sales.acme.example";
        assert_eq!(mail.header("DKIM-Signature").is_some(), is_ours);
    }
}

#[test]
fn an_account_is_shown_and_tried_without_its_password() {
    let (desk, server) = with_ana();
    let shown = |arguments: &str| {
        let run = desk.run(&format!("{arguments} -vv"));
        assert!(!format!("{run:?}").contains(SECRET), "{run:?}");
        run.done().out
    };
    let list = shown("smtp users list");
    assert!(
        list.contains("ana@acme.example") && list.contains(USER) && list.contains(&server.url()),
        "{list}"
    );
    assert!(shown("smtp users test ana").contains("235 2.7.0 Welcome"));
    assert_eq!(desk.json("smtp users test ana")["answer"], "235 2.7.0 Welcome");
    assert!(server.events().iter().all(|event| !event.starts_with("mail")));
    shown("send --meeting kickoff");
    shown("outbox list --format json");
    // Neither is it in any file but the one that it was read from.
    for entry in std::fs::read_dir(desk.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = if path.is_file() {
            std::fs::read(&path).unwrap()
        } else {
            Vec::new()
        };
        let found = bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
        assert_eq!(found, path.ends_with("ana.secret"), "{}", path.display());
    }
    desk.run("smtp users remove ana").done();
    desk.fails("smtp users remove ana", 66, "smtp.account_not_found");
    desk.fails("smtp users test ana", 66, "smtp.account_not_found");
    assert_eq!(desk.json("smtp users list"), json!([]));
}

#[test]
fn an_account_that_makes_no_sense_is_not_stored() {
    let desk = Desk::new();
    let set = |url: &str, rest: &[&str]| {
        let arguments = [
            "smtp", "users", "set", "ana", "--format", "json", "--url", url, "--from",
        ];
        desk.run_with(&[&arguments[..], rest].concat())
    };
    let with_password = set(
        &format!("smtps://ana:{SECRET}@mail.acme.example"),
        &["ana@acme.example"],
    );
    assert!(!with_password.out.contains(SECRET) && !with_password.err.contains(SECRET));
    with_password.fails_on_usage();
    set("https://mail.acme.example", &["ana@acme.example"]).fails_on_usage();
    set("smtps://mail.acme.example", &["no address"]).fails_on_usage();
    // Nothing is typed.
    set(
        "smtps://mail.acme.example",
        &["ana@acme.example", "--username", "ana"],
    )
    .fails_on_usage();
    set("smtp://mail.acme.example", &["ana@acme.example"]).fails_on_usage();
    assert_eq!(desk.json("smtp users list"), json!([]));
    set(
        "smtp://mail.acme.example",
        &["ana@acme.example", "--allow-plaintext"],
    )
    .done();
    let missing = "smtp users set nobody-known --url smtps://mail.acme.example --from a@acme.example";
    desk.fails(missing, 66, "crm.not_found");
}

#[test]
fn in_the_sandbox_all_mails_are_the_organizations() {
    let (folder, server) = (Folder::new(), server_of_ana());
    folder.write_secret("ana.secret", SECRET);
    let url = server.url();
    let set = format!(
        "smtp users set ana --sandbox --url {url} --from ana@acme.example --username {USER} --password-file ana.secret"
    );
    folder.run(&set).done();
    let sent = folder.json("send --meeting kickoff --sandbox");
    assert_eq!(sent["sent"], 3);
    let files = sent["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|it| it["file"].as_str());
    for file in files {
        let mail = folder.read(file);
        assert!(!mail.contains("From: ana@acme.example"), "{mail}");
        assert!(mail.contains("Reply-To: "), "{mail}");
    }
    assert_eq!(server.mails().len(), 0);
}
