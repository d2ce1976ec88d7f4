//! Another host: the old entry leaves the calendars, and the new one invites anew. And the host's own calendar.

use serde_json::{Value, json};

use crate::appointment::{Appointment, address, meeting, with};
use crate::desk::Desk;
use crate::mail::{CalendarObject, Mail};

fn assigned(contacts: &[&str], user: &str) -> Value {
    with(meeting(contacts), &json!({"assigned_user": user}))
}

/// Whom a mail's calendar object names as ORGANIZER.
fn organizer(mail: &Mail) -> String {
    let line = mail.calendar().line("ORGANIZER").unwrap();
    line.rsplit_once("mailto:").unwrap().1.to_owned()
}

fn parted(mails: Vec<Mail>) -> (Vec<Mail>, Vec<Mail>) {
    mails
        .into_iter()
        .partition(|mail| mail.calendar().line("METHOD").as_deref() == Some("CANCEL"))
}

#[test]
fn another_host_ends_one_entry_and_begins_another() {
    let it = Appointment::sent(&["lee", "kim"]);
    let of_ana = it.uid();
    it.becomes(&assigned(&["lee", "kim"], "bo"));
    let report = it.send();
    let (cancels, requests) = parted(it.mails());
    for mails in [&cancels, &requests] {
        let to: Vec<_> = mails.iter().map(Mail::to).collect();
        assert_eq!(to, [address("kim"), address("lee")], "{report:#}");
    }
    let of_bo = it.uid();
    assert_ne!(of_ana, of_bo);
    for cancel in &cancels {
        let object = cancel.calendar();
        assert_eq!(object.line("UID").as_ref(), Some(&of_ana));
        assert_eq!(object.line("SEQUENCE").as_deref(), Some("1"));
        assert_eq!(organizer(cancel), "ana@acme.example");
    }
    for request in &requests {
        let object = request.calendar();
        assert_eq!(object.line("UID").as_ref(), Some(&of_bo));
        assert_eq!(object.line("SEQUENCE").as_deref(), Some("0"));
        assert_eq!(organizer(request), "bo@acme.example");
        assert!(request.header("Reply-To").unwrap().contains("bo@acme.example"));
    }
    for mail in cancels.iter().chain(&requests) {
        for text in [mail.text(), mail.html()] {
            assert!(text.contains("Bo Lindqvist is the host"), "{text}");
        }
    }
    assert_eq!(it.send()["sent"], 0);

    // Who comes later hears of bo alone.
    it.becomes(&assigned(&["lee", "kim", "max"], "bo"));
    it.send();
    let mails = it.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to(), address("max"));
    assert_eq!(organizer(&mails[0]), "bo@acme.example");
    let object = mails[0].calendar();
    assert_eq!(object.line("UID"), Some(of_bo));
    assert_eq!(object.line("SEQUENCE").as_deref(), Some("0"));
    assert!(mails[0].text().contains("Bo Lindqvist invites you"));

    // Called off, it is so by bo, for all three; ana's is over already.
    it.call_off();
    assert_eq!(
        it.heard(),
        [
            "kim@client.example CANCEL 1",
            "lee@client.example CANCEL 1",
            "max@client.example CANCEL 1"
        ]
    );
}

#[test]
fn an_answer_to_the_old_entry_finds_the_meeting_and_does_not_count() {
    let it = Appointment::sent(&["lee", "kim"]);
    let of_ana = it.uid();
    let given = it.answer(&address("lee"), &of_ana, 0, "ACCEPTED");
    assert_eq!(given["outcome"], "recorded");
    it.edit(&["--assign", "bo"]);
    it.send();
    // What was said to ana is not said to bo.
    assert_eq!(it.status("contact", "lee"), "None");
    let (_, requests) = parted(it.mails());
    for request in &requests {
        let said = request.calendar().participations();
        assert_eq!(said[&address("lee")], "NEEDS-ACTION");
    }
    for sequence in [0, 1] {
        let late = it.answer(&address("kim"), &of_ana, sequence, "DECLINED");
        assert_eq!(
            (&late["outcome"], &late["meeting"], &late["id"], &late["status"]),
            (
                &json!("outdated"),
                &json!("review"),
                &json!("kim"),
                &json!("None")
            )
        );
    }
    let told = it.run("reply answer.eml").done().out;
    assert!(told.contains("stays None"), "{told}");
    // The time is the same: it is not said to be another.
    assert!(!told.contains("earlier time"), "{told}");
    assert_eq!(it.status("contact", "kim"), "None");
    let counted = it.answer(&address("kim"), &it.uid(), 0, "DECLINED");
    assert_eq!(counted["outcome"], "recorded");
    assert_eq!(it.status("contact", "kim"), "Declined");
}

#[test]
fn a_host_who_comes_back_begins_a_third_entry() {
    let it = Appointment::sent(&["lee"]);
    let first = it.uid();
    it.edit(&["--assign", "bo"]);
    it.send();
    let second = it.uid();
    it.heard();
    it.edit(&["--assign", "ana"]);
    it.send();
    let third = it.uid();
    let (cancels, requests) = parted(it.mails());
    let (cancel, request) = (&cancels[0], &requests[0]);
    assert_eq!((cancels.len(), requests.len()), (1, 1));
    assert_eq!(
        (cancel.calendar().line("UID"), organizer(cancel)),
        (Some(second), "bo@acme.example".to_owned())
    );
    assert_eq!(
        (request.calendar().line("UID"), organizer(request)),
        (Some(third.clone()), "ana@acme.example".to_owned())
    );
    // A calendar that has thrown the first away would take its UID for what it threw away.
    assert_ne!(third, first);
}

#[test]
fn a_host_among_the_attendees_is_invited_by_the_next_one() {
    let it = Appointment::new(&[]);
    let both = |host: &str| {
        with(
            assigned(&[], host),
            &json!({"attendees": [
                {"kind": "user", "id": "ana"}, {"kind": "user", "id": "bo"}, {"kind": "contact", "id": "lee"},
            ]}),
        )
    };
    it.becomes(&both("ana"));
    it.send();
    assert_eq!(
        it.heard(),
        ["bo@acme.example REQUEST 0", "lee@client.example REQUEST 0"]
    );
    it.becomes(&both("bo"));
    it.send();
    // Bo's own entry of ana's meeting ends, and ana is invited to bo's.
    assert_eq!(
        it.heard(),
        [
            "ana@acme.example REQUEST 0",
            "bo@acme.example CANCEL 1",
            "lee@client.example CANCEL 1",
            "lee@client.example REQUEST 0",
        ]
    );
}

#[test]
fn the_address_of_a_host_is_the_host_s_entry() {
    let it = Appointment::sent(&["lee"]);
    let before = it.uid();
    it.import(&json!({"users": [
        {"id": "ana", "name": "Ana Ruiz", "email": "ana.ruiz@acme.example", "language": "en"},
    ]}));
    it.send();
    let (cancels, requests) = parted(it.mails());
    assert_eq!((cancels.len(), requests.len()), (1, 1));
    assert_eq!(organizer(&cancels[0]), "ana@acme.example");
    assert_eq!(organizer(&requests[0]), "ana.ruiz@acme.example");
    assert_eq!(cancels[0].calendar().line("UID"), Some(before.clone()));
    assert_ne!(requests[0].calendar().line("UID"), Some(before));
}

#[test]
fn a_host_who_is_written_in_other_letters_is_the_same() {
    let it = Appointment::sent(&["lee"]);
    let before = it.uid();
    it.import(&json!({"users": [
        {"id": "ana", "name": "Ana Ruiz-Soto", "email": "Ana@ACME.example", "language": "en"},
    ]}));
    it.edit(&["--location", "Hall 2"]);
    it.send();
    assert_eq!(it.heard(), ["lee@client.example REQUEST 1"]);
    assert_eq!(it.uid(), before);
}

#[test]
fn whoever_waits_while_the_host_changes_hears_of_the_new_one_alone() {
    let mut it = Appointment::new(&["kim", "lee", "max"]);
    it.set("INVITE_SMTP__FIRST_RETRY", "1s");
    it.mail
        .control(&json!({"put_off": {address("lee"): 1, address("max"): 2}}));
    it.run("send --meeting review").ends(75);
    let of_ana = it.uid();
    assert_eq!(it.heard(), ["kim@client.example REQUEST 0"]);
    it.edit(&["--assign", "bo"]);
    it.run("outbox worker --drain").done();
    let mails = it.mails();
    let to: Vec<_> = mails.iter().map(Mail::to).collect();
    assert_eq!(to, [address("lee"), address("max")]);
    for mail in &mails {
        assert_eq!(organizer(mail), "bo@acme.example");
        assert_ne!(mail.calendar().line("UID").as_ref(), Some(&of_ana));
        assert!(mail.subject().starts_with("Invitation"), "{}", mail.subject());
    }
    // Kim is told by the next send.
    it.send();
    assert_eq!(
        it.heard(),
        ["kim@client.example CANCEL 1", "kim@client.example REQUEST 0"]
    );
}

#[test]
fn the_host_s_own_calendar_gets_an_object_too() {
    let desk = Desk::new();
    let error = desk.fails("ics --meeting kickoff --to user:ana", 65, "meeting.holds_it");
    assert!(
        error["hint"].as_str().unwrap().contains("--method PUBLISH"),
        "{error}"
    );
    let said = format!("{} {}", error["message"], error["hint"]);
    assert!(!said.contains("already"), "{said}");

    desk.json("send --meeting kickoff");
    let link = desk.zoom.meeting().join_url;
    let mailed = desk.mail.mail_to("lee@client.example").calendar();
    let own = CalendarObject(desk.run("ics --meeting kickoff --method PUBLISH").done().out);
    assert_eq!(own.line("METHOD").as_deref(), Some("PUBLISH"));
    assert!(
        own.line("ORGANIZER")
            .unwrap()
            .ends_with("mailto:ana@acme.example")
    );
    assert_eq!(own.attendees(), []);
    assert!(!own.0.contains("ATTENDEE"), "{}", own.0);
    for property in ["UID", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY"] {
        assert_eq!(own.line(property), mailed.line(property), "{property}");
    }
    assert!(own.0.replace("\r\n ", "").contains(&link), "{}", own.0);
    // Named or not, it is the same object: it is nobody's in particular.
    let named = desk
        .run("ics --meeting kickoff --method publish --to user:ana")
        .done();
    assert!(named.out.contains("METHOD:PUBLISH"), "{named:?}");
    assert!(!named.out.contains("ATTENDEE"), "{named:?}");
}
