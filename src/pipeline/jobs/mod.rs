//! Due jobs: runs them beside the mails of a worker. Forgetting meetings that are over is such a job.
//!
//! It uses the list of jobs and the handlers, and knows neither meetings nor mails.

mod due_jobs;
mod keeping;

pub(super) use due_jobs::DueJobs;
pub(super) use keeping::Keeping;
