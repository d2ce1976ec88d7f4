//! The online meeting, when things change behind our back or fail half way.

use std::sync::Arc;

use chrono::TimeDelta;
use invite::fault::{Class, Fault as _};
use invite::meeting::{MeetingStatus, PersonId};
use invite::online::{LinkStore as _, Liveness, Outcome};
use invite::pipeline::{OnlineAction, PipelineError, PushOptions, SendOptions, SyncState};
use invite::sandbox::zoom::{Action, Change, Operation, ZoomFault};
use serde_json::Value;

use crate::fuse::{End, Fuse};
use crate::scripted_provider::{ScriptedProvider, Told};
use crate::stage::{INVITEES, LEE, Stage, kickoff, world_without_looking};

fn deleted() -> Change {
    Change::DeleteMeeting { id: None }
}

async fn hand_to_ben(stage: &Stage) {
    stage
        .edit(|meeting| meeting.assigned_user = Some(PersonId::new("ben").unwrap()))
        .await;
}

/// Everybody got this link, in a first mail or an update of it.
pub(crate) fn everybody_has(stage: &Stage, join_url: &str, sequence: i64) {
    assert_eq!(stage.post.addressees(), INVITEES);
    for letter in stage.post.letters() {
        assert!(letter.text().contains(join_url), "{}", letter.text());
        assert_eq!(letter.calendar().url().as_deref(), Some(join_url));
        assert_eq!(letter.calendar().sequence(), sequence);
        let is_update = letter.in_reply_to().is_some();
        assert_eq!(is_update, sequence > 0);
    }
}

#[tokio::test]
async fn a_push_makes_and_writes_back_and_mails_nobody() {
    let stage = Stage::new().await;
    let options = PushOptions::default();
    let report = stage.pipeline().push(&kickoff(), &options).await.unwrap();
    let made = stage.zoom_meeting();
    assert_eq!(report.online.action, OnlineAction::Created);
    assert_eq!(report.online.meeting_id, Some(made.id.to_string()));
    assert_eq!(stage.join_url().await, Some(made.join_url.clone()));
    assert_eq!(stage.post.tries().len(), 0);
    stage.zoom.forget_requests();
    let report = stage.pipeline().push(&kickoff(), &options).await.unwrap();
    assert_eq!(report.online.action, OnlineAction::Unchanged);
    // What was pushed is what a send then mails.
    let report = stage.send().await;
    assert_eq!(report.online.action, OnlineAction::Unchanged);
    assert_eq!(stage.zoom.requests(), []);
    everybody_has(&stage, &made.join_url, 0);
}

#[tokio::test]
async fn a_meeting_deleted_at_zoom_is_made_anew_and_everybody_told() {
    for world in [crate::stage::world, world_without_looking] {
        let stage = Stage::with(world(), 1).await;
        stage.send_before_it_begins().await;
        let old = stage.zoom_meeting();
        stage.zoom.change(&deleted()).unwrap();
        stage.let_link_age();
        let report = stage.send().await;
        let new = stage.zoom_meeting();
        assert_ne!(new.id, old.id);
        assert_eq!(report.online.action, OnlineAction::Created);
        assert_eq!(stage.zoom.count(Operation::CreateMeeting), 1);
        assert_eq!(stage.join_url().await, Some(new.join_url.clone()));
        everybody_has(&stage, &new.join_url, 1);
    }
}

#[tokio::test]
async fn zooms_word_is_good_for_a_while_and_then_asked_for_again() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    stage.let_link_age();
    let report = stage.send().await;
    assert_eq!(report.online.action, OnlineAction::Unchanged);
    assert_eq!(stage.asked(), [Operation::GetMeeting]);
    stage.send().await;
    assert_eq!(
        stage.asked(),
        [Operation::GetMeeting],
        "asked twice within ten minutes"
    );
    // A clock that was put back is no word from Zoom.
    stage
        .alter_link(|link| link.seen_at = stage.clock.now() + TimeDelta::hours(1))
        .await;
    stage.send().await;
    assert_eq!(stage.asked(), [Operation::GetMeeting, Operation::GetMeeting]);
}

#[tokio::test]
async fn a_change_of_a_deleted_meeting_makes_it_anew() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    stage.zoom.change(&deleted()).unwrap();
    stage.reschedule().await;
    let report = stage.send().await;
    assert_eq!(report.online.action, OnlineAction::Created);
    let new = stage.zoom_meeting();
    assert_eq!(new.start_time, Some("2036-12-01T11:00:00Z".parse().unwrap()));
    everybody_has(&stage, &new.join_url, 1);
}

#[tokio::test]
async fn another_passcode_at_zoom_is_another_link_for_everybody() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    let passcode = Some("other".to_owned());
    stage
        .zoom
        .change(&Change::ChangePasscode { id: None, passcode })
        .unwrap();
    stage.let_link_age();
    stage.send().await;
    let join_url = stage.zoom_meeting().join_url;
    assert_eq!(stage.join_url().await, Some(join_url.clone()));
    everybody_has(&stage, &join_url, 1);
    // The passcode that was known is not shown any more.
    assert!(!stage.post.letter_to(LEE).text().contains("Passcode"));
}

#[tokio::test]
async fn a_new_host_gets_a_new_meeting_and_the_old_one_goes_last() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    let old = stage.zoom_meeting();
    hand_to_ben(&stage).await;
    // Until the record has the new link, the old one still leads somewhere.
    let fuse = Fuse::at("crm.set_join_url", End::Fails);
    let error = stage.send_until(&fuse).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the CRM failed as ordered");
    assert_eq!(stage.zoom.meetings().unwrap().len(), 2);
    assert_eq!(stage.join_url().await, Some(old.join_url.clone()));
    assert_eq!(
        stage.post.tries().len(),
        3,
        "mailed before the record was written"
    );

    let report = stage.send().await;
    let new = stage.zoom_meeting();
    assert_ne!(new.id, old.id);
    assert_eq!(new.host_email, "ben@acme.example");
    assert_eq!(report.online.join_url.unwrap().as_str(), new.join_url);
    assert_eq!(stage.join_url().await, Some(new.join_url.clone()));
    let deletion = stage.zoom.requests().into_iter().last().unwrap();
    assert_eq!(deletion.operation, Operation::DeleteMeeting);
    assert!(deletion.path.ends_with(&old.id.to_string()), "{}", deletion.path);
    // Lee's calendar forgets Ana's meeting, and gets Ben's under another UID.
    let mut letters = stage.post.letters_to(LEE).into_iter();
    let (cancelled, letter) = (letters.next().unwrap(), letters.next().unwrap());
    assert!(letters.next().is_none());
    assert_eq!(cancelled.reply_to(), ["ana@acme.example"]);
    assert!(cancelled.text().contains("Ben"), "{}", cancelled.text());
    assert!(!cancelled.text().contains(&old.join_url) && !cancelled.text().contains(&new.join_url));
    let objects = [cancelled.calendar(), letter.calendar()];
    let told: Vec<_> = objects.iter().map(|it| (it.method(), it.sequence())).collect();
    assert_eq!(told, [("CANCEL".into(), 1), ("REQUEST".into(), 0)]);
    assert_ne!(objects[0].uid(), objects[1].uid());
    assert_eq!(letter.reply_to(), ["ben@acme.example"]);
    assert!(letter.text().contains(&new.join_url) && letter.text().contains("Ben"));
    // Ana is a guest now, and this is the first mail that she gets.
    let letter = stage.post.letter_to("ana@acme.example");
    assert!(letter.text().contains(&new.join_url));
    assert_eq!(letter.in_reply_to(), None);
}

#[tokio::test]
async fn what_cannot_be_deleted_now_is_deleted_later() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    hand_to_ben(&stage).await;
    stage.zoom.order(ZoomFault::always(
        Operation::DeleteMeeting,
        Action::error_json(500),
    ));
    let report = stage.send().await;
    assert_eq!((report.online.action, report.failed), (OnlineAction::Created, 0));
    assert_eq!(stage.zoom.meetings().unwrap().len(), 2);
    assert_eq!(stage.database.superseded(&kickoff()).await.unwrap().len(), 1);
    stage.zoom.clear_faults();
    stage.send().await;
    assert_eq!(stage.zoom_meeting().host_email, "ben@acme.example");
    assert_eq!(stage.database.superseded(&kickoff()).await.unwrap(), []);
}

#[tokio::test]
async fn after_a_lost_answer_to_a_change_everything_is_told_again() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    let when = stage.meeting().await.when;
    stage.reschedule().await;
    stage
        .zoom
        .order(ZoomFault::always(Operation::UpdateMeeting, Action::DropAfter));
    let error = stage.try_send(&SendOptions::default()).await.unwrap_err();
    assert!(matches!(&error, PipelineError::Online(error) if error.outcome() == Outcome::Unknown));
    assert_eq!(error.class(), Class::Temporary, "{error:?}");
    assert!(stage.link().await.unsure);
    assert_eq!(stage.post.letters().len(), 0);
    let (state, _) = stage.pipeline().sync_state(&kickoff()).await.unwrap();
    assert_eq!(
        state,
        SyncState::OutOfSync {
            differs: vec!["start", "duration", "answer_lost"]
        }
    );

    // Zoom has the new time, and now the meeting is back at the old one, which is what Zoom was told before.
    stage.zoom.clear_faults();
    stage.zoom.forget_requests();
    stage.edit(|meeting| meeting.when = when).await;
    let report = stage.send().await;
    assert_eq!(report.online.action, OnlineAction::Updated);
    assert_eq!(stage.asked(), [Operation::UpdateMeeting]);
    let body: Value = serde_json::from_str(&stage.zoom.requests()[0].body).unwrap();
    for field in [
        "topic",
        "start_time",
        "duration",
        "timezone",
        "agenda",
        "settings",
    ] {
        assert!(body.get(field).is_some(), "{field} is missing in {body}");
    }
    assert_eq!(
        stage.zoom_meeting().start_time,
        Some("2036-12-01T09:00:00Z".parse().unwrap())
    );
    assert!(!stage.link().await.unsure);
    assert_eq!((report.revision.0, stage.post.letters().len()), (0, 0));
}

#[tokio::test]
async fn after_a_refused_change_only_the_change_is_told_again() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    stage.reschedule().await;
    let refusal = Action::zoom_error(400, 300, "Invalid meeting time.");
    stage
        .zoom
        .order(ZoomFault::once(Operation::UpdateMeeting, refusal));
    let error = stage.try_send(&SendOptions::default()).await.unwrap_err();
    assert!(
        matches!(&error, PipelineError::Online(error) if error.outcome() == Outcome::NotDone),
        "{error:?}"
    );
    assert!(!stage.link().await.unsure);
    assert_eq!(stage.post.letters().len(), 0);
    stage.zoom.forget_requests();
    stage.send().await;
    let body: Value = serde_json::from_str(&stage.zoom.requests()[0].body).unwrap();
    assert_eq!(
        body,
        serde_json::json!({"start_time": "2036-12-01T11:00:00Z", "duration": 60})
    );
    assert_eq!(stage.post.letters().len(), 3);
}

#[tokio::test]
async fn what_was_told_before_a_lost_answer_is_not_what_the_next_change_begins_from() {
    let stage = Stage::new().await;
    let provider = Arc::new(ScriptedProvider::default());
    let pipeline = stage
        .without_zoom(&stage.database)
        .online(provider.clone())
        .build()
        .unwrap();
    let send = async || pipeline.send(&kickoff(), &SendOptions::default()).await;
    let rename = async |name: &str| stage.edit(|meeting| meeting.rename(name).unwrap()).await;
    send().await.unwrap();
    provider
        .updates
        .lock()
        .unwrap()
        .extend([Outcome::NotDone, Outcome::Unknown, Outcome::NotDone]);
    for name in ["one", "two", "three"] {
        rename(name).await;
        assert_eq!(send().await.unwrap_err().kind(), "test.ordered");
    }
    rename("four").await;
    send().await.unwrap();
    rename("five").await;
    send().await.unwrap();
    let first = Some("Kick-off; phase 1".to_owned());
    let told = |before: Option<String>, now: &str| Told {
        before,
        now: now.to_owned(),
    };
    assert_eq!(
        *provider.told.lock().unwrap(),
        [
            told(first.clone(), "one"),
            told(first, "two"),
            // From here on it is not known, also not after a refusal.
            told(None, "three"),
            told(None, "four"),
            told(Some("four".to_owned()), "five"),
        ]
    );
}

#[tokio::test]
async fn when_zoom_cannot_be_asked_whether_it_is_there_nobody_is_mailed() {
    let stage = Stage::new().await;
    let provider = Arc::new(ScriptedProvider::default());
    let pipeline = stage
        .without_zoom(&stage.database)
        .online(provider.clone())
        .build()
        .unwrap();
    pipeline.push(&kickoff(), &PushOptions::default()).await.unwrap();
    stage.let_link_age();
    provider
        .liveness
        .lock()
        .unwrap()
        .extend([Err(Outcome::NotDone), Ok(Liveness::Gone)]);
    let send = async || pipeline.send(&kickoff(), &SendOptions::default()).await;
    assert_eq!(
        send().await.unwrap_err().to_string(),
        "the check failed as ordered"
    );
    assert_eq!(stage.post.tries().len(), 0);
    let report = send().await.unwrap();
    assert_eq!(report.online.join_url.unwrap().as_str(), "https://meet.example/2");
    everybody_has(&stage, "https://meet.example/2", 0);
}

#[tokio::test]
async fn a_meeting_called_off_is_taken_off_zoom() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    let options = PushOptions::default();
    let error = stage
        .pipeline()
        .delete_online(&kickoff(), &options)
        .await
        .unwrap_err();
    assert!(matches!(error, PipelineError::WrongStatus { .. }), "{error:?}");
    stage
        .edit(|meeting| meeting.status = MeetingStatus::NotHeld)
        .await;
    let report = stage
        .pipeline()
        .delete_online(&kickoff(), &options)
        .await
        .unwrap();
    assert_eq!(report.online.action, OnlineAction::Deleted);
    assert_eq!(stage.zoom.meetings().unwrap(), []);
    assert_eq!(stage.join_url().await, None);
    assert_eq!(stage.database.link(&kickoff()).await.unwrap(), None);
    let report = stage
        .pipeline()
        .delete_online(&kickoff(), &options)
        .await
        .unwrap();
    assert_eq!(report.online.action, OnlineAction::Skipped);
    // Planned again after all, it gets a new one.
    stage
        .edit(|meeting| meeting.status = MeetingStatus::Planned)
        .await;
    stage.send().await;
    everybody_has(&stage, &stage.zoom_meeting().join_url, 1);
}
