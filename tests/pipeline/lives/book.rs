//! The CRM of a life, in memory: one meeting and its people. It is the truth that everything else is measured by.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use invite::crm::{AttendeePages, CrmError, Invitee, Records as CrmRecords};
use invite::meeting::{
    Acceptance, Attendee, JoinUrl, Meeting, MeetingId, Person, PersonId, PersonRef, Reach, When, Zone,
};
use invite::online::zoom;

/// The records, in the order in which steps number them.
pub(crate) const RECORDS: [&str; 8] = [
    "user:ana",
    "user:ben",
    "contact:kim",
    "contact:lee",
    "contact:max",
    "contact:noa",
    "contact:olu",
    "lead:pia",
];

/// Addresses that records can have, in the order in which steps number them. The last two are mailboxes of
/// earlier ones, written in another way.
pub(crate) const ADDRESSES: [&str; 12] = [
    "ana@acme.example",
    "ben@acme.example",
    "kim@client.example",
    "lee@client.example",
    "max@client.example",
    "noa@client.example",
    "olu@client.example",
    "pia@lead.example",
    "new@client.example",
    "host@acme.example",
    "Kim@Client.example",
    "LEE@client.example",
];

pub(crate) fn record(number: usize) -> PersonRef {
    RECORDS[number % RECORDS.len()].parse().unwrap()
}

pub(crate) fn address(number: usize) -> &'static str {
    ADDRESSES[number % ADDRESSES.len()]
}

/// What addresses of one mailbox have in common.
pub(crate) fn mailbox(address: &str) -> String {
    address.to_ascii_lowercase()
}

#[derive(Debug)]
struct Records {
    meeting: Meeting,
    attendees: Vec<Attendee>,
    people: BTreeMap<PersonRef, Person>,
}

/// The CRM. Clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Book(Arc<Mutex<Records>>);

/// What everybody who is invited must have in the calendar now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) start: String,
    pub(crate) end: String,
    pub(crate) name: String,
    pub(crate) location: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) organizer: String,
}

/// The start and the end of the meeting, moved by so many quarters of an hour.
pub(crate) fn when(start: u8, end: u8) -> When {
    let at = |hour: u32, quarters: u8| {
        let midnight: chrono::DateTime<chrono::Utc> = "2036-12-01T00:00:00Z".parse().unwrap();
        midnight + chrono::TimeDelta::minutes(i64::from(hour * 60) + 15 * i64::from(quarters))
    };
    When::timed(at(9, start), at(13, end)).unwrap()
}

impl Book {
    /// A planned meeting of Ana's, with Kim, Lee, Max and Pia; online at Zoom or not at all. Noa and Olu are there to be
    /// added, and Olu has Kim's mailbox.
    pub(crate) fn new(id: &MeetingId, online: bool) -> Self {
        let mut people = BTreeMap::new();
        for (number, of) in RECORDS.iter().enumerate() {
            let reference: PersonRef = of.parse().unwrap();
            let email = if *of == "contact:olu" {
                address(10)
            } else {
                address(number)
            };
            let name = reference.id.as_str().to_owned();
            let person = Person::new(reference.clone(), name, Some(email.parse().unwrap()));
            people.insert(reference, person);
        }
        let zone = Zone::new("Europe/Berlin").unwrap();
        let mut meeting = Meeting::new(id.clone(), "Kick-off 0", when(0, 0), zone).unwrap();
        meeting.assigned_user = Some(PersonId::new("ana").unwrap());
        meeting.online_location = online.then_some(zoom::LOCATION);
        let attendees = [0, 2, 3, 4, 7].map(|of| Attendee {
            person: record(of),
            status: Acceptance::None,
        });
        Self(Arc::new(Mutex::new(Records {
            meeting,
            attendees: attendees.to_vec(),
            people,
        })))
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.0.lock().unwrap()
    }

    pub(crate) fn meeting(&self) -> Meeting {
        self.records().meeting.clone()
    }

    pub(crate) fn edit(&self, change: impl FnOnce(&mut Meeting)) {
        change(&mut self.records().meeting);
    }

    pub(crate) fn attendees(&self) -> Vec<Attendee> {
        self.records().attendees.clone()
    }

    pub(crate) fn edit_attendees(&self, change: impl FnOnce(&mut Vec<Attendee>)) {
        change(&mut self.records().attendees);
    }

    pub(crate) fn address_of(&self, who: &PersonRef) -> Option<String> {
        let records = self.records();
        let email = records.people.get(who)?.email()?;
        Some(email.as_str().to_owned())
    }

    pub(crate) fn set_address(&self, who: &PersonRef, address: &str) {
        self.set_reach(who, Reach::At(address.parse().unwrap()));
    }

    pub(crate) fn take_address(&self, who: &PersonRef) {
        self.set_reach(who, Reach::Nowhere);
    }

    fn set_reach(&self, who: &PersonRef, reach: Reach) {
        if let Some(person) = self.records().people.get_mut(who) {
            person.reach = reach;
        }
    }

    pub(crate) fn status(&self, who: &PersonRef) -> Option<Acceptance> {
        let records = self.records();
        let attendee = records
            .attendees
            .iter()
            .find(|attendee| attendee.person == *who)?;
        Some(attendee.status)
    }

    /// Adds somebody to the attendees, who has not answered.
    pub(crate) fn add(&self, who: PersonRef) {
        self.edit_attendees(|attendees| {
            if attendees.iter().all(|attendee| attendee.person != who) {
                attendees.push(Attendee {
                    person: who,
                    status: Acceptance::None,
                });
            }
        });
    }

    pub(crate) fn remove(&self, who: &PersonRef) {
        self.edit_attendees(|attendees| attendees.retain(|attendee| attendee.person != *who));
    }

    fn organizer(&self) -> PersonRef {
        PersonRef::user(self.records().meeting.assigned_user.clone().unwrap())
    }

    /// The mailbox of the assigned user.
    pub(crate) fn organizer_mailbox(&self) -> String {
        mailbox(&self.address_of(&self.organizer()).unwrap())
    }

    /// The mailboxes of those who are invited, each with the attendees who have it.
    pub(crate) fn invited(&self) -> BTreeMap<String, Vec<Attendee>> {
        let (organizer, host) = (self.organizer(), self.organizer_mailbox());
        let mut invited: BTreeMap<String, Vec<Attendee>> = BTreeMap::new();
        for attendee in self.attendees() {
            let Some(address) = self.address_of(&attendee.person) else {
                continue;
            };
            let mailbox = mailbox(&address);
            if attendee.person != organizer && mailbox != host {
                invited.entry(mailbox).or_default().push(attendee);
            }
        }
        invited
    }

    pub(crate) fn facts(&self) -> Facts {
        let meeting = self.meeting();
        let (start, end) = meeting.when.instants().unwrap();
        let written = |at: chrono::DateTime<chrono::Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
        Facts {
            start: written(start),
            end: written(end),
            name: meeting.name().to_owned(),
            location: meeting.location.clone(),
            link: meeting.join_url.as_ref().map(|url| url.as_str().to_owned()),
            organizer: self.organizer_mailbox(),
        }
    }
}

#[async_trait]
impl CrmRecords for Book {
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError> {
        let meeting = self.meeting();
        Ok((meeting.id() == id).then_some(meeting))
    }

    /// Three to a page, read as of one moment.
    fn attendees<'a>(&'a self, id: &'a MeetingId) -> AttendeePages<'a> {
        let records = self.records();
        let mut invitees = Vec::new();
        if records.meeting.id() == id {
            invitees.extend(records.attendees.iter().map(|attendee| Invitee {
                person: records.people.get(&attendee.person).cloned(),
                attendee: attendee.clone(),
            }));
        }
        let pages: Vec<_> = invitees.chunks(3).map(|page| Ok(page.to_vec())).collect();
        stream::iter(pages).boxed()
    }

    async fn person(&self, person: &PersonRef) -> Result<Option<Person>, CrmError> {
        Ok(self.records().people.get(person).cloned())
    }

    async fn set_join_url(
        &self,
        _: &MeetingId,
        expected: Option<&JoinUrl>,
        join_url: Option<&JoinUrl>,
    ) -> Result<Option<JoinUrl>, CrmError> {
        let meeting = &mut self.records().meeting;
        if meeting.join_url.as_ref() == expected {
            meeting.join_url = join_url.cloned();
        }
        Ok(meeting.join_url.clone())
    }

    async fn set_statuses(
        &self,
        _: &MeetingId,
        statuses: &[(PersonRef, Acceptance)],
    ) -> Result<(), CrmError> {
        for (person, status) in statuses {
            self.edit_attendees(|attendees| {
                let theirs = attendees.iter_mut().filter(|attendee| attendee.person == *person);
                theirs.for_each(|attendee| attendee.status = *status);
            });
        }
        Ok(())
    }
}
