//! The messages that a retry brings back.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use crate::calendar::Method;
use crate::mail::{DeliveryState, OutboxEntry};
use crate::meeting::{MeetingStatus, Revision, Tenure};
use crate::pipeline::facts::Case;

/// The verdict about one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum Retry {
    /// The message is tried again at once.
    Again,
    /// A newer message to the same mailbox stands for it.
    NewerStands,
    /// The mailbox has its content already.
    HasIt,
    /// The message may have arrived, and was not named.
    MayHaveArrived,
    /// The mailbox is no invitee's any more, or the meeting was called off or taken up again since.
    NotTrue,
    /// The meeting is over.
    Over,
}

impl Retry {
    /// The reason that the message is left alone; `None`: it is tried again.
    pub(in crate::pipeline) const fn reason(self) -> Option<&'static str> {
        match self {
            Self::Again => None,
            Self::NewerStands => Some("a newer message stands for it"),
            Self::HasIt => Some("the mailbox has it already"),
            Self::MayHaveArrived => Some("may have arrived; name its number to send it again"),
            Self::NotTrue => Some("is no longer true"),
            Self::Over => Some("the meeting is over"),
        }
    }
}

/// Decides about each message of a meeting that waits, failed, was given up or may have arrived, the oldest first. `named` is
/// the number of the requested message; `None`: all are requested. If the meeting has changed since, the renewal before the
/// delivery supersedes the messages.
pub(in crate::pipeline) fn retry(
    case: &Case,
    messages: &[OutboxEntry],
    named: Option<i64>,
    now: DateTime<Utc>,
) -> Vec<(i64, Retry)> {
    let (_, ends_at) = case.meeting.when.span(&case.meeting.time_zone);
    let present = case.history.last().map(|last| last.tenure);
    let takes_place = case.meeting.status == MeetingStatus::Planned;
    let invitees = case
        .people
        .iter()
        .flatten()
        .filter(|person| !case.is_organizer(person));
    let invited: HashSet<String> = invitees
        .filter_map(|person| Some(person.email()?.mailbox()))
        .filter(|_| takes_place)
        .collect();
    // For each mailbox, the last message that stands, and the newest REQUEST that it has.
    let mut stands: HashMap<(Tenure, String), i64> = HashMap::new();
    for message in messages {
        let is_void = matches!(
            message.state,
            DeliveryState::Cancelled | DeliveryState::Superseded
        );
        if message.purpose.method().is_some() && (!is_void || message.may_have_left()) {
            stands.insert((message.tenure, message.envelope.to.mailbox()), message.id);
        }
    }
    let mut has: HashMap<(Tenure, String), Revision> = HashMap::new();
    let mut verdicts = Vec::new();
    for message in messages {
        let Some(method) = message.purpose.method() else {
            continue;
        };
        let key = (message.tenure, message.envelope.to.mailbox());
        let is_invited = present == Some(message.tenure) && invited.contains(&key.1);
        let has_it = method == Method::Request && has.get(&key) >= Some(&message.revision);
        if method == Method::Request
            && matches!(message.state, DeliveryState::Sent | DeliveryState::MayHaveArrived)
        {
            has.insert(key.clone(), message.revision);
        }
        let can_be = matches!(
            message.state,
            DeliveryState::Queued
                | DeliveryState::Failed
                | DeliveryState::GivenUp
                | DeliveryState::MayHaveArrived
        );
        if !can_be || named.is_some_and(|named| named != message.id) {
            continue;
        }
        let verdict = if stands.get(&key).is_some_and(|newest| *newest > message.id) {
            Retry::NewerStands
        } else if ends_at <= now && message.created_at < ends_at {
            Retry::Over
        } else if is_invited != (method == Method::Request) {
            Retry::NotTrue
        } else if has_it {
            Retry::HasIt
        } else if message.state == DeliveryState::MayHaveArrived && named.is_none() {
            Retry::MayHaveArrived
        } else {
            Retry::Again
        };
        verdicts.push((message.id, verdict));
    }
    verdicts
}
