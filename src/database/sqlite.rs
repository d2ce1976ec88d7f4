//! Opening an SQLite file.

use std::path::Path;
use std::time::{Duration, Instant};

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::bell::Bell;
use super::clock::DatabaseClock;
use super::connections::{Pool, SqliteFile};
use super::outbox::{Records, SharedParts};
use super::{Database, DatabaseError, KeySource, LONGEST_WAIT};

/// How many rows are read ahead: each time that none is left, another thread has to be woken.
const ROWS_AHEAD: usize = 512;

/// Two connections: one writes, and one can read meanwhile.
const CONNECTIONS: u32 = 2;
/// How much of the file each connection keeps in memory: 2 MiB, as SQLite writes it.
const CACHE: &str = "-2048";
/// At how many pages in its log (32 MiB) SQLite moves them to the file. A page that is written often then moves once.
/// The rest moves when the file is closed.
const LOG: &str = "8000";

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("src/database/migrations/sqlite");

impl Database {
    /// Opens an SQLite file, made when it is missing, and brings its tables up to date. `key` is used when
    /// a token is first stored or read, not before.
    ///
    /// # Errors
    /// [`DatabaseError`]: the file cannot be made or opened, is no database, was made by a newer `invite`, or
    /// is locked by another process for longer than 10 seconds.
    pub async fn open(path: &Path, key: KeySource) -> Result<Self, DatabaseError> {
        let name = path.display().to_string();
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(LONGEST_WAIT)
            .row_buffer_size(ROWS_AHEAD)
            .pragma("cache_size", CACHE)
            .pragma("wal_autocheckpoint", LOG)
            .optimize_on_close(false, None);
        make_private(path);
        // If two processes switch a new file to WAL at once, SQLite refuses one of them without waiting.
        let began = Instant::now();
        let pool = loop {
            let opened = pool_options(CONNECTIONS).connect_with(options.clone()).await;
            match opened.map_err(|source| DatabaseError::opening_file(&name, source)) {
                Ok(pool) => break pool,
                Err(DatabaseError::Busy { .. }) if began.elapsed() < LONGEST_WAIT => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => return Err(error),
            }
        };
        migrate(&pool, &name).await?;
        // These connections do not wait for the disk. Each claim does, and with it all that is in the tables by then.
        let quick = pool_options(1).connect_lazy_with(options.synchronous(SqliteSynchronous::Normal));
        // The real path, beside which SQLite puts its own files too: so processes that open the file by different
        // names find each other's journals.
        let path = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let file = SqliteFile::new(pool);
        let quick = file.over(quick);
        Ok(Self {
            pool: Pool::Sqlite(file),
            name: name.into(),
            key,
            clock: DatabaseClock::default(),
            bell: Bell::default(),
            shared: SharedParts::default(),
            records: Records::of_file(Pool::Sqlite(quick), &path),
        })
    }
}

fn pool_options(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        // Unlike a server, a file does not go away.
        .test_before_acquire(false)
        .acquire_timeout(LONGEST_WAIT * 2)
}

async fn migrate(pool: &SqlitePool, name: &str) -> Result<(), DatabaseError> {
    // Mostly there is nothing to do, and then no lock is taken.
    if is_up_to_date(pool).await {
        return Ok(());
    }
    let explain = |source| DatabaseError::query(name, "bringing its tables up to date", source);
    // A second process waits here, and then finds the migrations done.
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.map_err(explain)?;
    // Not `run`: its future is not `Send` for every lifetime of a connection.
    MIGRATIONS
        .run_direct(None, &mut *tx, false)
        .await
        .map_err(|source| DatabaseError::migrating(name, source))?;
    tx.commit().await.map_err(explain)
}

async fn is_up_to_date(pool: &SqlitePool) -> bool {
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max();
    let applied: Result<Option<i64>, _> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
            .fetch_one(pool)
            .await;
    matches!(applied, Ok(version) if version == newest)
}

/// Makes the file readable by its owner only: it holds mails with links to join. SQLite gives the files beside it the
/// same permissions. If the file is there already, or cannot be made, SQLite finds that out when it opens it.
fn make_private(path: &Path) {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let _ = options.open(path);
}
