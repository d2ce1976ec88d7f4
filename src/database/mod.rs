//! Our own state, and the records of the built-in CRM, in an SQLite file or a PostgreSQL database.
//!
//! [`Database`] implements the ports [`LinkStore`](crate::online::LinkStore), [`OnlineUsers`](crate::online::OnlineUsers),
//! [`Outbox`](crate::mail::Outbox), [`OutboxOperator`](crate::mail::OutboxOperator),
//! [`AccountStore`](crate::mail::AccountStore), [`Pacing`](crate::mail::Pacing),
//! [`Jobs`](crate::jobs::Jobs), [`TokenStore`](crate::online::zoom::TokenStore) and those of the [CRM](crate::crm).
//!
//! Every call of a port is one transaction. The rows that it decides on do not change before it writes, also if other
//! processes use the database. In SQLite a transaction takes the write lock before it reads. In PostgreSQL it takes a
//! lock on its subject; a claim locks the rows of its messages instead.

mod accounts;
mod answers;
mod bell;
mod clock;
mod connections;
mod dialect;
mod error;
mod grants;
mod guard;
mod jobs;
mod key;
mod links;
mod online_users;
mod outbox;
mod pace;
mod postgres;
mod recent;
mod records;
mod rows;
mod sealing;
mod sql;
mod sqlite;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use self::connections::{Pool, Transaction};
use crate::clock::Clock;
use crate::meeting::{MeetingId, PersonId};

pub use error::DatabaseError;
pub use key::{EncryptionKey, KeyError, KeySource};
pub use records::{ImportError, Imported};

/// How long a call waits for others to finish writing before it fails with [`DatabaseError::Busy`].
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// A database. Cheap to clone; all clones share their connections.
#[derive(Debug, Clone)]
pub struct Database {
    pool: Pool,
    name: Arc<str>,
    key: KeySource,
    clock: clock::DatabaseClock,
    bell: bell::Bell,
    shared: outbox::SharedParts,
    records: outbox::Records,
}

/// The subject that a transaction writes about. Two transactions about one subject run one after the other.
enum Subject<'a> {
    /// The records of the built-in CRM.
    Records,
    /// The links, messages and revisions of a meeting.
    Meeting(&'a MeetingId),
    /// A connection to an online provider, by the words that name it.
    Grant(String),
    /// The SMTP account of a user.
    Account(&'a PersonId),
    /// A job, by its kind and its key.
    Job(&'a str, &'a str),
}

impl fmt::Display for Subject<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Records => f.write_str("records"),
            Self::Meeting(id) => write!(f, "meeting {id}"),
            Self::Grant(place) => write!(f, "grant {place}"),
            Self::Account(user) => write!(f, "account {user}"),
            Self::Job(kind, key) => write!(f, "job {kind} {key}"),
        }
    }
}

impl Database {
    /// The name of the database in messages: the file, or `invite at db.example`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same database, timed by this clock instead of this machine's. Call it as soon as the database is open: earlier
    /// clones keep their clock, and all who share a database should share the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = self.clock.by(clock);
        self
    }

    /// Closes all connections. SQLite moves its write-ahead log into the file.
    pub async fn close(&self) {
        self.bell.silence();
        self.records.close().await;
        self.pool.close().await;
    }

    /// Begins a transaction that may write about a subject.
    async fn write(&self, subject: &Subject<'_>, doing: &str) -> Result<Transaction, DatabaseError> {
        let mut tx = self.write_rows(doing).await?;
        tx.guard(&subject.to_string())
            .await
            .map_err(self.explain(doing))?;
        Ok(tx)
    }

    /// Begins a transaction that may write, and locks the rows it decides on itself.
    async fn write_rows(&self, doing: &str) -> Result<Transaction, DatabaseError> {
        self.pool.begin_to_write().await.map_err(self.explain(doing))
    }

    /// Begins a transaction that reads everything as of one moment.
    async fn read(&self, doing: &str) -> Result<Transaction, DatabaseError> {
        self.pool.begin_to_read().await.map_err(self.explain(doing))
    }

    fn explain<'a>(&'a self, doing: &'a str) -> impl Fn(sqlx::Error) -> DatabaseError + 'a {
        move |source| match (&self.pool, source) {
            // While the server does not answer, the pool goes on trying for as long as it may.
            (Pool::Postgres(_), source @ sqlx::Error::PoolTimedOut) => DatabaseError::Lost {
                database: self.name.to_string(),
                doing: doing.to_owned(),
                source,
            },
            (_, source) => DatabaseError::query(&self.name, doing, source),
        }
    }

    fn invalid(&self, what: impl Into<String>, reason: impl ToString) -> DatabaseError {
        DatabaseError::Invalid {
            database: self.name.to_string(),
            what: what.into(),
            reason: reason.to_string(),
        }
    }
}

/// An instant as the tables have it.
fn millis(instant: DateTime<Utc>) -> i64 {
    instant.timestamp_millis()
}

#[cfg(test)]
mod tests;
