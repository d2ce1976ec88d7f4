//! Claiming messages, so that no other process delivers them.

use std::time::Instant;

use super::super::connections::Transaction;
use super::super::rows::Named;
use super::super::sql::{Row, query, query_in_words};
use super::super::{Database, DatabaseError};
use super::journal::LeftBehind;
use super::recording::Records;
use crate::lease::Holder;
use crate::mail::{ClaimRequest, Claimed, Due, Envelope};
use crate::meeting::PersonId;

impl Database {
    /// Frees the messages of processes that have ended, and of leases that have run out. Before that, writes the
    /// journals of ended processes into the tables. The caller removes these journals after the commit.
    async fn free_abandoned(
        &self,
        tx: &mut Transaction,
        doing: &str,
    ) -> Result<Vec<LeftBehind>, DatabaseError> {
        let rows = query(
            "SELECT lease_holder, min(coalesce(lease_until, 0)) AS until FROM invitation WHERE state = 'sending'
             GROUP BY lease_holder",
        )
        .fetch_all(&mut *tx)
        .await
        .map_err(self.explain(doing))?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut abandoned = Vec::new();
        let now = self.clock.now();
        for row in rows {
            let holder: Option<String> = row.get("lease_holder").map_err(self.explain(doing))?;
            let until: i64 = row.get("until").map_err(self.explain(doing))?;
            let gone = holder
                .as_ref()
                .is_none_or(|h| Holder::from_stored(h.clone()).is_gone());
            if until <= now || gone {
                abandoned.push((holder, gone));
            }
        }
        // After the ended processes are known: a process that ends only now may still have appended to its journal.
        let left = self.take_over_journals(tx).await?;
        for (holder, gone) in abandoned {
            query_in_words(format!(
                "UPDATE invitation SET state = CASE superseded WHEN 0 THEN 'queued' ELSE 'superseded' END,
                     cut_off = 1, lease_holder = NULL, lease_until = NULL,
                     last_answer = 'delivering it was cut off, so that it may have left already'
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
        Ok(left)
    }

    pub(super) async fn take_due(&self, request: &ClaimRequest) -> Result<Vec<Claimed>, DatabaseError> {
        let doing = "taking invitations from the outbox";
        // Results of sent messages do not matter here: a claim looks for queued ones.
        if let Records::Journal(fates) = &self.records
            && fates.matters_to_claims()
        {
            self.settle().await?;
        }
        let mut tx = self.write_rows(doing).await?;
        let left = self.free_abandoned(&mut tx, doing).await?;
        let holder = Holder::new();
        let leased_until = Instant::now() + request.lease;
        let latest = if request.early { i64::MAX } else { self.clock.now() };
        let places: Vec<String> = (8..8 + request.meetings.len())
            .map(|place| format!("${place}"))
            .collect();
        let of_meetings = match places.is_empty() {
            true => String::new(),
            false => format!("AND meeting_id IN ({})", places.join(", ")),
        };
        let dialect = self.pool.dialect();
        let (update, free) = (dialect.or_end("UPDATE"), dialect.for_update_of_free());
        let index = match places.is_empty() {
            true => "",
            false => dialect.by_unsent(),
        };
        let mut update = query_in_words(format!(
            "{update} invitation
             SET state = 'sending', attempts = attempts + 1, lease_holder = $1, lease_until = $2
             WHERE id IN (SELECT id FROM invitation {index}
                          WHERE state = 'queued' AND state <> 'sent' AND id > $3 AND next_attempt_at <= $4
                            AND (not_before IS NULL OR not_before <= $7)
                            AND account IS NOT DISTINCT FROM $6 {of_meetings}
                          ORDER BY id LIMIT $5 {free})
             RETURNING id, meeting_id, purpose, kind, person_id, envelope_from, envelope_to, message_id, attempts, answers_lost,
                 created_at, base_id, message"
        ))
        .bind(holder.as_str())
        .bind(self.clock.lease_end(request.lease))
        .bind(request.after.unwrap_or(0))
        .bind(latest)
        .bind(request.limit)
        .bind(request.account.as_ref().map(PersonId::as_str))
        .bind(self.clock.now());
        for meeting in &request.meetings {
            update = update.bind(meeting.as_str());
        }
        let rows = update.fetch_all(&mut tx).await.map_err(self.explain(doing))?;
        let claimed: Result<Vec<_>, _> = rows
            .iter()
            .map(|row| self.claimed(row, &holder, leased_until))
            .collect();
        let mut claimed = claimed?;
        tx.commit().await.map_err(self.explain(doing))?;
        left.into_iter().for_each(LeftBehind::remove);
        claimed.sort_by_key(|claimed| claimed.id);
        Ok(claimed)
    }

    /// A claimed message from its row.
    fn claimed(&self, row: &Row, holder: &Holder, leased_until: Instant) -> Result<Claimed, DatabaseError> {
        let (id, row) = self.numbered(row)?;
        Ok(Claimed {
            id,
            meeting: row.parse("meeting_id")?,
            person: row.person("kind", "person_id")?,
            purpose: row.word("purpose")?,
            envelope: Envelope {
                from: row.parse("envelope_from")?,
                to: row.parse("envelope_to")?,
            },
            message_id: row.get("message_id")?,
            attempts: row.number("attempts")?,
            answers_lost: row.number("answers_lost")?,
            created_at: row.instant("created_at")?,
            stored: self.stored_message(row.row)?,
            holder: holder.clone(),
            leased_until,
        })
    }

    pub(super) async fn look_for_due(&self) -> Result<Vec<Due>, DatabaseError> {
        let doing = "looking for invitations that are due";
        self.settle().await?;
        let mut tx = self.write_rows(doing).await?;
        let left = self.free_abandoned(&mut tx, doing).await?;
        let rows = query(
            "SELECT DISTINCT meeting_id FROM invitation
             WHERE state = 'queued' AND next_attempt_at <= $1 AND (not_before IS NULL OR not_before <= $1)
             ORDER BY meeting_id",
        )
        .bind(self.clock.now())
        .fetch_all(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        left.into_iter().for_each(LeftBehind::remove);
        let mut due = Vec::with_capacity(rows.len());
        for row in &rows {
            let row = Named {
                database: self,
                row,
                what: "an invitation".to_owned(),
            };
            due.push(Due {
                meeting: row.parse("meeting_id")?,
            });
        }
        Ok(due)
    }
}
