//! The contract of an outbox, as checks.

mod deliveries;
mod desk;
mod orders;

use super::{Failure, note};
use crate::clock::Clock;
use crate::mail::Outbox;
use desk::{Desk, START};

/// Checks that an adapter keeps the contract of [`Outbox`]. Returns the checks that failed.
///
/// `make` is called for each check. It returns an empty outbox that takes the time from the given clock. The clock
/// stands still, and the checks move it.
///
/// | check | of |
/// | --- | --- |
/// | `messages_are_kept` | all messages, the oldest first, with the octets of each |
/// | `revisions_are_kept` | the facts that invitees were told, the newest last |
/// | `an_order_is_done_whole_or_not_at_all` | a message that cannot be put in keeps all others out |
/// | `what_was_not_seen_stops_an_order` | an older [`Seen`](crate::mail::Seen) writes nothing |
/// | `one_waits_for_a_mailbox` | a second message is not put beside the first |
/// | `a_newer_message_supersedes_the_named_one` | and no other; a message that is being delivered is not tried again |
/// | `what_is_called_off_must_wait` | a waiting message is called off; one that is being delivered is not |
/// | `a_message_is_claimed_by_one` | in the order of numbers, at most as many as requested |
/// | `a_claim_takes_what_is_asked_for` | of some meetings, over an account, after a number, early |
/// | `a_lease_runs_out` | then the message is claimed again and counts as cut off, and the old claim records nothing |
/// | `attempts_end_as_they_are_recorded` | sent, refused, given up, put off, not tried |
/// | `a_lost_answer_is_remembered` | also by a refusal after it |
/// | `what_ended_is_tried_again_when_named` | no sent message, and nothing with an older [`Seen`](crate::mail::Seen) |
/// | `it_says_when_something_is_due` | [`Outbox::due`] and [`Outbox::next_due`] |
/// | `putting_off_is_no_try` | [`Outbox::postpone`] |
pub async fn outbox_suite<O: Outbox>(make: impl AsyncFn(Clock) -> O) -> Vec<Failure> {
    let mut failures = Vec::new();
    macro_rules! run {
        ($($of:ident::$check:ident,)*) => {$(
            let checked = async {
                let clock = Clock::manual(START.parse()?);
                let outbox = make(clock.clone()).await;
                $of::$check(&Desk { outbox: &outbox, clock }).await
            };
            note(&mut failures, stringify!($check), checked.await);
        )*};
    }
    run! {
        orders::messages_are_kept,
        orders::revisions_are_kept,
        orders::an_order_is_done_whole_or_not_at_all,
        orders::what_was_not_seen_stops_an_order,
        orders::one_waits_for_a_mailbox,
        orders::a_newer_message_supersedes_the_named_one,
        orders::what_is_called_off_must_wait,
        deliveries::a_message_is_claimed_by_one,
        deliveries::a_claim_takes_what_is_asked_for,
        deliveries::a_lease_runs_out,
        deliveries::attempts_end_as_they_are_recorded,
        deliveries::a_lost_answer_is_remembered,
        deliveries::what_ended_is_tried_again_when_named,
        deliveries::it_says_when_something_is_due,
        deliveries::putting_off_is_no_try,
    }
    failures
}
