//! Who gets a mail.

use invite::fault::{Class, Fault as _};
use invite::meeting::Acceptance;
use invite::pipeline::{PipelineError, RecipientState, SendOptions};
use invite::testing::StubFate;

use crate::stage::{INVITEES, KIM, LEE, MIKA, Stage, counts, fate, resend, to};

const SKIPPED: RecipientState = RecipientState::Skipped;

async fn answered() -> Stage {
    let stage = Stage::new().await;
    stage.answer("contact:lee", Acceptance::Accepted).await;
    stage.answer("contact:kim", Acceptance::Tentative).await;
    stage.invite("user:ben", Acceptance::Declined).await;
    stage
}

#[tokio::test]
async fn who_has_answered_is_not_asked_again() {
    let stage = answered().await;
    let report = stage.send().await;
    assert_eq!(stage.post.addressees(), [MIKA]);
    assert_eq!(
        fate(&report, "contact:lee"),
        (SKIPPED, Some("has answered: Accepted"))
    );
    assert_eq!(
        fate(&report, "contact:kim"),
        (SKIPPED, Some("has answered: Tentative"))
    );
    assert_eq!(
        fate(&report, "user:ben"),
        (SKIPPED, Some("has answered: Declined"))
    );
}

#[tokio::test]
async fn all_are_all_but_the_organizer() {
    let stage = answered().await;
    let all = SendOptions {
        all: true,
        ..SendOptions::default()
    };
    let report = stage.send_with(&all).await;
    assert_eq!(stage.post.addressees(), ["ben@acme.example", KIM, LEE, MIKA]);
    assert_eq!(fate(&report, "user:ana"), (SKIPPED, Some("holds the meeting")));
    // Also with `all`, nobody gets the same twice.
    assert_eq!(counts(&stage.send_with(&all).await), (0, 0, 0, 5));
}

#[tokio::test]
async fn picked_by_address_or_record_whatever_was_answered() {
    let stage = answered().await;
    let report = stage.send_with(&to(&["lee@CLIENT.example", "user:ben"])).await;
    assert_eq!(stage.post.addressees(), ["ben@acme.example", LEE]);
    assert_eq!(fate(&report, "lead:mika"), (SKIPPED, Some("was not picked")));
    // The others' turn comes.
    stage.post.empty();
    stage.send().await;
    assert_eq!(stage.post.addressees(), [MIKA]);
}

#[tokio::test]
async fn a_pick_does_not_deliver_what_waits_for_others() {
    let stage = Stage::new().await;
    stage.post.order(KIM, StubFate::PutOff);
    stage.send_with(&to(&[KIM])).await;
    let report = stage.send_with(&to(&[LEE])).await;
    assert_eq!(stage.post.addressees(), [LEE]);
    assert_eq!(fate(&report, "contact:kim"), (SKIPPED, Some("was not picked")));
    stage.send().await;
    assert_eq!(stage.post.addressees(), INVITEES);
}

#[tokio::test]
async fn picking_somebody_who_is_not_invited_does_nothing() {
    let stage = Stage::new().await;
    for pick in ["ben@acme.example", "user:ben", "lead:lee"] {
        let error = stage.try_send(&to(&[LEE, pick])).await.unwrap_err();
        assert!(
            matches!(&error, PipelineError::NotInvited { meeting, pick: named }
                if meeting == "Kick-off; phase 1" && named.to_string() == pick),
            "{error:?}"
        );
        assert_eq!(
            (error.kind(), error.class()),
            ("meeting.not_an_attendee", Class::NotFound)
        );
    }
    assert_eq!(stage.zoom.requests(), []);
    assert_eq!(stage.post.letters().len(), 0);
}

#[tokio::test]
async fn a_resend_is_the_same_revision_in_a_new_mail() {
    let stage = Stage::new().await;
    stage.send().await;
    let first = stage.post.letter_to(LEE);
    stage.post.empty();
    let report = stage
        .send_with(&SendOptions {
            resend: true,
            ..to(&[LEE])
        })
        .await;
    assert_eq!(report.revision.0, 0);
    assert_eq!(stage.post.addressees(), [LEE]);
    let second = stage.post.letter_to(LEE);
    assert_ne!(second.message_id(), first.message_id());
    assert_eq!(second.in_reply_to(), Some(first.message_id()));
    assert_eq!(second.calendar().sequence(), 0);
    assert_eq!(second.calendar().uid(), first.calendar().uid());
    assert!(
        second.subject().starts_with("Invitation:"),
        "{}",
        second.subject()
    );
    // And once more, under yet another Message-ID.
    stage.post.empty();
    assert_eq!(counts(&stage.send_with(&resend()).await), (3, 0, 0, 1));
    let third = stage.post.letter_to(LEE);
    assert!(![first.message_id(), second.message_id()].contains(&third.message_id()));
}

#[tokio::test]
async fn a_resend_does_not_double_what_still_waits() {
    let stage = Stage::new().await;
    stage.post.order(LEE, StubFate::PutOff);
    stage.send().await;
    let report = stage
        .send_with(&SendOptions {
            resend: true,
            ..to(&[LEE])
        })
        .await;
    assert_eq!(fate(&report, "contact:lee").0, RecipientState::Sent);
    stage.post.letter_to(LEE);
}

#[tokio::test]
async fn who_has_no_address_or_the_organizers_is_skipped() {
    let stage = Stage::new().await;
    stage.invite("contact:mute", Acceptance::None).await;
    stage.invite("contact:alias", Acceptance::None).await;
    let all = SendOptions {
        all: true,
        ..SendOptions::default()
    };
    let report = stage.send_with(&all).await;
    assert_eq!(
        fate(&report, "contact:mute"),
        (SKIPPED, Some("has no email address"))
    );
    assert_eq!(
        fate(&report, "contact:alias"),
        (SKIPPED, Some("holds the meeting"))
    );
    assert_eq!(stage.post.addressees(), INVITEES);
}

#[tokio::test]
async fn one_mailbox_gets_one_mail() {
    let stage = Stage::new().await;
    stage.invite("contact:lee2", Acceptance::None).await;
    let report = stage.send().await;
    assert_eq!(stage.post.addressees(), INVITEES);
    assert_eq!(
        fate(&report, "contact:lee2"),
        (SKIPPED, Some("has the address of contact:lee, who gets it"))
    );
    // Nor does the second record get one when the first has one.
    let report = stage.send().await;
    assert_eq!(stage.post.addressees(), INVITEES, "{report:?}");
    assert_eq!(
        fate(&report, "contact:lee2"),
        (
            SKIPPED,
            Some("has the address of contact:lee, who has revision 0 already")
        )
    );
    // A resend is one mail too, and so is an update.
    stage.post.empty();
    stage.send_with(&resend()).await;
    assert_eq!(stage.post.addressees(), INVITEES);
    stage.post.empty();
    stage.reschedule().await;
    stage.send().await;
    assert_eq!(stage.post.addressees(), INVITEES);
}

#[tokio::test]
async fn the_first_to_have_a_mailbox_may_come_last() {
    let stage = Stage::new().await;
    stage.send_before_it_begins().await;
    // The newcomer stands before the one who was told.
    let newcomer = invite::meeting::Attendee {
        person: "contact:lee2".parse().unwrap(),
        status: Acceptance::None,
    };
    stage
        .edit_attendees(|attendees| attendees.insert(0, newcomer))
        .await;
    stage.send().await;
    assert_eq!(stage.post.letters().len(), 0);
}
