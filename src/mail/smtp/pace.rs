//! How fast messages leave.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Keeps messages apart, over all connections of a transport.
#[derive(Debug)]
pub(super) struct Pace {
    apart: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    pub(super) fn new(per_second: NonZeroU32) -> Self {
        Self {
            apart: Duration::from_secs(1) / per_second.get(),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Waits for one's turn.
    pub(super) async fn wait(&self) {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(Instant::now());
            *next = turn + self.apart;
            turn
        };
        tokio::time::sleep_until(turn).await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn messages_are_kept_apart_over_all_connections() {
        let pace = Arc::new(Pace::new(NonZeroU32::new(10).unwrap()));
        let began = Instant::now();
        let connections: Vec<_> = (0..4)
            .map(|_| {
                let pace = Arc::clone(&pace);
                tokio::spawn(async move {
                    for _ in 0..5 {
                        pace.wait().await;
                    }
                })
            })
            .collect();
        for connection in connections {
            connection.await.unwrap();
        }
        // The twentieth message has waited for nineteen others.
        let took = began.elapsed();
        assert!((1900..2000).contains(&took.as_millis()), "{took:?}");
    }
}
