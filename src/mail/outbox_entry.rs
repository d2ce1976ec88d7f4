//! A message in the outbox, and the state of its delivery.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Notice;
use super::purpose::Purpose;
use super::transport::Envelope;
use crate::meeting::{Language, MeetingId, PersonId, PersonRef, Revision, Tenure};

/// The state of an invitation's delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// The invitation waits to be delivered, now or at its next try.
    Queued,
    /// A process is delivering the invitation, under a lease.
    Sending,
    /// The mail server took the invitation.
    Sent,
    /// The mail server refused the invitation for good.
    Failed,
    /// The invitation was put off until the time limit.
    GivenUp,
    /// The connection broke twice between the final dot and the server's answer. The invitation is not sent again,
    /// unless an operator retries it by its number.
    MayHaveArrived,
    /// A newer message to the same mailbox took its place before it left.
    Superseded,
    /// The invitation was called off before it left.
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

/// An invitation in the outbox, without its message.
#[derive(Debug, Clone)]
pub struct OutboxEntry {
    /// The invitation's number in the outbox.
    pub id: i64,
    /// The meeting.
    pub meeting: MeetingId,
    /// The tenure that the message belongs to.
    pub tenure: Tenure,
    /// The revision that the message tells.
    pub revision: Revision,
    /// The purpose of the message.
    pub purpose: Purpose,
    /// How many messages of this revision were queued for this mailbox before.
    pub resend: u32,
    /// The invited person.
    pub person: PersonRef,
    /// The language of the message.
    pub language: Language,
    /// The envelope: sender and recipient.
    pub envelope: Envelope,
    /// The user over whose account the message leaves. `None`: it leaves over the organization's server.
    pub account: Option<PersonId>,
    /// The Message-ID.
    pub message_id: String,
    /// The digest of the calendar object's content, if it differs from the revision's.
    pub content: Option<i64>,
    /// The state of the delivery.
    pub state: DeliveryState,
    /// Whether a newer message replaced this one while it was being delivered.
    pub superseded: bool,
    /// How often delivery was tried.
    pub attempts: u32,
    /// How often the connection broke between the final dot and the answer.
    pub answers_lost: u32,
    /// Whether a process ended while it delivered the message. The message may have left.
    pub cut_off: bool,
    /// When delivery is tried next.
    pub next_attempt_at: DateTime<Utc>,
    /// The last answer of the mail server, or the last error.
    pub last_answer: Option<String>,
    /// When the message was put into the outbox.
    pub created_at: DateTime<Utc>,
    /// When the mail server took the message.
    pub sent_at: Option<DateTime<Utc>>,
    /// The outcome after that, as far as a notification has reported it.
    pub notice: Option<Notice>,
}

impl OutboxEntry {
    /// Whether the message is still to be delivered.
    #[must_use]
    pub const fn waits(&self) -> bool {
        !self.superseded && matches!(self.state, DeliveryState::Queued | DeliveryState::Sending)
    }

    /// Whether the mail server has the message, or may have it.
    #[must_use]
    pub const fn may_have_left(&self) -> bool {
        matches!(
            self.state,
            DeliveryState::Sent | DeliveryState::Sending | DeliveryState::MayHaveArrived
        ) || self.answers_lost > 0
            || self.cut_off
    }
}
