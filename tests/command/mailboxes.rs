//! Calendars live behind mailboxes: an address that changes, records that share one, invitees who are removed and come
//! back, mails that are put off or refused while the meeting changes.

use serde_json::{Value, json};

use crate::appointment::{Appointment, address, meeting, with};

/// How many invitations are in a state.
fn count(appointment: &Appointment, state: &str) -> Value {
    appointment.json("outbox count")[state].clone()
}

#[test]
fn a_corrected_address_is_invited_and_the_old_one_is_told() {
    let it = Appointment::sent(&["lee", "kim"]);
    it.import(
        &json!({"contacts": [{"id": "lee", "name": "Lee", "email": "lee@new.example", "language": "en"}]}),
    );
    let report = it.send();
    let mails = it.mails();
    let [old, new] = mails.as_slice() else {
        panic!("{report:#}: {mails:?}")
    };
    // Kim's calendar is as it was.
    assert_eq!(
        (old.to(), new.to()),
        ("lee@client.example".into(), "lee@new.example".into())
    );
    assert_eq!(old.calendar().line("METHOD").as_deref(), Some("CANCEL"));
    assert_eq!(old.calendar().line("SEQUENCE").as_deref(), Some("1"));
    assert_eq!(new.calendar().line("METHOD").as_deref(), Some("REQUEST"));
    assert_eq!(new.calendar().line("UID"), old.calendar().line("UID"));
    assert!(new.subject().starts_with("Invitation"), "{}", new.subject());
    assert!(new.text().contains("Ana Ruiz invites you"), "{}", new.text());
    assert!(
        old.subject().starts_with("No longer invited"),
        "{}",
        old.subject()
    );
    assert_eq!(it.send()["sent"], 0);

    it.edit(&["--start", "2027-03-03T09:00:00Z"]);
    it.send();
    let moved = it.mails();
    let to: Vec<_> = moved.iter().map(crate::mail::Mail::to).collect();
    assert_eq!(to, ["kim@client.example", "lee@new.example"]);
    for mail in &moved {
        assert_eq!(mail.calendar().line("SEQUENCE").as_deref(), Some("2"));
        assert!(mail.subject().starts_with("Updated"), "{}", mail.subject());
    }
    let cancelled = it.call_off();
    assert_eq!(
        it.heard(),
        ["kim@client.example CANCEL 3", "lee@new.example CANCEL 3"],
        "{cancelled:#}"
    );
}

#[test]
fn what_waits_for_an_old_address_goes_to_the_new_one() {
    let it = Appointment::new(&["lee", "kim"]);
    it.mail.control(&json!({"greylist": true}));
    it.run("send --meeting review").ends(75);
    it.import(
        &json!({"contacts": [{"id": "lee", "name": "Lee", "email": "lee@new.example", "language": "en"}]}),
    );
    it.mail.behave();
    it.send();
    // The old one never had anything.
    assert_eq!(
        it.heard(),
        ["kim@client.example REQUEST 0", "lee@new.example REQUEST 0"]
    );
    assert_eq!(count(&it, "queued"), 0);
}

#[test]
fn addresses_that_change_hands_end_with_the_meeting_at_both() {
    let it = Appointment::sent(&["lee", "kim"]);
    it.import(&json!({"contacts": [
        {"id": "lee", "name": "Lee", "email": "kim@client.example", "language": "en"},
        {"id": "kim", "name": "Kim", "email": "lee@client.example", "language": "en"},
    ]}));
    it.edit(&["--start", "2027-03-03T09:00:00Z"]);
    it.send();
    for mail in it.mails() {
        assert_eq!(mail.calendar().line("METHOD").as_deref(), Some("REQUEST"));
        assert_eq!(mail.to_header().1, mail.to());
        // Who the mailbox's is now is greeted in it.
        let name = if mail.to().starts_with("lee") {
            "Kim"
        } else {
            "Lee"
        };
        assert!(mail.text().contains(&format!("Hello {name},")), "{}", mail.text());
    }
    it.call_off();
    let told: Vec<_> = it.mails().iter().map(crate::mail::Mail::to).collect();
    assert_eq!(told, ["kim@client.example", "lee@client.example"]);
}

#[test]
fn numbers_grow_as_somebody_is_removed_and_comes_back() {
    let it = Appointment::sent(&["lee", "kim"]);
    it.becomes(&meeting(&["kim"]));
    let report = it.send();
    assert_eq!(it.heard(), ["lee@client.example CANCEL 1"], "{report:#}");
    assert_eq!(it.send()["sent"], 0);
    it.becomes(&meeting(&["lee", "kim"]));
    let report = it.send();
    assert_eq!(it.heard(), ["lee@client.example REQUEST 2"], "{report:#}");
    // Once more, round and round.
    it.becomes(&meeting(&["kim"]));
    it.send();
    assert_eq!(it.heard(), ["lee@client.example CANCEL 3"]);
    it.becomes(&meeting(&["lee", "kim"]));
    it.send();
    assert_eq!(it.heard(), ["lee@client.example REQUEST 4"]);
    // One number for all again.
    it.edit(&["--location", "Hall 2"]);
    it.send();
    assert_eq!(
        it.heard(),
        ["kim@client.example REQUEST 5", "lee@client.example REQUEST 5"]
    );
    it.call_off();
    assert_eq!(
        it.heard(),
        ["kim@client.example CANCEL 6", "lee@client.example CANCEL 6"]
    );
}

#[test]
fn who_is_called_off_and_planned_again_sees_numbers_grow() {
    let it = Appointment::sent(&["lee"]);
    it.call_off();
    assert_eq!(it.heard(), ["lee@client.example CANCEL 1"]);
    it.edit(&["--status", "Planned"]);
    it.send();
    assert_eq!(it.heard(), ["lee@client.example REQUEST 2"]);
    it.call_off();
    assert_eq!(it.heard(), ["lee@client.example CANCEL 3"]);
}

/// The meeting with a lead who has lee's address, in other letters, besides.
fn shared(it: &Appointment, lee: &str) -> Value {
    it.import(
        &json!({"leads": [{"id": "twin", "name": "Lee at home", "email": "LEE@Client.Example", "language": "en"}]}),
    );
    with(
        meeting(&[]),
        &json!({"attendees": [{"kind": "contact", "id": "lee", "status": lee}, {"kind": "lead", "id": "twin"}]}),
    )
}

#[test]
fn a_mailbox_of_two_records_is_told_everything_once() {
    let it = Appointment::new(&["lee"]);
    it.becomes(&shared(&it, "None"));
    let report = it.send();
    assert_eq!(it.heard(), ["lee@client.example REQUEST 0"]);
    let reason = report["recipients"][1]["reason"].as_str().unwrap();
    assert!(reason.contains("contact:lee"), "{report:#}");
    assert_eq!(it.send()["sent"], 0);
    // Whose record is removed may be the one that was mailed: the mailbox is still another's.
    it.becomes(&with(
        shared(&it, "None"),
        &json!({"attendees": [{"kind": "lead", "id": "twin"}]}),
    ));
    assert_eq!(it.send()["sent"], 0);
    it.becomes(&shared(&it, "None"));
    it.edit(&["--start", "2027-03-03T09:00:00Z"]);
    it.send();
    assert_eq!(it.heard(), ["lee@client.example REQUEST 1"]);
    let report = it.call_off();
    assert_eq!(it.heard(), ["lee@client.example CANCEL 2"]);
    assert_eq!(
        (&report["sent"], &report["skipped"]),
        (&json!(1), &json!(1)),
        "{report:#}"
    );
    assert_eq!(it.json("cancel --meeting review")["sent"], 0);
}

#[test]
fn an_answer_is_the_record_s_that_was_mailed() {
    let it = Appointment::new(&["lee"]);
    it.becomes(&shared(&it, "Accepted"));
    it.send();
    // The contact has answered elsewhere, so that the lead is asked.
    let mails = it.mails();
    assert_eq!(mails.len(), 1);
    assert!(mails[0].text().contains("Lee at home"), "{}", mails[0].text());
    let to = mails[0].to();
    let report = it.answer(&to, &it.uid(), 0, "DECLINED");
    assert_eq!(
        (&report["outcome"], &report["kind"], &report["id"]),
        (&json!("recorded"), &json!("lead"), &json!("twin"))
    );
    assert_eq!(it.status("lead", "twin"), "Declined");
    assert_eq!(it.status("contact", "lee"), "Accepted");
}

#[test]
fn five_who_are_put_off_get_the_newest_from_a_worker() {
    let everybody = ["kim", "lee", "max", "ola", "uma"];
    let mut it = Appointment::new(&everybody);
    it.set("INVITE_SMTP__FIRST_RETRY", "1s");
    // Two of them are put off longer, so that only some are due when the worker looks.
    it.mail
        .control(&json!({"greylist": true, "put_off": {address("max"): 2, address("ola"): 3}}));
    let report = it.run("send --meeting review --format json").ends(75).json();
    assert_eq!(report["queued"], 5, "{report:#}");
    it.edit(&["--start", "2027-03-04T13:00:00Z"]);
    it.run("outbox worker --drain").done();
    let mails = it.mails();
    let to: Vec<_> = mails.iter().map(crate::mail::Mail::to).collect();
    assert_eq!(to, everybody.map(address));
    for mail in &mails {
        let object = mail.calendar();
        assert_eq!(object.line("METHOD").as_deref(), Some("REQUEST"));
        assert_eq!(object.line("SEQUENCE").as_deref(), Some("1"));
        assert_eq!(object.line("DTSTART").as_deref(), Some("20270304T130000Z"));
        // They never heard of another time.
        assert!(mail.subject().starts_with("Invitation"), "{}", mail.subject());
    }
    assert_eq!(count(&it, "sent"), 5);
    assert_eq!(count(&it, "cancelled"), 0);
    assert_eq!(it.send()["sent"], 0);
}

#[test]
fn one_who_is_picked_does_not_end_what_waits_for_others() {
    let mut it = Appointment::new(&["kim", "lee", "max"]);
    it.set("INVITE_SMTP__FIRST_RETRY", "1s");
    it.mail.control(&json!({"greylist": true}));
    it.run("send --meeting review").ends(75);
    it.edit(&["--location", "Hall 2"]);
    it.json("send --meeting review --to contact:lee");
    assert_eq!(it.heard(), ["lee@client.example REQUEST 1"]);
    it.run("outbox worker --drain").done();
    assert_eq!(
        it.heard(),
        ["kim@client.example REQUEST 1", "max@client.example REQUEST 1"]
    );
}

#[test]
fn a_refused_invitation_that_was_sent_anew_is_not_tried_again() {
    let it = Appointment::new(&["kim", "lee"]);
    it.mail
        .control(&json!({"refuse": {address("lee"): "550 5.1.1 No such user"}}));
    it.run("send --meeting review").ends(1);
    it.mail.behave();
    let report = it.send();
    assert_eq!(report["sent"], 1, "{report:#}");
    assert_eq!(
        it.heard(),
        ["kim@client.example REQUEST 0", "lee@client.example REQUEST 0"]
    );
    let failed = it.json("outbox list --state failed")[0]["id"].clone();
    let retried = it.json("outbox retry --all");
    let why = "a newer message stands for it";
    assert_eq!(
        retried,
        json!({"retried": 0, "left_alone": [{"id": failed, "reason": why}], "errors": []})
    );
    let text = it.run(&format!("outbox retry {failed}")).done().out;
    assert!(text.contains(why), "{text}");
    it.run("outbox worker --drain").done();
    assert_eq!(it.heard(), Vec::<String>::new());
    assert_eq!(it.send()["sent"], 0);
}

#[test]
fn a_refused_invitation_that_nothing_stands_for_is_tried_again_at_the_newest() {
    let it = Appointment::new(&["kim", "lee"]);
    it.mail
        .control(&json!({"refuse": {address("lee"): "550 5.1.1 No such user"}}));
    it.run("send --meeting review").ends(1);
    it.mail.behave();
    it.heard();
    it.edit(&["--start", "2027-03-03T09:00:00Z"]);
    let retried = it.json("outbox retry --all");
    assert_eq!(
        (&retried["retried"], &retried["left_alone"]),
        (&json!(1), &json!([])),
        "{retried:#}"
    );
    it.run("outbox worker --drain").done();
    // The renewal tells the new time, to whom a message waited for.
    let mails = it.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert_eq!(mails[0].to(), address("lee"));
    assert_eq!(
        mails[0].calendar().line("DTSTART").as_deref(),
        Some("20270303T090000Z")
    );
    it.send();
    assert_eq!(it.heard(), ["kim@client.example REQUEST 1"]);
}

#[test]
fn what_waits_of_a_meeting_that_is_called_off_never_leaves() {
    let mut it = Appointment::new(&["kim", "lee"]);
    it.set("INVITE_SMTP__FIRST_RETRY", "1s");
    it.mail.control(&json!({"put_off": {address("lee"): 1}}));
    it.run("send --meeting review").ends(75);
    it.heard();
    it.edit(&["--status", "NotHeld"]);
    it.run("outbox worker --drain").done();
    assert_eq!(it.heard(), Vec::<String>::new());
    let report = it.json("cancel --meeting review");
    assert_eq!(it.heard(), ["kim@client.example CANCEL 1"]);
    assert_eq!(report["recipients"][1]["state"], "skipped", "{report:#}");
    // Lee hears of it when it takes place again, and as for the first time.
    it.edit(&["--status", "Planned"]);
    it.send();
    let mails = it.mails();
    assert_eq!(mails.len(), 2);
    assert!(
        mails[1].subject().starts_with("Invitation"),
        "{}",
        mails[1].subject()
    );
}

#[test]
fn a_cancellation_that_had_not_left_is_called_off_by_a_new_plan() {
    let it = Appointment::sent(&["kim", "lee"]);
    it.edit(&["--status", "NotHeld"]);
    it.mail.control(&json!({"put_off": {address("lee"): 1}}));
    it.run("cancel --meeting review").ends(75);
    assert_eq!(it.heard(), ["kim@client.example CANCEL 1"]);
    it.edit(&["--status", "Planned"]);
    it.send();
    it.run("outbox worker --drain").done();
    // Lee's entry stands; what is mailed says no other thing under its number, and no CANCEL follows.
    let heard = it.heard();
    assert!(
        heard.contains(&"kim@client.example REQUEST 2".to_owned()),
        "{heard:?}"
    );
    assert!(!heard.iter().any(|mail| mail.contains("CANCEL")), "{heard:?}");
    assert_eq!(count(&it, "queued"), 0);
}

#[test]
fn a_cancellation_that_was_refused_is_sent_by_the_next_cancel() {
    let it = Appointment::sent(&["kim", "lee"]);
    it.edit(&["--status", "NotHeld"]);
    it.mail
        .control(&json!({"refuse": {address("lee"): "550 5.1.1 No such user"}}));
    it.run("cancel --meeting review").ends(1);
    it.mail.behave();
    let report = it.json("cancel --meeting review");
    assert_eq!(report["sent"], 1, "{report:#}");
    assert_eq!(
        it.heard(),
        ["kim@client.example CANCEL 1", "lee@client.example CANCEL 1"]
    );
    assert_eq!(it.json("outbox retry --all")["retried"], 0);
}

#[test]
fn who_is_removed_before_anything_came_hears_nothing() {
    let it = Appointment::new(&["kim", "lee"]);
    it.mail.control(&json!({"put_off": {address("lee"): 1}}));
    it.run("send --meeting review").ends(75);
    assert_eq!(it.heard(), ["kim@client.example REQUEST 0"]);
    it.becomes(&meeting(&["kim"]));
    it.send();
    it.run("outbox worker --drain").done();
    assert_eq!(it.heard(), Vec::<String>::new());
    assert_eq!(
        (count(&it, "queued"), count(&it, "cancelled")),
        (json!(0), json!(1))
    );
    it.becomes(&meeting(&["kim", "lee"]));
    it.send();
    assert_eq!(it.heard(), ["lee@client.example REQUEST 0"]);
}
