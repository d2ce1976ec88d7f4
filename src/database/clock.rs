//! The time that all processes of a database go by.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::millis;
use crate::clock::Clock;
use crate::lease::Holder;

/// A difference between two clocks below this counts as none: asking takes time itself.
const UNNOTICED: TimeDelta = TimeDelta::seconds(1);

/// The clock that times leases and tries. With a server it is the server's: so machines whose clocks differ agree on
/// when a lease runs out. Times in the tables are milliseconds of this clock.
#[derive(Debug, Clone, Default)]
pub(super) struct DatabaseClock {
    /// The clock that this process goes by.
    clock: Clock,
    /// How far the server's clock is ahead of this machine's.
    ahead: TimeDelta,
}

impl DatabaseClock {
    /// A clock that showed `theirs` between `asked` and `answered` of this machine's.
    pub(super) fn compared(asked: DateTime<Utc>, theirs: DateTime<Utc>, answered: DateTime<Utc>) -> Self {
        let ahead = theirs - (asked + (answered - asked) / 2);
        match ahead.abs() < UNNOTICED {
            true => Self::default(),
            false => Self {
                ahead,
                ..Self::default()
            },
        }
    }

    /// The same for a process that goes by this clock.
    pub(super) fn by(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Now, by the clock that this process goes by.
    pub(super) fn here(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Now, as the tables have it.
    pub(super) fn now(&self) -> i64 {
        self.stored(self.here())
    }

    /// Now in microseconds, for turns to send. It is this machine's time, also if the process goes by another clock:
    /// a delivery waits for its turns in real time.
    pub(super) fn now_in_micros(&self) -> i64 {
        let ahead = self.ahead.num_microseconds().unwrap_or(0);
        Utc::now().timestamp_micros().saturating_add(ahead)
    }

    /// An instant of this process's clock, as the tables have it.
    pub(super) fn stored(&self, instant: DateTime<Utc>) -> i64 {
        millis(instant).saturating_add(self.ahead.num_milliseconds())
    }

    /// An instant in the tables by this process's clock.
    pub(super) fn local(&self, stored: i64) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_millis(stored.saturating_sub(self.ahead.num_milliseconds()))
    }

    /// When a lease that is taken now runs out, as the tables have it.
    pub(super) fn lease_end(&self, lasting: Duration) -> i64 {
        self.now()
            .saturating_add(i64::try_from(lasting.as_millis()).unwrap_or(i64::MAX))
    }

    /// Until when a lease is held at the latest; `None` when it has run out or its holder has ended.
    pub(super) fn held_until(&self, holder: String, until: i64) -> Option<DateTime<Utc>> {
        let is_held = until > self.now() && !Holder::from_stored(holder).is_gone();
        is_held.then(|| self.local(until).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_whose_clocks_differ_agree_on_what_has_run_out() {
        let asked = Utc::now();
        // This machine is an hour slow.
        let server = asked + TimeDelta::hours(1) + TimeDelta::seconds(2);
        let clock = DatabaseClock::compared(asked, server, asked + TimeDelta::seconds(4));
        let hour = 3_600_000;
        assert!((clock.now() - millis(Utc::now()) - hour).abs() < 1000);
        let of_another_machine = || "elsewhere/1.1/x".to_owned();
        let ran_out = millis(Utc::now() + TimeDelta::minutes(59));
        assert_eq!(clock.held_until(of_another_machine(), ran_out), None);
        let holds = millis(Utc::now() + TimeDelta::minutes(61));
        let until = clock.held_until(of_another_machine(), holds).unwrap();
        assert!((until - Utc::now() - TimeDelta::minutes(1)).abs() < TimeDelta::seconds(1));
        assert_eq!(clock.local(clock.stored(until)), Some(until));
    }

    #[test]
    fn a_lease_runs_out_when_the_clock_is_moved() {
        let asked = Utc::now();
        let ours = Clock::manual("2031-07-01T10:00:00Z".parse().unwrap());
        // The server is an hour ahead of this machine.
        let server = asked + TimeDelta::hours(1);
        let clock = DatabaseClock::compared(asked, server, asked).by(ours.clone());
        let hour = 3_600_000;
        assert_eq!(clock.now(), millis(ours.now()) + hour);
        let end = clock.lease_end(Duration::from_secs(60));
        let held = |clock: &DatabaseClock| clock.held_until("elsewhere/1.1/x".to_owned(), end);
        assert_eq!(held(&clock), Some(ours.now() + TimeDelta::minutes(1)));
        ours.advance(TimeDelta::seconds(61));
        assert_eq!(held(&clock), None);
        // Turns to send are waited for in real time.
        assert!((clock.now_in_micros() / 1000 - millis(Utc::now()) - hour).abs() < 60_000);
    }

    #[test]
    fn how_long_the_answer_took_is_no_difference() {
        let asked = Utc::now();
        let clock = DatabaseClock::compared(
            asked,
            asked + TimeDelta::milliseconds(900),
            asked + TimeDelta::milliseconds(950),
        );
        assert_eq!(clock.stored(asked), millis(asked));
    }
}
