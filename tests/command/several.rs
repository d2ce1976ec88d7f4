//! Several meetings in one run, meetings that are over, and mails that are left to a worker.

use serde_json::{Value, json};

use crate::appointment::{Appointment, meeting, with};
use crate::desk::{Desk, Folder};
use crate::mail::MailServer;
use crate::records;

/// Meetings of ana's, not online, for lee and kim; the names are the ids.
fn meetings(of: &[(&str, Value)]) -> Value {
    let one = |(id, changes): &(&str, Value)| {
        let named = with(meeting(&["kim", "lee"]), &json!({"id": id, "name": id}));
        with(named, changes)
    };
    json!({ "meetings": of.iter().map(one).collect::<Vec<_>>() })
}

/// The ids of the meetings of a report.
fn ids(report: &Value) -> Vec<&str> {
    let meetings = report["meetings"].as_array().unwrap();
    meetings
        .iter()
        .map(|meeting| meeting["meeting"].as_str().unwrap())
        .collect()
}

const LAST_YEAR: [&str; 2] = ["2025-12-02T09:00:00Z", "2025-12-02T10:00:00Z"];

fn over() -> Value {
    json!({"start": LAST_YEAR[0], "end": LAST_YEAR[1]})
}

#[test]
fn what_is_wrong_with_one_stops_no_other() {
    let desk = Desk::new();
    let run = desk
        .run("send --meeting kickoff --meeting called-off --meeting on-site --format json")
        .ends(1);
    let report = run.json();
    assert_eq!(ids(&report), ["kickoff", "called-off", "on-site"]);
    let [kickoff, called_off, on_site] = [0, 1, 2].map(|at| &report["meetings"][at]);
    assert_eq!(
        (&kickoff["sent"], &kickoff["zoom"]["action"], &on_site["sent"]),
        (&json!(3), &json!("created"), &json!(3)),
        "{report:#}"
    );
    assert_eq!(
        (&called_off["error"]["kind"], &called_off["error"]["exit"]),
        (&json!("meeting.wrong_status"), &json!(65))
    );
    assert!(
        called_off["error"]["hint"]
            .as_str()
            .unwrap()
            .contains("invite cancel")
    );
    assert_eq!(
        (
            &report["sent"],
            &report["queued"],
            &report["failed"],
            &report["error"]
        ),
        (&json!(6), &json!(0), &json!(0), &Value::Null)
    );
    assert!(run.err.contains("meeting called-off"), "{run:?}");
    assert_eq!(desk.mail.mails().len(), 6);

    // Again: each has what it is to have. Asked for twice, a meeting is one.
    let run = desk
        .run("send --meeting kickoff --meeting on-site --meeting kickoff")
        .done();
    assert!(
        run.out.contains("The kickoff") && run.out.contains("On site") && run.out.contains("2 meetings"),
        "{run:?}"
    );
    assert_eq!(desk.mail.mails().len(), 6);

    // All fail in one way: that is how it ends.
    let run = desk.run("send --meeting called-off --meeting held").ends(65);
    assert!(run.out.contains("2 of them not sent"), "{run:?}");
    let run = desk
        .run("send --meeting called-off --meeting nowhere --format json")
        .ends(1);
    assert_eq!(run.json()["meetings"][1]["error"]["kind"], "meeting.not_found");
}

#[test]
fn each_meeting_has_a_plan_of_its_own() {
    let desk = Desk::new();
    desk.json("send --meeting kickoff");
    desk.run("meeting edit kickoff --location Hall").done();
    desk.mail
        .control(&json!({"refuse": {"lee@client.example": "550 5.1.1 No such user"}}));
    let report = desk
        .run("send --meeting kickoff --meeting on-site --format json")
        .ends(1)
        .json();
    for (at, purpose, revision) in [(0, "update", 1), (1, "invitation", 0)] {
        let of = &report["meetings"][at];
        assert_eq!(
            (&of["sent"], &of["failed"], &of["revision"]),
            (&json!(2), &json!(1), &json!(revision)),
            "{of:#}"
        );
        let lee = &of["recipients"][1];
        assert_eq!(
            (&lee["state"], &lee["purpose"], &lee["reason"]),
            (
                &json!("failed"),
                &json!(purpose),
                &json!("550 5.1.1 No such user")
            )
        );
    }
    assert_eq!((&report["sent"], &report["failed"]), (&json!(4), &json!(2)));
    let run = desk.run("send --meeting kickoff --meeting on-site").ends(69);
    for id in ["kickoff", "on-site"] {
        assert!(
            run.err
                .contains(&format!("error: meeting {id}: 1 of 1 mails were refused")),
            "{run:?}"
        );
    }
}

#[test]
fn a_dry_run_of_several_leaves_everything_as_it_is() {
    let desk = Desk::new();
    let before = desk.state();
    let report = desk.json("send --meeting kickoff --meeting on-site --dry-run --out mails");
    assert_eq!((&report["sent"], &report["queued"]), (&json!(0), &json!(6)));
    assert_eq!(std::fs::read_dir(desk.file("mails")).unwrap().count(), 6);
    assert_eq!(desk.state(), before);
}

#[test]
fn a_server_that_is_away_is_said_once() {
    let mut desk = Desk::new();
    desk.set("INVITE_SMTP__URL", "smtp://127.0.0.1:1");
    let run = desk
        .run("send --meeting kickoff --meeting on-site --format json")
        .ends(69);
    let report = run.json();
    assert_eq!(report["error"]["kind"], "smtp.unreachable", "{report:#}");
    assert_eq!((&report["sent"], &report["queued"]), (&json!(0), &json!(6)));
    assert_eq!(run.err.matches("error: ").count(), 1, "{run:?}");
    desk.unset("INVITE_SMTP__URL");
    assert_eq!(desk.json("send --meeting kickoff --meeting on-site")["sent"], 6);
}

#[test]
fn pending_is_every_meeting_to_come_in_which_somebody_lacks_something() {
    let it = Appointment::new(&[]);
    it.run("meeting edit kickoff --status NotHeld").done();
    let everything = it.json("meeting list");
    // Of what the desk has, nothing that could be sent is left.
    for one in everything.as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        it.run(&format!("meeting edit {id} --status NotHeld")).done();
    }
    it.import(&meetings(&[
        ("lacking", json!({})),
        ("lacking-too", json!({"start": "2027-03-01T09:00:00Z"})),
        ("told", json!({})),
        ("off", json!({"status": "NotHeld"})),
        ("over", over()),
        ("nobody", json!({"attendees": []})),
        (
            "answered",
            json!({"attendees": [{"kind": "contact", "id": "lee", "status": "Accepted"}]}),
        ),
    ]));
    it.json("send --meeting told");
    assert_eq!(it.heard().len(), 2);
    let plan = it.json("send --pending --dry-run");
    assert_eq!(
        (ids(&plan).len(), &plan["queued"], &plan["sent"]),
        (2, &json!(4), &json!(0)),
        "{plan:#}"
    );
    let report = it.json("send --pending");
    let mut sent = ids(&report);
    sent.sort_unstable();
    assert_eq!(sent, ["lacking", "lacking-too"]);
    assert_eq!(report["sent"], 4);
    assert_eq!(it.heard().len(), 4);

    // Nobody lacks anything.
    let report = it.json("send --pending");
    assert_eq!(
        (&report["meetings"], &report["sent"]),
        (&json!([]), &json!(0)),
        "{report:#}"
    );
    let text = it.run("send --pending").done().out;
    assert!(text.contains("0 meetings"), "{text}");
    assert_eq!(it.heard(), Vec::<String>::new());

    // One is moved, of another somebody is removed, and of a third a mail waits.
    it.run("meeting edit told --location Hall").done();
    it.import(&meetings(&[(
        "lacking",
        json!({"attendees": [{"kind": "contact", "id": "lee"}]}),
    )]));
    it.import(&meetings(&[("waiting", json!({}))]));
    it.json("send --meeting waiting --queue-only");
    let report = it.json("send --pending");
    let mut sent = ids(&report);
    sent.sort_unstable();
    assert_eq!(sent, ["lacking", "told", "waiting"], "{report:#}");
    let mut heard = it.heard();
    heard.sort_unstable();
    assert_eq!(
        heard,
        [
            "kim@client.example CANCEL 1",
            "kim@client.example REQUEST 0",
            "kim@client.example REQUEST 1",
            "lee@client.example REQUEST 0",
            "lee@client.example REQUEST 1",
        ]
    );
    assert_eq!(it.json("send --pending")["meetings"], json!([]));
    it.run("send --pending --meeting told --format json")
        .fails_on_usage();
    it.run("send --format json").fails_on_usage();
}

#[test]
fn what_is_only_queued_is_delivered_by_a_worker() {
    let mut it = Appointment::new(&["kim", "lee"]);
    let reachable = it.mail.url();
    // Nobody is asked.
    it.set("INVITE_SMTP__URL", "smtp://127.0.0.1:1");
    let report = it.json("send --meeting review --queue-only");
    assert_eq!(
        (&report["queued"], &report["sent"], &report["error"]),
        (&json!(2), &json!(0), &Value::Null),
        "{report:#}"
    );
    let text = it.run("send --meeting review --queue-only").done().out;
    assert!(text.contains("2 queued"), "{text}");
    it.import(&meetings(&[("one", json!({})), ("two", json!({}))]));
    let report = it.json("send --meeting one --meeting two --queue-only");
    assert_eq!((&report["queued"], &report["sent"]), (&json!(4), &json!(0)));
    assert_eq!(it.json("outbox list --state queued").as_array().unwrap().len(), 6);
    it.set("INVITE_SMTP__URL", &reachable);
    it.run("outbox worker --drain").done();
    assert_eq!(it.heard().len(), 6);
    assert_eq!(it.json("outbox count")["queued"], 0);
    it.run("send --meeting review --queue-only --dry-run --format json")
        .fails_on_usage();
}

#[test]
fn a_meeting_that_is_over_is_mailed_only_when_that_is_meant() {
    let it = Appointment::new(&[]);
    it.import(&meetings(&[("over", over())]));
    let error = it.fails("send --meeting over", 65, "meeting.over");
    assert!(error["hint"].as_str().unwrap().contains("--past"), "{error}");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("2025-12-02 10:00 UTC"),
        "{error}"
    );
    assert_eq!(it.heard(), Vec::<String>::new());
    assert_eq!(it.json("send --meeting over --past")["sent"], 2);
    assert_eq!(
        it.heard(),
        ["kim@client.example REQUEST 0", "lee@client.example REQUEST 0"]
    );
    it.run("meeting edit over --status NotHeld").done();
    let error = it.fails("cancel --meeting over", 65, "meeting.over");
    assert!(error["hint"].as_str().unwrap().contains("--past"), "{error}");
    assert_eq!(it.json("cancel --meeting over --past")["sent"], 2);
    assert_eq!(
        it.heard(),
        ["kim@client.example CANCEL 1", "lee@client.example CANCEL 1"]
    );
}

#[test]
fn what_waits_until_the_meeting_is_over_is_called_off() {
    let mut it = Appointment::new(&["kim", "lee"]);
    it.json("send --meeting review --queue-only");
    // An hour after its end.
    it.set("INVITE_NOW", "2027-03-02T10:45:00Z");
    it.run("outbox worker --drain").done();
    assert_eq!(it.heard(), Vec::<String>::new());
    let counts = it.json("outbox count");
    assert_eq!(
        (&counts["cancelled"], &counts["queued"]),
        (&json!(2), &json!(0)),
        "{counts}"
    );
    // What is asked for after the end is meant.
    it.json("send --meeting review --past --queue-only");
    it.run("outbox worker --drain").done();
    assert_eq!(it.heard().len(), 2);
}

#[test]
fn a_cancellation_says_what_it_does_and_the_second_what_was_done() {
    let it = Appointment::sent(&["kim", "lee"]);
    it.becomes(&meeting(&["kim", "lee", "max"]));
    let error = it.fails("cancel --meeting review", 65, "meeting.wrong_status");
    assert!(
        error["hint"].as_str().unwrap().contains("--status NotHeld"),
        "{error}"
    );
    it.edit(&["--status", "NotHeld"]);
    let first = it.run("cancel --meeting review").done().out;
    assert!(
        first.contains("the meeting is called off") && first.contains("cancellation"),
        "{first}"
    );
    assert!(first.contains("2 sent"), "{first}");
    let second = it.json("cancel --meeting review");
    let reasons: Vec<_> = second["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .map(|recipient| recipient["reason"].as_str().unwrap())
        .collect();
    // Max never heard of it.
    assert_eq!(reasons, ["was told", "was told", "was not invited"]);
    assert_eq!(second["sent"], 0);
    let text = it.run("cancel --meeting review").done().out;
    assert!(text.contains("was told"), "{text}");
    assert_eq!(it.heard().len(), 2);
}

#[test]
fn several_meetings_share_the_connections() {
    for connections in ["1", "3"] {
        let mut desk = Desk::new();
        let server = MailServer::start_with(&[]);
        desk.set("INVITE_SMTP__URL", &server.url());
        desk.set("INVITE_SMTP__CONNECTIONS", connections);
        desk.import(&json!({"contacts": records::crowd(12)}));
        let names = ["a", "b", "c", "d", "e"];
        let all: Vec<Value> = names.map(|id| records::meeting_of_crowd(id, 12)).to_vec();
        desk.import(&json!({ "meetings": all }));
        let report = desk.json(&format!("send --meeting {}", names.join(" --meeting ")));
        assert_eq!(report["sent"], 60, "{report:#}");
        assert_eq!(server.mails().len(), 60);
        let opened = server.events().iter().filter(|event| *event == "connect").count();
        assert!(
            (1..=connections.parse().unwrap()).contains(&opened),
            "{opened} of {connections}"
        );
    }
}

#[test]
fn more_meetings_than_are_queued_together_leave_over_one_connection_at_a_time() {
    const MEETINGS: usize = 103;
    let mut it = Appointment::new(&[]);
    it.set("INVITE_SMTP__CONNECTIONS", "1");
    let everything = it.json("meeting list");
    for one in everything.as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        it.run(&format!("meeting edit {id} --status NotHeld")).done();
    }
    let all: Vec<Value> = (0..MEETINGS)
        .map(|n| {
            with(
                meeting(&["lee"]),
                &json!({"id": format!("m{n}"), "name": format!("M {n}")}),
            )
        })
        .collect();
    it.import(&json!({ "meetings": all }));
    it.mail.control(&json!({"most_connections": 1}));
    let report = it.json("send --pending");
    assert_eq!(
        (ids(&report).len(), &report["sent"]),
        (MEETINGS, &json!(MEETINGS))
    );
    let mut subjects: Vec<_> = it.mails().iter().map(crate::mail::Mail::subject).collect();
    subjects.sort();
    subjects.dedup();
    assert_eq!(subjects.len(), MEETINGS);
    assert_eq!(it.mail.mails().len(), MEETINGS);
    assert_eq!(it.json("send --pending")["meetings"], json!([]));
}

#[test]
fn a_user_sends_what_is_the_user_s() {
    let desk = Desk::new();
    let report = desk
        .run("send --meeting kickoff --meeting on-site --as ana --format json")
        .ends(1)
        .json();
    assert_eq!(
        (
            &report["meetings"][0]["sent"],
            &report["meetings"][1]["error"]["kind"]
        ),
        (&json!(3), &json!("permission.denied")),
        "{report:#}"
    );
    assert_eq!(desk.mail.addresses(), records::KICKOFF);
}

#[test]
fn the_sandbox_sends_several_too() {
    let folder = Folder::new();
    let report = folder.json("send --meeting kickoff --meeting offsite --sandbox");
    assert_eq!(ids(&report), ["kickoff", "offsite"]);
    assert_eq!(report["meetings"][0]["sandbox"], true, "{report:#}");
    let sent = report["sent"].as_u64().unwrap();
    assert!(sent >= 4, "{report:#}");
    let outbox = || {
        std::fs::read_dir(folder.file("invite-sandbox/outbox"))
            .unwrap()
            .count()
    };
    assert_eq!(outbox() as u64, sent);
    // Of one the host is not enabled at Zoom, which is said each time, and stops no other.
    let run = folder.run("send --pending --sandbox --format json").ends(1);
    let pending = run.json();
    let more = pending["sent"].as_u64().unwrap();
    assert!(more > 0 && !ids(&pending).contains(&"kickoff"), "{pending:#}");
    assert_eq!(outbox() as u64, sent + more);
    let run = folder.run("send --pending --sandbox --format json").ends(77);
    assert_eq!(run.json()["sent"], 0, "{run:?}");
    assert_eq!(ids(&run.json()), ["handover"]);
}
