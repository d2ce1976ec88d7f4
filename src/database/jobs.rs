//! Due work: the port [`Jobs`].

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::bell::Ear;
use super::connections::Transaction;
use super::rows::Named;
use super::sql::{Query, Row, query, query_in_words};
use super::{Database, DatabaseError, Subject};
use crate::fault::BoxFault;
use crate::jobs::{Job, JobEnd, JobEntry, JobState, Jobs, NewJob, Scheduled, WantedJobs};
use crate::lease::Holder;

/// Nothing is remembered for longer than 100 years, in milliseconds: later times would not fit into the column.
const LONGEST_SPAN: i64 = 100 * 366 * 24 * 3_600 * 1_000;

/// Milliseconds, as the table has spans.
fn span(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).map_or(LONGEST_SPAN, |span| span.min(LONGEST_SPAN))
}

/// `$first, $first+1, …` for so many values.
fn places(first: usize, count: usize) -> String {
    let places: Vec<String> = (first..first + count).map(|place| format!("${place}")).collect();
    places.join(", ")
}

/// Selects the leases of running jobs.
macro_rules! leases {
    () => {
        "SELECT id, lease_holder, coalesce(lease_until, 0) AS until FROM job WHERE state = 'running'"
    };
}

/// The lease of one job, if it is running.
fn lease_of<'q>(kind: &'q str, key: &'q str) -> Query<'q> {
    query(concat!(leases!(), " AND kind = $1 AND key = $2"))
        .bind(kind)
        .bind(key)
}

/// The values `$1` to `$5` of a statement that writes a job.
fn bind_job<'q>(job: &'q NewJob, due: i64, statement: Query<'q>) -> Query<'q> {
    statement
        .bind(&job.kind)
        .bind(&job.key)
        .bind(&job.subject)
        .bind(due)
        .bind(span(job.remember))
}

/// A lease on a job.
struct Lease {
    job: i64,
    holder: Option<String>,
    until: i64,
}

impl Lease {
    /// Whether no process holds the job any more.
    fn is_over(&self, now: i64) -> bool {
        let is_gone = |holder: &String| Holder::from_stored(holder.clone()).is_gone();
        self.until <= now || self.holder.as_ref().is_none_or(is_gone)
    }
}

impl Database {
    fn job_leases(&self, rows: &[Row], doing: &str) -> Result<Vec<Lease>, DatabaseError> {
        let read = |row: &Row| -> Result<Lease, sqlx::Error> {
            Ok(Lease {
                job: row.get("id")?,
                holder: row.get("lease_holder")?,
                until: row.get("until")?,
            })
        };
        let leases: Result<_, _> = rows.iter().map(read).collect();
        leases.map_err(self.explain(doing))
    }

    /// Puts running jobs that `select` finds back to waiting if their process has ended or their lease has run out. Jobs
    /// in `running` are left alone.
    async fn free_jobs(
        &self,
        tx: &mut Transaction,
        select: Query<'_>,
        running: &[i64],
        doing: &str,
    ) -> Result<(), DatabaseError> {
        let rows = select.fetch_all(&mut *tx).await.map_err(self.explain(doing))?;
        let now = self.clock.now();
        for lease in self.job_leases(&rows, doing)? {
            if running.contains(&lease.job) || !lease.is_over(now) {
                continue;
            }
            query(
                "UPDATE job SET state = 'waiting', lease_holder = NULL, lease_until = NULL,
                     last_error = 'the worker that ran it ended, or lost its lease'
                 WHERE id = $1 AND state = 'running' AND lease_holder IS NOT DISTINCT FROM $2
                   AND coalesce(lease_until, 0) = $3",
            )
            .bind(lease.job)
            .bind(lease.holder)
            .bind(lease.until)
            .execute(&mut *tx)
            .await
            .map_err(self.explain(doing))?;
        }
        Ok(())
    }

    async fn schedule_job(&self, job: &NewJob) -> Result<Scheduled, DatabaseError> {
        let doing = "scheduling a job";
        let mut tx = self.write(&Subject::Job(&job.kind, &job.key), doing).await?;
        self.free_jobs(&mut tx, lease_of(&job.kind, &job.key), &[], doing)
            .await?;
        let now = self.clock.now();
        let due = self.clock.stored(job.due);
        query("DELETE FROM job WHERE kind = $1 AND key = $2 AND forget_at <= $3")
            .bind(&job.kind)
            .bind(&job.key)
            .bind(now)
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        let added = bind_job(
            job,
            due,
            query(
                "INSERT INTO job (kind, key, subject, state, due_at, next_attempt_at, remember, created_at)
             VALUES ($1, $2, $3, 'waiting', $4, $4, $5, $6) ON CONFLICT (kind, key) DO NOTHING",
            ),
        )
        .bind(now)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        let scheduled = if added > 0 {
            Scheduled::Added
        } else {
            let replaced = bind_job(job, due, query(
                "UPDATE job SET subject = $3, due_at = $4, next_attempt_at = $4, remember = $5, attempts = 0,
                     last_error = NULL
                 WHERE kind = $1 AND key = $2 AND state = 'waiting' AND (due_at <> $4 OR subject <> $3)",
            ))
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
            match replaced {
                0 => self.left_alone(&mut tx, job, doing).await?,
                _ => Scheduled::Replaced,
            }
        };
        if matches!(scheduled, Scheduled::Added | Scheduled::Replaced) {
            tx.wake_workers().await.map_err(self.explain(doing))?;
        }
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(scheduled)
    }

    /// Why a job that is there already was left as it is.
    async fn left_alone(
        &self,
        tx: &mut Transaction,
        job: &NewJob,
        doing: &str,
    ) -> Result<Scheduled, DatabaseError> {
        let row = query("SELECT state FROM job WHERE kind = $1 AND key = $2")
            .bind(&job.kind)
            .bind(&job.key)
            .fetch_optional(tx)
            .await
            .map_err(self.explain(doing))?;
        let state = row.map(|row| self.named_job(&row, &job.kind, &job.key).parse("state"));
        Ok(match state.transpose()? {
            Some(JobState::Waiting) => Scheduled::Unchanged,
            Some(JobState::Running) => Scheduled::Running,
            // Without a row it has ended just now, and was not to be remembered.
            Some(JobState::Done | JobState::Failed) | None => Scheduled::Over,
        })
    }

    fn named_job<'a>(&'a self, row: &'a Row, kind: &str, key: &str) -> Named<'a> {
        Named {
            database: self,
            row,
            what: format!("the job {kind} {key:?}"),
        }
    }

    async fn cancel_job(&self, kind: &str, key: &str) -> Result<bool, DatabaseError> {
        let doing = "calling off a job";
        let mut tx = self.write(&Subject::Job(kind, key), doing).await?;
        self.free_jobs(&mut tx, lease_of(kind, key), &[], doing).await?;
        let cancelled = query("DELETE FROM job WHERE kind = $1 AND key = $2 AND state = 'waiting'")
            .bind(kind)
            .bind(key)
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(cancelled > 0)
    }

    async fn find_job(&self, kind: &str, key: &str) -> Result<Option<JobEntry>, DatabaseError> {
        let row = query(
            "SELECT subject, due_at, state, attempts, next_attempt_at, last_error FROM job
             WHERE kind = $1 AND key = $2",
        )
        .bind(kind)
        .bind(key)
        .fetch_optional(&self.pool)
        .await
        .map_err(self.explain("looking for a job"))?;
        let entry = row.map(|row| {
            let row = self.named_job(&row, kind, key);
            Ok(JobEntry {
                subject: row.get("subject")?,
                due: self.job_time(&row, "due_at")?,
                state: row.parse("state")?,
                attempts: row.number("attempts")?,
                next_attempt_at: self.job_time(&row, "next_attempt_at")?,
                last_error: row.get("last_error")?,
            })
        });
        entry.transpose()
    }

    /// A time of a job by this process's clock.
    fn job_time(&self, row: &Named<'_>, column: &str) -> Result<DateTime<Utc>, DatabaseError> {
        let stored: i64 = row.get(column)?;
        self.clock
            .local(stored)
            .ok_or_else(|| row.invalid(format!("{column} is not an instant")))
    }

    async fn claim_jobs(
        &self,
        wanted: &WantedJobs,
        limit: u32,
        lease: Duration,
    ) -> Result<Vec<Job>, DatabaseError> {
        let doing = "taking due jobs";
        if wanted.kinds.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.write_rows(doing).await?;
        let all = query(concat!(leases!(), " ORDER BY id"));
        self.free_jobs(&mut tx, all, &wanted.running, doing).await?;
        let holder = Holder::new();
        let mut update = query_in_words(format!(
            "UPDATE job SET state = 'running', attempts = attempts + 1, lease_holder = $1, lease_until = $2
             WHERE id IN (SELECT id FROM job
                          WHERE state = 'waiting' AND next_attempt_at <= $3 AND kind IN ({})
                          ORDER BY next_attempt_at, id LIMIT $4 {})
             RETURNING id, kind, key, subject, due_at, attempts",
            places(5, wanted.kinds.len()),
            self.pool.dialect().for_update_of_free()
        ))
        .bind(holder.as_str())
        .bind(self.clock.lease_end(lease))
        .bind(self.clock.now())
        .bind(limit);
        for kind in &wanted.kinds {
            update = update.bind(kind);
        }
        let rows = update.fetch_all(&mut tx).await.map_err(self.explain(doing))?;
        let read = |row: &Row| {
            let row = Named {
                database: self,
                row,
                what: "a job".to_owned(),
            };
            Ok(Job {
                id: row.get("id")?,
                kind: row.get("kind")?,
                key: row.get("key")?,
                subject: row.get("subject")?,
                due: self.job_time(&row, "due_at")?,
                attempts: row.number("attempts")?,
                holder: holder.clone(),
            })
        };
        let jobs: Result<Vec<Job>, DatabaseError> = rows.iter().map(read).collect();
        let mut jobs = jobs?;
        tx.commit().await.map_err(self.explain(doing))?;
        jobs.sort_by_key(|job| (job.due, job.id));
        Ok(jobs)
    }

    async fn renew_job(&self, job: &Job, lease: Duration) -> Result<bool, DatabaseError> {
        let renewed = query(
            "UPDATE job SET lease_until = $3 WHERE id = $1 AND state = 'running' AND lease_holder = $2",
        )
        .bind(job.id)
        .bind(job.holder.as_str())
        .bind(self.clock.lease_end(lease))
        .execute(&self.pool)
        .await
        .map_err(self.explain("renewing the lease of a job"))?;
        Ok(renewed > 0)
    }

    async fn finish_job(&self, job: &Job, end: &JobEnd) -> Result<bool, DatabaseError> {
        let update = match end {
            JobEnd::Done => query(
                "UPDATE job SET state = 'done', last_error = NULL, forget_at = $3 + remember,
                     lease_holder = NULL, lease_until = NULL
                 WHERE id = $1 AND state = 'running' AND lease_holder = $2",
            ),
            JobEnd::Failed { .. } => query(
                "UPDATE job SET state = 'failed', last_error = $4, forget_at = $3 + remember,
                     lease_holder = NULL, lease_until = NULL
                 WHERE id = $1 AND state = 'running' AND lease_holder = $2",
            ),
            JobEnd::Again { .. } => query(
                "UPDATE job SET state = 'waiting', due_at = $3, next_attempt_at = $3, attempts = 0, last_error = NULL,
                     lease_holder = NULL, lease_until = NULL
                 WHERE id = $1 AND state = 'running' AND lease_holder = $2",
            ),
            JobEnd::Retry { .. } => query(
                "UPDATE job SET state = 'waiting', next_attempt_at = $3, last_error = $4,
                     lease_holder = NULL, lease_until = NULL
                 WHERE id = $1 AND state = 'running' AND lease_holder = $2",
            ),
        };
        let update = update.bind(job.id).bind(job.holder.as_str());
        let update = match end {
            JobEnd::Done => update.bind(self.clock.now()),
            JobEnd::Failed { error } => update.bind(self.clock.now()).bind(error),
            JobEnd::Again { at } => update.bind(self.clock.stored(*at)),
            JobEnd::Retry { at, error } => update.bind(self.clock.stored(*at)).bind(error),
        };
        let finished = update
            .execute(&self.pool)
            .await
            .map_err(self.explain("recording how a job ended"))?;
        Ok(finished > 0)
    }

    async fn next_due_job(&self, wanted: &WantedJobs) -> Result<Option<DateTime<Utc>>, DatabaseError> {
        let doing = "looking for the next job";
        if wanted.kinds.is_empty() {
            return Ok(None);
        }
        let kinds = places(1, wanted.kinds.len());
        let of_kinds = |words: String| {
            wanted
                .kinds
                .iter()
                .fold(query_in_words(words), |query, kind| query.bind(kind))
        };
        let next = of_kinds(format!(
            "SELECT min(next_attempt_at) FROM job WHERE state = 'waiting' AND kind IN ({kinds})"
        ));
        let row = next.fetch_one(&self.pool).await.map_err(self.explain(doing))?;
        let next: Option<i64> = row.only().map_err(self.explain(doing))?;
        let running = of_kinds(format!(concat!(leases!(), " AND kind IN ({})"), kinds));
        let rows = running.fetch_all(&self.pool).await.map_err(self.explain(doing))?;
        let now = self.clock.now();
        let of_others = self.job_leases(&rows, doing)?.into_iter();
        let frees = of_others
            .filter(|lease| !wanted.running.contains(&lease.job))
            .map(|lease| match lease.is_over(now) {
                true => now,
                false => lease.until,
            });
        Ok(frees.chain(next).min().and_then(|next| self.clock.local(next)))
    }
}

#[async_trait]
impl Jobs for Database {
    async fn schedule(&self, job: &NewJob) -> Result<Scheduled, BoxFault> {
        Ok(self.schedule_job(job).await?)
    }

    async fn cancel(&self, kind: &str, key: &str) -> Result<bool, BoxFault> {
        Ok(self.cancel_job(kind, key).await?)
    }

    async fn find(&self, kind: &str, key: &str) -> Result<Option<JobEntry>, BoxFault> {
        Ok(self.find_job(kind, key).await?)
    }

    async fn claim(&self, wanted: &WantedJobs, limit: u32, lease: Duration) -> Result<Vec<Job>, BoxFault> {
        Ok(self.claim_jobs(wanted, limit, lease).await?)
    }

    async fn renew(&self, job: &Job, lease: Duration) -> Result<bool, BoxFault> {
        Ok(self.renew_job(job, lease).await?)
    }

    async fn finish(&self, job: &Job, end: &JobEnd) -> Result<bool, BoxFault> {
        Ok(self.finish_job(job, end).await?)
    }

    async fn next_due(&self, wanted: &WantedJobs) -> Result<Option<DateTime<Utc>>, BoxFault> {
        Ok(self.next_due_job(wanted).await?)
    }

    async fn forget_over(&self) -> Result<u64, BoxFault> {
        let forgotten = query("DELETE FROM job WHERE forget_at <= $1")
            .bind(self.clock.now())
            .execute(&self.pool)
            .await
            .map_err(self.explain("forgetting jobs that are over"))?;
        Ok(forgotten)
    }

    async fn wait(&self, at_most: Duration) {
        self.bell.wait(Ear::Jobs, at_most).await;
    }
}
