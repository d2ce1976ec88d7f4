//! Why the database did not do what it was asked.

use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;

use super::KeyError;
use crate::fault::{BoxFault, Class, Fault};

/// Why the database did not do what it was asked. The file is as it was before.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The file cannot be opened or made.
    #[error("the database {} cannot be opened", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
    /// The file is something else, or damaged.
    #[error("{} is not an SQLite database, or is damaged", path.display())]
    NotADatabase {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// A newer version of this program has changed the tables.
    #[error("the database {} was made by a newer version of invite", path.display())]
    TooNew {
        /// The file.
        path: PathBuf,
        /// What is unknown in it.
        source: MigrateError,
    },
    /// The tables cannot be made.
    #[error("the tables of the database {} cannot be brought up to date", path.display())]
    Migration {
        /// The file.
        path: PathBuf,
        /// Why.
        source: MigrateError,
    },
    /// Somebody else has been writing for too long.
    #[error("the database {} is held by another program: {doing} has waited too long", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: String,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// The file cannot be written: permissions, a full disk.
    #[error("the database {} cannot be written: {doing}", path.display())]
    CannotWrite {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: String,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// A query failed.
    #[error("the database {} failed: {doing}", path.display())]
    Query {
        /// The file.
        path: PathBuf,
        /// What was being done.
        doing: String,
        /// What SQLite says.
        source: sqlx::Error,
    },
    /// A row holds what this program does not write.
    #[error("{what} in the database {} is not valid: {reason}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Which row, such as `meeting "kickoff"`.
        what: String,
        /// What is wrong.
        reason: String,
    },
    /// Somebody else has taken the work over, because it took longer than its lease.
    #[error("{what} was taken over by another run of invite, because this one took too long")]
    LeaseLost {
        /// The work, such as `the push of meeting "kickoff"`.
        what: String,
    },
    /// There is no such record.
    #[error("there is no {what}")]
    NotFound {
        /// The record, such as `user "bob"`.
        what: String,
    },
    /// There is no encryption key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A token was encrypted with another key.
    #[error("{what} in the database {} cannot be decrypted with this key", path.display())]
    WrongKey {
        /// The file.
        path: PathBuf,
        /// What was to be read.
        what: String,
    },
}

/// What SQLite's result codes mean here (<https://www.sqlite.org/rescode.html>), the low byte of each.
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let code = error.as_database_error()?.code()?;
    Some(code.parse::<u32>().ok()? & 0xff)
}

const SQLITE_BUSY: u32 = 5;
const SQLITE_LOCKED: u32 = 6;
const SQLITE_READONLY: u32 = 8;
const SQLITE_IOERR: u32 = 10;
const SQLITE_CORRUPT: u32 = 11;
const SQLITE_FULL: u32 = 13;
const SQLITE_CANTOPEN: u32 = 14;
const SQLITE_NOTADB: u32 = 26;

/// Whether a failure to make the tables may come from somebody else who makes them at the same moment.
pub(super) fn is_race(error: &sqlx::Error) -> bool {
    let exists = error.to_string().contains("already exists");
    let unique = error.as_database_error().is_some_and(|e| e.is_unique_violation());
    exists || unique || matches!(primary_code(error), Some(SQLITE_BUSY | SQLITE_LOCKED))
}

impl DatabaseError {
    pub(super) fn opening(path: &Path, source: sqlx::Error) -> Self {
        let path = path.to_owned();
        match primary_code(&source) {
            Some(SQLITE_BUSY | SQLITE_LOCKED) => Self::Busy {
                path,
                doing: "opening it".to_owned(),
                source,
            },
            Some(SQLITE_NOTADB | SQLITE_CORRUPT) => Self::NotADatabase { path, source },
            _ => Self::CannotOpen { path, source },
        }
    }

    pub(super) fn migrating(path: &Path, source: MigrateError) -> Self {
        let path = path.to_owned();
        match source {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                Self::TooNew { path, source }
            }
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                Self::query(&path, "bringing its tables up to date", error)
            }
            source => Self::Migration { path, source },
        }
    }

    pub(super) fn query(path: &Path, doing: &str, source: sqlx::Error) -> Self {
        let (path, doing) = (path.to_owned(), doing.to_owned());
        match primary_code(&source) {
            Some(SQLITE_BUSY | SQLITE_LOCKED) => Self::Busy { path, doing, source },
            Some(SQLITE_READONLY | SQLITE_IOERR | SQLITE_FULL | SQLITE_CANTOPEN) => {
                Self::CannotWrite { path, doing, source }
            }
            Some(SQLITE_NOTADB | SQLITE_CORRUPT) => Self::NotADatabase { path, source },
            _ if matches!(source, sqlx::Error::PoolTimedOut) => Self::Busy { path, doing, source },
            _ => Self::Query { path, doing, source },
        }
    }
}

impl From<DatabaseError> for BoxFault {
    fn from(error: DatabaseError) -> Self {
        Self::new(error)
    }
}

impl Fault for DatabaseError {
    fn kind(&self) -> &'static str {
        match self {
            Self::CannotOpen { .. } => "database.cannot_open",
            Self::NotADatabase { .. } => "database.not_a_database",
            Self::TooNew { .. } => "database.too_new",
            Self::Migration { .. } => "database.migration",
            Self::Busy { .. } => "database.busy",
            Self::CannotWrite { .. } => "database.cannot_write",
            Self::Query { .. } => "database.query",
            Self::Invalid { .. } => "database.invalid",
            Self::LeaseLost { .. } => "database.lease_lost",
            Self::NotFound { .. } => "crm.not_found",
            Self::Key(error) => error.kind(),
            Self::WrongKey { .. } => "database.wrong_key",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::CannotOpen { .. } | Self::CannotWrite { .. } => Class::CannotCreate,
            Self::NotADatabase { .. } | Self::Invalid { .. } => Class::BadData,
            Self::TooNew { .. } | Self::WrongKey { .. } => Class::Configuration,
            Self::Busy { .. } | Self::LeaseLost { .. } => Class::Temporary,
            Self::Migration { .. } | Self::Query { .. } => Class::Internal,
            Self::NotFound { .. } => Class::NotFound,
            Self::Key(error) => error.class(),
        }
    }

    fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::CannotOpen { .. } => {
                "check `[database] url`: its folder must exist and be writable, with the file in it"
            }
            Self::NotADatabase { .. } => {
                "name another file in `[database] url`, or put the database back from your backup"
            }
            Self::TooNew { .. } => "use that version",
            Self::Migration { .. } | Self::Query { .. } => {
                "this should not happen: report it with the command that you ran"
            }
            Self::Busy { .. } | Self::LeaseLost { .. } => "run the same command again",
            Self::CannotWrite { .. } => {
                "make room on the disk and the folder writable, then run the same command again"
            }
            Self::Invalid { .. } => "correct the record, for instance by importing it again",
            Self::NotFound { .. } => return None,
            Self::Key(error) => return error.hint(),
            Self::WrongKey { .. } => {
                "put back the key that it was stored with (`INVITE_KEY` or `[database] key_file`), or run \
                 `invite zoom connect` to connect anew"
            }
        };
        Some(hint.to_owned())
    }
}
