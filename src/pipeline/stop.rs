//! The sign to stop, which is set from outside.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The pause between two looks at the sign.
pub(super) const STEP: Duration = Duration::from_millis(100);

/// The sign to stop. All clones are one sign.
#[derive(Clone, Default)]
pub(super) struct Stop(Arc<AtomicBool>);

impl Stop {
    pub(super) fn new(sign: Arc<AtomicBool>) -> Self {
        Self(sign)
    }

    pub(super) fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Returns when the sign is set.
    pub(super) async fn wait(&self) {
        while !self.is_set() {
            tokio::time::sleep(STEP).await;
        }
    }
}
