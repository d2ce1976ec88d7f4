//! Recording results in PostgreSQL. Results that come while a commit is under way wait, and share the next commit.
//! Each delivery goes on only when its result is durable.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{mpsc, oneshot};

use super::super::connections::Pool;
use super::record::{Record, write};

/// How many results one statement writes.
const MOST_AT_ONCE: usize = 128;

/// A result that waits for the next commit.
#[derive(Debug)]
struct Waiting {
    record: Record,
    written: oneshot::Sender<Result<(), sqlx::Error>>,
}

impl Waiting {
    /// Tells the delivery that its result was written, if it still waits for that.
    fn tell(self, written: Result<(), sqlx::Error>) {
        let _ = self.written.send(written);
    }
}

/// Takes results and gives them to the task that writes.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Grouped {
    /// The channel to the task that writes; `None` until it is started.
    given: Arc<Mutex<Option<mpsc::UnboundedSender<Waiting>>>>,
}

impl Grouped {
    /// Records a result. Returns when it is written.
    pub(super) async fn record(&self, pool: &Pool, record: Record) -> Result<(), sqlx::Error> {
        let (written, is_written) = oneshot::channel();
        let again = record.clone();
        self.give(pool, Waiting { record, written });
        match is_written.await {
            Ok(written) => written,
            // The task ended with its runtime.
            Err(_) => write(pool, &[&again]).await,
        }
    }

    pub(super) fn close(&self) {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// Gives a result to the task that writes. Starts the task if there is none, or if it ended with its runtime.
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
        // The receiver is in scope, so this cannot fail.
        let _ = task.send(unsent);
        tokio::spawn(write_all(pool.clone(), inbox));
        *given = Some(task);
    }
}

/// The task that writes: each time all results that came during the last commit, 128 at most. Ends when the channel
/// is closed.
async fn write_all(pool: Pool, mut inbox: mpsc::UnboundedReceiver<Waiting>) {
    let mut batch = Vec::with_capacity(MOST_AT_ONCE);
    while inbox.recv_many(&mut batch, MOST_AT_ONCE).await > 0 {
        let records: Vec<&Record> = batch.iter().map(|waiting| &waiting.record).collect();
        match write(&pool, &records).await {
            Ok(()) => batch.drain(..).for_each(|waiting| waiting.tell(Ok(()))),
            // If several fail together, each is tried alone, and gets an error of its own.
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
