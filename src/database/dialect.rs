//! The few words in which SQLite and PostgreSQL differ.

/// Which kind of database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// How a transaction begins that writes. SQLite takes its one write lock. In PostgreSQL each statement sees all that
    /// was committed before it; [`Transaction::guard`](super::connections::Transaction::guard) keeps the subject from
    /// changing in between.
    pub(super) const fn begin_to_write(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN ISOLATION LEVEL READ COMMITTED",
        }
    }

    /// How a transaction begins that only reads. All that it reads is as of one moment.
    pub(super) const fn begin_to_read(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// The expression for the server's time in microseconds. `None`: the time of this machine counts.
    pub(super) const fn micros_now(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some("CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"),
        }
    }

    /// How a statement begins that writes many rows; `what` is `INSERT` or `UPDATE`. The transaction must end when the
    /// statement fails. SQLite then need not be able to undo the statement alone, and copies no page aside for that.
    pub(super) fn or_end(self, what: &str) -> String {
        match self {
            Self::Sqlite => format!("{what} OR FAIL"),
            Self::Postgres => what.to_owned(),
        }
    }

    /// The words behind `FROM invitation` of a query for messages that have not left. They name the shorter index: SQLite
    /// takes both indices for equally good.
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

    /// The end of a `SELECT` that locks its rows, and leaves out rows that another transaction has locked.
    pub(super) const fn for_update_of_free(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }
}
