//! What one delivery is about: which meetings, mailboxes and messages.

use std::collections::{HashMap, HashSet};

use crate::mail::Claimed;
use crate::meeting::{EmailAddress, MeetingId};

/// Which of the messages that wait are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum Tries {
    /// All that wait, also those whose next try is later.
    All,
    /// Only those that are due.
    Due,
}

/// The mailboxes for which a meeting's messages are delivered: all but those that are left out.
#[derive(Debug, Default)]
pub(in crate::pipeline) struct Addressees {
    /// How many mailboxes there are, as far as known before delivering. Progress bars and the number of workers go by
    /// it.
    count: usize,
    left_out: HashSet<String>,
}

impl Addressees {
    /// All mailboxes, `count` of them, but those in `left_out`.
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

    /// The meetings, each with how many mailboxes there are.
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
