//! Delivery status notifications, which mail servers send back about mails that they had taken.
//!
//! Most have the form of RFC 3464 (with RFC 6533 for international addresses). Some servers write only text for people:
//! qmail and its relatives in the form of QSBMF, old versions of Exim with the header field X-Failed-Recipients.
//! [`Received::read`](crate::received::Received::read) recognizes the form of a mail.
//! [`Pipeline::receive_notification`](crate::pipeline::Pipeline::receive_notification) decides the effect of a
//! notification.

mod code;
mod plain;
mod report;
mod returned;
mod status;
mod xtext;

use chrono::{DateTime, Utc};

use crate::fault::{Act, Class, Fault, Remedy};
use crate::mime::{Leaf, Mail, fields, instant};
use status::MOST_RECIPIENTS;
pub use status::RecipientStatus;

/// A delivery status notification.
///
/// Everything in it was written by other programs. Texts are on one line and of limited length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The Message-IDs of the mail that the notification may be about, with their angle brackets, the most certain
    /// first. Empty: the notification has none.
    pub message_ids: Vec<String>,
    /// The addresses that the notification was sent to. If each mail has its own envelope sender, they identify the
    /// mail.
    pub sent_to: Vec<String>,
    /// The reporting server (Reporting-MTA, RFC 3464 §2.2.2).
    pub reported_by: Option<String>,
    /// When the notification was written.
    pub date: Option<DateTime<Utc>>,
    /// The outcome for each recipient of the mail; at least one.
    pub recipients: Vec<RecipientStatus>,
}

/// Why a notification cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotificationError {
    /// The notification has no outcome for any recipient.
    #[error("the mail is a delivery status notification that does not say what became of the message")]
    NoStatus,
}

impl Fault for NotificationError {
    fn kind(&self) -> &'static str {
        "reply.no_delivery_status"
    }

    fn class(&self) -> Class {
        Class::BadData
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(Remedy::says("read it; ").then(Act::FindByMessageId))
    }
}

impl Notification {
    /// The notification in a mail. `None`: the mail is something else.
    pub(crate) fn of(mail: &Mail<'_>) -> Result<Option<Self>, NotificationError> {
        let mut statuses = mail
            .leaves()
            .iter()
            .filter(|leaf| leaf.is_delivery_status())
            .peekable();
        let (reported_by, recipients) = if statuses.peek().is_some() {
            let mut reported_by = None;
            let mut recipients = Vec::new();
            for status in statuses {
                let octets = status.octets();
                let (reporter, some) = report::read(&octets, MOST_RECIPIENTS - recipients.len());
                reported_by = reported_by.or(reporter);
                recipients.extend(some);
            }
            if recipients.is_empty() {
                return Err(NotificationError::NoStatus);
            }
            (reported_by, recipients)
        } else {
            let text = mail.leaves().iter().find(|leaf| leaf.is_plain_text());
            let text = text.map(Leaf::text).unwrap_or_default();
            match plain::read(mail.header(), &text) {
                Some(recipients) => (None, recipients),
                None => return Ok(None),
            }
        };
        let date = fields(mail.header()).find(|(name, _)| name.eq_ignore_ascii_case(b"date"));
        Ok(Some(Self {
            message_ids: returned::message_ids(mail),
            sent_to: returned::sent_to(mail.header()),
            reported_by,
            date: date.and_then(|(_, value)| instant(&String::from_utf8_lossy(&value))),
            recipients,
        }))
    }
}

#[cfg(test)]
mod tests;
