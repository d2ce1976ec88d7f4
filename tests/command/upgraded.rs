//! Databases of the version before messages were kept by mailbox (`fixtures/databases`): they are migrated, and what
//! had begun goes on.

use std::path::Path;

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::desk::Folder;
use crate::mail::{Mail, MailServer, PASSWORD, USERNAME};
use crate::peers::{Peer, are_here};

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/databases")
        .join(name)
}

/// A folder with a copy of the SQLite file and its key.
fn sqlite(mail: &MailServer) -> Folder {
    let folder = Folder::new();
    std::fs::copy(fixture("before-mailboxes.db"), folder.file("invite.db")).unwrap();
    configure(folder, mail, "sqlite://invite.db", "before-mailboxes.db.key")
}

/// A folder whose configuration names a new database with the content of the dump.
fn postgres(mail: &MailServer) -> Folder {
    let cluster = Cluster::get();
    let database = cluster.new_database();
    cluster.sql(
        &database,
        &std::fs::read_to_string(fixture("before-mailboxes.sql")).unwrap(),
    );
    configure(
        Folder::new(),
        mail,
        &cluster.url(&database),
        "before-mailboxes.sql.key",
    )
}

fn configure(mut folder: Folder, mail: &MailServer, database: &str, key: &str) -> Folder {
    let key = std::fs::read_to_string(fixture(key)).unwrap();
    // The databases were made the day before.
    folder.set("INVITE_NOW", "2026-12-01T14:00:00Z");
    folder.write_secret("invite.key", key.trim());
    folder.write_secret("smtp.secret", PASSWORD);
    folder.write(
        "invite.toml",
        &format!(
            "[organization]\nname = \"Acme\"\n\n[database]\nurl = \"{database}\"\n\n\
             [jitsi]\nserver = \"https://meet.acme.example/\"\n\n\
             [smtp]\nurl = \"{}\"\nfrom = \"Acme Meetings <meetings@acme.example>\"\n\
             username = \"{USERNAME}\"\npassword_file = \"smtp.secret\"\n",
            mail.url()
        ),
    );
    folder
}

/// Address, state and revision of each message of a meeting, oldest first.
fn messages(folder: &Folder, meeting: &str) -> Vec<(String, String, u64)> {
    let listed = folder.json(&format!("outbox list --meeting {meeting}"));
    let mut messages: Vec<&Value> = listed.as_array().unwrap().iter().collect();
    messages.sort_by_key(|message| message["id"].as_i64());
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    messages
        .into_iter()
        .map(|message| {
            (
                text(&message["email"]).split('@').next().unwrap().to_owned(),
                text(&message["state"]),
                message["revision"].as_u64().unwrap(),
            )
        })
        .collect()
}

/// `kim sent 0` for each message.
fn told(folder: &Folder, meeting: &str) -> Vec<String> {
    let messages = messages(folder, meeting).into_iter();
    messages
        .map(|(to, state, revision)| format!("{to} {state} {revision}"))
        .collect()
}

/// `kim REQUEST 0` for each mail, in no order.
fn sequences(mails: &[Mail]) -> Vec<String> {
    let mut said: Vec<String> = mails
        .iter()
        .map(|mail| {
            let object = mail.calendar();
            let line = |name| object.line(name).unwrap_or_default();
            let to = mail.to();
            let name = to.split('@').next().unwrap();
            format!("{name} {} {}", line("METHOD"), line("SEQUENCE"))
        })
        .collect();
    said.sort();
    said
}

fn uid(mail: &Mail) -> String {
    mail.calendar().line("UID").unwrap()
}

fn goes_on(folder: &Folder, mail: &MailServer) {
    // Nothing is lost, and what it says is what it said.
    assert_eq!(
        told(folder, "launch"),
        ["ben sent 0", "kim sent 0", "lee queued 0", "max failed 0"]
    );
    assert_eq!(
        told(folder, "review"),
        [
            "ana sent 0",
            "kim sent 0",
            "noa sent 0",
            "ana sent 1",
            "kim sent 1",
            "noa queued 1"
        ]
    );
    let launch = folder.json("meeting show launch");
    let known_uid = launch["uid"].as_str().unwrap().to_owned();
    let link = launch["join_url"].as_str().unwrap().to_owned();
    let kim = launch["attendees"].as_array().unwrap().iter();
    let kim = kim.clone().find(|attendee| attendee["id"] == "kim").unwrap();
    assert_eq!(kim["status"], "Accepted");
    let accounts = folder.json("smtp users list");
    assert_eq!(accounts[0]["user"], "ben", "{accounts}");
    let users = folder.json("zoom users list");
    let zoom_id = |id: &str| {
        let user = users.as_array().unwrap().iter().find(|user| user["id"] == id);
        (user.unwrap()["enabled"].clone(), user.unwrap()["zoom_id"].clone())
    };
    assert_eq!(zoom_id("ana"), (json!(true), json!("ana.zoom@acme.example")));
    assert_eq!(zoom_id("ben").0, json!(false));

    // The account's server is gone. Without it ben's meeting is mailed from the organization's address.
    folder.run("smtp users remove ben").done();
    // Both messages that wait are due by now; the location of the launch was edited while Lee's waited.
    let worked = folder.json("outbox worker --drain");
    assert_eq!((&worked["sent"], &worked["put_off"]), (&json!(2), &json!([])));
    let mails = mail.mails();
    assert_eq!(sequences(&mails), ["lee REQUEST 1", "noa REQUEST 1"]);
    let lee = mail.mail_to("lee@client.example");
    assert_eq!(uid(&lee), known_uid);
    assert!(
        lee.text().contains(&link) && lee.text().contains("Hall 1"),
        "{}",
        lee.text()
    );
    assert!(
        mail.mail_to("noa@client.example")
            .text()
            .contains("Review of the quarter")
    );

    // A send tells the others, once; a mailbox that refused is tried again.
    let sent = folder.json("send --meeting launch");
    assert_eq!((&sent["sent"], &sent["revision"]), (&json!(3), &json!(1)));
    assert_eq!(folder.json("send --meeting launch")["sent"], 0);
    assert_eq!(folder.json("send --meeting review")["sent"], 0);
    let mails = mail.mails();
    assert_eq!(
        sequences(&mails[2..]),
        ["ben REQUEST 1", "kim REQUEST 1", "max REQUEST 1"]
    );
    assert!(mails[2..].iter().all(|mail| uid(mail) == known_uid));
}

#[test]
fn a_file_of_before_goes_on() {
    let mail = MailServer::start();
    goes_on(&sqlite(&mail), &mail);
}

#[test]
fn a_postgresql_database_of_before_goes_on() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    let mail = MailServer::start();
    goes_on(&postgres(&mail), &mail);
}
