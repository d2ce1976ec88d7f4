//! Why a mail is no answer to an invitation.

use crate::fault::{Class, Fault, Remedy};
use crate::meeting::InvalidEmail;
use crate::mime::Unreadable;

/// Why a mail or a calendar object is no answer to an invitation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// The mail is too long for an answer.
    #[error("a mail of {octets} octets is too long to be an answer")]
    TooLong {
        /// The length of the mail.
        octets: usize,
    },
    /// The mail has more parts, deeper nested parts, or a longer header than any answer.
    #[error("the mail has more parts than an answer has")]
    TooManyParts,
    /// The text is neither a mail nor a calendar object.
    #[error("this is neither a mail nor a calendar object")]
    NotAMail,
    /// The mail has no calendar object, for example because somebody answers in words.
    #[error("the mail has no calendar object in it")]
    NoCalendarObject,
    /// The mail is in Outlook's own format.
    #[error("the mail is in Outlook's own format (winmail.dat), which hides the answer")]
    Tnef,
    /// The calendar object cannot be read.
    #[error("the calendar object cannot be read: {reason}")]
    Unreadable {
        /// The reason.
        reason: String,
    },
    /// The calendar object is no answer.
    #[error("the calendar object is no answer: its METHOD is {method}")]
    OtherMethod {
        /// The method, or `missing`.
        method: String,
    },
    /// The mail and its calendar object have different methods (RFC 6047 §2.4).
    #[error("the mail says METHOD {mail}, and the calendar object in it {object}")]
    MethodsDiffer {
        /// The method in the Content-Type.
        mail: String,
        /// The METHOD of the calendar object.
        object: String,
    },
    /// The calendar object has no UID, so its meeting is not known.
    #[error("the answer has no UID, so that nobody knows which meeting it is about")]
    NoUid,
    /// The calendar object names no answering attendee.
    #[error("the answer does not say who answers")]
    NoAttendee,
    /// The calendar object has several attendees, and the mail comes from none of them.
    #[error("the answer names {count} attendees, and does not come from one of them")]
    SeveralAttendees {
        /// The number of attendees.
        count: usize,
    },
    /// The answering attendee has no usable address.
    #[error("the answer's attendee cannot be used")]
    Attendee(#[source] InvalidEmail),
}

impl From<Unreadable> for AnswerError {
    fn from(mail: Unreadable) -> Self {
        match mail {
            Unreadable::TooLong { octets } => Self::TooLong { octets },
            Unreadable::NotAMail => Self::NotAMail,
            Unreadable::TooManyParts => Self::TooManyParts,
        }
    }
}

impl Fault for AnswerError {
    fn kind(&self) -> &'static str {
        match self {
            Self::TooLong { .. } => "reply.too_long",
            Self::TooManyParts => "reply.too_many_parts",
            Self::NotAMail => "reply.not_a_mail",
            Self::NoCalendarObject => "reply.no_calendar_object",
            Self::Tnef => "reply.tnef",
            Self::Unreadable { .. } => "reply.unreadable",
            Self::OtherMethod { .. } => "reply.other_method",
            Self::MethodsDiffer { .. } => "reply.methods_differ",
            Self::NoUid => "reply.no_uid",
            Self::SeveralAttendees { .. } => "reply.several_attendees",
            Self::NoAttendee | Self::Attendee(_) => "reply.no_attendee",
        }
    }

    fn class(&self) -> Class {
        Class::BadData
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(
            match self {
                Self::TooLong { .. } | Self::NotAMail => {
                    "give the whole mail as it was received, or the .ics file out of it"
                }
                Self::NoCalendarObject | Self::TooManyParts => {
                    "read it and set the attendee's answer by hand"
                }
                Self::Tnef => {
                    "ask for an answer in Internet format (Outlook: File, Options, Mail, Message format)"
                }
                Self::Unreadable { .. }
                | Self::MethodsDiffer { .. }
                | Self::NoUid
                | Self::NoAttendee
                | Self::SeveralAttendees { .. }
                | Self::Attendee(_) => "set the attendee's answer by hand",
                Self::OtherMethod { .. } => "only REPLY, COUNTER and REFRESH are answers",
            }
            .into(),
        )
    }
}
