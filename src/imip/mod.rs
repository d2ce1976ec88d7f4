//! Answers to invitations, as mail programs send them (iMIP, RFC 6047; iTIP, RFC 5546).
//!
//! [`Answer::read`] reads a whole mail, or only a calendar object.
//! [`Pipeline::receive_answer`](crate::pipeline::Pipeline::receive_answer) decides the effect of an answer on a
//! meeting.

mod error;
mod object;
mod sender;

use chrono::{DateTime, Utc};

pub use error::AnswerError;

use crate::meeting::{Acceptance, EmailAddress};
use crate::mime::{self, Leaf, Mail, decoded};

/// The longest mail that is read, in octets.
pub const LONGEST: usize = mime::LONGEST;

/// The most calendar objects of one mail that are read. A mail has the same object at most twice.
const MOST_OBJECTS: usize = 8;

/// The kind of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerKind {
    /// An attendee accepts, declines, or answers tentatively (RFC 5546 §3.2.3). `None` is NEEDS-ACTION, which takes an
    /// answer back.
    Reply(Acceptance),
    /// An attendee has delegated the invitation to another person (RFC 5546 §3.2.2.3).
    Delegated {
        /// The other person, if the answer names one.
        to: Option<EmailAddress>,
    },
    /// A reply without a status, or with an unknown status.
    Unclear {
        /// The PARTSTAT, if there is one.
        participation: Option<String>,
    },
    /// An attendee proposes another time (RFC 5546 §3.2.7).
    Counter {
        /// The proposed start, as the calendar object writes it.
        start: Option<String>,
        /// The proposed end.
        end: Option<String>,
    },
    /// An attendee asks for the invitation again (RFC 5546 §3.2.6).
    Refresh,
}

/// An answer to an invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The kind of answer.
    pub kind: AnswerKind,
    /// The UID of the invitation, which identifies the meeting.
    pub uid: String,
    /// The revision that the attendee answers. 0: the answer has none.
    pub sequence: u32,
    /// When the answer was given (DTSTAMP), if the answer has this time in UTC.
    pub stamp: Option<DateTime<Utc>>,
    /// The occurrence of a recurring meeting that the answer is about (RECURRENCE-ID), as the calendar object writes
    /// it. `None`: the whole meeting.
    pub occurrence: Option<String>,
    /// The answering attendee.
    pub attendee: EmailAddress,
    /// The attendee's comment.
    pub comment: Option<String>,
    /// The sender: the only address in the mail's only From. `None`: there are several addresses or none, or the answer
    /// is a calendar object without a mail.
    pub sender: Option<EmailAddress>,
}

impl Answer {
    /// Reads a mail, or only a calendar object.
    ///
    /// The time that this takes grows only with the length of the mail. A mail within the mail is not read.
    ///
    /// # Errors
    /// [`AnswerError`] if the text is no answer to an invitation.
    pub fn read(raw: &[u8]) -> Result<Self, AnswerError> {
        match Self::read_bare(raw) {
            Some(answer) => answer,
            None => Self::of(&Mail::read(raw)?),
        }
    }

    /// Reads a calendar object without a mail. `None`: the text is something else.
    pub(crate) fn read_bare(raw: &[u8]) -> Option<Result<Self, AnswerError>> {
        if raw.len() > LONGEST {
            return Some(Err(AnswerError::TooLong { octets: raw.len() }));
        }
        let text = bare_object(raw)?;
        Some(object::read(&text, None, None))
    }

    /// Reads the answer in a mail.
    pub(crate) fn of(mail: &Mail<'_>) -> Result<Self, AnswerError> {
        let sender = sender::of(mail.header());
        let mut first = None;
        for leaf in mail
            .leaves()
            .iter()
            .filter(|leaf| leaf.is_calendar())
            .take(MOST_OBJECTS)
        {
            match object::read(&leaf.text(), leaf.method(), sender.clone()) {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    first.get_or_insert(error);
                }
            }
        }
        Err(match first {
            Some(error) => error,
            None if mail.leaves().iter().any(Leaf::is_tnef) => AnswerError::Tnef,
            None => AnswerError::NoCalendarObject,
        })
    }
}

/// The text of a calendar object without a mail.
fn bare_object(raw: &[u8]) -> Option<String> {
    const BEGIN: &[u8] = b"BEGIN:VCALENDAR";
    const WIDE: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];
    let text = if WIDE.iter().any(|mark| raw.starts_with(mark)) {
        decoded(raw)
    } else {
        let plain = raw
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(raw)
            .trim_ascii_start();
        if !plain.get(..BEGIN.len())?.eq_ignore_ascii_case(BEGIN) {
            return None;
        }
        decoded(plain)
    };
    let text = text.trim_start();
    let begins = text.as_bytes().get(..BEGIN.len())?.eq_ignore_ascii_case(BEGIN);
    begins.then(|| text.to_owned())
}

#[cfg(test)]
mod tests;
