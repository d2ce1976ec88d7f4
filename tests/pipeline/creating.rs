//! The creation of an online meeting, refused or with its answer lost.

use invite::fault::{Class, Fault as _};
use invite::online::{LinkStore as _, Outcome};
use invite::pipeline::{OnlineAction, PipelineError, SendOptions};
use invite::sandbox::zoom::{Action, Operation, RateLimit, ZoomFault};

use crate::pushing::everybody_has;
use crate::stage::{Stage, kickoff, world_without_looking};
use crate::store_file;

#[tokio::test]
async fn a_refused_creation_leaves_nothing_behind() {
    let stage = Stage::new().await;
    stage.zoom.order(ZoomFault::once(
        Operation::CreateMeeting,
        Action::RateLimited(RateLimit::HostDaily),
    ));
    let error = stage.try_send(&SendOptions::default()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.class()),
        ("zoom.host_daily_limit", Class::Temporary)
    );
    assert!(error.retry_at().is_some_and(|at| at > stage.clock.now()));
    assert_eq!(stage.join_url().await, None);
    assert_eq!(stage.post.tries().len(), 0);
    stage.zoom.forget_requests();
    // Nothing was begun that would have to be looked for.
    assert_eq!(stage.send().await.online.action, OnlineAction::Created);
    assert_eq!(stage.asked(), [Operation::CreateMeeting]);
    stage.zoom_meeting();
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_found_again() {
    let stage = Stage::new().await;
    stage
        .zoom
        .order(ZoomFault::once(Operation::CreateMeeting, Action::DropAfter));
    let report = stage.send().await;
    assert_eq!(report.online.action, OnlineAction::Created);
    assert_eq!(stage.zoom.count(Operation::CreateMeeting), 1);
    let made = stage.zoom_meeting();
    assert_eq!(report.online.meeting_id, Some(made.id.to_string()));
    everybody_has(&stage, &made.join_url, 0);
}

#[tokio::test]
async fn a_creation_whose_answer_is_lost_where_nobody_may_look_is_an_orphan() {
    let stage = Stage::with(world_without_looking(), 1).await;
    stage
        .zoom
        .order(ZoomFault::once(Operation::CreateMeeting, Action::DropAfter));
    let error = stage.try_send(&SendOptions::default()).await.unwrap_err();
    assert!(
        matches!(&error, PipelineError::Online(error) if error.outcome() == Outcome::Unknown),
        "{error:?}"
    );
    assert_eq!(stage.post.tries().len(), 0);
    let left_over = stage.zoom_meeting();
    let report = stage.send().await;
    let link = stage.link().await;
    assert_ne!(link.id.0, left_over.id.to_string());
    let orphans = stage.database.orphans().await.unwrap();
    assert_eq!(orphans.len(), 1);
    assert_eq!(orphans[0].meeting, kickoff());
    assert!(left_over.agenda.contains(&orphans[0].intent.marker));
    everybody_has(&stage, report.online.join_url.unwrap().as_str(), 0);
}

#[tokio::test]
async fn a_creation_that_was_still_on_its_way_when_its_run_was_killed_is_waited_for() {
    let stage = Stage::new().await;
    stage.zoom.order(ZoomFault::once(
        Operation::CreateMeeting,
        Action::DelayBefore { milliseconds: 1500 },
    ));
    let pipeline = stage.pipeline();
    let asked = async {
        while stage.zoom.count(Operation::CreateMeeting) == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    };
    let (meeting, options) = (kickoff(), SendOptions::default());
    tokio::select! {
        done = pipeline.send(&meeting, &options) => panic!("{done:?}"),
        () = asked => {}
    }
    store_file::bury(&stage.database).await;
    let report = stage.send().await;
    assert_eq!(report.online.action, OnlineAction::Created);
    assert_eq!(stage.zoom.count(Operation::CreateMeeting), 1);
    everybody_has(&stage, &stage.zoom_meeting().join_url, 0);
}
