//! Answers to invitations, as mail programs send them (iMIP, RFC 6047; iTIP, RFC 5546).
//!
//! [`Answer::read`] takes a whole mail, or a calendar object alone. What an answer does to a meeting is decided by
//! [`Pipeline::receive_answer`](crate::pipeline::Pipeline::receive_answer).

mod error;
mod mime;
mod object;
mod sender;

use chrono::{DateTime, Utc};

pub use error::AnswerError;

use crate::meeting::{Acceptance, EmailAddress};

/// The longest mail that is read.
pub const LONGEST: usize = 10 * 1024 * 1024;

/// Calendar objects of one mail that are looked at: a mail has the same one twice at most.
const MOST_OBJECTS: usize = 8;

/// What an answer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerKind {
    /// An attendee says whether to come (RFC 5546 §3.2.3). `None`: NEEDS-ACTION, which takes an answer back.
    Reply(Acceptance),
    /// An attendee has passed the invitation on to somebody else (RFC 5546 §3.2.2.3).
    Delegated {
        /// To whom, where the answer says it.
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
    /// What it asks for.
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
    /// Who answers.
    pub attendee: EmailAddress,
    /// What the attendee wrote to it.
    pub comment: Option<String>,
    /// Whom the mail comes from: the one address in its one From. Nobody, where there are more or none, and where it
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
        if raw.len() > LONGEST {
            return Err(AnswerError::TooLong { octets: raw.len() });
        }
        if let Some(text) = bare_object(raw) {
            return object::read(&text, None, None);
        }
        let leaves = mime::leaves(raw)?;
        let sender = sender::of(mime::header_and_body(raw).0);
        let mut first = None;
        for leaf in leaves.iter().filter(|leaf| leaf.is_calendar()).take(MOST_OBJECTS) {
            match object::read(&leaf.text(), leaf.method(), sender.clone()) {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    first.get_or_insert(error);
                }
            }
        }
        Err(match first {
            Some(error) => error,
            None if leaves.iter().any(mime::Leaf::is_tnef) => AnswerError::Tnef,
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

/// Octets as text: UTF-16 where they begin with its mark, else UTF-8.
fn decoded(octets: &[u8]) -> String {
    let units = |from: fn([u8; 2]) -> u16| -> String {
        let units = octets[2..].chunks_exact(2).map(|pair| from([pair[0], pair[1]]));
        char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match octets {
        [0xff, 0xfe, ..] => units(u16::from_le_bytes),
        [0xfe, 0xff, ..] => units(u16::from_be_bytes),
        _ => String::from_utf8_lossy(octets).into_owned(),
    }
}

#[cfg(test)]
mod tests;
