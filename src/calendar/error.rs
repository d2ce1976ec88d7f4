//! The errors of writing a calendar object.

use crate::fault::{Class, Fault, Remedy};
use crate::meeting::PersonRef;

/// Why no calendar object could be written for a meeting and a recipient.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarError {
    /// The assigned user has no email address. An invitation must name an organizer to whom calendars can answer (RFC
    /// 5546 §3.2.2).
    #[error("the meeting {meeting:?} has no organizer to answer to: {organizer} has no email address")]
    OrganizerWithoutAddress {
        /// The meeting's name.
        meeting: String,
        /// The organizer's name.
        organizer: String,
    },
    /// The UID is empty.
    #[error("the meeting {meeting:?} has no iCalendar UID")]
    NoUid {
        /// The meeting's name.
        meeting: String,
    },
    /// The recipient is not among the participants.
    #[error("{recipient} is not an attendee of the meeting {meeting:?}")]
    RecipientNotInvited {
        /// The meeting's name.
        meeting: String,
        /// The recipient.
        recipient: PersonRef,
    },
    /// The recipient has no email address.
    #[error("{recipient} cannot be invited to the meeting {meeting:?} without an email address")]
    RecipientWithoutAddress {
        /// The meeting's name.
        meeting: String,
        /// The recipient.
        recipient: PersonRef,
    },
    /// The recipient is the organizer, or a person with the organizer's address. Calendars refuse an invitation from
    /// their own user; send this person a mail without a calendar object.
    #[error(
        "{recipient} has the organizer's address, and nobody is invited to a meeting of their own ({meeting:?})"
    )]
    RecipientIsOrganizer {
        /// The meeting's name.
        meeting: String,
        /// The recipient.
        recipient: PersonRef,
    },
}

impl Fault for CalendarError {
    fn kind(&self) -> &'static str {
        match self {
            Self::OrganizerWithoutAddress { .. } => "calendar.organizer_without_address",
            Self::NoUid { .. } => "calendar.no_uid",
            Self::RecipientNotInvited { .. } => "calendar.recipient_not_invited",
            Self::RecipientWithoutAddress { .. } => "calendar.recipient_without_address",
            Self::RecipientIsOrganizer { .. } => "calendar.recipient_is_organizer",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::RecipientNotInvited { .. } | Self::RecipientIsOrganizer { .. } => Class::Usage,
            Self::OrganizerWithoutAddress { .. }
            | Self::NoUid { .. }
            | Self::RecipientWithoutAddress { .. } => Class::BadData,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Self::OrganizerWithoutAddress { organizer, .. } => {
                format!(
                    "give {organizer} a primary email address in the CRM, or assign the meeting to somebody who has one"
                ).into()
            }
            Self::NoUid { .. } => "give the meeting a UID that no other has, and keep it for good".into(),
            Self::RecipientNotInvited { recipient, .. } => {
                format!("add {recipient} to the meeting's attendees in the CRM, or choose another recipient").into()
            }
            Self::RecipientWithoutAddress { recipient, .. } => {
                format!("give {recipient} an email address in the CRM").into()
            }
            Self::RecipientIsOrganizer { .. } => {
                "leave the organizer out of the recipients: the meeting is in that calendar already".into()
            }
        })
    }
}
