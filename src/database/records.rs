//! The records of the built-in CRM: the port [`Crm`], and what the command needs beyond it.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::NaiveDate;
use sqlx::sqlite::SqliteRow;
use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::rows::Named;
use super::{Database, DatabaseError, millis};
use crate::crm::import::{ImportErrors, ImportedUser, Records, Reference, Role, Target};
use crate::crm::{Crm, CrmError};
use crate::fault::{BoxFault, Class, Fault};
use crate::meeting::{
    Acceptance, Attendee, EditAccess, JoinUrl, Meeting, MeetingId, OnlineLocation, Person, PersonId,
    PersonKind, PersonRef, UserFacts, When, Zone,
};

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

    fn hint(&self) -> Option<String> {
        match self {
            Self::Records(error) => error.hint(),
            Self::Database(error) => error.hint(),
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
        let mut tx = self.write(doing).await?;
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
        let rows = sqlx::query(
            "SELECT * FROM meeting ORDER BY coalesce(start_at, unixepoch(start_date) * 1000), id",
        )
        .fetch_all(&self.pool)
        .await
        .map_err(self.explain(doing))?;
        let rows_of_attendees = sqlx::query("SELECT * FROM attendee ORDER BY meeting_id, position")
            .fetch_all(&self.pool)
            .await
            .map_err(self.explain(doing))?;
        let mut attendees: HashMap<String, Vec<Attendee>> = HashMap::new();
        for row in &rows_of_attendees {
            let (meeting, attendee) = self.attendee_row(row)?;
            attendees.entry(meeting).or_default().push(attendee);
        }
        rows.iter()
            .map(|row| {
                let mut meeting = self.meeting_row(row)?;
                meeting.attendees = attendees.remove(meeting.id().as_str()).unwrap_or_default();
                Ok(meeting)
            })
            .collect()
    }

    /// All users, by id.
    ///
    /// # Errors
    /// [`DatabaseError`].
    pub async fn users(&self) -> Result<Vec<UserRecord>, DatabaseError> {
        let doing = "listing users";
        let ids: Vec<String> = sqlx::query_scalar("SELECT id FROM person WHERE kind = 'user' ORDER BY id")
            .fetch_all(&self.pool)
            .await
            .map_err(self.explain(doing))?;
        let mut connection = self.pool.acquire().await.map_err(self.explain(doing))?;
        let mut users = Vec::with_capacity(ids.len());
        for id in ids {
            let Ok(id) = PersonId::new(id) else { continue };
            if let Some(person) = self
                .read_person(&mut connection, &PersonRef::user(id.clone()))
                .await?
            {
                let roles =
                    sqlx::query_scalar("SELECT role_id FROM user_role WHERE user_id = ? ORDER BY role_id")
                        .bind(id.as_str())
                        .fetch_all(&mut *connection)
                        .await
                        .map_err(self.explain(doing))?;
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
        let mut tx = self.write(doing).await?;
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
        let changed =
            sqlx::query("UPDATE person SET zoom_enabled = ?, zoom_id = ? WHERE kind = 'user' AND id = ?")
                .bind(enabled)
                .bind(zoom_id)
                .bind(user.as_str())
                .execute(&self.pool)
                .await
                .map_err(self.explain("changing a user's Zoom account"))?;
        if changed.rows_affected() == 0 {
            return Err(DatabaseError::NotFound {
                what: format!("user {:?}", user.as_str()),
            });
        }
        Ok(())
    }

    async fn exists(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        target: &Target,
    ) -> Result<bool, DatabaseError> {
        let query = match target {
            Target::Role(id) => {
                sqlx::query_scalar("SELECT count(*) FROM role WHERE id = ?").bind(id.as_str())
            }
            Target::Person(person) => {
                sqlx::query_scalar("SELECT count(*) FROM person WHERE kind = ? AND id = ?")
                    .bind(person.kind.as_str())
                    .bind(person.id.as_str())
            }
        };
        let count: i64 = query
            .fetch_one(&mut **tx)
            .await
            .map_err(self.explain("looking for a record"))?;
        Ok(count > 0)
    }

    async fn put_role(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        role: &Role,
    ) -> Result<(), DatabaseError> {
        sqlx::query(
            "INSERT INTO role (id, zoom_meetings, meeting_edit) VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET zoom_meetings = excluded.zoom_meetings, meeting_edit = excluded.meeting_edit",
        )
        .bind(role.id.as_str())
        .bind(role.zoom_meetings)
        .bind(edit_word(role.meeting_edit))
        .execute(&mut **tx)
        .await
        .map_err(self.explain("loading a role"))?;
        Ok(())
    }

    async fn put_user(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        user: &ImportedUser,
    ) -> Result<(), DatabaseError> {
        let doing = "loading a user";
        self.put_person(tx, &user.person).await?;
        sqlx::query("DELETE FROM user_role WHERE user_id = ?")
            .bind(user.person.reference.id.as_str())
            .execute(&mut **tx)
            .await
            .map_err(self.explain(doing))?;
        for role in &user.roles {
            sqlx::query("INSERT INTO user_role (user_id, role_id) VALUES (?, ?)")
                .bind(user.person.reference.id.as_str())
                .bind(role.as_str())
                .execute(&mut **tx)
                .await
                .map_err(self.explain(doing))?;
        }
        Ok(())
    }

    async fn put_person(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        person: &Person,
    ) -> Result<(), DatabaseError> {
        let user = person.user.as_ref();
        sqlx::query(
            "INSERT INTO person (kind, id, name, email, time_zone, language, zoom_enabled, zoom_id)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET name = excluded.name, email = excluded.email,
                 time_zone = excluded.time_zone, language = excluded.language,
                 zoom_enabled = excluded.zoom_enabled, zoom_id = excluded.zoom_id",
        )
        .bind(person.reference.kind.as_str())
        .bind(person.reference.id.as_str())
        .bind(&person.name)
        .bind(person.email.as_ref().map(|email| email.as_str()))
        .bind(person.time_zone.as_ref().map(Zone::name))
        .bind(person.language.as_ref().map(|language| language.tag()))
        .bind(user.is_some_and(|user| user.zoom_enabled))
        .bind(user.and_then(|user| user.zoom_id.as_deref()))
        .execute(&mut **tx)
        .await
        .map_err(self.explain("loading a person"))?;
        Ok(())
    }

    async fn put_meeting(
        &self,
        tx: &mut Transaction<'static, Sqlite>,
        meeting: &Meeting,
    ) -> Result<(), DatabaseError> {
        let doing = "storing a meeting";
        let instants = meeting.when.instants();
        let days = meeting.when.days();
        let stored = sqlx::query(
            "INSERT INTO meeting (id, uid, name, status, start_at, end_at, start_date, end_date, time_zone,
                 description, location, online_location, join_url, assigned_user)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET uid = excluded.uid, name = excluded.name, status = excluded.status,
                 start_at = excluded.start_at, end_at = excluded.end_at, start_date = excluded.start_date,
                 end_date = excluded.end_date, time_zone = excluded.time_zone,
                 description = excluded.description, location = excluded.location,
                 online_location = excluded.online_location, join_url = excluded.join_url,
                 assigned_user = excluded.assigned_user",
        )
        .bind(meeting.id().as_str())
        .bind(meeting.uid())
        .bind(meeting.name())
        .bind(meeting.status.as_str())
        .bind(instants.map(|(start, _)| millis(start)))
        .bind(instants.map(|(_, end)| millis(end)))
        .bind(days.map(|(first, _)| first.to_string()))
        .bind(days.map(|(_, last)| last.to_string()))
        .bind(meeting.time_zone.name())
        .bind(&meeting.description)
        .bind(&meeting.location)
        .bind(meeting.online_location.map(OnlineLocation::as_str))
        .bind(meeting.join_url.as_ref().map(JoinUrl::as_str))
        .bind(meeting.assigned_user.as_ref().map(PersonId::as_str))
        .execute(&mut **tx)
        .await;
        match stored {
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                return Err(self.invalid(
                    format!("meeting {:?}", meeting.id().as_str()),
                    "another meeting has the same UID, and calendars would take both for one",
                ));
            }
            stored => stored.map_err(self.explain(doing))?,
        };
        sqlx::query("DELETE FROM attendee WHERE meeting_id = ?")
            .bind(meeting.id().as_str())
            .execute(&mut **tx)
            .await
            .map_err(self.explain(doing))?;
        for (position, attendee) in (0_i64..).zip(&meeting.attendees) {
            sqlx::query(
                "INSERT INTO attendee (meeting_id, position, kind, person_id, status) VALUES (?, ?, ?, ?, ?)",
            )
            .bind(meeting.id().as_str())
            .bind(position)
            .bind(attendee.person.kind.as_str())
            .bind(attendee.person.id.as_str())
            .bind(attendee.status.as_str())
            .execute(&mut **tx)
            .await
            .map_err(self.explain(doing))?;
        }
        Ok(())
    }

    async fn read_meeting(
        &self,
        connection: &mut SqliteConnection,
        id: &MeetingId,
    ) -> Result<Option<Meeting>, DatabaseError> {
        let doing = "reading a meeting";
        let row = sqlx::query("SELECT * FROM meeting WHERE id = ?")
            .bind(id.as_str())
            .fetch_optional(&mut *connection)
            .await
            .map_err(self.explain(doing))?;
        let Some(row) = row else { return Ok(None) };
        let mut meeting = self.meeting_row(&row)?;
        let rows = sqlx::query("SELECT * FROM attendee WHERE meeting_id = ? ORDER BY position")
            .bind(id.as_str())
            .fetch_all(&mut *connection)
            .await
            .map_err(self.explain(doing))?;
        for row in &rows {
            meeting.attendees.push(self.attendee_row(row)?.1);
        }
        Ok(Some(meeting))
    }

    fn meeting_row(&self, row: &SqliteRow) -> Result<Meeting, DatabaseError> {
        let mut row = Named {
            database: self,
            row,
            what: "a meeting".to_owned(),
        };
        let id: MeetingId = row.parse("id")?;
        row.what = format!("meeting {:?}", id.as_str());
        let when = match (row.instant_option("start_at")?, row.instant_option("end_at")?) {
            (Some(start), Some(end)) => When::timed(start, end),
            _ => When::all_day(
                row.parse::<NaiveDate>("start_date")?,
                row.parse::<NaiveDate>("end_date")?,
            ),
        };
        let zone = Zone::new(&row.get::<String>("time_zone")?).map_err(|e| row.invalid(e))?;
        let when = when.map_err(|e| row.invalid(e))?;
        let mut meeting =
            Meeting::new(id, row.get::<String>("name")?, when, zone).map_err(|e| row.invalid(e))?;
        if let Some(uid) = row.get::<Option<String>>("uid")? {
            meeting.set_uid(uid).map_err(|e| row.invalid(e))?;
        }
        meeting.status = row.word("status")?;
        meeting.assigned_user = row.parse_option("assigned_user")?;
        meeting.description = row.get("description")?;
        meeting.location = row.get("location")?;
        meeting.online_location = match row.get::<Option<String>>("online_location")? {
            Some(_) => Some(row.location("online_location")?),
            None => None,
        };
        let join_url: Option<String> = row.get("join_url")?;
        meeting.join_url = join_url
            .map(JoinUrl::new)
            .transpose()
            .map_err(|e| row.invalid(e))?;
        Ok(meeting)
    }

    fn attendee_row(&self, row: &SqliteRow) -> Result<(String, Attendee), DatabaseError> {
        let mut row = Named {
            database: self,
            row,
            what: "an attendee".to_owned(),
        };
        let meeting: String = row.get("meeting_id")?;
        row.what = format!("an attendee of meeting {meeting:?}");
        let attendee = Attendee {
            person: row.person("kind", "person_id")?,
            status: row.word("status")?,
        };
        Ok((meeting, attendee))
    }

    async fn read_person(
        &self,
        connection: &mut SqliteConnection,
        who: &PersonRef,
    ) -> Result<Option<Person>, DatabaseError> {
        let doing = "reading a person";
        let row = sqlx::query("SELECT * FROM person WHERE kind = ? AND id = ?")
            .bind(who.kind.as_str())
            .bind(who.id.as_str())
            .fetch_optional(&mut *connection)
            .await
            .map_err(self.explain(doing))?;
        let Some(row) = row else { return Ok(None) };
        let row = Named {
            database: self,
            row: &row,
            what: who.to_string(),
        };
        let user = match who.kind {
            PersonKind::User => Some(UserFacts {
                zoom_enabled: row.get("zoom_enabled")?,
                zoom_id: row.get("zoom_id")?,
                ..self.permissions(connection, &who.id).await?
            }),
            PersonKind::Contact | PersonKind::Lead => None,
        };
        let zone: Option<String> = row.get("time_zone")?;
        Ok(Some(Person {
            reference: who.clone(),
            name: row.get("name")?,
            email: row.parse_option("email")?,
            time_zone: zone
                .map(|zone| Zone::new(&zone))
                .transpose()
                .map_err(|e| row.invalid(e))?,
            language: row.parse_option("language")?,
            user,
        }))
    }

    /// What the roles of a user grant, together.
    async fn permissions(
        &self,
        connection: &mut SqliteConnection,
        user: &PersonId,
    ) -> Result<UserFacts, DatabaseError> {
        let roles = sqlx::query(
            "SELECT role.* FROM role JOIN user_role ON role.id = user_role.role_id WHERE user_role.user_id = ?",
        )
        .bind(user.as_str())
        .fetch_all(connection)
        .await
        .map_err(self.explain("reading a user's roles"))?;
        let mut facts = UserFacts::default();
        for row in &roles {
            let row = Named {
                database: self,
                row,
                what: format!("a role of user {:?}", user.as_str()),
            };
            facts.zoom_meetings |= row.get::<bool>("zoom_meetings")?;
            facts.meeting_edit = facts.meeting_edit.max(row.word::<EditAccess>("meeting_edit")?);
        }
        Ok(facts)
    }
}

fn edit_word(access: EditAccess) -> &'static str {
    match access {
        EditAccess::No => "no",
        EditAccess::Own => "own",
        EditAccess::All => "all",
    }
}

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
        let mut tx = self.pool.begin().await.map_err(self.explain(doing))?;
        Ok(self.read_meeting(&mut tx, id).await?)
    }

    async fn people(&self, who: &[PersonRef]) -> Result<Vec<Person>, CrmError> {
        let doing = "reading people";
        let mut tx = self.pool.begin().await.map_err(self.explain(doing))?;
        let mut people = Vec::with_capacity(who.len());
        for reference in who {
            people.extend(self.read_person(&mut tx, reference).await?);
        }
        Ok(people)
    }

    async fn set_join_url(&self, id: &MeetingId, join_url: Option<&JoinUrl>) -> Result<(), CrmError> {
        let changed = sqlx::query("UPDATE meeting SET join_url = ? WHERE id = ?")
            .bind(join_url.map(JoinUrl::as_str))
            .bind(id.as_str())
            .execute(&self.pool)
            .await
            .map_err(self.explain("writing the join URL back"))?;
        self.found(changed.rows_affected(), || format!("meeting {:?}", id.as_str()))
    }

    async fn set_attendee_status(
        &self,
        id: &MeetingId,
        person: &PersonRef,
        status: Acceptance,
    ) -> Result<(), CrmError> {
        let changed =
            sqlx::query("UPDATE attendee SET status = ? WHERE meeting_id = ? AND kind = ? AND person_id = ?")
                .bind(status.as_str())
                .bind(id.as_str())
                .bind(person.kind.as_str())
                .bind(person.id.as_str())
                .execute(&self.pool)
                .await
                .map_err(self.explain("recording an answer"))?;
        self.found(changed.rows_affected(), || {
            format!("attendee {person} of meeting {:?}", id.as_str())
        })
    }
}

impl Database {
    fn found(&self, rows: u64, what: impl FnOnce() -> String) -> Result<(), CrmError> {
        if rows == 0 {
            return Err(DatabaseError::NotFound { what: what() }.into());
        }
        Ok(())
    }
}
