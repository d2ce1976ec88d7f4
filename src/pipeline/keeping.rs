//! Forgetting, beside other work, the meetings that are over.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::Pipeline;
use crate::fault::chain;
use crate::mail::Retention;

/// How long what is over is kept, and what forgets it then.
#[derive(Clone)]
pub(super) struct Keeping {
    retention: Arc<dyn Retention>,
    span: TimeDelta,
}

impl Keeping {
    /// Forgets what is over for this long.
    pub(super) fn new(retention: Arc<dyn Retention>, span: Duration) -> Self {
        Self {
            retention,
            span: TimeDelta::from_std(span).unwrap_or(TimeDelta::MAX),
        }
    }
}

impl fmt::Debug for Keeping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keeping")
            .field("span", &self.span)
            .finish_non_exhaustive()
    }
}

impl Pipeline {
    /// Forgets what has been over for as long as it is kept, if that was not done within a day. Nothing of it ends a worker:
    /// the next day is another.
    pub(super) async fn forget_daily(&self, last: &mut Option<DateTime<Utc>>) {
        let Some(keeping) = &self.keeping else { return };
        let now = self.now();
        if last.is_some_and(|last| now - last < TimeDelta::days(1)) {
            return;
        }
        *last = Some(now);
        let Some(before) = now.checked_sub_signed(keeping.span) else {
            return;
        };
        let forgotten = tokio::select! {
            forgotten = keeping.retention.forget(before, false) => forgotten,
            () = self.is_to_stop() => return,
        };
        match forgotten {
            Ok(forgotten) if forgotten.is_nothing() => {}
            Ok(forgotten) => tracing::info!(
                %before,
                meetings = forgotten.meetings,
                messages = forgotten.messages,
                answers = forgotten.answers,
                "meetings that are over were forgotten"
            ),
            Err(error) => tracing::warn!(
                error = chain(&error),
                "meetings that are over could not be forgotten; it is tried again in a day"
            ),
        }
    }
}
