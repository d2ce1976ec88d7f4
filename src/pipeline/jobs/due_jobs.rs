//! Running due jobs, beside the mails of a worker.

use std::collections::HashMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::{self, JoinSet};
use tracing::Instrument as _;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::fault::{BoxFault, chain};
use crate::jobs::{Done, Job, JobEnd, JobError, JobHandler, Jobs, WantedJobs};
use crate::pipeline::error::PipelineError;
use crate::pipeline::pause::pause_after;
use crate::pipeline::stop::{STEP, Stop};

/// The number of jobs that a worker runs at once, at most.
const AT_ONCE: usize = 4;
/// The length of a lease. It is renewed every third of this time while the handler runs.
const LEASE: Duration = Duration::from_secs(60);
/// The pause after the first error of a job, for [`pause_after`].
const FIRST_PAUSE: Duration = Duration::from_secs(60);
/// The number of tries before a job has failed, which take about 10 hours. Tries that were cut off count. So a job that kills
/// its process does not kill workers for ever.
const MOST_ATTEMPTS: u32 = 16;
/// The longest pause between two looks at the list while a job waits or runs in another process. That process may end.
const LOOKS: Duration = Duration::from_secs(60);
/// The pause after the list of jobs could not be read.
const AFTER_ERROR: Duration = Duration::from_secs(10);
/// The longest pause between two looks at the list while no job waits.
const IDLE: Duration = Duration::from_secs(3_600);

/// Runs due jobs: the list of jobs, and the worker's handlers. Cheap to clone.
#[derive(Clone)]
pub(in crate::pipeline) struct DueJobs {
    list: Arc<dyn Jobs>,
    handlers: Arc<[Arc<dyn JobHandler>]>,
    clock: Clock,
    chance: Chance,
    stop: Stop,
}

impl fmt::Debug for DueJobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DueJobs").field(&self.kinds()).finish()
    }
}

impl DueJobs {
    pub(in crate::pipeline) fn new(
        list: Arc<dyn Jobs>,
        handlers: Vec<Arc<dyn JobHandler>>,
        clock: Clock,
        chance: Chance,
        stop: Stop,
    ) -> Self {
        Self {
            list,
            handlers: handlers.into(),
            clock,
            chance,
            stop,
        }
    }

    fn kinds(&self) -> Vec<String> {
        self.handlers
            .iter()
            .map(|handler| handler.kind().to_owned())
            .collect()
    }

    fn handler(&self, job: &Job) -> Option<&dyn JobHandler> {
        let found = self.handlers.iter().find(|handler| handler.kind() == job.kind);
        found.map(|handler| &**handler)
    }

    /// Renews the lease of a job, and returns when the lease is lost.
    async fn hold(&self, job: &Job) {
        loop {
            tokio::time::sleep(LEASE / 3).await;
            match self.list.renew(job, LEASE).await {
                Ok(true) => {}
                Ok(false) => return,
                // The lease lasts for two more tries.
                Err(error) => tracing::warn!(
                    job = job.id,
                    error = chain(&error),
                    "the lease of a job was not renewed"
                ),
            }
        }
    }

    /// Runs jobs as they become due until the worker is to stop, or until the mails are done and no job is due. Returns the
    /// number of runs.
    pub(in crate::pipeline) async fn run(
        &self,
        mut mails_are_done: watch::Receiver<bool>,
    ) -> Result<usize, PipelineError> {
        let mut wanted = WantedJobs {
            kinds: self.kinds(),
            running: Vec::new(),
        };
        // Each job runs in a task of its own: a run that holds the database's write lock must go on while this loop looks for
        // more jobs.
        let mut running = JoinSet::new();
        let mut jobs: HashMap<task::Id, i64> = HashMap::new();
        let mut runs = 0;
        loop {
            let is_to_stop = self.stop.is_set();
            let is_last = *mails_are_done.borrow_and_update();
            wanted.running = jobs.values().copied().collect();
            let room = AT_ONCE.saturating_sub(jobs.len());
            let mut wait = IDLE;
            if !is_to_stop && room > 0 {
                match self.take(&wanted, room).await {
                    Ok((claimed, next)) if claimed.is_empty() => {
                        wait = next.map_or(IDLE, |next| self.until(next).min(LOOKS));
                    }
                    Ok((claimed, _)) => {
                        for job in claimed {
                            let (due, id) = (self.clone(), job.id);
                            let run = async move { due.run_job(job).await };
                            jobs.insert(running.spawn(run.in_current_span()).id(), id);
                        }
                        continue;
                    }
                    Err(error) if is_last && running.is_empty() => return Err(error.into()),
                    // The mails go on: a mail on the wire must not be cut off.
                    Err(error) => {
                        tracing::warn!(error = chain(&error), "due jobs could not be looked for");
                        wait = AFTER_ERROR;
                    }
                }
            }
            if running.is_empty() && (is_to_stop || is_last) {
                return Ok(runs);
            }
            tokio::select! {
                Some(ended) = running.join_next_with_id() => {
                    let task = ended.map_or_else(|panicked| panicked.id(), |(task, ())| task);
                    jobs.remove(&task);
                    runs += 1;
                    if jobs.is_empty() && let Err(error) = self.list.forget_over().await {
                        tracing::warn!(error = chain(&error), "jobs that are over could not be forgotten");
                    }
                }
                () = self.pause(wait), if !is_to_stop && room > 0 => {}
                _ = mails_are_done.changed(), if !is_last => {}
            }
        }
    }

    /// Claims due jobs, at most `room`. Returns the time of the next due job as well.
    async fn take(
        &self,
        wanted: &WantedJobs,
        room: usize,
    ) -> Result<(Vec<Job>, Option<DateTime<Utc>>), BoxFault> {
        let next = self.list.next_due(wanted).await?;
        if next.is_none_or(|next| next > self.clock.now()) {
            return Ok((Vec::new(), next));
        }
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        Ok((self.list.claim(wanted, limit, LEASE).await?, next))
    }

    /// The time from now until `then`.
    fn until(&self, then: DateTime<Utc>) -> Duration {
        (then - self.clock.now()).to_std().unwrap_or(Duration::ZERO)
    }

    /// Schedules the first jobs of the kinds that recur.
    pub(in crate::pipeline) async fn begin_recurring(&self) -> Result<(), PipelineError> {
        let handlers = self.handlers.iter();
        for first in handlers.filter_map(|handler| handler.first(self.clock.now())) {
            self.list.schedule(&first).await?;
        }
        Ok(())
    }

    /// Waits until a job may have been scheduled, the clock is moved, the worker is to stop, or `at_most` has passed.
    async fn pause(&self, at_most: Duration) {
        tokio::select! {
            () = self.list.wait(at_most.max(STEP)) => {}
            () = self.clock.moves() => {}
            () = self.stop.wait() => {}
        }
    }

    /// Runs a claimed job and records the result. If the result cannot be recorded, the lease ends and the job runs again.
    async fn run_job(&self, job: Job) {
        let span = tracing::info_span!("job", kind = job.kind, id = job.id, tries = job.attempts);
        let running = async {
            let Some(end) = self.end_of(&job).await else {
                tracing::warn!("the lease of a job was lost while it ran; another worker may run it");
                return;
            };
            if let JobEnd::Failed { error } | JobEnd::Retry { error, .. } = &end {
                let again = matches!(end, JobEnd::Retry { .. });
                tracing::warn!(error, again, "a job was not done");
            }
            if let Err(error) = self.list.finish(&job, &end).await {
                tracing::warn!(error = chain(&error), "how a job ended could not be recorded");
            }
        };
        running.instrument(span).await;
    }

    /// Runs a job and returns the result; `None` if the lease was lost meanwhile.
    async fn end_of(&self, job: &Job) -> Option<JobEnd> {
        if job.attempts > MOST_ATTEMPTS {
            let error = format!("it was given up after {MOST_ATTEMPTS} tries; the last ones were cut off");
            return Some(JobEnd::Failed { error });
        }
        let Some(handler) = self.handler(job) else {
            let error = format!("there is no handler for jobs of the kind {}", job.kind);
            return Some(self.after_error(job, &JobError::temporary(error)));
        };
        // A handler keeps nothing from one job for the next, so a panic leaves no state behind that matters.
        let run = AssertUnwindSafe(async { handler.run(job).await }).catch_unwind();
        let ended = tokio::select! {
            ended = run => ended,
            () = self.hold(job) => return None,
            () = self.stop.wait() => return Some(JobEnd::Again { at: job.due }),
        };
        Some(match ended {
            Ok(Ok(Done::Finished)) => JobEnd::Done,
            Ok(Ok(Done::Again(at))) => JobEnd::Again { at },
            Ok(Err(error)) => self.after_error(job, &error),
            // The words of a panic may name people. The panic hook has them.
            Err(_panic) => JobEnd::Failed {
                error: "its handler panicked".to_owned(),
            },
        })
    }

    /// The end of a job after an error: the time of the next try, or failure.
    fn after_error(&self, job: &Job, error: &JobError) -> JobEnd {
        if !error.is_temporary() || job.attempts >= MOST_ATTEMPTS {
            let error = error.to_string();
            return JobEnd::Failed { error };
        }
        JobEnd::Retry {
            at: self.clock.now() + pause_after(job.attempts, FIRST_PAUSE, self.chance.fraction()),
            error: error.to_string(),
        }
    }
}
