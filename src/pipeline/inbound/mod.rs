//! Mails that come back: answers to invitations, and notifications of mail servers about invitations.
//!
//! This room uses the CRM, the stores of answers and of notifications, and the outbox for the history of a mailbox.
//! `load` gives it the meeting and the organizer. It mails nothing.

mod notification;
mod reply;

pub(super) use notification::NotificationIntake;
pub use notification::{NotificationOutcome, NotificationReport};
pub(super) use reply::AnswerIntake;
pub use reply::{AnswerOutcome, AnswerReport};
