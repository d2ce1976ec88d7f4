//! Records and their mailboxes.

use super::story::{Story, address, person};
use super::{assert_is, to};
use crate::mail::DeliveryState;
use crate::meeting::Acceptance::Accepted;
use crate::meeting::{MeetingStatus, Reach};
use crate::pipeline::SendOptions;
use crate::pipeline::plan::{Aim, plan};

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
