//! Forgetting meetings that are over: the port [`Retention`].
//!
//! The newest revision says when a meeting took place, so no CRM is asked. One revision of each tenure stays, without name,
//! place, link and people. If the meeting is planned again, it goes on from the UID and the number of that revision.

use std::time::Instant;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::super::connections::Transaction;
use super::super::rows::{Named, to_json};
use super::super::sql::{query, query_in_words};
use super::super::{Database, DatabaseError, Subject};
use crate::fault::BoxFault;
use crate::mail::{Forgotten, Organizer, Retention};
use crate::meeting::{Facts, MeetingId};
use crate::online::OnlineSpec;

const DOING: &str = "forgetting meetings that are over";
/// How many mails one transaction deletes. Other writers wait for so long.
const MAILS_AT_ONCE: u32 = 1_000;
/// How many meetings are looked at together.
const MEETINGS_AT_ONCE: u32 = 500;

/// The newest revision of a tenure.
struct Last {
    occurrence: String,
    tenure: i64,
    revision: i64,
    uid: String,
    facts: Facts,
    organizer: Option<Organizer>,
    /// How many revisions came before.
    before: u64,
}

/// How a meeting stands, under its lock.
enum Standing {
    /// The meeting is not over for long enough.
    Stays,
    /// A mail of the meeting waits.
    Waits,
    /// The meeting is to be forgotten. The newest revision of each tenure.
    Over(Vec<Last>),
}

#[async_trait]
impl Retention for Database {
    async fn forget(&self, before: DateTime<Utc>, dry_run: bool) -> Result<Forgotten, BoxFault> {
        self.settle().await?;
        let mut forgotten = Forgotten::default();
        let mut after = String::new();
        loop {
            let (over, last) = self.over(&after, before).await?;
            for meeting in over {
                match dry_run {
                    true => self.count_meeting(&meeting, before, &mut forgotten).await?,
                    false => self.forget_meeting(&meeting, before, &mut forgotten).await?,
                }
            }
            match last {
                Some(last) => after = last,
                None => return Ok(forgotten),
            }
        }
    }
}

impl Database {
    /// Looks at the next meetings in the order of their ids. Answers those that are over and have something to forget, and
    /// the id of the last one that was looked at.
    async fn over(
        &self,
        after: &str,
        before: DateTime<Utc>,
    ) -> Result<(Vec<MeetingId>, Option<String>), DatabaseError> {
        // A meeting without a revision has nothing in the outbox.
        let rows = query(
            "SELECT meeting_id, facts,
                 CAST(CASE WHEN EXISTS (SELECT 1 FROM invitation WHERE invitation.meeting_id = newest.meeting_id)
                             OR EXISTS (SELECT 1 FROM answer WHERE answer.meeting_id = newest.meeting_id)
                             OR EXISTS (SELECT 1 FROM message_base WHERE message_base.meeting_id = newest.meeting_id)
                      THEN 1 ELSE 0 END AS BIGINT) AS more
             FROM issued AS newest
             WHERE meeting_id > $1 AND occurrence = ''
               AND NOT EXISTS (SELECT 1 FROM issued AS newer
                               WHERE newer.meeting_id = newest.meeting_id AND newer.occurrence = ''
                                 AND (newer.tenure, newer.revision) > (newest.tenure, newest.revision))
             ORDER BY meeting_id LIMIT $2",
        )
        .bind(after)
        .bind(MEETINGS_AT_ONCE)
        .fetch_all(&self.pool)
        .await
        .map_err(self.explain(DOING))?;
        let mut over = Vec::new();
        let mut last = None;
        for row in &rows {
            let row = Named {
                database: self,
                row,
                what: "what invitees were told".to_owned(),
            };
            let id: String = row.get("meeting_id")?;
            let has_more = row.get::<i64>("more")? != 0;
            match (row.parse::<MeetingId>("meeting_id"), row.json::<Facts>("facts")) {
                (Ok(meeting), Ok(facts)) => {
                    let is_over = facts.when.is_over_everywhere_at() <= before;
                    if is_over && (has_more || !facts.is_forgotten()) {
                        over.push(meeting);
                    }
                }
                (Err(error), _) | (_, Err(error)) => {
                    tracing::warn!(meeting = id, %error, "it cannot be told whether a meeting is over");
                }
            }
            last = Some(id);
        }
        Ok((over, last))
    }

    async fn standing(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        before: DateTime<Utc>,
    ) -> Result<Standing, DatabaseError> {
        let rows = query(
            "SELECT occurrence, tenure, revision, uid, facts, organizer FROM issued WHERE meeting_id = $1
             ORDER BY occurrence, tenure, revision",
        )
        .bind(meeting.as_str())
        .fetch_all(&mut *tx)
        .await
        .map_err(self.explain(DOING))?;
        let mut lasts: Vec<Last> = Vec::new();
        for row in &rows {
            let row = Named {
                database: self,
                row,
                what: format!("what the invitees of meeting {:?} were told", meeting.as_str()),
            };
            let mut last = Last {
                occurrence: row.get("occurrence")?,
                tenure: row.get("tenure")?,
                revision: row.get("revision")?,
                uid: row.get("uid")?,
                facts: row.json("facts")?,
                organizer: row.json_option("organizer")?,
                before: 0,
            };
            let same =
                |known: &&mut Last| (&known.occurrence, known.tenure) == (&last.occurrence, last.tenure);
            match lasts.last_mut().filter(same) {
                Some(known) => {
                    last.before = known.before + 1;
                    *known = last;
                }
                None => lasts.push(last),
            }
        }
        let is_newest = |at: usize| {
            let next = lasts.get(at + 1);
            next.is_none_or(|next| next.occurrence != lasts[at].occurrence)
        };
        let mut newest = (0..lasts.len()).filter(|at| is_newest(*at));
        if !newest.all(|at| lasts[at].facts.when.is_over_everywhere_at() <= before) {
            return Ok(Standing::Stays);
        }
        let waiting = query_in_words(format!(
            "SELECT id FROM invitation {}
             WHERE meeting_id = $1 AND state <> 'sent' AND state IN ('queued', 'sending') LIMIT 1",
            self.pool.dialect().by_unsent()
        ));
        let waiting = waiting.bind(meeting.as_str()).fetch_optional(tx).await;
        Ok(match waiting.map_err(self.explain(DOING))? {
            Some(_) => Standing::Waits,
            None => Standing::Over(lasts),
        })
    }

    /// Counts the revisions, messages and answers of a meeting that would be forgotten.
    async fn count_meeting(
        &self,
        meeting: &MeetingId,
        before: DateTime<Utc>,
        forgotten: &mut Forgotten,
    ) -> Result<(), DatabaseError> {
        let mut tx = self.read(DOING).await?;
        match self.standing(&mut tx, meeting, before).await? {
            Standing::Stays => {}
            Standing::Waits => forgotten.waiting += 1,
            Standing::Over(lasts) => {
                forgotten.meetings += 1;
                forgotten.revisions += lasts.iter().map(Last::to_forget).sum::<u64>();
                for (count, of) in [
                    (
                        &mut forgotten.messages,
                        "SELECT count(*) FROM invitation WHERE meeting_id = $1",
                    ),
                    (
                        &mut forgotten.answers,
                        "SELECT count(*) FROM answer WHERE meeting_id = $1",
                    ),
                ] {
                    let row = query(of).bind(meeting.as_str()).fetch_one(&mut tx).await;
                    let found: i64 = row.and_then(|row| row.only()).map_err(self.explain(DOING))?;
                    *count += u64::try_from(found).unwrap_or(0);
                }
            }
        }
        Ok(())
    }

    /// Forgets a meeting, if it is still over and none of its mails waits. The revisions go first: whatever
    /// happens then, the next send has a revision that no invitee has.
    async fn forget_meeting(
        &self,
        meeting: &MeetingId,
        before: DateTime<Utc>,
        forgotten: &mut Forgotten,
    ) -> Result<(), DatabaseError> {
        let mut is_first = true;
        loop {
            let began = Instant::now();
            let mut tx = self.write(&Subject::Meeting(meeting), DOING).await?;
            let lasts = match self.standing(&mut tx, meeting, before).await? {
                Standing::Over(lasts) => lasts,
                Standing::Waits if is_first => {
                    forgotten.waiting += 1;
                    return Ok(());
                }
                Standing::Stays | Standing::Waits => return Ok(()),
            };
            let mut now = *forgotten;
            now.meetings += u64::from(is_first);
            for last in &lasts {
                now.revisions += self.forget_told(&mut tx, meeting, last).await?;
            }
            now.answers += query("DELETE FROM answer WHERE meeting_id = $1")
                .bind(meeting.as_str())
                .execute(&mut tx)
                .await
                .map_err(self.explain(DOING))?;
            self.forget_topics(&mut tx, meeting).await?;
            let mails = query(
                "DELETE FROM invitation WHERE id IN
                     (SELECT id FROM invitation WHERE meeting_id = $1 AND state NOT IN ('queued', 'sending')
                      ORDER BY id LIMIT $2)",
            )
            .bind(meeting.as_str())
            .bind(MAILS_AT_ONCE)
            .execute(&mut tx)
            .await
            .map_err(self.explain(DOING))?;
            now.messages += mails;
            let is_last = mails < u64::from(MAILS_AT_ONCE);
            if is_last {
                self.forget_common(&mut tx, meeting).await?;
            }
            tx.commit().await.map_err(self.explain(DOING))?;
            *forgotten = now;
            if is_last {
                return Ok(());
            }
            is_first = false;
            // Other writers, in this process or another, get as much time as this transaction took.
            tokio::time::sleep(began.elapsed()).await;
        }
    }

    /// Forgets the revisions of a tenure. The UID and the highest revision number stay. Answers how many revisions were
    /// forgotten.
    async fn forget_told(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        last: &Last,
    ) -> Result<u64, DatabaseError> {
        query(
            "DELETE FROM issued WHERE meeting_id = $1 AND occurrence = $2 AND tenure = $3 AND revision < $4",
        )
        .bind(meeting.as_str())
        .bind(&last.occurrence)
        .bind(last.tenure)
        .bind(last.revision)
        .execute(&mut *tx)
        .await
        .map_err(self.explain(DOING))?;
        if last.facts.is_forgotten() {
            return Ok(last.to_forget());
        }
        let organizer = last
            .organizer
            .as_ref()
            .and_then(|organizer| organizer.forgotten(&last.uid));
        let organizer = organizer.as_ref().map(to_json).transpose()?;
        query(
            "UPDATE issued SET facts = $5, organizer = $6, answers = NULL, content = NULL
             WHERE meeting_id = $1 AND occurrence = $2 AND tenure = $3 AND revision = $4",
        )
        .bind(meeting.as_str())
        .bind(&last.occurrence)
        .bind(last.tenure)
        .bind(last.revision)
        .bind(to_json(&last.facts.forgotten())?)
        .bind(organizer)
        .execute(tx)
        .await
        .map_err(self.explain(DOING))?;
        Ok(last.to_forget())
    }

    /// Empties the texts of online meetings that may be left over at the provider. Host and time stay: by these an
    /// operator finds the online meeting there.
    async fn forget_topics(&self, tx: &mut Transaction, meeting: &MeetingId) -> Result<(), DatabaseError> {
        let rows = query("SELECT id, spec FROM orphan WHERE meeting_id = $1")
            .bind(meeting.as_str())
            .fetch_all(&mut *tx)
            .await
            .map_err(self.explain(DOING))?;
        for row in &rows {
            let row = Named {
                database: self,
                row,
                what: "an online meeting that may be left over".to_owned(),
            };
            let spec: OnlineSpec = row.json("spec")?;
            let spec = OnlineSpec {
                topic: String::new(),
                agenda: String::new(),
                ..spec
            };
            query("UPDATE orphan SET spec = $2 WHERE id = $1")
                .bind(row.get::<i64>("id")?)
                .bind(to_json(&spec)?)
                .execute(&mut *tx)
                .await
                .map_err(self.explain(DOING))?;
        }
        Ok(())
    }

    /// Deletes the forms and bases of a meeting's mails. The row with the highest number is only emptied, and deleted with a
    /// later one: SQLite would give its number again, and other processes remember forms and bases by their numbers.
    async fn forget_common(&self, tx: &mut Transaction, meeting: &MeetingId) -> Result<(), DatabaseError> {
        query(
            "DELETE FROM message_base
             WHERE meeting_id IN ($1, '') AND id < (SELECT max(id) FROM message_base)",
        )
        .bind(meeting.as_str())
        .execute(&mut *tx)
        .await
        .map_err(self.explain(DOING))?;
        query(
            "UPDATE message_base SET meeting_id = '', purpose = '', language = '', octets = $2 WHERE meeting_id = $1",
        )
        .bind(meeting.as_str())
        .bind(Vec::new())
        .execute(tx)
        .await
        .map_err(self.explain(DOING))?;
        Ok(())
    }
}

impl Last {
    /// How many revisions there are to forget.
    fn to_forget(&self) -> u64 {
        self.before + u64::from(!self.facts.is_forgotten())
    }
}
