//! Step 5, second half: the workers of one round, each with a connection of its own.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use futures_util::{StreamExt as _, stream};
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinSet;

use super::deliver::{Addressees, Delivered};
use super::ready::{NotReady, Ready};
use super::taken::{Taken, Turn};
use super::{Pipeline, Progress};
use crate::fault::{BoxFault, chain};
use crate::mail::{AttemptResult, ClaimRequest, Claimed, Connection, Transport, TransportError};
use crate::meeting::{MeetingId, PersonId};

/// How long an invitation is ours to deliver.
const LEASE: Duration = Duration::from_secs(900);
/// How much of that must be left for it to be sent: longer than a server takes to answer. Else another could take it over
/// and send it as well.
const LEAST_OF_LEASE: Duration = Duration::from_secs(300);
/// How many are given back at a time.
const GIVEN_BACK_AT_ONCE: usize = 64;
/// How many invitations are taken from the outbox for each connection at first, and in all at most.
const FIRST_FOR_EACH: u32 = 8;
const LARGEST_BATCH: u32 = 256;
/// How many messages somebody who waits for a server makes ready at most.
const READY_AT_ONCE: usize = 2;
/// A connection that fails later than this is not tried again at once: whoever waits has waited long.
const SOON: Duration = Duration::from_secs(5);

/// One round of delivering, shared by its workers.
pub(super) struct Round {
    pipeline: Pipeline,
    meeting: MeetingId,
    addressees: Arc<Addressees>,
    transport: Arc<dyn Transport>,
    /// The user whose mails it delivers; `None`: the organization's.
    account: Option<PersonId>,
    taken: Taken,
    /// The number of the last invitation that was taken: each is tried once in a round.
    reached: AtomicI64,
    delivered: Mutex<Delivered>,
    /// How many workers have a connection.
    connected: AtomicUsize,
    /// Held by a worker that opens a connection while nobody has one. Else all would be turned away together by a server
    /// that only takes fewer.
    opening: Arc<tokio::sync::Mutex<()>>,
}

/// A worker's connection, if it has one, and how many messages it has carried.
#[derive(Default)]
struct Line {
    connection: Option<Box<dyn Connection>>,
    carried: usize,
    /// Its turn to open the first.
    opening: Option<OwnedMutexGuard<()>>,
}

/// What went wrong with one message.
struct Trouble {
    error: TransportError,
    /// No connection could be made.
    at_connect: bool,
    /// Others had a connection meanwhile.
    in_company: bool,
}

impl Trouble {
    /// Whether a fresh connection may help: this one was idle for too long, or has carried all that the server
    /// takes over one.
    fn is_of_connection(&self, carried: usize) -> bool {
        let broke = matches!(self.error, TransportError::Unreachable { .. });
        let was_ended = matches!(self.error, TransportError::PutOff { closing: true, .. });
        !self.at_connect && (broke || (was_ended && carried > 0))
    }
}

/// Whether a worker goes on.
enum Next {
    Continue,
    /// It gets no connection while others have one: they take over what it has.
    Leave,
    Stop,
}

impl Round {
    pub(super) fn new(
        pipeline: &Pipeline,
        meeting: &MeetingId,
        addressees: Arc<Addressees>,
        transport: Arc<dyn Transport>,
        account: Option<PersonId>,
    ) -> Arc<Self> {
        Arc::new(Self {
            pipeline: pipeline.clone(),
            meeting: meeting.clone(),
            addressees,
            transport,
            account,
            taken: Taken::default(),
            reached: AtomicI64::new(0),
            delivered: Mutex::default(),
            connected: AtomicUsize::new(0),
            opening: Arc::default(),
        })
    }

    /// Delivers what waits.
    pub(super) async fn run(self: Arc<Self>) -> Result<Delivered, BoxFault> {
        let worth_it = self.addressees.count.div_ceil(4);
        let mut result = self
            .run_workers(self.transport.connections().min(worth_it).max(1))
            .await;
        // The last that had a connection may have ended before others gave up getting one.
        while result.is_ok() && !(self.taken.is_empty() && self.taken.is_last()) && !self.is_stopped() {
            result = self.run_workers(1).await;
        }
        // Also after a failure of the outbox: else they would be ours until the lease runs out.
        let (this, rest) = (&self, self.taken.rest());
        let give_back = |claimed: Claimed| async move { this.give_back(&claimed).await };
        let mut given_back =
            stream::iter(rest.into_iter().map(give_back)).buffer_unordered(GIVEN_BACK_AT_ONCE);
        while let Some(given_back) = given_back.next().await {
            result = result.and(given_back);
        }
        drop(given_back);
        result?;
        Ok(std::mem::take(&mut *self.delivered()))
    }

    /// Lets so many workers deliver until there is nothing left to take.
    async fn run_workers(self: &Arc<Self>, workers: usize) -> Result<(), BoxFault> {
        let mut running = JoinSet::new();
        self.taken.begin(workers);
        for _ in 0..workers {
            running.spawn(Arc::clone(self).work());
        }
        running.spawn(Arc::clone(self).fetch_all(workers));
        let mut result = Ok(());
        while let Some(ended) = running.join_next().await {
            match ended {
                Ok(ended) => result = result.and(ended),
                Err(panic) => std::panic::resume_unwind(panic.into_panic()),
            }
        }
        result
    }

    /// Takes out of the outbox what the workers will want next, while they deliver.
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
            // Nobody is to wait for more.
            self.taken.end();
        }
        Ok(())
    }

    async fn work(self: Arc<Self>) -> Result<(), BoxFault> {
        let mut line = Line::default();
        let result = self.deliver_all(&mut line).await;
        self.taken.leave();
        if let Some(connection) = line.connection {
            self.connected.fetch_sub(1, Ordering::Relaxed);
            connection.close().await;
        }
        result
    }

    /// Delivers one after another, until something ends it.
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
                self.give_back(&ready.claimed).await?;
                continue;
            }
            if self.is_stopped() {
                line.opening = None;
                self.taken.put_back(ready.claimed);
                return Ok(());
            }
            announced = self.taken.next_ready();
            let delivery = self.deliver_one(line, &ready, announced.as_ref());
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

    /// The next one that can leave; `None` when there are no more.
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

    /// Makes some of those ready that somebody will want next.
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

    /// Makes one ready. `None` where it cannot leave, which is seen to.
    async fn make_ready(&self, claimed: Claimed) -> Result<Option<Ready>, BoxFault> {
        if is_late(&claimed) {
            self.give_back(&claimed).await?;
            return Ok(None);
        }
        match Ready::make(&self.pipeline, self.account.is_some(), claimed).await {
            Ok(ready) => Ok(Some(ready)),
            // One that is damaged must not keep back the others.
            Err(NotReady::Damaged { claimed, reason }) => {
                tracing::error!(meeting = %claimed.meeting, message_id = claimed.message_id, reason, "not sent");
                let fate = AttemptResult::Failed { answer: reason };
                self.pipeline.outbox.record(&claimed, &fate).await?;
                self.tell(&claimed, &fate);
                Ok(None)
            }
            Err(NotReady::Unsigned { claimed, error }) => {
                self.taken.put_back(*claimed);
                self.stop_for(error);
                Ok(None)
            }
            Err(NotReady::Outbox { claimed, error }) => {
                self.taken.put_back(*claimed);
                Err(error)
            }
        }
    }

    /// Waits until somebody has a connection, or it is this worker's turn to open the first.
    async fn wait_to_open(&self, line: &mut Line) {
        let has_connections = || self.connected.load(Ordering::Relaxed) > 0;
        if line.connection.is_none() && !has_connections() {
            let turn = Arc::clone(&self.opening).lock_owned().await;
            line.opening = Some(turn).filter(|_| !has_connections());
        }
    }

    async fn give_back(&self, claimed: &Claimed) -> Result<(), BoxFault> {
        let outbox = &self.pipeline.outbox;
        outbox.record(claimed, &AttemptResult::NotTried).await
    }

    fn delivered(&self) -> MutexGuard<'_, Delivered> {
        self.delivered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_stopped(&self) -> bool {
        self.pipeline.stop.load(Ordering::Relaxed) || self.delivered().stopped.is_some()
    }

    /// Ends the round, for the first such reason.
    fn stop_for(&self, error: TransportError) {
        self.delivered().stopped.get_or_insert(error);
    }

    async fn claim(&self, limit: u32) -> Result<VecDeque<Claimed>, BoxFault> {
        loop {
            let request = ClaimRequest {
                meeting: Some(self.meeting.clone()),
                account: self.account.clone(),
                early: true,
                after: Some(self.reached.load(Ordering::Relaxed)),
                limit,
                lease: LEASE,
            };
            let claimed = self.pipeline.outbox.claim(&request).await?;
            let Some(last) = claimed.iter().map(|claimed| claimed.id).max() else {
                return Ok(VecDeque::new());
            };
            self.reached.store(last, Ordering::Relaxed);
            let (ours, others): (Vec<_>, Vec<_>) = claimed
                .into_iter()
                .partition(|claimed| self.addressees.include(&claimed.person));
            let ours = VecDeque::from(ours);
            for claimed in others {
                if let Err(error) = self.give_back(&claimed).await {
                    // They are given back with what nobody has delivered.
                    self.taken.put(ours);
                    return Err(error);
                }
            }
            if !ours.is_empty() {
                return Ok(ours);
            }
        }
    }

    async fn deliver_one(
        &self,
        line: &mut Line,
        ready: &Ready,
        next: Option<&Ready>,
    ) -> Result<Next, BoxFault> {
        let claimed = &ready.claimed;
        let carried = line.carried;
        let mut result = self.try_once(line, ready, next).await;
        if result
            .as_ref()
            .is_err_and(|trouble| trouble.is_of_connection(carried))
        {
            result = self.try_once(line, ready, next).await;
        }
        let mut stops = None;
        let fate = match result {
            Ok(answer) => {
                tracing::info!(meeting = %claimed.meeting, message_id = claimed.message_id, to = %claimed.envelope.to, answer, "sent");
                AttemptResult::Sent { answer }
            }
            // As many connections as the server wants are open already.
            Err(Trouble {
                at_connect: true,
                in_company: true,
                error,
            }) => {
                tracing::info!(meeting = %claimed.meeting, error = chain(&error), "no further connection");
                return Ok(Next::Leave);
            }
            Err(Trouble {
                error: TransportError::NoTurn { source, .. },
                ..
            }) => {
                // Where turns cannot be reserved, mostly this cannot be recorded either; why the turns could not says more.
                let _ = self.give_back(claimed).await;
                return Err(source);
            }
            Err(Trouble {
                error, at_connect, ..
            }) => {
                let answer = chain(&error);
                tracing::warn!(meeting = %claimed.meeting, message_id = claimed.message_id, to = %claimed.envelope.to, answer, "not sent");
                let answer = words_of(&error).unwrap_or(answer);
                let fate = if error.is_temporary() {
                    let settings = &self.pipeline.delivery;
                    settings.after_failure(claimed, answer, Utc::now(), chance())
                } else {
                    AttemptResult::Failed { answer }
                };
                if at_connect || is_about_us(&error) {
                    stops = Some(error);
                }
                fate
            }
        };
        // Before the next one is sent, so that of each connection the fate of one message at most is not known
        // after a crash.
        self.pipeline.outbox.record(claimed, &fate).await?;
        self.tell(claimed, &fate);
        let Some(error) = stops else {
            return Ok(Next::Continue);
        };
        self.stop_for(error);
        Ok(Next::Stop)
    }

    fn tell(&self, claimed: &Claimed, fate: &AttemptResult) {
        let answer = match fate {
            AttemptResult::Sent { answer }
            | AttemptResult::Failed { answer }
            | AttemptResult::GivenUp { answer }
            | AttemptResult::Retry { answer, .. } => answer.clone(),
            AttemptResult::NotTried => return,
        };
        (self.pipeline.progress)(&Progress::Tried {
            to: claimed.envelope.to.clone(),
            sent: matches!(fate, AttemptResult::Sent { .. }),
            answer,
        });
    }

    /// Opens a connection. One that breaks at once is tried again: it says little about the server.
    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        let began = Instant::now();
        match self.transport.connect().await {
            Err(TransportError::Unreachable { .. }) if began.elapsed() < SOON => {
                self.transport.connect().await
            }
            connected => connected,
        }
    }

    /// Sends over the open connection, or a new one. After an error that ends it, there is none.
    async fn try_once(
        &self,
        line: &mut Line,
        ready: &Ready,
        next: Option<&Ready>,
    ) -> Result<String, Trouble> {
        let mut open = match line.connection.take() {
            Some(open) => open,
            None => {
                let others_before = self.connected.load(Ordering::Relaxed);
                let open = self.connect().await.map_err(|error| Trouble {
                    error,
                    at_connect: true,
                    in_company: others_before > 0 || self.connected.load(Ordering::Relaxed) > 0,
                })?;
                self.connected.fetch_add(1, Ordering::Relaxed);
                line.opening = None;
                line.carried = 0;
                open
            }
        };
        let result = open.send(ready.outgoing(), next.map(Ready::outgoing)).await;
        line.carried += 1;
        if result.as_ref().is_err_and(TransportError::is_connection_lost) {
            self.connected.fetch_sub(1, Ordering::Relaxed);
        } else if open.is_spent() {
            self.connected.fetch_sub(1, Ordering::Relaxed);
            open.close().await;
        } else {
            line.connection = Some(open);
        }
        let receipt = result.map_err(|error| Trouble {
            error,
            at_connect: false,
            in_company: false,
        })?;
        if let Some(file) = receipt.file {
            let message_id = ready.claimed.message_id.clone();
            self.delivered().files.insert(message_id, file);
        }
        Ok(receipt.answer)
    }
}

/// Whether its lease may end before the server has answered. It waits on, for whoever claims it next.
fn is_late(claimed: &Claimed) -> bool {
    claimed.leased_until.saturating_duration_since(Instant::now()) < LEAST_OF_LEASE
}

/// How many invitations to take next, by how long a quarter of the last took: what leaves in some seconds at most. Whoever
/// is slow holds back few from the others.
fn next_size(size: u32, took: Duration) -> u32 {
    if took < Duration::from_millis(50) {
        (size * 4).min(LARGEST_BATCH)
    } else if took < Duration::from_millis(250) {
        (size * 2).min(LARGEST_BATCH)
    } else if took > Duration::from_secs(1) {
        (size / 2).max(1)
    } else {
        size
    }
}

/// The server's own words, where the error has them.
fn words_of(error: &TransportError) -> Option<String> {
    match error {
        TransportError::Refused { answer, .. } | TransportError::PutOff { answer, .. } => {
            Some(answer.clone())
        }
        _ => None,
    }
}

/// Whether every further message would fare the same. A connection that broke amid a message is not a sign
/// of it: that one message may be what the server stumbles over.
fn is_about_us(error: &TransportError) -> bool {
    matches!(
        error,
        TransportError::Unwelcome { .. }
            | TransportError::NoToken { .. }
            | TransportError::CannotSign { .. }
            | TransportError::CannotWrite { .. }
    )
}

/// A number between 0 and 1 that differs each time.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness, everybody waits the same time, which is no harm.
    let _ = getrandom::fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}
