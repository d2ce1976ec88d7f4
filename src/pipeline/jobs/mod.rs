//! Due jobs: runs them beside the mails of a worker. Retention is such a job.
//!
//! This room uses the list of jobs and the handlers. It knows neither meetings nor mails.

mod due_jobs;
mod keeping;

pub(super) use due_jobs::DueJobs;
pub(super) use keeping::Keeping;
