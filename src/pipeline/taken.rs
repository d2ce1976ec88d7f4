//! What a round has taken out of the outbox and not delivered yet. One task fetches, and the workers take turns; who
//! waits for a server makes ready what somebody will want next.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::ready::Ready;
use crate::mail::Claimed;

/// Invitations that wait for a connection, in their order.
#[derive(Default)]
pub(super) struct Taken {
    inner: Mutex<Inner>,
    /// Something has come, or nothing more comes.
    filled: Notify,
    /// Something was taken, or nobody takes any more.
    emptied: Notify,
}

#[derive(Default)]
struct Inner {
    /// Those that can leave, of which there are a few.
    ready: VecDeque<Ready>,
    waiting: VecDeque<Claimed>,
    /// Whether nothing more comes.
    is_last: bool,
    /// How many workers there are.
    takers: usize,
    /// With how many left more are to be fetched, while somebody waits to fetch.
    wanted_at: Option<usize>,
}

impl Inner {
    /// The next that is to be made ready, and whether it is time to fetch more.
    fn take(&mut self) -> Option<(Claimed, bool)> {
        let claimed = self.waiting.pop_front()?;
        let is_time = self.wanted_at.is_some_and(|at| self.waiting.len() <= at);
        Some((claimed, is_time))
    }
}

/// The next one.
pub(super) enum Turn {
    Ready(Ready),
    /// It is still to be made ready.
    Waiting(Claimed),
}

impl Taken {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next one, as soon as there is one; `None` when there are no more.
    pub(super) async fn next(&self) -> Option<Turn> {
        loop {
            let filled = self.filled.notified();
            {
                let mut inner = self.inner();
                if let Some(ready) = inner.ready.pop_front() {
                    return Some(Turn::Ready(ready));
                }
                if let Some((claimed, is_time)) = inner.take() {
                    if is_time {
                        self.emptied.notify_one();
                    }
                    return Some(Turn::Waiting(claimed));
                }
                if inner.is_last {
                    return None;
                }
            }
            filled.await;
        }
    }

    /// The next one, if one is ready.
    pub(super) fn next_ready(&self) -> Option<Ready> {
        self.inner().ready.pop_front()
    }

    /// The next one to make ready, while fewer are than there are workers.
    pub(super) fn next_to_make_ready(&self) -> Option<Claimed> {
        let mut inner = self.inner();
        if inner.ready.len() >= inner.takers {
            return None;
        }
        let (claimed, is_time) = inner.take()?;
        if is_time {
            self.emptied.notify_one();
        }
        Some(claimed)
    }

    /// One that was made ready.
    pub(super) fn put_ready(&self, ready: Ready) {
        self.inner().ready.push_back(ready);
        self.filled.notify_one();
    }

    /// Gives back what another is to deliver.
    pub(super) fn put_back(&self, claimed: Claimed) {
        self.inner().waiting.push_front(claimed);
        self.filled.notify_one();
    }

    /// Adds what was fetched.
    pub(super) fn put(&self, mut fetched: VecDeque<Claimed>) {
        self.inner().waiting.append(&mut fetched);
        self.filled.notify_waiters();
    }

    /// Says that nothing more comes.
    pub(super) fn end(&self) {
        self.inner().is_last = true;
        self.filled.notify_waiters();
    }

    /// Waits until so many are left at most; answers whether anybody is there to take more.
    pub(super) async fn wants_more(&self, at_most: usize) -> bool {
        loop {
            let emptied = self.emptied.notified();
            {
                let mut inner = self.inner();
                inner.wanted_at = None;
                if inner.takers == 0 {
                    return false;
                }
                if inner.waiting.len() <= at_most {
                    return true;
                }
                inner.wanted_at = Some(at_most);
            }
            emptied.await;
        }
    }

    /// So many workers begin to take.
    pub(super) fn begin(&self, takers: usize) {
        self.inner().takers = takers;
    }

    /// One of them takes no more.
    pub(super) fn leave(&self) {
        self.inner().takers -= 1;
        self.emptied.notify_one();
        // What it put back is for those who wait.
        self.filled.notify_waiters();
    }

    pub(super) fn is_empty(&self) -> bool {
        let inner = self.inner();
        inner.ready.is_empty() && inner.waiting.is_empty()
    }

    /// Whether nothing more comes.
    pub(super) fn is_last(&self) -> bool {
        self.inner().is_last
    }

    /// What nobody has delivered.
    pub(super) fn rest(&self) -> Vec<Claimed> {
        let mut inner = self.inner();
        let ready = std::mem::take(&mut inner.ready);
        let waiting = std::mem::take(&mut inner.waiting);
        ready
            .into_iter()
            .map(|ready| ready.claimed)
            .chain(waiting)
            .collect()
    }
}
