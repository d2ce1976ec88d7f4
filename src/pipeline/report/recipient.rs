//! What is told of one recipient.

use std::path::PathBuf;

use serde::Serialize;

use crate::mail::Purpose;
use crate::meeting::{EmailAddress, PersonId, PersonKind};

/// What became of one attendee's invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RecipientState {
    /// The mail server took it.
    Sent,
    /// It waits in the outbox.
    Queued,
    /// The mail server refused it for good, or put it off for too long.
    Failed,
    /// The connection broke twice before the mail server answered whether it took it.
    #[serde(rename = "may_have_arrived")]
    MayHaveArrived,
    /// There was none to send.
    Skipped,
}

impl RecipientState {
    /// The state as one lowercase word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Queued => "queued",
            Self::Failed => "failed",
            Self::MayHaveArrived => "may_have_arrived",
            Self::Skipped => "skipped",
        }
    }
}

/// One attendee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientReport {
    /// Which kind of record.
    pub kind: PersonKind,
    /// Its id.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The address, if there is one.
    pub email: Option<EmailAddress>,
    /// The language of the invitation.
    pub language: Option<String>,
    /// What the mail is for; `None`: there is none.
    pub purpose: Option<Purpose>,
    /// What became of it.
    pub state: RecipientState,
    /// Message-ID, with its angle brackets.
    pub message_id: Option<String>,
    /// Why it was skipped, or what the mail server said when it did not take it.
    pub reason: Option<String>,
    /// The file that it was written to, where mails are written to files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
}
