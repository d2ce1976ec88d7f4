//! The report about one recipient.

use std::path::PathBuf;

use serde::Serialize;

use crate::mail::Purpose;
use crate::meeting::{EmailAddress, PersonId, PersonKind};

/// The state of one attendee's invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RecipientState {
    /// The mail server took the mail.
    Sent,
    /// The mail waits in the outbox.
    Queued,
    /// The mail server refused the mail for good, or put it off for too long.
    Failed,
    /// The connection broke twice before the mail server answered whether it took the mail.
    #[serde(rename = "may_have_arrived")]
    MayHaveArrived,
    /// There was no mail to send.
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
    /// The kind of record.
    pub kind: PersonKind,
    /// Its id.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The address, if there is one.
    pub email: Option<EmailAddress>,
    /// The language of the invitation.
    pub language: Option<String>,
    /// The purpose of the mail; `None`: there is no mail.
    pub purpose: Option<Purpose>,
    /// The state of the mail.
    pub state: RecipientState,
    /// Message-ID, with its angle brackets.
    pub message_id: Option<String>,
    /// The reason that there is no mail, or the words with which the mail server did not take it.
    pub reason: Option<String>,
    /// The file with the mail, if mails are written to files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
}
