//! Connections to both kinds of database, and transactions over them.

use std::fmt;
use std::sync::Arc;

use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Postgres, Sqlite};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::sql::query;

/// Which kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// How a transaction begins that writes. SQLite takes its one write lock; PostgreSQL sees what was committed
    /// before each statement, and what must not change in between is guarded by [`Transaction::guard`].
    const fn begin_to_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// How a transaction begins that only reads, all of it as of one moment.
    const fn begin_to_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// What says the time in microseconds, where it is not the time of this machine.
    pub(super) const fn micros_now(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"),
        }
    }

    /// How a statement begins that writes many rows, `what` being `INSERT` or `UPDATE`, in a transaction that ends when the
    /// statement fails. SQLite need not be able to undo the statement alone, for which it would copy aside every page
    /// that it changes.
    pub(super) fn or_end(self, what: &str) -> String {
        match self {
            Self::Sqlite => format!("{what} OR FAIL"),
            Self::Postgres => what.to_owned(),
        }
    }

    /// What follows `FROM invitation` where what was sent is to be passed over. SQLite takes both indices for equally good,
    /// and is told which one is shorter.
    pub(super) const fn by_unsent(self) -> &'static str {
        match self {
            Self::Sqlite => "INDEXED BY invitation_unsent",
            Self::Postgres => "",
        }
    }

    /// The end of a `SELECT` that locks its row until the transaction ends.
    pub(super) const fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE",
        }
    }

    /// The same for many rows; rows that another transaction has locked are left out.
    pub(super) const fn for_update_of_free(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }
}

/// The channel of PostgreSQL on which queueing wakes workers.
pub(super) const OUTBOX_CHANNEL: &str = "invite_outbox";

/// The connections of this process to an SQLite file. They queue for the write lock here: SQLite itself would look
/// for its lock again only after pauses that are longer than most writes.
#[derive(Clone)]
pub(super) struct SqliteFile {
    pub(super) pool: SqlitePool,
    turns: Arc<Mutex<()>>,
}

impl SqliteFile {
    pub(super) fn new(pool: SqlitePool) -> Self {
        Self {
            pool,
            turns: Arc::default(),
        }
    }

    /// Other connections to the same file, which share the queue of these.
    pub(super) fn over(&self, pool: SqlitePool) -> Self {
        Self {
            pool,
            turns: Arc::clone(&self.turns),
        }
    }

    /// Waits for the turn to write, first come, first served.
    pub(super) async fn turn(&self) -> OwnedMutexGuard<()> {
        Arc::clone(&self.turns).lock_owned().await
    }
}

/// The connections to a database.
#[derive(Clone)]
pub(super) enum Pool {
    Sqlite(SqliteFile),
    Postgres(PgPool),
}

impl fmt::Debug for Pool {
    // sqlx's own `Debug` could show a password one day.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pool({:?})", self.dialect())
    }
}

impl Pool {
    pub(super) const fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Begins a transaction that may write.
    pub(super) async fn begin_to_write(&self) -> Result<Transaction, sqlx::Error> {
        let how = self.dialect().begin_to_write();
        Ok(match self {
            Self::Sqlite(file) => {
                let turn = file.turn().await;
                Transaction::Sqlite(file.pool.begin_with(how).await?, Some(turn))
            }
            Self::Postgres(pool) => Transaction::Postgres(pool.begin_with(how).await?),
        })
    }

    /// Begins a transaction that only reads.
    pub(super) async fn begin_to_read(&self) -> Result<Transaction, sqlx::Error> {
        let how = self.dialect().begin_to_read();
        Ok(match self {
            Self::Sqlite(file) => Transaction::Sqlite(file.pool.begin_with(how).await?, None),
            Self::Postgres(pool) => Transaction::Postgres(pool.begin_with(how).await?),
        })
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(file) => file.pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// A transaction. Dropped before it is committed, it has done nothing.
pub(super) enum Transaction {
    /// The second is the turn to write, if the transaction writes.
    Sqlite(sqlx::Transaction<'static, Sqlite>, Option<OwnedMutexGuard<()>>),
    Postgres(sqlx::Transaction<'static, Postgres>),
}

impl Transaction {
    /// Locks a subject until the transaction ends. To be called before anything else, and for several subjects in
    /// their order, so that two transactions cannot wait for each other. SQLite's one write lock covers every
    /// subject.
    pub(super) async fn guard(&mut self, subject: &str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(..) => Ok(()),
            Self::Postgres(_) => query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind(format!("invite {subject}"))
                .execute(self)
                .await
                .map(|_| ()),
        }
    }

    /// Wakes workers that wait for the outbox, together with the commit.
    pub(super) async fn wake_workers(&mut self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(..) => Ok(()),
            Self::Postgres(_) => query("SELECT pg_notify($1, '')")
                .bind(OUTBOX_CHANNEL)
                .execute(self)
                .await
                .map(|_| ()),
        }
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx, _turn) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

/// What a query runs on.
pub(super) enum On<'e> {
    Pool(&'e Pool),
    Transaction(&'e mut Transaction),
}

impl<'e> From<&'e Pool> for On<'e> {
    fn from(pool: &'e Pool) -> Self {
        Self::Pool(pool)
    }
}

impl<'e> From<&'e mut Transaction> for On<'e> {
    fn from(transaction: &'e mut Transaction) -> Self {
        Self::Transaction(transaction)
    }
}
