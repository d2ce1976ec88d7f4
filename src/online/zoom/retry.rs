//! Pauses.

use std::time::Duration;

/// A pause between half of and the whole of `pause`, left to chance, so that those who failed together do not
/// come back together.
pub(super) fn jitter(pause: Duration) -> Duration {
    pause.mul_f64(0.5 + 0.5 * chance())
}

/// A pause between the whole of and twice `pause`.
pub(super) fn at_least(pause: Duration) -> Duration {
    pause.mul_f64(1.0 + chance())
}

/// From 0 to 1.
fn chance() -> f64 {
    // Without randomness everybody waits the longest.
    getrandom::u32().map_or(1.0, |n| f64::from(n) / f64::from(u32::MAX))
}
