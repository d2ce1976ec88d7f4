//! Taking invitations back: from everybody, and from who is not invited any more.

use invite::fault::Fault as _;
use invite::mail::{DeliveryState, Outbox as _};
use invite::meeting::{Acceptance, MeetingStatus};
use invite::pipeline::{CancelOptions, RecipientState, SendReport};
use invite::testing::StubFate;

use crate::stage::{INVITEES, KIM, LEE, MIKA, Stage, counts, fate, kickoff, to};

impl Stage {
    async fn cancel(&self) -> SendReport {
        let options = CancelOptions::default();
        self.pipeline().cancel(&kickoff(), &options).await.unwrap()
    }

    async fn call_off(&self) {
        self.edit(|meeting| meeting.status = MeetingStatus::NotHeld).await;
    }

    pub(crate) async fn remove(&self, person: &str) {
        self.edit_attendees(|attendees| attendees.retain(|a| a.person.to_string() != person))
            .await;
    }
}

#[tokio::test]
async fn all_who_were_invited_are_told_once_that_it_is_off() {
    let stage = Stage::new().await;
    stage.send().await;
    let invitation = stage.post.letter_to(LEE);
    stage.post.empty();
    stage.call_off().await;
    let report = stage.cancel().await;
    assert_eq!((report.sent, report.revision.0), (3, 1));
    assert_eq!(stage.post.addressees(), INVITEES);
    let letter = stage.post.letter_to(LEE);
    let object = letter.calendar();
    assert_eq!(
        (object.method(), object.status()),
        ("CANCEL".into(), Some("CANCELLED".into()))
    );
    assert_eq!(
        (object.uid(), object.sequence()),
        (invitation.calendar().uid(), 1)
    );
    assert_eq!(letter.in_reply_to(), Some(invitation.message_id()));
    assert_eq!((object.url(), object.conference()), (None, None));
    let link = stage.join_url().await.unwrap();
    assert!(!letter.text().contains(&link) && !letter.html().contains(&link));
    let again = stage.cancel().await;
    assert_eq!((again.sent, again.queued, again.failed), (0, 0, 0));
}

#[tokio::test]
async fn only_a_meeting_that_is_off_and_only_its_people_can_be_cancelled() {
    let stage = Stage::new().await;
    stage.send().await;
    let pipeline = stage.pipeline();
    let error = pipeline
        .cancel(&kickoff(), &CancelOptions::default())
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.class().exit_code()),
        ("meeting.wrong_status", 65)
    );
    stage.call_off().await;
    stage.post.empty();
    let options = CancelOptions {
        to: to(&["stranger@elsewhere.example"]).to,
        past: false,
        actor: None,
    };
    assert_eq!(
        pipeline.cancel(&kickoff(), &options).await.unwrap_err().kind(),
        "meeting.not_an_attendee"
    );
    let options = CancelOptions {
        to: to(&[LEE]).to,
        past: false,
        actor: None,
    };
    assert_eq!(pipeline.cancel(&kickoff(), &options).await.unwrap().sent, 1);
    assert_eq!(stage.post.addressees(), [LEE]);
    // The others are still to be told, and Lee is not told twice.
    assert_eq!(stage.cancel().await.sent, 2);
    assert_eq!(stage.post.letters_to(LEE).len(), 1);
}

#[tokio::test]
async fn nobody_hears_of_a_meeting_that_was_never_sent() {
    let stage = Stage::new().await;
    stage.call_off().await;
    let report = stage.cancel().await;
    assert_eq!((report.sent, report.skipped), (0, 4));
    assert!(stage.post.letters().is_empty());
    assert!(stage.database.issued(&kickoff()).await.unwrap().is_empty());
}

#[tokio::test]
async fn who_never_got_the_invitation_gets_no_cancellation() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::PutOff);
    stage.post.order(MIKA, StubFate::Refused);
    stage.send().await;
    stage.post.empty();
    stage.call_off().await;
    let report = stage.cancel().await;
    assert_eq!(report.sent, 1);
    assert_eq!(stage.post.addressees(), [KIM]);
    let waiting = stage.database.of_meeting(&kickoff()).await.unwrap();
    assert!(waiting.iter().all(|entry| entry.state != DeliveryState::Queued));
}

#[tokio::test]
async fn a_cancellation_that_was_put_off_is_delivered_by_the_next_run() {
    let stage = Stage::new().await;
    stage.send().await;
    stage.call_off().await;
    stage.post.empty();
    stage.post.order(LEE, StubFate::PutOff);
    assert_eq!(stage.cancel().await.queued, 1);
    let report = stage.cancel().await;
    assert_eq!((report.sent, report.queued), (1, 0));
    assert_eq!(stage.post.letters_to(LEE).len(), 1);
}

#[tokio::test]
async fn somebody_removed_is_told_alone() {
    let stage = Stage::new().await;
    stage.send().await;
    stage.post.empty();
    stage.remove("contact:lee").await;
    let report = stage.send().await;
    assert_eq!((report.sent, report.revision.0), (1, 1));
    assert_eq!(stage.post.addressees(), [LEE]);
    let object = stage.post.letter_to(LEE).calendar();
    assert_eq!(
        (object.method(), object.status(), object.sequence()),
        ("CANCEL".into(), None, 1)
    );
    assert_eq!(object.attendees().len(), 1);
    // Once, and it is over.
    stage.post.empty();
    assert_eq!(stage.send().await.sent, 0);
    // Invited again, Lee gets an invitation like anybody new.
    stage.invite("contact:lee", Acceptance::None).await;
    assert_eq!(stage.send().await.sent, 1);
    let object = stage.post.letter_to(LEE).calendar();
    assert_eq!((object.method(), object.sequence()), ("REQUEST".into(), 2));
    // Nobody else is told for that.
    assert_eq!(stage.post.addressees(), [LEE]);
}

#[tokio::test]
async fn somebody_removed_before_the_invitation_left_never_gets_it() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::PutOff);
    stage.send().await;
    stage.post.empty();
    stage.remove("contact:lee").await;
    stage.send().await;
    stage.send().await;
    assert!(stage.post.letters().is_empty());
}

#[tokio::test]
async fn a_removal_that_was_put_off_is_delivered_by_the_next_send_unless_taken_back() {
    for taken_back in [false, true] {
        let stage = Stage::new().await;
        stage.send().await;
        stage.post.empty();
        stage.remove("contact:lee").await;
        stage.post.order(LEE, StubFate::PutOff);
        assert_eq!(
            fate(&stage.send().await, "contact:lee").0,
            invite::pipeline::RecipientState::Queued
        );
        if taken_back {
            stage.invite("contact:lee", Acceptance::None).await;
        }
        stage.send().await;
        let methods: Vec<_> = stage
            .post
            .letters_to(LEE)
            .iter()
            .map(|l| l.calendar().method())
            .collect();
        // Lee has the invitation, so that there is nothing to tell when the removal is taken back.
        let expected: &[&str] = if taken_back { &[] } else { &["CANCEL"] };
        assert_eq!(methods, expected);
    }
}

#[tokio::test]
async fn a_new_time_resets_the_answers_and_nothing_else_does() {
    let stage = Stage::new().await;
    stage.send().await;
    stage.answer("contact:lee", Acceptance::Accepted).await;
    stage
        .edit(|meeting| meeting.location = Some("Hall 2".into()))
        .await;
    assert_eq!(counts(&stage.send().await), (3, 0, 0, 1));
    let answer = async || {
        let attendees = stage.attendees().await;
        let lee = attendees.iter().find(|a| a.person.to_string() == "contact:lee");
        lee.unwrap().status
    };
    assert_eq!(answer().await, Acceptance::Accepted);
    stage.reschedule().await;
    stage.send().await;
    assert_eq!(answer().await, Acceptance::None);
}

#[tokio::test]
async fn a_cancellation_that_waited_through_a_change_is_reported_as_it_fared() {
    let stage = Stage::new().await;
    stage.send().await;
    stage.remove("contact:lee").await;
    stage.post.order(LEE, StubFate::PutOff);
    let report = stage.send().await;
    assert_eq!(fate(&report, "contact:lee").0, RecipientState::Queued);
    stage.reschedule().await;
    let report = stage.send().await;
    assert_eq!(fate(&report, "contact:lee").0, RecipientState::Sent, "{report:?}");
    assert_eq!(report.queued, 0);
}
