//! The lists of a CRM.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{CrmError, Cursor, Page};
use crate::meeting::{Attendee, EmailAddress, Meeting, MeetingId, MeetingStatus, Person};

/// A meeting with those who are invited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeetingRecord {
    /// The meeting.
    pub meeting: Meeting,
    /// Who is invited, in the CRM's order.
    pub attendees: Vec<Attendee>,
}

/// A user, with the names of the roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    /// The user.
    pub person: Person,
    /// The roles, by id or name; empty where the CRM does not tell.
    pub roles: Vec<String>,
}

/// In which order meetings come. Of what begins at the same time, the order stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MeetingOrder {
    /// The earliest first. Meetings of whole days come at their first midnight in UTC.
    #[default]
    Earliest,
    /// The other way round.
    Latest,
}

/// Which meetings. The default: all, the earliest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MeetingQuery {
    /// Only those of this status.
    pub status: Option<MeetingStatus>,
    /// Only those whose end is after this instant.
    pub ends_after: Option<DateTime<Utc>>,
    /// In which order.
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

/// Which people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeopleQuery {
    /// Those with this mailbox.
    Email(EmailAddress),
    /// Those whose name has this in it, in capitals or not.
    Name(String),
}

/// A meeting that may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedMeeting {
    /// Its id.
    pub id: MeetingId,
    /// When, where the CRM keeps it. To be asked from next time: the same meeting may come again.
    pub at: Option<DateTime<Utc>>,
}

/// The lists of a CRM, a page at a time. To go on, ask the same again with the page's [`Page::next`].
#[async_trait]
pub trait Directory: Send + Sync {
    /// Meetings, with those who are invited.
    ///
    /// # Errors
    /// [`CrmError`] when the CRM cannot be asked, or a record is not valid.
    async fn meetings(
        &self,
        query: &MeetingQuery,
        after: Option<&Cursor>,
    ) -> Result<Page<MeetingRecord>, CrmError>;

    /// Meetings that were made or changed at or after an instant, for sweeps. Meetings that did not change may be among them, and
    /// one may come twice; none that changed is left out. Changes of attendees count only where the CRM keeps them.
    ///
    /// Unless an adapter does better, these are all meetings: the CRM does not keep when a record was changed.
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
