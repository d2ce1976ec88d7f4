//! The port for an operator's questions and orders to the outbox: to list messages, to retry them, to call them off.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{DeliveryState, OutboxEntry, Retention};
use crate::fault::{Act, BoxFault, Class, Fault, Remedy};
use crate::meeting::MeetingId;

/// A selection of messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// One message, by its number.
    One(i64),
    /// All messages of a meeting.
    Meeting(MeetingId),
    /// All messages.
    All,
}

/// How many invitations are in each state, at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct OutboxCounts {
    /// Invitations that wait to be delivered.
    pub queued: u64,
    /// Invitations that are being delivered, under a lease.
    pub sending: u64,
    /// Invitations that the mail server took.
    pub sent: u64,
    /// Invitations that the mail server refused for good.
    pub failed: u64,
    /// Invitations that were put off until the time limit.
    pub given_up: u64,
    /// Invitations that may have arrived: the mail server's answer was lost twice.
    pub may_have_arrived: u64,
    /// Invitations that were replaced by newer ones before they left.
    pub superseded: u64,
    /// Invitations that were called off before they left.
    pub cancelled: u64,
    /// Sent invitations that were tried more than once. Only these can have arrived twice.
    pub sent_after_retry: u64,
    /// Sent invitations that a mail server has reported as not delivered.
    pub bounced: u64,
    /// Invitations that were sent in the last hour.
    pub sent_last_hour: u64,
    /// When the invitation that has waited longest was queued.
    pub oldest_waiting: Option<DateTime<Utc>>,
    /// The time of the next try of any invitation.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When an invitation was sent last.
    pub last_sent_at: Option<DateTime<Utc>>,
}

/// Why an invitation was not called off. The other invitations of the same call were not called off either.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CannotCancel {
    /// The invitation is being delivered: the mail server may have it already.
    #[error("invitation {id} is being delivered just now")]
    Sending {
        /// Its number.
        id: i64,
    },
    /// The invitation has left.
    #[error("invitation {id} was sent already, or may have been")]
    Sent {
        /// Its number.
        id: i64,
    },
    /// There is no invitation of this number.
    #[error("there is no invitation {id} in the outbox")]
    NotFound {
        /// The number that was asked for.
        id: i64,
    },
    /// The outbox cannot be written.
    #[error(transparent)]
    Store(#[from] BoxFault),
}

impl Fault for CannotCancel {
    fn kind(&self) -> &'static str {
        match self {
            Self::Sending { .. } => "outbox.sending",
            Self::Sent { .. } => "outbox.sent",
            Self::NotFound { .. } => "outbox.not_found",
            Self::Store(error) => error.kind(),
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Sending { .. } => Class::Temporary,
            Self::Sent { .. } => Class::Usage,
            Self::NotFound { .. } => Class::NotFound,
            Self::Store(error) => error.class(),
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Sending { .. } => Some(Remedy::act(Act::FollowDelivery)),
            Self::Sent { .. } => {
                Some("to take it back, call the meeting off or remove the attendee, and send".into())
            }
            Self::NotFound { .. } => Some(Remedy::act(Act::ListOutbox)),
            Self::Store(error) => error.remedy(),
        }
    }

    fn retry_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Store(error) => error.retry_at(),
            _ => None,
        }
    }
}

/// An operator's questions and orders to the outbox. The command, a page and an API all use them.
///
/// A retry takes two calls: [`meetings_to_retry`](Self::meetings_to_retry) finds the meetings, and
/// [`Pipeline::retry`](crate::pipeline::Pipeline::retry) decides for each meeting which messages are still true.
/// [`Retention`] forgets meetings that are over.
#[async_trait]
pub trait OutboxOperator: Retention {
    /// Invitations in the outbox, the newest first: of one meeting or of all, in one state or in any, with numbers
    /// below `before` or all. To page through a long list, call again with the number of the last invitation.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn invitations(
        &self,
        meeting: Option<&MeetingId>,
        state: Option<DeliveryState>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<OutboxEntry>, BoxFault>;

    /// One invitation with its whole message, by its number or its Message-ID (with or without angle brackets).
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn invitation(&self, id: &str) -> Result<Option<(OutboxEntry, Vec<u8>)>, BoxFault>;

    /// Counts the invitations of one meeting, or of all meetings.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn count_invitations(&self, meeting: Option<&MeetingId>) -> Result<OutboxCounts, BoxFault>;

    /// The meetings with messages that wait, have failed, were given up or may have arrived. `selection` names one
    /// message, one meeting, or all.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn meetings_to_retry(&self, selection: &Selection) -> Result<Vec<MeetingId>, BoxFault>;

    /// Calls off invitations by their numbers: all of them or none. An invitation that was called off before stays
    /// called off. Returns how many were called off.
    ///
    /// # Errors
    /// [`CannotCancel`]: one of the invitations does not exist, was sent, or is being sent.
    async fn cancel_invitations(&self, ids: &[i64]) -> Result<u64, CannotCancel>;

    /// Calls off a meeting's invitations that wait, have failed or were given up. Returns how many were called off, and
    /// how many were left alone because they are being delivered.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn cancel_of_meeting(&self, meeting: &MeetingId) -> Result<(u64, u64), BoxFault>;
}
