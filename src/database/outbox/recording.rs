//! Recording how attempts to deliver ended, by way of a journal or in shared transactions.

use std::path::Path;
use std::sync::Arc;

use super::super::connections::{Pool, Transaction};
use super::super::dialect::Dialect;
use super::super::{Database, DatabaseError};
use super::fates::Fates;
use super::grouped::Grouped;
use super::journal::LeftBehind;
use super::record::{Record, first_of_each, update_of};
use crate::mail::{AttemptResult, Claimed, DeliveryState};

/// How results come into the tables.
#[derive(Debug, Clone)]
pub(in super::super) enum Records {
    /// By way of a journal, for an SQLite file.
    Journal(Arc<Fates>),
    /// In shared transactions, for PostgreSQL.
    Grouped(Grouped),
}

impl Records {
    /// For an SQLite file. The commits of `quick` must outlive this process, but not a power cut. Messages whose results a
    /// power cut loses are sent again, with the same Message-IDs.
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
            // Reading goes on with the tables as they are. A claim gets the error.
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
        // The journals stay. Reading goes on with the tables as they are; a claim fails for the same reason.
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
