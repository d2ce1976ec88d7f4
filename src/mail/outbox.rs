//! The outbox: the durable list of invitations to deliver, and the facts that each meeting's invitees were told.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::issued::{Issued, Seen};
use super::outbox_entry::{DeliveryState, OutboxEntry};
use super::purpose::Purpose;
use super::shared_part::NewMessage;
use super::transport::Envelope;
use crate::fault::BoxFault;
use crate::lease::Holder;
use crate::meeting::{EmailAddress, Language, MeetingId, PersonId, PersonRef, Revision, Tenure};

/// The changes to the outbox of one meeting, apart from the messages to put in.
#[derive(Debug, Clone, Default)]
pub struct EnqueueOrder {
    /// The state that the decision was made from. If the outbox has something newer, nothing is changed.
    pub seen: Seen,
    /// The revisions to record.
    pub issued: Vec<Issued>,
    /// The waiting messages that are called off, each with the reason.
    pub called_off: Vec<(i64, &'static str)>,
}

/// An invitation to put into the outbox.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The invited person.
    pub person: PersonRef,
    /// The language of the message.
    pub language: Language,
    /// The tenure that the message belongs to.
    pub tenure: Tenure,
    /// The revision that the message tells.
    pub revision: Revision,
    /// The purpose of the message.
    pub purpose: Purpose,
    /// How many messages of this revision were queued for this mailbox before.
    pub resend: u32,
    /// The Message-ID, with its angle brackets.
    pub message_id: String,
    /// The envelope: sender and recipient.
    pub envelope: Envelope,
    /// The user over whose account the message leaves. `None`: it leaves over the organization's server.
    pub account: Option<PersonId>,
    /// The moment before which no process may send the message. `None`: it may leave at once.
    pub not_before: Option<DateTime<Utc>>,
    /// The digest of the calendar object's content, if it differs from the revision's.
    pub content: Option<i64>,
    /// The waiting message for the same mailbox that this message replaces.
    pub supersedes: Option<i64>,
    /// The message.
    pub message: NewMessage,
}

/// The result of [`Outbox::enqueue`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// All messages are in the outbox.
    Queued,
    /// Nothing was changed: another process has sent this meeting in the meantime.
    Overtaken,
}

/// An invitation that this process may deliver until its lease ends.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The invitation's number in the outbox.
    pub id: i64,
    /// The meeting.
    pub meeting: MeetingId,
    /// The invited person.
    pub person: PersonRef,
    /// The purpose of the message.
    pub purpose: Purpose,
    /// The envelope: sender and recipient.
    pub envelope: Envelope,
    /// The Message-ID.
    pub message_id: String,
    /// How often delivery was tried, with this time.
    pub attempts: u32,
    /// How often the connection broke between the final dot and the answer.
    pub answers_lost: u32,
    /// When the message was put into the outbox.
    pub created_at: DateTime<Utc>,
    /// The stored message, for [`Outbox::message`].
    pub stored: StoredMessage,
    /// The holder of the lease.
    pub holder: Holder,
    /// The latest end of the lease, by this machine's clock.
    pub leased_until: Instant,
}

/// A message as the outbox stores it, mostly in a small part of its size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredMessage {
    /// The number of the part that it shares with others. `None`: `octets` is the whole message.
    pub base: Option<i64>,
    /// The stored octets.
    pub octets: Vec<u8>,
}

/// Why a message could not be read.
#[derive(Debug)]
pub enum UnreadableMessage {
    /// The stored octets are no message any more.
    Damaged(BoxFault),
    /// The outbox could not be read.
    Outbox(BoxFault),
}

/// The invitations to claim.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// Only invitations of these meetings. An empty list means all meetings.
    pub meetings: Vec<MeetingId>,
    /// Only invitations that leave over this user's account. `None`: only those that leave over the organization's
    /// server.
    pub account: Option<PersonId>,
    /// Also invitations whose next try is still to come, because a user wants them sent now.
    pub early: bool,
    /// Only invitations with greater numbers. A run that claims early takes each invitation only once.
    pub after: Option<i64>,
    /// The most invitations to claim, in the order of their numbers.
    pub limit: u32,
    /// The length of the lease.
    pub lease: Duration,
}

/// A meeting with invitations that are due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The meeting.
    pub meeting: MeetingId,
}

/// The result of an attempt to deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptResult {
    /// The mail server took the message.
    Sent {
        /// The mail server's answer.
        answer: String,
    },
    /// The mail server refused the message for good.
    Failed {
        /// The mail server's answer.
        answer: String,
    },
    /// The message is to be tried again.
    Retry {
        /// The mail server's answer, or the error.
        answer: String,
        /// When to try again.
        at: DateTime<Utc>,
    },
    /// The message was tried for too long.
    GivenUp {
        /// The mail server's answer.
        answer: String,
    },
    /// The connection broke between the final dot and the answer, for the first time. The message is to be tried again.
    AnswerLost {
        /// The error.
        answer: String,
        /// When to try again.
        at: DateTime<Utc>,
    },
    /// The connection broke between the final dot and the answer once more: see [`DeliveryState::MayHaveArrived`].
    MayHaveArrived {
        /// The error.
        answer: String,
    },
    /// The message was not tried: the lease is given back.
    NotTried,
}

/// The port that keeps invitations and records their results. Every call is one transaction.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// The facts that the invitees of a meeting were told: one entry for each revision of each tenure, the newest last.
    /// Before the first send there is none.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn issued(&self, meeting: &MeetingId) -> Result<Vec<Issued>, BoxFault>;

    /// Calls `each` with every invitation of a meeting, oldest first.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn each_of_meeting(
        &self,
        meeting: &MeetingId,
        each: &mut (dyn FnMut(OutboxEntry) + Send),
    ) -> Result<(), BoxFault>;

    /// Calls `each` with every invitation of a meeting that was not [sent](DeliveryState::Sent), oldest first.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn each_unsent(
        &self,
        meeting: &MeetingId,
        each: &mut (dyn FnMut(OutboxEntry) + Send),
    ) -> Result<(), BoxFault> {
        let mut unsent = |entry: OutboxEntry| {
            if entry.state != DeliveryState::Sent {
                each(entry);
            }
        };
        self.each_of_meeting(meeting, &mut unsent).await
    }

    /// Every invitation of a meeting, oldest first.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn of_meeting(&self, meeting: &MeetingId) -> Result<Vec<OutboxEntry>, BoxFault> {
        let mut all = Vec::new();
        self.each_of_meeting(meeting, &mut |entry| all.push(entry))
            .await?;
        Ok(all)
    }

    /// Every invitation of a meeting to one mailbox, oldest first.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn of_mailbox(
        &self,
        meeting: &MeetingId,
        address: &EmailAddress,
    ) -> Result<Vec<OutboxEntry>, BoxFault> {
        let mut all = Vec::new();
        let mut note = |entry: OutboxEntry| {
            if entry.envelope.to.is_same_mailbox(address) {
                all.push(entry);
            }
        };
        self.each_of_meeting(meeting, &mut note).await?;
        Ok(all)
    }

    /// Carries out the order and puts the messages in: all of it or nothing. A message that [supersedes] a waiting one
    /// takes its place. Nothing is changed ([`Enqueued::Overtaken`]) in three cases: the outbox has something newer
    /// than [`Seen`]; a message to be superseded or called off does not wait any more; another message already waits
    /// for one of the mailboxes.
    ///
    /// [supersedes]: NewInvitation::supersedes
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn enqueue(
        &self,
        meeting: &MeetingId,
        order: &EnqueueOrder,
        invitations: &[NewInvitation],
    ) -> Result<Enqueued, BoxFault>;

    /// Queues messages of a meeting again at once. They may wait, have failed, have been given up, or may have arrived.
    /// Nothing is changed if the outbox has something newer than `seen`.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn requeue(&self, meeting: &MeetingId, seen: Seen, messages: &[i64]) -> Result<Enqueued, BoxFault>;

    /// Claims invitations that are due, or whose lease has ended, so that no other process delivers them.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<Claimed>, BoxFault>;

    /// The whole message of a claimed invitation.
    ///
    /// # Errors
    /// [`UnreadableMessage`].
    async fn message(&self, claimed: &Claimed) -> Result<Vec<u8>, UnreadableMessage>;

    /// The meetings with invitations that are due now, or that a process held which has ended.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn due(&self) -> Result<Vec<Due>, BoxFault>;

    /// The users over whose accounts mails of a meeting wait to leave, each with the number of mails.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn accounts(&self, meeting: &MeetingId) -> Result<BTreeMap<PersonId, usize>, BoxFault> {
        let mut accounts: BTreeMap<PersonId, usize> = BTreeMap::new();
        let mut note = |entry: OutboxEntry| {
            if entry.waits()
                && let Some(account) = entry.account
            {
                *accounts.entry(account).or_default() += 1;
            }
        };
        self.each_of_meeting(meeting, &mut note).await?;
        Ok(accounts)
    }

    /// When the next invitation is due or its lease ends. `None`: no invitation waits.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, BoxFault>;

    /// Waits until the outbox may have new invitations from other processes, but at most `at_most`. An outbox that is
    /// notified returns at once, also for invitations that were queued since the last call. An outbox that is not
    /// notified returns after 2 seconds.
    async fn wait(&self, at_most: Duration) {
        tokio::time::sleep(at_most.min(Duration::from_secs(2))).await;
    }

    /// Puts off the waiting invitations of a meeting. This does not count as a try.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn postpone(&self, meeting: &MeetingId, until: DateTime<Utc>, reason: &str)
    -> Result<(), BoxFault>;

    /// Records the result of an attempt. Nothing is recorded if another process has taken over the lease.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn record(&self, claimed: &Claimed, result: &AttemptResult) -> Result<(), BoxFault>;
}
