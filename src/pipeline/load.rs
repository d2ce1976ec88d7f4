//! Step 1: the meeting and its people; what may not be sent is refused.

use std::collections::{BTreeMap, HashMap};

use super::recipients::Told;
use super::{CancelOptions, Pipeline, PipelineError, PushOptions, SendOptions};
use crate::mail::{Account, Issued, OutboxEntry};
use crate::meeting::{
    Attendee, EditAccess, EmailAddress, Language, Meeting, MeetingId, MeetingStatus, OnlineLocation, Person,
    PersonId, PersonRef,
};

/// How many people the CRM is asked for at a time.
const PEOPLE_AT_ONCE: usize = 500;

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
    people: Vec<Option<Person>>,
    /// What invitees were told, one for each revision, the newest last.
    pub(super) history: Vec<Issued>,
    /// What those were told who have been in the outbox.
    told: HashMap<PersonRef, Told>,
    /// What everybody else was told.
    nothing: Told,
    /// Where mails to attendees went who have another address now, oldest first.
    pub(super) earlier_addresses: Vec<(EmailAddress, PersonRef)>,
    /// Those who have been in the outbox and are not attendees any more.
    pub(super) former: Vec<Person>,
}

impl Case {
    /// The person behind an attendee, if the CRM has the record.
    pub(super) fn person(&self, reference: &PersonRef) -> Option<&Person> {
        let place = self
            .meeting
            .attendees
            .iter()
            .position(|a| a.person == *reference)?;
        self.people.get(place)?.as_ref()
    }

    /// The attendees in the CRM's order, each with the person where there is one.
    pub(super) fn attendees(&self) -> impl Iterator<Item = (&Attendee, Option<&Person>)> {
        self.meeting
            .attendees
            .iter()
            .zip(self.people.iter().map(Option::as_ref))
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

impl Pipeline {
    pub(super) async fn load(&self, id: &MeetingId, options: &SendOptions) -> Result<Case, PipelineError> {
        let case = self.load_to_mail(id).await?;
        let name = || case.meeting.name().to_owned();
        let pushes = case.meeting.online_location.is_some() && !options.no_push;
        self.permit(&case.meeting, options.actor.as_ref(), pushes, "send")
            .await?;
        if case.meeting.status != MeetingStatus::Planned {
            return Err(PipelineError::WrongStatus {
                meeting: name(),
                doing: "sent",
                status: case.meeting.status,
            });
        }
        for pick in &options.to {
            if !case
                .attendees()
                .any(|(_, person)| person.is_some_and(|person| pick.picks(person)))
            {
                return Err(PipelineError::NotInvited {
                    meeting: name(),
                    pick: pick.clone(),
                });
            }
        }
        // Those who were removed are told so, even when nobody else is left.
        if case.former.is_empty() {
            refuse_without_recipients(&case)?;
        }
        Ok(case)
    }

    pub(super) async fn load_for_cancel(
        &self,
        id: &MeetingId,
        options: &CancelOptions,
    ) -> Result<Case, PipelineError> {
        let case = self.load_to_mail(id).await?;
        let meeting = &case.meeting;
        self.permit(meeting, options.actor.as_ref(), false, "cancel")
            .await?;
        if meeting.status != MeetingStatus::NotHeld {
            return Err(PipelineError::WrongStatus {
                meeting: meeting.name().to_owned(),
                doing: "cancelled",
                status: meeting.status,
            });
        }
        for pick in &options.to {
            let mut everybody = case
                .attendees()
                .filter_map(|(_, person)| person)
                .chain(&case.former);
            if !everybody.any(|person| pick.picks(person)) {
                return Err(PipelineError::NotInvited {
                    meeting: meeting.name().to_owned(),
                    pick: pick.clone(),
                });
            }
        }
        Ok(case)
    }

    pub(super) async fn load_for_push(
        &self,
        id: &MeetingId,
        options: &PushOptions,
    ) -> Result<Case, PipelineError> {
        let case = self.load_case(id).await?;
        let meeting = &case.meeting;
        if meeting.online_location.is_none() {
            return Err(PipelineError::NotOnline {
                meeting: meeting.name().to_owned(),
            });
        }
        self.permit(meeting, options.actor.as_ref(), true, "push").await?;
        if meeting.status != MeetingStatus::Planned {
            return Err(PipelineError::WrongStatus {
                meeting: meeting.name().to_owned(),
                doing: "pushed",
                status: meeting.status,
            });
        }
        Ok(case)
    }

    /// A meeting with its people. It must have an assigned user.
    pub(super) async fn load_case(&self, id: &MeetingId) -> Result<Case, PipelineError> {
        let meeting = self.load_meeting(id).await?;
        self.case_of(meeting).await
    }

    /// The people of a meeting that is loaded. It must have an assigned user.
    pub(super) async fn case_of(&self, meeting: Meeting) -> Result<Case, PipelineError> {
        let id = meeting.id();
        let Some(user) = &meeting.assigned_user else {
            return Err(PipelineError::NoAssignedUser {
                meeting: meeting.name().to_owned(),
            });
        };
        let user = PersonRef::user(user.clone());
        let is_user = |attendee: &Attendee| attendee.person == user;
        let attending = meeting.attendees.iter().position(is_user);
        let who = meeting.attendees.iter().map(|attendee| &attendee.person);
        let who: Vec<&PersonRef> = who.chain(attending.is_none().then_some(&user)).collect();
        let mut people = self.people(&who).await?;
        let organizer = match attending {
            Some(place) => people[place].clone(),
            None => people.pop().flatten(),
        };
        let Some(organizer) = organizer else {
            return Err(PipelineError::AssignedUserMissing {
                meeting: meeting.name().to_owned(),
                user,
            });
        };
        let mut case = Case {
            history: self.outbox.issued(id).await?,
            meeting,
            organizer,
            account: None,
            people,
            told: HashMap::new(),
            nothing: Told::default(),
            earlier_addresses: Vec::new(),
            former: Vec::new(),
        };
        self.load_told(&mut case).await?;
        Ok(case)
    }

    /// People in the order in which they are asked for.
    async fn people(&self, who: &[&PersonRef]) -> Result<Vec<Option<Person>>, PipelineError> {
        let mut people = Vec::with_capacity(who.len());
        for some in who.chunks(PEOPLE_AT_ONCE) {
            let asked: Vec<PersonRef> = some.iter().map(|who| (*who).clone()).collect();
            let found = self.crm.people(&asked).await?.into_iter();
            let found: HashMap<PersonRef, Person> =
                found.map(|person| (person.reference.clone(), person)).collect();
            people.extend(some.iter().map(|who| found.get(who).cloned()));
        }
        Ok(people)
    }

    /// What was told to whom, as the outbox has it; and those of them who are not attendees any more. Somebody of these
    /// whose record is gone is known by the address alone.
    async fn load_told(&self, case: &mut Case) -> Result<(), PipelineError> {
        let mut told: HashMap<PersonRef, Told> = HashMap::new();
        let mut earlier_addresses = Vec::new();
        let mut former: BTreeMap<PersonRef, (EmailAddress, Language)> = BTreeMap::new();
        let by_reference = case
            .attendees()
            .map(|(attendee, person)| (&attendee.person, person));
        let attendees: HashMap<&PersonRef, Option<&Person>> = by_reference.collect();
        let mut note = |entry: OutboxEntry| {
            told.entry(entry.person.clone()).or_default().note(&entry);
            let address = entry.envelope.to;
            match attendees.get(&entry.person) {
                None => {
                    former.insert(entry.person, (address, entry.language));
                }
                Some(person) => {
                    let today = person.and_then(|person| person.email.as_ref());
                    if !today.is_some_and(|today| today.is_same_mailbox(&address)) {
                        earlier_addresses.push((address, entry.person));
                    }
                }
            }
        };
        self.outbox.each_of_meeting(case.meeting.id(), &mut note).await?;
        case.told = told;
        case.earlier_addresses = earlier_addresses;
        let who: Vec<&PersonRef> = former.keys().collect();
        let known = self.people(&who).await?;
        let former = former
            .into_iter()
            .zip(known)
            .map(|((reference, (address, language)), known)| {
                // Where the invitation went, there the cancellation goes.
                match known {
                    Some(person) => Person {
                        email: Some(address),
                        ..person
                    },
                    None => Person {
                        language: Some(language),
                        ..Person::new(reference, "", Some(address))
                    },
                }
            });
        case.former = former.collect();
        Ok(())
    }

    pub(super) async fn load_meeting(&self, id: &MeetingId) -> Result<Meeting, PipelineError> {
        let meeting = self.crm.meeting(id).await?;
        meeting.ok_or_else(|| PipelineError::NoMeeting { meeting: id.clone() })
    }

    /// Refuses what a user may not change. The administrator (`None`) may change everything.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], [`PipelineError::NoActor`], [`PipelineError::NotPermitted`].
    pub async fn permit_edit(&self, id: &MeetingId, actor: Option<&PersonId>) -> Result<(), PipelineError> {
        let meeting = self.load_meeting(id).await?;
        self.permit(&meeting, actor, false, "edit").await
    }

    /// Refuses what the user on whose behalf it is done may not do.
    pub(super) async fn permit(
        &self,
        meeting: &Meeting,
        actor: Option<&PersonId>,
        pushes: bool,
        verb: &str,
    ) -> Result<(), PipelineError> {
        let Some(actor) = actor else { return Ok(()) };
        let people = self.crm.people(&[PersonRef::user(actor.clone())]).await?;
        let Some(person) = people.into_iter().next() else {
            return Err(PipelineError::NoActor { user: actor.clone() });
        };
        let facts = person.user.clone().unwrap_or_default();
        let may_edit = match facts.meeting_edit {
            EditAccess::All => true,
            EditAccess::Own => meeting.assigned_user.as_ref() == Some(actor),
            EditAccess::No => false,
        };
        let reason = if !may_edit {
            "none of the user's roles lets the user edit this meeting"
        } else if pushes && meeting.online_location == Some(OnlineLocation::Zoom) && !facts.zoom_meetings {
            "none of the user's roles has the Zoom Meetings scope"
        } else {
            return Ok(());
        };
        Err(PipelineError::NotPermitted {
            user: person.display_name(),
            doing: format!("{verb} the meeting {:?}", meeting.name()),
            reason,
        })
    }
}

/// Refuses a meeting that nobody can be invited to, before anything is done for it.
fn refuse_without_recipients(case: &Case) -> Result<(), PipelineError> {
    let refuse = |reason: &str| {
        Err(PipelineError::NoRecipients {
            meeting: case.meeting.name().to_owned(),
            reason: reason.to_owned(),
        })
    };
    let mut others = case
        .attendees()
        .filter(|(_, person)| !person.is_some_and(|person| case.is_organizer(person)))
        .peekable();
    if case.meeting.attendees.is_empty() {
        return refuse("it has no attendees");
    }
    if others.peek().is_none() {
        return refuse("its only attendee is the assigned user, who holds it");
    }
    if others.any(|(_, person)| person.is_some_and(|person| person.email.is_some())) {
        Ok(())
    } else {
        refuse("none of its attendees has an email address")
    }
}
