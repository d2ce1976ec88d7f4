//! The pause between two tries of the same work.

use std::time::Duration;

use chrono::TimeDelta;

/// The longest pause, before chance makes it shorter or longer.
const LONGEST: Duration = Duration::from_secs(3_600);

/// The pause after so many tries: `first`, doubled with each further try, up to 1 hour. It is up to 10 % shorter or longer,
/// by `chance`, which is between 0 and 1.
pub(super) fn pause_after(attempts: u32, first: Duration, chance: f64) -> TimeDelta {
    let doublings = attempts.saturating_sub(1).min(20);
    let pause = first.saturating_mul(1 << doublings).min(LONGEST);
    let pause = pause.mul_f64(0.9 + 0.2 * chance);
    TimeDelta::from_std(pause).unwrap_or(TimeDelta::hours(1))
}
