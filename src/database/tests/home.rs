//! A database that only one test uses, of either kind.

use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

use super::RECORDS;
use crate::crm::import;
use crate::database::{Database, DatabaseError, KeySource};

#[path = "../../../tests/cluster/mod.rs"]
#[expect(dead_code, reason = "the tests of the program use more of it")]
pub(super) mod cluster;
#[path = "../../../tests/held_port/mod.rs"]
mod held_port;
#[path = "../../../tests/peers/mod.rs"]
pub(super) mod peers;

/// A database that only one test uses.
pub(super) struct Home {
    pub(super) dir: TempDir,
    pub(super) url: Option<SecretString>,
}

impl Home {
    pub(super) fn sqlite() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { dir, url: None }
    }

    /// None where there is no PostgreSQL, which is said.
    pub(super) fn postgres() -> Option<Self> {
        if !peers::are_here(&[peers::Peer::Postgres]) {
            return None;
        }
        let cluster = cluster::Cluster::get();
        Some(Self {
            url: Some(cluster.url(&cluster.new_database()).into()),
            ..Self::sqlite()
        })
    }

    /// Another one of the same kind.
    pub(super) fn another(&self) -> Self {
        match &self.url {
            Some(_) => Self::postgres().unwrap(),
            None => Self::sqlite(),
        }
    }

    /// Of a PostgreSQL database.
    pub(super) fn name(&self) -> String {
        let url = self.url.as_ref().unwrap().expose_secret();
        let path = url.rsplit('/').find(|part| part.starts_with("test_")).unwrap();
        path.split('?').next().unwrap().to_owned()
    }

    pub(super) async fn open(&self) -> Database {
        self.open_with(KeySource::File(self.dir.path().join("invite.key")))
            .await
            .unwrap()
    }

    pub(super) async fn open_with(&self, key: KeySource) -> Result<Database, DatabaseError> {
        match &self.url {
            Some(url) => Database::connect(url, key).await,
            None => Database::open(&self.dir.path().join("invite.db"), key).await,
        }
    }

    pub(super) async fn filled(&self) -> Database {
        let database = self.open().await;
        database
            .import(&import::read(RECORDS, "r.json").unwrap(), "r.json")
            .await
            .unwrap();
        database
    }
}
