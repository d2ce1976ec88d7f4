//! The targets of one delivery: meetings, mailboxes and messages.

use std::collections::{HashMap, HashSet};

use crate::mail::Claimed;
use crate::meeting::{EmailAddress, MeetingId};

/// The waiting messages that are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum Tries {
    /// All waiting messages, also if their next try is later.
    All,
    /// Only messages that are due.
    Due,
}

/// The mailboxes for which a meeting's messages are delivered: all except those in `left_out`.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Addressees {
    /// The number of mailboxes, as far as it is known before delivering. It decides the number of workers, and progress
    /// bars show it.
    count: usize,
    left_out: HashSet<String>,
}

impl Addressees {
    /// All mailboxes, `count` in number, except those in `left_out`.
    pub(in crate::pipeline) fn all_but(count: usize, left_out: HashSet<String>) -> Self {
        Self { count, left_out }
    }

    fn include(&self, address: &EmailAddress) -> bool {
        self.left_out.is_empty() || !self.left_out.contains(&address.mailbox())
    }
}

/// The meetings whose mails are delivered together, with the mailboxes of each.
#[derive(Debug, Default)]
pub(super) struct Targets(HashMap<MeetingId, Addressees>);

impl Targets {
    pub(super) fn new(meetings: Vec<(MeetingId, Addressees)>) -> Self {
        let with_mails = meetings
            .into_iter()
            .filter(|(_, addressees)| addressees.count > 0);
        Self(with_mails.collect())
    }

    pub(super) fn count(&self) -> usize {
        self.0.values().map(|addressees| addressees.count).sum()
    }

    /// The meetings, each with the number of its mailboxes.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&MeetingId, usize)> {
        self.0
            .iter()
            .map(|(meeting, addressees)| (meeting, addressees.count))
    }

    pub(super) fn meetings(&self) -> impl Iterator<Item = &MeetingId> {
        self.0.keys()
    }

    pub(super) fn include(&self, claimed: &Claimed) -> bool {
        let addressees = self.0.get(&claimed.meeting);
        addressees.is_some_and(|addressees| addressees.include(&claimed.envelope.to))
    }
}
