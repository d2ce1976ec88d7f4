//! How time passes in a life: nobody waits for it.
//!
//! The library asks the system for the time. So what is due is decided here, by a clock that is ahead of the system's by
//! the hours that have passed, and a link grows old by being recorded as seen that much earlier. Where the library takes
//! a clock, it takes its place: what calls [`Hours::now`] stays as it is.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta, Utc};

/// A clock that is set forward by hand. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Hours(Arc<Mutex<TimeDelta>>);

impl Hours {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Mutex::new(TimeDelta::zero())))
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        Utc::now() + *self.0.lock().unwrap()
    }

    pub(crate) fn pass(&self, time: TimeDelta) {
        *self.0.lock().unwrap() += time;
    }
}
