//! The outcome of a mail for one recipient, and how much of a notification is kept.

use chrono::{DateTime, Utc};

use super::xtext::xtext_decoded;
use crate::mail::Fate;
use crate::meeting::{EmailAddress, one_line};

/// The most recipients of one notification that are read. An invitation has one.
pub(super) const MOST_RECIPIENTS: usize = 1000;
/// How many characters of a server's answer are kept.
pub(super) const LONGEST_ANSWER: usize = 1000;
/// How many characters of an address or of a server's name are kept.
pub(super) const LONGEST_NAME: usize = 320;

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
        let encoded = self.original.as_deref().and_then(xtext_decoded);
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

/// A foreign text as it is kept: on one line, and of limited length. `None`: no text is left.
pub(super) fn kept(text: &str, longest: usize) -> Option<String> {
    // A folded text has several spaces in a row.
    let line = one_line(text);
    let words: Vec<_> = line.split_whitespace().collect();
    let text: String = words.join(" ").chars().take(longest).collect();
    (!text.is_empty()).then_some(text)
}
