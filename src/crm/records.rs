//! The records of a CRM, as the pipeline needs them.

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};

use super::CrmError;
use crate::meeting::{Acceptance, Attendee, JoinUrl, Meeting, MeetingId, Person, PersonRef};

/// An attendee of a meeting, with the person's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitee {
    /// Who was invited, and what the answer was.
    pub attendee: Attendee,
    /// The person; `None`: the CRM has no such record any more. A record that it only does not show is a person whose address
    /// is [hidden](crate::meeting::Reach::Hidden).
    pub person: Option<Person>,
}

/// The attendees of a meeting, some at a time, in the CRM's order.
pub type AttendeePages<'a> = BoxStream<'a, Result<Vec<Invitee>, CrmError>>;

/// All attendees as one page, for a CRM that has them at hand.
#[must_use]
pub fn all_attendees<'a>(invitees: Vec<Invitee>) -> AttendeePages<'a> {
    stream::once(async { Ok(invitees) }).boxed()
}

/// The records of a CRM, as the pipeline needs them.
///
/// A write is done when its call comes back, and writing the same again changes nothing: a run that was cut off does it
/// once more. The front page of this crate has an implementation over records in memory.
#[async_trait]
pub trait Records: Send + Sync {
    /// Finds a meeting; `None` when there is none with this id.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked, or its record is not a valid meeting.
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError>;

    /// The attendees of a meeting with their people, each once. The CRM chooses how many are on a page; nothing is asked for one
    /// person alone, and a page is asked for when the one before it has been used. Without attendees, or without such
    /// a meeting, there are none.
    ///
    /// An attendee who is left out counts as removed, and gets a cancellation. So whoever is an attendee while the pages are read
    /// must be on one of them: a CRM whose pages shift when somebody is removed checks its pages against the list of
    /// ids, and fails rather than leave somebody out.
    ///
    /// # Errors
    /// A page is [`CrmError`] when the CRM cannot be asked, or a record is not valid. Nothing follows it.
    fn attendees<'a>(&'a self, id: &'a MeetingId) -> AttendeePages<'a>;

    /// One attendee of a meeting, with the person; `None`: the person is not invited.
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

    /// Some people, 200 at most. Those of whom there is no record are missing in the answer; the order does not matter. A CRM
    /// that can be asked for several at once should be.
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

    /// Writes the join URL of a meeting, or clears it (`None`), if the record still says `expected`. Answers what the record says
    /// then, read from the CRM's answer: a CRM may take a value and keep another. What it says instead of
    /// `expected` is left as it is.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked, has no such meeting, or refuses. A CRM that knows why it does not keep the value
    /// says so by [`CrmError::NotKept`].
    async fn set_join_url(
        &self,
        id: &MeetingId,
        expected: Option<&JoinUrl>,
        join_url: Option<&JoinUrl>,
    ) -> Result<Option<JoinUrl>, CrmError>;

    /// Records what attendees answered, all or none where the CRM can. The answers of others stay.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked or refuses, or one of them is not an attendee.
    async fn set_statuses(
        &self,
        id: &MeetingId,
        statuses: &[(PersonRef, Acceptance)],
    ) -> Result<(), CrmError>;
}
