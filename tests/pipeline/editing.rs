//! A meeting that was sent is changed, and sent again.

use invite::mail::Outbox as _;
use invite::meeting::Acceptance;
use invite::pipeline::{OnlineAction, RecipientState};
use invite::sandbox::zoom::Operation;
use invite::testing::StubFate;
use serde_json::Value;

use crate::stage::{INVITEES, LEE, MIKA, Stage, counts, fate, kickoff, on_the_day, to};

fn body_of_the_patch(stage: &Stage) -> Value {
    let requests = stage.zoom.requests();
    assert_eq!(stage.asked(), [Operation::UpdateMeeting]);
    serde_json::from_str(&requests[0].body).unwrap()
}

#[tokio::test]
async fn another_time_reaches_zoom_and_everybody() {
    let stage = Stage::new().await;
    stage.send().await;
    let first = stage.post.letter_to(LEE);
    stage.answer("contact:lee", Acceptance::Declined).await;
    stage.answer("lead:mika", Acceptance::Accepted).await;
    stage.reschedule().await;
    let zoom_meeting = stage.zoom_meeting().id;
    stage.zoom.forget_requests();
    stage.post.empty();

    let report = stage.send().await;
    assert_eq!(
        body_of_the_patch(&stage),
        serde_json::json!({"start_time": "2036-12-01T11:00:00Z", "duration": 60})
    );
    assert_eq!(stage.zoom_meeting().id, zoom_meeting);
    assert_eq!(
        stage.zoom_meeting().start_time,
        Some("2036-12-01T11:00:00Z".parse().unwrap())
    );
    assert_eq!(report.online.action, OnlineAction::Updated);
    assert_eq!(report.revision.0, 1);
    // Whatever they answered: they have to know.
    assert_eq!(stage.post.addressees(), INVITEES);
    let letter = stage.post.letter_to(LEE);
    assert!(
        letter.subject().starts_with("Updated: Kick-off"),
        "{}",
        letter.subject()
    );
    assert!(
        letter.text().contains("has changed this meeting"),
        "{}",
        letter.text()
    );
    let before = letter
        .text()
        .lines()
        .find(|line| line.starts_with("Before:"))
        .unwrap()
        .to_owned();
    assert!(before.contains("4:00"), "{before}");
    assert!(letter.html().contains("<s>"), "{}", letter.html());
    assert_eq!(letter.in_reply_to(), Some(first.message_id()));
    assert_ne!(letter.message_id(), first.message_id());
    let (object, told) = (letter.calendar(), first.calendar());
    assert_eq!(object.uid(), told.uid());
    assert_eq!(object.sequence(), 1);
    assert_eq!(object.start(), "2036-12-01 11:00");
    // What was answered to another time is no answer to this one.
    assert!(
        object
            .attendees()
            .iter()
            .all(|(_, answer)| answer == "NEEDS-ACTION"),
        "{object:?}"
    );
}

#[tokio::test]
async fn each_further_edit_is_one_revision_more_below_the_first_mail() {
    let stage = Stage::new().await;
    stage.send().await;
    let first = stage.post.letter_to(LEE);
    let mut uid = first.calendar().uid();
    for (sequence, name) in [(1, "Kick-off"), (2, "Kick-off, at last")] {
        stage.post.empty();
        stage.edit(|meeting| meeting.rename(name).unwrap()).await;
        assert_eq!(stage.send().await.revision.0, sequence);
        let letter = stage.post.letter_to(LEE);
        assert_eq!(letter.calendar().sequence(), i64::from(sequence));
        assert_eq!(letter.in_reply_to(), Some(first.message_id()));
        assert_eq!(
            std::mem::replace(&mut uid, letter.calendar().uid()),
            letter.calendar().uid()
        );
        assert_eq!(letter.calendar().summary(), name);
        assert_eq!(stage.zoom_meeting().topic, name);
    }
}

#[tokio::test]
async fn a_new_description_is_for_zoom_only() {
    let stage = Stage::new().await;
    let before = stage.send_before_it_begins().await;
    stage
        .edit(|meeting| meeting.description = Some("Nothing else".into()))
        .await;
    let report = stage.send().await;
    let body = body_of_the_patch(&stage);
    assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
    assert!(
        body["agenda"].as_str().unwrap().starts_with("Nothing else\n"),
        "{body}"
    );
    assert_eq!(report.online.action, OnlineAction::Updated);
    assert_eq!(report.revision, before.revision);
    assert_eq!(stage.post.letters().len(), 0);
    assert_eq!(stage.database.issued(&kickoff()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn another_room_is_not_for_zoom() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    stage
        .edit(|meeting| meeting.location = Some("Room 5".into()))
        .await;
    let report = stage.send().await;
    assert_eq!(stage.zoom.requests(), []);
    assert_eq!(
        (report.online.action, report.revision.0),
        (OnlineAction::Unchanged, 1)
    );
    let letter = stage.post.letter_to(LEE);
    assert!(letter.text().contains("Room 5"));
    // The time stands, and so do the answers to it.
    assert!(!letter.text().contains("Before:"), "{}", letter.text());
}

#[tokio::test]
async fn a_change_taken_back_before_it_was_sent_is_none() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    let when = stage.meeting().await.when;
    stage.reschedule().await;
    stage.edit(|meeting| meeting.when = when).await;
    let report = stage.send().await;
    assert_eq!((report.revision.0, report.sent), (0, 0));
    assert_eq!(stage.zoom.requests(), []);
}

#[tokio::test]
async fn who_missed_a_revision_is_told_what_changed_since_the_own() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    stage.reschedule().await;
    let report = stage.send_with(&to(&["lead:mika"])).await;
    assert_eq!(counts(&report), (1, 0, 0, 3));
    assert_eq!(stage.post.addressees(), [MIKA]);
    stage.post.empty();

    stage.answer("contact:lee", Acceptance::Declined).await;
    stage
        .edit(|meeting| meeting.location = Some("Room 5".into()))
        .await;
    let report = stage.send().await;
    assert_eq!(report.revision.0, 2);
    assert_eq!(counts(&report), (3, 0, 0, 1));
    // Lee was never told of the other time; Mika was.
    assert!(stage.post.letter_to(LEE).text().contains("Before:"));
    assert!(!stage.post.letter_to(MIKA).text().contains("Before:"));
}

#[tokio::test]
async fn who_was_passed_over_gets_the_current_revision_later() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    stage.answer("contact:lee", Acceptance::Declined).await;
    stage.reschedule().await;
    stage.send_with(&to(&["lead:mika"])).await;
    stage.post.empty();
    let report = stage.send().await;
    assert_eq!(report.revision.0, 1);
    assert_eq!(fate(&report, "contact:lee").0, RecipientState::Sent);
    assert_eq!(
        fate(&report, "lead:mika"),
        (RecipientState::Skipped, Some("has revision 1 already"))
    );
    let letter = stage.post.letter_to(LEE);
    assert!(letter.subject().starts_with("Updated:"), "{}", letter.subject());
    assert!(letter.text().contains("Before:"));
}

#[tokio::test]
async fn an_update_is_not_the_first_that_somebody_hears() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::PutOff);
    let report = stage.send().await;
    assert_eq!(fate(&report, "contact:lee").0, RecipientState::Queued);
    stage.post.empty();
    stage.reschedule().await;
    let report = stage.send().await;
    assert_eq!(fate(&report, "contact:lee").0, RecipientState::Sent);
    // One mail: the older one is called off. It is an invitation: there is nothing that it could update.
    let letter = stage.post.letter_to(LEE);
    assert!(
        letter.subject().starts_with("Invitation:"),
        "{}",
        letter.subject()
    );
    assert!(!letter.text().contains("Before:"), "{}", letter.text());
    assert_eq!(letter.in_reply_to(), None);
    assert_eq!(letter.calendar().sequence(), 1);
    assert!(stage.post.letter_to(MIKA).subject().starts_with("Updated:"));
}

#[tokio::test]
async fn a_revision_that_never_arrived_is_not_what_a_change_is_measured_by() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    stage.reschedule().await;
    stage.post.order(LEE, StubFate::PutOff);
    stage.send().await;
    stage.post.empty();
    stage
        .edit(|meeting| meeting.location = Some("Room 5".into()))
        .await;
    stage.send().await;
    // The last that Lee knows is the first time.
    let text = stage.post.letter_to(LEE).text();
    let before = text.lines().find(|line| line.starts_with("Before:"));
    assert!(before.is_some_and(|before| before.contains("4:00")), "{text}");
    assert!(!stage.post.letter_to(MIKA).text().contains("Before:"));
}

#[tokio::test]
async fn a_new_attendee_of_an_old_meeting_is_invited() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    stage
        .edit(|meeting| meeting.when = on_the_day("10:00", "10:45"))
        .await;
    stage.send_before_it_begins().await;
    stage.invite("user:ben", Acceptance::None).await;
    let report = stage.send().await;
    assert_eq!((report.revision.0, counts(&report)), (1, (1, 0, 0, 4)));
    let letter = stage.post.letter_to("ben@acme.example");
    assert!(
        letter.subject().starts_with("Invitation:"),
        "{}",
        letter.subject()
    );
    assert_eq!(letter.calendar().sequence(), 1);
    // A user of the CRM can open the record.
    assert!(
        letter
            .text()
            .contains("https://crm.acme.example/#Meeting/view/kickoff")
    );
}

#[tokio::test]
async fn nobody_who_has_left_the_meeting_gets_what_was_still_waiting() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::PutOff);
    stage.send().await;
    stage
        .edit_attendees(|attendees| attendees.retain(|attendee| attendee.person.id.as_str() != "lee"))
        .await;
    stage.send().await;
    assert_eq!(stage.post.letters_to(LEE).len(), 0);
}
