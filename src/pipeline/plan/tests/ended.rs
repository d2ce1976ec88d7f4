//! Mailboxes that must be told nothing, any more or at all.

use chrono::{Days, TimeDelta};

use super::story::{Story, address};
use super::{assert_is, to};
use crate::mail::DeliveryState;
use crate::meeting::Acceptance::Accepted;
use crate::meeting::{MeetingStatus, Reach};
use crate::pipeline::SendOptions;
use crate::pipeline::plan::Aim;

#[test]
fn whoever_is_removed_is_told_once() {
    let mut story = Story::new();
    story.send();
    story.remove("kim");
    let lee_has_it = "lee skip HasRevision(Revision(0))";
    assert_is(&story.plan(Aim::Send(&to(&["lee@acme.example"]))), &[lee_has_it]);
    assert_is(&story.plan(Aim::Renew), &["lee skip NotPicked"]);
    assert_is(&story.send(), &[lee_has_it, "kim Removed 1 after 1"]);
    assert_is(&story.send(), &["lee skip HasRevision(Revision(0))"]);
    // Invited again: higher than the CANCEL, and its answer was to what was taken back.
    story.add("kim");
    story.answer("kim", Accepted);
    let options = to(&["kim@acme.example"]);
    assert_is(
        &story.send_with(&options),
        &[
            "lee skip NotPicked",
            "kim Invitation 2 after 1",
            "kim answer ends",
        ],
    );
}

#[test]
fn a_cancel_that_waits_stays_and_is_called_off_when_its_mailbox_is_invited_again() {
    let mut story = Story::new();
    story.send();
    story.remove("kim");
    story.queue();
    assert_is(
        &story.plan_send(),
        &["lee skip HasRevision(Revision(0))", "kim waits Cancel"],
    );
    story.add("kim");
    assert_is(
        &story.plan_send(),
        &[
            "lee skip HasRevision(Revision(0))",
            "kim calls off 3 InvitedAgain",
        ],
    );
    // One that may have left is followed by an invitation.
    story.message(3).answers_lost = 1;
    assert_is(
        &story.plan_send(),
        &[
            "lee skip HasRevision(Revision(0))",
            "kim Invitation 2 for 3 after 1",
        ],
    );
    // A CANCEL whose fate nobody knows, and that waits no more: the same.
    story.message(3).state = DeliveryState::Superseded;
    let said = story.plan_send();
    assert_eq!(said[1], "kim Invitation 2 after 1");
}

#[test]
fn a_meeting_that_does_not_take_place_is_called_off_once() {
    let mut story = Story::new();
    story.send_with(&to(&["kim@acme.example"]));
    story.answer("kim", Accepted);
    story.meeting.status = MeetingStatus::NotHeld;
    assert_is(
        &story.plan(Aim::Cancel(&["lee@acme.example".parse().unwrap()])),
        &["kim skip NotPicked", "lee skip WasNotInvited", "kim answer ends"],
    );
    assert_is(
        &story.cancel(&[]),
        &["kim Off 1 after 1", "lee skip WasNotInvited", "kim answer ends"],
    );
    assert_is(
        &story.cancel(&[]),
        &["kim skip WasTold", "lee skip WasNotInvited"],
    );
    // It takes place after all.
    story.meeting.status = MeetingStatus::Planned;
    assert_is(&story.send(), &["kim Invitation 2 after 1", "lee Invitation 2"]);
}

#[test]
fn what_never_left_is_called_off_with_the_meeting() {
    let mut story = Story::new();
    story.queue();
    story.message(2).state = DeliveryState::Failed;
    story.meeting.status = MeetingStatus::NotHeld;
    story.entry("lee").1.reach = Reach::At(address("lee"));
    story.add("max");
    story.entry("max").1.reach = Reach::Nowhere;
    let said = [
        "kim calls off 1 NotHeld",
        "lee skip NothingToTakeBack",
        "max skip NoAddress",
    ];
    assert_is(&story.plan(Aim::Cancel(&[])), &said);
    // A renewal looks only where something waits.
    let said = [
        "kim calls off 1 NotHeld",
        "lee skip NotPicked",
        "max skip NoAddress",
    ];
    assert_is(&story.plan(Aim::Renew), &said);
}

#[test]
fn the_mail_of_a_meeting_that_is_over_is_too_late() {
    let mut story = Story::new();
    story.queue();
    story.message(2).state = DeliveryState::Sending;
    let (_, end) = story.meeting.when.instants().unwrap();
    story.now = end - TimeDelta::seconds(1);
    assert_is(
        &story.plan(Aim::Renew),
        &["kim waits Request", "lee waits Request"],
    );
    story.now = end;
    // A process that has one in its hands goes on.
    assert_is(
        &story.plan(Aim::Renew),
        &["kim calls off 1 Over", "lee skip NothingToTakeBack"],
    );
    // What was asked for after the end was meant.
    story.message(1).created_at = end;
    story.message(2).state = DeliveryState::Sent;
    assert_is(
        &story.plan(Aim::Renew),
        &["kim waits Request", "lee skip NotPicked"],
    );
    story.message(1).created_at = end - TimeDelta::seconds(1);
    assert_eq!(story.plan(Aim::Renew)[0], "kim calls off 1 Over");
    // A send that names a past meeting invites to it.
    story.now = end + Days::new(1);
    assert_eq!(story.plan_send()[0], "kim waits Request");
    // A meeting that took place needs no mail either, whenever it was meant to be.
    story.meeting.status = MeetingStatus::Held;
    assert_eq!(story.plan_send()[0], "kim calls off 1 Over");
}

#[test]
fn whoever_was_taken_back_is_invited_again_whatever_was_answered() {
    let mut story = Story::new();
    story.send();
    story.remove("kim");
    story.send();
    story.add("kim");
    story.answer("kim", Accepted);
    let lee_has_it = "lee skip HasRevision(Revision(0))";
    assert_is(
        &story.send(),
        &[lee_has_it, "kim Invitation 2 after 1", "kim answer ends"],
    );
}

#[test]
fn a_cancel_that_was_refused_is_sent_again() {
    let mut story = Story::new();
    story.send();
    story.remove("kim");
    story.send();
    let lee_has_it = "lee skip HasRevision(Revision(0))";
    story.message(3).state = DeliveryState::Failed;
    assert_is(
        &story.plan_send(),
        &[lee_has_it, "kim Removed 1 resend 1 after 1"],
    );
    // Also where the answer to an earlier try was lost: then under a higher number.
    story.message(3).answers_lost = 1;
    assert_is(&story.send(), &[lee_has_it, "kim Removed 2 after 1"]);
}

#[test]
fn messages_are_counted_within_their_revision() {
    let mut story = Story::new();
    let again = SendOptions {
        resend: true,
        ..to(&["kim@acme.example"])
    };
    story.send();
    story.start(1);
    story.send();
    assert_eq!(story.send_with(&again)[0], "kim Invitation 1 resend 1 after 1");
    story.start(2);
    assert_eq!(story.send()[0], "kim Update(1) 2 after 1");
}
