//! The outcome of a mail for one recipient, and how much of a notification is kept.

use chrono::{DateTime, Utc};

use super::xtext::xtext_decoded;
use crate::mail::Fate;
use crate::meeting::{EmailAddress, one_line};

/// Recipients of one notification that are looked at. An invitation has one.
pub(super) const MOST_RECIPIENTS: usize = 1000;
/// How many characters are kept of what a server says.
pub(super) const LONGEST_ANSWER: usize = 1000;
/// How many characters are kept of an address or a server's name.
pub(super) const LONGEST_NAME: usize = 320;

/// The outcome of a mail for one recipient (RFC 3464 §2.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecipientStatus {
    /// The outcome (Action).
    pub fate: Fate,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
    /// The words of the server that was asked last (Diagnostic-Code).
    pub answer: Option<String>,
    /// The address as the sender wrote it (Original-Recipient).
    pub original: Option<String>,
    /// The address as the reporting server had it in the end (Final-Recipient).
    pub last: Option<String>,
    /// The server that was asked last (Remote-MTA).
    pub remote: Option<String>,
    /// When it was tried last.
    pub last_attempt: Option<DateTime<Utc>>,
}

impl RecipientStatus {
    /// Whether it is about the mail to this address.
    #[must_use]
    pub fn is_of(&self, address: &EmailAddress) -> bool {
        let is_same = |text: &str| EmailAddress::new(text).is_ok_and(|other| other.is_same_mailbox(address));
        // Some servers leave the original address encoded, as it travels in SMTP.
        let encoded = self.original.as_deref().and_then(xtext_decoded);
        [&self.original, &self.last, &encoded]
            .into_iter()
            .flatten()
            .any(|text| is_same(text))
    }

    /// The address, as far as it is known.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.last.as_deref().or(self.original.as_deref())
    }
}

/// Foreign text as it is kept: on one line, of bounded length; `None` where nothing is left.
pub(super) fn kept(text: &str, longest: usize) -> Option<String> {
    // Where it was folded, there are more spaces than one.
    let line = one_line(text);
    let words: Vec<_> = line.split_whitespace().collect();
    let text: String = words.join(" ").chars().take(longest).collect();
    (!text.is_empty()).then_some(text)
}
