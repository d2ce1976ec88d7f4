//! What happens to meetings at Zoom in the life of a CRM.

use invite::sandbox::zoom::{Change, License, Operation, UserStatus};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::mail::Mail;
use crate::records;

fn link(desk: &Desk, meeting: &str) -> Value {
    desk.json(&format!("meeting show {meeting}"))["join_url"].clone()
}

#[test]
fn from_in_person_to_zoom_and_back() {
    let desk = Desk::new();
    assert_eq!(desk.json("send --meeting on-site")["zoom"]["action"], "skipped");
    assert!(desk.zoom.meetings().is_empty());
    desk.run("meeting edit on-site --assign ana --online-location zoom")
        .done();
    assert_eq!(desk.json("send --meeting on-site")["zoom"]["action"], "created");
    let url = desk.zoom.meeting().join_url;
    assert_eq!(link(&desk, "on-site"), json!(url));
    let mut invitations = desk.mail.mails();
    invitations.retain(|mail| mail.calendar().line("METHOD").as_deref() == Some("REQUEST"));
    let update = invitations.pop().unwrap();
    assert!(update.text().contains(&url) && update.html().contains("href"));
    // Ana holds it now, under a UID of her own.
    assert_eq!(update.calendar().line("SEQUENCE").as_deref(), Some("0"));
    desk.run("meeting edit on-site --online-location none").done();
    assert_eq!(desk.json("send --meeting on-site")["sent"], 3);
    assert_eq!(link(&desk, "on-site"), json!(null));
    let update = desk.mail.mails().pop().unwrap();
    assert!(
        !update
            .calendar()
            .line("URL")
            .is_some_and(|line| line.contains(&url))
    );
    assert_eq!(update.calendar().line("SEQUENCE").as_deref(), Some("1"));
}

#[test]
fn a_meeting_that_is_called_off_ends_in_calendars_and_at_zoom() {
    let desk = Desk::new();
    desk.run("send --meeting kickoff").done();
    let url = desk.zoom.meeting().join_url;
    desk.fails("zoom delete --meeting kickoff", 65, "meeting.wrong_status");
    desk.run("meeting edit kickoff --status NotHeld").done();
    let report = desk.json("cancel --meeting kickoff");
    assert_eq!((&report["sent"], &report["revision"]), (&json!(3), &json!(1)));
    let mails = desk.mail.mails();
    for mail in &mails[3..] {
        assert_eq!(mail.calendar().line("METHOD").as_deref(), Some("CANCEL"));
        assert!(!mail.text().contains(&url));
    }
    assert_eq!(
        desk.json("zoom delete --meeting kickoff")["zoom"]["action"],
        "deleted"
    );
    assert!(desk.zoom.meetings().is_empty());
    assert_eq!(link(&desk, "kickoff"), json!(null));
    assert_eq!(
        desk.json("zoom delete --meeting kickoff")["zoom"]["action"],
        "skipped"
    );
    assert_eq!(desk.json("cancel --meeting kickoff")["sent"], 0);
}

#[test]
fn what_is_wrong_with_the_host_is_said() {
    let desk = Desk::new();
    let host = |status| Change::SetUserStatus {
        user: "ana@acme.example".into(),
        status,
    };
    for (change, exit, kind, words) in [
        (
            host(UserStatus::Pending),
            69,
            "zoom.user_pending",
            "ana@acme.example",
        ),
        (host(UserStatus::Inactive), 69, "zoom.user_not_found", "activate"),
        (
            Change::RemoveUser {
                user: "ana@acme.example".into(),
            },
            69,
            "zoom.user_not_found",
            "zoom-id",
        ),
    ] {
        desk.zoom.change(&change);
        let run = desk.run("send --meeting kickoff --format json");
        let error = run.fails(exit, kind);
        assert!(error.to_string().contains(words), "{error:#}");
    }
    let licence = |license| Change::SetLicense {
        user: "zoe@acme.example".into(),
        license,
    };
    desk.zoom.change(&licence(License::Unassigned));
    let error = desk.fails("send --meeting second", 69, "zoom.no_licence");
    assert!(error.to_string().contains("zoe@acme.example"), "{error:#}");
    assert!(desk.mail.events().is_empty());
    let desk = Desk::new();
    desk.zoom.change(&Change::SetLicense {
        user: "ana@acme.example".into(),
        license: License::Basic,
    });
    // Zoom takes it, and ends it after 40 minutes: nothing to refuse.
    desk.run("send --meeting kickoff").done();
}

#[test]
fn eight_processes_at_the_moment_of_expiry_renew_the_token_once() {
    let desk = Desk::new();
    let mut all = records::all();
    let meetings = all["meetings"].as_array_mut().unwrap();
    let model = meetings[0].clone();
    *meetings = (0..8)
        .map(|place| {
            let mut meeting = model.clone();
            meeting["id"] = json!(format!("m{place}"));
            meeting
        })
        .collect();
    desk.import(&all);
    desk.zoom.change(&Change::ExpireAccessTokens);
    let runs: Vec<_> = (0..8)
        .map(|place| desk.start(&format!("zoom push --meeting m{place}")))
        .collect();
    for run in runs {
        run.finish().done();
    }
    assert_eq!(desk.zoom.count(Operation::RefreshToken), 1);
    assert_eq!(desk.zoom.meetings().len(), 8);
    // The grant that came of it works, and so does its next renewal.
    desk.zoom.change(&Change::ExpireAccessTokens);
    desk.run("meeting edit m0 --name Renamed").done();
    desk.run("zoom push --meeting m0").done();
    assert_eq!(desk.zoom.count(Operation::RefreshToken), 2);
}

#[test]
fn what_is_out_of_sync_is_pushed_at_once_and_each_failure_named() {
    let desk = Desk::new();
    desk.run("zoom push --meeting kickoff").done();
    let report = desk
        .run("zoom push --all --out-of-sync --format json")
        .ends(1)
        .json();
    let meetings: Vec<&str> = report["meetings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["meeting"].as_str().unwrap())
        .collect();
    assert!(
        !meetings.contains(&"kickoff") && !meetings.contains(&"held"),
        "{meetings:?}"
    );
    assert!(
        meetings.contains(&"second") && meetings.contains(&"of-ben"),
        "{meetings:?}"
    );
    let of = |id: &str| {
        report["meetings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|m| m["meeting"] == id)
            .unwrap()
            .clone()
    };
    assert_eq!(of("second")["zoom"]["action"], "created");
    assert_eq!(of("of-ben")["error"]["kind"], "zoom.user_not_enabled");
    assert_eq!(of("of-nobody")["error"]["kind"], "zoom.user_not_found");
    assert_eq!((&report["failed"], &report["not_tried"]), (&json!(2), &json!(0)));
    // A daily limit ends it with the time from which on it goes on.
    desk.zoom.rules(&json!({"host_daily_limit": 1}));
    for id in ["kickoff", "empty", "alone", "mute", "second"] {
        desk.run(&format!("meeting edit {id} --name Renamed")).done();
    }
    let report = desk
        .run("zoom push --all --out-of-sync --format json")
        .ends(75)
        .json();
    assert!(report.to_string().contains("zoom.host_daily_limit"), "{report:#}");
    assert!(report["not_tried"].as_u64().unwrap() > 0, "{report:#}");
}

#[test]
fn a_meeting_has_its_own_settings_at_zoom() {
    let desk = Desk::new();
    desk.run("meeting edit kickoff --join-before-host true --passcode false")
        .done();
    desk.run("zoom push --meeting kickoff").done();
    let request = desk
        .zoom
        .requests()
        .into_iter()
        .find(|r| r.operation == Operation::CreateMeeting)
        .unwrap();
    let text = serde_json::to_string(&request).unwrap();
    assert!(text.contains("join_before_host"), "{text}");
    desk.run("zoom push --meeting second").done();
    let settings: Vec<Value> = desk.zoom.meetings().iter().map(|m| json!(m)).collect();
    assert_ne!(settings[0]["settings"], settings[1]["settings"]);
    desk.fails("meeting edit kickoff --waiting-room true", 65, "meeting.invalid");
}

#[test]
fn credentials_for_trying_out_never_use_the_real_connection() {
    let mut desk = Desk::new();
    desk.set("INVITE_ZOOM__MODE", "development");
    desk.set("INVITE_ZOOM__DEVELOPMENT__CLIENT_ID", "sandbox-development");
    desk.set(
        "INVITE_ZOOM__DEVELOPMENT__CLIENT_SECRET",
        "not-a-secret-development",
    );
    let before = desk.zoom.requests().len();
    desk.fails("zoom push --meeting kickoff", 78, "zoom.not_connected");
    assert_eq!(desk.zoom.requests().len(), before);
    desk.unset("INVITE_ZOOM__MODE");
    desk.run("zoom push --meeting kickoff").done();
}

#[test]
fn a_room_on_a_jitsi_server_needs_no_zoom() {
    let mut desk = Desk::unconnected();
    desk.set("INVITE_JITSI__SERVER", "https://meet.acme.example");
    desk.run("meeting edit kickoff --online-location jitsi").done();
    let plan = desk
        .run("send --meeting kickoff --dry-run --out mails")
        .done()
        .out;
    assert!(plan.contains("a Jitsi meeting would be created"), "{plan}");
    assert!(!plan.to_lowercase().contains("zoom"), "{plan}");
    for file in std::fs::read_dir(desk.file("mails")).unwrap() {
        let mail = Mail::parse(&std::fs::read(file.unwrap().path()).unwrap());
        let said = format!(
            "{}{}{}",
            mail.text(),
            mail.html(),
            mail.calendar().line("URL").unwrap()
        );
        assert!(said.contains("https://jitsi.example/"), "{said}");
        assert!(!said.to_lowercase().contains("zoom"), "{said}");
    }
    let report = desk.json("send --meeting kickoff");
    let url = report["zoom"]["join_url"].as_str().unwrap().to_owned();
    assert!(url.starts_with("https://meet.acme.example/"), "{url}");
    for mail in desk.mail.mails() {
        assert!(mail.text().contains(&url) && mail.html().contains(&url));
        assert_eq!(mail.calendar().line("URL"), Some(url.clone()));
    }
    assert!(desk.zoom.requests().is_empty());
    desk.run("meeting edit kickoff --start 2027-06-01T11:00:00Z")
        .done();
    let report = desk.json("send --meeting kickoff");
    assert_eq!(
        (&report["sent"], &report["zoom"]["join_url"]),
        (&json!(3), &json!(url))
    );
}
