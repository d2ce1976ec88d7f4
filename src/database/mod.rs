//! Our own state, and the records of the built-in CRM, in an SQLite file.
//!
//! [`Database`] implements the ports [`LinkStore`](crate::online::LinkStore),
//! [`Outbox`](crate::mail::Outbox), [`TokenStore`](crate::online::zoom::TokenStore) and
//! [`Crm`](crate::crm::Crm). Every call of a port is one transaction, which takes the write lock before it
//! reads: what it decides on is still so when it writes, whoever else uses the file.

mod answers;
mod error;
mod grants;
mod key;
mod links;
mod outbox;
mod records;
mod rows;
mod sealing;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{Sqlite, Transaction};

use crate::lease::Holder;

pub use error::DatabaseError;
pub use key::{EncryptionKey, KeyError, KeySource};
pub use outbox::Which;
pub use records::{ImportError, Imported, UserRecord};

static MIGRATIONS: Migrator = sqlx::migrate!("src/database/migrations/sqlite");

/// How long a call waits for others to finish writing before it fails with [`DatabaseError::Busy`].
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// An SQLite database. Cheap to clone; all clones share their connections.
#[derive(Debug, Clone)]
pub struct Database {
    pool: SqlitePool,
    path: Arc<Path>,
    key: KeySource,
}

impl Database {
    /// Opens a database file, made when it is missing, and brings its tables up to date. `key` is used when
    /// a token is first stored or read, not before.
    ///
    /// # Errors
    /// [`DatabaseError`]: the file cannot be made or opened, is no database, was made by a newer `invite`, or
    /// is held by somebody else for longer than ten seconds.
    pub async fn open(path: &Path, key: KeySource) -> Result<Self, DatabaseError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(LONGEST_WAIT)
            .optimize_on_close(false, None);
        let explain = |source: sqlx::Error| DatabaseError::opening(path, source);
        make_private(path);
        // Of two that switch a new file to WAL at once, SQLite refuses one without waiting.
        let began = std::time::Instant::now();
        let pool = loop {
            let opened = SqlitePoolOptions::new()
                .max_connections(4)
                .idle_timeout(None)
                .max_lifetime(None)
                .acquire_timeout(LONGEST_WAIT * 2)
                .connect_with(options.clone())
                .await;
            match opened.map_err(explain) {
                Ok(pool) => break pool,
                Err(DatabaseError::Busy { .. }) if began.elapsed() < LONGEST_WAIT => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => return Err(error),
            }
        };
        let database = Self {
            pool,
            path: path.into(),
            key,
        };
        database.migrate().await?;
        Ok(database)
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.path.to_path_buf()
    }

    /// Closes all connections. What is in the write-ahead log moves to the file.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    async fn migrate(&self) -> Result<(), DatabaseError> {
        // Mostly there is nothing to do, and then no lock is taken.
        let newest = MIGRATIONS.iter().map(|migration| migration.version).max();
        if self.is_up_to_date(newest).await {
            return Ok(());
        }
        let began = std::time::Instant::now();
        loop {
            match MIGRATIONS.run(&self.pool).await {
                Ok(()) => return Ok(()),
                // Two that make the tables of a new file at once: one finds them there already.
                Err(_) if began.elapsed() < LONGEST_WAIT && self.is_up_to_date(newest).await => return Ok(()),
                Err(
                    sqlx::migrate::MigrateError::ExecuteMigration(error, _)
                    | sqlx::migrate::MigrateError::Execute(error),
                ) if began.elapsed() < LONGEST_WAIT && error::is_race(&error) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => return Err(DatabaseError::migrating(&self.path, error)),
            }
        }
    }

    async fn is_up_to_date(&self, newest: Option<i64>) -> bool {
        let applied: Result<Option<i64>, _> =
            sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
                .fetch_one(&self.pool)
                .await;
        matches!(applied, Ok(version) if version == newest)
    }

    /// Begins a transaction that may write.
    async fn write(&self, doing: &str) -> Result<Transaction<'static, Sqlite>, DatabaseError> {
        self.pool
            .begin_with("BEGIN IMMEDIATE")
            .await
            .map_err(self.explain(doing))
    }

    fn explain<'a>(&'a self, doing: &'a str) -> impl Fn(sqlx::Error) -> DatabaseError + 'a {
        move |source| DatabaseError::query(&self.path, doing, source)
    }

    fn invalid(&self, what: impl Into<String>, reason: impl ToString) -> DatabaseError {
        DatabaseError::Invalid {
            path: self.path.to_path_buf(),
            what: what.into(),
            reason: reason.to_string(),
        }
    }
}

/// Makes the file readable by its owner only: it holds mails with links to join. What SQLite puts beside it gets
/// the same permissions. An error, or a file that is there already, is left to SQLite to find.
fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}

/// An instant as the tables have it.
fn millis(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_millis()
}

/// Until when a lease is held at the latest; `None` when it has run out or its holder has ended.
fn held_until(holder: String, until: i64) -> Option<DateTime<Utc>> {
    let is_held = until > millis(Utc::now()) && !Holder::from_stored(holder).is_gone();
    is_held.then(|| DateTime::from_timestamp_millis(until).unwrap_or_default())
}

/// When a lease that is taken now runs out, as the tables have it.
fn lease_end(lasting: Duration) -> i64 {
    millis(Utc::now()).saturating_add(i64::try_from(lasting.as_millis()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests;
