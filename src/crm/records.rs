//! The records of a CRM, as the pipeline needs them.

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

use super::CrmError;
use crate::meeting::{Acceptance, Attendee, JoinUrl, Meeting, MeetingId, Person, PersonRef};

/// An attendee of a meeting, with the person's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// The reference to the person, and the answer.
    pub attendee: Attendee,
    /// The person. `None`: the CRM does not have this record any more. If the CRM only hides the record, this is a
    /// person whose address is [hidden](crate::meeting::Reach::Hidden).
    pub person: Option<Person>,
}

/// The attendees of a meeting, page by page, in the CRM's order.
pub type AttendeePages<'a> = BoxStream<'a, Result<Vec<Invitee>, CrmError>>;

/// All attendees as one page, for a CRM that has all of them at once.
#[must_use]
pub fn all_attendees<'a>(invitees: Vec<Invitee>) -> AttendeePages<'a> {
    stream::once(async { Ok(invitees) }).boxed()
}

/// The records of a CRM, as the pipeline needs them.
///
/// A write is complete when its call returns. Writing the same again changes nothing, because a run that was cut off
/// repeats its writes. The front page of this crate has an implementation over records in memory.
#[async_trait]
pub trait Records: Send + Sync {
    /// Finds a meeting. `None`: there is no meeting with this id.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked, or its record is not a valid meeting.
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError>;

    /// The attendees of a meeting with their people, each once. The CRM chooses the size of a page. The pipeline never
    /// asks for one person alone, and asks for a page when it has used the one before. A meeting without attendees has
    /// no pages, and neither has an unknown meeting.
    ///
    /// An attendee who is missing counts as removed, and gets a cancellation. So everybody who is an attendee while the
    /// pages are read must be on one of them. A CRM whose pages shift when somebody is removed must compare its pages
    /// with the list of ids, and must fail rather than miss an attendee.
    ///
    /// # Errors
    /// A page is a [`CrmError`] if the CRM cannot be asked, or a record is not valid. It is the last page then.
    fn attendees<'a>(&'a self, id: &'a MeetingId) -> AttendeePages<'a>;

    /// One attendee of a meeting, with the person. `None`: the person is not invited.
    ///
    /// # Errors
    /// As of [`Records::attendees`].
    async fn attendee(&self, id: &MeetingId, person: &PersonRef) -> Result<Option<Invitee>, CrmError> {
        let mut pages = self.attendees(id);
        while let Some(page) = pages.next().await {
            let found = page?
                .into_iter()
                .find(|invitee| invitee.attendee.person == *person);
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// One person; `None`: the CRM has no such record.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked, or the record is not a valid person.
    async fn person(&self, person: &PersonRef) -> Result<Option<Person>, CrmError>;

    /// Up to 200 people, in any order. People of whom the CRM has no record are missing. A CRM that can be asked for
    /// several people in one request should use such requests.
    ///
    /// # Errors
    /// As of [`Records::person`].
    async fn people(&self, people: &[PersonRef]) -> Result<Vec<Person>, CrmError> {
        let mut found = Vec::with_capacity(people.len());
        for person in people {
            found.extend(self.person(person).await?);
        }
        Ok(found)
    }

    /// Writes the join URL of a meeting, or clears it (`None`), if the record still has `expected`. If the record has
    /// another value, it stays. Returns the value that the record has afterwards, read from the CRM's answer: a CRM may
    /// accept a value and keep another.
    ///
    /// # Errors
    /// [`CrmError`] if the CRM cannot be asked, has no such meeting, or refuses. A CRM that knows why it does not keep
    /// the value returns [`CrmError::NotKept`].
    async fn set_join_url(
        &self,
        id: &MeetingId,
        expected: Option<&JoinUrl>,
        join_url: Option<&JoinUrl>,
    ) -> Result<Option<JoinUrl>, CrmError>;

    /// Records answers of attendees: all or none, if the CRM can do that. Other attendees' answers stay.
    ///
    /// # Errors
    /// [`CrmError`] if the CRM cannot be asked or refuses, or one of the people is not an attendee.
    async fn set_statuses(
        &self,
        id: &MeetingId,
        statuses: &[(PersonRef, Acceptance)],
    ) -> Result<(), CrmError>;
}
