//! What comes back by mail: an answer to an invitation, or a notification of a mail server about one.
//!
//! It uses the CRM, and the stores of answers, of notifications and of what was sent. It mails nothing.

mod notification;
mod reply;

pub use notification::{NotificationOutcome, NotificationReport};
pub use reply::{AnswerOutcome, AnswerReport};
