//! A mail server whose answer after the final dot is lost twice: the mail may have arrived, and it is left at that.

use serde_json::{Value, json};

use crate::appointment::{Appointment, meeting};

/// Lee's mail may have arrived; kim's has.
fn in_doubt() -> (Appointment, Value) {
    let it = Appointment::new(&["kim", "lee"]);
    it.mail
        .control(&json!({"cut": {"lee@client.example": ["before_answer", 2]}}));
    let first = it.run("send --meeting review --format json").ends(75).json();
    assert_eq!(
        (&first["sent"], &first["queued"], &first["may_have_arrived"]),
        (&json!(1), &json!(1), &json!(0))
    );
    let second = it.run("send --meeting review --format json").ends(1).json();
    (it, second)
}

fn to_lee(it: &Appointment) -> usize {
    let mails = it.mail.mails();
    mails
        .iter()
        .filter(|mail| mail.to() == "lee@client.example")
        .count()
}

#[test]
fn it_is_said_everywhere() {
    let (it, report) = in_doubt();
    let lee = &report["recipients"][1];
    assert_eq!(
        (&lee["state"], &lee["purpose"], &report["may_have_arrived"]),
        (&json!("may_have_arrived"), &json!("invitation"), &json!(1)),
        "{report:#}"
    );
    assert_eq!(
        (&report["sent"], &report["queued"], &report["failed"]),
        (&json!(0), &json!(0), &json!(0))
    );
    assert_eq!(
        (&report["error"]["kind"], &report["error"]["exit"]),
        (&json!("send.may_have_arrived"), &json!(1))
    );
    assert!(
        report["error"]["hint"].as_str().unwrap().contains("retry ID"),
        "{report:#}"
    );

    let listed = it.json("outbox list --state may_have_arrived");
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed:#}");
    assert_eq!(
        (&listed[0]["email"], &listed[0]["state"], &listed[0]["attempts"]),
        (
            &json!("lee@client.example"),
            &json!("may_have_arrived"),
            &json!(2)
        )
    );
    let text = it.run("outbox list").done().out;
    assert!(text.contains("may_have_arrived"), "{text}");
    let id = listed[0]["id"].to_string();
    let shown = it.json(&format!("outbox show {id}"));
    assert_eq!(shown["state"], "may_have_arrived");
    let text = it.run(&format!("outbox show {id}")).done().out;
    assert!(text.contains("may_have_arrived"), "{text}");
    let counts = it.json("outbox count");
    assert_eq!(
        (&counts["may_have_arrived"], &counts["sent"], &counts["queued"]),
        (&json!(1), &json!(1), &json!(0))
    );
    let text = it.run("outbox count").done().out;
    let line = text.lines().find(|line| line.contains("may have arrived"));
    assert!(line.unwrap().trim_end().ends_with('1'), "{text}");
}

#[test]
fn a_person_reads_it_too() {
    let it = Appointment::new(&["kim", "lee"]);
    it.mail
        .control(&json!({"cut": {"lee@client.example": ["before_answer", 2]}}));
    it.run("send --meeting review").ends(75);
    let run = it.run("send --meeting review").ends(1);
    assert!(
        run.out.contains("may have arrived") && run.out.contains("1 may have arrived"),
        "{run:?}"
    );
    assert!(
        run.err.contains("the mail server's answer was lost twice") && run.err.contains("hint"),
        "{run:?}"
    );
}

#[test]
fn it_is_not_sent_again_unless_it_is_named() {
    let (it, _) = in_doubt();
    assert_eq!(to_lee(&it), 2);
    let again = it.json("send --meeting review");
    let lee = &again["recipients"][1];
    assert_eq!(
        (&again["sent"], &lee["state"]),
        (&json!(0), &json!("skipped")),
        "{again:#}"
    );
    assert!(
        lee["reason"].as_str().unwrap().contains("may have revision 0"),
        "{again:#}"
    );
    assert_eq!(it.json("send --meeting review --all")["sent"], 0);
    it.run("outbox worker --drain").done();
    for which in ["--all", "--meeting review"] {
        let retried = it.json(&format!("outbox retry {which}"));
        assert_eq!(retried["retried"], 0, "{retried:#}");
        assert_eq!(
            retried["left_alone"][0]["reason"],
            "may have arrived; name its number to send it again"
        );
    }
    it.run("outbox worker --drain").done();
    assert_eq!(to_lee(&it), 2);

    let id = it.json("outbox list --state may_have_arrived")[0]["id"].to_string();
    let retried = it.json(&format!("outbox retry {id}"));
    assert_eq!(
        (&retried["retried"], &retried["left_alone"]),
        (&json!(1), &json!([]))
    );
    it.run("outbox worker --drain").done();
    assert_eq!(to_lee(&it), 3);
    let mails = it.mail.mails();
    let ids: std::collections::BTreeSet<_> = mails
        .iter()
        .filter(|mail| mail.to() == "lee@client.example")
        .map(crate::mail::Mail::message_id)
        .collect();
    // Where it arrived all the times, it is one message.
    assert_eq!(ids.len(), 1);
    let counts = it.json("outbox count");
    assert_eq!(
        (&counts["may_have_arrived"], &counts["sent"]),
        (&json!(0), &json!(2))
    );
}

#[test]
fn whoever_may_have_it_hears_what_comes_after() {
    let (it, _) = in_doubt();
    it.heard();
    it.edit(&["--start", "2027-03-03T09:00:00Z"]);
    it.send();
    assert_eq!(
        it.heard(),
        ["kim@client.example REQUEST 1", "lee@client.example REQUEST 1"]
    );
    // The older one is nothing that anybody could still want.
    let id = it.json("outbox list --state may_have_arrived")[0]["id"].to_string();
    let retried = it.json(&format!("outbox retry {id}"));
    assert_eq!(
        (&retried["retried"], &retried["left_alone"][0]["reason"]),
        (&json!(0), &json!("a newer message stands for it"))
    );
}

#[test]
fn whoever_may_have_it_is_told_that_it_is_called_off() {
    let (it, _) = in_doubt();
    it.heard();
    let report = it.call_off();
    assert_eq!(
        it.heard(),
        ["kim@client.example CANCEL 1", "lee@client.example CANCEL 1"],
        "{report:#}"
    );
}

#[test]
fn whoever_may_have_it_and_is_removed_is_told() {
    for lost in [1, 2] {
        let it = Appointment::new(&["kim", "lee"]);
        it.mail
            .control(&json!({"cut": {"lee@client.example": ["before_answer", lost]}}));
        for _ in 0..lost {
            it.run("send --meeting review");
        }
        it.heard();
        it.becomes(&meeting(&["kim"]));
        let report = it.send();
        assert_eq!(it.heard(), ["lee@client.example CANCEL 1"], "{lost}: {report:#}");
        it.run("outbox worker --drain").done();
        assert_eq!(it.heard(), Vec::<String>::new(), "{lost}");
    }
}

#[test]
fn an_answer_says_that_it_arrived() {
    let (it, _) = in_doubt();
    let given = it.answer("lee@client.example", &it.uid(), 0, "ACCEPTED");
    assert_eq!(
        (&given["outcome"], &given["id"]),
        (&json!("recorded"), &json!("lee"))
    );
    assert_eq!(it.status("contact", "lee"), "Accepted");
}
