//! Connecting to a PostgreSQL database.

use std::fmt;

use chrono::Utc;
use secrecy::{ExposeSecret as _, SecretString};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _};

use super::bell::Bell;
use super::clock::DatabaseClock;
use super::connections::Pool;
use super::outbox::{Records, SharedParts};
use super::{Database, DatabaseError, KeySource, LONGEST_WAIT};

pub(super) static MIGRATIONS: Migrator = sqlx::migrate!("src/database/migrations/postgres");

const USUAL_PORT: u16 = 5432;

/// How many connections a process has at most, with the one that listens.
const CONNECTIONS: u32 = 9;

/// The first statements of every connection. No statement waits for a lock without end. If a machine goes away during
/// a transaction, the server ends the transaction after 60 seconds, and frees its locks.
const SETTINGS: &str = "SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '60s'";

impl Database {
    /// Connects to a PostgreSQL database (version 12 or later), and brings its tables up to date; any number of
    /// processes may do so at once. `url` is `postgres://USER@HOST/DATABASE`, with a password or not, and with
    /// `sslmode` and the other parameters of libpq that sqlx knows. Parts that it leaves out come from `PGPASSWORD` and
    /// the other variables of libpq, and from `~/.pgpass`. `key` is used when a token is first stored or read, not before.
    ///
    /// # Errors
    /// [`DatabaseError`]: the server cannot be reached, does not let us in, has no such database, or the tables
    /// cannot be made, or were made by a newer `invite`.
    pub async fn connect(url: &SecretString, key: KeySource) -> Result<Self, DatabaseError> {
        let options: PgConnectOptions = url
            .expose_secret()
            .parse()
            .map_err(|source| DatabaseError::Address { source })?;
        // A statement that waits for its lock is not worth a warning.
        let mut options = options.disable_statement_logging();
        if options.get_application_name().is_none() {
            options = options.application_name("invite");
        }
        let place = Place::of(&options);
        let name = place.to_string();
        // The pool would try to reach a server that does not listen until its time is up, and would not say why it failed.
        let connecting = tokio::time::timeout(LONGEST_WAIT, PgConnection::connect_with(&options));
        let mut first = match connecting.await {
            Ok(connected) => connected.map_err(|source| place.refusal(source))?,
            Err(_) => return Err(place.refusal(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))),
        };
        if !is_up_to_date(&mut first).await {
            migrate(&mut first)
                .await
                .map_err(|source| DatabaseError::migrating(&name, source))?;
        }
        let clock = compare_clocks(&mut first)
            .await
            .map_err(|source| DatabaseError::query(&name, "reading its clock", source))?;
        // An error in saying goodbye changes nothing.
        let _ = first.close().await;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(LONGEST_WAIT)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    connection.execute(sqlx::raw_sql(SETTINGS)).await?;
                    Ok(())
                })
            })
            .connect_lazy_with(options);
        Ok(Self {
            clock,
            bell: Bell::of(pool.clone()),
            pool: Pool::Postgres(pool),
            name: name.into(),
            key,
            shared: SharedParts::default(),
            records: Records::of_server(),
        })
    }
}

async fn migrate(connection: &mut PgConnection) -> Result<(), MigrateError> {
    connection.execute(sqlx::raw_sql(SETTINGS)).await?;
    // Takes an advisory lock, under which it looks again. Not `run`: its future is not `Send` for every lifetime of a
    // connection.
    MIGRATIONS.run_direct(None, connection, false).await
}

async fn compare_clocks(connection: &mut PgConnection) -> Result<DatabaseClock, sqlx::Error> {
    let asked = Utc::now();
    let theirs = sqlx::query_scalar("SELECT clock_timestamp()")
        .fetch_one(connection)
        .await?;
    Ok(DatabaseClock::compared(asked, theirs, Utc::now()))
}

async fn is_up_to_date(connection: &mut PgConnection) -> bool {
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max();
    let applied: Result<Option<i64>, _> =
        sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations WHERE success")
            .fetch_one(connection)
            .await;
    matches!(applied, Ok(version) if version == newest)
}

/// Where a database is, without the secrets of its address.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// The host, with its port unless it is the usual one; or the folder of the socket.
    server: String,
    host: String,
    port: u16,
    pub(super) user: String,
    database: String,
}

impl Place {
    fn of(options: &PgConnectOptions) -> Self {
        let user = options.get_username().to_owned();
        let host = match options.get_socket() {
            Some(socket) => socket.display().to_string(),
            None => options.get_host().to_owned(),
        };
        let port = options.get_port();
        let server = match port {
            USUAL_PORT => host.clone(),
            port if host.contains(':') => format!("[{}]:{port}", host.trim_matches(['[', ']'])),
            port => format!("{host}:{port}"),
        };
        Self {
            server,
            host,
            port,
            // PostgreSQL's own rule.
            database: options.get_database().unwrap_or(&user).to_owned(),
            user,
        }
    }

    /// The command by which a user with the right to it makes the database.
    pub(super) fn createdb(&self) -> String {
        let quoted = |text: &str| match text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./:".contains(c))
        {
            true => text.to_owned(),
            false => format!("'{}'", text.replace('\'', r"'\''")),
        };
        let port = match self.port {
            USUAL_PORT => String::new(),
            port => format!(" --port {port}"),
        };
        format!(
            "createdb --host {}{port} --owner {} {}",
            quoted(&self.host),
            quoted(&self.user),
            quoted(&self.database)
        )
    }

    fn refusal(&self, source: sqlx::Error) -> DatabaseError {
        DatabaseError::connecting(self, source)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.database, self.server)
    }
}
