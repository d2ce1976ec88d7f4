//! The database of a life: an SQLite file of its own, or a part of a PostgreSQL database.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use invite::clock::Clock;
use invite::database::{Database, EncryptionKey, KeySource};
use invite::meeting::MeetingId;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::cluster::Cluster;

/// What ends the leases of a meeting, whoever holds them.
const END_LEASES: [&str; 2] = [
    "UPDATE push_lease SET until = 0 WHERE meeting_id = $1",
    "UPDATE invitation SET lease_until = 0 WHERE state = 'sending' AND meeting_id = $1",
];

/// A database on a server, for all lives of one thread: each has a meeting of its own.
#[derive(Clone)]
pub(crate) struct Server {
    database: Database,
    beside: Arc<Mutex<PgConnection>>,
    url: String,
}

enum Beside {
    File {
        connection: Mutex<SqliteConnection>,
        path: PathBuf,
        _folder: TempDir,
    },
    Server(Server),
}

pub(crate) struct Store {
    pub(crate) database: Database,
    /// Another connection to it, for what only time or a death does.
    beside: Beside,
}

fn key() -> KeySource {
    KeySource::Given(EncryptionKey::new([7; 32]))
}

/// Memory, where there is some that looks like a folder: nothing here survives anyway.
fn folder() -> TempDir {
    tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
}

impl Server {
    /// With `INVITE_TEST_ON=postgres` in the environment, a PostgreSQL database for one thread. Lives at the same time go by
    /// clocks of their own, and would take each other's leases for over.
    pub(crate) async fn find() -> Option<Self> {
        if !std::env::var("INVITE_TEST_ON").is_ok_and(|on| on == "postgres") {
            return None;
        }
        let cluster = Cluster::get();
        let url = cluster.url(&cluster.new_database());
        let database = Database::connect(&url.as_str().into(), key()).await.unwrap();
        let beside = PgConnection::connect(&url).await.unwrap();
        Some(Self {
            database,
            beside: Arc::new(Mutex::new(beside)),
            url,
        })
    }
}

impl Store {
    /// A part of what is on the server, or else a file.
    pub(crate) async fn new(server: Option<&Server>) -> Self {
        if let Some(server) = server {
            return Self {
                database: server.database.clone(),
                beside: Beside::Server(server.clone()),
            };
        }
        // An empty database, made once.
        static PRISTINE: OnceLock<Vec<u8>> = OnceLock::new();
        let folder = folder();
        let path = folder.path().join("invite.db");
        match PRISTINE.get() {
            Some(pristine) => std::fs::write(&path, pristine).unwrap(),
            None => {
                let database = Database::open(&path, key()).await.unwrap();
                database.close().await;
                PRISTINE.get_or_init(|| std::fs::read(&path).unwrap());
            }
        }
        let database = Database::open(&path, key()).await.unwrap();
        let options = SqliteConnectOptions::new().filename(&path);
        let connection = SqliteConnection::connect_with(&options).await.unwrap();
        Self {
            database,
            beside: Beside::File {
                connection: Mutex::new(connection),
                path,
                _folder: folder,
            },
        }
    }

    /// The same, going by this clock.
    pub(crate) fn going_by(self, clock: &Clock) -> Self {
        Self {
            database: self.database.with_clock(clock.clone()),
            ..self
        }
    }

    /// Another handle on the same database, as another process has it.
    pub(crate) async fn second_handle(&self, clock: &Clock) -> Database {
        let database = match &self.beside {
            Beside::File { path, .. } => Database::open(path, key()).await.unwrap(),
            Beside::Server(server) => Database::connect(&server.url.as_str().into(), key())
                .await
                .unwrap(),
        };
        database.with_clock(clock.clone())
    }

    /// Ends all leases of a meeting, as time does, or the death of whoever holds them.
    pub(crate) async fn end_leases(&self, meeting: &MeetingId) {
        for statement in END_LEASES {
            match &self.beside {
                Beside::File { connection, .. } => {
                    let mut connection = connection.lock().await;
                    let update = sqlx::query(statement).bind(meeting.as_str());
                    update.execute(&mut *connection).await.unwrap();
                }
                Beside::Server(server) => {
                    let mut connection = server.beside.lock().await;
                    let update = sqlx::query(statement).bind(meeting.as_str());
                    update.execute(&mut *connection).await.unwrap();
                }
            }
        }
    }

    /// Makes messages due at an instant, which the library takes for the present or not.
    pub(crate) async fn set_due(&self, messages: &[i64], at: DateTime<Utc>) {
        const SET: &str = "UPDATE invitation SET next_attempt_at = $1 WHERE id = $2";
        for message in messages {
            match &self.beside {
                Beside::File { connection, .. } => {
                    let mut connection = connection.lock().await;
                    let update = sqlx::query(SET).bind(at.timestamp_millis()).bind(*message);
                    update.execute(&mut *connection).await.unwrap();
                }
                Beside::Server(server) => {
                    let mut connection = server.beside.lock().await;
                    let update = sqlx::query(SET).bind(at.timestamp_millis()).bind(*message);
                    update.execute(&mut *connection).await.unwrap();
                }
            }
        }
    }

    pub(crate) async fn close(self) {
        if matches!(self.beside, Beside::File { .. }) {
            self.database.close().await;
        }
    }
}
