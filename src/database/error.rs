//! Why a call of the database failed.

use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;

use super::KeyError;
use super::postgres::Place;
use crate::fault::{Act, BoxError, BoxFault, Class, Fault, Moment, Remedy, Sealed, Setting};
use crate::meeting::{PersonKind, PersonRef};

/// Why a call of the database failed. The database is as it was before.
///
/// `database` is the name of the database in all of them, as [`Database::name`](super::Database::name) has it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DatabaseError {
    /// The file cannot be opened or made.
    #[error("the database {database} cannot be opened")]
    CannotOpen {
        /// The name of the database.
        database: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The file is something else, or damaged.
    #[error("{database} is not an SQLite database, or is damaged")]
    NotADatabase {
        /// The name of the database.
        database: String,
        /// The error of the database.
        source: sqlx::Error,
    },
    /// The address in `[database] url` has a part that the PostgreSQL client does not know.
    #[error("the address of the database cannot be used")]
    Address {
        /// The fault in the address.
        source: sqlx::Error,
    },
    /// The server does not answer, or not over TLS as it must.
    #[error("the database {database} cannot be reached")]
    Unreachable {
        /// The name of the database.
        database: String,
        /// Why.
        source: sqlx::Error,
    },
    /// The server does not let this user in: the password, or the server's own rules.
    #[error("the database {database} does not let the user {user:?} in")]
    NotLetIn {
        /// The name of the database.
        database: String,
        /// The user.
        user: String,
        /// The error of the database.
        source: sqlx::Error,
    },
    /// The server has no such database.
    #[error("the database {database} does not exist")]
    Missing {
        /// The name of the database.
        database: String,
        /// The command that makes it.
        make: String,
        /// The error of the database.
        source: sqlx::Error,
    },
    /// The user of the database may not do it.
    #[error("the database {database} does not permit it: {doing}")]
    NotPermitted {
        /// The name of the database.
        database: String,
        /// The step that failed, such as `reading attendees`.
        doing: String,
        /// The error of the database.
        source: sqlx::Error,
    },
    /// The server went away, or has no connection for us.
    #[error("the connection to the database {database} was lost: {doing}")]
    Lost {
        /// The name of the database.
        database: String,
        /// The step that failed, such as `reading attendees`.
        doing: String,
        /// The error of the connection.
        source: sqlx::Error,
    },
    /// A newer version of this program has changed the tables.
    #[error("the database {database} was made by a newer version of invite")]
    TooNew {
        /// The name of the database.
        database: String,
        /// The part that this program does not know.
        source: BoxError,
    },
    /// The tables cannot be made.
    #[error("the tables of the database {database} cannot be brought up to date")]
    Migration {
        /// The name of the database.
        database: String,
        /// Why.
        source: MigrateError,
    },
    /// Another program has been writing for too long.
    #[error("the database {database} is held by another program: {doing} has waited too long")]
    Busy {
        /// The name of the database.
        database: String,
        /// The step that failed, such as `reading attendees`.
        doing: String,
        /// The error of the database.
        source: sqlx::Error,
    },
    /// The file cannot be written: permissions, a full disk.
    #[error("the database {database} cannot be written: {doing}")]
    CannotWrite {
        /// The name of the database.
        database: String,
        /// The step that failed, such as `reading attendees`.
        doing: String,
        /// The error of the system, or else of the database.
        source: BoxError,
    },
    /// A query failed.
    #[error("the database {database} failed: {doing}")]
    Query {
        /// The name of the database.
        database: String,
        /// The step that failed, such as `reading attendees`.
        doing: String,
        /// The error of the database.
        source: sqlx::Error,
    },
    /// A row has a value that this program does not write.
    #[error("{what} in the database {database} is not valid: {reason}")]
    Invalid {
        /// The name of the database.
        database: String,
        /// Which row, such as `meeting "kickoff"`.
        what: String,
        /// The fault in the row.
        reason: String,
    },
    /// Another process has taken the work over, because it took longer than its lease.
    #[error("{what} was taken over by another run of invite, because this one took too long")]
    LeaseLost {
        /// The work, such as `the push of meeting "kickoff"`.
        what: String,
    },
    /// There is no such record.
    #[error("there is no {what}")]
    NotFound {
        /// The record, such as `meeting "kickoff"`.
        what: String,
    },
    /// There is no such person.
    #[error("there is no {} {:?}", person.kind, person.id.as_str())]
    NoPerson {
        /// The person.
        person: PersonRef,
    },
    /// There is no encryption key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A secret was encrypted with another key.
    #[error("{what} in the database {database} cannot be decrypted with this key")]
    WrongKey {
        /// The name of the database.
        database: String,
        /// The secret in words, such as `the connection to Zoom`.
        what: String,
        /// The kind of the secret, which can be made anew.
        sealed: Sealed,
    },
}

/// The low byte of SQLite's result code (<https://www.sqlite.org/rescode.html>).
fn primary_code(error: &sqlx::Error) -> Option<u32> {
    let error = error
        .as_database_error()?
        .try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    let code = sqlx::error::DatabaseError::code(error)?;
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

/// PostgreSQL's SQLSTATE (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn sql_state(error: &sqlx::Error) -> Option<&str> {
    let error = error
        .as_database_error()?
        .try_downcast_ref::<sqlx::postgres::PgDatabaseError>()?;
    Some(error.code())
}

/// The kinds of failures that both databases have.
enum Kind {
    /// Another program is at work for too long.
    Busy,
    /// No room, or no leave to write.
    CannotWrite,
    /// The file is something else.
    NotADatabase,
    /// The server has gone, or sent us away.
    Lost,
    /// The user of the database may not do it.
    NotPermitted,
    Other,
}

impl Kind {
    fn of(error: &sqlx::Error) -> Self {
        if let Some(state) = sql_state(error) {
            return match state {
                // A deadlock or a conflict between transactions, a lock that was waited for too long.
                "40001" | "40P01" | "55P03" => Self::Busy,
                // No room on the disk; a server that only follows another one.
                "53100" | "25006" => Self::CannotWrite,
                "42501" => Self::NotPermitted,
                // Too many connections, or none for this database; shutting down, crashed, starting up; a transaction that was idle for too long.
                "53300" | "55000" | "57P01" | "57P02" | "57P03" | "25P03" => Self::Lost,
                state if state.starts_with("08") => Self::Lost,
                _ => Self::Other,
            };
        }
        match primary_code(error) {
            Some(SQLITE_BUSY | SQLITE_LOCKED) => Self::Busy,
            Some(SQLITE_READONLY | SQLITE_IOERR | SQLITE_FULL | SQLITE_CANTOPEN) => Self::CannotWrite,
            Some(SQLITE_NOTADB | SQLITE_CORRUPT) => Self::NotADatabase,
            Some(_) => Self::Other,
            None => match error {
                sqlx::Error::PoolTimedOut => Self::Busy,
                // SQLite is reached through files alone, by its own code.
                sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => Self::Lost,
                _ => Self::Other,
            },
        }
    }
}

/// Why an SQLite file cannot be written. SQLite says little more than "disk I/O error"; the system says it when it is
/// asked for as much as SQLite's log takes.
fn why_not_written(name: &str, source: sqlx::Error) -> BoxError {
    if primary_code(&source).is_some() {
        let beside = PathBuf::from(format!("{name}.{}.probe", std::process::id()));
        let written = std::fs::write(&beside, [0; 1 << 16]);
        let _ = std::fs::remove_file(&beside);
        if let Err(error) = written {
            return error.into();
        }
    }
    source.into()
}

/// Whether a failure comes from the connection alone, so that the same question over a new one may be answered.
pub(super) fn is_connection_lost(error: &sqlx::Error) -> bool {
    matches!(Kind::of(error), Kind::Lost)
}

impl DatabaseError {
    pub(super) fn opening_file(name: &str, source: sqlx::Error) -> Self {
        let database = name.to_owned();
        match Kind::of(&source) {
            Kind::Busy => Self::Busy {
                database,
                doing: "opening it".to_owned(),
                source,
            },
            Kind::NotADatabase => Self::NotADatabase { database, source },
            // A file that is there may be on a disk that is full or can only be read.
            Kind::CannotWrite if Path::new(name).is_file() => Self::CannotWrite {
                doing: "opening it".to_owned(),
                source: why_not_written(name, source),
                database,
            },
            _ => Self::CannotOpen { database, source },
        }
    }

    pub(super) fn connecting(place: &Place, source: sqlx::Error) -> Self {
        let database = place.to_string();
        match sql_state(&source) {
            None => Self::Unreachable { database, source },
            Some("3D000") => Self::Missing {
                database,
                make: place.createdb(),
                source,
            },
            Some(state) if state.starts_with("28") || state == "42501" => Self::NotLetIn {
                database,
                user: place.user.clone(),
                source,
            },
            Some(_) => Self::query(&database, "connecting to it", source),
        }
    }

    pub(super) fn migrating(name: &str, source: MigrateError) -> Self {
        let database = name.to_owned();
        match source {
            MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..) => {
                let source = source.into();
                Self::TooNew { database, source }
            }
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
                Self::query(name, "bringing its tables up to date", error)
            }
            source => Self::Migration { database, source },
        }
    }

    pub(super) fn query(name: &str, doing: &str, source: sqlx::Error) -> Self {
        let (database, doing) = (name.to_owned(), doing.to_owned());
        match Kind::of(&source) {
            Kind::Busy => Self::Busy {
                database,
                doing,
                source,
            },
            Kind::CannotWrite => Self::CannotWrite {
                database,
                doing,
                source: why_not_written(name, source),
            },
            Kind::NotADatabase => Self::NotADatabase { database, source },
            Kind::Lost => Self::Lost {
                database,
                doing,
                source,
            },
            Kind::NotPermitted => Self::NotPermitted {
                database,
                doing,
                source,
            },
            Kind::Other => Self::Query {
                database,
                doing,
                source,
            },
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
            Self::Address { .. } => "database.address",
            Self::Unreachable { .. } => "database.unreachable",
            Self::NotLetIn { .. } => "database.not_let_in",
            Self::Missing { .. } => "database.missing",
            Self::NotPermitted { .. } => "database.not_permitted",
            Self::Lost { .. } => "database.connection_lost",
            Self::TooNew { .. } => "database.too_new",
            Self::Migration { .. } => "database.migration",
            Self::Busy { .. } => "database.busy",
            Self::CannotWrite { .. } => "database.cannot_write",
            Self::Query { .. } => "database.query",
            Self::Invalid { .. } => "database.invalid",
            Self::LeaseLost { .. } => "database.lease_lost",
            Self::NotFound { .. } | Self::NoPerson { .. } => "crm.not_found",
            Self::Key(error) => error.kind(),
            Self::WrongKey { .. } => "database.wrong_key",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::CannotOpen { .. } | Self::CannotWrite { .. } => Class::CannotCreate,
            Self::NotADatabase { .. } | Self::Invalid { .. } => Class::BadData,
            Self::Unreachable { .. } => Class::Unavailable,
            Self::Address { .. }
            | Self::NotLetIn { .. }
            | Self::Missing { .. }
            | Self::NotPermitted { .. }
            | Self::TooNew { .. }
            | Self::WrongKey { .. } => Class::Configuration,
            Self::Busy { .. } | Self::Lost { .. } | Self::LeaseLost { .. } => Class::Temporary,
            Self::Migration { .. } | Self::Query { .. } => Class::Internal,
            Self::NotFound { .. } | Self::NoPerson { .. } => Class::NotFound,
            Self::Key(error) => error.class(),
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        let address = Act::Setting(Setting::DATABASE);
        let again = Act::Again(Moment::Now);
        Some(match self {
            Self::CannotOpen { .. } => Remedy::says("check ")
                .then(address)
                .and(": its folder must exist and be writable, with the file in it"),
            Self::NotADatabase { .. } => Remedy::says("name another file in ")
                .then(address)
                .and(", or put the database back from your backup"),
            Self::Address { .. } => Remedy::says("correct ")
                .then(address)
                .and(": postgres://USER@HOST/DATABASE?sslmode=require"),
            Self::Unreachable { .. } => Remedy::says("check the host and port in ")
                .then(address)
                .and(", and that the server runs"),
            Self::NotLetIn { .. } => Remedy::says("check the user in ")
                .then(address)
                .and(", and the password in ")
                .then(Act::Setting(Setting::DATABASE_PASSWORD))
                .and(" or PGPASSWORD"),
            Self::Missing { make, .. } => Remedy::says(format!("make it: {make}")),
            Self::NotPermitted { .. } => Remedy::says("make the user in ")
                .then(address)
                .and(" the owner of the database: ALTER DATABASE … OWNER TO …"),
            Self::TooNew { .. } => "use that version".into(),
            Self::Migration { .. } | Self::Query { .. } => {
                "this should not happen: report it with the command that you ran".into()
            }
            Self::Busy { .. } | Self::Lost { .. } | Self::LeaseLost { .. } => Remedy::act(again),
            Self::CannotWrite { .. } => {
                Remedy::says("make room on the disk and the folder writable, then ").then(again)
            }
            Self::Invalid { .. } => "correct the record, for instance by importing it again".into(),
            Self::NoPerson { person } if person.kind == PersonKind::User => Remedy::act(Act::ListUsers),
            Self::NotFound { .. } | Self::NoPerson { .. } => return None,
            Self::Key(error) => return error.remedy(),
            Self::WrongKey { sealed, .. } => {
                Remedy::says("put back the key that it was stored with (`INVITE_KEY` or ")
                    .then(Act::Setting(Setting::KEY_FILE))
                    .and("), or ")
                    .then(Act::MakeAnew(*sealed))
            }
        })
    }
}
