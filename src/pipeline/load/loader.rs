//! Loading a meeting with its people and the history of their mailboxes.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use futures_util::StreamExt as _;

use crate::clock::Clock;
use crate::crm::Records;
use crate::mail::{Outbox, OutboxEntry, Seen};
use crate::meeting::{Meeting, MeetingId, Person, PersonRef, Reach, Tenure};
use crate::pipeline::accounts::UserAccounts;
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::{self, Case, MailboxHistory};
use crate::pipeline::push::Providers;

/// The number of people that the CRM is asked for at a time, at most, as [`Records::people`](crate::crm::Records::people) says.
const PEOPLE_AT_ONCE: usize = 200;

/// Loads meetings, and refuses those that may not be sent, pushed or edited.
pub(in crate::pipeline) struct Loader {
    pub(in crate::pipeline) crm: Arc<dyn Records>,
    pub(in crate::pipeline) outbox: Arc<dyn Outbox>,
    pub(in crate::pipeline) accounts: UserAccounts,
    /// For the scope that a push needs.
    pub(in crate::pipeline) providers: Providers,
    pub(in crate::pipeline) clock: Clock,
}

impl Loader {
    /// A meeting as the CRM has it.
    pub(in crate::pipeline) async fn meeting(&self, id: &MeetingId) -> Result<Meeting, PipelineError> {
        let meeting = self.crm.meeting(id).await?;
        meeting.ok_or_else(|| PipelineError::NoMeeting { meeting: id.clone() })
    }

    /// A meeting with its people, and the account from which its mails come. The organizer's address must be known.
    pub(in crate::pipeline) async fn to_mail(&self, id: &MeetingId) -> Result<Case, PipelineError> {
        let mut case = self.case(id).await?;
        if case.organizer.reach == Reach::Hidden {
            return Err(PipelineError::AddressHidden {
                meeting: case.meeting.name().to_owned(),
                whose: format!("its assigned user, {}", case.organizer.display_name()),
            });
        }
        case.account = self.accounts.of(&case.organizer.reference.id).await?;
        Ok(case)
    }

    /// The assigned user of a meeting.
    pub(in crate::pipeline) async fn organizer(&self, meeting: &Meeting) -> Result<Person, PipelineError> {
        let user = assigned_user(meeting)?;
        let found = self.crm.person(&user).await?;
        found.ok_or_else(|| PipelineError::AssignedUserMissing {
            meeting: meeting.name().to_owned(),
            user,
        })
    }

    /// A meeting with its people and the history of their mailboxes. The meeting must have an assigned user.
    pub(in crate::pipeline) async fn case(&self, id: &MeetingId) -> Result<Case, PipelineError> {
        let meeting = self.meeting(id).await?;
        let user = assigned_user(&meeting)?;
        let mut attendees = Vec::new();
        let mut people = Vec::new();
        let mut pages = self.crm.attendees(id);
        while let Some(page) = pages.next().await {
            for invitee in page? {
                attendees.push(invitee.attendee);
                people.push(invitee.person);
            }
        }
        drop(pages);
        attendees.shrink_to_fit();
        people.shrink_to_fit();
        // If the assigned user is an attendee too, the record is here already.
        let organizer = match people.iter().flatten().find(|person| person.reference == user) {
            Some(organizer) => organizer.clone(),
            None => self.organizer(&meeting).await?,
        };
        let mut case = Case {
            history: Vec::new(),
            meeting,
            organizer,
            account: None,
            attendees,
            people,
            mailboxes: HashMap::new(),
            seen: Seen::default(),
            former: Vec::new(),
        };
        self.load_told(&mut case).await?;
        Ok(case)
    }

    /// Reads the history of each mailbox from the outbox, and adds the former attendees. A former attendee whose record is gone
    /// has an address and a language alone.
    async fn load_told(&self, case: &mut Case) -> Result<(), PipelineError> {
        let mut mailboxes: HashMap<String, MailboxHistory> = HashMap::new();
        let mut newest = 0;
        let mut hidden = case.hidden_attendees();
        let mut note = |entry: OutboxEntry| {
            newest = newest.max(entry.id);
            if let Some(address) = hidden.get_mut(&entry.person) {
                *address = Some(entry.envelope.to.clone());
            }
            facts::note(&mut mailboxes, &entry);
        };
        self.outbox.each_of_meeting(case.meeting.id(), &mut note).await?;
        // After the messages: each message has its revision then, also if another process sends at the same moment.
        case.history = self.outbox.issued(case.meeting.id()).await?;
        case.recall_organizer();
        case.seen = Seen {
            issued: case.history.last().map(|last| (last.tenure, last.revision)),
            newest,
        };
        if mailboxes.is_empty() {
            return Ok(());
        }
        refuse_unrecorded(case, &mailboxes)?;
        case.recall_attendees(hidden);
        let former = case.former_of(&mailboxes);
        let known = self
            .load_former(case, former.values().map(|history| &history.person))
            .await?;
        let former = former.into_values().map(|history| {
            // The cancellation goes to the address to which the invitation went.
            let address = history.address.clone();
            match known.get(&history.person) {
                Some(person) => Person {
                    reach: Reach::At(address),
                    ..person.clone()
                },
                None => Person {
                    language: Some(history.language.clone()),
                    ..Person::new(history.person.clone(), "", Some(address))
                },
            }
        });
        case.former = former.collect();
        case.mailboxes = mailboxes;
        Ok(())
    }

    /// The records of the former attendees. The CRM is asked only for records that are not among the case's people.
    async fn load_former(
        &self,
        case: &Case,
        former: impl Iterator<Item = &PersonRef>,
    ) -> Result<HashMap<PersonRef, Person>, PipelineError> {
        let mut wanted: BTreeSet<&PersonRef> = former.collect();
        let mut known = HashMap::with_capacity(wanted.len());
        if wanted.is_empty() {
            return Ok(known);
        }
        for person in case.people.iter().flatten() {
            if wanted.remove(&person.reference) {
                known.insert(person.reference.clone(), person.clone());
            }
        }
        let wanted: Vec<PersonRef> = wanted.into_iter().cloned().collect();
        for some in wanted.chunks(PEOPLE_AT_ONCE) {
            let found = self.crm.people(some).await?.into_iter();
            known.extend(found.map(|person| (person.reference.clone(), person)));
        }
        Ok(known)
    }
}

/// Refuses messages of a tenure without a recorded revision: the UID under which they left is not known.
fn refuse_unrecorded(case: &Case, mailboxes: &HashMap<String, MailboxHistory>) -> Result<(), PipelineError> {
    let recorded: HashSet<Tenure> = case.history.iter().map(|issued| issued.tenure).collect();
    let mut told = mailboxes.values().flat_map(MailboxHistory::tenures);
    match told.find(|told| !recorded.contains(&told.tenure)) {
        None => Ok(()),
        Some(told) => Err(PipelineError::Unrecorded {
            meeting: case.meeting.id().clone(),
            tenure: told.tenure,
        }),
    }
}

fn assigned_user(meeting: &Meeting) -> Result<PersonRef, PipelineError> {
    let user = meeting.assigned_user.clone().map(PersonRef::user);
    user.ok_or_else(|| PipelineError::NoAssignedUser {
        meeting: meeting.name().to_owned(),
    })
}
