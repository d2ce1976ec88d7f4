//! Mails that the built program wrote, read by three independent parsers of calendar objects (Python's `icalendar`,
//! `ical.js`, libical) and by Python's `email`. All of them must find the same, and what the meeting says.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::foreign;
use crate::peers::{Peer, are_here};

/// A folder in which the program plays in the sandbox.
struct Sandbox(TempDir);

impl Sandbox {
    fn run(&self, arguments: &str) -> Value {
        let output = Command::new(env!("CARGO_BIN_EXE_invite"))
            .args(arguments.split(' '))
            .args(["--sandbox", "--quiet", "--format", "json"])
            .current_dir(self.0.path())
            // In the week before the kick-off of the fixtures.
            .env("INVITE_NOW", "2026-11-25T08:00:00Z")
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments}: {output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Sends, and answers the files of the mails, with the meeting as it is then.
    fn send(&self, command: &str, meeting: &str) -> Vec<(PathBuf, Value)> {
        let report = self.run(&format!("{command} --meeting {meeting}"));
        let shown = self.run(&format!("meeting show {meeting}"));
        let recipients = report["recipients"].as_array().unwrap();
        recipients
            .iter()
            .filter_map(|recipient| Some(self.0.path().join(recipient["file"].as_str()?)))
            .map(|file| (file, shown.clone()))
            .collect()
    }
}

/// Mails of every kind: first ones, updates, cancellations, and to who was removed.
fn mails(sandbox: &Sandbox) -> Vec<(PathBuf, Value)> {
    let mut mails = Vec::new();
    for meeting in ["kickoff", "offsite", "demo", "site-visit"] {
        mails.extend(sandbox.send("send", meeting));
    }
    sandbox.run("meeting edit kickoff --start 2026-12-01T11:00 --name Kick-off,\u{a0}part;2");
    mails.extend(sandbox.send("send", "kickoff"));
    sandbox.run("meeting edit demo --status NotHeld");
    mails.extend(sandbox.send("cancel", "demo"));
    assert_eq!(mails.len(), 3 + 1 + 5 + 1 + 3 + 5);
    mails
}

fn lines(output: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(output).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn ask(mut program: Command, input: &[u8]) -> Vec<Value> {
    let mut running = program
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    running.stdin.take().unwrap().write_all(input).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    lines(&output.stdout)
}

#[test]
fn three_parsers_find_the_same_and_what_the_meeting_says() {
    if !are_here(&[Peer::Python, Peer::Node, Peer::Libical]) {
        return;
    }
    let sandbox = Sandbox(tempfile::tempdir().unwrap());
    let mails = mails(&sandbox);
    let output = foreign::python("mails.py")
        .args(mails.iter().map(|(file, _)| file))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let read = lines(&output.stdout);
    assert_eq!(read.len(), mails.len());
    let objects: Vec<&str> = read.iter().map(|mail| mail["ics"].as_str().unwrap()).collect();
    let for_libical: String = objects.iter().map(|ics| format!("{ics}\0")).collect();
    let for_node: String = objects.iter().map(|ics| format!("{}\n", json!(ics))).collect();
    let libical = ask(foreign::libical(), for_libical.as_bytes());
    let node = ask(foreign::node("events.mjs"), for_node.as_bytes());
    for (place, mail) in read.iter().enumerate() {
        let event = &mail["event"];
        assert_eq!(event, &libical[place], "libical: {mail:#}");
        assert_eq!(event, &node[place], "ical.js: {mail:#}");
        says_what_the_meeting_says(mail, &mails[place].1);
    }
}

fn says_what_the_meeting_says(mail: &Value, meeting: &Value) {
    let event = &mail["event"];
    assert_eq!(
        mail["tree"],
        json!([
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
            "application/ics"
        ])
    );
    assert_eq!(
        (&mail["charset"], &mail["disposition"]),
        (&json!("utf-8"), &json!(null))
    );
    assert_eq!(
        (&mail["attachment"], &mail["attachment_is_same"]),
        (&json!("invite.ics"), &json!(true))
    );
    assert_eq!(
        (&mail["method"], &mail["auto_submitted"]),
        (&event["method"], &json!("auto-generated"))
    );
    assert_eq!(mail["from"], json!([["Acme", "meetings@acme.example"]]));
    let host = format!("{}@acme.example", meeting["assigned_user"].as_str().unwrap());
    assert_eq!(mail["reply_to"][0][1], host);
    assert_eq!(event["organizer"], format!("mailto:{host}"));
    assert_eq!((&event["errors"], &event["uid"]), (&json!(0), &meeting["uid"]));
    assert_eq!(event["sequence"], meeting["revision"]);

    let name = meeting["name"].as_str().unwrap();
    assert_eq!(event["summary"], name);
    assert!(mail["subject"].as_str().unwrap().contains(name), "{mail:#}");
    let (addressee, address) = (&mail["to"][0][0], mail["to"][0][1].as_str().unwrap());
    let attendees = meeting["attendees"].as_array().unwrap();
    let invited = attendees.iter().find(|a| a["email"] == address).unwrap();
    assert_eq!(addressee, &invited["name"]);
    let listed = event["attendees"].as_array().unwrap();
    // An address may hold what a URI must encode.
    let is_theirs =
        |attendee: &&Value| attendee[0].as_str().unwrap().replace("%27", "'") == format!("mailto:{address}");
    let own = listed
        .iter()
        .find(is_theirs)
        .unwrap_or_else(|| panic!("{address}: {listed:?}"));
    assert_eq!(
        own[1].as_str().unwrap(),
        invited["name"].as_str().unwrap().replace('"', "'")
    );

    match (meeting["start"].as_str(), meeting["start_date"].as_str()) {
        (Some(start), _) => {
            let instant =
                |text: &str| json!(text.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp());
            assert_eq!(event["start"], instant(start));
            assert_eq!(event["end"], instant(meeting["end"].as_str().unwrap()));
        }
        (None, day) => {
            assert_eq!(event["start"].as_str(), day);
            let last: chrono::NaiveDate = meeting["end_date"].as_str().unwrap().parse().unwrap();
            assert_eq!(event["end"], json!(last.succ_opt().unwrap()));
        }
    }
    let link = meeting["join_url"].as_str();
    let cancels = event["method"] == "CANCEL";
    assert_eq!(cancels, meeting["status"] == "NotHeld");
    assert_eq!(
        event["status"].as_str(),
        Some(if cancels { "CANCELLED" } else { "CONFIRMED" })
    );
    if let Some(link) = link {
        for part in ["text", "html"] {
            // In HTML the link's ampersands are escaped; these have none.
            assert_eq!(
                mail[part].as_str().unwrap().contains(link),
                !cancels,
                "{part}: {mail:#}"
            );
        }
        let description = event["description"].as_str().unwrap_or_default();
        assert_eq!(description.contains(link), !cancels, "{mail:#}");
    }
    let is_first = event["sequence"] == 0;
    assert_eq!(mail["in_reply_to"].is_null(), is_first, "{mail:#}");
    assert_eq!(mail["references"], mail["in_reply_to"]);
}
