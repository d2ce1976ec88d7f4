//! What a worker makes of what others left in the outbox.

use std::time::Duration;

use invite::fault::Fault as _;
use invite::mail::{DeliveryState, Outbox as _};
use invite::meeting::MeetingStatus;
use invite::pipeline::{DeliverySettings, Pipeline};
use invite::sandbox::zoom::Change;
use invite::testing::StubFate;

use crate::stage::{INVITEES, LEE, Stage, kickoff};

/// A pipeline that tries again at once.
fn impatient(stage: &Stage) -> Pipeline {
    let settings = DeliverySettings {
        first_retry: Duration::from_millis(1),
        ..DeliverySettings::default()
    };
    stage.builder().delivery(settings).build().unwrap()
}

/// A send of which the mail to Lee was put off.
async fn put_off(stage: &Stage) {
    stage.post.order(LEE, StubFate::PutOff);
    let report = impatient(stage)
        .send(&kickoff(), &Default::default())
        .await
        .unwrap();
    assert_eq!((report.sent, report.queued), (2, 1));
    stage.post.empty();
}

async fn states(stage: &Stage) -> Vec<DeliveryState> {
    let entries = stage.database.of_meeting(&kickoff()).await.unwrap();
    entries.iter().map(|entry| entry.state).collect()
}

#[tokio::test]
async fn what_was_put_off_is_delivered_when_it_is_due() {
    let stage = Stage::new().await;
    put_off(&stage).await;
    stage.post.order(LEE, StubFate::PutOff);
    let worked = impatient(&stage).work(true).await.unwrap();
    assert!(worked.put_off.is_empty());
    assert_eq!(stage.post.addressees(), [LEE]);
    assert!(
        states(&stage)
            .await
            .iter()
            .all(|state| *state == DeliveryState::Sent)
    );
}

#[tokio::test]
async fn two_workers_send_nothing_twice() {
    let stage = Stage::new().await;
    stage.post.close_doors(true);
    impatient(&stage)
        .send(&kickoff(), &Default::default())
        .await
        .unwrap();
    stage.post.close_doors(false);
    let (one, other) = (impatient(&stage), impatient(&stage));
    let (one, other) = tokio::join!(one.work(true), other.work(true));
    one.unwrap();
    other.unwrap();
    assert_eq!(stage.post.addressees(), INVITEES);
}

#[tokio::test]
async fn a_mail_that_is_no_longer_true_is_replaced() {
    let stage = Stage::new().await;
    put_off(&stage).await;
    stage.reschedule().await;
    impatient(&stage).work(true).await.unwrap();
    let letter = stage.post.letter_to(LEE);
    assert_eq!(
        (letter.calendar().sequence(), letter.calendar().start().as_str()),
        (1, "2036-12-01 11:00")
    );
    // The others hear of it from a send, not from a worker that was to deliver Lee's mail.
    assert_eq!(stage.post.addressees(), [LEE]);
    assert_eq!(stage.send().await.sent, 2);
}

#[tokio::test]
async fn no_mail_leaves_with_a_link_that_died_while_it_waited() {
    let stage = Stage::new().await;
    put_off(&stage).await;
    let dead = stage.join_url().await.unwrap();
    stage.zoom.change(&Change::DeleteMeeting { id: None }).unwrap();
    stage.let_link_age();
    impatient(&stage).work(true).await.unwrap();
    let live = stage.join_url().await.unwrap();
    let text = stage.post.letter_to(LEE).text();
    assert_ne!(dead, live);
    assert!(text.contains(&live) && !text.contains(&dead), "{text}");
}

#[tokio::test]
async fn the_invitation_to_a_meeting_that_was_called_off_never_leaves() {
    let stage = Stage::new().await;
    put_off(&stage).await;
    stage
        .edit(|meeting| meeting.status = MeetingStatus::NotHeld)
        .await;
    impatient(&stage).work(true).await.unwrap();
    assert!(stage.post.letters().is_empty());
    assert!(states(&stage).await.contains(&DeliveryState::Cancelled));
}

#[tokio::test]
async fn who_was_removed_gets_no_invitation_that_waited() {
    let stage = Stage::new().await;
    put_off(&stage).await;
    stage.remove("contact:lee").await;
    impatient(&stage).work(true).await.unwrap();
    assert!(stage.post.letters().is_empty());
    assert!(states(&stage).await.contains(&DeliveryState::Cancelled));
}

#[tokio::test]
async fn who_was_removed_while_an_update_waited_is_told_that_it_is_off() {
    let stage = Stage::new().await;
    stage.send().await;
    stage.reschedule().await;
    put_off(&stage).await;
    stage.remove("contact:lee").await;
    impatient(&stage).work(true).await.unwrap();
    assert_eq!(stage.post.addressees(), [LEE]);
    let object = stage.post.letter_to(LEE).calendar();
    assert_eq!((object.method().as_str(), object.sequence()), ("CANCEL", 1));
    // Nothing is left to be said.
    assert_eq!(stage.send().await.sent, 0);
}

#[tokio::test]
async fn an_error_about_a_meeting_puts_its_mails_off_and_is_told() {
    let stage = Stage::new().await;
    put_off(&stage).await;
    // Nobody holds it any more: its mails cannot be made sure of.
    stage.edit(|meeting| meeting.assigned_user = None).await;
    let pipeline = impatient(&stage);
    let due = stage.database.due().await.unwrap();
    let error = pipeline.deliver_due(&due[0]).await.unwrap_err();
    assert_eq!(error.kind(), "meeting.no_assigned_user");
    let later = stage.clock.now() + chrono::TimeDelta::minutes(9);
    let working = tokio::spawn(async move { pipeline.work(true).await });
    while stage
        .database
        .next_due()
        .await
        .unwrap()
        .is_none_or(|at| at < later)
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    working.abort();
    assert!(stage.post.letters().is_empty());
}
