//! A provider of online meetings that a caller of the library brings: nothing in the crate knows it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use invite::fault::Fault as _;
use invite::meeting::{JoinUrl, Meeting, OnlineLocation, Person, PersonId};
use invite::online::{
    Liveness, OnlineError, OnlineMeeting, OnlineMeetingId, OnlineMeetings, OnlineSpec, Search,
};
use invite::pipeline::{OnlineAction, Pipeline, PipelineError, PushOptions, SendOptions, SyncState};
use invite::template::Templates;

use crate::stage::{INVITEES, LEE, Stage, counts, kickoff};

const ACME: OnlineLocation = OnlineLocation::from_static("acme-video");

/// Rooms that are numbered as they are made. Whoever may edit a meeting may have one, and no id of it is typed.
#[derive(Debug, Default)]
struct AcmeVideo {
    made: AtomicU32,
}

#[async_trait]
impl OnlineMeetings for AcmeVideo {
    fn location(&self) -> OnlineLocation {
        ACME
    }

    fn name(&self) -> &str {
        "Acme Video"
    }

    fn required_scope(&self) -> Option<&str> {
        None
    }

    fn shows_id(&self) -> bool {
        false
    }

    async fn describe(&self, meeting: &Meeting, host: &Person) -> Result<OnlineSpec, OnlineError> {
        let (start, _) = meeting.when.span(&meeting.time_zone);
        Ok(OnlineSpec {
            host: host.reference.to_string(),
            topic: meeting.name().to_owned(),
            agenda: String::new(),
            start,
            duration: 45,
            time_zone: "UTC".to_owned(),
            settings: serde_json::Map::new(),
        })
    }

    async fn create(&self, _: &OnlineSpec, _: &str) -> Result<OnlineMeeting, OnlineError> {
        let number = self.made.fetch_add(1, Ordering::Relaxed) + 1;
        Ok(OnlineMeeting {
            id: OnlineMeetingId(format!("8351537914{number}")),
            join_url: JoinUrl::new(format!("https://video.acme.example/{number}")).unwrap(),
            passcode: None,
        })
    }

    async fn update(
        &self,
        _: &OnlineMeetingId,
        _: Option<&OnlineSpec>,
        _: &OnlineSpec,
        _: &str,
    ) -> Result<(), OnlineError> {
        Ok(())
    }

    async fn delete(&self, _: &OnlineMeetingId) -> Result<(), OnlineError> {
        Ok(())
    }

    async fn check(&self, _: &OnlineMeetingId, _: &OnlineSpec) -> Result<Liveness, OnlineError> {
        Ok(Liveness::Alive(None))
    }

    async fn find(&self, _: &OnlineSpec, _: &str) -> Result<Search, OnlineError> {
        Ok(Search::NotThere)
    }
}

/// The kick-off on Acme Video, where nobody is enabled for anything.
async fn on_acme() -> Stage {
    let stage = Stage::new().await;
    stage
        .edit(|meeting| {
            meeting.online_location = Some(ACME);
            meeting.assigned_user = Some(PersonId::new("cleo").unwrap());
        })
        .await;
    stage
}

fn pipeline(stage: &Stage) -> Pipeline {
    let builder = stage.builder().online(Arc::new(AcmeVideo::default()));
    builder.build().unwrap()
}

fn as_cleo() -> SendOptions {
    SendOptions {
        actor: Some(PersonId::new("cleo").unwrap()),
        ..SendOptions::default()
    }
}

#[tokio::test]
async fn a_dry_run_has_a_link_of_its_own() {
    let stage = on_acme().await;
    let plan = pipeline(&stage).plan(&kickoff(), &as_cleo()).await.unwrap();
    assert_eq!(plan.report.online.action, OnlineAction::Created);
    let name = plan.report.online.provider_name.as_deref();
    assert_eq!(name, Some("Acme Video"));
    let placeholder = plan.report.online.join_url.unwrap();
    assert!(placeholder.as_str().starts_with("https://acme-video.example/"));
    let mails = &plan.invitations;
    assert!(mails.iter().any(|mail| mail.envelope.to.as_str() == LEE));
    for mail in mails {
        let said = format!("{}{}", mail.text, String::from_utf8_lossy(&mail.message));
        assert!(mail.text.contains(placeholder.as_str()), "{said}");
        assert!(!said.to_lowercase().contains("zoom"), "{said}");
    }
}

#[tokio::test]
async fn a_send_pushes_to_it_without_a_scope_and_shows_no_id() {
    let stage = on_acme().await;
    let pipeline = pipeline(&stage);
    // Cleo's role has no scope, and nobody made Cleo a user of any provider.
    let report = pipeline.send(&kickoff(), &as_cleo()).await.unwrap();
    assert_eq!(report.online.action, OnlineAction::Created);
    assert_eq!(
        (report.online.provider, report.online.shows_id),
        (Some(ACME), false)
    );
    assert_eq!(report.online.meeting_id.as_deref(), Some("83515379141"));
    assert_eq!(stage.join_url().await.unwrap(), "https://video.acme.example/1");
    assert!(INVITEES.iter().all(|to| !stage.post.letters_to(to).is_empty()));
    for letter in stage.post.letters() {
        let said = format!("{}{}", letter.text(), letter.html());
        assert!(said.contains("https://video.acme.example/1"), "{said}");
        assert!(!said.contains("835 1537 9141"), "{said}");
        assert!(!said.contains("83515379141"), "{said}");
        assert!(!said.to_lowercase().contains("zoom"), "{said}");
    }
    let (state, link) = pipeline.sync_state(&kickoff()).await.unwrap();
    assert_eq!((state, link.unwrap().location), (SyncState::InSync, ACME));
    let again = pipeline.send(&kickoff(), &as_cleo()).await.unwrap();
    assert_eq!(
        (again.online.action, counts(&again).0),
        (OnlineAction::Unchanged, 0)
    );
    // Nobody asked Zoom, which is configured too.
    assert_eq!(stage.zoom.requests(), []);
}

#[tokio::test]
async fn a_push_tells_it_what_has_changed() {
    let stage = on_acme().await;
    let pipeline = pipeline(&stage);
    let push = async || {
        let options = PushOptions {
            actor: as_cleo().actor,
        };
        let report = pipeline.push(&kickoff(), &options).await.unwrap();
        report.online.action
    };
    assert_eq!(push().await, OnlineAction::Created);
    stage.reschedule().await;
    assert_eq!(push().await, OnlineAction::Updated);
    assert_eq!(push().await, OnlineAction::Unchanged);
}

#[tokio::test]
async fn a_template_can_say_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("invitation/meeting/subject.txt");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, "{{ name }} on {{ meeting.online_name }}").unwrap();
    let stage = on_acme().await;
    let pipeline = stage
        .builder()
        .online(Arc::new(AcmeVideo::default()))
        .templates(Templates::with_dir(folder.path()).unwrap())
        .build()
        .unwrap();
    pipeline.send(&kickoff(), &SendOptions::default()).await.unwrap();
    assert_eq!(
        stage.post.letter_to(LEE).subject(),
        "Kick-off; phase 1 on Acme Video"
    );
}

#[tokio::test]
async fn a_name_that_nobody_serves_has_the_nearest_one() {
    let stage = on_acme().await;
    let wrong = OnlineLocation::from_static("acme-vidoe");
    stage.edit(|meeting| meeting.online_location = Some(wrong)).await;
    let refused = pipeline(&stage).send(&kickoff(), &SendOptions::default()).await;
    let error = refused.unwrap_err();
    let expected = PipelineError::NoProvider {
        meeting: "Kick-off; phase 1".to_owned(),
        location: wrong,
        nearest: Some(ACME),
    };
    assert_eq!(error.to_string(), expected.to_string());
    assert!(error.to_string().ends_with("did you mean acme-video?"), "{error}");
    assert_eq!(error.kind(), "online.not_configured");
    assert_eq!(stage.post.tries().len(), 0);
}
