//! Putting messages in, all or none, in the place of those that they supersede.

use super::super::connections::Transaction;
use super::super::rows::to_json;
use super::super::sql::{query, query_in_words, rows_of};
use super::super::{Database, DatabaseError, Subject};
use super::answered::Answered;
use super::message::Numbered;
use super::message_key::message_key;
use crate::fault::BoxFault;
use crate::lease::Holder;
use crate::mail::{EnqueueOrder, Enqueued, Issued, NewInvitation};
use crate::meeting::{MeetingId, PersonId};

/// How many rows one statement writes: a server that is far away is asked that much less often. SQLite takes 32,766
/// values in a statement.
const ROWS_AT_ONCE: usize = 128;

impl Database {
    pub(super) async fn put_in(
        &self,
        meeting: &MeetingId,
        order: &EnqueueOrder,
        invitations: &[NewInvitation],
    ) -> Result<Enqueued, BoxFault> {
        let doing = "putting invitations into the outbox";
        self.settle().await?;
        let mut tx = self.write(&Subject::Meeting(meeting), doing).await?;
        if self.newest(&mut tx, meeting, doing).await? != order.seen {
            return Ok(Enqueued::Overtaken);
        }
        let now = self.clock.now();
        for issued in &order.issued {
            self.put_issued(&mut tx, meeting, issued, now).await?;
        }
        for (id, reason) in &order.called_off {
            let called_off = query(
                "UPDATE invitation SET state = 'cancelled', last_answer = $2 WHERE id = $1 AND state = 'queued'",
            )
            .bind(*id)
            .bind(*reason)
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
            if called_off == 0 {
                return Ok(Enqueued::Overtaken);
            }
        }
        let shared = self.put_shared(&mut tx, meeting, invitations).await?;
        if !self.supersede(&mut tx, invitations, doing).await? {
            return Ok(Enqueued::Overtaken);
        }
        match self.put_rows(&mut tx, meeting, now, invitations, &shared).await {
            Ok(()) => {}
            // Another message waits for one of the mailboxes.
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                return Ok(Enqueued::Overtaken);
            }
            Err(error) => return Err(self.explain(doing)(error).into()),
        }
        tx.wake_workers().await.map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        self.remember_forms(shared);
        Ok(Enqueued::Queued)
    }

    async fn put_issued(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        issued: &Issued,
        now: i64,
    ) -> Result<(), DatabaseError> {
        let organizer = issued.organizer.as_ref().map(to_json).transpose()?;
        let answers = issued
            .answers
            .as_ref()
            .map(|answers| to_json(&Answered::of(answers)));
        query(
            "INSERT INTO issued (meeting_id, occurrence, tenure, revision, uid, facts, organizer, answers, content, issued_at)
             VALUES ($1, '', $2, $3, $4, $5, $6, $7, $8, $9)
             ON CONFLICT (meeting_id, occurrence, tenure, revision) DO UPDATE SET uid = excluded.uid,
                 facts = excluded.facts, organizer = excluded.organizer, answers = excluded.answers,
                 content = excluded.content, issued_at = excluded.issued_at",
        )
        .bind(meeting.as_str())
        .bind(issued.tenure.0)
        .bind(issued.revision.0)
        .bind(&issued.uid)
        .bind(to_json(&issued.facts)?)
        .bind(organizer)
        .bind(answers.transpose()?)
        .bind(issued.content)
        .bind(now)
        .execute(tx)
        .await
        .map_err(self.explain("recording what invitees are told"))?;
        Ok(())
    }

    /// Marks the messages as superseded whose place others take. Answers whether all of them waited.
    async fn supersede(
        &self,
        tx: &mut Transaction,
        invitations: &[NewInvitation],
        doing: &str,
    ) -> Result<bool, DatabaseError> {
        let ids: Vec<i64> = invitations.iter().filter_map(|new| new.supersedes).collect();
        for ids in ids.chunks(ROWS_AT_ONCE) {
            let places: Vec<String> = (1..=ids.len()).map(|place| format!("${place}")).collect();
            let update = query_in_words(format!(
                "UPDATE invitation SET superseded = 1,
                     last_answer = CASE state WHEN 'queued' THEN 'a newer message was put in its place' ELSE last_answer END,
                     state = CASE state WHEN 'queued' THEN 'superseded' ELSE state END
                 WHERE id IN ({}) AND superseded = 0 AND state IN ('queued', 'sending')",
                places.join(", ")
            ));
            let update = ids.iter().fold(update, |update, id| update.bind(*id));
            let superseded = update.execute(&mut *tx).await.map_err(self.explain(doing))?;
            if usize::try_from(superseded).ok() != Some(ids.len()) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn put_rows(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        now: i64,
        invitations: &[NewInvitation],
        shared: &Numbered,
    ) -> Result<(), sqlx::Error> {
        // With room for a lease: a row that grew later would have to leave its page.
        const ROW: &str = "(@1, 'queued', @2, @2, @3, @2, $, $, $, $, $, $, $, $, $, $, $, $, $, $, $, $, $)";
        let room = Holder::new();
        for invitations in invitations.chunks(ROWS_AT_ONCE) {
            let words = format!(
                "{} INTO invitation
                 (meeting_id, state, next_attempt_at, created_at, lease_holder, lease_until, tenure, revision, purpose, resend,
                  kind, person_id, mailbox, language, message_id, message_key, envelope_from, envelope_to, account,
                  not_before, content, base_id, message)
                 VALUES {}",
                self.pool.dialect().or_end("INSERT"),
                rows_of(self.pool.dialect(), ROW, invitations.len())
            );
            let mut insert = query_in_words(words);
            for invitation in invitations {
                insert = insert
                    .bind(invitation.tenure.0)
                    .bind(invitation.revision.0)
                    .bind(invitation.purpose.as_str())
                    .bind(invitation.resend)
                    .bind(invitation.person.kind.as_str())
                    .bind(invitation.person.id.as_str())
                    .bind(invitation.envelope.to.mailbox())
                    .bind(invitation.language.tag())
                    .bind(&invitation.message_id)
                    .bind(message_key(&invitation.message_id))
                    .bind(invitation.envelope.from.as_str())
                    .bind(invitation.envelope.to.as_str())
                    .bind(invitation.account.as_ref().map(PersonId::as_str))
                    .bind(invitation.not_before.map(|at| self.clock.stored(at)))
                    .bind(invitation.content)
                    .bind(shared.of(invitation))
                    .bind(&*invitation.message.own);
            }
            insert = insert.bind(meeting.as_str()).bind(now).bind(room.as_str());
            insert.execute(&mut *tx).await?;
        }
        Ok(())
    }
}
