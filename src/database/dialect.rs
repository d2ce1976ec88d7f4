//! The few words in which SQLite and PostgreSQL differ.

/// Which kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// How a transaction begins that writes. SQLite takes its one write lock; PostgreSQL sees what was committed
    /// before each statement, and what must not change in between is guarded by [`Transaction::guard`](super::connections::Transaction::guard).
    pub(super) const fn begin_to_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// How a transaction begins that only reads, all of it as of one moment.
    pub(super) const fn begin_to_read(self) -> &'static str {
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
