//! Which messages a retry brings back.

use chrono::TimeDelta;

use super::story::{Story, person};
use crate::mail::DeliveryState::{
    self, Cancelled, Failed, GivenUp, MayHaveArrived, Queued, Sending, Sent, Superseded,
};
use crate::mail::Purpose;
use crate::meeting::MeetingStatus;
use crate::pipeline::plan::retry::{Retry, retry};

fn verdicts(story: &Story, named: Option<i64>) -> Vec<(i64, Retry)> {
    retry(&story.case(), &story.outbox, named, story.now)
}

/// Kim's message, in this state.
fn sent(state: DeliveryState) -> Story {
    let mut story = Story::new();
    story.remove("lee");
    story.send();
    story.message(1).state = state;
    story
}

#[test]
fn what_failed_is_tried_again_and_what_arrived_is_not_looked_at() {
    for state in [Queued, Failed, GivenUp] {
        assert_eq!(verdicts(&sent(state), None), [(1, Retry::Again)], "{state}");
    }
    for state in [Sent, Sending, Superseded, Cancelled] {
        assert_eq!(verdicts(&sent(state), None), [], "{state}");
    }
    let mut two = Story::new();
    two.send();
    two.message(1).state = Failed;
    two.message(2).state = Failed;
    assert_eq!(verdicts(&two, Some(2)), [(2, Retry::Again)]);
}

#[test]
fn what_may_have_arrived_must_be_named() {
    let story = sent(MayHaveArrived);
    assert_eq!(verdicts(&story, None), [(1, Retry::MayHaveArrived)]);
    assert_eq!(verdicts(&story, Some(1)), [(1, Retry::Again)]);
}

#[test]
fn the_newest_of_a_mailbox_stands() {
    let mut story = sent(Failed);
    // The same again, which arrived.
    story.send();
    assert_eq!(verdicts(&story, None), [(1, Retry::NewerStands)]);
    // A newer one that was called off before it left does not stand.
    story.message(2).state = Cancelled;
    assert_eq!(verdicts(&story, None), [(1, Retry::Again)]);
    // A reminder stands for nothing, whatever became of it.
    story.message(2).purpose = Purpose::Reminder;
    story.message(2).state = Sent;
    assert_eq!(verdicts(&story, None), [(1, Retry::Again)]);
    story.message(2).purpose = Purpose::Invitation;
    story.message(2).state = Cancelled;
    // Unless it may have left.
    story.message(2).answers_lost = 1;
    assert_eq!(verdicts(&story, None), [(1, Retry::NewerStands)]);
    story.message(2).state = Superseded;
    story.message(2).answers_lost = 0;
    assert_eq!(verdicts(&story, None), [(1, Retry::Again)]);
}

#[test]
fn what_a_mailbox_has_is_not_sent_again() {
    let mut story = sent(Sent);
    let again = crate::pipeline::SendOptions {
        resend: true,
        ..Default::default()
    };
    story.send_with(&again);
    story.message(2).state = Failed;
    assert_eq!(verdicts(&story, None), [(2, Retry::HasIt)]);
    story.message(1).state = MayHaveArrived;
    assert_eq!(verdicts(&story, Some(2)), [(2, Retry::HasIt)]);
    // An older one does not count.
    let mut story = sent(Sent);
    story.start(1);
    story.send();
    story.message(2).state = Failed;
    assert_eq!(verdicts(&story, None), [(2, Retry::Again)]);
}

#[test]
fn what_is_no_longer_true_is_left_alone() {
    let mut story = sent(Failed);
    story.remove("kim");
    assert_eq!(verdicts(&story, None), [(1, Retry::NotTrue)]);
    let mut story = sent(Failed);
    story.meeting.status = MeetingStatus::NotHeld;
    assert_eq!(verdicts(&story, None), [(1, Retry::NotTrue)]);
    // The host is no invitee.
    let mut story = sent(Failed);
    story.host = person("kim");
    assert_eq!(verdicts(&story, None), [(1, Retry::NotTrue)]);
    // A CANCEL is true for whoever is not invited.
    let mut story = sent(Sent);
    story.remove("kim");
    story.send();
    story.message(2).state = Failed;
    assert_eq!(verdicts(&story, None), [(2, Retry::Again)]);
    story.add("kim");
    assert_eq!(verdicts(&story, None), [(2, Retry::NotTrue)]);
}

#[test]
fn after_the_end_only_what_was_put_in_after_it() {
    let mut story = sent(Failed);
    let (_, end) = story.meeting.when.instants().unwrap();
    story.now = end - TimeDelta::seconds(1);
    assert_eq!(verdicts(&story, None), [(1, Retry::Again)]);
    story.now = end;
    assert_eq!(verdicts(&story, None), [(1, Retry::Over)]);
    story.message(1).created_at = end;
    assert_eq!(verdicts(&story, None), [(1, Retry::Again)]);
}
