//! The join link at the meeting: ours, somebody else's, or none.

use invite::meeting::JoinUrl;
use invite::online::zoom;
use invite::pipeline::{OnlineAction, SendOptions};

use crate::pushing::everybody_has;
use crate::stage::{INVITEES, LEE, Stage};

#[tokio::test]
async fn a_meeting_that_is_not_online_any_more_loses_our_link() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    let link = stage.join_url().await.unwrap();
    stage.edit(|meeting| meeting.online_location = None).await;
    let report = stage.send().await;
    assert_eq!(stage.zoom.requests(), []);
    assert_eq!(
        (report.online.action, report.online.join_url),
        (OnlineAction::Skipped, None)
    );
    assert_eq!(stage.join_url().await, None);
    assert_eq!(stage.post.addressees(), INVITEES);
    let letter = stage.post.letter_to(LEE);
    assert!(
        !String::from_utf8_lossy(&letter.raw).contains("zoom.example"),
        "{}",
        letter.text()
    );
    assert_eq!(
        (letter.calendar().url(), letter.calendar().conference()),
        (None, None)
    );
    assert_eq!(letter.calendar().sequence(), 1);
    // Back at Zoom, it is the meeting that it was.
    stage.post.empty();
    stage
        .edit(|meeting| meeting.online_location = Some(zoom::LOCATION))
        .await;
    stage.send().await;
    everybody_has(&stage, &link, 2);
    stage.zoom_meeting();
}

#[tokio::test]
async fn a_link_that_is_not_ours_stays() {
    let stage = Stage::new().await;
    let own = "https://meet.acme.example/room-5";
    stage
        .edit(|meeting| {
            meeting.online_location = None;
            meeting.join_url = Some(JoinUrl::new(own).unwrap());
        })
        .await;
    let report = stage.send().await;
    assert_eq!(report.online.action, OnlineAction::Skipped);
    everybody_has(&stage, own, 0);
    assert_eq!(stage.join_url().await.as_deref(), Some(own));
}

#[tokio::test]
async fn without_pushing_the_link_is_mailed_as_it_stands() {
    let stage = Stage::new().await;
    let own = "https://meet.acme.example/room-5";
    stage
        .edit(|meeting| meeting.join_url = Some(JoinUrl::new(own).unwrap()))
        .await;
    let no_push = SendOptions {
        no_push: true,
        ..SendOptions::default()
    };
    let report = stage.send_with(&no_push).await;
    assert_eq!(stage.zoom.requests(), []);
    assert_eq!(report.online.action, OnlineAction::Skipped);
    everybody_has(&stage, own, 0);
}

#[tokio::test]
async fn a_link_that_somebody_lost_is_written_back_again() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    stage.edit(|meeting| meeting.join_url = None).await;
    let report = stage.send().await;
    assert_eq!(stage.zoom.requests(), []);
    assert_eq!(stage.join_url().await, Some(stage.zoom_meeting().join_url));
    assert_eq!((report.revision.0, report.sent), (0, 0));
}
