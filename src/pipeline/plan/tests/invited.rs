//! Mailboxes that must be told the invitation.

use super::story::{Story, address};
use super::{assert_is, to};
use crate::calendar::MOST_LISTED_ATTENDEES;
use crate::mail::DeliveryState;
use crate::meeting::Acceptance::{Accepted, Declined};
use crate::pipeline::SendOptions;
use crate::pipeline::plan::Aim;

#[test]
fn whoever_was_told_nothing_is_invited_and_then_has_it() {
    let mut story = Story::new();
    assert_is(&story.send(), &["kim Invitation 0", "lee Invitation 0"]);
    assert_is(
        &story.send(),
        &[
            "kim skip HasRevision(Revision(0))",
            "lee skip HasRevision(Revision(0))",
        ],
    );
}

#[test]
fn what_waits_and_is_true_stays() {
    let mut story = Story::new();
    story.queue();
    assert_is(&story.send(), &["kim waits Request", "lee waits Request"]);
    assert_is(
        &story.plan(Aim::Renew),
        &["kim waits Request", "lee waits Request"],
    );
}

#[test]
fn what_waits_and_is_no_longer_true_is_replaced() {
    let mut story = Story::new();
    story.queue();
    story.start(1);
    let replaced = ["kim Invitation 1 for 1", "lee Invitation 1 for 2"];
    assert_is(&story.plan(Aim::Renew), &replaced);
    assert_is(&story.plan_send(), &replaced);
    // For those alone that are picked; the others are for the worker.
    assert_is(
        &story.send_with(&to(&["kim@acme.example"])),
        &["kim Invitation 1 for 1", "lee skip NotPicked"],
    );
    assert_is(&story.renew(), &["kim skip NotPicked", "lee Invitation 1 for 2"]);
}

#[test]
fn a_change_is_told_as_an_update_with_a_higher_sequence() {
    let mut story = Story::new();
    story.send();
    story.start(1);
    assert_is(
        &story.send(),
        &["kim Update(0) 1 after 1", "lee Update(0) 1 after 2"],
    );
    // A mailbox that missed a revision hears of all that changed since its own.
    story.meeting.location = Some("Room 2".to_owned());
    story.send_with(&to(&["kim@acme.example"]));
    story.meeting.location = Some("Room 3".to_owned());
    assert_is(
        &story.send(),
        &["kim Update(2) 3 after 1", "lee Update(1) 3 after 2"],
    );
}

#[test]
fn another_description_alone_is_no_reason_for_a_mail() {
    let mut story = Story::new();
    story.meeting.description = Some("Agenda".to_owned());
    story.send();
    story.meeting.description = Some("Another".to_owned());
    assert_is(
        &story.plan_send(),
        &[
            "kim skip HasRevision(Revision(0))",
            "lee skip HasRevision(Revision(0))",
        ],
    );
    // Whoever is asked for gets a number of its own: the object says something else.
    let again = SendOptions {
        resend: true,
        ..to(&["kim@acme.example"])
    };
    assert_is(
        &story.send_with(&again),
        &["kim Update(0) 1 after 1", "lee skip NotPicked"],
    );
}

#[test]
fn what_is_sent_again_unchanged_keeps_its_sequence_and_is_counted() {
    let mut story = Story::new();
    story.send();
    let again = SendOptions {
        resend: true,
        ..SendOptions::default()
    };
    let said = [
        "kim Invitation 0 resend 1 after 1",
        "lee Invitation 0 resend 1 after 2",
    ];
    assert_is(&story.send_with(&again), &said);
    assert_eq!(story.history.len(), 1);
    let said = [
        "kim Invitation 0 resend 2 after 1",
        "lee Invitation 0 resend 2 after 2",
    ];
    assert_is(&story.send_with(&again), &said);
}

#[test]
fn another_object_under_the_same_facts_counts_up_for_those_that_have_one() {
    let mut story = Story::new();
    story.send();
    // The object lists attendees: with Max it is another.
    story.add("max");
    let again = SendOptions {
        resend: true,
        ..SendOptions::default()
    };
    assert_is(
        &story.plan(Aim::Send(&again)),
        &[
            "kim Invitation 1 after 1",
            "lee Invitation 1 after 2",
            "max Invitation 1",
        ],
    );
    // Max alone gets the present number: Max has seen none.
    assert_is(
        &story.send(),
        &[
            "kim skip HasRevision(Revision(0))",
            "lee skip HasRevision(Revision(0))",
            "max Invitation 0",
        ],
    );
    // What Max got is not what was recorded, so that it can be told when it changes.
    assert!(story.message(3).content.is_some());
    story.remove("kim");
    let again = SendOptions {
        resend: true,
        ..to(&["max@acme.example"])
    };
    let said = story.send_with(&again);
    assert!(said.contains(&"max Invitation 1 after 3".to_owned()), "{said:?}");
}

#[test]
fn whoever_has_answered_is_told_only_what_is_new() {
    let mut story = Story::new();
    story.answer("kim", Declined);
    let all = SendOptions {
        all: true,
        ..SendOptions::default()
    };
    assert_is(
        &story.plan_send(),
        &["kim skip HasAnswered(Declined)", "lee Invitation 0"],
    );
    for options in [&all, &to(&["kim@acme.example", "lead:lee"])] {
        assert_is(
            &story.plan(Aim::Send(options)),
            &["kim Invitation 0 Declined", "lee Invitation 0"],
        );
    }
    story.send();
    // Another place: the answer stands, and is in the object.
    story.meeting.location = Some("Room 2".to_owned());
    assert_is(
        &story.plan_send(),
        &["kim Invitation 1 Declined", "lee Update(0) 1 after 1"],
    );
    // Another time: no answer stands.
    story.start(2);
    assert_is(
        &story.send(),
        &["kim Invitation 1", "lee Update(0) 1 after 1", "kim answer ends"],
    );
}

#[test]
fn answers_are_the_same_in_all_objects_of_a_revision() {
    let mut story = Story::new();
    story.send_with(&to(&["kim@acme.example"]));
    story.answer("kim", Accepted);
    // Kim accepted after the revision was recorded; the object of the same revision does not say so.
    assert_is(
        &story.send_with(&to(&["kim@acme.example", "lee@acme.example"])),
        &["kim skip HasRevision(Revision(0))", "lee Invitation 0"],
    );
    assert_eq!(story.history[0].answers.as_ref().unwrap().len(), 0);
    let again = SendOptions {
        resend: true,
        ..to(&["kim@acme.example"])
    };
    assert_is(
        &story.send_with(&again),
        &["kim Invitation 0 resend 1 after 1", "lee skip NotPicked"],
    );
    // A new revision says it.
    story.meeting.location = Some("Room 2".to_owned());
    assert_is(
        &story.send(),
        &["kim Update(0) 1 Accepted after 1", "lee Update(0) 1 after 2"],
    );
    let kim = address("kim").mailbox();
    assert_eq!(story.history[1].answers.as_ref().unwrap()[&kim], Accepted);
}

#[test]
fn an_old_revision_without_recorded_answers_says_those_of_today() {
    let mut story = Story::new();
    story.send();
    story.history[0].answers = None;
    story.answer("kim", Accepted);
    let again = SendOptions {
        resend: true,
        ..SendOptions::default()
    };
    let said = story.plan(Aim::Send(&again));
    assert!(said[0].starts_with("kim Invitation 1 Accepted"), "{said:?}");
    // Somebody new gets the old revision, in which nothing is known of answers.
    story.add("max");
    story.answer("max", Accepted);
    let said = story.plan(Aim::Send(&to(&["max@acme.example"])));
    assert_eq!(said[2], "max Invitation 0 Accepted");
}

#[test]
fn an_answer_that_ends_is_in_no_object() {
    let mut story = Story::new();
    story.send();
    story.remove("kim");
    story.send();
    story.meeting.location = Some("Room 2".to_owned());
    story.send();
    for issued in &mut story.history {
        issued.answers = None;
    }
    story.add("kim");
    story.answer("kim", Accepted);
    assert_is(
        &story.send(),
        &[
            "lee skip HasRevision(Revision(2))",
            "kim Invitation 2 after 1",
            "kim answer ends",
        ],
    );
}

#[test]
fn of_a_crowd_only_so_many_attendees_are_part_of_the_object() {
    let mut story = Story::new();
    let again = SendOptions {
        resend: true,
        ..to(&["kim@acme.example"])
    };
    for number in 2..MOST_LISTED_ATTENDEES {
        story.add(&format!("p{number}"));
    }
    assert_eq!(story.people.len(), MOST_LISTED_ATTENDEES);
    story.send_with(&again);
    assert_eq!(
        story.plan(Aim::Send(&again))[0],
        "kim Invitation 0 resend 1 after 1"
    );
    // One more, and no object lists them.
    story.add("one-more");
    assert_eq!(story.send_with(&again)[0], "kim Invitation 1 after 1");
    story.add("another");
    assert_eq!(
        story.plan(Aim::Send(&again))[0],
        "kim Invitation 1 resend 1 after 1"
    );
}

#[test]
fn what_may_have_arrived_is_not_sent_again_but_taken_back() {
    let mut story = Story::new();
    story.send();
    story.message(1).state = DeliveryState::MayHaveArrived;
    assert_is(
        &story.plan_send(),
        &[
            "kim skip MayHaveRevision(Revision(0))",
            "lee skip HasRevision(Revision(0))",
        ],
    );
    story.remove("kim");
    assert_is(
        &story.plan_send(),
        &["lee skip HasRevision(Revision(0))", "kim Removed 1"],
    );
}

#[test]
fn what_waits_and_may_have_left_is_taken_back_under_a_higher_number() {
    let mut story = Story::new();
    story.queue();
    story.message(1).answers_lost = 1;
    story.remove("kim");
    story.remove("lee");
    // Kim may have it; Lee's never left.
    assert_is(
        &story.plan_send(),
        &["kim Removed 1 for 1", "lee calls off 2 NotInvited"],
    );
}

#[test]
fn a_refused_invitation_is_sent_again() {
    let mut story = Story::new();
    story.send();
    story.message(1).state = DeliveryState::Failed;
    assert_is(
        &story.send(),
        &["kim Invitation 0 resend 1", "lee skip HasRevision(Revision(0))"],
    );
}
