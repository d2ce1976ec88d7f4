//! Mails that come back: which kind a mail is, and what it says.

use crate::dsn::{Notification, NotificationError};
use crate::fault::{Class, Fault, Remedy};
use crate::imip::{Answer, AnswerError};
use crate::mime::Mail;

/// What came by mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// An attendee answers an invitation.
    Answer(Answer),
    /// A mail server says what became of a mail.
    Notification(Notification),
}

/// Why a mail is nothing that can be received.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceivedError {
    /// It is no answer, nor anything else.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// It is a notification that says nothing.
    #[error(transparent)]
    Notification(#[from] NotificationError),
}

impl Fault for ReceivedError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Answer(error) => error.kind(),
            Self::Notification(error) => error.kind(),
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Answer(error) => error.class(),
            Self::Notification(error) => error.class(),
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Answer(error) => error.remedy(),
            Self::Notification(error) => error.remedy(),
        }
    }
}

impl Received {
    /// Reads a mail, or a calendar object alone.
    ///
    /// What it costs grows with the length of the mail, whatever is in it; of a mail in a mail, only the header of one
    /// that came back is looked at.
    ///
    /// # Errors
    /// [`ReceivedError`] when it is neither an answer to an invitation nor a notification that says what became of a
    /// mail.
    pub fn read(raw: &[u8]) -> Result<Self, ReceivedError> {
        if let Some(answer) = Answer::read_bare(raw) {
            return Ok(Self::Answer(answer?));
        }
        let mail = Mail::read(raw).map_err(AnswerError::from)?;
        Ok(match Notification::of(&mail)? {
            Some(notification) => Self::Notification(notification),
            None => Self::Answer(Answer::of(&mail)?),
        })
    }
}
