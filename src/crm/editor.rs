//! Making and changing meetings in a CRM, and when its users are busy.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{CrmError, MeetingRecord};
use crate::meeting::{Meeting, MeetingId, PersonId, PersonRef};

/// Makes and changes the meetings of a CRM.
#[async_trait]
pub trait Editor: Send + Sync {
    /// Makes a meeting. Answers the id that it has: a CRM that gives ids of its own does not go by the record's. Where the record's
    /// id counts, making the same again changes nothing.
    ///
    /// # Errors
    /// [`CrmError::Changed`] when there is another meeting with this id; one of the class [`NotFound`](crate::fault::Class::NotFound) when it
    /// refers to somebody of whom there is no record; other [`CrmError`]s when the CRM cannot be asked or refuses.
    async fn create(&self, record: &MeetingRecord) -> Result<MeetingId, CrmError>;

    /// Changes a meeting: moves it, hands it over, calls it off. What differs between `before`, as it was read, and `after` is
    /// written; the attendees stay. Answers the meeting as it is then.
    ///
    /// # Errors
    /// [`CrmError::Changed`] when the meeting is not as `before` any more; one of the class [`NotFound`](crate::fault::Class::NotFound)
    /// when it is gone, or is given to a user who does not exist; [`CrmError::NotKept`] when a value was not kept; other [`CrmError`]s when the CRM
    /// cannot be asked or refuses.
    async fn change(&self, before: &Meeting, after: &Meeting) -> Result<Meeting, CrmError>;

    /// Invites these people and nobody else, in this order. The answers of those who stay stay.
    ///
    /// # Errors
    /// [`CrmError`], of the class [`NotFound`](crate::fault::Class::NotFound) when there is no such meeting, or no record of one of
    /// them.
    async fn set_attendees(&self, id: &MeetingId, people: &[PersonRef]) -> Result<(), CrmError>;
}

/// A span of time, from an instant up to another, which is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Where it begins.
    pub start: DateTime<Utc>,
    /// Where it ends.
    pub end: DateTime<Utc>,
}

impl Span {
    /// Whether both have a moment in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// What is known of a user's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Busy {
    /// The user is busy in these spans, by their starts, and free between them. Spans may overlap, and reach beyond what was
    /// asked for.
    During(Vec<Span>),
    /// It is not known: there is no such user, or the CRM does not show the calendar. Never to be taken for free.
    Unknown,
}

/// Knows when the users of a CRM are busy.
#[async_trait]
pub trait Availability: Send + Sync {
    /// When a user is busy within a span, apart from one meeting, such as the one that is to be moved.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked, or a record is not valid.
    async fn busy(
        &self,
        user: &PersonId,
        span: Span,
        apart_from: Option<&MeetingId>,
    ) -> Result<Busy, CrmError>;
}
