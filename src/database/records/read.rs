//! Records out of their tables.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::ATTENDEES_AT_ONCE;
use crate::crm::Invitee;
use crate::database::connections::Transaction;
use crate::database::rows::Named;
use crate::database::sql::{Row, query, query_in_words, rows_of};
use crate::database::{Database, DatabaseError};
use crate::meeting::{
    Attendee, EditAccess, JoinUrl, Meeting, MeetingId, Person, PersonId, PersonKind, PersonRef, UserFacts,
    When, Zone,
};
use crate::online::zoom;

impl Database {
    pub(super) async fn read_meeting(
        &self,
        connection: &mut Transaction,
        id: &MeetingId,
    ) -> Result<Option<Meeting>, DatabaseError> {
        let doing = "reading a meeting";
        let row = query("SELECT * FROM meeting WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&mut *connection)
            .await
            .map_err(self.explain(doing))?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(self.meeting_row(&row)?))
    }

    /// The next attendees after a position, [`ATTENDEES_AT_ONCE`] at most, with the position of the last. `None`: there
    /// are no more.
    pub(super) async fn read_attendees(
        &self,
        connection: &mut Transaction,
        id: &MeetingId,
        after: i64,
    ) -> Result<Option<(Vec<Invitee>, i64)>, DatabaseError> {
        let doing = "reading attendees";
        let rows = query(
            "SELECT position, kind, person_id, status FROM attendee WHERE meeting_id = $1 AND position > $2
             ORDER BY position LIMIT $3",
        )
        .bind(id.as_str())
        .bind(after)
        .bind(ATTENDEES_AT_ONCE)
        .fetch_all(&mut *connection)
        .await
        .map_err(self.explain(doing))?;
        let Some(last) = rows.last() else { return Ok(None) };
        let position: i64 = last.get("position").map_err(self.explain(doing))?;
        let attendees = rows.iter().map(|row| self.attendee_row(row, id.as_str()));
        let attendees: Vec<Attendee> = attendees.collect::<Result<_, _>>()?;
        let people: Vec<PersonRef> = attendees.iter().map(|attendee| attendee.person.clone()).collect();
        let mut found = Vec::with_capacity(people.len());
        self.read_people(connection, &people, &mut found).await?;
        let mut found: HashMap<PersonRef, Person> = found
            .into_iter()
            .map(|person| (person.reference.clone(), person))
            .collect();
        let invitees = attendees.into_iter().map(|attendee| Invitee {
            person: found.remove(&attendee.person),
            attendee,
        });
        Ok(Some((invitees.collect(), position)))
    }

    pub(super) fn meeting_row(&self, row: &Row) -> Result<Meeting, DatabaseError> {
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
        let zone = Zone::new(row.get("time_zone")?).map_err(|e| row.invalid(e))?;
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
        if row.get::<Option<String>>("online_settings")?.is_some() {
            meeting.online_settings = row.json("online_settings")?;
        }
        let join_url: Option<String> = row.get("join_url")?;
        meeting.join_url = join_url
            .map(JoinUrl::new)
            .transpose()
            .map_err(|e| row.invalid(e))?;
        Ok(meeting)
    }

    pub(super) fn attendee_row(&self, row: &Row, meeting: &str) -> Result<Attendee, DatabaseError> {
        let row = Named {
            database: self,
            row,
            what: format!("an attendee of meeting {meeting:?}"),
        };
        Ok(Attendee {
            person: row.person("kind", "person_id")?,
            status: row.word("status")?,
        })
    }

    pub(super) async fn read_person(
        &self,
        connection: &mut Transaction,
        who: &PersonRef,
    ) -> Result<Option<Person>, DatabaseError> {
        let mut found = Vec::new();
        self.read_people(connection, std::slice::from_ref(who), &mut found)
            .await?;
        Ok(found.pop())
    }

    /// Adds the people of a list to `found`. People without a record are left out.
    pub(super) async fn read_people(
        &self,
        connection: &mut Transaction,
        who: &[PersonRef],
        found: &mut Vec<Person>,
    ) -> Result<(), DatabaseError> {
        if who.is_empty() {
            return Ok(());
        }
        let mut select = query_in_words(format!(
            // Each record by the key. SQLite would go through all people for `(kind, id) IN (VALUES …)`.
            "SELECT person.kind, person.id, name, email, time_zone, language
             FROM (VALUES {}) AS wanted
             JOIN person ON person.kind = wanted.column1 AND person.id = wanted.column2",
            rows_of(self.pool.dialect(), "($, $)", who.len())
        ));
        for who in who {
            select = select.bind(who.kind.as_str()).bind(who.id.as_str());
        }
        let rows = select
            .fetch_all(&mut *connection)
            .await
            .map_err(self.explain("reading people"))?;
        for row in &rows {
            found.push(self.person_row(&mut *connection, row).await?);
        }
        Ok(())
    }

    async fn person_row(&self, connection: &mut Transaction, row: &Row) -> Result<Person, DatabaseError> {
        let mut row = Named {
            database: self,
            row,
            what: "a person".to_owned(),
        };
        let who = row.person("kind", "id")?;
        row.what = who.to_string();
        let user = match who.kind {
            PersonKind::User => Some(Box::new(self.permissions(connection, &who.id).await?)),
            PersonKind::Contact | PersonKind::Lead => None,
        };
        let zone: Option<&str> = row.get("time_zone")?;
        Ok(Person {
            reference: who,
            name: row.get("name")?,
            reach: row.parse_option("email")?.into(),
            time_zone: zone.map(Zone::new).transpose().map_err(|e| row.invalid(e))?,
            language: row.parse_option("language")?,
            user,
        })
    }

    /// The permissions that the roles of a user grant together.
    pub(super) async fn permissions(
        &self,
        connection: &mut Transaction,
        user: &PersonId,
    ) -> Result<UserFacts, DatabaseError> {
        let roles = query(
            "SELECT role.* FROM role JOIN user_role ON role.id = user_role.role_id WHERE user_role.user_id = $1",
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
            if row.get("zoom_meetings")? {
                facts.scopes.insert(zoom::SCOPE.to_owned());
            }
            facts.meeting_edit = facts.meeting_edit.max(row.word::<EditAccess>("meeting_edit")?);
        }
        Ok(facts)
    }
}
