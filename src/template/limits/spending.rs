//! The steps and the time that a part has used.

use std::cell::Cell;
use std::time::Instant;

use super::computing_time::ComputingTime;
use super::{MAX_STEPS, MAX_TIME};

/// The steps and the time of one part.
#[derive(Debug)]
pub(in crate::template) struct Spending {
    steps: Cell<u32>,
    spent: ComputingTime,
    /// The moment of the next look at `spent`. Before it, the time cannot be used up, and comparing two moments costs
    /// less than asking `spent`.
    look: Cell<Instant>,
}

/// The limit that ended the rendering of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(in crate::template) enum Exhausted {
    #[error("it takes more than {MAX_STEPS} steps (turns of loops, components, inclusions)")]
    Steps,
    #[error("it takes longer than {} milliseconds", MAX_TIME.as_millis())]
    Time,
}

impl Spending {
    /// Begins with no steps, and starts the clock.
    pub(in crate::template) fn begin() -> Self {
        Self {
            steps: Cell::new(0),
            spent: ComputingTime::begin(),
            look: Cell::new(Instant::now() + MAX_TIME),
        }
    }

    /// Uses steps, if enough are left.
    pub(in crate::template) fn step(&self, count: u32) -> Result<(), Exhausted> {
        let steps = self.steps.get().saturating_add(count);
        self.steps.set(steps);
        if steps > MAX_STEPS {
            Err(Exhausted::Steps)
        } else if self.is_out_of_time() {
            Err(Exhausted::Time)
        } else {
            Ok(())
        }
    }

    fn is_out_of_time(&self) -> bool {
        let now = Instant::now();
        if now < self.look.get() {
            return false;
        }
        let left = MAX_TIME.saturating_sub(self.spent.spent());
        self.look.set(now + left);
        left.is_zero()
    }
}
