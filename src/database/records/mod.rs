//! The records of the built-in CRM: the port [`Crm`], and what the command needs beyond it.

mod read;
mod write;

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::NaiveTime;

use super::sql::{Query, query};
use super::{Database, DatabaseError, Subject};
use crate::crm::import::{ImportErrors, Records, Reference, Target};
use crate::crm::{Crm, CrmError};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::{Acceptance, Attendee, JoinUrl, Meeting, MeetingId, Person, PersonId, PersonRef};

/// How many records were loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    /// Roles.
    pub roles: usize,
    /// Users.
    pub users: usize,
    /// Contacts.
    pub contacts: usize,
    /// Leads.
    pub leads: usize,
    /// Meetings.
    pub meetings: usize,
}

/// A user of the built-in CRM with the roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    /// The user.
    pub person: Person,
    /// The ids of the roles.
    pub roles: Vec<String>,
}

/// Why records were not loaded. Nothing of their file was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    /// They refer to records that do not exist.
    #[error(transparent)]
    Records(#[from] ImportErrors),
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Fault for ImportError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Records(error) => error.kind(),
            Self::Database(error) => error.kind(),
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Records(error) => error.class(),
            Self::Database(error) => error.class(),
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Records(error) => error.remedy(),
            Self::Database(error) => error.remedy(),
        }
    }
}

impl Database {
    /// Loads the records of a file, all or none. A record with a known id is replaced.
    ///
    /// # Errors
    /// [`ImportError::Records`] when something is referred to that is neither among them nor loaded before;
    /// [`ImportError::Database`].
    pub async fn import(&self, records: &Records, file_name: &str) -> Result<Imported, ImportError> {
        let doing = "loading records";
        let mut tx = self.write(&Subject::Records, doing).await?;
        let mut unknown: Vec<&Reference> = Vec::new();
        for reference in records.references() {
            if !self.exists(&mut tx, &reference.target).await? {
                unknown.push(reference);
            }
        }
        if !unknown.is_empty() {
            return Err(ImportErrors::unknown_references(file_name, unknown).into());
        }
        for role in &records.roles {
            self.put_role(&mut tx, role).await?;
        }
        for user in &records.users {
            self.put_user(&mut tx, user).await?;
        }
        for person in records.contacts.iter().chain(&records.leads) {
            self.put_person(&mut tx, person).await?;
        }
        for meeting in &records.meetings {
            self.put_meeting(&mut tx, meeting).await?;
        }
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(Imported {
            roles: records.roles.len(),
            users: records.users.len(),
            contacts: records.contacts.len(),
            leads: records.leads.len(),
            meetings: records.meetings.len(),
        })
    }

    /// All meetings, by their time.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub async fn meetings(&self) -> Result<Vec<Meeting>, DatabaseError> {
        let doing = "listing meetings";
        let mut tx = self.read(doing).await?;
        let rows = query("SELECT * FROM meeting ORDER BY id")
            .fetch_all(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        let rows_of_attendees = query("SELECT * FROM attendee ORDER BY meeting_id, position")
            .fetch_all(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        let mut attendees: HashMap<String, Vec<Attendee>> = HashMap::new();
        for row in &rows_of_attendees {
            let meeting: String = row.get("meeting_id").map_err(self.explain(doing))?;
            let attendee = self.attendee_row(row, &meeting)?;
            attendees.entry(meeting).or_default().push(attendee);
        }
        let mut meetings = Vec::with_capacity(rows.len());
        for row in &rows {
            let mut meeting = self.meeting_row(row)?;
            meeting.attendees = attendees.remove(meeting.id().as_str()).unwrap_or_default();
            meetings.push(meeting);
        }
        // Days come at their midnight in UTC; of what begins at the same time, the smaller id comes first.
        meetings.sort_by_key(|meeting| match (meeting.when.instants(), meeting.when.days()) {
            (Some((start, _)), _) => Some(start.naive_utc()),
            (None, days) => days.map(|(first, _)| first.and_time(NaiveTime::MIN)),
        });
        Ok(meetings)
    }

    /// All users, by id.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub async fn users(&self) -> Result<Vec<UserRecord>, DatabaseError> {
        let doing = "listing users";
        let mut tx = self.read(doing).await?;
        let rows = query("SELECT id FROM person WHERE kind = 'user' ORDER BY id")
            .fetch_all(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        let mut users = Vec::with_capacity(rows.len());
        for row in rows {
            let Ok(id) = PersonId::new(row.only::<String>().map_err(self.explain(doing))?) else {
                continue;
            };
            if let Some(person) = self.read_person(&mut tx, &PersonRef::user(id.clone())).await? {
                let roles = query("SELECT role_id FROM user_role WHERE user_id = $1 ORDER BY role_id")
                    .bind(id.as_str())
                    .fetch_all(&mut tx)
                    .await
                    .map_err(self.explain(doing))?
                    .iter()
                    .map(|row| row.only().map_err(self.explain(doing)))
                    .collect::<Result<_, _>>()?;
                users.push(UserRecord { person, roles });
            }
        }
        Ok(users)
    }

    /// Changes a meeting: reads it, lets `change` alter it, and stores it, with nobody between.
    ///
    /// # Errors
    /// [`DatabaseError::NotFound`] when there is no such meeting, or it is given to a user who does not exist;
    /// what `change` answers.
    pub async fn edit_meeting<E: From<DatabaseError>>(
        &self,
        id: &MeetingId,
        change: impl FnOnce(&mut Meeting) -> Result<(), E> + Send,
    ) -> Result<Meeting, E> {
        let doing = "changing a meeting";
        let mut tx = self.write(&Subject::Records, doing).await?;
        let not_found = || DatabaseError::NotFound {
            what: format!("meeting {:?}", id.as_str()),
        };
        let mut meeting = self.read_meeting(&mut tx, id).await?.ok_or_else(not_found)?;
        change(&mut meeting)?;
        if let Some(user) = &meeting.assigned_user {
            let target = Target::Person(PersonRef::user(user.clone()));
            if !self.exists(&mut tx, &target).await? {
                let what = target.to_string();
                return Err(DatabaseError::NotFound { what }.into());
            }
        }
        self.put_meeting(&mut tx, &meeting).await?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(meeting)
    }

    /// Says whether a user may have meetings at Zoom, and under which Zoom ID where it is not the address.
    ///
    /// # Errors
    /// [`DatabaseError::NotFound`] when there is no such user.
    pub async fn set_zoom(
        &self,
        user: &PersonId,
        enabled: bool,
        zoom_id: Option<&str>,
    ) -> Result<(), DatabaseError> {
        let change =
            query("UPDATE person SET zoom_enabled = $1, zoom_id = $2 WHERE kind = 'user' AND id = $3")
                .bind(enabled)
                .bind(zoom_id)
                .bind(user.as_str());
        let what = || format!("user {:?}", user.as_str());
        self.change_record(change, "changing a user's Zoom account", what)
            .await
    }
}

/// How many people one statement reads.
const PEOPLE_AT_ONCE: usize = 200;

impl From<DatabaseError> for CrmError {
    fn from(error: DatabaseError) -> Self {
        Self::Records(BoxFault::new(error))
    }
}

#[async_trait]
impl Crm for Database {
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError> {
        let doing = "reading a meeting";
        // One snapshot for the meeting and its attendees.
        let mut tx = self.read(doing).await?;
        Ok(self.read_meeting(&mut tx, id).await?)
    }

    async fn people(&self, who: &[PersonRef]) -> Result<Vec<Person>, CrmError> {
        let doing = "reading people";
        let mut tx = self.read(doing).await?;
        let mut people = Vec::with_capacity(who.len());
        for some in who.chunks(PEOPLE_AT_ONCE) {
            self.read_people(&mut tx, some, &mut people).await?;
        }
        Ok(people)
    }

    async fn set_join_url(&self, id: &MeetingId, join_url: Option<&JoinUrl>) -> Result<(), CrmError> {
        let change = query("UPDATE meeting SET join_url = $1 WHERE id = $2")
            .bind(join_url.map(JoinUrl::as_str))
            .bind(id.as_str());
        let what = || format!("meeting {:?}", id.as_str());
        Ok(self
            .change_record(change, "writing the join URL back", what)
            .await?)
    }

    async fn set_attendee_status(
        &self,
        id: &MeetingId,
        person: &PersonRef,
        status: Acceptance,
    ) -> Result<(), CrmError> {
        let change =
            query("UPDATE attendee SET status = $1 WHERE meeting_id = $2 AND kind = $3 AND person_id = $4")
                .bind(status.as_str())
                .bind(id.as_str())
                .bind(person.kind.as_str())
                .bind(person.id.as_str());
        let what = || format!("attendee {person} of meeting {:?}", id.as_str());
        Ok(self.change_record(change, "recording an answer", what).await?)
    }
}

impl Database {
    /// Changes one record, which must be there.
    async fn change_record(
        &self,
        change: Query<'_>,
        doing: &str,
        what: impl Fn() -> String + Send,
    ) -> Result<(), DatabaseError> {
        let mut tx = self.write(&Subject::Records, doing).await?;
        let changed = change.execute(&mut tx).await.map_err(self.explain(doing))?;
        if changed == 0 {
            return Err(DatabaseError::NotFound { what: what() });
        }
        tx.commit().await.map_err(self.explain(doing))
    }
}
