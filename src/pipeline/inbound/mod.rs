//! What comes back by mail: an answer to an invitation, or a notification of a mail server about one.
//!
//! It uses the CRM, and the stores of answers, of notifications and of what was sent; a meeting and its organizer it has from
//! `load`. It mails nothing.

mod notification;
mod reply;

pub(super) use notification::NotificationIntake;
pub use notification::{NotificationOutcome, NotificationReport};
pub(super) use reply::AnswerIntake;
pub use reply::{AnswerOutcome, AnswerReport};
