//! The queue of a round: messages that were claimed from the outbox and are not delivered yet. One task claims more
//! messages, and the workers take them from the front. While a worker waits for the server's answer, it makes the next
//! messages ready.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::ready::Ready;
use crate::mail::Claimed;

/// Claimed messages that wait for a connection, in their order.
#[derive(Default)]
pub(super) struct Taken {
    inner: Mutex<Inner>,
    /// Notified when messages were added, and after the last message.
    filled: Notify,
    /// Notified when the queue has become short, and when a worker ends.
    emptied: Notify,
}

#[derive(Default)]
struct Inner {
    /// Messages that can leave: about one for each worker at most.
    ready: VecDeque<Ready>,
    waiting: VecDeque<Claimed>,
    /// Whether no more messages will come.
    is_last: bool,
    /// The number of workers that take from the queue.
    takers: usize,
    /// While the claiming task waits: the number of waiting messages at which it is to claim more.
    wanted_at: Option<usize>,
}

impl Inner {
    /// The next message to make ready, and whether it is time to claim more.
    fn take(&mut self) -> Option<(Claimed, bool)> {
        let claimed = self.waiting.pop_front()?;
        let is_time = self.wanted_at.is_some_and(|at| self.waiting.len() <= at);
        Some((claimed, is_time))
    }
}

/// The next message for a worker.
pub(super) enum Turn {
    Ready(Ready),
    /// The worker has to make it ready.
    Waiting(Claimed),
}

impl Taken {
    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next message; `None` when no more will come.
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

    /// The next message, if one is ready. Does not wait.
    pub(super) fn next_ready(&self) -> Option<Ready> {
        self.inner().ready.pop_front()
    }

    /// The next message to make ready; `None` if as many are ready as there are workers.
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

    /// Adds a message that was made ready.
    pub(super) fn put_ready(&self, ready: Ready) {
        self.inner().ready.push_back(ready);
        self.filled.notify_one();
    }

    /// Puts a message back at the front, for another worker.
    pub(super) fn put_back(&self, claimed: Claimed) {
        self.inner().waiting.push_front(claimed);
        self.filled.notify_one();
    }

    /// Adds messages that were claimed.
    pub(super) fn put(&self, mut fetched: VecDeque<Claimed>) {
        self.inner().waiting.append(&mut fetched);
        self.filled.notify_waiters();
    }

    /// Says that no more messages will come.
    pub(super) fn end(&self) {
        self.inner().is_last = true;
        self.filled.notify_waiters();
    }

    /// Waits until at most this number of messages wait. Returns whether a worker is left to take more.
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

    /// Sets the number of workers that take from the queue.
    pub(super) fn begin(&self, takers: usize) {
        self.inner().takers = takers;
    }

    /// Says that a worker has ended.
    pub(super) fn leave(&self) {
        self.inner().takers -= 1;
        self.emptied.notify_one();
        // Waiting workers can take a message that the ended worker put back.
        self.filled.notify_waiters();
    }

    pub(super) fn is_empty(&self) -> bool {
        let inner = self.inner();
        inner.ready.is_empty() && inner.waiting.is_empty()
    }

    /// Whether no more messages will come.
    pub(super) fn is_last(&self) -> bool {
        self.inner().is_last
    }

    /// Takes out all messages that no worker has delivered.
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
