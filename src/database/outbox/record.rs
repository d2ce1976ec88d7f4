//! Recording how attempts ended.
//!
//! Whoever comes while a recording is being written waits, and is written together with all who came meanwhile: over
//! many connections a commit is then shared, and nobody goes on before theirs is durable.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::super::connections::Pool;
use super::super::error::is_connection_lost;
use super::super::sql::{query_in_words, rows_of};
use super::super::{Database, DatabaseError};
use crate::mail::{AttemptResult, Claimed, DeliveryState};

/// When recording is tried again over a new connection.
const RECORD_AGAIN: [Duration; 3] = [
    Duration::from_millis(100),
    Duration::from_secs(1),
    Duration::from_secs(5),
];
/// How many are written by one statement.
const MOST_AT_ONCE: usize = 128;

/// How one attempt ended, as it is stored.
#[derive(Debug)]
struct Record {
    id: i64,
    holder: String,
    state: DeliveryState,
    answer: Option<String>,
    next: Option<i64>,
    sent: Option<i64>,
    /// Whether it does not count as a try.
    takes_back: bool,
}

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
pub(in super::super) struct Records {
    /// A way of its own into the database, where there is a quicker one than the usual.
    quick: Option<Pool>,
    /// Leads to the task that writes, once there is one.
    given: Arc<Mutex<Option<mpsc::UnboundedSender<Waiting>>>>,
}

impl Records {
    /// Writes over these connections. What they commit must outlive this process. A machine that loses its power may
    /// forget the last of it: what was sent in the last moments is then sent again, under the same Message-ID.
    pub(in super::super) fn over(quick: Pool) -> Self {
        Self {
            quick: Some(quick),
            ..Self::default()
        }
    }

    pub(in super::super) async fn close(&self) {
        self.given.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(pool) = &self.quick {
            pool.close().await;
        }
    }

    /// Gives a recording to the task that writes, which is begun when there is none, or the runtime that it ran on has
    /// ended.
    fn give(&self, usual: &Pool, waiting: Waiting) {
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
        tokio::spawn(write_all(
            self.quick.clone().unwrap_or_else(|| usual.clone()),
            inbox,
        ));
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

impl Database {
    pub(super) async fn record_with_others(
        &self,
        claimed: &Claimed,
        result: &AttemptResult,
    ) -> Result<(), DatabaseError> {
        let (written, is_written) = oneshot::channel();
        let record = self.record_of(claimed, result);
        self.records.give(&self.pool, Waiting { record, written });
        let written = match is_written.await {
            Ok(written) => written,
            // The task was cut off with its runtime.
            Err(_) => write(&self.pool, &[&self.record_of(claimed, result)]).await,
        };
        written.map_err(self.explain("recording the fate of an invitation"))
    }

    fn record_of(&self, claimed: &Claimed, result: &AttemptResult) -> Record {
        let mut record = Record {
            id: claimed.entry.id,
            holder: claimed.holder.as_str().to_owned(),
            state: DeliveryState::Queued,
            answer: None,
            next: None,
            sent: None,
            takes_back: false,
        };
        match result {
            AttemptResult::Sent { answer } => {
                record.state = DeliveryState::Sent;
                record.answer = Some(answer.clone());
                record.sent = Some(self.clock.now());
            }
            AttemptResult::Failed { answer } => {
                record.state = DeliveryState::Failed;
                record.answer = Some(answer.clone());
            }
            AttemptResult::GivenUp { answer } => {
                record.state = DeliveryState::GivenUp;
                record.answer = Some(answer.clone());
            }
            AttemptResult::Retry { answer, at } => {
                record.answer = Some(answer.clone());
                record.next = Some(self.clock.stored(*at));
            }
            AttemptResult::NotTried => record.takes_back = true,
        }
        record
    }
}

async fn write(pool: &Pool, records: &[&Record]) -> Result<(), sqlx::Error> {
    // Nothing is recorded for whom another has taken over from.
    let words = format!(
        "WITH ended (id, holder, state, answer, next, sent, back) AS (VALUES {})
         UPDATE invitation SET
             state = ended.state, last_answer = coalesce(ended.answer, invitation.last_answer),
             next_attempt_at = coalesce(ended.next, invitation.next_attempt_at), sent_at = ended.sent,
             attempts = attempts - ended.back, lease_holder = NULL, lease_until = NULL
         FROM ended
         WHERE invitation.id = ended.id AND invitation.state = 'sending'
           AND invitation.lease_holder = ended.holder",
        rows_of(
            "(CAST($ AS BIGINT), $, $, CAST($ AS TEXT), CAST($ AS BIGINT), CAST($ AS BIGINT), CAST($ AS BIGINT))",
            1,
            records.len()
        )
    );
    let mut again = RECORD_AGAIN.into_iter();
    loop {
        let mut update = query_in_words(words.clone());
        for record in records {
            update = update
                .bind(record.id)
                .bind(record.holder.as_str())
                .bind(record.state.as_str())
                .bind(record.answer.as_deref())
                .bind(record.next)
                .bind(record.sent)
                .bind(i64::from(record.takes_back));
        }
        match (update.execute(pool).await, again.next()) {
            (Ok(_), _) => return Ok(()),
            // What was sent and is not recorded is sent again. Under the lease, recording it twice is once.
            (Err(error), Some(pause)) if is_connection_lost(&error) => tokio::time::sleep(pause).await,
            (Err(error), _) => return Err(error),
        }
    }
}
