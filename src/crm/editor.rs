//! The ports to make and change meetings in a CRM, and to ask when its users are busy.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{CrmError, MeetingRecord};
use crate::meeting::{Meeting, MeetingId, PersonId, PersonRef};

/// Makes and changes the meetings of a CRM.
#[async_trait]
pub trait Editor: Send + Sync {
    /// Makes a meeting and returns its id. A CRM that assigns ids itself ignores the record's id. If the CRM uses the
    /// record's id, making the same meeting again changes nothing.
    ///
    /// # Errors
    /// [`CrmError::Changed`] if there is another meeting with this id. An error of the class
    /// [`NotFound`](crate::fault::Class::NotFound) if the record names a person whom the CRM does not have. Other
    /// [`CrmError`]s if the CRM cannot be asked or refuses.
    async fn create(&self, record: &MeetingRecord) -> Result<MeetingId, CrmError>;

    /// Changes a meeting: moves it, hands it over, calls it off. `before` is the meeting as it was read. The fields in
    /// which `after` differs are written; the attendees stay. Returns the meeting as it is afterwards.
    ///
    /// # Errors
    /// [`CrmError::Changed`] if the meeting differs from `before` by now. An error of the class
    /// [`NotFound`](crate::fault::Class::NotFound) if the meeting is gone, or its new user does not exist.
    /// [`CrmError::NotKept`] if a value was not kept. Other [`CrmError`]s if the CRM cannot be asked or refuses.
    async fn change(&self, before: &Meeting, after: &Meeting) -> Result<Meeting, CrmError>;

    /// Makes exactly these people the attendees, in this order. Attendees who stay keep their answers.
    ///
    /// # Errors
    /// [`CrmError`], of the class [`NotFound`](crate::fault::Class::NotFound) if there is no such meeting, or no record
    /// of one of the people.
    async fn set_attendees(&self, id: &MeetingId, people: &[PersonRef]) -> Result<(), CrmError>;
}

/// A span of time from one instant to another. The end is not part of the span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The beginning.
    pub start: DateTime<Utc>,
    /// The end.
    pub end: DateTime<Utc>,
}

impl Span {
    /// Whether both have a moment in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A user's time, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Busy {
    /// The user is busy in these spans, ordered by their starts, and free between them. Spans may overlap, and may
    /// reach beyond the requested span.
    During(Vec<Span>),
    /// Not known: there is no such user, or the CRM does not show the calendar. Callers must never take this for free.
    Unknown,
}

/// The port that tells when the users of a CRM are busy.
#[async_trait]
pub trait Availability: Send + Sync {
    /// The spans in which a user is busy within a span. One meeting can be left out, such as the meeting that is to be
    /// moved.
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
