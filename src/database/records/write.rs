//! Records into their tables.

use crate::crm::import::{ImportedUser, Role, Target};
use crate::database::connections::Transaction;
use crate::database::rows::to_json;
use crate::database::sql::query;
use crate::database::{Database, DatabaseError, millis};
use crate::meeting::{
    Attendee, EditAccess, JoinUrl, Meeting, MeetingId, OnlineLocation, Person, PersonId, Zone,
};

impl Database {
    pub(super) async fn exists(&self, tx: &mut Transaction, target: &Target) -> Result<bool, DatabaseError> {
        let query = match target {
            Target::Role(id) => query("SELECT 1 FROM role WHERE id = $1").bind(id.as_str()),
            Target::Person(person) => query("SELECT 1 FROM person WHERE kind = $1 AND id = $2")
                .bind(person.kind.as_str())
                .bind(person.id.as_str()),
        };
        let found = query
            .fetch_optional(&mut *tx)
            .await
            .map_err(self.explain("looking for a record"))?;
        Ok(found.is_some())
    }

    pub(super) async fn put_role(&self, tx: &mut Transaction, role: &Role) -> Result<(), DatabaseError> {
        query(
            "INSERT INTO role (id, zoom_meetings, meeting_edit) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET zoom_meetings = excluded.zoom_meetings, meeting_edit = excluded.meeting_edit",
        )
        .bind(role.id.as_str())
        .bind(role.zoom_meetings)
        .bind(edit_word(role.meeting_edit))
        .execute(&mut *tx)
        .await
        .map_err(self.explain("loading a role"))?;
        Ok(())
    }

    pub(super) async fn put_user(
        &self,
        tx: &mut Transaction,
        user: &ImportedUser,
    ) -> Result<(), DatabaseError> {
        let doing = "loading a user";
        self.put_person(tx, &user.person).await?;
        self.put_online_user(tx, &user.zoom).await?;
        query("DELETE FROM user_role WHERE user_id = $1")
            .bind(user.person.reference.id.as_str())
            .execute(&mut *tx)
            .await
            .map_err(self.explain(doing))?;
        for role in &user.roles {
            query("INSERT INTO user_role (user_id, role_id) VALUES ($1, $2)")
                .bind(user.person.reference.id.as_str())
                .bind(role.as_str())
                .execute(&mut *tx)
                .await
                .map_err(self.explain(doing))?;
        }
        Ok(())
    }

    pub(super) async fn put_person(
        &self,
        tx: &mut Transaction,
        person: &Person,
    ) -> Result<(), DatabaseError> {
        query(
            "INSERT INTO person (kind, id, name, email, time_zone, language)
             VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name, email = excluded.email,
                 time_zone = excluded.time_zone, language = excluded.language",
        )
        .bind(person.reference.kind.as_str())
        .bind(person.reference.id.as_str())
        .bind(&person.name)
        .bind(person.email().map(|email| email.as_str()))
        .bind(person.time_zone.as_ref().map(Zone::name))
        .bind(person.language.as_ref().map(|language| language.tag()))
        .execute(&mut *tx)
        .await
        .map_err(self.explain("loading a person"))?;
        Ok(())
    }

    pub(super) async fn put_meeting(
        &self,
        tx: &mut Transaction,
        meeting: &Meeting,
    ) -> Result<(), DatabaseError> {
        let doing = "storing a meeting";
        let instants = meeting.when.instants();
        let days = meeting.when.days();
        let online_settings = match meeting.online_settings.is_empty() {
            true => None,
            false => Some(to_json(&meeting.online_settings)?),
        };
        let stored = query(
            "INSERT INTO meeting (id, uid, name, status, start_at, end_at, start_date, end_date, time_zone,
                 description, location, online_location, online_settings, join_url, assigned_user)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
             ON CONFLICT (id) DO UPDATE SET uid = excluded.uid, name = excluded.name, status = excluded.status,
                 start_at = excluded.start_at, end_at = excluded.end_at, start_date = excluded.start_date,
                 end_date = excluded.end_date, time_zone = excluded.time_zone,
                 description = excluded.description, location = excluded.location,
                 online_location = excluded.online_location, online_settings = excluded.online_settings,
                 join_url = excluded.join_url,
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
        .bind(meeting.online_location.as_ref().map(OnlineLocation::as_str))
        .bind(online_settings)
        .bind(meeting.join_url.as_ref().map(JoinUrl::as_str))
        .bind(meeting.assigned_user.as_ref().map(PersonId::as_str))
        .execute(&mut *tx)
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
        Ok(())
    }

    pub(super) async fn put_attendees(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        attendees: &[Attendee],
    ) -> Result<(), DatabaseError> {
        let doing = "storing attendees";
        query("DELETE FROM attendee WHERE meeting_id = $1")
            .bind(meeting.as_str())
            .execute(&mut *tx)
            .await
            .map_err(self.explain(doing))?;
        for (position, attendee) in (0_i64..).zip(attendees) {
            query(
                "INSERT INTO attendee (meeting_id, position, kind, person_id, status) VALUES ($1, $2, $3, $4, $5)",
            )
            .bind(meeting.as_str())
            .bind(position)
            .bind(attendee.person.kind.as_str())
            .bind(attendee.person.id.as_str())
            .bind(attendee.status.as_str())
            .execute(&mut *tx)
            .await
            .map_err(self.explain(doing))?;
        }
        Ok(())
    }
}

fn edit_word(access: EditAccess) -> &'static str {
    match access {
        EditAccess::No => "no",
        EditAccess::Own => "own",
        EditAccess::All => "all",
    }
}
