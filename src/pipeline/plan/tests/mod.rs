//! The table at the head of [`plan`](super), in small stories: what each mailbox gets, and with which SEQUENCE.

mod retry;
mod story;

use chrono::{Days, TimeDelta};

use self::story::{Story, address, person};
use super::{Aim, plan};
use crate::calendar::MOST_LISTED_ATTENDEES;
use crate::mail::DeliveryState;
use crate::meeting::Acceptance::{Accepted, Declined, None as Unanswered};
use crate::meeting::{JoinUrl, MeetingStatus, Person, PersonId, PersonRef, Reach, Revision, Tenure};
use crate::pipeline::{Pick, SendOptions};

fn to(picks: &[&str]) -> SendOptions {
    SendOptions {
        to: picks.iter().map(|pick| pick.parse().unwrap()).collect(),
        ..SendOptions::default()
    }
}

fn ben() -> Person {
    let record = PersonRef::user(PersonId::new("ben").unwrap());
    Person::new(record, "ben", Some(address("ben")))
}

#[track_caller]
fn assert_is(said: &[String], meant: &[&str]) {
    assert_eq!(said, meant);
}

// Must be told the invitation.

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

// What may have arrived.

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

// Must be told nothing.

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

// Mailboxes.

#[test]
fn a_mailbox_is_known_by_its_newest_message() {
    let mut story = Story::new();
    story.send();
    let old = story.message(1).clone();
    story.send_with(&SendOptions {
        resend: true,
        ..SendOptions::default()
    });
    let newer = story.message(3);
    newer.person = person("kim2").reference;
    newer.envelope.to = address("KIM");
    newer.language = "de".parse().unwrap();
    let newer = newer.clone();
    let history = &story.case().mailboxes[&address("kim").mailbox()];
    assert_eq!(
        (&history.person, &history.language),
        (&newer.person, &newer.language)
    );
    assert_eq!(history.address.as_str(), "KIM@acme.example");
    assert_ne!(history.person, old.person);
    assert_eq!(history.first_message_id, Some(old.message_id));
}

#[test]
fn a_corrected_address_is_invited_and_the_old_one_is_told() {
    let mut story = Story::new();
    story.send();
    story.answer("kim", Accepted);
    story.move_to("kim", "kim2");
    // Kim's answer was to a mail at the old address.
    assert_is(
        &story.send(),
        &[
            "kim2 Invitation 1 Accepted",
            "lee skip HasRevision(Revision(0))",
            "kim Removed 1 after 1",
        ],
    );
}

#[test]
fn a_waiting_invitation_follows_a_corrected_address() {
    let mut story = Story::new();
    story.queue();
    story.move_to("kim", "kim2");
    assert_is(
        &story.renew(),
        &[
            "kim2 Invitation 0",
            "lee waits Request",
            "kim calls off 1 NotInvited",
        ],
    );
}

#[test]
fn a_renewal_leaves_a_corrected_address_to_the_next_send_where_nothing_waits() {
    let mut story = Story::new();
    story.queue();
    story.message(1).state = DeliveryState::Sent;
    story.move_to("kim", "kim2");
    assert_is(
        &story.plan(Aim::Renew),
        &["kim2 skip NotPicked", "lee waits Request"],
    );
}

#[test]
fn of_two_records_of_one_mailbox_one_is_mailed() {
    let mut story = Story::new();
    story.move_to("lee", "KIM");
    assert_is(
        &story.send(),
        &["kim Invitation 0", "KIM skip SharesWithInvited(Place(0))"],
    );
    assert_is(
        &story.plan_send(),
        &[
            "kim skip HasRevision(Revision(0))",
            "KIM skip SharesWithInformed(Place(0), Revision(0))",
        ],
    );
    story.meeting.status = MeetingStatus::NotHeld;
    assert_is(
        &story.plan(Aim::Cancel(&[])),
        &["kim Off 1 after 1", "KIM skip SharesWithInvited(Place(0))"],
    );
}

#[test]
fn whoever_cannot_be_reached_is_named_with_the_reason() {
    let mut story = Story::new();
    story.entry("kim").1.reach = Reach::Nowhere;
    story.entry("lee").1.reach = Reach::Hidden;
    assert_is(
        &story.plan_send(),
        &["kim skip NoAddress", "lee skip AddressHidden"],
    );
    assert_is(
        &story.plan(Aim::Send(&to(&["lead:kim"]))),
        &["kim skip NoAddress", "lee skip NotPicked"],
    );
    story.answer("lee", Accepted);
    assert_eq!(story.plan_send()[1], "lee skip HasAnswered(Accepted)");
    let all = SendOptions {
        all: true,
        ..SendOptions::default()
    };
    assert_eq!(story.plan(Aim::Send(&all))[1], "lee skip AddressHidden");
    assert_eq!(story.plan(Aim::Renew)[1], "lee skip NotPicked");
    story.meeting.status = MeetingStatus::NotHeld;
    assert_eq!(story.plan(Aim::Cancel(&[]))[1], "lee skip WasNotInvited");
    story.people.push((Accepted, story.host.clone()));
    assert_eq!(story.plan(Aim::Cancel(&[]))[2], "ana skip HoldsMeeting");
}

#[test]
fn a_record_that_the_crm_does_not_have_is_skipped() {
    let story = Story::new();
    let mut case = story.case();
    case.people[0] = None;
    let options = SendOptions::default();
    let plan = plan(&case, Aim::Send(&options), story.now, "acme.example");
    let said = format!("{:?}", plan.steps[0].what);
    assert_eq!(said, "Skip(NoRecord)");
    assert_eq!(plan.mails().count(), 1);
}

// Organizers.

#[test]
fn the_organizer_is_not_invited() {
    let mut story = Story::new();
    story.people.push((Accepted, story.host.clone()));
    story.move_to("lee", "ana");
    assert_is(
        &story.send(),
        &[
            "kim Invitation 0",
            "ana skip HoldsMeeting",
            "ana skip HoldsMeeting",
        ],
    );
    // The organizer's own answer does not end with a new time.
    story.answer("kim", Accepted);
    story.start(1);
    let said = story.send();
    assert_eq!(said.last().unwrap(), "kim answer ends");
    assert_eq!(said.len(), 4);
}

#[test]
fn under_another_organizer_the_old_uid_ends_and_a_new_one_begins() {
    let mut story = Story::new();
    story.meeting.set_uid("of-the-crm@acme.example").unwrap();
    story.send();
    story.answer("kim", Accepted);
    story.host = ben();
    assert_is(
        &story.plan(Aim::Renew),
        &["kim skip NotPicked", "lee skip NotPicked", "kim answer ends"],
    );
    assert_is(
        &story.send(),
        &[
            "kim NewOrganizer 1 after 1",
            "kim Update(0) 0 of tenure 1 after 1",
            "lee NewOrganizer 1 after 2",
            "lee Update(0) 0 of tenure 1 after 2",
            "kim answer ends",
        ],
    );
    let uids: Vec<_> = story.history.iter().map(|issued| issued.uid.clone()).collect();
    assert_eq!(uids.len(), 3);
    assert_eq!(uids[0], "of-the-crm@acme.example");
    assert_eq!(uids[1], uids[0]);
    assert!(
        uids[2] != uids[0] && uids[2].ends_with("@acme.example"),
        "{uids:?}"
    );
    assert_is(
        &story.send(),
        &[
            "kim skip HasRevision(Revision(0))",
            "lee skip HasRevision(Revision(0))",
        ],
    );
    // The one before becomes an attendee, and the one after was one: the old UID ends there too.
    let ana = Person::new(
        PersonRef::user(PersonId::new("ana").unwrap()),
        "ana",
        Some(address("ana")),
    );
    story.people.push((Unanswered, ana));
    assert_eq!(story.send()[2], "ana Invitation 0 of tenure 1");
    story.host = person("kim");
    let said = story.send();
    assert!(
        said.contains(&"kim NewOrganizer 1 of tenure 1 after 1".to_owned())
            && said.contains(&"kim skip HoldsMeeting".to_owned())
            && said.contains(&"ana Update(2) 0 of tenure 2 after 7".to_owned())
            && said.contains(&"ana NewOrganizer 1 of tenure 1 after 7".to_owned()),
        "{said:?}"
    );
    assert!(!said.iter().any(|step| step.contains("of tenure 0")), "{said:?}");
    assert_eq!(story.history.last().unwrap().tenure, Tenure(2));
}

#[test]
fn whoever_is_removed_as_the_organizer_changes_hears_of_the_removal_alone() {
    let mut story = Story::new();
    story.send();
    story.remove("kim");
    story.host = ben();
    assert_is(
        &story.send(),
        &[
            "lee NewOrganizer 1 after 2",
            "lee Update(0) 0 of tenure 1 after 2",
            "kim Removed 1 after 1",
        ],
    );
    // What the objects of the ended tenure said is no matter of its end.
    assert_eq!(story.history[1].content, None);
    assert_eq!(story.history[1].answers.as_ref().unwrap().len(), 0);
}

#[test]
fn each_earlier_tenure_ends_with_a_revision_of_its_own() {
    let mut story = Story::new();
    story.add("max");
    story.send();
    story.host = ben();
    story.send_with(&to(&["lee@acme.example"]));
    story.host = person("noa");
    let said = story.send();
    let ends: Vec<_> = said.iter().filter(|step| step.contains("NewOrganizer")).collect();
    assert_eq!(
        ends,
        [
            "kim NewOrganizer 1 after 1",
            "lee NewOrganizer 1 of tenure 1 after 2",
            "max NewOrganizer 1 after 3",
        ]
    );
}

#[test]
fn the_new_organizer_hears_once_that_the_old_uid_ends() {
    let mut story = Story::new();
    story.send();
    story.host = person("kim");
    story.move_to("lee", "kim");
    let said = story.plan_send();
    assert_is(
        &said,
        &[
            "kim NewOrganizer 1 after 1",
            "kim skip HoldsMeeting",
            "kim skip HoldsMeeting",
            "lee Removed 1 after 2",
        ],
    );
}

#[test]
fn a_revision_is_recorded_once_and_again_when_its_organizer_was_not_known() {
    let mut story = Story::new();
    let is_new = |story: &Story| {
        let case = story.case();
        let options = SendOptions::default();
        plan(&case, Aim::Send(&options), story.now, "acme.example").issues[0].is_new
    };
    assert!(is_new(&story));
    story.send();
    assert!(!is_new(&story));
    story.history[0].organizer = None;
    assert!(is_new(&story));
    story.send();
    assert_eq!(story.history[0].organizer.as_ref().unwrap().name, "ana");
    assert_eq!(story.history.len(), 1);
}

#[test]
fn two_meetings_have_two_uids_and_one_has_the_same_each_time() {
    let uid = |id: &str| {
        let mut story = Story::new();
        let (name, when, zone) = (
            story.meeting.name().to_owned(),
            story.meeting.when,
            story.meeting.time_zone.clone(),
        );
        story.meeting = crate::meeting::Meeting::new(id.parse().unwrap(), name, when, zone).unwrap();
        story.send();
        story.history[0].uid.clone()
    };
    assert_eq!(uid("a"), uid("a"));
    // As of the first version: meetings that were sent then go on under it.
    assert_eq!(uid("a"), "13264613-2cd6-59f1-bd2c-55700478ddb8@acme.example");
    assert_ne!(uid("a"), uid("b"));
}

#[test]
fn a_removed_mailbox_of_an_earlier_organizer_ends_above_all_that_any_mailbox_saw() {
    let mut story = Story::new();
    story.send();
    story.remove("kim");
    story.send();
    // The CANCEL to Kim was revision 1; the end of the tenure for Lee, who saw 0, may be that one.
    story.host = ben();
    let said = story.send();
    assert_eq!(said[0], "lee NewOrganizer 1 after 2");
    let last: Vec<_> = story
        .history
        .iter()
        .map(|issued| (issued.tenure.0, issued.revision.0))
        .collect();
    assert_eq!(last, [(0, 0), (0, 1), (1, 0)]);
}

#[test]
fn a_cancel_names_the_organizer_of_the_invitation() {
    let mut story = Story::new();
    story.send();
    story.meeting.status = MeetingStatus::NotHeld;
    story.host = ben();
    assert_is(&story.cancel(&[]), &["kim Off 1 after 1", "lee Off 1 after 2"]);
    let last = story.history.last().unwrap();
    assert_eq!(last.organizer.as_ref().unwrap().name, "ana");
    assert_eq!((last.tenure, last.revision), (Tenure(0), Revision(1)));
}

#[test]
fn a_link_is_a_change() {
    let mut story = Story::new();
    story.send();
    story.meeting.join_url = Some(JoinUrl::new("https://acme.zoom.us/j/1").unwrap());
    assert_is(
        &story.plan_send(),
        &["kim Update(0) 1 after 1", "lee Update(0) 1 after 2"],
    );
}

#[test]
fn a_renewal_is_about_those_for_whom_something_waits() {
    let mut story = Story::new();
    story.queue();
    story.message(2).state = DeliveryState::Sent;
    story.start(1);
    assert_is(&story.renew(), &["kim Invitation 1 for 1", "lee skip NotPicked"]);
    story.remove("kim");
    story.remove("lee");
    // Lee's removal is for the next send.
    assert_is(&story.renew(), &["kim calls off 3 NotInvited"]);
    assert_is(&story.plan_send(), &["lee Removed 1 after 2"]);
    let picks: [Pick; 0] = [];
    assert_is(&story.plan(Aim::Cancel(&picks)), &["lee Removed 1 after 2"]);
}
