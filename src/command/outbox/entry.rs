//! An invitation of the outbox in documents and text, and the error if there is none.

use serde_json::{Value, json};

use crate::command::terminal::{BAD, DIM, GOOD, WARN};
use crate::fault::{Class, Fault, Remedy};
use crate::mail::{DeliveryState, OutboxEntry};

#[derive(Debug, thiserror::Error)]
#[error("there is no invitation {id:?} in the outbox")]
pub(super) struct NoInvitation {
    pub(super) id: String,
}

impl Fault for NoInvitation {
    fn kind(&self) -> &'static str {
        "outbox.not_found"
    }

    fn class(&self) -> Class {
        Class::NotFound
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("see `invite outbox list`".into())
    }
}

pub(super) fn document(entry: &OutboxEntry) -> Value {
    json!({
        "id": entry.id,
        "meeting": entry.meeting,
        "tenure": entry.tenure,
        "revision": entry.revision,
        "purpose": entry.purpose,
        "kind": entry.person.kind,
        "person": entry.person.id,
        "email": entry.envelope.to,
        "account": entry.account,
        "language": entry.language,
        "message_id": entry.message_id,
        "state": entry.state,
        "attempts": entry.attempts,
        "next_attempt_at": (entry.state == DeliveryState::Queued).then_some(entry.next_attempt_at),
        "last_answer": entry.last_answer,
        "created_at": entry.created_at,
        "sent_at": entry.sent_at,
        "notification": entry.notice,
    })
}

pub(super) fn style(state: DeliveryState) -> anstyle::Style {
    match state {
        DeliveryState::Sent => GOOD,
        DeliveryState::Queued | DeliveryState::Sending => WARN,
        DeliveryState::Failed | DeliveryState::GivenUp | DeliveryState::MayHaveArrived => BAD,
        DeliveryState::Superseded | DeliveryState::Cancelled => DIM,
    }
}
