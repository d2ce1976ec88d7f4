//! Step 1: the meeting and its people; what may not be sent is refused.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use futures_util::{StreamExt as _, stream};

use super::case::{Case, Place};
use super::people::People;
use super::recipients::Told;
use super::{CancelOptions, Pipeline, PipelineError, PushOptions, SendOptions};
use crate::calendar::MOST_LISTED_ATTENDEES;
use crate::mail::OutboxEntry;
use crate::meeting::{
    Attendee, EditAccess, EmailAddress, Language, Meeting, MeetingId, MeetingStatus, OnlineLocation, Person,
    PersonId, PersonRef,
};

/// How many people the CRM is asked for at a time.
const PEOPLE_AT_ONCE: usize = 500;
/// While one answer is read, the next is on its way.
const ASKED_AT_A_TIME: usize = 2;

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
                .any(|(_, person)| person.is_some_and(|person| pick.picks(&person)))
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
            let mut attendees = case.attendees().filter_map(|(_, person)| person);
            let mut former = case.former.iter();
            if !attendees.any(|person| pick.picks(&person)) && !former.any(|person| pick.picks(person)) {
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
        let mut people = People::with_capacity(meeting.attendees.len());
        let mut organizer = None;
        let mut listed = Vec::new();
        let mut place = 0;
        let mut keep = |person: Option<Person>| {
            if Some(place) == attending || place == meeting.attendees.len() {
                organizer.clone_from(&person);
            }
            let Some(attendee) = meeting.attendees.get(place) else {
                return;
            };
            let with_address = person.as_ref().filter(|person| person.email.is_some());
            if let Some(person) = with_address
                && listed.len() <= MOST_LISTED_ATTENDEES
            {
                listed.push((person.clone(), attendee.status));
            }
            people.push(person);
            place += 1;
        };
        self.each_person(&who, &mut keep).await?;
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
            listed,
            told: HashMap::new(),
            nothing: Told::default(),
            earlier_addresses: Vec::new(),
            former: Vec::new(),
        };
        self.load_told(&mut case).await?;
        Ok(case)
    }

    /// Gives `each` the people in the order in which they are asked for.
    async fn each_person(
        &self,
        who: &[&PersonRef],
        each: &mut (dyn FnMut(Option<Person>) + Send),
    ) -> Result<(), PipelineError> {
        let some = |some: &[&PersonRef]| some.iter().map(|who| (*who).clone()).collect();
        let asked = who.chunks(PEOPLE_AT_ONCE).map(some);
        let ask = |asked: Vec<PersonRef>| async move {
            let found = self.crm.people(&asked).await;
            (asked, found)
        };
        let mut answers = stream::iter(asked.map(ask)).buffered(ASKED_AT_A_TIME);
        while let Some((asked, found)) = answers.next().await {
            let found = found?.into_iter();
            let found: HashMap<PersonRef, Person> =
                found.map(|person| (person.reference.clone(), person)).collect();
            asked.iter().for_each(|who| each(found.get(who).cloned()));
        }
        Ok(())
    }

    /// What was told to whom, as the outbox has it; and those of them who are not attendees any more. Somebody of these
    /// whose record is gone is known by the address alone.
    async fn load_told(&self, case: &mut Case) -> Result<(), PipelineError> {
        let mut told: HashMap<PersonRef, Told> = HashMap::new();
        let mut earlier_addresses = Vec::new();
        let mut former: BTreeMap<PersonRef, (EmailAddress, Language)> = BTreeMap::new();
        // Made when it is first wanted: before the first send there is nothing in the outbox.
        let attendees: LazyLock<HashMap<&PersonRef, Place>, _> = LazyLock::new(|| {
            let attendees = case.meeting.attendees.iter().enumerate();
            attendees
                .map(|(at, attendee)| (&attendee.person, Place::new(at)))
                .collect()
        });
        let mut note = |entry: OutboxEntry| {
            told.entry(entry.person.clone()).or_default().note(&entry);
            let address = entry.envelope.to;
            match attendees.get(&entry.person) {
                None => {
                    former.insert(entry.person, (address, entry.language));
                }
                Some(place) => {
                    let today = case.address(*place);
                    if !today.is_some_and(|today| today.eq_ignore_ascii_case(address.as_str())) {
                        earlier_addresses.push((address, entry.person));
                    }
                }
            }
        };
        self.outbox.each_of_meeting(case.meeting.id(), &mut note).await?;
        drop(attendees);
        case.told = told;
        case.earlier_addresses = earlier_addresses;
        let who: Vec<&PersonRef> = former.keys().collect();
        let mut known = Vec::with_capacity(who.len());
        self.each_person(&who, &mut |person| known.push(person)).await?;
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
        .filter(|(_, person)| !person.as_ref().is_some_and(|person| case.is_organizer(person)))
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
