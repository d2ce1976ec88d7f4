//! Due work: the durable list of jobs that run once, each at its own time.
//!
//! A job has a *kind*, which names the work, and a *key*, which names its object. Each pair of kind and key runs once:
//! [`Jobs::schedule`] returns its decision about an existing job. A worker
//! ([`Pipeline::work`](crate::pipeline::Pipeline::work)) runs due jobs with the [`JobHandler`] of their kind.
//!
//! A job runs under a lease. If its process ends in the middle of it, the job runs again; so a handler must do no harm
//! if it runs twice. The handler decides when it runs, not when it is scheduled: a reminder checks at that moment
//! whether the meeting still takes place.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::fault::{BoxFault, Class, Fault};
use crate::lease::Holder;

/// A job to schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// The kind of work: an open name, such as `reminder`. Workers with a handler of this name run the job.
    pub kind: String,
    /// The key. No two jobs of one kind have the same key, so the job runs once.
    pub key: String,
    /// The facts for the handler, in its own form (JSON, or a word). They may contain ids, but no names and addresses
    /// of people, because the list of jobs is not forgotten together with meetings.
    pub subject: String,
    /// When the job is to run.
    pub due: DateTime<Utc>,
    /// How long the key stays taken after the job has ended. Scheduling it again does nothing in this time.
    pub remember: Duration,
}

/// The result of [`Jobs::schedule`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduled {
    /// The job is new.
    Added,
    /// The job was waiting with another time or subject, and has the new ones now. Its attempts begin again.
    Replaced,
    /// The job is already waiting with this time and subject. Nothing was done.
    Unchanged,
    /// The job is running. Nothing was done, because its handler sees the present facts.
    Running,
    /// The job has run or failed, and is still remembered. Nothing was done.
    Over,
}

/// A job that this process may run until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The job's number.
    pub id: i64,
    /// The kind of work.
    pub kind: String,
    /// The key.
    pub key: String,
    /// The facts for the handler.
    pub subject: String,
    /// When the job was to run.
    pub due: DateTime<Utc>,
    /// How often the job was tried, with this time.
    pub attempts: u32,
    /// The holder of the lease.
    pub holder: Holder,
}

/// The result of a run of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// The work is done.
    Done,
    /// The run succeeded, and the job is to run again. Its attempts begin again.
    Again {
        /// When to run again.
        at: DateTime<Utc>,
    },
    /// The run failed, and the job is to be tried again.
    Retry {
        /// When to try again.
        at: DateTime<Utc>,
        /// The error, without data about people.
        error: String,
    },
    /// The job failed for good.
    Failed {
        /// The error, without data about people.
        error: String,
    },
}

/// The state of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// The job waits for its time, or for its next try.
    Waiting,
    /// A worker runs the job, under a lease.
    Running,
    /// The job has run.
    Done,
    /// The job was given up.
    Failed,
}

impl JobState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Running, Self::Done, Self::Failed];

    /// The state as one lowercase word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

impl std::str::FromStr for JobState {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| format!("{text:?} is no state of a job"))
    }
}

/// A job in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobEntry {
    /// The facts for the handler.
    pub subject: String,
    /// The time for which the job is, or was, scheduled.
    pub due: DateTime<Utc>,
    /// The state.
    pub state: JobState,
    /// How often the job was tried.
    pub attempts: u32,
    /// When the job is tried next, while it waits.
    pub next_attempt_at: DateTime<Utc>,
    /// The last error.
    pub last_error: Option<String>,
}

/// The jobs that a worker asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedJobs {
    /// The kinds that the worker has handlers for. Other kinds are left alone, because another worker may have their
    /// handlers.
    pub kinds: Vec<String>,
    /// The jobs that the worker is running. It must not claim them again when their leases end.
    pub running: Vec<i64>,
}

/// The durable list of jobs, shared by any number of processes.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Schedules a job, unless a job of the same kind and key is running or over. A waiting job gets the new time and
    /// the new subject, so that the reminder of a moved meeting moves too.
    ///
    /// # Errors
    /// When the list cannot be read or written.
    async fn schedule(&self, job: &NewJob) -> Result<Scheduled, BoxFault>;

    /// Removes a waiting job, and returns whether there was one. Its key is free again. A running job stays.
    ///
    /// # Errors
    /// When the list cannot be read or written.
    async fn cancel(&self, kind: &str, key: &str) -> Result<bool, BoxFault>;

    /// The job of this kind and key, if there is one.
    ///
    /// # Errors
    /// When the list cannot be read.
    async fn find(&self, kind: &str, key: &str) -> Result<Option<JobEntry>, BoxFault>;

    /// Claims due jobs, at most `limit`, under leases of this length. The jobs that have been due longest come first. A
    /// job whose process has ended, or whose lease has ended, is due again.
    ///
    /// # Errors
    /// When the list cannot be read or written.
    async fn claim(&self, wanted: &WantedJobs, limit: u32, lease: Duration) -> Result<Vec<Job>, BoxFault>;

    /// Extends the lease of a job to this long from now. Returns whether the lease is still held.
    ///
    /// # Errors
    /// When the list cannot be written.
    async fn renew(&self, job: &Job, lease: Duration) -> Result<bool, BoxFault>;

    /// Records the result of a run. Returns whether the lease was still held. If it was not, nothing is recorded,
    /// because another worker has the job.
    ///
    /// # Errors
    /// When the list cannot be written.
    async fn finish(&self, job: &Job, end: &JobEnd) -> Result<bool, BoxFault>;

    /// When the next job is due. The time is in the past if a job is due already. `None`: no job waits.
    ///
    /// # Errors
    /// When the list cannot be read.
    async fn next_due(&self, wanted: &WantedJobs) -> Result<Option<DateTime<Utc>>, BoxFault>;

    /// Deletes jobs that are over and need not be remembered any more. Returns their number.
    ///
    /// # Errors
    /// When the list cannot be written.
    async fn forget_over(&self) -> Result<u64, BoxFault>;

    /// Waits until a job may have been scheduled, but not longer than `at_most`.
    async fn wait(&self, at_most: Duration);
}

/// The success of a handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// The work is done, or is not needed any more.
    Finished,
    /// The job is to run again, at this time.
    Again(DateTime<Utc>),
}

/// Why a handler could not do its work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct JobError {
    words: String,
    is_temporary: bool,
}

impl JobError {
    /// A later try may succeed, so the job is tried again. The words are stored and shown to operators. They must not
    /// contain data about people.
    pub fn temporary(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_temporary: true,
        }
    }

    /// Another try would fail in the same way, so the job has failed. The words follow the rule of
    /// [`JobError::temporary`].
    pub fn permanent(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_temporary: false,
        }
    }

    /// The error of a fault: the request in words, and the kind of the fault. The fault's message is left out, because
    /// it could name people. Temporary faults are tried again.
    pub fn from_fault(doing: &str, fault: &dyn Fault) -> Self {
        Self {
            words: format!("{doing} failed: {}", fault.kind()),
            is_temporary: fault.class() == Class::Temporary,
        }
    }

    /// Whether the job is tried again.
    #[must_use]
    pub const fn is_temporary(&self) -> bool {
        self.is_temporary
    }
}

/// A handler for the jobs of one kind.
#[async_trait]
pub trait JobHandler: Send + Sync {
    /// The kind of the jobs.
    fn kind(&self) -> &str;

    /// The first job of a recurring kind. It is scheduled whenever a worker starts. `None`: other code schedules the
    /// jobs.
    fn first(&self, now: DateTime<Utc>) -> Option<NewJob> {
        let _ = now;
        None
    }

    /// Runs a job. It may run twice, because a process can end in the middle of it and a lease can be lost. The future
    /// may be dropped at any `await` when the worker stops; the job then waits for the next worker.
    ///
    /// # Errors
    /// [`JobError`], which is recorded. A panic ends the job too, but not the worker.
    async fn run(&self, job: &Job) -> Result<Done, JobError>;
}
