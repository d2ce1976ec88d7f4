//! The messages and orders of the outbox checks.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;

use super::super::{Broken, Checked, same};
use crate::clock::Clock;
use crate::fault::chain;
use crate::mail::{
    AttemptResult, ClaimRequest, Claimed, DeliveryState, EnqueueOrder, Enqueued, Envelope, Issued,
    MessageBase, NewInvitation, NewMessage, Organizer, Outbox, OutboxEntry, Purpose, Seen, UnreadableMessage,
};
use crate::meeting::{Acceptance, EmailAddress, Language, Meeting, MeetingId, Revision, Tenure, When, Zone};

/// The time at which the clock of a check starts.
pub(super) const START: &str = "2036-11-24T08:00:00Z";
/// The lease of the checks' claims.
pub(super) const LEASE: Duration = Duration::from_secs(60);

/// An outbox and its clock.
pub(super) struct Desk<'a> {
    pub(super) outbox: &'a dyn Outbox,
    pub(super) clock: Clock,
}

/// The meeting of all messages.
pub(super) fn kickoff() -> Result<MeetingId, Broken> {
    Ok(MeetingId::new("kickoff")?)
}

/// A revision, with its own name of the meeting.
pub(super) fn issued(revision: u32) -> Result<Issued, Broken> {
    let when = When::timed("2036-12-01T09:00:00Z".parse()?, "2036-12-01T09:45:00Z".parse()?)?;
    let meeting = Meeting::new(kickoff()?, format!("Kick-off {revision}"), when, Zone::utc())?;
    Ok(Issued {
        tenure: Tenure(0),
        uid: "u-1@acme.example".to_owned(),
        revision: Revision(revision),
        facts: meeting.facts(),
        organizer: None,
        answers: None,
        content: None,
    })
}

/// The first revision of the next tenure, with all that can be recorded.
pub(super) fn issued_by_the_next_host() -> Result<Issued, Broken> {
    let answers = BTreeMap::from([
        ("lee@client.example".to_owned(), Acceptance::Accepted),
        ("mo@client.example".to_owned(), Acceptance::Declined),
        ("kim@client.example".to_owned(), Acceptance::Tentative),
    ]);
    Ok(Issued {
        tenure: Tenure(1),
        uid: "u-2@acme.example".to_owned(),
        organizer: Some(Organizer {
            person: "user:ana".parse()?,
            name: "Ana Núñez".to_owned(),
            email: "ana@acme.example".parse()?,
        }),
        answers: Some(answers),
        content: Some(i64::MIN),
        ..issued(0)?
    })
}

/// The text of the message to an address.
pub(super) fn text_to(address: &EmailAddress) -> String {
    format!("From: meetings@acme.example\r\nTo: {address}\r\n\r\nWelcome, {address}.\r\n")
}

/// A message to a contact.
pub(super) fn message(person: &str, revision: u32) -> Result<NewInvitation, Broken> {
    let to: EmailAddress = format!("{person}@client.example").parse()?;
    let text = text_to(&to).into_bytes();
    let base = Arc::new(MessageBase::new(text.clone()));
    Ok(NewInvitation {
        not_before: None,
        person: format!("contact:{person}").parse()?,
        language: Language::ENGLISH,
        tenure: Tenure(0),
        revision: Revision(revision),
        purpose: match revision {
            0 => Purpose::Invitation,
            _ => Purpose::Update,
        },
        resend: 0,
        message_id: format!("<{person}.{revision}@acme.example>"),
        envelope: Envelope {
            from: "meetings@acme.example".parse()?,
            to,
        },
        account: None,
        content: Some(i64::from(revision)),
        supersedes: None,
        message: NewMessage::whole(base, &text)?,
    })
}

/// A claim of at most 10 messages that leave over the organization's server.
pub(super) fn request() -> Result<ClaimRequest, Broken> {
    Ok(ClaimRequest {
        meetings: vec![kickoff()?],
        account: None,
        early: false,
        after: None,
        limit: 10,
        lease: LEASE,
    })
}

pub(super) fn sent() -> AttemptResult {
    AttemptResult::Sent {
        answer: "250 ok".to_owned(),
    }
}

pub(super) fn refused() -> AttemptResult {
    AttemptResult::Failed {
        answer: "550 no such user".to_owned(),
    }
}

impl Desk<'_> {
    /// The result of an attempt that is to be tried again, this much later.
    pub(super) fn put_off(&self, by: TimeDelta) -> AttemptResult {
        AttemptResult::Retry {
            answer: "451 later".to_owned(),
            at: self.clock.now() + by,
        }
    }

    /// The newest revision and message.
    pub(super) async fn seen(&self) -> Result<Seen, Broken> {
        let issued = self.outbox.issued(&kickoff()?).await?.pop();
        let messages = self.entries().await?;
        Ok(Seen {
            issued: issued.map(|issued| (issued.tenure, issued.revision)),
            newest: messages.iter().map(|message| message.id).max().unwrap_or(0),
        })
    }

    pub(super) async fn enqueue(
        &self,
        order: &EnqueueOrder,
        messages: &[NewInvitation],
    ) -> Result<Enqueued, Broken> {
        Ok(self.outbox.enqueue(&kickoff()?, order, messages).await?)
    }

    /// Puts these messages in as a revision's. This must succeed.
    pub(super) async fn put(&self, revision: u32, messages: &[NewInvitation]) -> Checked {
        let order = EnqueueOrder {
            seen: self.seen().await?,
            issued: vec![issued(revision)?],
            called_off: Vec::new(),
        };
        let put = self.enqueue(&order, messages).await?;
        same(format!("putting in revision {revision}"), put, Enqueued::Queued)
    }

    /// Puts these messages in, after the caller has seen `seen`.
    pub(super) async fn put_of(&self, seen: &Seen, messages: &[NewInvitation]) -> Result<Enqueued, Broken> {
        let order = EnqueueOrder {
            seen: *seen,
            issued: Vec::new(),
            called_off: Vec::new(),
        };
        self.enqueue(&order, messages).await
    }

    pub(super) async fn entries(&self) -> Result<Vec<OutboxEntry>, Broken> {
        Ok(self.outbox.of_meeting(&kickoff()?).await?)
    }

    /// The only message.
    pub(super) async fn entry(&self) -> Result<OutboxEntry, Broken> {
        one(self.entries().await?, "message")
    }

    pub(super) async fn states(&self) -> Result<Vec<DeliveryState>, Broken> {
        let entries = self.entries().await?;
        Ok(entries.iter().map(|entry| entry.state).collect())
    }

    pub(super) async fn claim(&self) -> Result<Vec<Claimed>, Broken> {
        Ok(self.outbox.claim(&request()?).await?)
    }

    /// Claims the first message.
    pub(super) async fn claim_one(&self) -> Result<Claimed, Broken> {
        let request = ClaimRequest {
            limit: 1,
            ..request()?
        };
        one(self.outbox.claim(&request).await?, "claim")
    }

    pub(super) async fn message(&self, claimed: &Claimed) -> Result<Vec<u8>, Broken> {
        let read = self.outbox.message(claimed).await;
        read.map_err(|error| match error {
            UnreadableMessage::Damaged(fault) => Broken(format!("a message is damaged: {}", chain(&fault))),
            UnreadableMessage::Outbox(fault) => Broken(format!("a message is not read: {}", chain(&fault))),
        })
    }
}

fn one<T>(mut items: Vec<T>, what: &str) -> Result<T, Broken> {
    match items.len() {
        1 => Ok(items.remove(0)),
        count => Err(Broken(format!("there should be 1 {what}, and there are {count}"))),
    }
}
