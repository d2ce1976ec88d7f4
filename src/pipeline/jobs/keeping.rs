//! Forgetting the meetings that are over: a job for each day.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::fault::chain;
use crate::jobs::{Done, Job, JobError, JobHandler, Jobs, NewJob};
use crate::mail::Retention;

/// The time for which a day's job is remembered. It is longer than the day.
const REMEMBER: Duration = Duration::from_secs(2 * 24 * 3_600);

/// Forgets, once a day, the meetings that were over for the time that they are kept.
pub(in crate::pipeline) struct Keeping {
    retention: Arc<dyn Retention>,
    jobs: Arc<dyn Jobs>,
    clock: Clock,
    span: Duration,
}

impl Keeping {
    /// The kind of its jobs.
    const KIND: &'static str = "retention";

    /// A handler that forgets meetings this long after their end.
    pub(in crate::pipeline) fn new(
        retention: Arc<dyn Retention>,
        jobs: Arc<dyn Jobs>,
        clock: Clock,
        span: Duration,
    ) -> Self {
        Self {
            retention,
            jobs,
            clock,
            span,
        }
    }

    /// The subject of this handler's jobs: the time for which it keeps meetings. Jobs with another subject are not its own.
    fn subject(&self) -> String {
        serde_json::json!({ "keep_seconds": self.span.as_secs() }).to_string()
    }

    /// The job of the day of `due`. The span is in its key, so that a shorter one does not wait for tomorrow.
    fn job_at(&self, due: DateTime<Utc>) -> NewJob {
        NewJob {
            kind: Self::KIND.to_owned(),
            key: format!("{} {}s", due.date_naive(), self.span.as_secs()),
            subject: self.subject(),
            due,
            remember: REMEMBER,
        }
    }

    async fn forget(&self, now: DateTime<Utc>) -> Result<(), JobError> {
        let span = TimeDelta::from_std(self.span).unwrap_or(TimeDelta::MAX);
        let Some(before) = now.checked_sub_signed(span) else {
            return Ok(());
        };
        match self.retention.forget(before, false).await {
            Ok(forgotten) if forgotten.is_nothing() => Ok(()),
            Ok(forgotten) => {
                tracing::info!(
                    %before,
                    meetings = forgotten.meetings,
                    messages = forgotten.messages,
                    answers = forgotten.answers,
                    "meetings that are over were forgotten"
                );
                Ok(())
            }
            Err(error) => {
                tracing::warn!(
                    error = chain(&error),
                    "meetings that are over could not be forgotten; it is tried again in a day"
                );
                let error = JobError::from_fault("forgetting meetings that are over", &error);
                Err(JobError::permanent(error.to_string()))
            }
        }
    }
}

#[async_trait]
impl JobHandler for Keeping {
    fn kind(&self) -> &str {
        Self::KIND
    }

    /// The job of today, due since midnight. The first worker of the day runs it, and all others find it done.
    fn first(&self, now: DateTime<Utc>) -> Option<NewJob> {
        Some(self.job_at(now.date_naive().and_time(NaiveTime::MIN).and_utc()))
    }

    async fn run(&self, job: &Job) -> Result<Done, JobError> {
        // The job is of a worker that keeps meetings for another time. To go on with it could forget meetings too early.
        if job.subject != self.subject() {
            return Ok(Done::Finished);
        }
        let now = self.clock.now();
        // The next day is scheduled first, so that an error or a crash below does not end the row of days.
        if let Some(tomorrow) = now.checked_add_signed(TimeDelta::days(1)) {
            let scheduled = self.jobs.schedule(&self.job_at(tomorrow)).await;
            scheduled.map_err(|error| JobError::from_fault("scheduling the next day's job", &error))?;
        }
        self.forget(now).await?;
        Ok(Done::Finished)
    }
}
