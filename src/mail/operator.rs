//! The port for what people ask of the outbox: to see it, to let something be tried again, to call something off.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{DeliveryState, OutboxEntry, Retention};
use crate::fault::{Act, BoxFault, Class, Fault, Remedy};
use crate::meeting::MeetingId;

/// Which messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// One, by its number.
    One(i64),
    /// Those of a meeting.
    Meeting(MeetingId),
    /// All.
    All,
}

/// How many invitations stand where, as of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct OutboxCounts {
    /// Wait to be delivered.
    pub queued: u64,
    /// Are on their way, under a lease.
    pub sending: u64,
    /// Were taken by the mail server.
    pub sent: u64,
    /// Were refused for good.
    pub failed: u64,
    /// Were put off until the limit.
    pub given_up: u64,
    /// May have arrived: the answer of the mail server was lost twice.
    pub may_have_arrived: u64,
    /// Were replaced by newer ones before they left.
    pub superseded: u64,
    /// Were called off before they left.
    pub cancelled: u64,
    /// Of those that were sent: how many were tried more than once. Only these can have come twice.
    pub sent_after_retry: u64,
    /// Of those that were sent: how many a mail server has reported as not delivered.
    pub bounced: u64,
    /// Of those that were sent: how many were in the last hour.
    pub sent_last_hour: u64,
    /// When the one was put in that waits the longest.
    pub oldest_waiting: Option<DateTime<Utc>>,
    /// When the next one is tried.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When the last one was sent.
    pub last_sent_at: Option<DateTime<Utc>>,
}

/// Why an invitation was not called off, nor any other that was to be with it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CannotCancel {
    /// It is on its way: nobody can say whether the mail server has it already.
    #[error("invitation {id} is being delivered just now")]
    Sending {
        /// Its number.
        id: i64,
    },
    /// It has left.
    #[error("invitation {id} was sent already, or may have been")]
    Sent {
        /// Its number.
        id: i64,
    },
    /// There is no such invitation.
    #[error("there is no invitation {id} in the outbox")]
    NotFound {
        /// What was looked for.
        id: i64,
    },
    /// The store of the outbox.
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

/// What an operator asks of the outbox. The command, a page and an API use it alike.
///
/// Letting something be tried again takes two calls: [`meetings_to_retry`](Self::meetings_to_retry) finds the meetings, and
/// [`Pipeline::retry`](crate::pipeline::Pipeline::retry) decides for each which messages still say what is true. To forget
/// what is over is [`Retention`].
#[async_trait]
pub trait OutboxOperator: Retention {
    /// Invitations in the outbox, the newest first: those of one meeting, or of all; in one state, or in any;
    /// those with smaller numbers than `before`, or all. To go through a long list, ask again with the number of the
    /// last one.
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

    /// Counts the invitations of a meeting, or of all.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn count_invitations(&self, meeting: Option<&MeetingId>) -> Result<OutboxCounts, BoxFault>;

    /// The meetings of which something waits, failed, was given up or may have arrived: that of one message by its number,
    /// one meeting, or all.
    ///
    /// # Errors
    /// When the outbox cannot be read.
    async fn meetings_to_retry(&self, selection: &Selection) -> Result<Vec<MeetingId>, BoxFault>;

    /// Calls off invitations by their numbers, all or none. One that was called off before stays so. Answers how many
    /// were called off.
    ///
    /// # Errors
    /// [`CannotCancel`]: one of them is not there, was sent, or is being sent.
    async fn cancel_invitations(&self, ids: &[i64]) -> Result<u64, CannotCancel>;

    /// Calls off what waits, failed or was given up of a meeting. Answers how many, and how many are on their way
    /// and were left alone.
    ///
    /// # Errors
    /// When the outbox cannot be written.
    async fn cancel_of_meeting(&self, meeting: &MeetingId) -> Result<(u64, u64), BoxFault>;
}
