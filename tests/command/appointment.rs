//! One meeting, `review`, that is not online: whom it is for, what each mailbox hears of it, and what comes back.

use std::cell::Cell;

use serde_json::{Value, json};

use crate::desk::{Desk, now};
use crate::mail::Mail;

/// When it takes place, unless a test says otherwise.
pub(crate) const START: &str = "2027-03-02T09:00:00Z";

/// A desk that is not connected to Zoom, with the people of these tests.
#[derive(Debug)]
pub(crate) struct Appointment {
    pub(crate) desk: Desk,
    /// How many mails were looked at.
    seen: Cell<usize>,
}

impl std::ops::Deref for Appointment {
    type Target = Desk;
    fn deref(&self) -> &Desk {
        &self.desk
    }
}

impl std::ops::DerefMut for Appointment {
    fn deref_mut(&mut self) -> &mut Desk {
        &mut self.desk
    }
}

/// The address of one of the contacts.
pub(crate) fn address(id: &str) -> String {
    format!("{id}@client.example")
}

/// The meeting as ana holds it, with these contacts.
pub(crate) fn meeting(contacts: &[&str]) -> Value {
    let attendee = |id: &&str| json!({"kind": "contact", "id": id});
    json!({
        "id": "review", "name": "Review", "status": "Planned", "start": START, "end": "2027-03-02T09:45:00Z",
        "time_zone": "Europe/Berlin", "assigned_user": "ana",
        "attendees": contacts.iter().map(attendee).collect::<Vec<_>>(),
    })
}

/// The same with other values of some fields.
pub(crate) fn with(mut meeting: Value, changes: &Value) -> Value {
    for (field, value) in changes.as_object().unwrap() {
        meeting[field] = value.clone();
    }
    meeting
}

impl Appointment {
    /// Nobody has heard of the meeting yet.
    pub(crate) fn new(contacts: &[&str]) -> Self {
        let desk = Desk::unconnected();
        let contact =
            |id: &str, name: &str| json!({"id": id, "name": name, "email": address(id), "language": "en"});
        desk.import(&json!({
            "users": [
                {"id": "ana", "name": "Ana Ruiz", "email": "ana@acme.example", "language": "en"},
                {"id": "bo", "name": "Bo Lindqvist", "email": "bo@acme.example", "language": "en"},
            ],
            "contacts": [
                contact("lee", "Lee"), contact("kim", "Kim"), contact("max", "Max"), contact("ola", "Ola"),
                contact("uma", "Uma"),
            ],
            "meetings": [meeting(contacts)],
        }));
        Self {
            desk,
            seen: Cell::new(0),
        }
    }

    /// The same, and all have the invitation.
    pub(crate) fn sent(contacts: &[&str]) -> Self {
        let appointment = Self::new(contacts);
        let invitations: Vec<_> = contacts
            .iter()
            .map(|id| format!("{} REQUEST 0", address(id)))
            .collect();
        appointment.send();
        let heard = appointment.heard();
        assert_eq!(heard.len(), invitations.len());
        assert!(invitations.iter().all(|it| heard.contains(it)), "{heard:?}");
        appointment
    }

    /// Replaces the meeting in the CRM.
    pub(crate) fn becomes(&self, meeting: &Value) {
        self.import(&json!({ "meetings": [meeting] }));
    }

    /// Changes it by `meeting edit`.
    pub(crate) fn edit(&self, arguments: &[&str]) {
        self.run_with(&[&["meeting", "edit", "review"], arguments].concat())
            .done();
    }

    pub(crate) fn send(&self) -> Value {
        self.json("send --meeting review")
    }

    /// Calls it off in the CRM, and tells those who have an invitation.
    pub(crate) fn call_off(&self) -> Value {
        self.edit(&["--status", "NotHeld"]);
        self.json("cancel --meeting review")
    }

    /// The mails that came since somebody looked, by address and METHOD.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        let mut mails = self.mail.mails();
        let mut new = mails.split_off(self.seen.get());
        self.seen.set(self.seen.get() + new.len());
        new.sort_by_key(heard);
        new
    }

    /// The same in short: `lee@client.example REQUEST 0`, in the order of their letters.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.mails().iter().map(heard).collect()
    }

    /// The UID of what invitees have now.
    pub(crate) fn uid(&self) -> String {
        self.json("meeting show review")["uid"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// What somebody's status is in the CRM.
    pub(crate) fn status(&self, kind: &str, id: &str) -> String {
        let shown = self.json("meeting show review");
        let attendees = shown["attendees"].as_array().unwrap();
        let found = attendees
            .iter()
            .find(|attendee| attendee["kind"] == kind && attendee["id"] == id);
        found.unwrap()["status"].as_str().unwrap().to_owned()
    }

    /// An answer comes, given just now; what the program reports of it.
    pub(crate) fn answer(&self, from: &str, uid: &str, sequence: u32, participation: &str) -> Value {
        self.write("answer.eml", &answer(from, uid, sequence, participation));
        self.json("reply answer.eml")
    }
}

/// A mail in short.
pub(crate) fn heard(mail: &Mail) -> String {
    let object = mail.calendar();
    format!(
        "{} {} {}",
        mail.to(),
        object.line("METHOD").unwrap(),
        object.line("SEQUENCE").unwrap()
    )
}

/// The mail with which a calendar answers (RFC 6047).
fn answer(from: &str, uid: &str, sequence: u32, participation: &str) -> String {
    let stamp = now().format("%Y%m%dT%H%M%SZ");
    let lines = [
        &format!("From: <{from}>"),
        "To: <ana@acme.example>",
        "Subject: Re: Review",
        "MIME-Version: 1.0",
        "Content-Type: text/calendar; charset=utf-8; method=REPLY",
        "",
        "BEGIN:VCALENDAR",
        "PRODID:-//Test//EN",
        "VERSION:2.0",
        "METHOD:REPLY",
        "BEGIN:VEVENT",
        &format!("UID:{uid}"),
        &format!("SEQUENCE:{sequence}"),
        &format!("DTSTAMP:{stamp}"),
        "ORGANIZER:mailto:ana@acme.example",
        &format!("ATTENDEE;PARTSTAT={participation}:mailto:{from}"),
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ];
    lines.join("\r\n")
}
