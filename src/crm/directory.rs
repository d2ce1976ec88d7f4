//! The lists of a CRM.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{CrmError, Cursor, Page};
use crate::meeting::{Attendee, EmailAddress, Meeting, MeetingId, MeetingStatus, Person};

/// A meeting with its attendees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingRecord {
    /// The meeting.
    pub meeting: Meeting,
    /// The attendees, in the CRM's order.
    pub attendees: Vec<Attendee>,
}

/// A user, with the names of the user's roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    /// The user.
    pub person: Person,
    /// The roles, by id or name. Empty if the CRM does not show them.
    pub roles: Vec<String>,
}

/// The order of meetings. Meetings that begin at the same time always have the same order among them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MeetingOrder {
    /// The earliest first. A meeting of whole days counts from its first midnight in UTC.
    #[default]
    Earliest,
    /// The latest first: the reverse order.
    Latest,
}

/// A selection of meetings. The default is all meetings, the earliest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeetingQuery {
    /// Only meetings of this status.
    pub status: Option<MeetingStatus>,
    /// Only meetings whose end is after this instant.
    pub ends_after: Option<DateTime<Utc>>,
    /// The order.
    pub order: MeetingOrder,
}

impl MeetingQuery {
    /// The planned meetings that are not over at an instant.
    #[must_use]
    pub fn planned_after(now: DateTime<Utc>) -> Self {
        Self {
            status: Some(MeetingStatus::Planned),
            ends_after: Some(now),
            order: MeetingOrder::Earliest,
        }
    }
}

/// A selection of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleQuery {
    /// People with this mailbox.
    Email(EmailAddress),
    /// People whose name contains this text, ignoring case.
    Name(String),
}

/// A meeting that may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedMeeting {
    /// The meeting's id.
    pub id: MeetingId,
    /// When the meeting changed, if the CRM records it. The next query begins at this time; it may return the same
    /// meeting again.
    pub at: Option<DateTime<Utc>>,
}

/// The lists of a CRM, page by page. For the next page, repeat the call with the page's [`Page::next`].
#[async_trait]
pub trait Directory: Send + Sync {
    /// Meetings, with their attendees.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked, or a record is not valid.
    async fn meetings(
        &self,
        query: &MeetingQuery,
        after: Option<&Cursor>,
    ) -> Result<Page<MeetingRecord>, CrmError>;

    /// Meetings that were made or changed at or after an instant, for sweeps. The list contains every changed meeting.
    /// It may also contain unchanged meetings, and the same meeting twice. Changes of attendees count only if the CRM
    /// records them.
    ///
    /// The default implementation returns all meetings, for CRMs that do not record when a meeting changed.
    ///
    /// # Errors
    /// As of [`Directory::meetings`].
    async fn changed_since(
        &self,
        _since: DateTime<Utc>,
        after: Option<&Cursor>,
    ) -> Result<Page<ChangedMeeting>, CrmError> {
        let page = self.meetings(&MeetingQuery::default(), after).await?;
        let changed = page.items.into_iter().map(|record| ChangedMeeting {
            id: record.meeting.id().clone(),
            at: None,
        });
        Ok(Page {
            items: changed.collect(),
            next: page.next,
        })
    }

    /// The users, by id.
    ///
    /// # Errors
    /// As of [`Directory::meetings`].
    async fn users(&self, after: Option<&Cursor>) -> Result<Page<UserRecord>, CrmError>;

    /// People of all kinds, by name or address.
    ///
    /// # Errors
    /// As of [`Directory::meetings`].
    async fn look_up(&self, query: &PeopleQuery, after: Option<&Cursor>) -> Result<Page<Person>, CrmError>;
}

impl dyn Directory {
    /// All meetings of a query, page after page.
    ///
    /// # Errors
    /// As of [`Directory::meetings`].
    pub async fn all_meetings(&self, query: &MeetingQuery) -> Result<Vec<MeetingRecord>, CrmError> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = self.meetings(query, after.as_ref()).await?;
            all.extend(page.items);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }

    /// All users, page after page.
    ///
    /// # Errors
    /// As of [`Directory::meetings`].
    pub async fn all_users(&self) -> Result<Vec<UserRecord>, CrmError> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let page = self.users(after.as_ref()).await?;
            all.extend(page.items);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(all),
            }
        }
    }
}
