//! Invitations and what invitees were last told: the port [`Outbox`].

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::error::is_connection_lost;
use super::rows::{Named, to_json};
use super::sql::{On, Row, Transaction, query, query_in_words};
use super::{Database, DatabaseError, Subject, lease_end, millis};
use crate::fault::BoxFault;
use crate::lease::Holder;
use crate::mail::{
    AttemptResult, ClaimRequest, Claimed, DeliveryState, Due, Enqueued, Envelope, Issued, NewInvitation,
    Outbox, OutboxEntry,
};
use crate::meeting::{Language, MeetingId, PersonRef, Revision};

/// When recording is tried again over a new connection.
const RECORD_AGAIN: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// Which invitations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// One, by its number.
    One(i64),
    /// Those of a meeting.
    Meeting(MeetingId),
    /// All.
    All,
}

impl Database {
    fn entry(&self, row: &Row) -> Result<OutboxEntry, DatabaseError> {
        let mut row = Named {
            database: self,
            row,
            what: "an invitation".to_owned(),
        };
        let id: i64 = row.get("id")?;
        row.what = format!("invitation {id}");
        Ok(OutboxEntry {
            id,
            meeting: row.parse("meeting_id")?,
            revision: Revision(row.number("revision")?),
            purpose: row.word("purpose")?,
            resend: row.number("resend")?,
            person: row.person("kind", "person_id")?,
            language: row.parse::<Language>("language")?,
            envelope: Envelope {
                from: row.parse("envelope_from")?,
                to: row.parse("envelope_to")?,
            },
            message_id: row.get("message_id")?,
            state: row.parse("state")?,
            attempts: row.number("attempts")?,
            next_attempt_at: row.instant("next_attempt_at")?,
            last_answer: row.get("last_answer")?,
            created_at: row.instant("created_at")?,
            sent_at: row.instant_option("sent_at")?,
        })
    }

    fn entries(&self, rows: &[Row]) -> Result<Vec<OutboxEntry>, DatabaseError> {
        rows.iter().map(|row| self.entry(row)).collect()
    }

    /// Invitations in the outbox, the newest first: those of one meeting, or of all; in one state, or in any.
    ///
    /// # Errors
    /// [`DatabaseError`] when the outbox cannot be read.
    pub async fn invitations(
        &self,
        meeting: Option<&MeetingId>,
        state: Option<DeliveryState>,
        limit: u32,
    ) -> Result<Vec<OutboxEntry>, DatabaseError> {
        let rows = query(
            "SELECT * FROM invitation
             WHERE ($1 IS NULL OR meeting_id = $1) AND ($2 IS NULL OR state = $2) ORDER BY id DESC LIMIT $3",
        )
        .bind(meeting.map(MeetingId::as_str))
        .bind(state.map(DeliveryState::as_str))
        .bind(limit)
        .fetch_all(&self.pool)
        .await
        .map_err(self.explain("reading the outbox"))?;
        self.entries(&rows)
    }

    /// One invitation with its whole message, by its number or its Message-ID (with or without angle brackets).
    ///
    /// # Errors
    /// [`DatabaseError`] when the outbox cannot be read.
    pub async fn invitation(&self, id: &str) -> Result<Option<(OutboxEntry, Vec<u8>)>, DatabaseError> {
        let bare = id.trim().trim_start_matches('<').trim_end_matches('>');
        let row = query("SELECT * FROM invitation WHERE id = $1 OR message_id = $2")
            .bind(bare.parse::<i64>().ok())
            .bind(format!("<{bare}>"))
            .fetch_optional(&self.pool)
            .await
            .map_err(self.explain("reading the outbox"))?;
        row.map(|row| Ok((self.entry(&row)?, self.message(&row)?)))
            .transpose()
    }

    /// Lets what waits, failed or was given up be tried at once: one invitation by its number, or all of a
    /// meeting, or all. What is no longer true is left alone. Answers how many.
    ///
    /// # Errors
    /// [`DatabaseError`] when the outbox cannot be written.
    pub async fn retry(&self, which: &Which) -> Result<u64, DatabaseError> {
        let (id, meeting) = match which {
            Which::One(id) => (Some(*id), None),
            Which::Meeting(meeting) => (None, Some(meeting.as_str())),
            Which::All => (None, None),
        };
        // What was replaced by a newer revision stays cancelled; failed ones of older revisions are no longer true.
        let doing = "letting invitations be tried again";
        let mut tx = self.write_rows(doing).await?;
        let retried = query_in_words(format!(
            "UPDATE invitation SET state = 'queued', next_attempt_at = $1, created_at = $1
             WHERE id IN (SELECT id FROM invitation
                 WHERE state IN ('queued', 'failed', 'given_up')
                   AND ($2 IS NULL OR id = $2) AND ($3 IS NULL OR meeting_id = $3)
                   AND revision = (SELECT max(revision) FROM issued WHERE issued.meeting_id = invitation.meeting_id)
                 ORDER BY id {})",
            self.pool.dialect().for_update()
        ))
        .bind(millis(Utc::now()))
        .bind(id)
        .bind(meeting)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        tx.wake_workers().await.map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(retried)
    }

    fn message(&self, row: &Row) -> Result<Vec<u8>, DatabaseError> {
        row.get("message")
            .map_err(self.explain("reading a message of the outbox"))
    }

    /// What invitees were told; the newest `limit` revisions, the newest first.
    async fn read_issued(
        &self,
        on: impl Into<On<'_>>,
        meeting: &MeetingId,
        limit: i64,
    ) -> Result<Vec<Issued>, DatabaseError> {
        let rows = query("SELECT * FROM issued WHERE meeting_id = $1 ORDER BY revision DESC LIMIT $2")
            .bind(meeting.as_str())
            .bind(limit)
            .fetch_all(on)
            .await
            .map_err(self.explain("reading what invitees were told"))?;
        let read = |row: &Row| {
            let row = Named {
                database: self,
                row,
                what: format!("what the invitees of meeting {:?} were told", meeting.as_str()),
            };
            Ok(Issued {
                uid: row.get("uid")?,
                revision: Revision(row.number("revision")?),
                facts: row.json("facts")?,
            })
        };
        rows.iter().map(read).collect()
    }

    async fn put_in(
        &self,
        meeting: &MeetingId,
        before: Option<&Issued>,
        issued: &Issued,
        invitations: &[NewInvitation],
        called_off: &[PersonRef],
    ) -> Result<Enqueued, DatabaseError> {
        let doing = "putting invitations into the outbox";
        let mut tx = self.write(&Subject::Meeting(meeting), doing).await?;
        if self.read_issued(&mut tx, meeting, 1).await?.first() != before {
            return Ok(Enqueued::Overtaken);
        }
        let now = millis(Utc::now());
        query(
            "INSERT INTO issued (meeting_id, uid, revision, facts, issued_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (meeting_id, revision) DO UPDATE SET uid = excluded.uid, facts = excluded.facts,
                 issued_at = excluded.issued_at",
        )
        .bind(meeting.as_str())
        .bind(&issued.uid)
        .bind(issued.revision.0)
        .bind(to_json(&issued.facts)?)
        .bind(now)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        query_in_words(format!(
            "UPDATE invitation SET state = 'cancelled', last_answer = 'replaced by a newer revision'
             WHERE id IN (SELECT id FROM invitation
                          WHERE meeting_id = $1 AND revision < $2 AND state = 'queued' AND purpose = 'invitation'
                          ORDER BY id {})",
            self.pool.dialect().for_update()
        ))
        .bind(meeting.as_str())
        .bind(issued.revision.0)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        for person in called_off {
            query_in_words(format!(
                "UPDATE invitation SET state = 'cancelled', last_answer = 'no longer invited'
                 WHERE id IN (SELECT id FROM invitation
                              WHERE meeting_id = $1 AND kind = $2 AND person_id = $3 AND state = 'queued'
                              ORDER BY id {})",
                self.pool.dialect().for_update()
            ))
            .bind(meeting.as_str())
            .bind(person.kind.as_str())
            .bind(person.id.as_str())
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        }
        for invitation in invitations {
            let inserted = query(
                "INSERT INTO invitation
                 (meeting_id, revision, purpose, resend, kind, person_id, language, message_id,
                  envelope_from, envelope_to, message, state, next_attempt_at, created_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'queued', $12, $13)",
            )
            .bind(meeting.as_str())
            .bind(issued.revision.0)
            .bind(invitation.purpose.as_str())
            .bind(invitation.resend)
            .bind(invitation.person.kind.as_str())
            .bind(invitation.person.id.as_str())
            .bind(invitation.language.tag())
            .bind(&invitation.message_id)
            .bind(invitation.envelope.from.as_str())
            .bind(invitation.envelope.to.as_str())
            .bind(invitation.message.as_slice())
            .bind(now)
            .bind(now)
            .execute(&mut tx)
            .await;
            match inserted {
                Ok(_) => {}
                // Somebody else has sent the same revision to this person in the meantime.
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

    /// Gives back what processes hold that have ended, and what is held for longer than its lease.
    async fn free_abandoned(&self, tx: &mut Transaction, doing: &str) -> Result<(), DatabaseError> {
        let rows = query(
            "SELECT lease_holder, min(coalesce(lease_until, 0)) AS until FROM invitation WHERE state = 'sending'
             GROUP BY lease_holder",
        )
        .fetch_all(&mut *tx)
        .await
        .map_err(self.explain(doing))?;
        for row in rows {
            let holder: Option<String> = row.get("lease_holder").map_err(self.explain(doing))?;
            let until: i64 = row.get("until").map_err(self.explain(doing))?;
            let now = millis(Utc::now());
            let gone = holder
                .as_ref()
                .is_none_or(|h| Holder::from_stored(h.clone()).is_gone());
            if until > now && !gone {
                continue;
            }
            query_in_words(format!(
                "UPDATE invitation SET state = 'queued', lease_holder = NULL, lease_until = NULL
                 WHERE id IN (SELECT id FROM invitation
                              WHERE state = 'sending' AND lease_holder IS NOT DISTINCT FROM $1
                                AND ($2 OR coalesce(lease_until, 0) <= $3)
                              ORDER BY id {})",
                self.pool.dialect().for_update_of_free()
            ))
            .bind(&holder)
            .bind(gone)
            .bind(now)
            .execute(&mut *tx)
            .await
            .map_err(self.explain(doing))?;
        }
        Ok(())
    }

    async fn take_due(&self, request: &ClaimRequest) -> Result<Vec<Claimed>, DatabaseError> {
        let doing = "taking invitations from the outbox";
        let mut tx = self.write_rows(doing).await?;
        self.free_abandoned(&mut tx, doing).await?;
        let holder = Holder::new();
        let latest = if request.early {
            i64::MAX
        } else {
            millis(Utc::now())
        };
        let rows = query_in_words(format!(
            "UPDATE invitation
             SET state = 'sending', attempts = attempts + 1, lease_holder = $1, lease_until = $2
             WHERE id IN (SELECT id FROM invitation
                          WHERE state = 'queued' AND next_attempt_at <= $3 AND ($4 IS NULL OR meeting_id = $4)
                            AND id > $6
                          ORDER BY id LIMIT $5 {})
             RETURNING *",
            self.pool.dialect().for_update_of_free()
        ))
        .bind(holder.as_str())
        .bind(lease_end(request.lease))
        .bind(latest)
        .bind(request.meeting.as_ref().map(MeetingId::as_str))
        .bind(request.limit)
        .bind(request.after.unwrap_or(0))
        .fetch_all(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        let mut claimed = Vec::with_capacity(rows.len());
        for row in &rows {
            claimed.push(Claimed {
                entry: self.entry(row)?,
                message: self.message(row)?,
                holder: holder.clone(),
            });
        }
        tx.commit().await.map_err(self.explain(doing))?;
        claimed.sort_by_key(|claimed| claimed.entry.id);
        Ok(claimed)
    }
}

#[async_trait]
impl Outbox for Database {
    async fn issued(&self, meeting: &MeetingId) -> Result<Vec<Issued>, BoxFault> {
        let mut issued = self.read_issued(&self.pool, meeting, i64::MAX).await?;
        issued.reverse();
        Ok(issued)
    }

    async fn of_meeting(&self, meeting: &MeetingId) -> Result<Vec<OutboxEntry>, BoxFault> {
        let rows = query(
            "SELECT id, meeting_id, revision, purpose, resend, kind, person_id, language, message_id,
                    envelope_from, envelope_to, state, attempts, next_attempt_at, last_answer, created_at, sent_at
             FROM invitation WHERE meeting_id = $1 ORDER BY id",
        )
        .bind(meeting.as_str())
        .fetch_all(&self.pool)
        .await
        .map_err(self.explain("reading the outbox"))?;
        Ok(self.entries(&rows)?)
    }

    async fn enqueue(
        &self,
        meeting: &MeetingId,
        before: Option<&Issued>,
        issued: &Issued,
        invitations: &[NewInvitation],
        called_off: &[PersonRef],
    ) -> Result<Enqueued, BoxFault> {
        Ok(self
            .put_in(meeting, before, issued, invitations, called_off)
            .await?)
    }

    async fn claim(&self, request: &ClaimRequest) -> Result<Vec<Claimed>, BoxFault> {
        Ok(self.take_due(request).await?)
    }

    async fn due(&self) -> Result<Vec<Due>, BoxFault> {
        let doing = "looking for invitations that are due";
        let mut tx = self.write_rows(doing).await?;
        self.free_abandoned(&mut tx, doing).await?;
        let rows = query(
            "SELECT DISTINCT meeting_id, kind, person_id FROM invitation
             WHERE state = 'queued' AND next_attempt_at <= $1 ORDER BY meeting_id, kind, person_id",
        )
        .bind(millis(Utc::now()))
        .fetch_all(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        let mut due: Vec<Due> = Vec::new();
        for row in &rows {
            let row = Named {
                database: self,
                row,
                what: "an invitation".to_owned(),
            };
            let meeting: MeetingId = row.parse("meeting_id")?;
            let person = row.person("kind", "person_id")?;
            match due.last_mut().filter(|last| last.meeting == meeting) {
                Some(last) => last.people.push(person),
                None => due.push(Due {
                    meeting,
                    people: vec![person],
                }),
            }
        }
        Ok(due)
    }

    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, BoxFault> {
        let doing = "looking for the next invitation";
        let row = query(
            "SELECT min(CASE state WHEN 'queued' THEN next_attempt_at ELSE coalesce(lease_until, 0) END)
             FROM invitation WHERE state IN ('queued', 'sending')",
        )
        .fetch_one(&self.pool)
        .await
        .map_err(self.explain(doing))?;
        let next: Option<i64> = row.only().map_err(self.explain(doing))?;
        Ok(next.and_then(DateTime::from_timestamp_millis))
    }

    async fn wait(&self, at_most: Duration) {
        self.bell.wait(at_most).await;
    }

    async fn postpone(
        &self,
        meeting: &MeetingId,
        until: DateTime<Utc>,
        reason: &str,
    ) -> Result<(), BoxFault> {
        query_in_words(format!(
            "UPDATE invitation SET last_answer = $2,
                 next_attempt_at = CASE WHEN next_attempt_at < $1 THEN $1 ELSE next_attempt_at END
             WHERE id IN (SELECT id FROM invitation WHERE meeting_id = $3 AND state = 'queued' ORDER BY id {})",
            self.pool.dialect().for_update()
        ))
        .bind(millis(until))
        .bind(reason)
        .bind(meeting.as_str())
        .execute(&self.pool)
        .await
        .map_err(self.explain("putting invitations off"))?;
        Ok(())
    }

    async fn record(&self, claimed: &Claimed, result: &AttemptResult) -> Result<(), BoxFault> {
        let now = millis(Utc::now());
        let (state, answer, next, sent) = match result {
            AttemptResult::Sent { answer } => (DeliveryState::Sent, Some(answer), None, Some(now)),
            AttemptResult::Failed { answer } => (DeliveryState::Failed, Some(answer), None, None),
            AttemptResult::GivenUp { answer } => (DeliveryState::GivenUp, Some(answer), None, None),
            AttemptResult::Retry { answer, at } => {
                (DeliveryState::Queued, Some(answer), Some(millis(*at)), None)
            }
            AttemptResult::NotTried => (DeliveryState::Queued, None, None, None),
        };
        let mut again = RECORD_AGAIN.into_iter();
        loop {
            let recorded = query(
                "UPDATE invitation SET
                     state = $1, last_answer = coalesce($2, last_answer),
                     next_attempt_at = coalesce($3, next_attempt_at), sent_at = $4, attempts = attempts - $5,
                     lease_holder = NULL, lease_until = NULL
                 WHERE id = $6 AND state = 'sending' AND lease_holder = $7",
            )
            .bind(state.as_str())
            .bind(answer.map(String::as_str))
            .bind(next)
            .bind(sent)
            .bind(i64::from(*result == AttemptResult::NotTried))
            .bind(claimed.entry.id)
            .bind(claimed.holder.as_str())
            .execute(&self.pool)
            .await;
            match (recorded, again.next()) {
                (Ok(_), _) => return Ok(()),
                // What was sent and is not recorded is sent again. Under the lease, recording it twice is once.
                (Err(error), Some(pause)) if is_connection_lost(&error) => tokio::time::sleep(pause).await,
                (Err(error), _) => {
                    return Err(self.explain("recording the fate of an invitation")(error).into());
                }
            }
        }
    }
}
