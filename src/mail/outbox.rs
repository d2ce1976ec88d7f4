//! The outbox: the durable list of invitations to deliver, and what each meeting's invitees were last told.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::Notice;
use super::purpose::Purpose;
use super::shared_part::NewMessage;
use super::transport::Envelope;
use crate::fault::BoxFault;
use crate::lease::Holder;
use crate::meeting::{
    Acceptance, EmailAddress, Facts, Language, MeetingId, PersonId, PersonRef, Revision, Tenure,
};

/// Where an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Waits to be delivered, now or at its next try.
    Queued,
    /// Somebody is delivering it, under a lease.
    Sending,
    /// The mail server took it.
    Sent,
    /// The mail server refused it for good.
    Failed,
    /// It was put off until the limit.
    GivenUp,
    /// The connection broke twice after the final dot and before the server's answer. It is not sent again, unless
    /// somebody asks for it by its number.
    MayHaveArrived,
    /// A newer message to the same mailbox was put in its place before it left.
    Superseded,
    /// It was called off before it left.
    Cancelled,
}

impl DeliveryState {
    /// All states.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Sending,
        Self::Sent,
        Self::Failed,
        Self::GivenUp,
        Self::MayHaveArrived,
        Self::Superseded,
        Self::Cancelled,
    ];

    /// The state as one lowercase word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
            Self::MayHaveArrived => "may_have_arrived",
            Self::Superseded => "superseded",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for DeliveryState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no delivery state"))
    }
}

/// The organizer of a tenure, as invitees know the organizer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organizer {
    /// The record.
    pub person: PersonRef,
    /// The name; may be empty.
    pub name: String,
    /// The address in ORGANIZER.
    pub email: EmailAddress,
}

/// The domain of what is left of addresses; RFC 6761 §6.4 says that nobody ever has it.
const FORGOTTEN: &str = "forgotten.invalid";

impl Organizer {
    /// What is left of an organizer once a meeting with this UID is forgotten: a digest of record and mailbox, which tells
    /// whether the next organizer is the same. `None`: nothing.
    #[must_use]
    pub fn forgotten(&self, uid: &str) -> Option<Self> {
        if self.is_forgotten() {
            return Some(self.clone());
        }
        let words = format!("{uid}\n{}\n{}", self.person, self.email.mailbox());
        let digest = format!("{:.32x}", Sha256::digest(words));
        Some(Self {
            email: format!("{digest}@{FORGOTTEN}").parse().ok()?,
            person: PersonRef::user(PersonId::new(digest).ok()?),
            name: String::new(),
        })
    }

    /// Whether it is what is left of an organizer.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        let domain = self.email.as_str().rsplit('@').next();
        domain == Some(FORGOTTEN)
    }

    /// Whether this one, who may be forgotten, is the organizer of today, by record and mailbox. The UID is that of the
    /// meeting.
    #[must_use]
    pub fn is_same(&self, now: &Self, uid: &str) -> bool {
        if self.is_forgotten() {
            return now.forgotten(uid).as_ref() == Some(self);
        }
        self.person == now.person && self.email.is_same_mailbox(&now.email)
    }
}

/// One revision of what the invitees of a meeting were told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// Under which organizer.
    pub tenure: Tenure,
    /// The iCalendar UID of the tenure.
    pub uid: String,
    /// The revision.
    pub revision: Revision,
    /// The facts as of that revision.
    pub facts: Facts,
    /// The organizer. `None`: not known, as of revisions that were recorded before organizers were.
    pub organizer: Option<Organizer>,
    /// What had been answered at each mailbox ([`EmailAddress::mailbox`]) when the revision was recorded, where anything had:
    /// so does each calendar object of the revision. `None`: not known.
    pub answers: Option<BTreeMap<String, Acceptance>>,
    /// A digest of all that the calendar objects say. `None`: not known.
    pub content: Option<i64>,
}

/// The newest that somebody has seen of what invitees of a meeting were told, and of its messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// The newest revision.
    pub issued: Option<(Tenure, Revision)>,
    /// The number of the newest message in the outbox; 0: there is none.
    pub newest: i64,
}

/// What is to happen to the outbox of one meeting, beside the messages that are put in.
#[derive(Debug, Clone, Default)]
pub struct EnqueueOrder {
    /// What was seen when it was decided. When there is something newer, nothing is done.
    pub seen: Seen,
    /// Revisions to record.
    pub issued: Vec<Issued>,
    /// Messages that wait and are not to leave, each with the reason.
    pub called_off: Vec<(i64, &'static str)>,
}

/// An invitation to put into the outbox.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Who is invited.
    pub person: PersonRef,
    /// In which language it is written.
    pub language: Language,
    /// Under which organizer.
    pub tenure: Tenure,
    /// The revision that it tells.
    pub revision: Revision,
    /// What it is for.
    pub purpose: Purpose,
    /// How many messages of this revision this mailbox was meant to get before.
    pub resend: u32,
    /// Message-ID, with its angle brackets.
    pub message_id: String,
    /// From and for whom.
    pub envelope: Envelope,
    /// The user over whose account it leaves; `None`: over the organization's.
    pub account: Option<PersonId>,
    /// It does not leave before this moment, whoever delivers; `None`: it may leave at once.
    pub not_before: Option<DateTime<Utc>>,
    /// The digest of what its calendar object says, where that is not the revision's.
    pub content: Option<i64>,
    /// The message that waits for the same mailbox, in whose place it is put.
    pub supersedes: Option<i64>,
    /// The message.
    pub message: NewMessage,
}

/// What [`Outbox::enqueue`] answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enqueued {
    /// All of them are in.
    Queued,
    /// Nothing is in: somebody else has sent this meeting in the meantime.
    Overtaken,
}

/// An invitation as the outbox has it, without its message.
#[derive(Debug, Clone)]
pub struct OutboxEntry {
    /// Its number in the outbox.
    pub id: i64,
    /// The meeting.
    pub meeting: MeetingId,
    /// Under which organizer.
    pub tenure: Tenure,
    /// The revision it tells.
    pub revision: Revision,
    /// What it is for.
    pub purpose: Purpose,
    /// How many messages of this revision this mailbox was meant to get before.
    pub resend: u32,
    /// Who is invited.
    pub person: PersonRef,
    /// The language it is written in.
    pub language: Language,
    /// From and for whom.
    pub envelope: Envelope,
    /// The user over whose account it leaves; `None`: over the organization's.
    pub account: Option<PersonId>,
    /// Message-ID.
    pub message_id: String,
    /// The digest of what its calendar object says, where that is not the revision's.
    pub content: Option<i64>,
    /// Where it stands.
    pub state: DeliveryState,
    /// Whether a newer message was put in its place while it was on its way.
    pub superseded: bool,
    /// How often delivery was tried.
    pub attempts: u32,
    /// How often the connection broke after the final dot and before the answer.
    pub answers_lost: u32,
    /// Whether a process ended that was delivering it, so that it may have left.
    pub cut_off: bool,
    /// When it is tried next.
    pub next_attempt_at: DateTime<Utc>,
    /// What the other side said last.
    pub last_answer: Option<String>,
    /// When it was put into the outbox.
    pub created_at: DateTime<Utc>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// What is known to have become of it after that.
    pub notice: Option<Notice>,
}

impl OutboxEntry {
    /// Whether it is still to be delivered.
    #[must_use]
    pub const fn waits(&self) -> bool {
        !self.superseded && matches!(self.state, DeliveryState::Queued | DeliveryState::Sending)
    }

    /// Whether the mail server has it, or may have it.
    #[must_use]
    pub const fn may_have_left(&self) -> bool {
        matches!(
            self.state,
            DeliveryState::Sent | DeliveryState::Sending | DeliveryState::MayHaveArrived
        ) || self.answers_lost > 0
            || self.cut_off
    }
}

/// An invitation that is ours to deliver until the lease runs out.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Its number in the outbox.
    pub id: i64,
    /// The meeting.
    pub meeting: MeetingId,
    /// Who is invited.
    pub person: PersonRef,
    /// What it is for.
    pub purpose: Purpose,
    /// From and for whom.
    pub envelope: Envelope,
    /// Message-ID.
    pub message_id: String,
    /// How often delivery was tried, this time among them.
    pub attempts: u32,
    /// How often the connection broke after the final dot and before the answer.
    pub answers_lost: u32,
    /// When it was put into the outbox.
    pub created_at: DateTime<Utc>,
    /// Its message, for [`Outbox::message`].
    pub stored: StoredMessage,
    /// The holder of the lease.
    pub holder: Holder,
    /// When the lease ends at the latest, by this machine's clock.
    pub leased_until: Instant,
}

/// A message as the outbox keeps it: mostly a small part of its size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredMessage {
    /// The number of what it has in common with others; `None`: it is the message itself.
    pub base: Option<i64>,
    /// What is stored.
    pub octets: Vec<u8>,
}

/// Why a message could not be read.
#[derive(Debug)]
pub enum UnreadableMessage {
    /// What is stored is no message any more.
    Damaged(BoxFault),
    /// The outbox could not be read.
    Outbox(BoxFault),
}

/// Which invitations to claim.
#[derive(Debug, Clone)]
pub struct ClaimRequest {
    /// Only those of these meetings; of all, where none is named.
    pub meetings: Vec<MeetingId>,
    /// Only those that leave over this user's account; `None`: only those that leave over the organization's.
    pub account: Option<PersonId>,
    /// Also those whose next try is still to come, because somebody asked for it now.
    pub early: bool,
    /// Only those after this number: a run that asks early takes each invitation once.
    pub after: Option<i64>,
    /// At most so many, in the order of their numbers.
    pub limit: u32,
    /// For how long.
    pub lease: Duration,
}

/// A meeting of which something waits and is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The meeting.
    pub meeting: MeetingId,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptResult {
    /// Taken.
    Sent {
        /// The other side's words.
        answer: String,
    },
    /// Refused for good.
    Failed {
        /// The other side's words.
        answer: String,
    },
    /// To be tried again.
    Retry {
        /// The other side's words, or what broke.
        answer: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// Tried for too long.
    GivenUp {
        /// The other side's words.
        answer: String,
    },
    /// The connection broke after the final dot and before the answer, for the first time. To be tried again.
    AnswerLost {
        /// What broke.
        answer: String,
        /// When.
        at: DateTime<Utc>,
    },
    /// The connection broke after the final dot and before the answer once more: see [`DeliveryState::MayHaveArrived`].
    MayHaveArrived {
        /// What broke.
        answer: String,
    },
    /// Not tried at all: the lease is given back.
    NotTried,
}

/// Where invitations wait and their fate is recorded. Every call is one transaction.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// What the invitees of a meeting were told, one for each revision of each tenure, the newest last; none before the
    /// first send.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn issued(&self, meeting: &MeetingId) -> Result<Vec<Issued>, BoxFault>;

    /// Gives `each` every invitation of a meeting, oldest first.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn each_of_meeting(
        &self,
        meeting: &MeetingId,
        each: &mut (dyn FnMut(OutboxEntry) + Send),
    ) -> Result<(), BoxFault>;

    /// Gives `each` every invitation of a meeting that has not been [sent](DeliveryState::Sent), oldest first.
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

    /// Does what the order says and puts the messages in, all or nothing. Each message that [supersedes] one that waits
    /// takes its place. Nothing is done ([`Enqueued::Overtaken`]) when there is something newer than [`Seen`], when a message
    /// to be superseded or called off does not wait any more, or when another waits for one of the mailboxes already.
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

    /// Lets messages of a meeting be tried again at once that wait, failed, were given up or may have arrived. Nothing is
    /// done when there is something newer than `seen`.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn requeue(&self, meeting: &MeetingId, seen: Seen, messages: &[i64]) -> Result<Enqueued, BoxFault>;

    /// Takes invitations that are due, or whose lease ran out, so that nobody else delivers them.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<Claimed>, BoxFault>;

    /// The whole message of an invitation that was claimed.
    ///
    /// # Errors
    /// [`UnreadableMessage`].
    async fn message(&self, claimed: &Claimed) -> Result<Vec<u8>, UnreadableMessage>;

    /// What is due now, or is held by somebody who has ended.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn due(&self) -> Result<Vec<Due>, BoxFault>;

    /// Over which users' accounts mails of a meeting wait to leave, and for how many mailboxes.
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

    /// When the next one is due, or its lease runs out; `None` when nothing waits.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, BoxFault>;

    /// Waits until it is worth looking for what others have put in, but not longer than `at_most`. An outbox that
    /// is told comes back at once, also for what was put in since the last call; one that is not, after two seconds.
    async fn wait(&self, at_most: Duration) {
        tokio::time::sleep(at_most.min(Duration::from_secs(2))).await;
    }

    /// Puts off what waits of a meeting, without counting it as a try.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn postpone(&self, meeting: &MeetingId, until: DateTime<Utc>, reason: &str)
    -> Result<(), BoxFault>;

    /// Records how an attempt ended. Nothing is recorded when the lease was taken over meanwhile.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn record(&self, claimed: &Claimed, result: &AttemptResult) -> Result<(), BoxFault>;
}
