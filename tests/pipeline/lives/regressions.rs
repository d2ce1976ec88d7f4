//! Lives that once went wrong, each as short as it can be. What people and addresses the numbers mean is in
//! [`super::book`]: 2 is Kim, 3 Lee, 4 Max and 7 Pia, who are invited at first; 5 is Noa, who is not; 6 is Olu, who is
//! not and has Kim's mailbox; 0 is Ana, who is the host at first, and 1 is Ben. Address 8 is nobody's.

use invite::meeting::Acceptance::Accepted;

use super::Lane;
use super::post::Fate::{PutOff, Refused, TakenUnheard};
use super::step::Run::{Cancel, Send, SendTo, Work};
use super::step::Step::{
    Add, Address, CallOff, Cut, Drain, GiveUp, Host, Hours, Location, Mail, Merge, Name, QueueOnly, Remove,
    Retry, Run, Start, Swap, TakeUp, ZoomGone,
};
use super::step::{self, Life, Step, To};
use crate::fuse::End;

/// Lives it; every rule must hold.
fn lived(online: bool, steps: &[Step]) {
    let life = Life {
        online,
        steps: steps.to_vec(),
    };
    let lived = Lane::new().live(&life);
    assert!(
        lived.broken.is_empty(),
        "{:#?}\n{}",
        lived.broken,
        lived.diary.join("\n")
    );
}

fn accepts(of: usize, age: usize) -> Step {
    Step::Reply(step::Reply {
        of,
        age,
        status: Accepted,
    })
}

fn cut(run: step::Run, after: usize, end: End) -> Step {
    Cut(run, step::Cut { after, end })
}

#[test]
fn nothing_happens() {
    lived(false, &[]);
    lived(true, &[]);
}

#[test]
fn everybody_is_invited_moved_and_called_off() {
    lived(
        true,
        &[
            Run(Send),
            Start(1),
            Run(Send),
            accepts(2, 0),
            CallOff,
            Run(Cancel),
        ],
    );
}

// Workers, and what waits.

#[test]
fn all_wait_when_the_meeting_is_moved_and_one_is_due() {
    lived(false, &[QueueOnly, Start(1), Hours(1), Run(Work(1 << 2)), Drain]);
}

#[test]
fn all_are_greylisted_and_the_meeting_is_moved() {
    let greylisted = [2, 3, 4, 7].map(|to| Mail(to, PutOff, 1));
    let then = [Run(Send), Start(1), Hours(1), Run(Work(1 << 3)), Drain];
    lived(true, &[&greylisted[..], &then].concat());
}

#[test]
fn all_wait_when_the_zoom_meeting_dies_and_one_is_due() {
    lived(true, &[QueueOnly, ZoomGone, Run(Work(1 << 2)), Drain]);
}

#[test]
fn all_wait_when_the_meeting_is_moved_and_one_is_picked() {
    lived(false, &[QueueOnly, Start(1), Run(SendTo(To::Record(2))), Drain]);
}

#[test]
fn all_wait_when_the_host_changes_and_one_is_picked() {
    lived(false, &[QueueOnly, Host(1), Run(SendTo(To::Record(2))), Drain]);
}

#[test]
fn one_has_it_unheard_and_the_host_changes() {
    lived(
        false,
        &[Mail(2, TakenUnheard, 1), Run(Send), Host(1), QueueOnly, Drain],
    );
}

#[test]
fn one_has_it_unheard_and_is_removed() {
    lived(false, &[Mail(4, TakenUnheard, 1), Run(Send), Remove(4), Drain]);
}

#[test]
fn what_a_dead_process_held_is_replaced_like_the_rest() {
    let held = cut(Send, 13, End::AnswerLost);
    lived(true, &[held, Location(1), Mail(2, PutOff, 2), Run(Send)]);
    lived(true, &[held, ZoomGone, Run(Send)]);
}

#[test]
fn one_may_have_it_though_it_was_put_off_and_gets_another_address() {
    let unheard = cut(Send, 18, End::AnswerLost);
    lived(true, &[Mail(2, PutOff, 1), unheard, Swap(2, 0)]);
}

// One message, once.

#[test]
fn refused_sent_again_and_retried() {
    lived(
        false,
        &[Mail(2, Refused, 1), Run(Send), Run(Send), Retry(None), Drain],
    );
}

#[test]
fn given_up_sent_again_and_retried() {
    lived(
        false,
        &[
            GiveUp(true),
            Mail(2, PutOff, 1),
            Run(Send),
            GiveUp(false),
            Run(Send),
            Retry(None),
            Drain,
        ],
    );
}

#[test]
fn answers_are_lost_three_times() {
    lived(
        false,
        &[
            Mail(2, TakenUnheard, 3),
            Run(Send),
            Run(Send),
            Run(Send),
            Hours(1),
        ],
    );
}

#[test]
fn another_record_takes_the_place_and_the_mailbox() {
    lived(false, &[Run(Send), Merge(2, 5), Run(Send)]);
}

#[test]
fn another_record_takes_the_place_while_the_mail_waits() {
    lived(false, &[QueueOnly, Merge(2, 5), Drain]);
}

// Mailboxes.

#[test]
fn an_address_is_corrected() {
    lived(false, &[Run(Send), Address(2, 8), Run(Send)]);
}

#[test]
fn an_address_is_corrected_while_the_mail_waits() {
    lived(false, &[QueueOnly, Address(2, 8), Drain]);
}

#[test]
fn an_address_is_corrected_after_a_refusal() {
    lived(false, &[Mail(2, Refused, 1), Run(Send), Address(2, 8), Run(Send)]);
}

#[test]
fn an_address_is_corrected_and_back() {
    lived(
        false,
        &[Run(Send), Address(2, 8), Run(Send), Address(2, 2), Run(Send)],
    );
}

#[test]
fn an_address_is_corrected_to_the_hosts_and_on_to_another_after_an_answer() {
    lived(
        false,
        &[
            Run(Send),
            accepts(2, 0),
            Address(2, 0),
            Run(Send),
            Address(2, 5),
            Run(Send),
        ],
    );
}

#[test]
fn an_address_becomes_that_of_another_attendee() {
    lived(false, &[Run(Send), Address(4, 2), Run(Send)]);
}

#[test]
fn an_address_is_corrected_and_the_meeting_called_off() {
    lived(
        false,
        &[Run(SendTo(To::Record(2))), Address(2, 3), CallOff, Run(Cancel)],
    );
}

#[test]
fn addresses_are_swapped() {
    lived(
        false,
        &[
            Run(SendTo(To::Record(2))),
            Swap(2, 3),
            Run(Send),
            CallOff,
            Run(Cancel),
        ],
    );
}

#[test]
fn two_records_of_one_mailbox_are_called_off() {
    lived(false, &[Run(Send), CallOff, Address(4, 10), Run(Cancel)]);
    lived(false, &[Run(Send), Merge(2, 3), Run(Send), CallOff, Run(Cancel)]);
}

#[test]
fn an_answer_from_a_mailbox_that_two_records_have() {
    lived(false, &[Run(Send), Address(2, 4), accepts(4, 0)]);
}

// SEQUENCE.

#[test]
fn removed_and_invited_again() {
    lived(false, &[Run(Send), Remove(2), Run(Send), Add(2), Run(Send)]);
}

#[test]
fn called_off_and_taken_up_again() {
    lived(true, &[Run(Send), CallOff, Run(Cancel), TakeUp, Run(Send)]);
}

// Organizers.

#[test]
fn another_host() {
    lived(
        true,
        &[
            Run(Send),
            Host(1),
            Run(Send),
            Start(1),
            Run(Send),
            CallOff,
            Run(Cancel),
        ],
    );
}

#[test]
fn another_host_and_back() {
    lived(false, &[Run(Send), Host(1), Run(Send), Host(0), Run(Send)]);
}

#[test]
fn the_hosts_own_address() {
    lived(false, &[Run(Send), Address(0, 9), Run(Send)]);
}

#[test]
fn the_host_gets_the_mailbox_of_an_attendee() {
    lived(false, &[QueueOnly, Merge(2, 0), Run(Send)]);
    lived(false, &[Run(Send), Swap(6, 0), CallOff]);
}

// Answers.

#[test]
fn an_answer_before_the_others_are_invited() {
    lived(false, &[Run(SendTo(To::Record(3))), accepts(3, 0), Run(Send)]);
}

#[test]
fn an_answer_to_the_old_time_and_somebody_new_at_the_new() {
    lived(false, &[Run(Send), accepts(2, 0), Start(1), Add(5), Run(Send)]);
}

#[test]
fn an_answer_before_the_meeting_is_called_off() {
    lived(false, &[Run(Send), accepts(2, 0), CallOff, Run(Cancel)]);
}

#[test]
fn an_answer_after_the_meeting_was_called_off() {
    lived(false, &[Run(Send), CallOff, Run(Cancel), accepts(2, 0)]);
}

#[test]
fn an_answer_to_the_host_before() {
    lived(
        false,
        &[
            Run(Send),
            Host(1),
            Run(Send),
            accepts(2, 1),
            accepts(2, 0),
            Name(1),
            Run(Send),
        ],
    );
}
