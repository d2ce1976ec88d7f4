//! The program's one source of time, which tests can move.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

/// A clock. Cheap to clone; all clones show the same time, and move together.
///
/// Every component that depends on the time of day asks the clock that it was given:
/// [`Pipeline`](crate::pipeline::Pipeline), [`Database`](crate::database::Database),
/// [`ZoomClient`](crate::online::zoom::ZoomClient), [`SmtpTransport`](crate::mail::SmtpTransport). So hours pass in a
/// test in no time:
///
/// ```
/// use chrono::TimeDelta;
/// use invite::clock::Clock;
///
/// let clock = Clock::manual("2027-03-01T09:00:00Z".parse()?);
/// let shared = clock.clone();
/// clock.advance(TimeDelta::hours(2));
/// assert_eq!(shared.now().to_rfc3339(), "2027-03-01T11:00:00+00:00");
/// # Ok::<(), chrono::ParseError>(())
/// ```
///
/// Real waits (for an answer, for a turn to send) do not depend on the clock, and take their real time.
#[derive(Clone)]
pub struct Clock {
    hands: watch::Sender<Hands>,
}

/// The two kinds of clock.
#[derive(Debug, Clone, Copy)]
enum Hands {
    /// The clock runs with this machine's, ahead of it by this much.
    Going { ahead: TimeDelta },
    /// The clock stands still.
    Standing { at: DateTime<Utc> },
}

impl Hands {
    fn now(self) -> DateTime<Utc> {
        match self {
            Self::Going { ahead } => moved(Utc::now(), ahead),
            Self::Standing { at } => at,
        }
    }
}

/// The time moved by `by`. Beyond the range of dates, it is the last date or the first.
fn moved(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by).unwrap_or(match by < TimeDelta::zero() {
        true => DateTime::<Utc>::MIN_UTC,
        false => DateTime::<Utc>::MAX_UTC,
    })
}

impl Clock {
    /// This machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self::with(Hands::Going {
            ahead: TimeDelta::zero(),
        })
    }

    /// A clock that stands at `start` until it is moved.
    #[must_use]
    pub fn manual(start: DateTime<Utc>) -> Self {
        Self::with(Hands::Standing { at: start })
    }

    /// A clock that shows `start` now, and runs on from there.
    #[must_use]
    pub fn starting(start: DateTime<Utc>) -> Self {
        let clock = Self::system();
        clock.set(start);
        clock
    }

    fn with(hands: Hands) -> Self {
        Self {
            hands: watch::Sender::new(hands),
        }
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.hands.borrow().now()
    }

    /// Moves the clock forward, or back if `by` is negative. A running clock goes on running.
    pub fn advance(&self, by: TimeDelta) {
        self.hands.send_modify(|hands| match hands {
            Hands::Going { ahead } => *ahead = ahead.checked_add(&by).unwrap_or(*ahead),
            Hands::Standing { at } => *at = moved(*at, by),
        });
    }

    /// Sets the clock to a time. A running clock goes on running.
    pub fn set(&self, to: DateTime<Utc>) {
        self.hands.send_modify(|hands| match hands {
            Hands::Going { ahead } => *ahead = to - Utc::now(),
            Hands::Standing { at } => *at = to,
        });
    }

    /// Returns when the clock is moved. It does not return while the clock only runs.
    pub async fn moves(&self) {
        // This value holds a sender, so the channel is never closed.
        if self.hands.subscribe().changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl Default for Clock {
    /// This machine's clock.
    fn default() -> Self {
        Self::system()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.hands.borrow().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn start() -> DateTime<Utc> {
        "2027-03-01T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_clock_that_stands_is_moved_with_all_its_clones() {
        let clock = Clock::manual(start());
        let shared = clock.clone();
        assert_eq!(shared.now(), start());
        clock.advance(TimeDelta::hours(26));
        assert_eq!(shared.now(), start() + TimeDelta::hours(26));
        shared.advance(TimeDelta::hours(-27));
        assert_eq!(clock.now(), start() - TimeDelta::hours(1));
        clock.set(start());
        assert_eq!(shared.now(), start());
        clock.advance(TimeDelta::MAX);
        assert_eq!(clock.now(), DateTime::<Utc>::MAX_UTC);
    }

    #[test]
    fn a_clock_that_goes_keeps_going() {
        let near = |clock: &Clock, at: DateTime<Utc>| (clock.now() - at).abs() < TimeDelta::minutes(1);
        let system = Clock::system();
        assert!(near(&system, Utc::now()));
        let clock = Clock::starting(start());
        let first = clock.now();
        assert!(near(&clock, start()));
        clock.advance(TimeDelta::days(3));
        assert!(near(&clock, start() + TimeDelta::days(3)));
        clock.set(start());
        while clock.now() <= first {
            std::thread::yield_now();
        }
        assert!(near(&system, Utc::now()), "each clock is one of its own");
    }

    #[tokio::test]
    async fn who_waits_for_a_move_is_woken_by_one() {
        let clock = Clock::manual(start());
        let waiting = tokio::spawn({
            let clock = clock.clone();
            async move { clock.moves().await }
        });
        let woken = async {
            while !waiting.is_finished() {
                clock.advance(TimeDelta::seconds(1));
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), woken)
            .await
            .unwrap();
    }
}
