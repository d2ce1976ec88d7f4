//! The port that forgets what is over.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::fault::BoxFault;

/// The rows that were forgotten, or would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Forgotten {
    /// The meetings of which anything was.
    pub meetings: u64,
    /// Mails, with the names and addresses in them.
    pub messages: u64,
    /// Answers of attendees.
    pub answers: u64,
    /// Revisions of what invitees were told. Of the last of each organizer the UID and the number stay.
    pub revisions: u64,
    /// Meetings that are over for as long and were left alone, because a mail of theirs still waits.
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
/// What stays of a meeting is what keeps the promises made to calendars: a meeting that is planned again later goes on
/// under the same UID, with a higher SEQUENCE. A meeting of which a mail waits is left alone.
#[async_trait]
pub trait Retention: Send + Sync {
    /// Forgets meetings that ended before a moment, as their invitees were told last. With `dry_run` it only counts.
    ///
    /// It can be dropped half-way: what was forgotten until then is forgotten, and the next call goes on from there.
    ///
    /// # Errors
    /// When the store cannot be read or written.
    async fn forget(&self, before: DateTime<Utc>, dry_run: bool) -> Result<Forgotten, BoxFault>;
}
