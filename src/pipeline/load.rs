//! Step 1: the meeting and its people; what may not be sent is refused.

use std::collections::{HashMap, HashSet};

use super::{CancelOptions, Pipeline, PipelineError, PushOptions, SendOptions};
use crate::mail::{Issued, OutboxEntry};
use crate::meeting::{
    Attendee, EditAccess, Meeting, MeetingId, MeetingStatus, OnlineLocation, Person, PersonId, PersonRef,
};

/// A meeting on its way through the pipeline, with everybody who is part of it.
#[derive(Debug)]
pub(super) struct Case {
    /// The meeting. Its join URL becomes the pushed one in step 3.
    pub(super) meeting: Meeting,
    /// The assigned user.
    pub(super) organizer: Person,
    people: HashMap<PersonRef, Person>,
    /// What invitees were told, one for each revision, the newest last.
    pub(super) history: Vec<Issued>,
    /// Every mail about the meeting that is or was in the outbox, oldest first.
    pub(super) entries: Vec<OutboxEntry>,
    /// Those who have been in the outbox and are not attendees any more.
    pub(super) former: Vec<Person>,
}

impl Case {
    /// The person behind an attendee, if the CRM has the record.
    pub(super) fn person(&self, reference: &PersonRef) -> Option<&Person> {
        self.people.get(reference)
    }

    /// The attendees in the CRM's order, each with the person where there is one.
    pub(super) fn attendees(&self) -> impl Iterator<Item = (&Attendee, Option<&Person>)> {
        self.meeting
            .attendees
            .iter()
            .map(|attendee| (attendee, self.person(&attendee.person)))
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
        let case = self.load_case(id).await?;
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
        let case = self.load_case(id).await?;
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
        let mut who: Vec<PersonRef> = meeting.attendees.iter().map(|a| a.person.clone()).collect();
        if !who.contains(&user) {
            who.push(user.clone());
        }
        let people = self.crm.people(&who).await?;
        let people: HashMap<_, _> = people
            .into_iter()
            .map(|person| (person.reference.clone(), person))
            .collect();
        let Some(organizer) = people.get(&user).cloned() else {
            return Err(PipelineError::AssignedUserMissing {
                meeting: meeting.name().to_owned(),
                user,
            });
        };
        let history = self.outbox.issued(id).await?;
        let entries = self.outbox.of_meeting(id).await?;
        let former = self.former(&meeting, &entries).await?;
        Ok(Case {
            meeting,
            organizer,
            people,
            history,
            entries,
            former,
        })
    }

    /// Those who were written to and are not attendees any more. Somebody whose record is gone is known by the
    /// address alone.
    async fn former(&self, meeting: &Meeting, entries: &[OutboxEntry]) -> Result<Vec<Person>, PipelineError> {
        let mut who: Vec<PersonRef> = entries.iter().map(|entry| entry.person.clone()).collect();
        who.sort();
        who.dedup();
        let attendees: HashSet<&PersonRef> = meeting.attendees.iter().map(|a| &a.person).collect();
        who.retain(|person| !attendees.contains(person));
        if who.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.crm.people(&who).await?;
        let former = who.into_iter().map(|reference| {
            let known = known.iter().find(|person| person.reference == reference);
            let newest = entries.iter().rev().find(|entry| entry.person == reference);
            let address = newest.map(|entry| entry.envelope.to.clone());
            // Where the invitation went, there the cancellation goes.
            match known {
                Some(person) => Person {
                    email: address,
                    ..person.clone()
                },
                None => Person {
                    language: newest.map(|entry| entry.language.clone()),
                    ..Person::new(reference, "", address)
                },
            }
        });
        Ok(former.collect())
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
