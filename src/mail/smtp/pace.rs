//! Limits how fast messages leave.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

use super::super::pacing::Pacing;
use crate::fault::BoxFault;

/// Turns are reserved for 100 ms (1/10 of a second) at a time. When a process ends, its reserved turns are lost.
const TENTHS: u32 = 10;
/// How long a turn may be used after its time; at least until the time of the next turn. An unused turn is lost:
/// otherwise many messages could leave together.
const GOOD_FOR: Duration = Duration::from_millis(50);

/// Keeps a pause between messages: over all connections of a transport, and over all processes that share their
/// turns.
pub(super) struct Pace {
    apart: Duration,
    turns: Mutex<Turns>,
    shared: Option<Shared>,
}

/// The turns that this process has reserved.
struct Turns {
    next: Instant,
    left: u32,
}

/// The source of turns that all processes share.
struct Shared {
    pacing: Arc<dyn Pacing>,
    server: String,
    /// How many turns are reserved at once.
    at_once: u32,
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pace")
            .field("apart", &self.apart)
            .finish_non_exhaustive()
    }
}

impl Pace {
    /// A pace for this process alone.
    pub(super) fn new(per_second: NonZeroU32) -> Self {
        Self {
            apart: Duration::from_secs(1) / per_second.get(),
            turns: Mutex::new(Turns {
                next: Instant::now(),
                left: 0,
            }),
            shared: None,
        }
    }

    /// A pace for all processes that take turns from `pacing`.
    pub(super) fn shared(per_second: NonZeroU32, pacing: Arc<dyn Pacing>, server: String) -> Self {
        let at_once = (per_second.get() / TENTHS).max(1);
        Self {
            shared: Some(Shared {
                pacing,
                server,
                at_once,
            }),
            ..Self::new(per_second)
        }
    }

    /// Waits for the next turn.
    pub(super) async fn wait(&self) -> Result<(), BoxFault> {
        let mut turns = self.turns.lock().await;
        let Some(shared) = &self.shared else {
            let turn = turns.next.max(Instant::now());
            turns.next = turn + self.apart;
            drop(turns);
            tokio::time::sleep_until(turn).await;
            return Ok(());
        };
        // The lock is held until the turn comes. The other connections queue behind it, and reserve turns only when
        // they need them.
        loop {
            if turns.left == 0 {
                let first = shared.reserve(self.apart).await?;
                *turns = Turns {
                    next: Instant::now() + first,
                    left: shared.at_once,
                };
            }
            let turn = turns.next;
            turns.next += self.apart;
            turns.left -= 1;
            tokio::time::sleep_until(turn).await;
            if Instant::now() <= turn + self.apart.max(GOOD_FOR) {
                return Ok(());
            }
        }
    }
}

impl Shared {
    async fn reserve(&self, apart: Duration) -> Result<Duration, BoxFault> {
        self.pacing.reserve(&self.server, self.at_once, apart).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as Cell;

    use async_trait::async_trait;
    use proptest::prelude::*;

    use super::*;
    use crate::fault::{Class, Fault};

    #[tokio::test(start_paused = true)]
    async fn messages_are_kept_apart_over_all_connections() {
        let pace = Arc::new(Pace::new(NonZeroU32::new(10).unwrap()));
        let began = Instant::now();
        let connections: Vec<_> = (0..4)
            .map(|_| {
                let pace = Arc::clone(&pace);
                tokio::spawn(async move {
                    for _ in 0..5 {
                        pace.wait().await.unwrap();
                    }
                })
            })
            .collect();
        for connection in connections {
            connection.await.unwrap();
        }
        // The 20th message has waited for 19 others.
        let took = began.elapsed();
        assert!((1900..2000).contains(&took.as_millis()), "{took:?}");
    }

    /// Gives out turns like a database, with a database's delay.
    struct Counter {
        next: Cell<Instant>,
        reserved: Cell<Vec<u32>>,
        takes: Duration,
    }

    impl Counter {
        fn new(takes: Duration) -> Arc<Self> {
            Arc::new(Self {
                next: Cell::new(Instant::now()),
                reserved: Cell::default(),
                takes,
            })
        }
    }

    #[async_trait]
    impl Pacing for Counter {
        async fn reserve(&self, _: &str, turns: u32, apart: Duration) -> Result<Duration, BoxFault> {
            let first = {
                let mut next = self.next.lock().unwrap();
                let first = (*next).max(Instant::now());
                *next = first + apart * turns;
                self.reserved.lock().unwrap().push(turns);
                first - Instant::now()
            };
            tokio::time::sleep(self.takes).await;
            Ok(first)
        }
    }

    /// The times at which the messages of several processes left. Each process has several connections.
    async fn departures(
        per_second: u32,
        processes: usize,
        connections: usize,
        messages: usize,
    ) -> (Vec<Instant>, Arc<Counter>) {
        let counter = Counter::new(Duration::from_millis(2));
        let mut running = tokio::task::JoinSet::new();
        for _ in 0..processes {
            let pacing = Arc::clone(&counter) as Arc<dyn Pacing>;
            let per_second = NonZeroU32::new(per_second).unwrap();
            let pace = Arc::new(Pace::shared(per_second, pacing, "mail".to_owned()));
            for _ in 0..connections {
                let pace = Arc::clone(&pace);
                running.spawn(async move {
                    let mut left = Vec::new();
                    for _ in 0..messages {
                        pace.wait().await.unwrap();
                        left.push(Instant::now());
                    }
                    left
                });
            }
        }
        let mut all: Vec<Instant> = running.join_all().await.into_iter().flatten().collect();
        all.sort();
        (all, counter)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn processes_together_keep_the_limit(
            per_second in prop_oneof![1_u32..40, 40_u32..3_000], processes in 1_usize..5, connections in 1_usize..4,
            messages in 1_usize..12,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
            let (left, counter) = runtime.block_on(departures(per_second, processes, connections, messages));
            let apart = Duration::from_secs(1) / per_second;
            // A timer is late by 1 ms, an answer by 2 ms.
            let late = apart.max(GOOD_FOR) + Duration::from_millis(3);
            for (place, first) in left.iter().enumerate() {
                for (further, last) in left[place..].iter().enumerate() {
                    let least = apart * u32::try_from(further).unwrap();
                    prop_assert!(*last - *first + late >= least, "{further} in {:?}", *last - *first);
                }
            }
            // No process reserves turns for more than 100 ms.
            let reserved = counter.reserved.lock().unwrap();
            prop_assert!(reserved.iter().all(|turns| *turns == (per_second / 10).max(1)));
            // The limit is reached, apart from the turns that each process has reserved in vain.
            let longest = apart * u32::try_from(left.len() + processes * reserved[0] as usize).unwrap();
            prop_assert!(*left.last().unwrap() - left[0] <= longest + late, "{longest:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn turns_that_passed_unused_are_not_made_up_for() {
        let pacing = Counter::new(Duration::ZERO);
        let per_second = NonZeroU32::new(100).unwrap();
        let pace = Pace::shared(per_second, pacing, "mail".to_owned());
        pace.wait().await.unwrap();
        // 9 of 10 turns are left, and all of them have expired.
        tokio::time::sleep(Duration::from_secs(5)).await;
        let began = Instant::now();
        for _ in 0..10 {
            pace.wait().await.unwrap();
        }
        assert!(
            began.elapsed() >= Duration::from_millis(90),
            "{:?}",
            began.elapsed()
        );
    }

    #[tokio::test]
    async fn without_a_turn_nothing_leaves() {
        #[derive(Debug, thiserror::Error)]
        #[error("no turn")]
        struct NoTurn;
        impl Fault for NoTurn {
            fn kind(&self) -> &'static str {
                "test.no_turn"
            }
            fn class(&self) -> Class {
                Class::Internal
            }
        }
        struct Broken;
        #[async_trait]
        impl Pacing for Broken {
            async fn reserve(&self, _: &str, _: u32, _: Duration) -> Result<Duration, BoxFault> {
                Err(BoxFault::new(NoTurn))
            }
        }
        let per_second = NonZeroU32::new(100).unwrap();
        let pace = Pace::shared(per_second, Arc::new(Broken), "mail".to_owned());
        pace.wait().await.unwrap_err();
    }
}
