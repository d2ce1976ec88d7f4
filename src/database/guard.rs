//! The lock on the subject of a transaction.

use super::connections::Transaction;
use super::sql::query;

impl Transaction {
    /// Locks a subject until the transaction ends. To be called before anything else, and for several subjects in
    /// their order, so that two transactions cannot wait for each other. SQLite's one write lock covers every
    /// subject.
    pub(super) async fn guard(&mut self, subject: &str) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(..) => Ok(()),
            Self::Postgres(_) => query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
                .bind(format!("invite {subject}"))
                .execute(self)
                .await
                .map(|_| ()),
        }
    }
}
