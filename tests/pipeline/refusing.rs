//! What is refused before anything is done for it.

use invite::fault::{Class, Fault as _};
use invite::meeting::{Acceptance, MeetingId, MeetingStatus, PersonId};
use invite::pipeline::{PipelineError, PushOptions, SendOptions};

use crate::stage::{Stage, kickoff};
use crate::store_file;

fn as_user(id: &str) -> SendOptions {
    SendOptions {
        actor: Some(PersonId::new(id).unwrap()),
        ..SendOptions::default()
    }
}

/// A send that is refused, having done nothing.
async fn refused(stage: &Stage, options: &SendOptions) -> PipelineError {
    let before = store_file::contents(stage.database.name().as_ref()).await;
    let error = stage.try_send(options).await.unwrap_err();
    let planned = stage.pipeline().plan(&kickoff(), options).await.unwrap_err();
    assert_eq!(
        planned.to_string(),
        error.to_string(),
        "a plan foresees the refusal"
    );
    assert_eq!(stage.zoom.requests(), []);
    assert_eq!(stage.post.tries().len(), 0);
    assert_eq!(store_file::contents(stage.database.name().as_ref()).await, before);
    error
}

async fn push_as(stage: &Stage, user: &str) -> Result<(), PipelineError> {
    let options = PushOptions {
        actor: Some(PersonId::new(user).unwrap()),
    };
    stage.pipeline().push(&kickoff(), &options).await.map(drop)
}

#[tokio::test]
async fn a_meeting_that_is_over_or_off() {
    for status in [MeetingStatus::Held, MeetingStatus::NotHeld] {
        let stage = Stage::new().await;
        stage.edit(|meeting| meeting.status = status).await;
        let error = refused(&stage, &SendOptions::default()).await;
        assert!(matches!(&error, PipelineError::WrongStatus { status: told, .. } if *told == status));
        assert_eq!(error.class(), Class::BadData);
        assert!(
            error
                .to_string()
                .ends_with(&format!("cannot be sent: its status is {status}")),
            "{error}"
        );
        let error = stage
            .pipeline()
            .push(&kickoff(), &PushOptions::default())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("cannot be pushed"), "{error}");
        assert_eq!(stage.zoom.requests(), []);
    }
}

#[tokio::test]
async fn a_meeting_that_nobody_can_be_invited_to() {
    async fn reason(keep: &[&str], add: Option<&str>) -> String {
        let stage = Stage::new().await;
        stage
            .edit_attendees(|attendees| attendees.retain(|a| keep.contains(&a.person.id.as_str())))
            .await;
        if let Some(person) = add {
            stage.invite(person, Acceptance::None).await;
        }
        match refused(&stage, &SendOptions::default()).await {
            PipelineError::NoRecipients { reason, .. } => reason,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(reason(&[], None).await, "it has no attendees");
    let alone = "its only attendee is the assigned user, who holds it";
    assert_eq!(reason(&["ana"], None).await, alone);
    assert_eq!(reason(&[], Some("contact:alias")).await, alone);
    let mute = "none of its attendees has an email address";
    assert_eq!(reason(&["ana"], Some("contact:mute")).await, mute);
}

#[tokio::test]
async fn what_does_not_exist() {
    let stage = Stage::new().await;
    let unknown = MeetingId::new("kick-off").unwrap();
    let error = stage
        .pipeline()
        .send(&unknown, &SendOptions::default())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.class()),
        ("meeting.not_found", Class::NotFound)
    );
    let error = refused(&stage, &as_user("nobody")).await;
    assert!(matches!(&error, PipelineError::NoActor { user } if user.as_str() == "nobody"));
    stage.edit(|meeting| meeting.assigned_user = None).await;
    let error = refused(&stage, &SendOptions::default()).await;
    assert!(matches!(error, PipelineError::NoAssignedUser { .. }));
}

#[tokio::test]
async fn a_user_without_the_permissions() {
    let stage = Stage::new().await;
    let scope = "none of the user's roles has the Zoom Meetings scope";
    let edit = "none of the user's roles lets the user edit this meeting";
    for (user, missing) in [("ben", edit), ("cleo", scope), ("rita", edit)] {
        let error = refused(&stage, &as_user(user)).await;
        assert!(
            matches!(&error, PipelineError::NotPermitted { reason, .. } if *reason == missing),
            "{user}: {error:?}"
        );
        assert_eq!(error.class(), Class::NotPermitted);
        assert!(
            error
                .to_string()
                .contains("may not send the meeting \"Kick-off; phase 1\""),
            "{error}"
        );
        let error = push_as(&stage, user).await.unwrap_err();
        assert!(error.to_string().contains("may not push the meeting"), "{error}");
        assert_eq!(stage.zoom.requests(), []);
    }
}

#[tokio::test]
async fn users_with_the_permissions() {
    let stage = Stage::new().await;
    // Her own, and everybody's.
    push_as(&stage, "ana").await.unwrap();
    assert_eq!(stage.send_with(&as_user("boss")).await.sent, 3);
    push_as(&stage, "boss").await.unwrap();
    // The scope is for pushing only.
    let stage = Stage::new().await;
    let no_push = SendOptions {
        no_push: true,
        ..as_user("cleo")
    };
    assert_eq!(stage.send_with(&no_push).await.sent, 3);
    let stage = Stage::new().await;
    stage.edit(|meeting| meeting.online_location = None).await;
    assert_eq!(stage.send_with(&as_user("cleo")).await.sent, 3);
    // Handed over, it is Ben's.
    stage
        .edit(|meeting| meeting.assigned_user = Some(PersonId::new("ben").unwrap()))
        .await;
    assert!(matches!(
        stage.try_send(&as_user("ana")).await,
        Err(PipelineError::NotPermitted { .. })
    ));
    stage.send_with(&as_user("ben")).await;
}

#[tokio::test]
async fn a_pipeline_that_lacks_a_part() {
    let stage = Stage::new().await;
    let pipeline = stage.without_zoom(&stage.database).build().unwrap();
    let error = pipeline
        .send(&kickoff(), &SendOptions::default())
        .await
        .unwrap_err();
    assert!(matches!(error, PipelineError::NoProvider { .. }), "{error:?}");
    // A user who may not push is told so first.
    for (user, kind) in [
        ("ben", "permission.denied"),
        ("cleo", "permission.denied"),
        ("ana", "online.not_configured"),
    ] {
        let error = pipeline.send(&kickoff(), &as_user(user)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{user}: {error}");
        let options = PushOptions {
            actor: as_user(user).actor,
        };
        let error = pipeline.push(&kickoff(), &options).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{user}: {error}");
    }
    stage.edit(|meeting| meeting.online_location = None).await;
    pipeline.send(&kickoff(), &SendOptions::default()).await.unwrap();
    let error = pipeline
        .push(&kickoff(), &PushOptions::default())
        .await
        .unwrap_err();
    assert!(matches!(error, PipelineError::NotOnline { .. }), "{error:?}");
}

#[tokio::test]
async fn a_host_who_may_not_have_zoom_meetings() {
    let stage = Stage::new().await;
    stage
        .edit(|meeting| meeting.assigned_user = Some(PersonId::new("cleo").unwrap()))
        .await;
    let error = refused(&stage, &SendOptions::default()).await;
    assert_eq!(error.kind(), "zoom.user_not_enabled");
    // Nothing is held: the next one can begin at once.
    let lease = stage.hold_push().await;
    invite::online::LinkStore::end_push(&stage.database, lease)
        .await
        .unwrap();
}

#[tokio::test]
async fn messages_without_a_record_of_their_revision() {
    let stage = Stage::new().await;
    stage.send().await;
    store_file::lose_revisions(&stage.database).await;
    let before = store_file::contents(stage.database.name().as_ref()).await;
    let error = stage.try_send(&SendOptions::default()).await.unwrap_err();
    assert!(matches!(error, PipelineError::Unrecorded { .. }), "{error:?}");
    assert_eq!(
        (error.kind(), error.class()),
        ("outbox.unrecorded", Class::BadData)
    );
    // Nobody is mailed under a UID that is only guessed.
    assert_eq!(stage.post.letters().len(), 3);
    assert_eq!(store_file::contents(stage.database.name().as_ref()).await, before);
}
