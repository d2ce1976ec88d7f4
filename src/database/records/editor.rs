//! Making and changing meetings of the built-in CRM, and when its users are busy.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::TimeDelta;

use super::no_meeting;
use crate::crm::import::Target;
use crate::crm::{Availability, Busy, CrmError, Editor, MeetingRecord, Span};
use crate::database::connections::Transaction;
use crate::database::sql::query;
use crate::database::{Database, DatabaseError, Subject, millis};
use crate::meeting::{Acceptance, Attendee, Meeting, MeetingId, PersonId, PersonRef};

#[async_trait]
impl Editor for Database {
    async fn create(&self, record: &MeetingRecord) -> Result<MeetingId, CrmError> {
        let doing = "making a meeting";
        let id = record.meeting.id();
        let mut tx = self.write(&Subject::Records, doing).await?;
        match self.read_meeting(&mut tx, id).await? {
            // A run that was cut off makes it once more.
            Some(made) if made == record.meeting => return Ok(id.clone()),
            Some(_) => return Err(changed(id)),
            None => {}
        }
        self.require_user(&mut tx, &record.meeting).await?;
        for attendee in &record.attendees {
            self.require(&mut tx, &attendee.person).await?;
        }
        self.put_meeting(&mut tx, &record.meeting).await?;
        self.put_attendees(&mut tx, id, &record.attendees).await?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(id.clone())
    }

    async fn change(&self, before: &Meeting, after: &Meeting) -> Result<Meeting, CrmError> {
        let doing = "changing a meeting";
        let id = before.id();
        let mut tx = self.write(&Subject::Records, doing).await?;
        let now = self
            .read_meeting(&mut tx, id)
            .await?
            .ok_or_else(|| no_meeting(id))?;
        if now != *before {
            return Err(changed(id));
        }
        self.require_user(&mut tx, after).await?;
        self.put_meeting(&mut tx, after).await?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(after.clone())
    }

    async fn set_attendees(&self, id: &MeetingId, people: &[PersonRef]) -> Result<(), CrmError> {
        let doing = "changing who is invited";
        let mut tx = self.write(&Subject::Records, doing).await?;
        if self.read_meeting(&mut tx, id).await?.is_none() {
            return Err(no_meeting(id).into());
        }
        let mut answers = HashMap::new();
        query("SELECT kind, person_id, status FROM attendee WHERE meeting_id = $1")
            .bind(id.as_str())
            .read_each(&mut tx, self.explain(doing), |row| {
                let attendee = self.attendee_row(row, id.as_str())?;
                answers.insert(attendee.person, attendee.status);
                Ok::<_, DatabaseError>(())
            })
            .await?;
        let mut attendees = Vec::with_capacity(people.len());
        for person in people {
            self.require(&mut tx, person).await?;
            attendees.push(Attendee {
                person: person.clone(),
                status: answers.get(person).copied().unwrap_or_default(),
            });
        }
        self.put_attendees(&mut tx, id, &attendees).await?;
        Ok(tx.commit().await.map_err(self.explain(doing))?)
    }
}

#[async_trait]
impl Availability for Database {
    /// A user is busy at meetings that are assigned to the user, and at those that the user attends and has not declined.
    /// Meetings that are not held do not count.
    async fn busy(
        &self,
        user: &PersonId,
        span: Span,
        apart_from: Option<&MeetingId>,
    ) -> Result<Busy, CrmError> {
        let doing = "looking for busy times";
        let mut tx = self.read(doing).await?;
        let person = PersonRef::user(user.clone());
        if !self.exists(&mut tx, &Target::Person(person)).await? {
            return Ok(Busy::Unknown);
        }
        // When a day begins and ends, only the meeting's zone tells.
        let day = |instant: chrono::DateTime<chrono::Utc>| instant.date_naive().to_string();
        let meetings = query(
            "SELECT * FROM meeting
             WHERE status <> 'NotHeld' AND ($1 IS NULL OR id <> $1)
               AND ((start_at < $2 AND end_at > $3) OR (start_date <= $4 AND end_date >= $5))
               AND (assigned_user = $6 OR EXISTS (
                   SELECT 1 FROM attendee
                   WHERE meeting_id = meeting.id AND kind = 'user' AND person_id = $6 AND status <> $7))",
        )
        .bind(apart_from.map(MeetingId::as_str))
        .bind(millis(span.end))
        .bind(millis(span.start))
        .bind(day(span.end + TimeDelta::days(1)))
        .bind(day(span.start - TimeDelta::days(2)))
        .bind(user.as_str())
        .bind(Acceptance::Declined.as_str())
        .read_each(&mut tx, self.explain(doing), |row| self.meeting_row(row))
        .await?;
        let spans = meetings.iter().map(|meeting| {
            let (start, end) = meeting.when.span(&meeting.time_zone);
            Span { start, end }
        });
        let mut spans: Vec<Span> = spans.filter(|busy| busy.overlaps(&span)).collect();
        spans.sort_unstable();
        Ok(Busy::During(spans))
    }
}

impl Database {
    async fn require_user(&self, tx: &mut Transaction, meeting: &Meeting) -> Result<(), DatabaseError> {
        match &meeting.assigned_user {
            Some(user) => self.require(tx, &PersonRef::user(user.clone())).await,
            None => Ok(()),
        }
    }

    async fn require(&self, tx: &mut Transaction, person: &PersonRef) -> Result<(), DatabaseError> {
        if self.exists(tx, &Target::Person(person.clone())).await? {
            return Ok(());
        }
        Err(DatabaseError::NoPerson {
            person: person.clone(),
        })
    }
}

fn changed(id: &MeetingId) -> CrmError {
    CrmError::Changed {
        record: format!("meeting {:?}", id.as_str()),
    }
}
