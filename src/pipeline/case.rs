//! A meeting on its way through the pipeline.

use std::collections::HashMap;

use super::people::People;
use super::recipients::Told;
use crate::mail::{Account, Issued};
use crate::meeting::{Acceptance, Attendee, EmailAddress, Language, Meeting, Person, PersonRef, Zone};

/// Where somebody stands in a case: the attendees in their order, then those who are none any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Place(u32);

impl Place {
    pub(super) fn new(at: usize) -> Self {
        // More attendees than fit into memory.
        Self(u32::try_from(at).unwrap_or(u32::MAX))
    }

    const fn at(self) -> usize {
        self.0 as usize
    }
}

/// A meeting on its way through the pipeline, with everybody who is part of it.
#[derive(Debug)]
pub(super) struct Case {
    /// The meeting. Its join URL becomes the pushed one in step 3.
    pub(super) meeting: Meeting,
    /// The assigned user.
    pub(super) organizer: Person,
    /// The assigned user's own account, from which the mails come, where there is one and it was asked for.
    pub(super) account: Option<Account>,
    /// Of each attendee, in their order, the record, where the CRM has it.
    pub(super) people: People,
    /// The first few who have an address: as many as calendar objects list, and one more.
    pub(super) listed: Vec<(Person, Acceptance)>,
    /// What invitees were told, one for each revision, the newest last.
    pub(super) history: Vec<Issued>,
    /// What those were told who have been in the outbox.
    pub(super) told: HashMap<PersonRef, Told>,
    /// What everybody else was told.
    pub(super) nothing: Told,
    /// Where mails to attendees went who have another address now, oldest first.
    pub(super) earlier_addresses: Vec<(EmailAddress, PersonRef)>,
    /// Those who have been in the outbox and are not attendees any more.
    pub(super) former: Vec<Person>,
}

impl Case {
    /// The person behind an attendee, if the CRM has the record.
    pub(super) fn person(&self, reference: &PersonRef) -> Option<Person> {
        let place = self
            .meeting
            .attendees
            .iter()
            .position(|a| a.person == *reference)?;
        self.people.get(place, reference)
    }

    /// The attendees in the CRM's order, each with the person where there is one.
    pub(super) fn attendees(&self) -> impl Iterator<Item = (&Attendee, Option<Person>)> {
        self.placed().map(|(_, attendee, person)| (attendee, person))
    }

    /// The attendees with their places.
    pub(super) fn placed(&self) -> impl Iterator<Item = (Place, &Attendee, Option<Person>)> {
        let attendees = self.meeting.attendees.iter().enumerate();
        attendees.map(|(at, attendee)| (Place::new(at), attendee, self.people.get(at, &attendee.person)))
    }

    /// Those at the places who are attendees no more.
    pub(super) fn former_at(&self, place: Place) -> Option<&Person> {
        self.former.get(place.at().checked_sub(self.people.len())?)
    }

    /// The addresses of the attendees who have one.
    pub(super) fn addresses(&self) -> impl Iterator<Item = &str> {
        (0..self.people.len()).filter_map(|at| self.people.address(at))
    }

    /// The address of whoever stands at a place.
    pub(super) fn address(&self, place: Place) -> Option<&str> {
        match self.former_at(place) {
            Some(person) => Some(person.email.as_ref()?.as_str()),
            None => self.people.address(place.at()),
        }
    }

    /// The language that whoever stands at a place reads, if that is known.
    pub(super) fn language(&self, place: Place) -> Option<&Language> {
        match self.former_at(place) {
            Some(person) => person.language.as_ref(),
            None => self.people.language(place.at()),
        }
    }

    /// The time zone of whoever stands at a place, if that is known.
    pub(super) fn zone(&self, place: Place) -> Option<&Zone> {
        match self.former_at(place) {
            Some(person) => person.time_zone.as_ref(),
            None => self.people.zone(place.at()),
        }
    }

    /// Those who are attendees no more, with their places.
    pub(super) fn placed_former(&self) -> impl Iterator<Item = (Place, &Person)> {
        let begin = self.meeting.attendees.len();
        let former = self.former.iter().enumerate();
        former.map(move |(at, person)| (Place::new(begin + at), person))
    }

    /// Who stands at a place.
    pub(super) fn reference(&self, place: Place) -> &PersonRef {
        match self.meeting.attendees.get(place.at()) {
            Some(attendee) => &attendee.person,
            None => &self.former[place.at() - self.meeting.attendees.len()].reference,
        }
    }

    /// The person who stands at a place, if the CRM has the record.
    pub(super) fn person_at(&self, place: Place) -> Option<Person> {
        match self.former_at(place) {
            Some(person) => Some(person.clone()),
            None => self.people.get(place.at(), self.reference(place)),
        }
    }

    /// What somebody was told.
    pub(super) fn told(&self, who: &PersonRef) -> &Told {
        self.told.get(who).unwrap_or(&self.nothing)
    }

    /// Whether somebody is the assigned user, or shares the address.
    pub(super) fn is_organizer(&self, person: &Person) -> bool {
        let same_mailbox = |a: &Person, b: &Person| {
            a.email
                .as_ref()
                .zip(b.email.as_ref())
                .is_some_and(|(a, b)| a.is_same_mailbox(b))
        };
        person.reference == self.organizer.reference || same_mailbox(person, &self.organizer)
    }
}
