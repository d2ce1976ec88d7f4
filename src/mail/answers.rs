//! The port that remembers answers to invitations, so that an old answer does not undo a newer one.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::fault::BoxFault;
use crate::meeting::{Acceptance, MeetingId, PersonRef, Tenure};

/// The result of [`Answers::take_answer`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// The answer is the newest of this person, and is remembered.
    Newest,
    /// A newer answer is known.
    Older,
}

/// An answer as it is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given {
    /// The tenure of the answered invitation.
    pub tenure: Tenure,
    /// The answered revision.
    pub sequence: u32,
    /// When the answer was given.
    pub stamp: DateTime<Utc>,
    /// The status in the answer.
    pub status: Acceptance,
}

/// The port that remembers answers. Every call is one transaction.
#[async_trait]
pub trait Answers: Send + Sync {
    /// The meeting whose invitations have this iCalendar UID.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn meeting_with_uid(&self, uid: &str) -> Result<Option<MeetingId>, BoxFault>;

    /// Remembers an answer, unless a newer answer is known. An answer is newer if it is to a later tenure or revision,
    /// or was given later.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn take_answer(
        &self,
        meeting: &MeetingId,
        person: &PersonRef,
        answer: Given,
    ) -> Result<Taken, BoxFault>;

    /// The newest answer of a person. `None`: no answer is known, or its content is not known.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn newest_answer(&self, meeting: &MeetingId, person: &PersonRef)
    -> Result<Option<Given>, BoxFault>;
}
