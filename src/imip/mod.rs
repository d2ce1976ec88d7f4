//! Answers to invitations, as mail programs send them (iMIP, RFC 6047; iTIP, RFC 5546).
//!
//! [`Answer::read`] takes a whole mail, or a calendar object alone. What an answer does to a meeting is decided by
//! [`Pipeline::receive_answer`](crate::pipeline::Pipeline::receive_answer).

mod error;
mod object;
mod sender;

use chrono::{DateTime, Utc};

pub use error::AnswerError;

use crate::meeting::{Acceptance, EmailAddress};
use crate::mime::{self, Leaf, Mail, decoded};

/// The longest mail that is read, in octets.
pub const LONGEST: usize = mime::LONGEST;

/// Calendar objects of one mail that are looked at: a mail has the same one twice at most.
const MOST_OBJECTS: usize = 8;

/// The kind of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerKind {
    /// An attendee says whether to come (RFC 5546 §3.2.3). `None`: NEEDS-ACTION, which takes an answer back.
    Reply(Acceptance),
    /// An attendee has passed the invitation on to somebody else (RFC 5546 §3.2.2.3).
    Delegated {
        /// The person it was delegated to, where the answer names one.
        to: Option<EmailAddress>,
    },
    /// A reply that does not say whether the attendee comes, or says it in a word that is not known.
    Unclear {
        /// The PARTSTAT, where there is one.
        participation: Option<String>,
    },
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
    /// The kind of answer.
    pub kind: AnswerKind,
    /// Which meeting: the UID of the invitation.
    pub uid: String,
    /// Which revision of it the attendee had; 0 where the answer does not say.
    pub sequence: u32,
    /// When the answer was given (DTSTAMP), where it says so in UTC.
    pub stamp: Option<DateTime<Utc>>,
    /// Which occurrence of a recurring meeting it is about (RECURRENCE-ID), as the calendar object has it; `None`:
    /// the whole meeting.
    pub occurrence: Option<String>,
    /// The attendee that answers.
    pub attendee: EmailAddress,
    /// The attendee's comment.
    pub comment: Option<String>,
    /// The sender: the one address in the mail's one From. `None` where there are more or none, and where it
    /// is a calendar object alone.
    pub sender: Option<EmailAddress>,
}

impl Answer {
    /// Reads a mail, or a calendar object alone.
    ///
    /// What it costs grows with the length of the mail, whatever is in it; a mail in a mail is not looked into.
    ///
    /// # Errors
    /// [`AnswerError`] when it is no answer to an invitation.
    pub fn read(raw: &[u8]) -> Result<Self, AnswerError> {
        match Self::read_bare(raw) {
            Some(answer) => answer,
            None => Self::of(&Mail::read(raw)?),
        }
    }

    /// Reads a calendar object alone; `None` when it is something else.
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

/// The text of a calendar object that is no mail.
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
