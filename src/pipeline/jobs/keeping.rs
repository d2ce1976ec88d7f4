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
    /// The kind of its jobs, with the span: a worker that keeps meetings for another time must not take them. It could
    /// forget meetings too early, and a job that it ends would be done by nobody.
    kind: String,
}

impl Keeping {
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
            kind: format!("retention {}s", span.as_secs()),
        }
    }

    /// The job of the day of `due`. The day is its key, so that it runs once for all workers of the span.
    fn job_at(&self, due: DateTime<Utc>) -> NewJob {
        NewJob {
            kind: self.kind.clone(),
            key: due.date_naive().to_string(),
            subject: String::new(),
            due,
            remember: REMEMBER,
        }
    }

    /// The job of this day, due since midnight.
    fn job_of_today(&self, now: DateTime<Utc>) -> NewJob {
        self.job_at(now.date_naive().and_time(NaiveTime::MIN).and_utc())
    }

    async fn schedule(&self, job: &NewJob) -> Result<(), JobError> {
        let scheduled = self.jobs.schedule(job).await;
        scheduled.map_err(|error| JobError::from_fault("scheduling the next day's job", &error))?;
        Ok(())
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
        &self.kind
    }

    /// The job of today. The first worker of the day that keeps for the span runs it, and all others find it done.
    fn first(&self, now: DateTime<Utc>) -> Option<NewJob> {
        Some(self.job_of_today(now))
    }

    async fn run(&self, job: &Job) -> Result<Done, JobError> {
        let now = self.clock.now();
        let today = self.job_of_today(now);
        if job.key != today.key {
            // No worker kept for the span on the job's day. The job of today does the work, once.
            self.schedule(&today).await?;
            return Ok(Done::Finished);
        }
        // The next day is scheduled first, so that an error or a crash below does not end the row of days.
        if let Some(tomorrow) = now.checked_add_signed(TimeDelta::days(1)) {
            self.schedule(&self.job_at(tomorrow)).await?;
        }
        self.forget(now).await?;
        Ok(Done::Finished)
    }
}
