//! Results of deliveries on their way into an SQLite file: first into a [`Journal`], within 50 ms into the tables.
//!
//! A result that is in the journal outlives the process. Readers of the outbox flush first ([`Fates::settle`]).
//! Claiming flushes only where a result matters to it ([`Fates::matters_to_claims`]).

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::connections::Pool;
use super::journal::{Journal, LeftBehind};
use super::record::{Record, first_of_each, write};
use crate::mail::DeliveryState;

/// How long after it was noted a result is written into the tables, if no reader asks for it before.
const SOON: Duration = Duration::from_millis(50);
/// After how long a failed write into the tables is repeated.
const AGAIN: Duration = Duration::from_secs(1);
/// How many results wait for the tables at most. With so many, noting one flushes first.
const MOST: usize = 2_048;
/// A journal that is longer than so many octets is replaced by a new one.
const LONGEST: u64 = 1 << 20;

/// The results that were noted and are not in the tables yet.
#[derive(Debug)]
pub(in super::super) struct Fates {
    pool: Pool,
    database: PathBuf,
    noted: Mutex<Noted>,
    /// Held by the task that writes into the tables.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Noted {
    journal: Option<Journal>,
    /// Results that are in the journal, but not in the tables.
    waiting: VecDeque<Arc<Record>>,
    /// When the first of `waiting` was noted.
    since: Option<Instant>,
    /// Whether a task runs that will write them soon.
    is_seen_to: bool,
}

impl Noted {
    fn append(&mut self, database: &Path, record: &Record) -> io::Result<()> {
        let journal = match &mut self.journal {
            Some(journal) => journal,
            None => self.journal.insert(Journal::create(database)?),
        };
        journal.append(record)
    }

    /// Shortens the journal: results that are in the tables are not needed any more.
    fn shorten(&mut self, database: &Path) -> io::Result<()> {
        match &mut self.journal {
            Some(journal) if self.waiting.is_empty() => journal.clear(),
            Some(journal) if journal.octets() > LONGEST => {
                let mut new = Journal::create(database)?;
                self.waiting.iter().try_for_each(|record| new.append(record))?;
                if let Some(old) = self.journal.replace(new) {
                    old.remove();
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

/// Marks that a task will write the results that wait. Dropping it clears the mark, also when the task ends with its
/// runtime.
struct SeenTo<'a>(&'a Fates);

impl Drop for SeenTo<'_> {
    fn drop(&mut self) {
        self.0.noted().is_seen_to = false;
    }
}

impl Fates {
    pub(super) fn new(pool: Pool, database: PathBuf) -> Self {
        Self {
            pool,
            database,
            noted: Mutex::default(),
            writing: tokio::sync::Mutex::default(),
        }
    }

    fn noted(&self) -> MutexGuard<'_, Noted> {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a result. After that it outlives the process.
    pub(super) async fn note(self: &Arc<Self>, record: Record) -> Result<(), sqlx::Error> {
        match self.note_in_journal(record) {
            Ok(waiting) if waiting >= MOST => self.settle().await,
            Ok(_) => Ok(()),
            Err(record) => {
                self.settle().await?;
                write(&self.pool, &[&record]).await
            }
        }
    }

    /// Appends a result to the journal. Answers how many wait now, or gives the result back if the journal cannot be
    /// written.
    fn note_in_journal(self: &Arc<Self>, record: Record) -> Result<usize, Record> {
        let mut noted = self.noted();
        if let Err(error) = noted.append(&self.database, &record) {
            tracing::debug!(%error, "no journal; a fate goes into the tables at once");
            return Err(record);
        }
        noted.waiting.push_back(Arc::new(record));
        noted.since.get_or_insert_with(Instant::now);
        if !std::mem::replace(&mut noted.is_seen_to, true) {
            tokio::spawn(Arc::clone(self).write_soon());
        }
        Ok(noted.waiting.len())
    }

    async fn write_soon(self: Arc<Self>) {
        let mut pause = SOON;
        loop {
            let seen_to = SeenTo(&self);
            tokio::time::sleep(pause).await;
            // Results that are noted from here on may be too late for this write: they start another task.
            drop(seen_to);
            let Err(error) = self.settle().await else { return };
            // The results stay in the journal. The next reader of the tables gets the error.
            tracing::warn!(%error, "the fates of invitations cannot be written into the tables yet");
            if std::mem::replace(&mut self.noted().is_seen_to, true) {
                return;
            }
            pause = AGAIN;
        }
    }

    /// Flushes: returns when all results that were noted before are in the tables.
    pub(super) async fn settle(&self) -> Result<(), sqlx::Error> {
        let _alone = self.writing.lock().await;
        // The results stay in `waiting` until they are written: this future may be dropped meanwhile.
        let waiting: Vec<Arc<Record>> = self.noted().waiting.iter().cloned().collect();
        if waiting.is_empty() {
            return Ok(());
        }
        write(&self.pool, &first_of_each(waiting.iter().map(Arc::as_ref))).await?;
        let mut noted = self.noted();
        noted.waiting.drain(..waiting.len());
        noted.since = (!noted.waiting.is_empty()).then(Instant::now);
        if let Err(error) = noted.shorten(&self.database) {
            tracing::debug!(%error, "the journal of fates stays as long as it is");
        }
        Ok(())
    }

    /// Whether a claim must flush first: if a result puts a message back into the queue, or if a result has waited
    /// for more than 1 second, as when the tables cannot be written. A lease could then end before the result is in
    /// the tables.
    pub(super) fn matters_to_claims(&self) -> bool {
        let noted = self.noted();
        let mut waiting = noted.waiting.iter();
        let has_waited = noted.since.is_some_and(|since| since.elapsed() > AGAIN);
        has_waited || waiting.any(|record| record.state == DeliveryState::Queued)
    }

    /// The journals of processes that ended without closing the database.
    pub(super) fn left_behind(&self) -> io::Result<Vec<LeftBehind>> {
        LeftBehind::all(&self.database)
    }

    /// Flushes, removes the journal and closes the connections.
    pub(super) async fn close(&self) {
        // Results that cannot be written stay in the journal, for the next process that opens the database.
        if self.settle().await.is_ok() {
            let mut noted = self.noted();
            if noted.waiting.is_empty()
                && let Some(journal) = noted.journal.take()
            {
                journal.remove();
            }
        }
        self.pool.close().await;
    }
}
