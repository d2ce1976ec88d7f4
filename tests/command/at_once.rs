//! Several runs at the same moment, and runs that are killed: one Zoom meeting and one mail each, whatever happens.
//! What has to happen in between is waited for at the servers, which hold their answers.

use std::collections::BTreeMap;

use invite::sandbox::zoom::{Action, Change, Operation};
use serde_json::{Value, json};

use crate::desk::{Desk, Folder};
use crate::program::Running;
use crate::records::{self, KICKOFF};

/// Longer than any test runs.
const FOR_EVER: u64 = 600_000;

pub(crate) const SEND: &str = "send --meeting kickoff --format json";

/// How many mails, and how many different Message-IDs, each address got.
fn counted(desk: &Desk) -> BTreeMap<String, (usize, usize)> {
    let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in desk.mail.mails() {
        ids.entry(mail.to()).or_default().push(mail.message_id());
    }
    ids.into_iter()
        .map(|(address, mut ids)| {
            let count = ids.len();
            ids.sort();
            ids.dedup();
            (address, (count, ids.len()))
        })
        .collect()
}

fn each_has(desk: &Desk, count: impl Fn(&str) -> usize) {
    let expected: BTreeMap<_, _> = KICKOFF
        .iter()
        .map(|address| ((*address).to_owned(), (count(address), 1)))
        .collect();
    assert_eq!(counted(desk), expected);
}

/// Everybody has one mail, with the link of the one meeting that there is at Zoom, and a further send does nothing.
pub(crate) fn all_is_well(desk: &Desk) {
    each_has(desk, |_| 1);
    is_settled(desk);
}

fn is_settled(desk: &Desk) {
    let url = desk.zoom.meeting().join_url;
    for mail in desk.mail.mails() {
        assert!(mail.text().contains(&url), "{}", mail.text());
    }
    let again = desk.json("send --meeting kickoff");
    assert_eq!(
        (
            &again["zoom"]["action"],
            &again["sent"],
            &again["zoom"]["join_url"]
        ),
        (&json!("unchanged"), &json!(0), &json!(url))
    );
    assert_eq!(desk.json("zoom status")["maybe_left_over"], json!([]));
}

/// A mail that the other run has on the wire is `queued` for this one.
fn sent_by(runs: Vec<Running>) -> u64 {
    runs.into_iter()
        .map(|run| {
            let run = run.finish();
            assert!([0, 75].contains(&run.code), "{run:?}");
            let report: Value = run.json();
            report["sent"].as_u64().unwrap()
        })
        .sum()
}

#[test]
fn four_runs_at_once_are_as_one() {
    let desk = Desk::new();
    let sent = sent_by((0..4).map(|_| desk.start(SEND)).collect());
    assert!(sent >= 3);
    assert_eq!(desk.zoom.count(Operation::CreateMeeting), 1);
    all_is_well(&desk);
}

#[test]
fn who_comes_while_another_pushes_waits_for_it() {
    let desk = Desk::new();
    desk.zoom
        .once(Operation::CreateMeeting, Action::DelayAfter { milliseconds: 700 });
    let first = desk.start(SEND);
    desk.zoom.wait_for(Operation::CreateMeeting, 1);
    let second = desk.start(SEND);
    sent_by(vec![first, second]);
    assert_eq!(desk.zoom.count(Operation::CreateMeeting), 1);
    all_is_well(&desk);
}

#[test]
fn who_comes_while_another_delivers_leaves_it_to_the_other() {
    let desk = Desk::new();
    desk.mail
        .control(&json!({"hold": ["rcpt", "lee@client.example"]}));
    let first = desk.start(SEND);
    desk.mail.wait_for("hold lee@client.example");
    let second = desk.run(SEND).ends(75).json();
    assert_eq!((&second["sent"], &second["queued"]), (&json!(0), &json!(3)));
    desk.mail.behave();
    assert_eq!(first.finish().done().json()["sent"], 3);
    all_is_well(&desk);
}

#[test]
fn meetings_pushed_at_once_share_one_renewed_token() {
    let desk = Desk::new();
    desk.zoom.change(&Change::InvalidateAccessTokens);
    let runs = ["kickoff", "second"].map(|m| desk.start(&format!("zoom push --meeting {m}")));
    for run in runs {
        run.finish().done();
    }
    assert_eq!(desk.zoom.count(Operation::RefreshToken), 1);
    assert_eq!(desk.zoom.meetings().len(), 2);
}

#[test]
fn a_new_database_may_be_made_by_several() {
    let folder = Folder::new();
    folder.write(
        "invite.toml",
        "[organization]\nname = \"Acme\"\n[smtp]\nurl = \"smtp://127.0.0.1:1\"\nfrom = \"a@acme.example\"\n",
    );
    folder.write("records.json", &records::all().to_string());
    let runs: Vec<_> = (0..4).map(|_| folder.start("import records.json")).collect();
    for run in runs {
        run.finish().done();
    }
    assert_eq!(folder.json("meeting list").as_array().unwrap().len(), 10);
}

#[test]
fn killed_while_zoom_makes_the_meeting() {
    let desk = Desk::new();
    // Made, but the answer does not come.
    desk.zoom.once(
        Operation::CreateMeeting,
        Action::DelayAfter {
            milliseconds: FOR_EVER,
        },
    );
    let killed = desk.start(SEND);
    crate::desk::wait_for("the meeting at Zoom", || !desk.zoom.meetings().is_empty());
    killed.kill();
    let sent = desk.json("send --meeting kickoff");
    assert_eq!(
        (&sent["sent"], &sent["zoom"]["action"]),
        (&json!(3), &json!("created"))
    );
    assert_eq!(desk.zoom.count(Operation::CreateMeeting), 1);
    all_is_well(&desk);
}

#[test]
fn killed_before_zoom_has_made_the_meeting() {
    let desk = Desk::new();
    // The request is there; what it asks for is done after the next run has begun.
    desk.zoom.once(
        Operation::CreateMeeting,
        Action::DelayBefore { milliseconds: 900 },
    );
    let killed = desk.start(SEND);
    desk.zoom.wait_for(Operation::CreateMeeting, 1);
    killed.kill();
    // On a slow machine it may be done by now, which is the case of the test before.
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    all_is_well(&desk);
}

#[test]
fn killed_where_the_connection_may_not_look_is_told() {
    let desk = Desk::unconnected();
    desk.zoom.only_write_scopes();
    desk.connect();
    desk.zoom.once(
        Operation::CreateMeeting,
        Action::DelayAfter {
            milliseconds: FOR_EVER,
        },
    );
    let killed = desk.start(SEND);
    crate::desk::wait_for("the meeting at Zoom", || !desk.zoom.meetings().is_empty());
    killed.kill();
    let sent = desk.run(SEND).done();
    assert!(sent.err.contains("may be left over"), "{sent:?}");
    // Without a scope to read nobody can know of the first one; what can be known is who has to look, and for what.
    let left = desk.json("zoom status")["maybe_left_over"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1, "{left}");
    let marker = left[0]["marker"].as_str().unwrap();
    let meetings = desk.zoom.meetings();
    assert!(meetings[0].agenda.contains(marker), "{left} {meetings:?}");
    each_has(&desk, |_| 1);
    let url = sent.json()["zoom"]["join_url"].clone();
    assert_eq!(json!(meetings.last().unwrap().join_url), url);
}

#[test]
fn killed_while_zoom_is_told_a_change() {
    let desk = Desk::new();
    desk.json("send --meeting kickoff");
    desk.run("meeting edit kickoff --start 2027-06-02T09:00:00Z")
        .done();
    desk.zoom.once(
        Operation::UpdateMeeting,
        Action::DelayBefore {
            milliseconds: FOR_EVER,
        },
    );
    let killed = desk.start(SEND);
    desk.zoom.wait_for(Operation::UpdateMeeting, 1);
    killed.kill();
    let shown = desk.json("meeting show kickoff");
    assert_eq!(shown["sync"]["state"], "out_of_sync");
    let sent = desk.json("send --meeting kickoff");
    assert_eq!(
        (&sent["sent"], &sent["revision"], &sent["zoom"]["action"]),
        (&json!(3), &json!(1), &json!("updated"))
    );
    let start = desk.zoom.meeting().start_time.unwrap();
    assert_eq!(start.to_rfc3339(), "2027-06-02T09:00:00+00:00");
    assert_eq!(desk.mail.mails().len(), 6);
    is_settled(&desk);
}

#[test]
fn killed_between_two_mails() {
    let desk = Desk::new();
    // The second of three; the first is sent, and the third was taken from the outbox too.
    desk.mail
        .control(&json!({"hold": ["rcpt", "joerg@kunde.example"]}));
    let killed = desk.start(SEND);
    desk.mail.wait_for("hold joerg@kunde.example");
    desk.wait_for_sent(1);
    killed.kill();
    desk.mail.behave();
    assert_eq!(desk.mail.addresses(), ["lee@client.example"]);
    let sent = desk.json("send --meeting kickoff");
    assert_eq!((&sent["sent"], &sent["skipped"]), (&json!(2), &json!(2)));
    all_is_well(&desk);
}

#[test]
fn killed_after_the_final_dot() {
    let desk = Desk::new();
    desk.mail
        .control(&json!({"hold": ["stored", "joerg@kunde.example"]}));
    let killed = desk.start(SEND);
    desk.mail.wait_for("hold joerg@kunde.example");
    killed.kill();
    desk.mail.behave();
    let sent = desk.json("send --meeting kickoff");
    assert_eq!((&sent["sent"], &sent["skipped"]), (&json!(2), &json!(2)));
    // Nobody knows whether it was taken, so that it comes twice, under one Message-ID.
    each_has(&desk, |address| 1 + usize::from(address == "joerg@kunde.example"));
    is_settled(&desk);
}

#[test]
fn killed_with_a_renewed_token_on_its_way() {
    let desk = Desk::new();
    desk.zoom.change(&Change::InvalidateAccessTokens);
    desk.zoom.once(
        Operation::RefreshToken,
        Action::DelayBefore {
            milliseconds: FOR_EVER,
        },
    );
    let killed = desk.start(SEND);
    desk.zoom.wait_for(Operation::RefreshToken, 1);
    killed.kill();
    // The old token was not used up, and the next run does not wait for the killed one's lease.
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    all_is_well(&desk);
}
