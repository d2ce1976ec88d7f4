//! A meeting on its way through the pipeline.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::history::MailboxHistory;
use crate::mail::{Account, Issued, Seen};
use crate::meeting::{Attendee, EmailAddress, Language, Meeting, Person, PersonId, PersonRef, Reach, Zone};

/// The place of a person in a case: first the attendees in their order, then the former attendees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::pipeline) struct Place(u32);

impl Place {
    pub(in crate::pipeline) fn new(at: usize) -> Self {
        // So many attendees do not fit into memory.
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }

    pub(in crate::pipeline) const fn at(self) -> usize {
        self.0 as usize
    }
}

/// A meeting on its way through the pipeline, with its people and the history of their mailboxes.
#[derive(Debug)]
pub(in crate::pipeline) struct Case {
    /// The meeting. Its join URL becomes the pushed one in step 3.
    pub(in crate::pipeline) meeting: Meeting,
    /// The assigned user.
    pub(in crate::pipeline) organizer: Person,
    /// The assigned user's own account, from which the mails come. `None` without an account, and where it was not loaded.
    pub(in crate::pipeline) account: Option<Account>,
    /// The attendees, in the CRM's order.
    pub(in crate::pipeline) attendees: Vec<Attendee>,
    /// The record of each attendee, in the same order; `None` where the CRM has none.
    pub(in crate::pipeline) people: Vec<Option<Person>>,
    /// The revisions of all tenures that invitees were told, the newest last.
    pub(in crate::pipeline) history: Vec<Issued>,
    /// The history of each mailbox, by its key ([`EmailAddress::mailbox`]).
    pub(in crate::pipeline) mailboxes: HashMap<String, MailboxHistory>,
    /// The end of the outbox when it was read.
    pub(in crate::pipeline) seen: Seen,
    /// The former attendees: each has a history, and its mailbox is no attendee's now. In the order of their mailboxes.
    pub(in crate::pipeline) former: Vec<Person>,
}

impl Case {
    /// The mailboxes with a history that are no attendee's any more, in their order.
    pub(in crate::pipeline) fn former_of<'m>(
        &self,
        mailboxes: &'m HashMap<String, MailboxHistory>,
    ) -> BTreeMap<&'m String, &'m MailboxHistory> {
        let people = self.people.iter().flatten();
        let todays: HashSet<String> = people
            .filter_map(|person| Some(person.email()?.mailbox()))
            .collect();
        mailboxes
            .iter()
            .filter(|(mailbox, _)| !todays.contains(*mailbox))
            .collect()
    }

    /// The user from whose account the mails come.
    pub(in crate::pipeline) fn account_holder(&self) -> Option<PersonId> {
        let holder = || self.organizer.reference.id.clone();
        self.account.is_some().then(holder)
    }

    /// The attendees in the CRM's order, each with the person where there is one.
    pub(in crate::pipeline) fn attendees(&self) -> impl Iterator<Item = (&Attendee, Option<&Person>)> {
        let people = self.people.iter().map(Option::as_ref);
        self.attendees.iter().zip(people)
    }

    /// The attendee with this record, if there is one.
    pub(in crate::pipeline) fn attendee(&self, person: &PersonRef) -> Option<&Attendee> {
        self.attendees.iter().find(|attendee| attendee.person == *person)
    }

    /// The attendees whose addresses the CRM hides.
    pub(in crate::pipeline) fn hidden_attendees(&self) -> HashMap<PersonRef, Option<EmailAddress>> {
        let hidden = self.people.iter().flatten();
        let hidden = hidden.filter(|person| person.reach == Reach::Hidden);
        hidden.map(|person| (person.reference.clone(), None)).collect()
    }

    /// Gives each hidden address the value to which the last mail went. Otherwise people would be told that they are removed
    /// because a right is missing.
    pub(in crate::pipeline) fn recall_attendees(
        &mut self,
        mut mailed: HashMap<PersonRef, Option<EmailAddress>>,
    ) {
        if mailed.is_empty() {
            return;
        }
        for person in self.people.iter_mut().flatten() {
            if let Some(Some(address)) = mailed.remove(&person.reference) {
                person.reach = Reach::At(address);
            }
        }
    }

    /// Gives the hidden address of the organizer the value that invitees were told last.
    pub(in crate::pipeline) fn recall_organizer(&mut self) {
        if self.organizer.reach != Reach::Hidden {
            return;
        }
        let told = self.history.last().and_then(|last| last.organizer.as_ref());
        if let Some(told) = told
            && told.person == self.organizer.reference
            && !told.is_forgotten()
        {
            self.organizer.reach = Reach::At(told.email.clone());
        }
    }

    /// The attendees with their places.
    pub(in crate::pipeline) fn placed(&self) -> impl Iterator<Item = (Place, &Attendee, Option<&Person>)> {
        let attendees = self.attendees().enumerate();
        attendees.map(|(at, (attendee, person))| (Place::new(at), attendee, person))
    }

    /// The former attendees with their places.
    pub(in crate::pipeline) fn placed_former(&self) -> impl Iterator<Item = (Place, &Person)> {
        let begin = self.people.len();
        let former = self.former.iter().enumerate();
        former.map(move |(at, person)| (Place::new(begin + at), person))
    }

    /// The former attendee at a place; `None` for the place of an attendee.
    pub(in crate::pipeline) fn former_at(&self, place: Place) -> Option<&Person> {
        self.former.get(place.at().checked_sub(self.people.len())?)
    }

    /// The person at a place, if the CRM has the record.
    pub(in crate::pipeline) fn person_at(&self, place: Place) -> Option<&Person> {
        match self.people.get(place.at()) {
            Some(person) => person.as_ref(),
            None => self.former_at(place),
        }
    }

    /// The address at a place.
    pub(in crate::pipeline) fn address(&self, place: Place) -> Option<&EmailAddress> {
        self.person_at(place)?.email()
    }

    /// The reader's language at a place, if it is known.
    pub(in crate::pipeline) fn language(&self, place: Place) -> Option<&Language> {
        self.person_at(place)?.language.as_ref()
    }

    /// The reader's time zone at a place, if it is known.
    pub(in crate::pipeline) fn zone(&self, place: Place) -> Option<&Zone> {
        self.person_at(place)?.time_zone.as_ref()
    }

    /// The record at a place.
    pub(in crate::pipeline) fn reference(&self, place: Place) -> &PersonRef {
        match self.attendees.get(place.at()) {
            Some(attendee) => &attendee.person,
            None => &self.former[place.at() - self.attendees.len()].reference,
        }
    }

    /// The history of the mailbox at a place.
    pub(in crate::pipeline) fn history_at(&self, place: Place) -> Option<&MailboxHistory> {
        self.mailboxes.get(&self.address(place)?.mailbox())
    }

    /// Whether a person is the assigned user, or shares the address.
    pub(in crate::pipeline) fn is_organizer(&self, person: &Person) -> bool {
        is_organizer(&self.organizer, person)
    }
}

/// Whether a person is the organizer, or shares the organizer's address.
pub(in crate::pipeline) fn is_organizer(organizer: &Person, person: &Person) -> bool {
    let same_mailbox = |a: &Person, b: &Person| {
        a.email()
            .zip(b.email())
            .is_some_and(|(a, b)| a.is_same_mailbox(b))
    };
    person.reference == organizer.reference || same_mailbox(person, organizer)
}
