//! The database of a life: an SQLite file of its own, or a part of a PostgreSQL database.

use std::path::PathBuf;
use std::sync::OnceLock;

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

enum Beside {
    File(
        Mutex<SqliteConnection>,
        PathBuf,
        #[expect(dead_code, reason = "it keeps the folder")] TempDir,
    ),
    Server(Mutex<PgConnection>, String),
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

impl Store {
    /// A new one. With `INVITE_TEST_ON=postgres` in the environment, of a PostgreSQL database.
    pub(crate) async fn new() -> Self {
        if std::env::var("INVITE_TEST_ON").is_ok_and(|on| on == "postgres") {
            return Self::on_postgres().await;
        }
        // An empty database, made once.
        static PRISTINE: OnceLock<Vec<u8>> = OnceLock::new();
        let dir = folder();
        let path = dir.path().join("invite.db");
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
        let beside = SqliteConnection::connect_with(&options).await.unwrap();
        Self {
            database,
            beside: Beside::File(Mutex::new(beside), path, dir),
        }
    }

    /// One database for all lives: each has a meeting of its own.
    async fn on_postgres() -> Self {
        static URL: OnceLock<String> = OnceLock::new();
        let url = URL.get_or_init(|| {
            let cluster = Cluster::get();
            cluster.url(&cluster.new_database())
        });
        let database = Database::connect(&url.as_str().into(), key()).await.unwrap();
        let beside = PgConnection::connect(url).await.unwrap();
        Self {
            database,
            beside: Beside::Server(Mutex::new(beside), url.clone()),
        }
    }

    /// Another handle on the same database, as another process has it.
    pub(crate) async fn second_handle(&self) -> Database {
        match &self.beside {
            Beside::File(_, path, _) => Database::open(path, key()).await.unwrap(),
            Beside::Server(_, url) => Database::connect(&url.as_str().into(), key()).await.unwrap(),
        }
    }

    /// Ends all leases of a meeting, as time does, or the death of whoever holds them.
    pub(crate) async fn end_leases(&self, meeting: &MeetingId) {
        for statement in END_LEASES {
            match &self.beside {
                Beside::File(beside, ..) => {
                    let mut beside = beside.lock().await;
                    let update = sqlx::query(statement).bind(meeting.as_str());
                    update.execute(&mut *beside).await.unwrap();
                }
                Beside::Server(beside, _) => {
                    let mut beside = beside.lock().await;
                    let update = sqlx::query(statement).bind(meeting.as_str());
                    update.execute(&mut *beside).await.unwrap();
                }
            }
        }
    }

    pub(crate) async fn close(self) {
        self.database.close().await;
    }
}
