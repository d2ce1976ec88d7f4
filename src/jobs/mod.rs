//! Due work: the durable list of jobs that are to run once, at a time of their own.
//!
//! A job has a *kind*, which says what is to be done, and a *key*, which says for what. A kind and a key together happen
//! once: [`Jobs::schedule`] tells what it did about a job that is there already. A worker
//! ([`Pipeline::work`](crate::pipeline::Pipeline::work)) runs what is due by the [`JobHandler`] of its kind.
//!
//! A job runs under a lease. When its process ends amid it, it comes back and runs again; so a handler must do no harm when
//! it is run twice. And it decides when it runs, not when it is scheduled: a reminder looks then whether the meeting still
//! takes place.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::fault::{BoxFault, Class, Fault};
use crate::lease::Holder;

/// A job to schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// What is to be done: an open name, such as `retention`. Workers that have a handler of this name run it.
    pub kind: String,
    /// What makes it happen once: of one kind, no two jobs have the same key.
    pub key: String,
    /// What the handler needs to know, in its own form (JSON, or a word). Ids belong here; names and addresses of people
    /// do not, because the list of jobs is not forgotten with their meetings.
    pub subject: String,
    /// When it is to run.
    pub due: DateTime<Utc>,
    /// How long after its end the key stays taken, so that scheduling it again does nothing.
    pub remember: Duration,
}

/// What [`Jobs::schedule`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheduled {
    /// The job is new.
    Added,
    /// It waited with another time or another subject, and has these now. Its attempts begin anew.
    Replaced,
    /// It waits as it is wanted; nothing was done.
    Unchanged,
    /// It is running; nothing was done. Its handler sees what there is now.
    Running,
    /// It has run, or has failed, and is still remembered; nothing was done.
    Over,
}

/// A job that is ours to run until the lease runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its number.
    pub id: i64,
    /// What is to be done.
    pub kind: String,
    /// What makes it happen once.
    pub key: String,
    /// What it is about.
    pub subject: String,
    /// When it was to run.
    pub due: DateTime<Utc>,
    /// How often it was tried, this time among them.
    pub attempts: u32,
    /// The holder of the lease.
    pub holder: Holder,
}

/// How a run of a job ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobEnd {
    /// It is done.
    Done,
    /// It went well, and is to run again. Its attempts begin anew.
    Again {
        /// When.
        at: DateTime<Utc>,
    },
    /// It is to be tried again.
    Retry {
        /// When.
        at: DateTime<Utc>,
        /// What went wrong, without data about people.
        error: String,
    },
    /// It is over without having been done.
    Failed {
        /// What went wrong, without data about people.
        error: String,
    },
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JobState {
    /// It waits for its time, or for its next try.
    Waiting,
    /// A worker runs it, under a lease.
    Running,
    /// It has run.
    Done,
    /// It was given up.
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

/// A job as the list has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobEntry {
    /// What it is about.
    pub subject: String,
    /// When it is, or was, to run.
    pub due: DateTime<Utc>,
    /// Where it stands.
    pub state: JobState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub next_attempt_at: DateTime<Utc>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

/// Which jobs a worker asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WantedJobs {
    /// Of these kinds. Jobs of other kinds are left alone: another worker may have a handler for them.
    pub kinds: Vec<String>,
    /// But for these, which the worker is running: it does not take them from itself when their leases run out.
    pub running: Vec<i64>,
}

/// The durable list of jobs, shared by any number of processes.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Puts a job into the list, unless there is one of the same kind and key that is running or over. One that waits
    /// gets the new time and the new subject: a meeting that was moved takes its reminder with it.
    ///
    /// # Errors
    /// When the list cannot be read or written.
    async fn schedule(&self, job: &NewJob) -> Result<Scheduled, BoxFault>;

    /// Takes a job that waits out of the list; answers whether there was one. Its key is free again. A job that is running
    /// stays.
    ///
    /// # Errors
    /// When the list cannot be read or written.
    async fn cancel(&self, kind: &str, key: &str) -> Result<bool, BoxFault>;

    /// The job of this kind and key, if there is one.
    ///
    /// # Errors
    /// When the list cannot be read.
    async fn find(&self, kind: &str, key: &str) -> Result<Option<JobEntry>, BoxFault>;

    /// Takes due jobs, `limit` at most, under leases of this length: those that are due longest first. Jobs whose process
    /// has ended, or whose lease has run out, are due again.
    ///
    /// # Errors
    /// When the list cannot be read or written.
    async fn claim(&self, wanted: &WantedJobs, limit: u32, lease: Duration) -> Result<Vec<Job>, BoxFault>;

    /// Makes the lease of a job last this long from now; answers whether it is still held.
    ///
    /// # Errors
    /// When the list cannot be written.
    async fn renew(&self, job: &Job, lease: Duration) -> Result<bool, BoxFault>;

    /// Records how a run ended; answers whether the lease was still held. If it was not, nothing is recorded: another
    /// worker has the job.
    ///
    /// # Errors
    /// When the list cannot be written.
    async fn finish(&self, job: &Job, end: &JobEnd) -> Result<bool, BoxFault>;

    /// When the next job is due; in the past when one is due already. `None`: none waits.
    ///
    /// # Errors
    /// When the list cannot be read.
    async fn next_due(&self, wanted: &WantedJobs) -> Result<Option<DateTime<Utc>>, BoxFault>;

    /// Deletes jobs that are over and need not be remembered any more; answers how many.
    ///
    /// # Errors
    /// When the list cannot be written.
    async fn forget_over(&self) -> Result<u64, BoxFault>;

    /// Waits until a job may have been scheduled, but not longer than `at_most`.
    async fn wait(&self, at_most: Duration);
}

/// How a handler ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// What was to be done is done, or need not be done any more.
    Finished,
    /// The job is to run again, at this time.
    Again(DateTime<Utc>),
}

/// Why a handler could not do its job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{words}")]
pub struct JobError {
    words: String,
    is_temporary: bool,
}

impl JobError {
    /// It may go well later: the job is tried again. The words are kept and shown to operators; they must not have data
    /// about people.
    pub fn temporary(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_temporary: true,
        }
    }

    /// Another try would end the same way: the job has failed. The words are as of [`JobError::temporary`].
    pub fn permanent(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_temporary: false,
        }
    }

    /// What was being done, and the kind of the fault that came in the way: its message could name people. Temporary
    /// faults are tried again.
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

/// Does the jobs of one kind.
#[async_trait]
pub trait JobHandler: Send + Sync {
    /// The kind of its jobs.
    fn kind(&self) -> &str;

    /// The job with which a recurring kind begins; scheduled whenever a worker starts. `None`: others schedule them.
    fn first(&self, now: DateTime<Utc>) -> Option<NewJob> {
        let _ = now;
        None
    }

    /// Does a job. It may run twice, when a process ended amid it or a lease was lost. It can be dropped at any `await`:
    /// when the worker is to stop or ends, the job waits for the next worker.
    ///
    /// # Errors
    /// [`JobError`], which is recorded. A panic ends the job, too, and not the worker.
    async fn run(&self, job: &Job) -> Result<Done, JobError>;
}
