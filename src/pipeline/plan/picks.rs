//! The attendees that an aim names.

use std::collections::HashSet;

use crate::meeting::{EmailAddress, Person, PersonRef};
use crate::pipeline::options::Pick;

/// The attendees that picks name; without picks, all.
pub(super) struct Picks<'a> {
    mailboxes: HashSet<String>,
    records: HashSet<&'a PersonRef>,
}

impl<'a> Picks<'a> {
    pub(super) fn new(picks: &'a [Pick]) -> Self {
        let mut all = Self {
            mailboxes: HashSet::new(),
            records: HashSet::new(),
        };
        for pick in picks {
            match pick {
                Pick::Email(address) => {
                    all.mailboxes.insert(address.mailbox());
                }
                Pick::Person(record) => {
                    all.records.insert(record);
                }
            }
        }
        all
    }

    pub(super) fn pick(&self, person: &Person) -> bool {
        let is_everybody = self.mailboxes.is_empty() && self.records.is_empty();
        let by_mailbox = |person: &Person| {
            let mailbox = person.email().map(EmailAddress::mailbox);
            mailbox.is_some_and(|mailbox| self.mailboxes.contains(&mailbox))
        };
        is_everybody
            || self.records.contains(&person.reference)
            || (!self.mailboxes.is_empty() && by_mailbox(person))
    }
}
