//! `--sandbox`: everything works at once, and nothing leaves the machine.

use serde_json::{Value, json};

use crate::desk::{Desk, Folder};
use crate::mail::Mail;

fn mails(folder: &Folder) -> Vec<Mail> {
    let outbox = folder.file("invite-sandbox/outbox");
    let mut files: Vec<_> = std::fs::read_dir(outbox)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| Mail::parse(&std::fs::read(file).unwrap()))
        .collect()
}

#[test]
fn an_empty_folder_is_enough() {
    let folder = Folder::new();
    let first = folder.run("send --meeting kickoff --sandbox").done();
    let zoom: Value = serde_json::from_str(&folder.read("invite-sandbox/zoom.json")).unwrap();
    let url = zoom["meetings"][0]["join_url"].as_str().unwrap();
    for part in ["sandbox", "created", url, "3 sent, 1 skipped"] {
        assert!(first.out.contains(part), "{part}: {first:?}");
    }
    assert!(first.err.contains("no real server is reached"), "{first:?}");
    let found = mails(&folder);
    assert_eq!(found.len(), 3);
    for mail in &found {
        assert!(mail.text().contains(url));
        assert!(mail.calendar().0.replace("\r\n ", "").contains(url));
    }
    let files: Vec<_> = first
        .out
        .split_whitespace()
        .filter(|word| word.ends_with(".eml"))
        .collect();
    assert_eq!(files.len(), 3, "{first:?}");
    for file in files {
        assert!(folder.file(file).is_file(), "{file}");
    }
    let entries: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(entries, ["invite-sandbox"]);

    let second = folder.run("send --meeting kickoff --sandbox").done();
    assert!(
        second.out.contains("in sync") && second.out.contains("nothing to send"),
        "{second:?}"
    );
    assert_eq!(mails(&folder).len(), 3);
    assert_eq!(
        serde_json::from_str::<Value>(&folder.read("invite-sandbox/zoom.json")).unwrap()["meetings"],
        zoom["meetings"]
    );

    // The rest of the commands work on the same state.
    let edit = ["meeting", "edit", "kickoff", "--location", "Room 4", "--sandbox"];
    folder.run_with(&edit).done();
    let third = folder.json("send --meeting kickoff --sandbox");
    assert_eq!(
        (&third["sandbox"], &third["revision"], &third["sent"]),
        (&json!(true), &json!(1), &json!(3))
    );
    assert_eq!(mails(&folder).len(), 6);
    assert_eq!(folder.json("zoom status --sandbox")["state"], "connected");
    assert_eq!(folder.json("outbox list --sandbox").as_array().unwrap().len(), 6);
    let offsite = folder.json("send --meeting offsite --sandbox");
    assert_eq!(offsite["zoom"]["action"], "skipped");
}

#[test]
fn its_meetings_lie_ahead_in_whichever_year_it_begins() {
    let mut folder = Folder::new();
    // Tuesday, and in Berlin it is summer.
    folder.set("INVITE_NOW", "2031-07-01T12:00:30+02:00");
    let sent = folder.json("send --meeting kickoff --sandbox");
    assert_eq!(sent["sent"], 3);
    let kickoff = folder.json("meeting show kickoff --sandbox");
    assert_eq!(kickoff["start"], "2031-07-08T08:00:00Z", "{kickoff}");
    let zoom: Value = serde_json::from_str(&folder.read("invite-sandbox/zoom.json")).unwrap();
    assert_eq!(zoom["meetings"][0]["start_time"], "2031-07-08T08:00:00Z");
    let made = zoom["meetings"][0]["created_at"].as_str().unwrap();
    assert!(made.starts_with("2031-07-01T10:00:"), "{made}");
    let entries = folder.json("outbox list --sandbox");
    let left = entries[0]["sent_at"].as_str().unwrap();
    assert!(left.starts_with("2031-07-01T10:00:"), "{left}");
    let date = mails(&folder)[0].header("Date").unwrap();
    assert!(date.starts_with("Tue, 01 Jul 2031 10:00:"), "{date}");

    // Where they were put once they stay, and hours pass for the embedded Zoom too.
    folder.set("INVITE_NOW", "2031-07-05T12:00:00Z");
    let again = folder.json("send --meeting kickoff --sandbox");
    assert_eq!(
        (&again["sent"], &again["zoom"]["action"]),
        (&json!(0), &json!("unchanged"))
    );
    assert_eq!(
        folder.json("meeting show kickoff --sandbox")["start"],
        kickoff["start"]
    );
    // By the clock of the machine the meeting is elsewhere, and the state serves all the same.
    folder.unset("INVITE_NOW");
    folder.run("meeting list --sandbox").done();
}

#[test]
fn a_time_to_start_at_that_is_none_is_refused() {
    let mut folder = Folder::new();
    for text in ["tomorrow", "2031-07-01", "2031-07-01T12:00:00", "1"] {
        folder.set("INVITE_NOW", text);
        let error = folder.fails("meeting list --sandbox", 78, "config.invalid");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.starts_with("INVITE_NOW: ") && message.contains("such as 2027-03-01T09:00:00Z"),
            "{message}"
        );
    }
    assert!(!folder.file("invite-sandbox").exists());
    folder.set("INVITE_NOW", "");
    folder.run("meeting list --sandbox").done();
}

#[test]
fn connecting_anew_in_the_sandbox() {
    let folder = Folder::new();
    folder.run("zoom disconnect --sandbox").done();
    // The sandbox is always connected; the way to it can be tried all the same.
    let mut connecting = folder.start("zoom connect --paste --sandbox");
    let consent = connecting.consent_url();
    let back = crate::http::ask("GET", &consent, None);
    connecting.types(back.header("location").unwrap());
    connecting.finish().done();
    assert_eq!(folder.json("send --meeting kickoff --sandbox")["sent"], 3);
}

#[test]
fn no_setting_leads_out_of_it() {
    let mut desk = Desk::unconnected();
    let touched = desk.zoom.requests().len();
    let configuration = desk.read("invite.toml");
    desk.write(
        "invite.toml",
        &format!(
            "{configuration}\n[database]\nurl = \"sqlite://real.db\"\n[templates]\ndir = \"real-templates\"\n"
        ),
    );
    desk.write("real-templates/invitation/meeting/subject.txt", "{{ broken");
    let before = desk.read("invite.toml");
    std::fs::remove_file(desk.file("invite.db")).ok();
    let (smtp, api, oauth) = (
        desk.mail.url(),
        desk.zoom.api_url().to_owned(),
        desk.zoom.oauth_url().to_owned(),
    );
    let config = desk.file("invite.toml").display().to_string();
    for (name, value) in [
        ("INVITE_SMTP__URL", smtp.as_str()),
        ("INVITE_SMTP__FROM", "evil@acme.example"),
        ("INVITE_ZOOM__API_URL", &api),
        ("INVITE_ZOOM__OAUTH_URL", &oauth),
        ("INVITE_ZOOM__MODE", "development"),
        ("INVITE_DATABASE__URL", "sqlite://real.db"),
        ("INVITE_TEMPLATES__DIR", "real-templates"),
        ("INVITE_ORGANIZATION__NAME", "Real"),
        ("INVITE_CRM__URL", "espocrm+https://crm.acme.example"),
        ("INVITE_KEY", "not a key"),
        ("INVITE_CONFIG", &config),
        ("INVITE_NO__SUCH_KEY", "1"),
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("http_proxy", "http://127.0.0.1:1"),
        ("ALL_PROXY", "http://127.0.0.1:1"),
    ] {
        desk.set(name, value);
    }
    let sent = desk.json("send --meeting kickoff --sandbox --config invite.toml");
    assert_eq!((&sent["sent"], &sent["sandbox"]), (&json!(3), &json!(true)));
    let found = mails(&desk);
    assert_eq!(found.len(), 3);
    for mail in &found {
        assert!(mail.header("From").unwrap().contains("meetings@acme.example"));
        assert!(mail.subject().starts_with("Invitation") || mail.subject().starts_with("Einladung"));
    }
    assert!(desk.mail.events().is_empty());
    assert_eq!(desk.zoom.requests().len(), touched);
    assert!(!desk.file("real.db").exists());
    assert!(!desk.file("invite.db").exists());
    assert_eq!(desk.read("invite.toml"), before);
}

#[test]
fn two_at_once() {
    let folder = Folder::new();
    let runs = ["kickoff", "kickoff", "demo", "kickoff", "demo", "demo"]
        .map(|meeting| folder.start(&format!("send --meeting {meeting} --sandbox --format json")));
    for run in runs {
        let run = run.finish();
        assert!([0, 75].contains(&run.code), "{run:?}");
    }
    assert_eq!(mails(&folder).len(), 8);
    let zoom: Value = serde_json::from_str(&folder.read("invite-sandbox/zoom.json")).unwrap();
    assert_eq!(zoom["meetings"].as_array().unwrap().len(), 2);
}
