//! The port that forgets meetings that are over.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::fault::BoxFault;

/// How many rows were forgotten, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Forgotten {
    /// Meetings of which something was forgotten.
    pub meetings: u64,
    /// Mails, with the names and addresses in them.
    pub messages: u64,
    /// Answers of attendees.
    pub answers: u64,
    /// Revisions. The last revision of each organizer keeps its UID and its number.
    pub revisions: u64,
    /// Meetings that are over for long enough but were left alone, because one of their mails still waits.
    pub waiting: u64,
}

impl Forgotten {
    /// Whether there was nothing to forget.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        self.meetings == 0
    }
}

/// A store that can forget the mails and people of meetings that are over.
///
/// The rest that stays of a meeting keeps the promises made to calendars: if the meeting is planned again, it goes on
/// under the same UID, with a higher SEQUENCE. A meeting with a waiting mail is left alone.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Forgets meetings that ended before a moment, by the times that their invitees were told last. With `dry_run` it
    /// only counts.
    ///
    /// The future can be dropped half-way. The rows that were forgotten until then stay forgotten, and the next call
    /// goes on from there.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    async fn forget(&self, before: DateTime<Utc>, dry_run: bool) -> Result<Forgotten, BoxFault>;
}
