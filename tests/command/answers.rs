//! Whose answer stands: to a new time, after a cancellation, and what others see of it.

use std::collections::BTreeMap;

use serde_json::json;

use crate::appointment::{Appointment, address, meeting, with};

fn participations(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter()
        .map(|(id, participation)| (address(id), (*participation).to_owned()))
        .collect()
}

#[test]
fn an_answer_to_one_time_is_none_to_another() {
    let it = Appointment::sent(&["lee", "kim"]);
    let uid = it.uid();
    for (id, participation) in [("lee", "DECLINED"), ("kim", "ACCEPTED")] {
        let report = it.answer(&address(id), &uid, 0, participation);
        assert_eq!(report["outcome"], "recorded", "{report:#}");
    }
    it.call_off();
    assert_eq!(it.heard().len(), 2);
    it.edit(&["--status", "Planned", "--start", "2027-03-05T09:00:00Z"]);
    it.send();
    let mails = it.mails();
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        let object = mail.calendar();
        assert_eq!(object.line("SEQUENCE").as_deref(), Some("2"));
        assert_eq!(
            object.participations(),
            participations(&[("lee", "NEEDS-ACTION"), ("kim", "NEEDS-ACTION")])
        );
    }
    assert_eq!(it.status("contact", "lee"), "None");
    assert_eq!(it.status("contact", "kim"), "None");
}

#[test]
fn all_objects_of_a_revision_say_the_same_of_each() {
    let it = Appointment::sent(&["lee", "kim"]);
    let uid = it.uid();
    it.answer(&address("lee"), &uid, 0, "ACCEPTED");
    it.answer(&address("kim"), &uid, 0, "DECLINED");
    // The CRM keeps the answers as the meeting is moved and Max comes to it.
    let attendees = json!([
        {"kind": "contact", "id": "lee", "status": "Accepted"},
        {"kind": "contact", "id": "kim", "status": "Declined"}, {"kind": "contact", "id": "max"},
    ]);
    let moved = json!({
        "attendees": attendees, "start": "2027-03-05T09:00:00Z", "end": "2027-03-05T09:45:00Z",
    });
    it.becomes(&with(meeting(&[]), &moved));
    it.send();
    let mails = it.mails();
    assert_eq!(mails.len(), 3);
    for mail in &mails {
        let object = mail.calendar();
        assert_eq!(object.line("SEQUENCE").as_deref(), Some("1"));
        assert_eq!(
            object.participations(),
            participations(&[
                ("lee", "NEEDS-ACTION"),
                ("kim", "NEEDS-ACTION"),
                ("max", "NEEDS-ACTION")
            ]),
            "{}",
            mail.to()
        );
    }
    for id in ["lee", "kim", "max"] {
        assert_eq!(it.status("contact", id), "None", "{id}");
    }
}

#[test]
fn what_is_no_new_time_keeps_answers_in_all_objects() {
    let it = Appointment::sent(&["lee", "kim"]);
    it.answer(&address("lee"), &it.uid(), 0, "ACCEPTED");
    it.edit(&["--location", "Hall 2"]);
    it.send();
    let mails = it.mails();
    assert_eq!(mails.len(), 2);
    let said = participations(&[("lee", "ACCEPTED"), ("kim", "NEEDS-ACTION")]);
    for mail in &mails {
        assert_eq!(mail.calendar().participations(), said, "{}", mail.to());
    }
    assert_eq!(it.status("contact", "lee"), "Accepted");
    // Kim answers; then Max is invited. Of the others, his object says what theirs of this revision say.
    it.answer(&address("kim"), &it.uid(), 1, "TENTATIVE");
    let attendees = json!([
        {"kind": "contact", "id": "lee", "status": "Accepted"},
        {"kind": "contact", "id": "kim", "status": "Tentative"}, {"kind": "contact", "id": "max"},
    ]);
    it.becomes(&with(
        meeting(&[]),
        &json!({"attendees": attendees, "location": "Hall 2"}),
    ));
    it.send();
    let mails = it.mails();
    assert_eq!(mails.len(), 1);
    let object = mails[0].calendar();
    assert_eq!(mails[0].to(), address("max"));
    if object.line("SEQUENCE").as_deref() == Some("1") {
        let mut said = said;
        said.insert(address("max"), "NEEDS-ACTION".to_owned());
        assert_eq!(object.participations(), said);
    }
    assert_eq!(it.status("contact", "kim"), "Tentative");
}

#[test]
fn a_cancellation_ends_answers() {
    let it = Appointment::sent(&["lee", "kim"]);
    let uid = it.uid();
    assert_eq!(
        it.answer(&address("lee"), &uid, 0, "ACCEPTED")["outcome"],
        "recorded"
    );
    it.call_off();
    assert_eq!(
        it.heard(),
        ["kim@client.example CANCEL 1", "lee@client.example CANCEL 1"]
    );
    assert_eq!(it.status("contact", "lee"), "None");

    // An answer that comes after it is told, and changes nothing.
    let late = it.answer(&address("kim"), &uid, 0, "ACCEPTED");
    assert_eq!(
        (&late["outcome"], &late["status"]),
        (&json!("called_off"), &json!("None"))
    );
    let told = it.run("reply answer.eml").done().out;
    assert!(
        told.contains("called off") && told.contains("stays None"),
        "{told}"
    );
    assert_eq!(it.status("contact", "kim"), "None");

    // At the same time again: they are asked anew.
    it.edit(&["--status", "Planned"]);
    it.send();
    let mails = it.mails();
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        assert_eq!(
            mail.calendar().participations(),
            participations(&[("lee", "NEEDS-ACTION"), ("kim", "NEEDS-ACTION")])
        );
    }
    assert_eq!(it.status("contact", "lee"), "None");
    let old = it.answer(&address("kim"), &uid, 0, "ACCEPTED");
    assert_eq!(
        (&old["outcome"], &old["status"]),
        (&json!("outdated"), &json!("None"))
    );
    let new = it.answer(&address("kim"), &uid, 2, "ACCEPTED");
    assert_eq!(new["outcome"], "recorded");
    assert_eq!(it.status("contact", "kim"), "Accepted");
}

#[test]
fn who_was_taken_back_and_is_invited_again_has_not_answered() {
    let it = Appointment::sent(&["lee", "kim"]);
    let uid = it.uid();
    it.answer(&address("lee"), &uid, 0, "ACCEPTED");
    it.becomes(&meeting(&["kim"]));
    it.send();
    it.becomes(&meeting(&["lee", "kim"]));
    it.send();
    assert_eq!(
        it.heard(),
        ["lee@client.example CANCEL 1", "lee@client.example REQUEST 2"]
    );
    let old = it.answer(&address("lee"), &uid, 0, "DECLINED");
    assert_eq!(old["outcome"], "outdated", "{old:#}");
    assert_eq!(it.status("contact", "lee"), "None");
    assert_eq!(
        it.answer(&address("lee"), &uid, 2, "DECLINED")["outcome"],
        "recorded"
    );
}

#[test]
fn an_answer_between_two_mails_of_a_revision_changes_none_of_them() {
    let it = Appointment::new(&["lee", "kim"]);
    it.mail
        .control(&json!({"refuse": {address("lee"): "550 5.7.1 Not now"}}));
    it.run("send --meeting review").ends(1);
    assert_eq!(it.heard(), ["kim@client.example REQUEST 0"]);
    it.answer(&address("kim"), &it.uid(), 0, "ACCEPTED");
    it.mail.behave();
    it.send();
    let mails = it.mails();
    assert_eq!(mails.len(), 1);
    let object = mails[0].calendar();
    assert_eq!(object.line("SEQUENCE").as_deref(), Some("0"));
    assert_eq!(
        object.participations(),
        participations(&[("lee", "NEEDS-ACTION"), ("kim", "NEEDS-ACTION")])
    );
    assert_eq!(it.status("contact", "kim"), "Accepted");
}
