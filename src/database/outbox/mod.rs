//! Invitations, and the revisions that invitees were told: the port [`Outbox`].

mod accounts;
mod answered;
mod claim;
mod count;
mod enqueue;
mod fates;
mod grouped;
mod journal;
mod message;
mod message_key;
mod notices;
mod operator;
mod prune;
mod record;
mod recording;

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::bell::Ear;
use super::connections::Transaction;
use super::rows::Named;
use super::sql::{Query, Row, query, query_in_words};
use super::{Database, DatabaseError, Subject};
use crate::fault::BoxFault;
use crate::mail::{
    AttemptResult, ClaimRequest, Claimed, Due, EnqueueOrder, Enqueued, Envelope, Issued, NewInvitation,
    Outbox, OutboxEntry, Seen, UnreadableMessage,
};
use crate::meeting::{EmailAddress, Language, MeetingId, PersonId, Revision, Tenure};

use answered::Answered;
pub(super) use message::SharedParts;
pub(super) use recording::Records;

/// The columns of an invitation without its message.
macro_rules! entry_columns {
    () => {
        "id, meeting_id, tenure, revision, purpose, resend, kind, person_id, language, message_id, envelope_from,
         envelope_to, account, content, state, superseded, attempts, answers_lost, cut_off, next_attempt_at, last_answer,
         created_at, sent_at, notice, notice_status, notice_answer, notice_recipient, notice_by, notice_at"
    };
}
use entry_columns;

impl Database {
    /// The row of an invitation, called by its number, and the number.
    fn numbered<'a>(&'a self, row: &'a Row) -> Result<(i64, Named<'a>), DatabaseError> {
        let mut row = Named {
            database: self,
            row,
            what: "an invitation".to_owned(),
        };
        let id: i64 = row.get("id")?;
        row.what = format!("invitation {id}");
        Ok((id, row))
    }

    fn entry(&self, row: &Row) -> Result<OutboxEntry, DatabaseError> {
        let (id, row) = self.numbered(row)?;
        Ok(OutboxEntry {
            id,
            meeting: row.parse("meeting_id")?,
            tenure: Tenure(row.number("tenure")?),
            revision: Revision(row.number("revision")?),
            purpose: row.word("purpose")?,
            resend: row.number("resend")?,
            person: row.person("kind", "person_id")?,
            language: row.parse::<Language>("language")?,
            envelope: Envelope {
                from: row.parse("envelope_from")?,
                to: row.parse("envelope_to")?,
            },
            account: row.parse_option("account")?,
            message_id: row.get("message_id")?,
            content: row.get("content")?,
            state: row.parse("state")?,
            superseded: row.get::<i64>("superseded")? != 0,
            attempts: row.number("attempts")?,
            answers_lost: row.number("answers_lost")?,
            cut_off: row.get::<i64>("cut_off")? != 0,
            next_attempt_at: row.instant("next_attempt_at")?,
            last_answer: row.get("last_answer")?,
            created_at: row.instant("created_at")?,
            sent_at: row.instant_option("sent_at")?,
            notice: notices::read(&row)?,
        })
    }

    async fn each_entry(
        &self,
        select: Query<'_>,
        meeting: &MeetingId,
        each: &mut (dyn FnMut(OutboxEntry) + Send),
    ) -> Result<(), DatabaseError> {
        self.settle().await?;
        let rows = select.bind(meeting.as_str().to_owned());
        rows.read_each(&self.pool, self.explain("reading the outbox"), |row| {
            each(self.entry(row)?);
            Ok(())
        })
        .await
        .map(|_| ())
    }

    /// The revisions that invitees were told, the oldest first.
    async fn read_issued(&self, meeting: &MeetingId) -> Result<Vec<Issued>, DatabaseError> {
        let rows = query(
            "SELECT tenure, revision, uid, facts, organizer, answers, content FROM issued
             WHERE meeting_id = $1 AND occurrence = '' ORDER BY tenure, revision",
        )
        .bind(meeting.as_str())
        .fetch_all(&self.pool)
        .await
        .map_err(self.explain("reading what invitees were told"))?;
        let read = |row: &Row| {
            let row = Named {
                database: self,
                row,
                what: format!("what the invitees of meeting {:?} were told", meeting.as_str()),
            };
            Ok(Issued {
                tenure: Tenure(row.number("tenure")?),
                uid: row.get("uid")?,
                revision: Revision(row.number("revision")?),
                facts: row.json("facts")?,
                organizer: row.json_option("organizer")?,
                answers: row.json_option::<Answered>("answers")?.map(Answered::into_map),
                content: row.get("content")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The newest revision and the newest message of a meeting.
    async fn newest(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        doing: &str,
    ) -> Result<Seen, DatabaseError> {
        let issued = query(
            "SELECT tenure, revision FROM issued WHERE meeting_id = $1 AND occurrence = ''
             ORDER BY tenure DESC, revision DESC LIMIT 1",
        )
        .bind(meeting.as_str())
        .fetch_optional(&mut *tx)
        .await
        .map_err(self.explain(doing))?;
        let issued = issued.map(|row| {
            let row = Named {
                database: self,
                row: &row,
                what: format!("what the invitees of meeting {:?} were told", meeting.as_str()),
            };
            Ok::<_, DatabaseError>((Tenure(row.number("tenure")?), Revision(row.number("revision")?)))
        });
        let newest = query("SELECT coalesce(max(id), 0) FROM invitation WHERE meeting_id = $1")
            .bind(meeting.as_str())
            .fetch_one(&mut *tx)
            .await
            .map_err(self.explain(doing))?;
        Ok(Seen {
            issued: issued.transpose()?,
            newest: newest.only().map_err(self.explain(doing))?,
        })
    }
}

#[async_trait]
impl Outbox for Database {
    async fn issued(&self, meeting: &MeetingId) -> Result<Vec<Issued>, BoxFault> {
        Ok(self.read_issued(meeting).await?)
    }

    async fn each_of_meeting(
        &self,
        meeting: &MeetingId,
        each: &mut (dyn FnMut(OutboxEntry) + Send),
    ) -> Result<(), BoxFault> {
        let all = concat!(
            "SELECT ",
            entry_columns!(),
            " FROM invitation WHERE meeting_id = $1 ORDER BY id"
        );
        Ok(self.each_entry(query(all), meeting, each).await?)
    }

    async fn each_unsent(
        &self,
        meeting: &MeetingId,
        each: &mut (dyn FnMut(OutboxEntry) + Send),
    ) -> Result<(), BoxFault> {
        let unsent = format!(
            "SELECT {} FROM invitation {} WHERE meeting_id = $1 AND state <> 'sent' ORDER BY id",
            entry_columns!(),
            self.pool.dialect().by_unsent(),
        );
        Ok(self.each_entry(query_in_words(unsent), meeting, each).await?)
    }

    async fn of_mailbox(
        &self,
        meeting: &MeetingId,
        address: &EmailAddress,
    ) -> Result<Vec<OutboxEntry>, BoxFault> {
        self.settle().await?;
        let rows = query(concat!(
            "SELECT ",
            entry_columns!(),
            " FROM invitation WHERE meeting_id = $1 AND mailbox = $2 ORDER BY id"
        ))
        .bind(meeting.as_str())
        .bind(address.mailbox());
        let read = rows.read_each(&self.pool, self.explain("reading the outbox"), |row| {
            self.entry(row)
        });
        Ok(read.await?)
    }

    async fn enqueue(
        &self,
        meeting: &MeetingId,
        order: &EnqueueOrder,
        invitations: &[NewInvitation],
    ) -> Result<Enqueued, BoxFault> {
        self.put_in(meeting, order, invitations).await
    }

    async fn requeue(&self, meeting: &MeetingId, seen: Seen, messages: &[i64]) -> Result<Enqueued, BoxFault> {
        Ok(self.try_again(meeting, seen, messages).await?)
    }

    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<Claimed>, BoxFault> {
        Ok(self.take_due(request).await?)
    }

    async fn message(&self, claimed: &Claimed) -> Result<Vec<u8>, UnreadableMessage> {
        let message = self
            .read_message(&claimed.envelope.to, &claimed.message_id, &claimed.stored)
            .await;
        message.map_err(|error| match error {
            DatabaseError::Invalid { .. } => UnreadableMessage::Damaged(error.into()),
            error => UnreadableMessage::Outbox(error.into()),
        })
    }

    async fn due(&self) -> Result<Vec<Due>, BoxFault> {
        Ok(self.look_for_due().await?)
    }

    async fn accounts(&self, meeting: &MeetingId) -> Result<BTreeMap<PersonId, usize>, BoxFault> {
        Ok(self.waiting_accounts(meeting).await?)
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, BoxFault> {
        let doing = "looking for the next invitation";
        self.settle().await?;
        let row = query(
            "SELECT min(next) FROM
                 (SELECT min(CASE WHEN not_before > next_attempt_at THEN not_before ELSE next_attempt_at END) AS next
                  FROM invitation WHERE state = 'queued' UNION ALL
                  SELECT min(coalesce(lease_until, 0)) FROM invitation WHERE state = 'sending') AS waiting",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(self.explain(doing))?;
        let next: Option<i64> = row.only().map_err(self.explain(doing))?;
        Ok(next.and_then(|next| self.clock.local(next)))
    }

    async fn wait(&self, at_most: Duration) {
        self.bell.wait(Ear::Outbox, at_most).await;
    }

    async fn postpone(
        &self,
        meeting: &MeetingId,
        until: DateTime<Utc>,
        reason: &str,
    ) -> Result<(), BoxFault> {
        let doing = "putting invitations off";
        self.settle().await?;
        let mut tx = self.write(&Subject::Meeting(meeting), doing).await?;
        query(
            "UPDATE invitation SET last_answer = $2,
                 next_attempt_at = CASE WHEN next_attempt_at < $1 THEN $1 ELSE next_attempt_at END
             WHERE meeting_id = $3 AND state = 'queued' AND state <> 'sent'",
        )
        .bind(self.clock.stored(until))
        .bind(reason)
        .bind(meeting.as_str())
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        Ok(tx.commit().await.map_err(self.explain(doing))?)
    }

    async fn record(&self, claimed: &Claimed, result: &AttemptResult) -> Result<(), BoxFault> {
        Ok(self.record_fate(claimed, result).await?)
    }
}
