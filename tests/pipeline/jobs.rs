//! Due jobs run beside the mails of a worker, by a clock that the test moves.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use invite::chance::Chance;
use invite::fault::BoxFault;
use invite::jobs::{Done, Job, JobEntry, JobError, JobHandler, JobState, Jobs, NewJob, Scheduled};
use invite::mail::{Forgotten, Retention};
use invite::pipeline::{Pipeline, SendOptions};

use crate::stage::{Stage, kickoff};

const DAY: Duration = Duration::from_secs(86_400);

type Does = Box<dyn Fn(&Job) -> Result<Done, JobError> + Send + Sync>;

/// Notes the keys of the jobs that it was given, and does as it is told.
struct Noting {
    keys: Mutex<Vec<String>>,
    does: Does,
}

impl Noting {
    fn that(does: impl Fn(&Job) -> Result<Done, JobError> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self {
            keys: Mutex::default(),
            does: Box::new(does),
        })
    }

    fn that_is_content() -> Arc<Self> {
        Self::that(|_| Ok(Done::Finished))
    }

    fn keys(&self) -> Vec<String> {
        self.keys.lock().unwrap().clone()
    }
}

#[async_trait]
impl JobHandler for Noting {
    fn kind(&self) -> &str {
        "note"
    }

    async fn run(&self, job: &Job) -> Result<Done, JobError> {
        self.keys.lock().unwrap().push(job.key.clone());
        (self.does)(job)
    }
}

fn job(key: &str, due: DateTime<Utc>) -> NewJob {
    NewJob {
        kind: "note".to_owned(),
        key: key.to_owned(),
        subject: String::new(),
        due,
        remember: DAY,
    }
}

async fn schedule(stage: &Stage, job: &NewJob) -> Scheduled {
    stage.database.schedule(job).await.unwrap()
}

async fn found(stage: &Stage, key: &str) -> JobEntry {
    let found = Jobs::find(&stage.database, "note", key).await.unwrap();
    found.unwrap()
}

fn pipeline(stage: &Stage, handler: &Arc<Noting>) -> Pipeline {
    let handler: Arc<Noting> = Arc::clone(handler);
    stage.builder().job_handler(handler).build().unwrap()
}

/// Waits until it is so; what it waits for comes by itself.
async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..4_000 {
        if is_so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("in 20 seconds it did not happen that {what}");
}

/// A worker that runs until it is stopped.
struct Working {
    task: tokio::task::JoinHandle<()>,
    stop: Arc<AtomicBool>,
}

impl Working {
    fn with(stage: &Stage, handler: Arc<dyn JobHandler>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let builder = stage.builder().job_handler(handler);
        let pipeline = builder.stop(Arc::clone(&stop)).build().unwrap();
        let task = tokio::spawn(async move {
            pipeline.work(false).await.unwrap();
        });
        Self { task, stop }
    }

    async fn stop(self) {
        assert!(!self.task.is_finished(), "the worker has ended by itself");
        self.stop.store(true, Ordering::Relaxed);
        self.task.await.unwrap();
    }
}

#[tokio::test]
async fn a_job_runs_when_its_hours_have_passed() {
    let stage = Stage::standing().await;
    let handler = Noting::that_is_content();
    schedule(&stage, &job("later", stage.clock.now() + TimeDelta::hours(3))).await;
    stage.clock.advance(TimeDelta::minutes(179));
    pipeline(&stage, &handler).work(true).await.unwrap();
    assert!(handler.keys().is_empty());
    // A worker that waits sees the clock move.
    let working = Working::with(&stage, Arc::clone(&handler) as _);
    stage.clock.advance(TimeDelta::minutes(1));
    until("it ran", || handler.keys() == ["later"]).await;
    working.stop().await;
    assert_eq!(found(&stage, "later").await.state, JobState::Done);
}

#[tokio::test]
async fn a_job_that_is_scheduled_twice_runs_once() {
    let stage = Stage::standing().await;
    let handler = Noting::that_is_content();
    let now = stage.clock.now();
    assert_eq!(schedule(&stage, &job("once", now)).await, Scheduled::Added);
    assert_eq!(schedule(&stage, &job("once", now)).await, Scheduled::Unchanged);
    let other = stage.second_handle().await;
    let builder = stage.without_zoom(&other).job_handler(Arc::clone(&handler) as _);
    let (one, other) = (pipeline(&stage, &handler), builder.build().unwrap());
    let (one, other) = tokio::join!(one.work(true), other.work(true));
    one.unwrap();
    other.unwrap();
    assert_eq!(schedule(&stage, &job("once", now)).await, Scheduled::Over);
    pipeline(&stage, &handler).work(true).await.unwrap();
    assert_eq!(handler.keys(), ["once"]);
}

#[tokio::test]
async fn a_handler_that_panics_ends_its_job_and_no_worker() {
    let stage = Stage::standing().await;
    let handler = Noting::that(|job| match job.key.as_str() {
        "bad" => panic!("lee@client.example is not to be in the list of jobs"),
        _ => Ok(Done::Finished),
    });
    schedule(&stage, &job("bad", stage.clock.now())).await;
    let working = Working::with(&stage, Arc::clone(&handler) as _);
    until("the bad one ran", || handler.keys() == ["bad"]).await;
    schedule(&stage, &job("good", stage.clock.now())).await;
    until("the good one ran", || handler.keys() == ["bad", "good"]).await;
    working.stop().await;
    let bad = found(&stage, "bad").await;
    assert_eq!(bad.state, JobState::Failed);
    assert_eq!(bad.last_error.as_deref(), Some("its handler panicked"));
    assert_eq!(found(&stage, "good").await.state, JobState::Done);
}

#[tokio::test]
async fn errors_are_tried_again_after_growing_pauses_and_not_for_ever() {
    let stage = Stage::standing().await;
    let handler = Noting::that(|job| match job.key.as_str() {
        "hopeless" => Err(JobError::permanent("there is no such meeting")),
        _ => Err(JobError::temporary("the CRM did not answer")),
    });
    let builder = stage.builder().job_handler(Arc::clone(&handler) as _);
    let pipeline = builder.chance(Chance::seeded(7)).build().unwrap();
    schedule(&stage, &job("hopeless", stage.clock.now())).await;
    pipeline.work(true).await.unwrap();
    let hopeless = found(&stage, "hopeless").await;
    assert_eq!((hopeless.state, hopeless.attempts), (JobState::Failed, 1));

    schedule(&stage, &job("unlucky", stage.clock.now())).await;
    let mut minutes = 1.0;
    for attempt in 1..16 {
        pipeline.work(true).await.unwrap();
        let unlucky = found(&stage, "unlucky").await;
        assert_eq!((unlucky.state, unlucky.attempts), (JobState::Waiting, attempt));
        assert_eq!(unlucky.last_error.as_deref(), Some("the CRM did not answer"));
        let pause = unlucky.next_attempt_at - stage.clock.now();
        let expected = 60.0 * minutes;
        let seconds = pause.as_seconds_f64();
        assert!(
            (expected * 0.89..expected * 1.11).contains(&seconds),
            "{attempt}: {pause}"
        );
        minutes = f64::min(minutes * 2.0, 60.0);
        stage.clock.set(unlucky.next_attempt_at);
    }
    pipeline.work(true).await.unwrap();
    let unlucky = found(&stage, "unlucky").await;
    assert_eq!((unlucky.state, unlucky.attempts), (JobState::Failed, 16));
}

#[tokio::test]
async fn a_job_without_a_handler_is_left_alone() {
    let stage = Stage::standing().await;
    let unknown = NewJob {
        kind: "of-a-newer-version".to_owned(),
        ..job("kickoff", stage.clock.now())
    };
    schedule(&stage, &unknown).await;
    let handler = Noting::that_is_content();
    pipeline(&stage, &handler).work(true).await.unwrap();
    stage.pipeline().work(true).await.unwrap();
    let left = Jobs::find(&stage.database, &unknown.kind, "kickoff")
        .await
        .unwrap();
    let left = left.unwrap();
    assert_eq!((left.state, left.attempts), (JobState::Waiting, 0));
}

/// Queues the invitations of the kick-off.
struct Inviting(Pipeline);

#[async_trait]
impl JobHandler for Inviting {
    fn kind(&self) -> &str {
        "note"
    }

    async fn run(&self, _job: &Job) -> Result<Done, JobError> {
        let options = SendOptions {
            queue_only: true,
            ..SendOptions::default()
        };
        let sent = self.0.send(&kickoff(), &options).await;
        sent.map_err(|error| JobError::from_fault("inviting", &error))?;
        Ok(Done::Finished)
    }
}

#[tokio::test]
async fn what_a_job_queues_is_delivered_before_a_worker_that_drains_ends() {
    let stage = Stage::standing().await;
    schedule(&stage, &job("invite", stage.clock.now())).await;
    let inviting = Arc::new(Inviting(stage.pipeline()));
    let pipeline = stage.builder().job_handler(inviting).build().unwrap();
    pipeline.work(true).await.unwrap();
    assert_eq!(stage.post.letters().len(), 3);
}

/// Does not come to an end.
struct Endless(AtomicUsize);

#[async_trait]
impl JobHandler for Endless {
    fn kind(&self) -> &str {
        "note"
    }

    async fn run(&self, _job: &Job) -> Result<Done, JobError> {
        self.0.fetch_add(1, Ordering::Relaxed);
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_job_that_a_stop_cuts_off_is_for_the_next_worker() {
    let stage = Stage::standing().await;
    let due = stage.clock.now() - TimeDelta::minutes(5);
    schedule(&stage, &job("long", due)).await;
    let endless = Arc::new(Endless(AtomicUsize::new(0)));
    let working = Working::with(&stage, Arc::clone(&endless) as _);
    until("it began", || endless.0.load(Ordering::Relaxed) == 1).await;
    // Hours that pass meanwhile do not let the worker take it from itself.
    stage.clock.advance(TimeDelta::hours(5));
    working.stop().await;
    assert_eq!(endless.0.load(Ordering::Relaxed), 1);
    let long = found(&stage, "long").await;
    assert_eq!((long.state, long.due, long.attempts), (JobState::Waiting, due, 0));
    let handler = Noting::that_is_content();
    pipeline(&stage, &handler).work(true).await.unwrap();
    assert_eq!(handler.keys(), ["long"]);
}

/// Counts how often it is asked to forget.
#[derive(Default)]
struct Counting(AtomicUsize);

#[async_trait]
impl Retention for Counting {
    async fn forget(&self, _before: DateTime<Utc>, _dry_run: bool) -> Result<Forgotten, BoxFault> {
        self.0.fetch_add(1, Ordering::Relaxed);
        Ok(Forgotten::default())
    }
}

#[tokio::test]
async fn of_two_workers_one_forgets_and_once_a_day() {
    let stage = Stage::standing().await;
    let counting = Arc::new(Counting::default());
    let other = stage.second_handle().await;
    let working = |keep: u32| {
        let keeping = |database| {
            let builder = stage.without_zoom(database).keep(DAY * keep);
            builder.retention(Arc::clone(&counting) as _).build().unwrap()
        };
        let (one, other) = (keeping(&stage.database), keeping(&other));
        async move {
            let (one, other) = tokio::join!(one.work(true), other.work(true));
            one.unwrap();
            other.unwrap();
        }
    };
    for day in 1..=3 {
        working(180).await;
        working(180).await;
        assert_eq!(counting.0.load(Ordering::Relaxed), day);
        stage.clock.advance(TimeDelta::days(1));
    }
    // A worker that keeps for less does not wait for the next day, and leaves the job of the other span alone.
    working(180).await;
    working(90).await;
    assert_eq!(counting.0.load(Ordering::Relaxed), 5);
    stage.clock.advance(TimeDelta::days(1));
    working(90).await;
    assert_eq!(counting.0.load(Ordering::Relaxed), 6);
}
