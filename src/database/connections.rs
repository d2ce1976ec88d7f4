//! Connections to both kinds of database, and transactions over them.

use std::fmt;
use std::sync::Arc;

use sqlx::postgres::PgPool;
use sqlx::sqlite::SqlitePool;
use sqlx::{Postgres, Sqlite};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::dialect::Dialect;

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
    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx, _turn) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
    }
}

/// The pool or the transaction that a query runs on.
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
