//! Due jobs, over several connections to one database.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::home::Home;
use crate::clock::Clock;
use crate::database::Database;
use crate::database::sql::query;
use crate::jobs::{Job, JobEnd, JobState, Jobs as _, NewJob, Scheduled, WantedJobs};

const MINUTE: Duration = Duration::from_secs(60);

fn wanted() -> WantedJobs {
    WantedJobs {
        kinds: vec!["sweep".to_owned(), "reminder".to_owned()],
        running: Vec::new(),
    }
}

fn reminder(key: &str, due: DateTime<Utc>) -> NewJob {
    NewJob {
        kind: "reminder".to_owned(),
        key: key.to_owned(),
        subject: r#"{"meeting":"kickoff"}"#.to_owned(),
        due,
        remember: MINUTE * 60,
    }
}

/// A database by a clock that stands.
async fn standing(home: &Home) -> (Database, Clock) {
    let whole_second = DateTime::from_timestamp(Utc::now().timestamp(), 0).unwrap();
    let clock = Clock::manual(whole_second);
    (home.open().await.with_clock(clock.clone()), clock)
}

async fn claim(database: &Database) -> Vec<Job> {
    database.claim(&wanted(), 10, MINUTE).await.unwrap()
}

async fn claim_one(database: &Database) -> Job {
    let mut jobs = claim(database).await;
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    jobs.remove(0)
}

async fn state(database: &Database, key: &str) -> Option<JobState> {
    let found = database.find("reminder", key).await.unwrap();
    found.map(|job| job.state)
}

pub(super) async fn of_many_that_claim_jobs_each_is_taken_by_one(home: &Home) {
    let (one, other) = (home.open().await, home.open().await);
    for number in 0..24 {
        let job = reminder(&number.to_string(), Utc::now() - TimeDelta::minutes(1));
        assert_eq!(one.schedule(&job).await.unwrap(), Scheduled::Added);
    }
    let mut running = tokio::task::JoinSet::new();
    for place in 0..8 {
        let database = if place % 2 == 0 {
            one.clone()
        } else {
            other.clone()
        };
        running.spawn(async move {
            let mut taken = Vec::new();
            loop {
                let jobs = database.claim(&wanted(), 2, MINUTE).await.unwrap();
                if jobs.is_empty() {
                    return taken;
                }
                taken.extend(jobs.into_iter().map(|job| job.key));
            }
        });
    }
    let taken: Vec<String> = running.join_all().await.into_iter().flatten().collect();
    assert_eq!(taken.iter().collect::<BTreeSet<_>>().len(), 24);
    assert_eq!(taken.len(), 24, "{taken:?}");
}

pub(super) async fn of_many_that_schedule_a_key_one_adds_it(home: &Home) {
    let (one, other) = (home.open().await, home.open().await);
    let job = reminder("kickoff", Utc::now());
    let mut running = tokio::task::JoinSet::new();
    for place in 0..8 {
        let (database, job) = (
            if place % 2 == 0 {
                one.clone()
            } else {
                other.clone()
            },
            job.clone(),
        );
        running.spawn(async move { database.schedule(&job).await.unwrap() });
    }
    let scheduled = running.join_all().await;
    let added = scheduled.iter().filter(|it| **it == Scheduled::Added);
    assert_eq!(added.count(), 1, "{scheduled:?}");
    assert_eq!(claim(&other).await.len(), 1);
}

pub(super) async fn a_key_happens_once_and_moves_while_it_waits(home: &Home) {
    let (database, clock) = standing(home).await;
    let schedule = async |job: &NewJob| database.schedule(job).await.unwrap();
    let later = clock.now() + TimeDelta::hours(3);
    let job = reminder("kickoff", later);
    assert_eq!(schedule(&job).await, Scheduled::Added);
    assert_eq!(schedule(&job).await, Scheduled::Unchanged);
    // Another kind has keys of its own.
    let sweep = NewJob {
        kind: "sweep".to_owned(),
        ..reminder("kickoff", later + TimeDelta::days(9))
    };
    assert_eq!(schedule(&sweep).await, Scheduled::Added);
    assert!(claim(&database).await.is_empty());
    assert_eq!(database.next_due(&wanted()).await.unwrap(), Some(later));

    let sooner = clock.now() + TimeDelta::hours(1);
    assert_eq!(schedule(&reminder("kickoff", sooner)).await, Scheduled::Replaced);
    clock.advance(TimeDelta::hours(1));
    let claimed = claim_one(&database).await;
    assert_eq!(
        (claimed.key.as_str(), claimed.due, claimed.attempts),
        ("kickoff", sooner, 1)
    );
    assert_eq!(claimed.subject, job.subject);
    assert_eq!(schedule(&job).await, Scheduled::Running);
    assert!(database.finish(&claimed, &JobEnd::Done).await.unwrap());
    assert_eq!(state(&database, "kickoff").await, Some(JobState::Done));
    // Nobody holds it any more.
    assert!(!database.finish(&claimed, &JobEnd::Done).await.unwrap());

    assert_eq!(schedule(&job).await, Scheduled::Over);
    assert_eq!(database.forget_over().await.unwrap(), 0);
    clock.advance(TimeDelta::minutes(59));
    assert_eq!(schedule(&job).await, Scheduled::Over);
    clock.advance(TimeDelta::minutes(1));
    assert_eq!(schedule(&job).await, Scheduled::Added);
}

pub(super) async fn a_job_that_waits_can_be_called_off(home: &Home) {
    let (database, clock) = standing(home).await;
    let job = reminder("kickoff", clock.now());
    assert!(!database.cancel("reminder", "kickoff").await.unwrap());
    database.schedule(&job).await.unwrap();
    assert!(!database.cancel("sweep", "kickoff").await.unwrap());
    assert!(database.cancel("reminder", "kickoff").await.unwrap());
    assert!(claim(&database).await.is_empty());
    assert_eq!(database.schedule(&job).await.unwrap(), Scheduled::Added);
    let claimed = claim_one(&database).await;
    assert!(!database.cancel("reminder", "kickoff").await.unwrap());
    assert!(database.finish(&claimed, &JobEnd::Done).await.unwrap());
    clock.advance(TimeDelta::hours(1));
    assert_eq!(database.forget_over().await.unwrap(), 1);
    assert_eq!(state(&database, "kickoff").await, None);
}

pub(super) async fn a_job_is_tried_again_or_has_failed(home: &Home) {
    let (database, clock) = standing(home).await;
    database
        .schedule(&reminder("kickoff", clock.now()))
        .await
        .unwrap();
    let due = clock.now();
    let find = async || database.find("reminder", "kickoff").await.unwrap().unwrap();
    for attempt in 1..=2 {
        let claimed = claim_one(&database).await;
        assert_eq!((claimed.attempts, claimed.due), (attempt, due));
        let at = clock.now() + TimeDelta::minutes(5);
        let error = format!("try {attempt} failed");
        let retry = JobEnd::Retry {
            at,
            error: error.clone(),
        };
        assert!(database.finish(&claimed, &retry).await.unwrap());
        let found = find().await;
        assert_eq!((found.state, found.next_attempt_at), (JobState::Waiting, at));
        assert_eq!((found.due, found.last_error), (due, Some(error)));
        clock.advance(TimeDelta::minutes(5) - TimeDelta::milliseconds(1));
        assert!(claim(&database).await.is_empty());
        clock.advance(TimeDelta::milliseconds(1));
    }
    let claimed = claim_one(&database).await;
    let at = clock.now() + TimeDelta::days(1);
    assert!(database.finish(&claimed, &JobEnd::Again { at }).await.unwrap());
    let found = find().await;
    assert_eq!((found.due, found.attempts, found.last_error), (at, 0, None));
    clock.advance(TimeDelta::days(1));
    let claimed = claim_one(&database).await;
    let failed = JobEnd::Failed {
        error: "no such meeting".to_owned(),
    };
    assert!(database.finish(&claimed, &failed).await.unwrap());
    assert_eq!(find().await.last_error.as_deref(), Some("no such meeting"));
    assert_eq!(database.next_due(&wanted()).await.unwrap(), None);
    let again = database
        .schedule(&reminder("kickoff", clock.now()))
        .await
        .unwrap();
    assert_eq!(again, Scheduled::Over);
}

#[cfg(target_os = "linux")]
pub(super) async fn jobs_of_a_killed_process_come_back_at_once(home: &Home) {
    let (database, clock) = standing(home).await;
    database
        .schedule(&reminder("kickoff", clock.now()))
        .await
        .unwrap();
    let mut lost = claim_one(&database).await;
    let until = clock.now() + TimeDelta::minutes(1);
    assert_eq!(database.next_due(&wanted()).await.unwrap(), Some(until));
    lost.holder = super::holders::ended_process();
    query("UPDATE job SET lease_holder = $1")
        .bind(lost.holder.as_str())
        .execute(&database.pool)
        .await
        .unwrap();
    assert_eq!(database.next_due(&wanted()).await.unwrap(), Some(clock.now()));
    let again = claim_one(&database).await;
    assert_eq!((again.id, again.attempts), (lost.id, 2));
    assert!(!database.renew(&lost, MINUTE).await.unwrap());
    assert!(!database.finish(&lost, &JobEnd::Done).await.unwrap());
    assert!(database.finish(&again, &JobEnd::Done).await.unwrap());
}

pub(super) async fn a_lease_lasts_as_long_as_it_is_renewed(home: &Home) {
    let (database, clock) = standing(home).await;
    database
        .schedule(&reminder("kickoff", clock.now()))
        .await
        .unwrap();
    let first = claim_one(&database).await;
    clock.advance(TimeDelta::seconds(40));
    assert!(database.renew(&first, MINUTE).await.unwrap());
    clock.advance(TimeDelta::seconds(40));
    assert!(claim(&database).await.is_empty());
    clock.advance(TimeDelta::seconds(40));
    // A worker does not take what it is running from itself.
    let own = WantedJobs {
        running: vec![first.id],
        ..wanted()
    };
    assert!(database.claim(&own, 10, MINUTE).await.unwrap().is_empty());
    assert_eq!(database.next_due(&own).await.unwrap(), None);
    let second = claim_one(&database).await;
    assert_eq!((second.id, second.attempts), (first.id, 2));
    assert!(!database.finish(&first, &JobEnd::Done).await.unwrap());
}

pub(super) async fn jobs_of_other_kinds_are_left_alone(home: &Home) {
    let (database, clock) = standing(home).await;
    let unknown = NewJob {
        kind: "of-a-newer-version".to_owned(),
        ..reminder("kickoff", clock.now())
    };
    database.schedule(&unknown).await.unwrap();
    assert_eq!(database.next_due(&wanted()).await.unwrap(), None);
    assert!(claim(&database).await.is_empty());
    let none = WantedJobs::default();
    assert_eq!(database.next_due(&none).await.unwrap(), None);
    assert!(database.claim(&none, 10, MINUTE).await.unwrap().is_empty());
    let found = database.find(&unknown.kind, "kickoff").await.unwrap().unwrap();
    assert_eq!((found.state, found.attempts), (JobState::Waiting, 0));
}
