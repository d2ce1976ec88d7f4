//! What people ask of the outbox.

use serde_json::json;

use crate::desk::Desk;
use crate::records;

/// A desk with three mails in the outbox, none of which could leave.
fn waiting() -> Desk {
    let desk = Desk::new();
    desk.mail.control(&json!({"close_at_connect": true}));
    let run = desk.run("send --meeting kickoff --format json");
    assert_eq!(run.json()["queued"], 3, "{run:?}");
    desk.mail.behave();
    desk
}

#[test]
fn what_is_called_off_does_not_leave() {
    let desk = waiting();
    let listed = desk.json("outbox list");
    let [newest, middle, oldest] = [0, 1, 2].map(|n| listed[n]["id"].as_i64().unwrap());
    desk.fails(&format!("outbox cancel {newest} 999999"), 66, "outbox.not_found");
    let cancelled = desk.json(&format!("outbox cancel {newest} {middle}"));
    assert_eq!(cancelled, json!({"cancelled": 2, "sending": 0}));
    desk.run("outbox retry --all").done();
    assert_eq!(desk.json("outbox worker --drain")["sent"], 1);
    desk.fails(&format!("outbox cancel {oldest}"), 2, "outbox.sent");
    let shown = desk.run("outbox list").done().out;
    assert_eq!(shown.matches("cancelled").count(), 2, "{shown}");
    // Who was left out is invited when the meeting is sent again.
    let sent = desk.json("send --meeting kickoff");
    assert_eq!((&sent["sent"], &sent["skipped"]), (&json!(2), &json!(2)));
    let mut addresses = desk.mail.addresses();
    addresses.sort();
    assert_eq!(addresses, records::KICKOFF);
}

#[test]
fn what_is_on_its_way_cannot_be_called_off() {
    let desk = Desk::new();
    desk.mail
        .control(&json!({"hold": ["rcpt", "lee@client.example"]}));
    let sending = desk.start("send --meeting kickoff");
    desk.mail.wait_for("hold lee@client.example");
    let listed = desk.json("outbox list --state sending");
    let id = listed.as_array().unwrap().last().unwrap()["id"].to_string();
    let error = desk.fails(&format!("outbox cancel {id}"), 75, "outbox.sending");
    assert!(
        error["message"].as_str().unwrap().contains("being delivered"),
        "{error}"
    );
    let left = desk.run("outbox cancel --meeting kickoff").ends(1);
    assert!(left.out.contains("on their way"), "{left:?}");
    desk.mail.behave();
    sending.finish();
}

#[test]
fn an_empty_outbox_and_a_long_one_are_listed_alike() {
    let desk = Desk::new();
    assert_eq!(desk.json("outbox list"), json!([]));
    assert_eq!(desk.run("outbox list").done().out, "no invitations\n");
    let mut all = records::all();
    // More than are read at a time.
    let contact = |n| json!({"id": format!("c{n}"), "name": format!("Guest {n}"), "email": format!("c{n}@crowd.example")});
    all["contacts"] = (0..520).map(contact).collect();
    all["leads"] = json!([]);
    let mut meeting = all["meetings"][0].clone();
    meeting["attendees"] = (0..520)
        .map(|n| json!({"kind": "contact", "id": format!("c{n}")}))
        .collect();
    all["meetings"] = json!([meeting]);
    desk.import(&all);
    desk.mail.control(&json!({"close_at_connect": true}));
    assert_eq!(
        desk.run("send --meeting kickoff --format json").json()["queued"],
        520
    );
    let listed = desk.run("outbox list --limit 1000 --format json").done();
    let listed_ids: Vec<_> = listed
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["id"].as_i64().unwrap())
        .collect();
    assert_eq!(listed_ids.len(), 520);
    assert!(listed_ids.is_sorted_by(|newer, older| newer > older));
    assert_eq!(
        format!("{}\n", serde_json::to_string_pretty(&listed.json()).unwrap()),
        listed.out
    );
    let text = desk.run("outbox list --limit 510").done().out;
    assert_eq!(text.lines().count(), 510);
}

#[test]
fn the_outbox_is_counted() {
    let desk = Desk::new();
    let nothing = desk.json("outbox count");
    assert_eq!(
        (&nothing["sent"], &nothing["oldest_waiting"]),
        (&json!(0), &json!(null))
    );
    desk.mail.control(&json!({
        "refuse": {"lee@client.example": "550 5.1.1 No such user"}, "put_off": {"mika@lead.example": 9},
    }));
    desk.run("send --meeting kickoff").ends(1);
    let counts = desk.json("outbox count --meeting kickoff");
    let of = |state: &str| counts[state].as_u64().unwrap();
    assert_eq!(
        (of("sent"), of("failed"), of("queued"), of("cancelled")),
        (1, 1, 1, 0)
    );
    assert_eq!(
        (of("sent_last_hour"), of("sent_after_retry"), of("bounced")),
        (1, 0, 0)
    );
    assert!(
        counts["next_attempt_at"].as_str() > counts["oldest_waiting"].as_str(),
        "{counts}"
    );
    assert_eq!(desk.json("outbox count --meeting other")["sent"], 0);
    desk.mail.behave();
    desk.run("send --meeting kickoff").ends(0);
    let counts = desk.json("outbox count");
    // Who was refused was invited once more, which is another invitation.
    assert_eq!(
        (&counts["sent"], &counts["failed"], &counts["sent_after_retry"]),
        (&json!(3), &json!(1), &json!(1))
    );
    assert!(
        desk.run("outbox count")
            .done()
            .out
            .contains("after more than one try")
    );
}

#[test]
fn what_is_over_is_forgotten_when_it_is_asked_for() {
    let mut desk = Desk::new();
    desk.mail.control(&json!({"put_off": {"mika@lead.example": 1}}));
    desk.run("send --meeting kickoff").ends(75);
    let pruned = desk.json("outbox prune --older-than 0s");
    assert_eq!(pruned["meetings"], 0, "it is not over: {pruned}");
    // Half a year after the end.
    desk.set("INVITE_NOW", "2027-11-28T09:44:00Z");
    assert_eq!(desk.json("outbox prune")["waiting"], 0);
    let waiting = desk.run("outbox prune --older-than 179d").done();
    assert!(
        waiting.out.contains("nothing to forget") && waiting.out.contains("1 meeting left alone"),
        "{waiting:?}"
    );
    // What waits is too late: a worker calls it off.
    assert_eq!(desk.json("outbox worker --drain")["sent"], 0);
    let foreseen = desk.json("outbox prune --older-than 179d --dry-run");
    assert_eq!(
        foreseen,
        json!({"meetings": 1, "messages": 3, "answers": 0, "revisions": 1, "waiting": 0, "dry_run": true,
               "before": "2027-06-02T09:44:00Z"})
    );
    assert_eq!(desk.json("outbox list").as_array().unwrap().len(), 3);
    let pruned = desk.run("outbox prune --older-than 179d").done();
    assert!(
        pruned.out.starts_with(
            "1 meeting that ended before 2027-06-02T09:44:00Z: 3 mails, 0 answers and 1 revision forgotten"
        ),
        "{pruned:?}"
    );
    assert_eq!(desk.json("outbox list"), json!([]));
    // What is left names nobody.
    let shown = desk.json("meeting show kickoff");
    assert_eq!(shown["revision"], 0, "{shown}");
    desk.run("outbox prune --older-than soon").ends(2);
}

#[test]
fn a_worker_forgets_what_the_configuration_does_not_keep() {
    let mut desk = Desk::new();
    desk.run("send --meeting kickoff").done();
    desk.set("INVITE_NOW", "2027-12-31T00:00:00Z");
    desk.run("outbox worker --drain").done();
    assert_eq!(desk.json("outbox count")["sent"], 3);
    desk.set("INVITE_DATABASE__KEEP", "180d");
    desk.run("outbox worker --drain").done();
    assert_eq!(desk.json("outbox count")["sent"], 0);
}
