//! What can happen in a life, and how lives are made up.

use invite::meeting::Acceptance;
use proptest::prelude::*;

use super::post::Fate;
use crate::fuse::End;

/// Who is picked, for `send --to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    /// A record, by its number.
    Record(usize),
    /// An address, by its number.
    Address(usize),
}

/// Something that the library does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Run {
    /// `send`.
    Send,
    /// `send --to`.
    SendTo(To),
    /// `send --all`.
    SendAll,
    /// `send --resend`.
    Resend,
    /// A worker looks once. Of what is due it comes to the mailboxes in this mask; the pauses of the others have not
    /// ended yet.
    Work(u8),
    /// `cancel`.
    Cancel,
}

/// A run ends early, at one of its calls of a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cut {
    /// After so many calls.
    pub(crate) after: usize,
    pub(crate) end: End,
}

/// An attendee answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reply {
    /// Of which mailbox, by the number of an address.
    pub(crate) of: usize,
    /// Which invitation is answered: how many came after it.
    pub(crate) age: usize,
    pub(crate) status: Acceptance,
}

/// One thing that happens. People and addresses are called by their numbers in [`super::book`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// Something runs to its end.
    Run(Run),
    /// So many hours pass.
    Hours(u8),
    /// The meeting begins so many quarters of an hour later than first planned.
    Start(u8),
    End(u8),
    Name(u8),
    Location(u8),
    Description(u8),
    /// Somebody writes another link into the record, of a meeting that is at no provider.
    Link(u8),
    /// The status becomes `NotHeld`.
    CallOff,
    /// The status becomes `Planned` again.
    TakeUp,
    Add(usize),
    Remove(usize),
    /// A record gets another address.
    Address(usize, usize),
    /// A record loses its address.
    NoAddress(usize),
    /// Two records exchange their addresses, if both have one.
    Swap(usize, usize),
    /// The first is an attendee no more; the second has its address and takes its place.
    Merge(usize, usize),
    /// Another user (0 or 1) is assigned.
    Host(usize),
    /// The next messages to this address fare like this.
    Mail(usize, Fate, usize),
    /// No mail server answers any more, or again.
    Down(bool),
    /// The Zoom meeting is deleted by hand, and eleven minutes pass.
    ZoomGone,
    /// Zoom knows us no more, or again.
    TokenLost(bool),
    /// `send`, of which nothing leaves: no mail server answers.
    QueueOnly,
    /// From now on what is put off is given up, or not.
    GiveUp(bool),
    /// Workers run until nothing waits, or nothing goes on.
    Drain,
    /// Two run at the same time, in two processes.
    Both(Run, Run),
    /// Something is killed, or a port of it fails.
    Cut(Run, Cut),
    /// `outbox retry`: all, or one message by its number.
    Retry(Option<usize>),
    Reply(Reply),
}

/// A whole life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Life {
    /// Whether the meeting is at Zoom.
    pub(crate) online: bool,
    pub(crate) steps: Vec<Step>,
}

fn record() -> impl Strategy<Value = usize> {
    // Kim, Lee and Max first: to them it shrinks, and they are there from the beginning.
    prop_oneof![4 => 2..8_usize, 1 => 0..2_usize]
}

fn address() -> impl Strategy<Value = usize> {
    prop_oneof![6 => 2..10_usize, 1 => 0..2_usize, 1 => 10..12_usize]
}

/// A mailbox that is mailed to at first.
fn early_address() -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(2_usize), 4 => Just(3_usize), 2 => Just(4_usize), 2 => Just(7_usize), 2 => Just(8_usize),
        1 => 0..2_usize, 1 => 5..7_usize]
}

fn run() -> impl Strategy<Value = Run> {
    prop_oneof![
        5 => Just(Run::Send),
        1 => prop_oneof![Just(Run::SendAll), Just(Run::Resend)],
        2 => prop_oneof![record().prop_map(To::Record), address().prop_map(To::Address)].prop_map(Run::SendTo),
        3 => any::<u8>().prop_map(Run::Work),
        2 => Just(Run::Cancel),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let edit = prop_oneof![
        2 => (0..4_u8).prop_map(Step::Start),
        1 => (0..4_u8).prop_map(Step::End),
        2 => (0..3_u8).prop_map(Step::Name),
        1 => (0..3_u8).prop_map(Step::Location),
        1 => (0..3_u8).prop_map(Step::Description),
        1 => (0..3_u8).prop_map(Step::Link),
        2 => Just(Step::CallOff),
        2 => Just(Step::TakeUp),
    ];
    let people = prop_oneof![
        3 => record().prop_map(Step::Add),
        3 => record().prop_map(Step::Remove),
        3 => (record(), address()).prop_map(|(who, to)| Step::Address(who, to)),
        1 => (2..8_usize).prop_map(Step::NoAddress),
        1 => (record(), record()).prop_map(|(one, other)| Step::Swap(one, other)),
        2 => (record(), record()).prop_map(|(from, into)| Step::Merge(from, into)),
        2 => (0..2_usize).prop_map(Step::Host),
    ];
    let fate = prop_oneof![
        3 => Just(Fate::PutOff),
        3 => Just(Fate::Refused),
        2 => Just(Fate::TakenUnheard),
        1 => Just(Fate::LostUnheard),
    ];
    let mishap = prop_oneof![
        8 => (early_address(), fate, 1..4_usize).prop_map(|(to, fate, times)| Step::Mail(to, fate, times)),
        2 => any::<bool>().prop_map(Step::Down),
        2 => Just(Step::ZoomGone),
        1 => any::<bool>().prop_map(Step::TokenLost),
        1 => any::<bool>().prop_map(Step::GiveUp),
    ];
    let end = prop_oneof![Just(End::Killed), Just(End::Fails), Just(End::AnswerLost)];
    let cut = (0..45_usize, end).prop_map(|(after, end)| Cut { after, end });
    let acts = prop_oneof![
        8 => run().prop_map(Step::Run),
        2 => Just(Step::QueueOnly),
        3 => Just(Step::Drain),
        2 => (1..60_u8).prop_map(Step::Hours),
        1 => (run(), run()).prop_map(|(one, other)| Step::Both(one, other)),
        3 => (run(), cut).prop_map(|(run, cut)| Step::Cut(run, cut)),
        2 => prop_oneof![Just(None), (0..20_usize).prop_map(Some)].prop_map(Step::Retry),
    ];
    let status = prop_oneof![
        Just(Acceptance::Accepted),
        Just(Acceptance::Declined),
        Just(Acceptance::Tentative),
        Just(Acceptance::None)
    ];
    let of = prop_oneof![9 => early_address(), 1 => 10..12_usize];
    let reply = (of, 0..4_usize, status).prop_map(|(of, age, status)| Reply { of, age, status });
    prop_oneof![
        8 => acts,
        4 => edit,
        4 => people,
        4 => mishap,
        2 => reply.prop_map(Step::Reply),
    ]
}

/// Lives of up to so many steps. Most begin with a send, because little can go wrong before it.
pub(crate) fn life(longest: usize) -> impl Strategy<Value = Life> {
    let opening = prop_oneof![
        2 => Just(None),
        6 => Just(Some(Step::Run(Run::Send))),
        2 => Just(Some(Step::QueueOnly)),
    ];
    let steps = (opening, prop::collection::vec(step(), 1..longest));
    (any::<bool>(), steps).prop_map(|(online, (opening, steps))| Life {
        online,
        steps: opening.into_iter().chain(steps).collect(),
    })
}
