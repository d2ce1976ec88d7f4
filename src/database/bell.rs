//! The bell that wakes workers: PostgreSQL tells every process that there may be work.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::postgres::{PgListener, PgPool};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::connections::Transaction;
use super::sql::query;

/// The channel of PostgreSQL on which queueing wakes workers.
const OUTBOX_CHANNEL: &str = "invite_outbox";

/// How long after a failure listening is tried again.
const LISTEN_AGAIN: Duration = Duration::from_secs(5);

/// How long a worker waits at most where PostgreSQL tells of new work. The wait is so long that looking is no load. It
/// ends because a connection may have broken without a sign, and a notification been lost with it.
const TOLD: Duration = Duration::from_secs(60);

/// How long a worker waits at most where nothing tells of new work, as in SQLite.
const UNTOLD: Duration = Duration::from_secs(2);

impl Transaction {
    /// Wakes workers that wait for the outbox. PostgreSQL notifies them with the commit.
    pub(super) async fn wake_workers(&mut self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(..) => Ok(()),
            Self::Postgres(_) => query("SELECT pg_notify($1, '')")
                .bind(OUTBOX_CHANNEL)
                .execute(self)
                .await
                .map(|_| ()),
        }
    }
}

/// The kind of work that a worker listens for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ear {
    /// Something may have been put into the outbox.
    Outbox,
    /// A job may have been scheduled.
    Jobs,
}

/// The signals of a ring, one for each [`Ear`]. Each ear hears a ring on its own.
#[derive(Default)]
struct Rung {
    outbox: Notify,
    jobs: Notify,
}

impl Rung {
    fn ring(&self) {
        self.outbox.notify_one();
        self.jobs.notify_one();
    }

    const fn heard_by(&self, ear: Ear) -> &Notify {
        match ear {
            Ear::Outbox => &self.outbox,
            Ear::Jobs => &self.jobs,
        }
    }
}

/// Rings when there may be work: a mail in the outbox, or a job. Only PostgreSQL pulls it.
#[derive(Clone, Default)]
pub(super) struct Bell {
    pool: Option<PgPool>,
    rung: Arc<Rung>,
    listening: Arc<Mutex<Option<Listening>>>,
}

/// The task that listens. It ends with the last clone of the database.
struct Listening(JoinHandle<()>);

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Bell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bell")
    }
}

impl Bell {
    pub(super) fn of(pool: PgPool) -> Self {
        Self {
            pool: Some(pool),
            ..Self::default()
        }
    }

    /// Waits until the bell rings, but not longer than `at_most`. A ring since the last call counts. The first call
    /// begins to listen, and returns as soon as it listens: earlier notifications were not heard.
    pub(super) async fn wait(&self, ear: Ear, at_most: Duration) {
        let Some(pool) = &self.pool else {
            return tokio::time::sleep(at_most.min(UNTOLD)).await;
        };
        {
            let mut listening = self.listening.lock().unwrap_or_else(PoisonError::into_inner);
            listening
                .get_or_insert_with(|| Listening(tokio::spawn(listen(pool.clone(), Arc::clone(&self.rung)))));
        }
        // If nothing happens, the timeout ends the wait.
        let _ = tokio::time::timeout(at_most.min(TOLD), self.rung.heard_by(ear).notified()).await;
    }

    /// Ends listening.
    pub(super) fn silence(&self) {
        self.listening
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
    }
}

/// Rings for every notification. Also rings when it has begun to listen again: notifications in between were not heard.
async fn listen(pool: PgPool, rung: Arc<Rung>) {
    loop {
        let failed = match begin_to_listen(&pool).await {
            Ok(mut listener) => loop {
                rung.ring();
                // `Ok(None)` means that the connection was lost; the listener connects again.
                if let Err(error) = listener.try_recv().await {
                    break error;
                }
            },
            Err(error) => error,
        };
        if pool.is_closed() {
            return;
        }
        tracing::warn!(error = %failed, "the database cannot be listened to; the outbox is looked at from time to time");
        tokio::time::sleep(LISTEN_AGAIN).await;
    }
}

async fn begin_to_listen(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.listen(OUTBOX_CHANNEL).await?;
    Ok(listener)
}
