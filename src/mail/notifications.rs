//! Notifications (bounces) about mails that the mail server had taken, and the port that remembers them.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::OutboxEntry;
use crate::fault::BoxFault;

/// The outcome of a mail that the mail server had taken (the actions of RFC 3464 §2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    /// The mail could not be delivered and is not tried any more: `failed`.
    Bounced,
    /// The mail could not be delivered yet, and delivery goes on.
    Delayed,
    /// The mail is in the recipient's mailbox.
    Delivered,
    /// The mail went on to a server that sends no notifications.
    Relayed,
    /// The mail went on to several addresses that the recipient's address stands for.
    Expanded,
}

impl Fate {
    /// All fates.
    pub const ALL: [Self; 5] = [
        Self::Bounced,
        Self::Delayed,
        Self::Delivered,
        Self::Relayed,
        Self::Expanded,
    ];

    /// The fate as one lowercase word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bounced => "bounced",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
        }
    }
}

impl fmt::Display for Fate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Fate {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|fate| fate.as_str() == text)
            .ok_or_else(|| format!("{text:?} is nothing that becomes of a mail"))
    }
}

/// A notification about an invitation. Everything in it is a claim of its sender.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The outcome.
    pub state: Fate,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
    /// The words of the server that was asked last, on one line.
    pub answer: Option<String>,
    /// The address that the notification is about, if the mail was forwarded from the invitation's address to another
    /// one.
    pub recipient: Option<String>,
    /// The server that sent the notification.
    pub reported_by: Option<String>,
    /// When the outcome was reported.
    pub at: DateTime<Utc>,
}

impl Notice {
    /// Whether this notice replaces the known one. An equal notice does.
    ///
    /// A final outcome always replaces a delay, even if the clocks of two servers say otherwise. Of two final outcomes,
    /// or of two delays, the later one counts; of two at the same time, the bounce.
    #[must_use]
    pub fn supersedes(&self, known: &Self) -> bool {
        let weight = |notice: &Self| {
            (
                notice.state != Fate::Delayed,
                notice.at,
                notice.state == Fate::Bounced,
            )
        };
        weight(self) >= weight(known)
    }
}

/// The result of [`Notifications::take_notice`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Noted {
    /// The notice counts, and is remembered.
    Recorded,
    /// The known notice counts more than the new one.
    Superseded(Notice),
}

/// The port that remembers notifications. Every call is one transaction.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// The invitation with this Message-ID, given with its angle brackets.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn invitation_with_message_id(&self, message_id: &str) -> Result<Option<OutboxEntry>, BoxFault>;

    /// Remembers the notice about an invitation, named by its number in the outbox, unless the known notice [counts
    /// more](Notice::supersedes).
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn take_notice(&self, invitation: i64, notice: &Notice) -> Result<Noted, BoxFault>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice(state: Fate, hour: u32) -> Notice {
        Notice {
            state,
            status: None,
            answer: None,
            recipient: None,
            reported_by: None,
            at: format!("2026-11-24T{hour:02}:00:00Z").parse().unwrap(),
        }
    }

    #[test]
    fn the_later_end_counts_and_no_delay_after_an_end() {
        use Fate::{Bounced, Delayed, Delivered};
        for (new, known, counts) in [
            ((Bounced, 2), (Delivered, 1), true),
            ((Delivered, 2), (Bounced, 1), true),
            ((Delivered, 1), (Bounced, 2), false),
            ((Bounced, 1), (Delivered, 1), true),
            ((Delivered, 1), (Bounced, 1), false),
            ((Bounced, 1), (Delayed, 2), true),
            ((Delayed, 2), (Bounced, 1), false),
            ((Delayed, 2), (Delayed, 1), true),
            ((Delayed, 1), (Delayed, 2), false),
            ((Bounced, 1), (Bounced, 1), true),
        ] {
            let is = notice(new.0, new.1).supersedes(&notice(known.0, known.1));
            assert_eq!(is, counts, "{new:?} after {known:?}");
        }
    }

    #[test]
    fn words_and_fates_are_the_same() {
        for fate in Fate::ALL {
            assert_eq!(fate.as_str().parse(), Ok(fate));
            assert_eq!(serde_json::to_value(fate).unwrap(), fate.as_str());
        }
        assert!("failed".parse::<Fate>().is_err());
    }
}
