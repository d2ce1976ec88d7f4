//! The records of the built-in CRM: its ports, and `import`, which is its own.

mod directory;
mod editor;
mod read;
mod write;

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream;

use super::connections::Transaction;
use super::sql::query;
use super::{Database, DatabaseError, Subject};
use crate::crm::import::{ImportErrors, ImportFile, Reference};
use crate::crm::{AttendeePages, Crm, CrmError, Invitee, Records};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::{Acceptance, JoinUrl, Meeting, MeetingId, Person, PersonRef};

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
    pub async fn import(&self, records: &ImportFile, file_name: &str) -> Result<Imported, ImportError> {
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
        for record in &records.meetings {
            self.put_meeting(&mut tx, &record.meeting).await?;
            self.put_attendees(&mut tx, record.meeting.id(), &record.attendees)
                .await?;
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
}

impl From<DatabaseError> for CrmError {
    fn from(error: DatabaseError) -> Self {
        Self::Records(BoxFault::new(error))
    }
}

impl From<&Database> for Crm {
    /// The built-in CRM, with all ports.
    fn from(database: &Database) -> Self {
        let database = Arc::new(database.clone());
        Self::new(database.clone(), database.clone())
            .with_editor(database.clone())
            .with_availability(database)
    }
}

/// How many attendees are read at a time.
const ATTENDEES_AT_ONCE: u32 = 200;

/// Where a list of attendees was read to, in one snapshot.
struct Reading {
    tx: Transaction,
    position: i64,
}

#[async_trait]
impl Records for Database {
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError> {
        let mut tx = self.read("reading a meeting").await?;
        Ok(self.read_meeting(&mut tx, id).await?)
    }

    fn attendees<'a>(&'a self, id: &'a MeetingId) -> AttendeePages<'a> {
        let next = async |reading: Option<Reading>| {
            let mut reading = match reading {
                Some(reading) => reading,
                None => Reading {
                    tx: self.read("reading attendees").await?,
                    position: -1,
                },
            };
            let Some((page, position)) = self.read_attendees(&mut reading.tx, id, reading.position).await?
            else {
                return Ok(None);
            };
            reading.position = position;
            Ok(Some((page, Some(reading))))
        };
        stream::try_unfold(None, next).boxed()
    }

    async fn attendee(&self, id: &MeetingId, person: &PersonRef) -> Result<Option<Invitee>, CrmError> {
        let doing = "reading an attendee";
        let mut tx = self.read(doing).await?;
        let row = query(
            "SELECT kind, person_id, status FROM attendee WHERE meeting_id = $1 AND kind = $2 AND person_id = $3",
        )
        .bind(id.as_str())
        .bind(person.kind.as_str())
        .bind(person.id.as_str())
        .fetch_optional(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Invitee {
            attendee: self.attendee_row(&row, id.as_str())?,
            person: self.read_person(&mut tx, person).await?,
        }))
    }

    async fn person(&self, person: &PersonRef) -> Result<Option<Person>, CrmError> {
        let mut tx = self.read("reading people").await?;
        Ok(self.read_person(&mut tx, person).await?)
    }

    async fn people(&self, people: &[PersonRef]) -> Result<Vec<Person>, CrmError> {
        let mut tx = self.read("reading people").await?;
        let mut found = Vec::with_capacity(people.len());
        self.read_people(&mut tx, people, &mut found).await?;
        Ok(found)
    }

    async fn set_join_url(
        &self,
        id: &MeetingId,
        expected: Option<&JoinUrl>,
        join_url: Option<&JoinUrl>,
    ) -> Result<Option<JoinUrl>, CrmError> {
        let doing = "writing the join URL back";
        let mut tx = self.write(&Subject::Records, doing).await?;
        let meeting = self
            .read_meeting(&mut tx, id)
            .await?
            .ok_or_else(|| no_meeting(id))?;
        if meeting.join_url.as_ref() != expected {
            return Ok(meeting.join_url);
        }
        query("UPDATE meeting SET join_url = $1 WHERE id = $2")
            .bind(join_url.map(JoinUrl::as_str))
            .bind(id.as_str())
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(join_url.cloned())
    }

    async fn set_statuses(
        &self,
        id: &MeetingId,
        statuses: &[(PersonRef, Acceptance)],
    ) -> Result<(), CrmError> {
        let doing = "recording an answer";
        let mut tx = self.write(&Subject::Records, doing).await?;
        for (person, status) in statuses {
            let changed = query(
                "UPDATE attendee SET status = $1 WHERE meeting_id = $2 AND kind = $3 AND person_id = $4",
            )
            .bind(status.as_str())
            .bind(id.as_str())
            .bind(person.kind.as_str())
            .bind(person.id.as_str())
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
            if changed == 0 {
                let what = format!("attendee {person} of meeting {:?}", id.as_str());
                return Err(DatabaseError::NotFound { what }.into());
            }
        }
        Ok(tx.commit().await.map_err(self.explain(doing))?)
    }
}

fn no_meeting(id: &MeetingId) -> DatabaseError {
    DatabaseError::NotFound {
        what: format!("meeting {:?}", id.as_str()),
    }
}
