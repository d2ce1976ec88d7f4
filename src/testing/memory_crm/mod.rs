//! A CRM in memory.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};

use crate::crm::{
    AttendeePages, Crm, CrmError, Cursor, Directory, Editor, Invitee, MeetingOrder, MeetingQuery,
    MeetingRecord, Page, PeopleQuery, Records, UserRecord,
};
use crate::meeting::{
    Acceptance, Attendee, JoinUrl, Meeting, MeetingId, Person, PersonId, PersonKind, PersonRef, Reach,
};

/// The default number of items on a page.
const AT_ONCE: usize = 200;

#[derive(Debug, Default)]
struct State {
    people: HashMap<PersonRef, Person>,
    meetings: BTreeMap<MeetingId, MeetingRecord>,
    hidden: HashSet<PersonRef>,
    are_join_urls_locked: bool,
}

/// A CRM in memory, for tests of programs that call the pipeline. Clones share the same records.
///
/// The records are lost with the last clone.
#[derive(Debug, Clone)]
pub struct MemoryCrm {
    state: Arc<Mutex<State>>,
    at_once: usize,
}

impl Default for MemoryCrm {
    fn default() -> Self {
        Self::with([], [])
    }
}

impl MemoryCrm {
    /// A CRM with these people and meetings. Of several records with the same id, the last one counts.
    #[must_use]
    pub fn with(
        people: impl IntoIterator<Item = Person>,
        meetings: impl IntoIterator<Item = MeetingRecord>,
    ) -> Self {
        let crm = Self {
            state: Arc::default(),
            at_once: AT_ONCE,
        };
        people.into_iter().for_each(|person| crm.put_person(person));
        meetings.into_iter().for_each(|record| crm.put_meeting(record));
        crm
    }

    /// The same CRM, with this many items on a page; at least 1.
    #[must_use]
    pub fn with_pages_of(mut self, items: usize) -> Self {
        self.at_once = items.max(1);
        self
    }

    /// Makes a person, or replaces the one with the same reference.
    pub fn put_person(&self, person: Person) {
        self.state().people.insert(person.reference.clone(), person);
    }

    /// Makes a meeting, or replaces the one with the same id. The CRM does not check whether its people exist.
    pub fn put_meeting(&self, record: MeetingRecord) {
        self.state().meetings.insert(record.meeting.id().clone(), record);
    }

    /// A meeting with its attendees, as the CRM has it now.
    #[must_use]
    pub fn record(&self, id: &MeetingId) -> Option<MeetingRecord> {
        self.state().meetings.get(id).cloned()
    }

    /// From now on, the CRM hides the addresses of exactly these people.
    pub fn hide_addresses_of(&self, people: impl IntoIterator<Item = PersonRef>) {
        self.state().hidden = people.into_iter().collect();
    }

    /// Whether join URLs are read-only from now on. The CRM then accepts a new value, but keeps the old one.
    pub fn lock_join_urls(&self, are_locked: bool) {
        self.state().are_join_urls_locked = are_locked;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<&MemoryCrm> for Crm {
    /// A CRM with records, directory and editor. It does not know when users are busy.
    fn from(crm: &MemoryCrm) -> Self {
        let crm = Arc::new(crm.clone());
        Self::new(crm.clone(), crm.clone()).with_editor(crm)
    }
}

fn no_record(record: String) -> CrmError {
    CrmError::NotFound { record }
}

fn named(id: &MeetingId) -> String {
    format!("meeting {:?}", id.as_str())
}

fn changed(id: &MeetingId) -> CrmError {
    CrmError::Changed { record: named(id) }
}

impl State {
    /// A person as the CRM shows it.
    fn shown(&self, reference: &PersonRef) -> Option<Person> {
        let mut person = self.people.get(reference)?.clone();
        if self.hidden.contains(reference) {
            person.reach = Reach::Hidden;
        }
        Some(person)
    }

    fn meeting_mut(&mut self, id: &MeetingId) -> Result<&mut MeetingRecord, CrmError> {
        self.meetings.get_mut(id).ok_or_else(|| no_record(named(id)))
    }

    fn require<'p>(&self, people: impl IntoIterator<Item = &'p PersonRef>) -> Result<(), CrmError> {
        let missing = people
            .into_iter()
            .find(|person| !self.people.contains_key(*person));
        missing.map_or(Ok(()), |person| {
            Err(no_record(format!("{} {:?}", person.kind, person.id.as_str())))
        })
    }

    fn require_assigned_user(&self, meeting: &Meeting) -> Result<(), CrmError> {
        let user = meeting.assigned_user.clone().map(PersonRef::user);
        self.require(user.as_ref())
    }

    fn not_kept(&self, meeting: &Meeting) -> CrmError {
        CrmError::NotKept {
            record: named(meeting.id()),
            field: "join URL",
            kept: meeting.join_url.as_ref().map(|url| url.as_str().to_owned()),
            remedy: None,
        }
    }
}

#[async_trait]
impl Records for MemoryCrm {
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError> {
        Ok(self.state().meetings.get(id).map(|record| record.meeting.clone()))
    }

    /// All pages show the moment at which the first page is asked for.
    fn attendees<'a>(&'a self, id: &'a MeetingId) -> AttendeePages<'a> {
        let state = self.state();
        let attendees = state.meetings.get(id).map(|record| &record.attendees[..]);
        let invitees = attendees.unwrap_or_default().iter().map(|attendee| Invitee {
            attendee: attendee.clone(),
            person: state.shown(&attendee.person),
        });
        let invitees: Vec<Invitee> = invitees.collect();
        let pages: Vec<_> = invitees
            .chunks(self.at_once)
            .map(|page| Ok(page.to_vec()))
            .collect();
        stream::iter(pages).boxed()
    }

    async fn person(&self, person: &PersonRef) -> Result<Option<Person>, CrmError> {
        Ok(self.state().shown(person))
    }

    async fn set_join_url(
        &self,
        id: &MeetingId,
        expected: Option<&JoinUrl>,
        join_url: Option<&JoinUrl>,
    ) -> Result<Option<JoinUrl>, CrmError> {
        let mut state = self.state();
        let is_locked = state.are_join_urls_locked;
        let meeting = &mut state.meeting_mut(id)?.meeting;
        if meeting.join_url.as_ref() == expected && !is_locked {
            meeting.join_url = join_url.cloned();
        }
        Ok(meeting.join_url.clone())
    }

    async fn set_statuses(
        &self,
        id: &MeetingId,
        statuses: &[(PersonRef, Acceptance)],
    ) -> Result<(), CrmError> {
        let mut state = self.state();
        let record = state.meeting_mut(id)?;
        let mut attendees = record.attendees.clone();
        let mut places: HashMap<PersonRef, &mut Attendee> = HashMap::new();
        for attendee in &mut attendees {
            places.insert(attendee.person.clone(), attendee);
        }
        for (person, status) in statuses {
            let Some(attendee) = places.get_mut(person) else {
                return Err(no_record(format!("attendee {person} of {}", named(id))));
            };
            attendee.status = *status;
        }
        record.attendees = attendees;
        Ok(())
    }
}

/// A place in the list of meetings: the meeting's start in milliseconds, and its id.
type Place = (i64, String);

fn place_of(meeting: &Meeting) -> Place {
    let begins = match (meeting.when.instants(), meeting.when.days()) {
        (Some((start, _)), _) => start,
        (None, days) => days.map_or(DateTime::<Utc>::MIN_UTC, |(first, _)| {
            first.and_time(chrono::NaiveTime::MIN).and_utc()
        }),
    };
    (begins.timestamp_millis(), meeting.id().as_str().to_owned())
}

fn read_place(cursor: &Cursor) -> Result<Place, CrmError> {
    let place = cursor.as_str().split_once(' ');
    let read = place.and_then(|(begins, id)| Some((begins.parse().ok()?, id.to_owned())));
    read.ok_or_else(|| CrmError::InvalidRecord {
        record: "a place in a list".to_owned(),
        reason: format!("{:?} is none", cursor.as_str()),
    })
}

#[async_trait]
impl Directory for MemoryCrm {
    async fn meetings(
        &self,
        query: &MeetingQuery,
        after: Option<&Cursor>,
    ) -> Result<Page<MeetingRecord>, CrmError> {
        let after = after.map(read_place).transpose()?;
        let state = self.state();
        let is_behind = |place: &Place| match (&after, query.order) {
            (None, _) => true,
            (Some(after), MeetingOrder::Earliest) => place > after,
            (Some(after), MeetingOrder::Latest) => place < after,
        };
        let is_asked_for = |meeting: &Meeting| {
            let (_, end) = meeting.when.span(&meeting.time_zone);
            query.status.is_none_or(|status| meeting.status == status)
                && query.ends_after.is_none_or(|after| end > after)
        };
        let mut found: Vec<(Place, &MeetingRecord)> = state
            .meetings
            .values()
            .filter(|record| is_asked_for(&record.meeting))
            .map(|record| (place_of(&record.meeting), record))
            .filter(|(place, _)| is_behind(place))
            .collect();
        found.sort_by(|(a, _), (b, _)| match query.order {
            MeetingOrder::Earliest => a.cmp(b),
            MeetingOrder::Latest => b.cmp(a),
        });
        let has_more = found.len() > self.at_once;
        found.truncate(self.at_once);
        let last = found.last().filter(|_| has_more);
        Ok(Page {
            next: last.map(|((begins, id), _)| Cursor::new(format!("{begins} {id}"))),
            items: found.into_iter().map(|(_, record)| record.clone()).collect(),
        })
    }

    async fn users(&self, after: Option<&Cursor>) -> Result<Page<UserRecord>, CrmError> {
        let state = self.state();
        let is_behind = |id: &PersonId| after.is_none_or(|after| id.as_str() > after.as_str());
        let users = state
            .people
            .keys()
            .filter(|person| person.kind == PersonKind::User);
        let mut users: Vec<&PersonRef> = users.filter(|user| is_behind(&user.id)).collect();
        users.sort_by(|a, b| a.id.cmp(&b.id));
        let has_more = users.len() > self.at_once;
        users.truncate(self.at_once);
        let last = users.last().filter(|_| has_more);
        let next = last.map(|user| Cursor::new(user.id.as_str()));
        let records = users.into_iter().filter_map(|user| {
            Some(UserRecord {
                person: state.shown(user)?,
                roles: Vec::new(),
            })
        });
        Ok(Page {
            items: records.collect(),
            next,
        })
    }

    /// All people are on one page.
    async fn look_up(&self, query: &PeopleQuery, _after: Option<&Cursor>) -> Result<Page<Person>, CrmError> {
        let state = self.state();
        let people = state.people.keys().filter_map(|person| state.shown(person));
        let mut found: Vec<Person> = people
            .filter(|person| match query {
                PeopleQuery::Email(address) => {
                    person.email().is_some_and(|email| email.is_same_mailbox(address))
                }
                PeopleQuery::Name(part) => person.name.to_lowercase().contains(&part.to_lowercase()),
            })
            .collect();
        found.sort_by_key(|person| (person.reference.kind.as_str(), person.reference.id.clone()));
        Ok(Page::last(found))
    }
}

#[async_trait]
impl Editor for MemoryCrm {
    async fn create(&self, record: &MeetingRecord) -> Result<MeetingId, CrmError> {
        let mut state = self.state();
        let id = record.meeting.id();
        match state.meetings.get(id) {
            // A run that was cut off makes the same meeting again.
            Some(made) if made.meeting == record.meeting => return Ok(id.clone()),
            Some(_) => return Err(changed(id)),
            None => {}
        }
        state.require_assigned_user(&record.meeting)?;
        state.require(record.attendees.iter().map(|attendee| &attendee.person))?;
        state.meetings.insert(id.clone(), record.clone());
        Ok(id.clone())
    }

    async fn change(&self, before: &Meeting, after: &Meeting) -> Result<Meeting, CrmError> {
        let mut state = self.state();
        let id = before.id();
        state.require_assigned_user(after)?;
        if state.meeting_mut(id)?.meeting != *before {
            return Err(changed(id));
        }
        if state.are_join_urls_locked && before.join_url != after.join_url {
            return Err(state.not_kept(before));
        }
        state.meeting_mut(id)?.meeting = after.clone();
        Ok(after.clone())
    }

    async fn set_attendees(&self, id: &MeetingId, people: &[PersonRef]) -> Result<(), CrmError> {
        let mut state = self.state();
        state.require(people)?;
        let record = state.meeting_mut(id)?;
        let known = record.attendees.iter();
        let answers: HashMap<&PersonRef, Acceptance> = known
            .map(|attendee| (&attendee.person, attendee.status))
            .collect();
        let attendees = people.iter().map(|person| Attendee {
            person: person.clone(),
            status: answers.get(person).copied().unwrap_or_default(),
        });
        record.attendees = attendees.collect();
        Ok(())
    }
}

#[cfg(test)]
mod tests;
