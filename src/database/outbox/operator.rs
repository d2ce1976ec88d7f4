//! The outbox for its operators: the port [`OutboxOperator`].

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::super::connections::Transaction;
use super::super::sql::{Row, Value, query, query_in_words};
use super::super::{Database, DatabaseError, Subject};
use super::entry_columns;
use super::message_key::message_key;
use crate::fault::BoxFault;
use crate::mail::{
    CannotCancel, DeliveryState, Enqueued, OutboxCounts, OutboxEntry, OutboxOperator, Seen, Selection,
};
use crate::meeting::MeetingId;

impl From<DatabaseError> for CannotCancel {
    fn from(error: DatabaseError) -> Self {
        Self::Store(error.into())
    }
}

#[async_trait]
impl OutboxOperator for Database {
    async fn invitations(
        &self,
        meeting: Option<&MeetingId>,
        state: Option<DeliveryState>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<OutboxEntry>, BoxFault> {
        self.settle().await?;
        let found = query(concat!(
            "SELECT ",
            entry_columns!(),
            " FROM invitation
             WHERE ($1 IS NULL OR meeting_id = $1) AND ($2 IS NULL OR state = $2) AND id < $3
             ORDER BY id DESC LIMIT $4"
        ))
        .bind(meeting.map(MeetingId::as_str))
        .bind(state.map(DeliveryState::as_str))
        .bind(before.unwrap_or(i64::MAX))
        .bind(limit)
        .read_each(&self.pool, self.explain("reading the outbox"), |row| {
            self.entry(row)
        })
        .await;
        Ok(found?)
    }

    async fn invitation(&self, id: &str) -> Result<Option<(OutboxEntry, Vec<u8>)>, BoxFault> {
        let bare = id.trim().trim_start_matches('<').trim_end_matches('>');
        let doing = "reading the outbox";
        self.settle().await?;
        let mut tx = self.read(doing).await?;
        let message_id = format!("<{bare}>");
        let row = query("SELECT * FROM invitation WHERE id = $1 OR (message_key = $2 AND message_id = $3)")
            .bind(bare.parse::<i64>().ok())
            .bind(message_key(&message_id))
            .bind(message_id)
            .fetch_optional(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        let Some(row) = row else { return Ok(None) };
        let entry = self.entry(&row)?;
        let stored = self.stored_message(&row)?;
        let message = self
            .read_message(&entry.envelope.to, &entry.message_id, &stored)
            .await?;
        Ok(Some((entry, message)))
    }

    async fn count_invitations(&self, meeting: Option<&MeetingId>) -> Result<OutboxCounts, BoxFault> {
        Ok(self.counts(meeting).await?)
    }

    async fn meetings_to_retry(&self, selection: &Selection) -> Result<Vec<MeetingId>, BoxFault> {
        let doing = "looking for invitations to try again";
        self.settle().await?;
        let (id, meeting) = match selection {
            Selection::One(id) => (Some(*id), None),
            Selection::Meeting(meeting) => (None, Some(meeting.as_str())),
            Selection::All => (None, None),
        };
        let rows = query(
            "SELECT DISTINCT meeting_id FROM invitation
             WHERE state IN ('queued', 'failed', 'given_up', 'may_have_arrived')
               AND ($1 IS NULL OR id = $1) AND ($2 IS NULL OR meeting_id = $2)",
        )
        .bind(id)
        .bind(meeting)
        .fetch_all(&self.pool)
        .await
        .map_err(self.explain(doing))?;
        let meetings: Result<_, DatabaseError> = rows.iter().map(|row| self.meeting_of(row)).collect();
        Ok(meetings?)
    }

    async fn cancel_invitations(&self, ids: &[i64]) -> Result<u64, CannotCancel> {
        let doing = "calling invitations off";
        self.settle().await?;
        let mut meetings = BTreeSet::new();
        for &id in ids {
            let row = query("SELECT meeting_id FROM invitation WHERE id = $1")
                .bind(id)
                .fetch_optional(&self.pool)
                .await
                .map_err(self.explain(doing))?;
            meetings.insert(self.meeting_of(&row.ok_or(CannotCancel::NotFound { id })?)?);
        }
        let mut tx = self.write_rows(doing).await?;
        // In their order: two that want several of the same do not wait for each other.
        for meeting in &meetings {
            let subject = Subject::Meeting(meeting).to_string();
            tx.guard(&subject).await.map_err(self.explain(doing))?;
        }
        let mut count = 0;
        for &id in ids {
            let row = query_in_words(format!(
                "SELECT state FROM invitation WHERE id = $1 {}",
                self.pool.dialect().for_update()
            ))
            .bind(id)
            .fetch_one(&mut tx)
            .await
            .map_err(self.explain(doing))?;
            let state: String = row.only().map_err(self.explain(doing))?;
            let state = state
                .parse()
                .map_err(|error: String| self.invalid(format!("invitation {id}"), error))?;
            match state {
                DeliveryState::Sending => return Err(CannotCancel::Sending { id }),
                DeliveryState::Sent => return Err(CannotCancel::Sent { id }),
                DeliveryState::Cancelled | DeliveryState::Superseded => {}
                DeliveryState::MayHaveArrived => return Err(CannotCancel::Sent { id }),
                DeliveryState::Queued | DeliveryState::Failed | DeliveryState::GivenUp => {
                    count += self.cancel_where("id = $1", id.into(), &mut tx, doing).await?;
                }
            }
        }
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(count)
    }

    async fn cancel_of_meeting(&self, meeting: &MeetingId) -> Result<(u64, u64), BoxFault> {
        let doing = "calling invitations off";
        self.settle().await?;
        let mut tx = self.write(&Subject::Meeting(meeting), doing).await?;
        let count = self
            .cancel_where("meeting_id = $1", meeting.as_str().into(), &mut tx, doing)
            .await?;
        let row = query("SELECT count(*) FROM invitation WHERE meeting_id = $1 AND state = 'sending'")
            .bind(meeting.as_str())
            .fetch_one(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        let sending: i64 = row.only().map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok((count, u64::try_from(sending).unwrap_or(0)))
    }
}

impl Database {
    pub(super) async fn try_again(
        &self,
        meeting: &MeetingId,
        seen: Seen,
        messages: &[i64],
    ) -> Result<Enqueued, DatabaseError> {
        let doing = "letting invitations be tried again";
        self.settle().await?;
        let mut tx = self.write(&Subject::Meeting(meeting), doing).await?;
        if self.newest(&mut tx, meeting, doing).await? != seen {
            return Ok(Enqueued::Overtaken);
        }
        for id in messages {
            let again = query(
                "UPDATE invitation SET state = 'queued', next_attempt_at = $1, created_at = $1, answers_lost = 0,
                     cut_off = CASE WHEN answers_lost > 0 THEN 1 ELSE cut_off END
                 WHERE id = $2 AND superseded = 0 AND state IN ('queued', 'failed', 'given_up', 'may_have_arrived')",
            )
            .bind(self.clock.now())
            .bind(*id)
            .execute(&mut tx)
            .await;
            match again {
                Ok(0) => return Ok(Enqueued::Overtaken),
                Ok(_) => {}
                // Another message waits for the mailbox.
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                    return Ok(Enqueued::Overtaken);
                }
                Err(error) => return Err(self.explain(doing)(error)),
            }
        }
        tx.wake_workers().await.map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(Enqueued::Queued)
    }

    /// The meeting of a row that has but its id.
    fn meeting_of(&self, row: &Row) -> Result<MeetingId, DatabaseError> {
        let id: String = row
            .only()
            .map_err(self.explain("reading the meeting of an invitation"))?;
        MeetingId::new(id).map_err(|error| self.invalid("the meeting of an invitation", error))
    }

    async fn cancel_where(
        &self,
        condition: &'static str,
        value: Value<'_>,
        tx: &mut Transaction,
        doing: &str,
    ) -> Result<u64, DatabaseError> {
        query_in_words(format!(
            "UPDATE invitation SET state = 'cancelled', last_answer = 'called off by hand'
             WHERE {condition} AND state IN ('queued', 'failed', 'given_up')"
        ))
        .bind(value)
        .execute(tx)
        .await
        .map_err(self.explain(doing))
    }
}
