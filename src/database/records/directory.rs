//! The lists of the built-in CRM.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use crate::crm::{
    CrmError, Cursor, Directory, MeetingOrder, MeetingQuery, MeetingRecord, Page, PeopleQuery, UserRecord,
};
use crate::database::connections::Transaction;
use crate::database::rows::Named;
use crate::database::sql::{Row, query, query_in_words, rows_of};
use crate::database::{Database, DatabaseError, millis};
use crate::meeting::{Attendee, Meeting, MeetingStatus, Person, PersonId, PersonRef};

/// How many records are on a page.
const AT_ONCE: u32 = 200;

/// A place in the list of meetings: when the last one begins, in milliseconds, and its id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    begins: i64,
    id: String,
}

impl Place {
    /// A meeting of whole days has its place at midnight in UTC. Of meetings that begin at the same time, the smaller id
    /// comes first.
    fn of(meeting: &Meeting) -> Self {
        let begins = match (meeting.when.instants(), meeting.when.days()) {
            (Some((start, _)), _) => millis(start),
            (None, days) => days.map_or(0, |(first, _)| millis(midnight(first))),
        };
        Self {
            begins,
            id: meeting.id().as_str().to_owned(),
        }
    }

    /// Before everything, or behind it.
    fn outside(order: MeetingOrder) -> Self {
        let begins = match order {
            MeetingOrder::Earliest => 0,
            // The end of the year 9999. Days are compared as texts, so the year must have four digits.
            MeetingOrder::Latest => 253_402_300_799_999,
        };
        Self {
            begins,
            id: String::new(),
        }
    }

    fn read(cursor: &Cursor) -> Option<Self> {
        let (begins, id) = cursor.as_str().split_once(' ')?;
        Some(Self {
            begins: begins.parse().ok()?,
            id: id.to_owned(),
        })
    }

    fn cursor(&self) -> Cursor {
        Cursor::new(format!("{} {}", self.begins, self.id))
    }

    /// Its day in UTC, and whether it is the first moment of it.
    fn day(&self) -> (NaiveDate, bool) {
        let at = DateTime::from_timestamp_millis(self.begins).unwrap_or(DateTime::UNIX_EPOCH);
        (at.date_naive(), at.time() == NaiveTime::MIN)
    }
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

#[async_trait]
impl Directory for Database {
    async fn meetings(
        &self,
        query: &MeetingQuery,
        after: Option<&Cursor>,
    ) -> Result<Page<MeetingRecord>, CrmError> {
        let after = match after {
            None => Place::outside(query.order),
            Some(cursor) => Place::read(cursor).ok_or_else(|| self.not_ours(cursor))?,
        };
        let mut tx = self.read("listing meetings").await?;
        let timed = self.timed_meetings(&mut tx, query, &after).await?;
        let of_days = self.meetings_of_days(&mut tx, query, &after).await?;
        let is_full = |found: &[Meeting]| u32::try_from(found.len()).is_ok_and(|count| count >= AT_ONCE);
        let has_more = is_full(&timed) || is_full(&of_days);
        let mut meetings: Vec<(Place, Meeting)> = timed
            .into_iter()
            .chain(of_days)
            .map(|meeting| (Place::of(&meeting), meeting))
            .collect();
        meetings.sort_by(|(a, _), (b, _)| match query.order {
            MeetingOrder::Earliest => a.cmp(b),
            MeetingOrder::Latest => b.cmp(a),
        });
        let has_more = has_more || meetings.len() > AT_ONCE as usize;
        meetings.truncate(AT_ONCE as usize);
        let next = meetings
            .last()
            .filter(|_| has_more)
            .map(|(place, _)| place.cursor());
        let ends_after = |meeting: &Meeting| {
            let (_, end) = meeting.when.span(&meeting.time_zone);
            query.ends_after.is_none_or(|after| end > after)
        };
        let meetings = meetings.into_iter().map(|(_, meeting)| meeting);
        let meetings: Vec<Meeting> = meetings.filter(ends_after).collect();
        let mut attendees = self.attendees_of(&mut tx, &meetings).await?;
        let records = meetings.into_iter().map(|meeting| MeetingRecord {
            attendees: attendees.remove(meeting.id().as_str()).unwrap_or_default(),
            meeting,
        });
        Ok(Page {
            items: records.collect(),
            next,
        })
    }

    async fn users(&self, after: Option<&Cursor>) -> Result<Page<UserRecord>, CrmError> {
        let doing = "listing users";
        let mut tx = self.read(doing).await?;
        let rows = query("SELECT id FROM person WHERE kind = 'user' AND id > $1 ORDER BY id LIMIT $2")
            .bind(after.map_or("", Cursor::as_str))
            .bind(AT_ONCE)
            .fetch_all(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        let mut users = Vec::with_capacity(rows.len());
        let mut last = None;
        for row in &rows {
            let id = row.only::<String>().map_err(self.explain(doing))?;
            last = Some(Cursor::new(id.as_str()));
            let Ok(id) = PersonId::new(id) else { continue };
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
        Ok(Page {
            items: users,
            next: last.filter(|_| rows.len() >= AT_ONCE as usize),
        })
    }

    async fn look_up(&self, wanted: &PeopleQuery, after: Option<&Cursor>) -> Result<Page<Person>, CrmError> {
        let doing = "looking people up";
        let (kind, id) = match after {
            None => ("", ""),
            Some(cursor) => cursor
                .as_str()
                .split_once(':')
                .ok_or_else(|| self.not_ours(cursor))?,
        };
        let mut tx = self.read(doing).await?;
        let some = match wanted {
            PeopleQuery::Email(address) => query(
                "SELECT kind, id FROM person WHERE (kind, id) > ($1, $2) AND lower(email) = lower($4)
                 ORDER BY kind, id LIMIT $3",
            )
            .bind(kind)
            .bind(id)
            .bind(AT_ONCE)
            .bind(address.as_str()),
            // Which letters are the same but for case, the databases do not agree on.
            PeopleQuery::Name(_) => {
                query("SELECT kind, id FROM person WHERE (kind, id) > ($1, $2) ORDER BY kind, id LIMIT $3")
                    .bind(kind)
                    .bind(id)
                    .bind(AT_ONCE)
            }
        };
        let rows = some.fetch_all(&mut tx).await.map_err(self.explain(doing))?;
        let mut people = Vec::with_capacity(rows.len());
        for row in &rows {
            people.push(self.person_reference(row)?);
        }
        let next = people
            .last()
            .filter(|_| rows.len() >= AT_ONCE as usize)
            .map(|last| Cursor::new(last.to_string()));
        let mut found = Vec::new();
        self.read_people(&mut tx, &people, &mut found).await?;
        found.sort_by_key(|person| (person.reference.kind.as_str(), person.reference.id.clone()));
        found.retain(|person| match wanted {
            PeopleQuery::Email(address) => person.email().is_some_and(|email| email.is_same_mailbox(address)),
            PeopleQuery::Name(part) => person.name.to_lowercase().contains(&part.to_lowercase()),
        });
        Ok(Page { items: found, next })
    }
}

impl Database {
    /// Meetings with a start behind a place, in the query's order.
    async fn timed_meetings(
        &self,
        tx: &mut Transaction,
        wanted: &MeetingQuery,
        after: &Place,
    ) -> Result<Vec<Meeting>, DatabaseError> {
        let (behind, order) = words(wanted.order);
        let select = query_in_words(format!(
            "SELECT * FROM meeting
             WHERE start_at IS NOT NULL AND ($1 IS NULL OR status = $1) AND ($2 IS NULL OR end_at > $2)
               AND (start_at {behind} $3 OR (start_at = $3 AND id {behind} $4))
             ORDER BY start_at {order}, id {order} LIMIT $5"
        ))
        .bind(wanted.status.map(MeetingStatus::as_str))
        .bind(wanted.ends_after.map(millis))
        .bind(after.begins)
        .bind(after.id.as_str())
        .bind(AT_ONCE);
        let explain = self.explain("listing meetings");
        select.read_each(tx, explain, |row| self.meeting_row(row)).await
    }

    /// Meetings of whole days behind a place, in the query's order. A meeting among them may end before the query's
    /// `ends_after`: only the meeting's zone tells when its day ends.
    async fn meetings_of_days(
        &self,
        tx: &mut Transaction,
        wanted: &MeetingQuery,
        after: &Place,
    ) -> Result<Vec<Meeting>, DatabaseError> {
        let (behind, order) = words(wanted.order);
        let (day, is_midnight) = after.day();
        let same_day = match (is_midnight, wanted.order) {
            (true, _) => true,
            // The midnight of that day is before the place.
            (false, order) => order == MeetingOrder::Latest,
        };
        let ends_from = wanted
            .ends_after
            .map(|after| (after - TimeDelta::days(2)).date_naive().to_string());
        let select = query_in_words(format!(
            "SELECT * FROM meeting
             WHERE start_date IS NOT NULL AND ($1 IS NULL OR status = $1) AND ($2 IS NULL OR end_date >= $2)
               AND (start_date {behind} $3 OR (start_date = $3 AND $4 AND ($5 OR id {behind} $6)))
             ORDER BY start_date {order}, id {order} LIMIT $7"
        ))
        .bind(wanted.status.map(MeetingStatus::as_str))
        .bind(ends_from)
        .bind(day.to_string())
        .bind(same_day)
        .bind(!is_midnight)
        .bind(after.id.as_str())
        .bind(AT_ONCE);
        let explain = self.explain("listing meetings");
        select.read_each(tx, explain, |row| self.meeting_row(row)).await
    }

    /// The attendees of these meetings, by the meetings' ids.
    async fn attendees_of(
        &self,
        tx: &mut Transaction,
        meetings: &[Meeting],
    ) -> Result<HashMap<String, Vec<Attendee>>, DatabaseError> {
        let mut attendees: HashMap<String, Vec<Attendee>> = HashMap::new();
        if meetings.is_empty() {
            return Ok(attendees);
        }
        let doing = "listing meetings";
        let mut select = query_in_words(format!(
            "SELECT * FROM attendee WHERE meeting_id IN (VALUES {}) ORDER BY meeting_id, position",
            rows_of(self.pool.dialect(), "($)", meetings.len())
        ));
        for meeting in meetings {
            select = select.bind(meeting.id().as_str());
        }
        let note = |row: &Row| {
            let meeting: String = row.get("meeting_id").map_err(self.explain(doing))?;
            let attendee = self.attendee_row(row, &meeting)?;
            attendees.entry(meeting).or_default().push(attendee);
            Ok(())
        };
        select.read_each(tx, self.explain(doing), note).await?;
        Ok(attendees)
    }

    fn person_reference(&self, row: &Row) -> Result<PersonRef, DatabaseError> {
        let row = Named {
            database: self,
            row,
            what: "a person".to_owned(),
        };
        row.person("kind", "id")
    }

    /// A list is asked to go on at a place that it did not name.
    fn not_ours(&self, cursor: &Cursor) -> DatabaseError {
        self.invalid("a place in a list", format!("{:?} is none", cursor.as_str()))
    }
}

/// The comparison that finds rows behind a place, and the order of the rows.
const fn words(order: MeetingOrder) -> (&'static str, &'static str) {
    match order {
        MeetingOrder::Earliest => (">", "ASC"),
        MeetingOrder::Latest => ("<", "DESC"),
    }
}
