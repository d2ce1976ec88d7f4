//! Hours pass by moving the clock, and what is left to chance is the same for the same seed.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use invite::chance::Chance;
use invite::mail::{
    DeliveryState, EnqueueOrder, Enqueued, Envelope, MessageBase, NewInvitation, NewMessage, Outbox as _,
    Purpose, PurposeName, Seen,
};
use invite::meeting::Language;
use invite::pipeline::Worked;
use invite::sandbox::zoom::Operation;
use invite::testing::StubFate;

use crate::stage::{LEE, Stage, counts, kickoff, resend};

/// Longer than a worker looks away.
const SOON: Duration = Duration::from_secs(20);

async fn waits(stage: &Stage) -> bool {
    let entries = stage.database.of_meeting(&kickoff()).await.unwrap();
    entries.iter().any(|entry| entry.state == DeliveryState::Queued)
}

#[tokio::test]
async fn a_mail_that_was_put_off_leaves_when_its_time_comes() {
    let stage = Stage::standing().await;
    stage.post.order(LEE, StubFate::PutOff);
    assert_eq!(counts(&stage.send().await), (2, 1, 0, 1));
    let next = stage.database.next_due().await.unwrap().unwrap();
    let pause = next - stage.clock.now();
    assert!((54..=66).contains(&pause.num_seconds()), "{pause}");
    assert!(stage.database.due().await.unwrap().is_empty());
    stage.clock.advance(pause - TimeDelta::milliseconds(10));
    assert!(stage.database.due().await.unwrap().is_empty());
    stage.post.empty();

    let pipeline = stage.pipeline();
    let working = tokio::spawn(async move { pipeline.work(true).await });
    while !working.is_finished() {
        stage.clock.advance(TimeDelta::milliseconds(1));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let Worked { meetings, put_off } = working.await.unwrap().unwrap();
    assert!(meetings == 1 && put_off.is_empty(), "{put_off:?}");
    assert_eq!(stage.post.addressees(), [LEE]);
    assert!(stage.clock.now() >= next);
}

#[tokio::test]
async fn a_worker_wakes_when_the_clock_is_moved() {
    let stage = Stage::standing().await;
    stage.post.order(LEE, StubFate::PutOff);
    stage.send().await;
    let pipeline = stage.pipeline();
    let working = tokio::spawn(async move { pipeline.work(true).await });
    // It waits for something that is a minute away.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!working.is_finished() && waits(&stage).await);
    stage.clock.advance(TimeDelta::hours(1));
    tokio::time::timeout(SOON, working)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    assert!(!waits(&stage).await);
}

#[tokio::test]
async fn what_is_put_off_for_days_is_given_up() {
    let stage = Stage::standing().await;
    stage.send_before_it_begins().await;
    stage.reschedule().await;
    for _ in 0..200 {
        stage.post.order(LEE, StubFate::PutOff);
    }
    assert_eq!(counts(&stage.send().await), (2, 1, 0, 1));
    let mut hours = 0;
    while waits(&stage).await {
        assert!(hours < 80, "it is never given up");
        stage.clock.advance(TimeDelta::hours(1));
        hours += 1;
        for due in stage.database.due().await.unwrap() {
            stage.pipeline().deliver_due(&due).await.unwrap();
        }
    }
    assert!((70..=73).contains(&hours), "after {hours} hours");
    let entries = stage.database.of_meeting(&kickoff()).await.unwrap();
    let given_up = entries
        .iter()
        .filter(|entry| entry.state == DeliveryState::GivenUp);
    assert_eq!(given_up.count(), 1);
}

#[tokio::test]
async fn a_token_ends_and_a_link_is_asked_about_again() {
    let stage = Stage::standing().await;
    stage.send_before_it_begins().await;
    stage.send().await;
    assert!(stage.asked().is_empty(), "Zoom was heard of just now");
    stage.clock.advance(TimeDelta::minutes(11));
    stage.send().await;
    assert_eq!(stage.asked(), [Operation::GetMeeting]);
    stage.zoom.forget_requests();
    stage.clock.advance(TimeDelta::hours(2));
    stage.send().await;
    assert_eq!(stage.asked(), [Operation::RefreshToken, Operation::GetMeeting]);
    assert!(stage.post.letters().is_empty());
}

#[tokio::test]
async fn the_same_seed_marks_meetings_and_pauses_the_same() {
    let mut seen = Vec::new();
    for seed in [4, 4, 5] {
        let stage = Stage::standing().await;
        stage.post.order(LEE, StubFate::PutOff);
        let pipeline = stage.builder().chance(Chance::seeded(seed)).build().unwrap();
        pipeline.send(&kickoff(), &Default::default()).await.unwrap();
        let next = stage.database.next_due().await.unwrap().unwrap();
        seen.push((stage.link().await.marker, next - stage.clock.now()));
    }
    assert_eq!(seen[0], seen[1]);
    assert!(seen[0].0 != seen[2].0 && seen[0].1 != seen[2].1, "{seen:?}");
}

#[tokio::test]
async fn a_message_waits_for_its_time_whoever_delivers() {
    let stage = Stage::standing().await;
    assert_eq!(stage.send().await.sent, 3);
    stage.post.empty();
    let entries = stage.database.of_meeting(&kickoff()).await.unwrap();
    let lee = entries
        .iter()
        .find(|entry| entry.envelope.to.as_str() == LEE)
        .unwrap();
    let issued = stage.database.issued(&kickoff()).await.unwrap();
    let order = EnqueueOrder {
        seen: Seen {
            issued: issued.last().map(|issued| (issued.tenure, issued.revision)),
            newest: entries.iter().map(|entry| entry.id).max().unwrap(),
        },
        ..EnqueueOrder::default()
    };
    let thanks = Purpose::Custom(PurposeName::new("thank-you").unwrap());
    let at = stage.clock.now() + TimeDelta::hours(3);
    let message = b"Subject: Thank you\r\n\r\nThank you.\r\n".to_vec();
    let later = [NewInvitation {
        person: lee.person.clone(),
        language: Language::ENGLISH,
        tenure: lee.tenure,
        revision: lee.revision,
        purpose: thanks,
        resend: 0,
        message_id: "<thanks@acme.example>".to_owned(),
        envelope: Envelope {
            from: lee.envelope.from.clone(),
            to: lee.envelope.to.clone(),
        },
        account: None,
        not_before: Some(at),
        content: None,
        supersedes: None,
        message: NewMessage::whole(Arc::new(MessageBase::new(message.clone())), &message).unwrap(),
    }];
    let enqueued = stage.database.enqueue(&kickoff(), &order, &later).await;
    assert_eq!(enqueued.unwrap(), Enqueued::Queued);

    // Another send delivers what it has for Lee, and the worker nothing.
    assert_eq!(stage.send_with(&resend()).await.sent, 3);
    assert_eq!(stage.post.empty().len(), 3);
    stage
        .clock
        .advance(TimeDelta::hours(3) - TimeDelta::milliseconds(1));
    assert!(stage.database.due().await.unwrap().is_empty());
    assert_eq!(stage.send_with(&resend()).await.sent, 3);
    assert_eq!(stage.post.empty().len(), 3);
    assert_eq!(stage.database.next_due().await.unwrap(), Some(at));

    stage.clock.advance(TimeDelta::milliseconds(1));
    stage.pipeline().work(true).await.unwrap();
    assert_eq!(stage.post.addressees(), [LEE]);
    let entries = stage.database.of_meeting(&kickoff()).await.unwrap();
    let sent = entries.iter().find(|entry| entry.purpose == thanks).unwrap();
    assert_eq!(sent.state, DeliveryState::Sent);
}
