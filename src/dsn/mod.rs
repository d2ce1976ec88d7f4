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

use chrono::{DateTime, Utc};

use crate::fault::{Act, Class, Fault, Remedy};
use crate::mail::Fate;
use crate::meeting::{EmailAddress, one_line};
use crate::mime::{Leaf, Mail, fields, instant};

/// The most recipients of one notification that are read. An invitation has one.
const MOST_RECIPIENTS: usize = 1000;
/// How many characters of a server's answer are kept.
const LONGEST_ANSWER: usize = 1000;
/// How many characters of an address or of a server's name are kept.
const LONGEST_NAME: usize = 320;

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

/// The outcome of a mail for one recipient (RFC 3464 §2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientStatus {
    /// The outcome (Action).
    pub fate: Fate,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
    /// The answer of the last server (Diagnostic-Code).
    pub answer: Option<String>,
    /// The address as the sender wrote it (Original-Recipient).
    pub original: Option<String>,
    /// The address as the reporting server last had it (Final-Recipient).
    pub last: Option<String>,
    /// The last server that was asked (Remote-MTA).
    pub remote: Option<String>,
    /// When delivery was last tried.
    pub last_attempt: Option<DateTime<Utc>>,
}

impl RecipientStatus {
    /// Whether the status is about the mail to this address.
    #[must_use]
    pub fn is_of(&self, address: &EmailAddress) -> bool {
        let is_same = |text: &str| EmailAddress::new(text).is_ok_and(|other| other.is_same_mailbox(address));
        // Some servers leave the original address in the encoding of SMTP.
        let encoded = self.original.as_deref().and_then(report::xtext_decoded);
        [&self.original, &self.last, &encoded]
            .into_iter()
            .flatten()
            .any(|text| is_same(text))
    }

    /// The address, if it is known.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.last.as_deref().or(self.original.as_deref())
    }
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

/// A foreign text as it is kept: on one line, and of limited length. `None`: no text is left.
fn kept(text: &str, longest: usize) -> Option<String> {
    // A folded text has several spaces in a row.
    let line = one_line(text);
    let words: Vec<_> = line.split_whitespace().collect();
    let text: String = words.join(" ").chars().take(longest).collect();
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests;
