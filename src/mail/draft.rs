//! What a message is composed of, and why it cannot be.

use chrono::{DateTime, Utc};

use crate::calendar::Method;
use crate::fault::{Act, BoxError, Class, Fault, Remedy};
use crate::meeting::{EmailAddress, Language, one_line};

/// An address with a name to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// The name, if there is one.
    pub name: Option<String>,
    /// The address.
    pub address: EmailAddress,
}

impl Mailbox {
    /// An address with a name. An empty name counts as no name.
    #[must_use]
    pub fn new(name: &str, address: EmailAddress) -> Self {
        Self {
            name: Self::shown(name),
            address,
        }
    }

    /// A name on one line. `None`: the name has no visible character.
    #[must_use]
    pub fn shown(name: &str) -> Option<String> {
        Some(one_line(name)).filter(|name| !name.is_empty())
    }
}

/// The calendar object that goes with a message.
#[derive(Debug, Clone, Copy)]
pub struct CalendarPart<'a> {
    /// Its METHOD, repeated in the Content-Type (RFC 6047 §2.4).
    pub method: Method,
    /// The object, with CRLF line ends. Of a form: the pieces that are the same in each message; between each two
    /// pieces stand the lines of [`Slot::ATTENDEE`](super::Slot::ATTENDEE).
    pub pieces: &'a [&'a str],
}

/// A picture that a mail carries along and its HTML shows by `<img src="cid:…">` (RFC 2392).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineImage {
    /// Its Content-ID, without angle brackets.
    pub content_id: String,
    /// Its media type, such as `image/png`.
    pub media_type: &'static str,
    /// Its octets.
    pub data: Vec<u8>,
}

/// Everything that makes a message.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The field From. DKIM signs for its domain.
    pub from: &'a Mailbox,
    /// The field Reply-To. `None`: replies go to the sender.
    pub reply_to: Option<&'a Mailbox>,
    /// The one recipient.
    pub to: &'a Mailbox,
    /// The subject. Composing puts it on one line.
    pub subject: &'a str,
    /// The text part.
    pub text: &'a str,
    /// The HTML part.
    pub html: &'a str,
    /// The pictures that the HTML part shows by their Content-IDs.
    pub images: &'a [InlineImage],
    /// The language of the text part and the HTML part.
    pub language: &'a Language,
    /// The calendar object.
    pub calendar: Option<CalendarPart<'a>>,
    /// The Message-ID, with its angle brackets.
    pub message_id: &'a str,
    /// The Message-ID of the first invitation of this meeting to this recipient, so that mail programs show the mails
    /// together.
    pub references: Option<&'a str>,
    /// The field Date.
    pub date: DateTime<Utc>,
}

/// Why a message could not be composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// An address cannot stand in a header.
    #[error("the address {address} cannot be written into a header")]
    Address {
        /// The address.
        address: EmailAddress,
        /// The reason.
        source: BoxError,
    },
    /// The message cannot be written as a whole.
    #[error("the message to {to} cannot be composed")]
    Message {
        /// The recipient.
        to: EmailAddress,
        /// The reason.
        source: BoxError,
    },
}

impl Fault for ComposeError {
    fn kind(&self) -> &'static str {
        "mail.compose"
    }

    fn class(&self) -> Class {
        Class::BadData
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(Remedy::says("correct the address of this person, or ").then(Act::LeaveOut))
    }
}
