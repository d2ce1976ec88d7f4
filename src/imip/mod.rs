//! Answers to invitations, as mail programs send them (iMIP, RFC 6047; iTIP, RFC 5546).
//!
//! [`Answer::read`] takes a whole mail, or a calendar object alone. What an answer does to a meeting is decided by
//! [`Pipeline::receive_answer`](crate::pipeline::Pipeline::receive_answer).

mod error;
mod object;

use chrono::{DateTime, Utc};
use mail_parser::{Address, Message, MessageParser, MessagePart, MimeHeaders as _};

pub use error::AnswerError;

use crate::meeting::{Acceptance, EmailAddress};

/// The longest mail that is read.
pub const LONGEST: usize = 10 * 1024 * 1024;

/// What an answer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerKind {
    /// An attendee says whether to come (RFC 5546 §3.2.3). `None`: the attendee takes an answer back, or has passed
    /// the invitation on to somebody else.
    Reply(Option<Acceptance>),
    /// An attendee proposes another time (RFC 5546 §3.2.7).
    Counter {
        /// The proposed start, as the calendar object has it.
        start: Option<String>,
        /// The proposed end.
        end: Option<String>,
    },
    /// An attendee wants the invitation again (RFC 5546 §3.2.6).
    Refresh,
}

/// An answer to an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it asks for.
    pub kind: AnswerKind,
    /// Which meeting: the UID of the invitation.
    pub uid: String,
    /// Which revision of it the attendee had; 0 where the answer does not say.
    pub sequence: u32,
    /// When the answer was given (DTSTAMP), where it says so in UTC.
    pub stamp: Option<DateTime<Utc>>,
    /// Who answers.
    pub attendee: EmailAddress,
    /// What the attendee wrote to it.
    pub comment: Option<String>,
    /// Whom the mail comes from (From and Sender); nobody, where it is a calendar object alone.
    pub senders: Vec<EmailAddress>,
}

impl Answer {
    /// Reads a mail, or a calendar object alone.
    ///
    /// # Errors
    /// [`AnswerError`] when it is no answer to an invitation.
    pub fn read(raw: &[u8]) -> Result<Self, AnswerError> {
        if raw.len() > LONGEST {
            return Err(AnswerError::TooLong { octets: raw.len() });
        }
        if let Some(text) = bare_object(raw) {
            return object::read(&text, Vec::new());
        }
        let message = MessageParser::default().parse(raw).ok_or(AnswerError::NotAMail)?;
        let senders = senders(&message);
        let mut last = AnswerError::NoCalendarObject;
        for part in message.parts.iter().filter(|part| is_calendar(part)) {
            let text = match part.text_contents() {
                Some(text) => text.to_owned(),
                None => String::from_utf8_lossy(part.contents()).into_owned(),
            };
            match object::read(&text, senders.clone()) {
                Ok(answer) => return Ok(answer),
                Err(error) => last = error,
            }
        }
        if message.parts.iter().any(is_tnef) {
            return Err(AnswerError::Tnef);
        }
        Err(last)
    }
}

/// The text of a calendar object that is no mail.
fn bare_object(raw: &[u8]) -> Option<String> {
    const BEGIN: &[u8] = b"BEGIN:VCALENDAR";
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let start = raw.iter().position(|b| !b.is_ascii_whitespace())?;
    let begins = raw[start..].get(..BEGIN.len())?.eq_ignore_ascii_case(BEGIN);
    begins.then(|| String::from_utf8_lossy(&raw[start..]).into_owned())
}

fn senders(message: &Message<'_>) -> Vec<EmailAddress> {
    let addresses = |address: Option<&Address<'_>>| -> Vec<EmailAddress> {
        let list = address.into_iter().flat_map(|address| address.iter());
        list.filter_map(|mailbox| EmailAddress::new(mailbox.address()?).ok())
            .collect()
    };
    let mut senders = addresses(message.from());
    senders.extend(addresses(message.sender()));
    senders
}

/// Whether a part may hold the calendar object. Some programs send it as an attached file only.
fn is_calendar(part: &MessagePart<'_>) -> bool {
    let by_type = part.content_type().is_some_and(|content_type| {
        let subtype = content_type.subtype().unwrap_or_default();
        (content_type.ctype().eq_ignore_ascii_case("text") && subtype.eq_ignore_ascii_case("calendar"))
            || (content_type.ctype().eq_ignore_ascii_case("application")
                && subtype.eq_ignore_ascii_case("ics"))
    });
    let by_name = part
        .attachment_name()
        .is_some_and(|name| name.to_ascii_lowercase().ends_with(".ics"));
    by_type || by_name
}

/// Whether a part is Outlook's own format, which hides the answer from everybody else.
fn is_tnef(part: &MessagePart<'_>) -> bool {
    let named = part
        .attachment_name()
        .is_some_and(|name| name.eq_ignore_ascii_case("winmail.dat"));
    named
        || part.content_type().is_some_and(|content_type| {
            content_type.subtype().is_some_and(|subtype| {
                subtype.eq_ignore_ascii_case("ms-tnef") || subtype.eq_ignore_ascii_case("vnd.ms-tnef")
            })
        })
}

#[cfg(test)]
mod tests;
