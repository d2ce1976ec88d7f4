//! Mails that come back: their kinds, and their content.

use crate::dsn::{Notification, NotificationError};
use crate::fault::{Class, Fault, Remedy};
use crate::imip::{Answer, AnswerError};
use crate::mime::Mail;

/// A mail that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// An attendee's answer to an invitation.
    Answer(Answer),
    /// A mail server's notification about the outcome of a mail.
    Notification(Notification),
}

/// Why a mail cannot be received.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReceivedError {
    /// The mail is neither an answer nor a notification.
    #[error(transparent)]
    Answer(#[from] AnswerError),
    /// The mail is a notification without an outcome.
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
    /// Reads a mail, or only a calendar object.
    ///
    /// The time that this takes grows only with the length of the mail. Of a mail within the mail, only the header of a
    /// returned mail is read.
    ///
    /// # Errors
    /// [`ReceivedError`] if the mail is neither an answer to an invitation nor a notification with an outcome.
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
