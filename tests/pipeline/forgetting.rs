//! What is over is forgotten, and a meeting that is planned again goes on where it was.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use invite::fault::{BoxFault, Fault as _};
use invite::imip::{Answer, AnswerKind};
use invite::mail::{Forgotten, Outbox as _, Purpose, Retention};
use invite::meeting::{Acceptance, MeetingStatus, PersonId, When};
use invite::pipeline::{AnswerOutcome, Pipeline, PipelineError};
use invite::testing::StubFate;

use crate::stage::{INVITEES, LEE, Stage, kickoff, on_the_day};

const DAY: Duration = Duration::from_secs(86_400);

/// A stage on which the kick-off was sent twice, and is over for half a year.
async fn half_a_year_later() -> (Stage, String) {
    let stage = Stage::standing().await;
    let tomorrow = stage.clock.now() + TimeDelta::days(1);
    for length in [30, 60] {
        let end = tomorrow + TimeDelta::minutes(length);
        stage
            .edit(|meeting| meeting.when = When::timed(tomorrow, end).unwrap())
            .await;
        let report = stage.send().await;
        assert_eq!(report.sent, 3, "{report:?}");
    }
    let uid = stage.post.letters_to(LEE)[0].calendar().uid();
    stage.post.empty();
    stage.clock.advance(TimeDelta::days(182));
    (stage, uid)
}

async fn forget(stage: &Stage) -> Forgotten {
    let before = stage.clock.now() - TimeDelta::days(180);
    stage.database.forget(before, false).await.unwrap()
}

fn reply(uid: &str, sequence: u32, at: DateTime<Utc>) -> Answer {
    Answer {
        kind: AnswerKind::Reply(Acceptance::Accepted),
        uid: uid.to_owned(),
        sequence,
        stamp: Some(at),
        occurrence: None,
        attendee: LEE.parse().unwrap(),
        comment: None,
        sender: Some(LEE.parse().unwrap()),
    }
}

#[tokio::test]
async fn a_meeting_that_is_planned_again_goes_on_with_a_higher_sequence() {
    let (stage, uid) = half_a_year_later().await;
    let forgotten = forget(&stage).await;
    assert_eq!(
        (forgotten.meetings, forgotten.messages, forgotten.revisions),
        (1, 6, 2)
    );
    assert!(stage.database.of_meeting(&kickoff()).await.unwrap().is_empty());
    // Nobody is mailed of a meeting that is over.
    let error = stage.try_send(&Default::default()).await.unwrap_err();
    assert_eq!(error.kind(), "meeting.over");

    stage.reschedule().await;
    let report = stage.send().await;
    assert_eq!((report.sent, report.revision.0), (3, 2), "{report:?}");
    assert_eq!(stage.post.addressees(), INVITEES);
    let letter = stage.post.letter_to(LEE);
    let object = letter.calendar();
    assert_eq!(
        (object.method().as_str(), object.uid(), object.sequence()),
        ("REQUEST", uid.clone(), 2)
    );
    let told = stage.database.of_meeting(&kickoff()).await.unwrap();
    assert!(told.iter().all(|told| told.purpose == Purpose::Invitation));
    stage.post.empty();
    assert_eq!(stage.send().await.sent, 0);

    // Answers to what is forgotten are to another time; one to the new time counts.
    let pipeline = stage.pipeline();
    for (sequence, outcome) in [
        (0, AnswerOutcome::Outdated),
        (1, AnswerOutcome::Outdated),
        (2, AnswerOutcome::Recorded),
    ] {
        let answer = reply(&uid, sequence, stage.clock.now());
        let report = pipeline.receive_answer(&answer, false).await.unwrap();
        assert_eq!(report.outcome, outcome, "to revision {sequence}");
    }
}

#[tokio::test]
async fn another_organizer_has_another_uid_also_of_what_was_forgotten() {
    let (stage, uid) = half_a_year_later().await;
    forget(&stage).await;
    stage
        .edit(|meeting| {
            meeting.when = on_the_day("11:00", "12:00");
            meeting.assigned_user = Some(PersonId::new("ben").unwrap());
        })
        .await;
    // The organizer before is an attendee of the kick-off.
    let report = stage.send().await;
    assert_eq!((report.sent, report.revision.0), (4, 0), "{report:?}");
    for letter in stage.post.letters() {
        assert_ne!(letter.calendar().uid(), uid);
        assert_eq!(letter.calendar().method(), "REQUEST");
        assert!(!letter.text().contains("forgotten"), "{}", letter.text());
    }
}

#[tokio::test]
async fn a_cancellation_of_what_was_forgotten_mails_nobody() {
    let (stage, _) = half_a_year_later().await;
    forget(&stage).await;
    stage
        .edit(|meeting| {
            meeting.when = on_the_day("11:00", "12:00");
            meeting.status = MeetingStatus::NotHeld;
        })
        .await;
    let report = stage.pipeline().cancel(&kickoff(), &Default::default()).await;
    assert_eq!(report.unwrap().sent, 0);
    assert!(stage.post.letters().is_empty());
    // Taken up again, it is a revision that nobody has.
    stage
        .edit(|meeting| meeting.status = MeetingStatus::Planned)
        .await;
    let report = stage.send().await;
    assert!(report.sent == 3 && report.revision.0 > 1, "{report:?}");
    for letter in stage.post.letters() {
        let object = letter.calendar_text().replace("\r\n ", "").replace("\n ", "");
        assert!(
            object.contains("mailto:ana@acme.example") && !object.contains("forgotten"),
            "{object}"
        );
    }
}

#[tokio::test]
async fn a_worker_forgets_what_is_kept_long_enough_and_nothing_that_waits() {
    let (stage, _) = half_a_year_later().await;
    let working = |keep: u32| {
        let pipeline = stage.builder().keep(DAY * keep).build().unwrap();
        async move { pipeline.work(true).await.unwrap() }
    };
    working(190).await;
    assert_eq!(stage.database.of_meeting(&kickoff()).await.unwrap().len(), 6);
    // Without it nothing is forgotten.
    stage.pipeline().work(true).await.unwrap();
    assert_eq!(stage.database.of_meeting(&kickoff()).await.unwrap().len(), 6);
    working(180).await;
    assert!(stage.database.of_meeting(&kickoff()).await.unwrap().is_empty());

    stage.reschedule().await;
    stage.post.order(LEE, StubFate::PutOff);
    assert_eq!(stage.send().await.queued, 1);
    let after = on_the_day("12:00", "12:01").instants().unwrap().0 + TimeDelta::days(400);
    let forgotten = stage.database.forget(after, false).await.unwrap();
    assert_eq!((forgotten.meetings, forgotten.waiting), (0, 1));
    assert_eq!(stage.database.of_meeting(&kickoff()).await.unwrap().len(), 3);
}

/// A store that notes until when it is asked to forget.
#[derive(Default)]
struct Noting {
    asked: Mutex<Vec<DateTime<Utc>>>,
}

#[async_trait]
impl Retention for Noting {
    async fn forget(&self, before: DateTime<Utc>, _dry_run: bool) -> Result<Forgotten, BoxFault> {
        self.asked.lock().unwrap().push(before);
        Ok(Forgotten::default())
    }
}

#[tokio::test]
async fn workers_with_two_spans_forget_once_a_day_each_for_its_own() {
    let stage = Stage::standing().await;
    let working = async |keep: u32| {
        let noting = Arc::new(Noting::default());
        let builder = stage.builder().keep(DAY * keep);
        let pipeline = builder.retention(Arc::clone(&noting) as _).build().unwrap();
        pipeline.work(true).await.unwrap();
        let asked = noting.asked.lock().unwrap().clone();
        let ages = asked.into_iter().map(|before| stage.clock.now() - before);
        ages.map(|age| age.num_days()).collect::<Vec<_>>()
    };
    // On each day another worker is the first to find the jobs of both.
    for [first, second] in [[180, 90], [90, 180], [180, 90], [90, 180]] {
        for keep in [first, second] {
            assert_eq!(working(keep).await, [i64::from(keep)]);
            assert_eq!(working(keep).await, [0_i64; 0]);
        }
        stage.clock.advance(TimeDelta::days(1));
    }
    // After days on which no worker kept for the span, it is done once all the same.
    stage.clock.advance(TimeDelta::days(5));
    assert_eq!(working(180).await, [180]);
}

/// A store that cannot forget.
#[derive(Default)]
struct Forgetless {
    asked: AtomicUsize,
}

#[async_trait]
impl Retention for Forgetless {
    async fn forget(&self, _before: DateTime<Utc>, _dry_run: bool) -> Result<Forgotten, BoxFault> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Err(BoxFault::new(PipelineError::NoTransport))
    }
}

#[tokio::test]
async fn what_cannot_be_forgotten_ends_no_worker_and_is_tried_once_a_day() {
    let stage = Stage::standing().await;
    let forgetless = Arc::new(Forgetless::default());
    let asked = || forgetless.asked.load(Ordering::Relaxed);
    let stop = Arc::default();
    let pipeline: Pipeline = stage
        .builder()
        .retention(Arc::clone(&forgetless) as _)
        .keep(DAY)
        .stop(Arc::clone(&stop))
        .build()
        .unwrap();
    let working = tokio::spawn(async move { pipeline.work(false).await });
    for hours in 0..48 {
        // The clock stands still until what is to be done in this hour is done.
        let expected = 1 + hours / 24;
        for _ in 0..2_000 {
            if asked() >= expected {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        assert_eq!(asked(), expected, "after {hours} hours");
        stage.clock.advance(TimeDelta::hours(1));
    }
    assert!(!working.is_finished());
    stop.store(true, Ordering::Relaxed);
    working.await.unwrap().unwrap();
}
