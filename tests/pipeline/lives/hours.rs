//! How time passes in a life: nobody waits for it.

use chrono::{DateTime, TimeDelta, Utc};
use invite::clock::Clock;

/// A clock that is set forward by hand. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Hours(Clock);

impl Hours {
    pub(crate) fn new() -> Self {
        Self(Clock::manual(Utc::now()))
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.0.now()
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        self.0.advance(time);
    }

    /// What the library goes by.
    pub(crate) fn clock(&self) -> Clock {
        self.0.clone()
    }
}
