//! Recording over a server: whoever comes while a recording is being written waits, and is written together with all
//! who came meanwhile. Over many connections a commit is then shared, and nobody goes on before theirs is durable.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::super::connections::Pool;
use super::record::{Record, write};

/// How many are written by one statement.
const MOST_AT_ONCE: usize = 128;

/// Somebody's recording that waits for its turn.
#[derive(Debug)]
struct Waiting {
    record: Record,
    written: oneshot::Sender<Result<(), sqlx::Error>>,
}

impl Waiting {
    /// Somebody who has stopped waiting is not told.
    fn tell(self, written: Result<(), sqlx::Error>) {
        let _ = self.written.send(written);
    }
}

/// Where recordings are given.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Grouped {
    /// Leads to the task that writes, once there is one.
    given: Arc<Mutex<Option<mpsc::UnboundedSender<Waiting>>>>,
}

impl Grouped {
    /// Comes back when it is written.
    pub(super) async fn record(&self, pool: &Pool, record: Record) -> Result<(), sqlx::Error> {
        let (written, is_written) = oneshot::channel();
        let again = record.clone();
        self.give(pool, Waiting { record, written });
        match is_written.await {
            Ok(written) => written,
            // The task was cut off with its runtime.
            Err(_) => write(pool, &[&again]).await,
        }
    }

    pub(super) fn close(&self) {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Gives a recording to the task that writes, which is begun when there is none, or the runtime that it ran on has
    /// ended.
    fn give(&self, pool: &Pool, waiting: Waiting) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let unsent = match given.as_ref() {
            Some(task) => match task.send(waiting) {
                Ok(()) => return,
                Err(unsent) => unsent.0,
            },
            None => waiting,
        };
        let (task, inbox) = mpsc::unbounded_channel();
        // The other end of the channel is just here.
        let _ = task.send(unsent);
        tokio::spawn(write_all(pool.clone(), inbox));
        *given = Some(task);
    }
}

/// Writes what is given, all that has come while the last was being written at once, until nobody can give any more.
async fn write_all(pool: Pool, mut inbox: mpsc::UnboundedReceiver<Waiting>) {
    let mut batch = Vec::with_capacity(MOST_AT_ONCE);
    while inbox.recv_many(&mut batch, MOST_AT_ONCE).await > 0 {
        let records: Vec<&Record> = batch.iter().map(|waiting| &waiting.record).collect();
        match write(&pool, &records).await {
            Ok(()) => batch.drain(..).for_each(|waiting| waiting.tell(Ok(()))),
            // Of several that failed together, each is tried alone, and has an error of its own.
            Err(_) if batch.len() > 1 => {
                for waiting in batch.drain(..) {
                    let written = write(&pool, &[&waiting.record]).await;
                    waiting.tell(written);
                }
            }
            Err(error) => {
                if let Some(waiting) = batch.pop() {
                    waiting.tell(Err(error));
                }
            }
        }
    }
}
