//! The people of a meeting, in little memory: a hundred thousand records of a CRM would take more than all else that a send
//! has in memory. A person is put together when it is looked at.

use std::collections::HashMap;
use std::num::{NonZeroU8, NonZeroU16, NonZeroU32};

use crate::meeting::{EmailAddress, Language, Person, PersonRef, UserFacts, Zone};

/// People in their order, some of whom the CRM does not have.
#[derive(Debug, Default)]
pub(super) struct People {
    /// Names and addresses, one after another.
    text: String,
    entries: Vec<Entry>,
    /// The zones and languages that there are, each once.
    zones: Vec<Zone>,
    languages: Vec<Language>,
    /// What is known of users beside it.
    users: HashMap<usize, Box<UserFacts>>,
}

#[derive(Debug, Default)]
struct Entry {
    /// Where the name begins, and how long it is. The address stands behind it, up to the next name.
    name: usize,
    name_length: u32,
    /// The language and the zone, counted from one.
    language: Option<NonZeroU32>,
    zone: Option<NonZeroU16>,
    /// Where the `@` of the address is: never at its beginning.
    at: Option<NonZeroU8>,
    is_known: bool,
}

/// About as long as name and address are together.
const USUAL_LENGTH: usize = 48;

impl Entry {
    const fn name_end(&self) -> usize {
        self.name + self.name_length as usize
    }
}

impl People {
    pub(super) fn with_capacity(count: usize) -> Self {
        Self {
            // Growing by and by would leave as much memory unused behind.
            text: String::with_capacity(count * USUAL_LENGTH),
            entries: Vec::with_capacity(count),
            ..Self::default()
        }
    }

    pub(super) fn push(&mut self, person: Option<Person>) {
        let name = self.text.len();
        let Some(person) = person else {
            self.entries.push(Entry {
                name,
                ..Entry::default()
            });
            return;
        };
        self.text.push_str(&person.name);
        // No name has four billion octets, nor are there so many zones or languages that they could not be counted so.
        let name_length = u32::try_from(person.name.len()).unwrap_or(u32::MAX);
        let zone = |place| NonZeroU16::new(u16::try_from(place).unwrap_or(u16::MAX));
        let language = |place| NonZeroU32::new(u32::try_from(place).unwrap_or(u32::MAX));
        if let Some(email) = &person.email {
            self.text.push_str(email.as_str());
        }
        if let Some(facts) = person.user {
            self.users.insert(self.entries.len(), facts);
        }
        self.entries.push(Entry {
            name,
            name_length,
            zone: person
                .time_zone
                .and_then(|it| zone(number_of(&mut self.zones, it))),
            language: person
                .language
                .and_then(|it| language(number_of(&mut self.languages, it))),
            at: person.email.as_ref().and_then(|email| NonZeroU8::new(email.at())),
            is_known: true,
        });
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    fn known(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place).filter(|entry| entry.is_known)
    }

    fn address_in(&self, place: usize, entry: &Entry) -> &str {
        let end = self
            .entries
            .get(place + 1)
            .map_or(self.text.len(), |next| next.name);
        &self.text[entry.name_end()..end]
    }

    /// The person at a place, whose reference that is; `None` where the CRM has no record.
    pub(super) fn get(&self, place: usize, reference: &PersonRef) -> Option<Person> {
        let entry = self.known(place)?;
        Some(Person {
            reference: reference.clone(),
            name: self.text[entry.name..entry.name_end()].to_owned(),
            email: entry
                .at
                .map(|at| EmailAddress::checked_before(self.address_in(place, entry), at.get())),
            time_zone: self.zone(place).cloned(),
            language: self.language(place).cloned(),
            user: self.users.get(&place).cloned(),
        })
    }

    pub(super) fn address(&self, place: usize) -> Option<&str> {
        let entry = self.known(place).filter(|entry| entry.at.is_some())?;
        Some(self.address_in(place, entry))
    }

    pub(super) fn zone(&self, place: usize) -> Option<&Zone> {
        self.zones.get(usize::from(self.known(place)?.zone?.get()) - 1)
    }

    pub(super) fn language(&self, place: usize) -> Option<&Language> {
        self.languages
            .get(self.known(place)?.language?.get() as usize - 1)
    }
}

/// The number of one of a few, counted from one.
fn number_of<T: PartialEq>(all: &mut Vec<T>, one: T) -> usize {
    let known = all.iter().position(|other| *other == one);
    known.map_or_else(
        || {
            all.push(one);
            all.len()
        },
        |place| place + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_put_in_comes_out() {
        let person = |reference: &str, name: &str, email: Option<&str>| {
            let email = email.map(|email| email.parse().unwrap());
            Person::new(reference.parse().unwrap(), name, email)
        };
        let mut ana = person("user:ana", "Ana Núñez", Some("ana@acme.example"));
        ana.language = Some(Language::new("es").unwrap());
        ana.time_zone = Some(Zone::new("Europe/Madrid").unwrap());
        let mut lee = person("contact:lee", "", Some("Lee.H@bücher.example"));
        lee.time_zone = Some(Zone::new("America/New_York").unwrap());
        let mut mo = person("lead:mo", "Mo", None);
        mo.language = Some(Language::new("es").unwrap());
        let all = [Some(ana), None, Some(lee), Some(mo)];
        let mut people = People::with_capacity(4);
        all.iter().for_each(|person| people.push(person.clone()));
        let nobody: PersonRef = "lead:nobody".parse().unwrap();
        for (place, person) in all.iter().enumerate() {
            let reference = person.as_ref().map_or(&nobody, |person| &person.reference);
            assert_eq!(people.get(place, reference), *person);
        }
        assert_eq!((people.len(), people.languages.len()), (4, 1));
        assert_eq!(people.address(2), Some("Lee.H@xn--bcher-kva.example"));
        assert_eq!((people.address(1), people.address(3)), (None, None));
        assert_eq!(people.get(4, &nobody), None);
    }
}
