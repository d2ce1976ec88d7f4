//! The workers of one round, each with a connection of its own.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use futures_util::{StreamExt as _, stream};
use tokio::task::JoinSet;
use tracing::Instrument as _;

use super::attempt::{Attempts, Line, Next};
use super::deliveries::Delivered;
use super::ports::Ports;
use super::ready::{NotReady, Ready};
use super::taken::{Taken, Turn};
use super::targets::{Targets, Tries};
use crate::fault::BoxFault;
use crate::mail::{AttemptResult, ClaimRequest, Claimed, Transport};
use crate::meeting::PersonId;

/// The length of the lease of a claimed message.
const LEASE: Duration = Duration::from_secs(900);
/// The least time that must be left of the lease when a message is sent: longer than a server takes to answer. With less time,
/// another process could claim the message meanwhile and send it too.
const LEAST_OF_LEASE: Duration = Duration::from_secs(300);
/// The number of messages that are given back to the outbox at a time.
const GIVEN_BACK_AT_ONCE: usize = 64;
/// The number of messages that the first batch claims for each connection.
const FIRST_FOR_EACH: u32 = 4;
/// The largest batch.
const LARGEST_BATCH: u32 = 256;
/// The number of messages that a worker makes ready while it waits for the server's answer, at most.
const READY_AT_ONCE: usize = 2;

/// One round of delivering, shared by its workers.
pub(super) struct Round {
    ports: Arc<Ports>,
    attempts: Attempts,
    targets: Arc<Targets>,
    tries: Tries,
    /// The user whose account the mails leave over; `None`: the organization's server.
    account: Option<PersonId>,
    taken: Taken,
    /// The id of the last claimed message. A round tries each message once.
    reached: AtomicI64,
    /// Held by the worker that opens the first connection. If all workers connected together, a server that takes
    /// fewer connections would turn all of them away.
    opening: Arc<tokio::sync::Mutex<()>>,
}

impl Round {
    pub(super) fn new(
        ports: &Arc<Ports>,
        targets: Arc<Targets>,
        tries: Tries,
        transport: Arc<dyn Transport>,
        account: Option<PersonId>,
    ) -> Arc<Self> {
        Arc::new(Self {
            attempts: Attempts::new(Arc::clone(ports), transport),
            ports: Arc::clone(ports),
            targets,
            tries,
            account,
            taken: Taken::default(),
            reached: AtomicI64::new(0),
            opening: Arc::default(),
        })
    }

    /// Delivers all waiting messages of the targets.
    pub(super) async fn run(self: Arc<Self>) -> Result<Delivered, BoxFault> {
        let worth_it = self.targets.count().div_ceil(4);
        let mut result = self
            .run_workers(self.attempts.connections().min(worth_it).max(1))
            .await;
        // The last worker with a connection may have ended before other workers put back their messages.
        while result.is_ok() && !(self.taken.is_empty() && self.taken.is_last()) && !self.is_stopped() {
            result = self.run_workers(1).await;
        }
        // Also after a failure of the outbox: otherwise the claimed messages would be held until their leases end.
        let (this, rest) = (&self, self.taken.rest());
        let give_back = |claimed: Claimed| async move { this.ports.give_back(&claimed).await };
        let mut given_back =
            stream::iter(rest.into_iter().map(give_back)).buffer_unordered(GIVEN_BACK_AT_ONCE);
        while let Some(given_back) = given_back.next().await {
            result = result.and(given_back);
        }
        drop(given_back);
        result?;
        Ok(self.attempts.take_delivered())
    }

    /// Runs this number of workers until the queue is empty and no more messages are claimed.
    async fn run_workers(self: &Arc<Self>, workers: usize) -> Result<(), BoxFault> {
        let mut running = JoinSet::new();
        self.taken.begin(workers);
        for _ in 0..workers {
            running.spawn(Arc::clone(self).work().in_current_span());
        }
        running.spawn(Arc::clone(self).fetch_all(workers).in_current_span());
        let mut result = Ok(());
        while let Some(ended) = running.join_next().await {
            match ended {
                Ok(ended) => result = result.and(ended),
                Err(panic) => std::panic::resume_unwind(panic.into_panic()),
            }
        }
        result
    }

    /// Claims the next messages from the outbox while the workers deliver.
    async fn fetch_all(self: Arc<Self>, workers: usize) -> Result<(), BoxFault> {
        let workers = u32::try_from(workers).unwrap_or(LARGEST_BATCH);
        let mut size = workers.saturating_mul(FIRST_FOR_EACH).min(LARGEST_BATCH);
        while !self.is_stopped() {
            match self.claim(size).await {
                Ok(batch) if !batch.is_empty() => self.taken.put(batch),
                ended => {
                    self.taken.end();
                    return ended.map(|_| ());
                }
            }
            let began = Instant::now();
            if !self.taken.wants_more(size as usize / 4 * 3).await {
                break;
            }
            size = next_size(size, began.elapsed());
        }
        if self.is_stopped() {
            // Workers must not wait for more.
            self.taken.end();
        }
        Ok(())
    }

    async fn work(self: Arc<Self>) -> Result<(), BoxFault> {
        let mut line = Line::default();
        let result = self.deliver_all(&mut line).await;
        self.taken.leave();
        self.attempts.close(line).await;
        result
    }

    /// One worker: delivers one message after another, until the queue or the round ends.
    async fn deliver_all(&self, line: &mut Line) -> Result<(), BoxFault> {
        let mut announced = None;
        loop {
            let ready = match announced.take() {
                Some(ready) => ready,
                None => match self.next_ready().await? {
                    Some(ready) => ready,
                    None => return Ok(()),
                },
            };
            self.wait_to_open(line).await;
            if is_late(&ready.claimed) {
                line.opening = None;
                self.ports.give_back(&ready.claimed).await?;
                continue;
            }
            if self.is_stopped() {
                line.opening = None;
                self.taken.put_back(ready.claimed);
                return Ok(());
            }
            announced = self.taken.next_ready();
            let span = tracing::info_span!(
                "delivery",
                meeting = %ready.claimed.meeting,
                message = ready.claimed.id,
                person = %ready.claimed.person,
                purpose = %ready.claimed.purpose,
                attempt = ready.claimed.attempts,
            );
            let delivery = self
                .attempts
                .deliver_one(line, &ready, announced.as_ref())
                .instrument(span);
            let (next, made) = tokio::join!(delivery, self.make_some_ready());
            line.opening = None;
            if matches!((&next, &made), (Ok(Next::Continue), Ok(()))) {
                continue;
            }
            if let Some(announced) = announced {
                self.taken.put_back(announced.claimed);
            }
            if matches!(next, Ok(Next::Leave)) {
                self.taken.put_back(ready.claimed);
            }
            return next.and(made);
        }
    }

    /// The next message that can leave; `None` if there is none.
    async fn next_ready(&self) -> Result<Option<Ready>, BoxFault> {
        while let Some(turn) = self.taken.next().await {
            let ready = match turn {
                Turn::Ready(ready) => Some(ready),
                Turn::Waiting(claimed) => self.make_ready(claimed).await?,
            };
            if ready.is_some() || self.is_stopped() {
                return Ok(ready);
            }
        }
        Ok(None)
    }

    /// Makes up to [`READY_AT_ONCE`] of the waiting messages ready, for the next free worker.
    async fn make_some_ready(&self) -> Result<(), BoxFault> {
        for _ in 0..READY_AT_ONCE {
            let Some(claimed) = self.taken.next_to_make_ready() else {
                break;
            };
            if let Some(ready) = self.make_ready(claimed).await? {
                self.taken.put_ready(ready);
            }
        }
        Ok(())
    }

    /// Makes a message ready. `None` if the message cannot leave: then it is recorded, given back or put back here.
    async fn make_ready(&self, claimed: Claimed) -> Result<Option<Ready>, BoxFault> {
        if is_late(&claimed) {
            self.ports.give_back(&claimed).await?;
            return Ok(None);
        }
        match Ready::make(&self.ports, self.account.is_some(), claimed).await {
            Ok(ready) => Ok(Some(ready)),
            // A damaged message must not hold up the other messages.
            Err(NotReady::Damaged { claimed, reason }) => {
                tracing::error!(meeting = %claimed.meeting, message_id = claimed.message_id, reason, "not sent");
                let fate = AttemptResult::Failed { answer: reason };
                self.ports.record(&claimed, &fate).await?;
                Ok(None)
            }
            Err(NotReady::Unsigned { claimed, error }) => {
                self.taken.put_back(*claimed);
                self.attempts.stop_for(error);
                Ok(None)
            }
            Err(NotReady::Outbox { claimed, error }) => {
                self.taken.put_back(*claimed);
                Err(error)
            }
        }
    }

    /// Waits until any worker has a connection, or until it is this worker's turn to open the first.
    async fn wait_to_open(&self, line: &mut Line) {
        let has_connections = || self.attempts.has_connections();
        if line.connection.is_none() && !has_connections() {
            let turn = Arc::clone(&self.opening).lock_owned().await;
            line.opening = Some(turn).filter(|_| !has_connections());
        }
    }

    fn is_stopped(&self) -> bool {
        self.ports.stop.is_set() || self.attempts.is_stopped()
    }

    async fn claim(&self, limit: u32) -> Result<VecDeque<Claimed>, BoxFault> {
        loop {
            let request = ClaimRequest {
                meetings: self.targets.meetings().cloned().collect(),
                account: self.account.clone(),
                early: self.tries == Tries::All,
                after: Some(self.reached.load(Ordering::Relaxed)),
                limit,
                lease: LEASE,
            };
            let claimed = self.ports.outbox.claim(&request).await?;
            let Some(last) = claimed.iter().map(|claimed| claimed.id).max() else {
                return Ok(VecDeque::new());
            };
            self.reached.store(last, Ordering::Relaxed);
            let (ours, others): (Vec<_>, Vec<_>) = claimed
                .into_iter()
                .partition(|claimed| self.targets.include(claimed));
            let ours = VecDeque::from(ours);
            for claimed in others {
                if let Err(error) = self.ports.give_back(&claimed).await {
                    // The end of the round gives back all messages that were not delivered.
                    self.taken.put(ours);
                    return Err(error);
                }
            }
            if !ours.is_empty() {
                return Ok(ours);
            }
        }
    }
}

/// Whether the lease of a message may end before the server has answered. Such a message is given back, for the next
/// claim.
fn is_late(claimed: &Claimed) -> bool {
    claimed.leased_until.saturating_duration_since(Instant::now()) < LEAST_OF_LEASE
}

/// The size of the next batch, by the time that a quarter of the last batch took: as many messages as leave within 1 second.
/// So a process that is slow, or keeps to a limit, leaves messages to other processes.
fn next_size(size: u32, took: Duration) -> u32 {
    if took < Duration::from_millis(30) {
        (size * 4).min(LARGEST_BATCH)
    } else if took < Duration::from_millis(60) {
        (size * 2).min(LARGEST_BATCH)
    } else if took > Duration::from_millis(250) {
        (size / 2).max(1)
    } else {
        size
    }
}
