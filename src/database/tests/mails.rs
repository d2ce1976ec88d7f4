//! Mails for the tests, and how they are put into the outbox.

use std::time::Duration;

use super::shared_parts::{SHORT, without_form};
use super::{RECORDS, kickoff};
use crate::crm::import;
use crate::database::Database;
use crate::database::sql::query_in_words;
use crate::mail::{
    Addressed, ClaimRequest, Claimed, EnqueueOrder, Enqueued, Envelope, Issued, NewInvitation, NewMessage,
    Outbox as _, Purpose, Seen,
};
use crate::meeting::{Language, MeetingId, Revision, Tenure};

pub(super) fn issued(revision: u32) -> Issued {
    let text = RECORDS.replace("Kick-off", &format!("Kick-off {revision}"));
    let facts = import::read(&text, "r.json").unwrap().meetings[0].meeting.facts();
    Issued {
        tenure: Tenure(0),
        uid: "u-1".into(),
        revision: Revision(revision),
        facts,
        organizer: None,
        answers: None,
        content: None,
    }
}

/// What there is about a meeting now.
pub(super) async fn seen(database: &Database, meeting: &MeetingId) -> Seen {
    let issued = database.issued(meeting).await.unwrap().pop();
    let messages = database.of_meeting(meeting).await.unwrap();
    Seen {
        issued: issued.map(|issued| (issued.tenure, issued.revision)),
        newest: messages.iter().map(|message| message.id).max().unwrap_or(0),
    }
}

/// Puts these in as the messages of a revision.
pub(super) async fn put(database: &Database, revision: u32, invitations: Vec<NewInvitation>) -> Enqueued {
    let order = EnqueueOrder {
        seen: seen(database, &kickoff()).await,
        issued: vec![issued(revision)],
        called_off: Vec::new(),
    };
    database.enqueue(&kickoff(), &order, &invitations).await.unwrap()
}

pub(super) fn invitation(person: &str, revision: u32) -> NewInvitation {
    NewInvitation {
        person: format!("contact:{person}").parse().unwrap(),
        language: Language::ENGLISH,
        tenure: Tenure(0),
        revision: Revision(revision),
        purpose: Purpose::Invitation,
        resend: 0,
        message_id: format!("<{person}.{revision}@acme.example>"),
        envelope: Envelope {
            from: "m@acme.example".parse().unwrap(),
            to: format!("{person}@client.example").parse().unwrap(),
        },
        account: None,
        not_before: None,
        content: None,
        supersedes: None,
        message: without_form(&SHORT, b"From: m\r\n\r\nhello\r\n"),
    }
}

pub(super) async fn enqueue(database: &Database, revision: u32, people: &[&str]) -> Enqueued {
    let invitations = people.iter().map(|person| invitation(person, revision));
    put(database, revision, invitations.collect()).await
}

pub(super) fn request() -> ClaimRequest {
    ClaimRequest {
        meetings: vec![kickoff()],
        account: None,
        early: false,
        after: None,
        limit: 10,
        lease: Duration::from_secs(60),
    }
}

pub(super) async fn message_of(database: &Database, claimed: &Claimed) -> Vec<u8> {
    database.message(claimed).await.unwrap()
}

/// The message of an invitation that is put in.
pub(super) fn whole(invitation: &NewInvitation) -> Vec<u8> {
    let addressed = Addressed {
        to: &invitation.envelope.to,
        message_id: &invitation.message_id,
    };
    let NewMessage { shared, own } = &invitation.message;
    shared.message(addressed, own).unwrap()
}

pub(super) async fn stored(database: &Database, what: &str) -> i64 {
    let row = query_in_words(format!("SELECT {what}"))
        .fetch_one(&database.pool)
        .await
        .unwrap();
    row.only().unwrap()
}
