//! What the pipeline makes of a CRM that is asked over a network: pages, hidden addresses, values that are not kept.

use std::time::Duration;

use invite::crm::CrmError;
use invite::fault::{Class, Fault as _};
use invite::imip::{Answer, AnswerKind};
use invite::mail::{DeliveryState, Outbox as _};
use invite::meeting::{Acceptance, MeetingStatus};
use invite::pipeline::{
    AnswerOutcome, CancelOptions, DeliverySettings, Pipeline, PipelineError, PushOptions, RecipientState,
    SendOptions,
};
use invite::testing::StubFate;

use crate::remote_crm::RemoteCrm;
use crate::stage::{INVITEES, KIM, LEE, MIKA, Stage, counts, fate, kickoff};

const HIDDEN: &str = "the CRM does not show the email address to this program";

async fn send(pipeline: &Pipeline) -> Result<invite::pipeline::SendReport, PipelineError> {
    pipeline.send(&kickoff(), &SendOptions::default()).await
}

#[tokio::test]
async fn a_send_asks_for_pages_and_for_nobody_alone() {
    let stage = Stage::new().await;
    let crm = RemoteCrm::over(&stage);
    let pipeline = crm.pipeline(&stage);
    assert_eq!(send(&pipeline).await.unwrap().sent, 3);
    assert_eq!(stage.post.addressees(), INVITEES);
    // The assigned user is among the four.
    assert_eq!(crm.asked(), ["meeting", "page of 3", "page of 1", "join URL"]);
    // Lee has another address, and is known from the page: the old mailbox is told so without asking again.
    let text = r#"{"contacts": [{"id": "lee", "name": "Lee, Harper", "email": "new@client.example"}]}"#;
    let records = invite::crm::import::read(text, "lee.json").unwrap();
    stage.database.import(&records, "lee.json").await.unwrap();
    assert_eq!(send(&pipeline).await.unwrap().sent, 2);
    assert_eq!(crm.asked(), ["meeting", "page of 3", "page of 1"]);
}

#[tokio::test]
async fn a_step_that_needs_one_person_asks_for_one() {
    let stage = Stage::new().await;
    let crm = RemoteCrm::over(&stage);
    let pipeline = crm.pipeline(&stage);
    pipeline.push(&kickoff(), &PushOptions::default()).await.unwrap();
    assert_eq!(crm.asked(), ["meeting", "user:ana", "join URL"]);
    pipeline.sync_state(&kickoff()).await.unwrap();
    assert_eq!(crm.asked(), ["meeting", "user:ana"]);
}

#[tokio::test]
async fn an_answer_asks_for_the_attendee_who_gives_it() {
    let stage = Stage::new().await;
    let crm = RemoteCrm::over(&stage);
    let pipeline = crm.pipeline(&stage);
    send(&pipeline).await.unwrap();
    crm.asked();
    let issued = stage.database.issued(&kickoff()).await.unwrap();
    let answer = Answer {
        kind: AnswerKind::Reply(Acceptance::Tentative),
        uid: issued[0].uid.clone(),
        sequence: 0,
        stamp: None,
        occurrence: None,
        attendee: LEE.parse().unwrap(),
        comment: None,
        sender: Some(LEE.parse().unwrap()),
    };
    let report = pipeline.receive_answer(&answer, false).await.unwrap();
    assert_eq!(report.outcome, AnswerOutcome::Recorded);
    assert_eq!(
        crm.asked(),
        ["meeting", "user:ana", "attendee contact:lee", "1 statuses"]
    );
}

#[tokio::test]
async fn answers_end_in_one_call() {
    let stage = Stage::new().await;
    let crm = RemoteCrm::over(&stage);
    let pipeline = crm.pipeline(&stage);
    send(&pipeline).await.unwrap();
    for person in ["contact:lee", "contact:kim"] {
        stage.answer(person, Acceptance::Accepted).await;
    }
    stage.reschedule().await;
    crm.asked();
    send(&pipeline).await.unwrap();
    // Not Ana's: she holds the meeting.
    assert_eq!(crm.asked(), ["meeting", "page of 3", "page of 1", "2 statuses"]);
    let answers = stage.attendees().await;
    let stands: Vec<_> = answers
        .iter()
        .filter(|attendee| attendee.status != Acceptance::None)
        .collect();
    assert_eq!(stands.len(), 1, "{answers:?}");
    assert_eq!(stands[0].person.to_string(), "user:ana");
}

#[tokio::test]
async fn a_hidden_address_is_another_reason_than_none() {
    let stage = Stage::new().await;
    stage.invite("contact:mute", Acceptance::None).await;
    let crm = RemoteCrm::over(&stage);
    crm.hide(&["contact:lee"]);
    let report = send(&crm.pipeline(&stage)).await.unwrap();
    assert_eq!(counts(&report), (2, 0, 0, 3));
    assert_eq!(report.hidden, 1);
    assert_eq!(
        fate(&report, "contact:lee"),
        (RecipientState::Skipped, Some(HIDDEN))
    );
    let none = (RecipientState::Skipped, Some("has no email address"));
    assert_eq!(fate(&report, "contact:mute"), none);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["recipients"][1]["reason"], HIDDEN);
    assert_eq!(json["recipients"][1]["email"], serde_json::Value::Null);
    // It is shown: the next send invites.
    crm.hide(&[]);
    stage.post.empty();
    send(&crm.pipeline(&stage)).await.unwrap();
    assert_eq!(stage.post.addressees(), [LEE]);
}

#[tokio::test]
async fn nothing_is_pushed_when_all_addresses_are_hidden() {
    let stage = Stage::new().await;
    let crm = RemoteCrm::over(&stage);
    for hidden in [&["contact:lee", "contact:kim", "lead:mika"][..], &["user:ana"]] {
        crm.hide(hidden);
        let error = send(&crm.pipeline(&stage)).await.unwrap_err();
        assert!(matches!(error, PipelineError::AddressHidden { .. }), "{error:?}");
        assert_eq!(
            (error.kind(), error.class()),
            ("crm.address_hidden", Class::NotPermitted)
        );
        assert!(error.remedy().is_some());
        assert_eq!(stage.zoom.requests(), [], "{hidden:?}");
    }
}

#[tokio::test]
async fn who_was_mailed_before_the_address_was_hidden_is_mailed_there() {
    let stage = Stage::new().await;
    let crm = RemoteCrm::over(&stage);
    let pipeline = crm.pipeline(&stage);
    send(&pipeline).await.unwrap();
    stage.post.empty();
    // The right to read addresses is taken away, also that of the organizer.
    crm.hide(&["contact:lee", "contact:kim", "lead:mika", "user:ana"]);
    stage
        .edit(|meeting| meeting.location = Some("Hall 2".into()))
        .await;
    let report = send(&pipeline).await.unwrap();
    assert_eq!(counts(&report), (3, 0, 0, 1), "{report:?}");
    for to in INVITEES {
        let letter = stage.post.letter_to(to);
        assert_eq!(
            letter.calendar().method(),
            "REQUEST",
            "{to} is not told to be removed"
        );
    }
    stage.post.empty();
    stage.remove("contact:lee").await;
    send(&pipeline).await.unwrap();
    assert_eq!(stage.post.letter_to(LEE).calendar().method(), "CANCEL");
    stage.post.empty();
    stage
        .edit(|meeting| meeting.status = MeetingStatus::NotHeld)
        .await;
    pipeline
        .cancel(&kickoff(), &CancelOptions::default())
        .await
        .unwrap();
    assert_eq!(stage.post.addressees(), [KIM, MIKA]);
}

#[tokio::test]
async fn a_join_url_that_is_not_kept_is_mailed_to_nobody() {
    let stage = Stage::new().await;
    let crm = RemoteCrm::over(&stage);
    let pipeline = crm.pipeline(&stage);
    crm.drop_join_url(true);
    for _ in 0..2 {
        let error = send(&pipeline).await.unwrap_err();
        let PipelineError::Crm(CrmError::NotKept { field, kept, .. }) = &error else {
            panic!("{error:?}");
        };
        assert_eq!((*field, kept), ("join URL", &None));
        assert_eq!(
            (error.kind(), error.class()),
            ("crm.not_kept", Class::Unavailable)
        );
        assert_eq!(
            error.to_string(),
            "the CRM did not keep the join URL of meeting \"kickoff\": it has none"
        );
        assert!(
            error
                .remedy()
                .is_some_and(|remedy| remedy.to_string().contains("join URL"))
        );
        assert_eq!(stage.post.tries().len(), 0);
    }
    // The field is made writable: the send goes on with the Zoom meeting that there is.
    crm.drop_join_url(false);
    assert_eq!(send(&pipeline).await.unwrap().sent, 3);
    let meeting = stage.zoom_meeting();
    assert_eq!(stage.join_url().await.as_deref(), Some(meeting.join_url.as_str()));
    // Taken offline, the link has to go from the record.
    crm.drop_join_url(true);
    stage
        .edit(|meeting| meeting.status = MeetingStatus::NotHeld)
        .await;
    let options = PushOptions::default();
    let error = pipeline.delete_online(&kickoff(), &options).await.unwrap_err();
    assert_eq!(error.kind(), "crm.not_kept");
    crm.drop_join_url(false);
    pipeline.delete_online(&kickoff(), &options).await.unwrap();
    assert_eq!(stage.join_url().await, None);
}

#[tokio::test]
async fn a_crm_without_an_editor_says_so() {
    let stage = Stage::new().await;
    let crm = RemoteCrm::over(&stage).ports();
    let error = crm.editor().map(drop).unwrap_err();
    assert!(matches!(error, CrmError::ReadOnly), "{error:?}");
    assert_eq!(
        (error.kind(), error.class()),
        ("crm.read_only", Class::Configuration)
    );
    assert_eq!(
        error.remedy().map(|remedy| remedy.to_string()).as_deref(),
        Some("change the meeting in the CRM itself")
    );
    assert!(crm.availability().is_none());
    // It can be read all the same.
    assert!(crm.records().meeting(&kickoff()).await.unwrap().is_some());
    let with_all = invite::crm::Crm::from(&stage.database);
    assert!(with_all.editor().is_ok() && with_all.availability().is_some());
}

/// A pipeline that tries again at once.
fn impatient(stage: &Stage, crm: &RemoteCrm) -> Pipeline {
    let settings = DeliverySettings {
        first_retry: Duration::from_millis(1),
        ..DeliverySettings::default()
    };
    let builder = stage.builder().crm(std::sync::Arc::new(crm.clone()));
    builder.delivery(settings).build().unwrap()
}

#[tokio::test]
async fn what_waits_of_a_meeting_that_is_gone_is_called_off() {
    let stage = Stage::new().await;
    let crm = RemoteCrm::over(&stage);
    let pipeline = impatient(&stage, &crm);
    stage.post.order(LEE, StubFate::PutOff);
    assert_eq!(counts(&send(&pipeline).await.unwrap()), (2, 1, 0, 1));
    // Mika had the invitation, and the cancellation waits.
    stage.remove("lead:mika").await;
    stage.post.order(MIKA, StubFate::PutOff);
    stage.post.order(LEE, StubFate::PutOff);
    let report = send(&pipeline).await.unwrap();
    assert_eq!((report.sent, report.queued), (0, 2), "{report:?}");
    stage.post.empty();
    crm.lose_meetings();
    let worked = pipeline.work(true).await.unwrap();
    assert!(worked.put_off.is_empty(), "{worked:?}");
    assert_eq!(stage.post.addressees(), [MIKA]);
    assert_eq!(stage.post.letter_to(MIKA).calendar().method(), "CANCEL");
    let entries = stage.database.of_meeting(&kickoff()).await.unwrap();
    let mut to_lee = entries.iter().filter(|entry| entry.envelope.to.as_str() == LEE);
    let last = to_lee.next_back().unwrap();
    assert_eq!(last.state, DeliveryState::Cancelled);
    assert_eq!(
        last.last_answer.as_deref(),
        Some("the meeting is no longer in the CRM")
    );
    // Nothing waits any more, so no worker comes back to it.
    assert_eq!(stage.database.next_due().await.unwrap(), None);
}
