//! Fates on their way into the tables of an SQLite file, by way of a [`Journal`].

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::connections::Pool;
use super::journal::{Journal, LeftBehind};
use super::record::{Record, first_of_each, write};
use crate::mail::DeliveryState;

/// When what was noted goes into the tables at the latest, should nobody ask for it.
const SOON: Duration = Duration::from_millis(50);
/// When it is tried again.
const AGAIN: Duration = Duration::from_secs(1);
/// How many wait at most.
const MOST: usize = 2_048;
/// A journal is replaced when it is longer.
const LONGEST: u64 = 1 << 20;

/// What was noted and is not in the tables yet.
#[derive(Debug)]
pub(in super::super) struct Fates {
    pool: Pool,
    database: PathBuf,
    noted: Mutex<Noted>,
    /// Held by who writes into the tables.
    writing: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Noted {
    journal: Option<Journal>,
    /// In the journal, but not in the tables.
    waiting: VecDeque<Arc<Record>>,
    /// When the first of these was noted.
    since: Option<Instant>,
    /// Whether somebody will write them soon.
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

    /// Makes the journal shorter: what has been written into the tables is not needed any more.
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

/// Somebody who will write what waits; also when the task ends with its runtime.
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

    /// Notes a fate. When this is back, it outlives the process.
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

    /// Answers how many wait now; gives back what the journal does not take.
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
            // Who comes from here on may come too late for this time.
            drop(seen_to);
            let Err(error) = self.settle().await else { return };
            // They wait on in the journal. Who next asks for what is in the tables is told.
            tracing::warn!(%error, "the fates of invitations cannot be written into the tables yet");
            if std::mem::replace(&mut self.noted().is_seen_to, true) {
                return;
            }
            pause = AGAIN;
        }
    }

    /// Comes back when all that was noted before is in the tables.
    pub(super) async fn settle(&self) -> Result<(), sqlx::Error> {
        let _alone = self.writing.lock().await;
        // They stay where they are until they are written: this may be cut off.
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

    /// Whether who claims invitations has to know what was noted: something puts an invitation back among those that wait;
    /// or something has waited for long, as when the tables cannot be written, and a lease may end before it is in them.
    pub(super) fn matters_to_claims(&self) -> bool {
        let noted = self.noted();
        let mut waiting = noted.waiting.iter();
        let has_waited = noted.since.is_some_and(|since| since.elapsed() > AGAIN);
        has_waited || waiting.any(|record| record.state == DeliveryState::Queued)
    }

    /// The journals of those who did not close the database and hold it no more.
    pub(super) fn left_behind(&self) -> io::Result<Vec<LeftBehind>> {
        LeftBehind::all(&self.database)
    }

    /// Writes what was noted into the tables, and closes the connections.
    pub(super) async fn close(&self) {
        // What cannot be written stays in the journal, for the next who opens the database.
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
