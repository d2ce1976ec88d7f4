//! Recording how attempts to deliver ended.

use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::super::connections::{Dialect, On, Pool, Transaction};
use super::super::error::is_connection_lost;
use super::super::sql::{Query, query_in_words, rows_of};
use super::super::{Database, DatabaseError};
use super::fates::Fates;
use super::grouped::Grouped;
use super::journal::LeftBehind;
use crate::mail::{AttemptResult, Claimed, DeliveryState};

/// The pauses before recording is tried again over a new connection.
const RECORD_AGAIN: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// How one attempt ended, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) id: i64,
    pub(super) holder: String,
    pub(super) state: DeliveryState,
    pub(super) answer: Option<String>,
    pub(super) next: Option<i64>,
    pub(super) sent: Option<i64>,
    /// Whether the message was given back untried, so that it does not count as a try.
    pub(super) takes_back: bool,
    /// Whether the connection broke after the final dot and before the answer.
    #[serde(default)]
    pub(super) answer_lost: bool,
}

/// How results come into the tables.
#[derive(Debug, Clone)]
pub(in super::super) enum Records {
    /// By way of a journal, for an SQLite file.
    Journal(Arc<Fates>),
    /// In shared transactions, for PostgreSQL.
    Grouped(Grouped),
}

impl Records {
    /// For an SQLite file. What `quick` commits must outlive this process, but not a power cut: the messages whose
    /// results are lost by it are sent again, with the same Message-IDs.
    pub(in super::super) fn of_file(quick: Pool, file: &Path) -> Self {
        Self::Journal(Arc::new(Fates::new(quick, file.to_owned())))
    }

    /// For PostgreSQL.
    pub(in super::super) fn of_server() -> Self {
        Self::Grouped(Grouped::default())
    }

    pub(in super::super) async fn close(&self) {
        match self {
            Self::Journal(fates) => fates.close().await,
            Self::Grouped(grouped) => grouped.close(),
        }
    }
}

impl Database {
    pub(super) async fn record_fate(
        &self,
        claimed: &Claimed,
        result: &AttemptResult,
    ) -> Result<(), DatabaseError> {
        let record = self.record_of(claimed, result);
        let recorded = match &self.records {
            Records::Journal(fates) => fates.note(record).await,
            Records::Grouped(grouped) => grouped.record(&self.pool, record).await,
        };
        recorded.map_err(self.explain("recording the fate of an invitation"))
    }

    /// Flushes: returns when every recorded result is in the tables, also the results of processes that have ended.
    /// Must be called before the tables are read.
    pub(super) async fn settle(&self) -> Result<(), DatabaseError> {
        let Records::Journal(fates) = &self.records else {
            return Ok(());
        };
        let doing = "recording the fates of invitations";
        fates.settle().await.map_err(self.explain(doing))?;
        match fates.left_behind() {
            Ok(left) if left.is_empty() => return Ok(()),
            Ok(_) => {}
            // Reading goes on with what the tables have. A claim gets the error.
            Err(error) => {
                tracing::warn!(%error, "the journals beside the database cannot be read");
                return Ok(());
            }
        }
        let taken_over = async {
            let mut tx = self.write_rows(doing).await?;
            let left = self.take_over_journals(&mut tx).await?;
            tx.commit().await.map_err(self.explain(doing))?;
            left.into_iter().for_each(LeftBehind::remove);
            Ok::<_, DatabaseError>(())
        };
        // The journals stay. Reading goes on with what the tables have; a claim fails for the same reason.
        if let Err(error) = taken_over.await {
            tracing::warn!(%error, "fates that were left in a journal cannot be written into the tables yet");
        }
        Ok(())
    }

    /// Writes the journals of processes that have ended into the tables. The caller removes the journals after the
    /// commit.
    pub(super) async fn take_over_journals(
        &self,
        tx: &mut Transaction,
    ) -> Result<Vec<LeftBehind>, DatabaseError> {
        let Records::Journal(fates) = &self.records else {
            return Ok(Vec::new());
        };
        let doing = "reading the journals that were left beside the database";
        let left = fates
            .left_behind()
            .map_err(|error| self.explain(doing)(error.into()))?;
        for journal in &left {
            let explain = self.explain("recording fates that were left in a journal");
            let records = first_of_each(journal.records.iter());
            let update = update_of(Dialect::Sqlite, &records).map_err(&explain)?;
            update.execute(&mut *tx).await.map_err(&explain)?;
        }
        Ok(left)
    }

    fn record_of(&self, claimed: &Claimed, result: &AttemptResult) -> Record {
        let mut record = Record {
            id: claimed.id,
            holder: claimed.holder.as_str().to_owned(),
            state: DeliveryState::Queued,
            answer: None,
            next: None,
            sent: None,
            takes_back: false,
            answer_lost: false,
        };
        match result {
            AttemptResult::Sent { answer } => {
                record.state = DeliveryState::Sent;
                record.answer = Some(answer.clone());
                record.sent = Some(self.clock.now());
            }
            AttemptResult::Failed { answer } => {
                record.state = DeliveryState::Failed;
                record.answer = Some(answer.clone());
            }
            AttemptResult::GivenUp { answer } => {
                record.state = DeliveryState::GivenUp;
                record.answer = Some(answer.clone());
            }
            AttemptResult::Retry { answer, at } => {
                record.answer = Some(answer.clone());
                record.next = Some(self.clock.stored(*at));
            }
            AttemptResult::AnswerLost { answer, at } => {
                record.answer = Some(answer.clone());
                record.next = Some(self.clock.stored(*at));
                record.answer_lost = true;
            }
            AttemptResult::MayHaveArrived { answer } => {
                record.state = DeliveryState::MayHaveArrived;
                record.answer = Some(answer.clone());
                record.answer_lost = true;
            }
            AttemptResult::NotTried => record.takes_back = true,
        }
        record
    }
}

/// The first result of each attempt. Later ones of the same attempt do not count.
pub(super) fn first_of_each<'r>(records: impl Iterator<Item = &'r Record>) -> Vec<&'r Record> {
    let mut known = HashSet::new();
    records
        .filter(|record| known.insert((record.id, record.holder.as_str())))
        .collect()
}

/// Writes results into the tables, all or none. No two of them may be of the same attempt.
pub(super) async fn write(pool: &Pool, records: &[&Record]) -> Result<(), sqlx::Error> {
    let mut again = RECORD_AGAIN.into_iter();
    loop {
        let update = update_of(pool.dialect(), records)?;
        match (update.execute(On::Pool(pool)).await, again.next()) {
            (Ok(_), _) => return Ok(()),
            // A message whose result is lost would be sent again. Recording it twice does no harm: the first time
            // ends the lease, and the second finds none.
            (Err(error), Some(pause)) if is_connection_lost(&error) => tokio::time::sleep(pause).await,
            (Err(error), _) => return Err(error),
        }
    }
}

/// A message that is refused after an earlier try with a lost answer may have arrived with that try. Nothing is
/// recorded if another process holds the lease by now.
macro_rules! update_from_ended {
    () => {
        "UPDATE invitation SET
             state = CASE
                 WHEN ended.state = 'queued' AND superseded <> 0 THEN 'superseded'
                 WHEN ended.state IN ('failed', 'given_up') AND (answers_lost > 0 OR cut_off <> 0) THEN 'may_have_arrived'
                 ELSE ended.state END,
             answers_lost = answers_lost + ended.lost, last_answer = coalesce(ended.answer, invitation.last_answer),
             next_attempt_at = coalesce(ended.next, invitation.next_attempt_at), sent_at = ended.sent,
             attempts = attempts - ended.back, lease_holder = NULL, lease_until = NULL
         FROM ended
         WHERE invitation.id = ended.id AND invitation.state = 'sending'
           AND invitation.lease_holder = ended.holder"
    };
}

fn update_of<'q>(dialect: Dialect, records: &[&'q Record]) -> Result<Query<'q>, sqlx::Error> {
    Ok(match dialect {
        // One parameter for all results: SQLite is slow with many.
        Dialect::Sqlite => query_in_words(
            concat!(
                "WITH ended (id, holder, state, answer, next, sent, back, lost) AS (
                     SELECT value ->> 'id', value ->> 'holder', value ->> 'state', value ->> 'answer', value ->> 'next',
                            value ->> 'sent', value ->> 'takes_back', value ->> 'answer_lost' FROM json_each($1)) ",
                update_from_ended!()
            )
            .to_owned(),
        )
        .bind(serde_json::to_string(records).map_err(|error| sqlx::Error::Encode(error.into()))?),
        Dialect::Postgres => {
            let row = "(CAST($ AS BIGINT), $, $, CAST($ AS TEXT), CAST($ AS BIGINT), CAST($ AS BIGINT), CAST($ AS BIGINT), CAST($ AS BIGINT))";
            let update = query_in_words(format!(
                "WITH ended (id, holder, state, answer, next, sent, back, lost) AS (VALUES {}) {}",
                rows_of(dialect, row, records.len()),
                update_from_ended!()
            ));
            records.iter().fold(update, |update, record| {
                update
                    .bind(record.id)
                    .bind(record.holder.as_str())
                    .bind(record.state.as_str())
                    .bind(record.answer.as_deref())
                    .bind(record.next)
                    .bind(record.sent)
                    .bind(i64::from(record.takes_back))
                    .bind(i64::from(record.answer_lost))
            })
        }
    })
}
