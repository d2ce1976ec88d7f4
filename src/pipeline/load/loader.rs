//! Step 1: the meeting and its people; what may not be sent is refused.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use futures_util::StreamExt as _;

use crate::mail::{OutboxEntry, Seen};
use crate::meeting::{
    EditAccess, Meeting, MeetingId, MeetingStatus, Person, PersonId, PersonRef, Reach, Tenure,
};
use crate::pipeline::facts::{Case, MailboxHistory};
use crate::pipeline::{CancelOptions, Pick, Pipeline, PipelineError, PushOptions, SendOptions};

/// How many people the CRM is asked for at a time, as [`Records::people`](crate::crm::Records::people) says.
const PEOPLE_AT_ONCE: usize = 200;

/// Which meetings may be mailed, or pushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Send,
    Cancel,
    Push,
}

impl Doing {
    const fn status(self) -> MeetingStatus {
        match self {
            Self::Send | Self::Push => MeetingStatus::Planned,
            Self::Cancel => MeetingStatus::NotHeld,
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Cancel => "cancel",
            Self::Push => "push",
        }
    }

    const fn done(self) -> &'static str {
        match self {
            Self::Send => "sent",
            Self::Cancel => "cancelled",
            Self::Push => "pushed",
        }
    }
}

impl Pipeline {
    /// A meeting that may be sent.
    pub(in crate::pipeline) async fn load(
        &self,
        id: &MeetingId,
        options: &SendOptions,
    ) -> Result<Case, PipelineError> {
        let case = self.load_to_mail(id).await?;
        let pushes = case.meeting.online_location.is_some() && !options.no_push;
        self.permit(&case.meeting, options.actor.as_ref(), pushes, Doing::Send.verb())
            .await?;
        self.refuse_status(&case.meeting, Doing::Send)?;
        self.refuse_past(&case.meeting, options.past)?;
        refuse_strangers(&case, &options.to, false)?;
        // Those who were removed are told so, even when nobody else is left.
        if case.mailboxes.is_empty() {
            refuse_without_recipients(&case)?;
        }
        Ok(case)
    }

    /// A meeting that may be cancelled.
    pub(in crate::pipeline) async fn load_for_cancel(
        &self,
        id: &MeetingId,
        options: &CancelOptions,
    ) -> Result<Case, PipelineError> {
        let case = self.load_to_mail(id).await?;
        self.permit(&case.meeting, options.actor.as_ref(), false, Doing::Cancel.verb())
            .await?;
        self.refuse_status(&case.meeting, Doing::Cancel)?;
        self.refuse_past(&case.meeting, options.past)?;
        refuse_strangers(&case, &options.to, true)?;
        Ok(case)
    }

    /// A meeting that may be pushed, and its organizer.
    pub(in crate::pipeline) async fn load_for_push(
        &self,
        id: &MeetingId,
        options: &PushOptions,
    ) -> Result<(Meeting, Person), PipelineError> {
        let meeting = self.load_meeting(id).await?;
        if meeting.online_location.is_none() {
            return Err(PipelineError::NotOnline {
                meeting: meeting.name().to_owned(),
            });
        }
        self.permit(&meeting, options.actor.as_ref(), true, Doing::Push.verb())
            .await?;
        self.refuse_status(&meeting, Doing::Push)?;
        let organizer = self.load_organizer(&meeting).await?;
        Ok((meeting, organizer))
    }

    fn refuse_status(&self, meeting: &Meeting, doing: Doing) -> Result<(), PipelineError> {
        if meeting.status == doing.status() {
            return Ok(());
        }
        Err(PipelineError::WrongStatus {
            meeting: meeting.name().to_owned(),
            doing: doing.done(),
            status: meeting.status,
        })
    }

    fn refuse_past(&self, meeting: &Meeting, past: bool) -> Result<(), PipelineError> {
        let (_, ended_at) = meeting.when.span(&meeting.time_zone);
        if past || ended_at > self.now() {
            return Ok(());
        }
        Err(PipelineError::Over {
            meeting: meeting.name().to_owned(),
            ended_at,
        })
    }

    /// A meeting with its people, and the account that mails about it come from. Its organizer must be known by address.
    pub(in crate::pipeline) async fn load_to_mail(&self, id: &MeetingId) -> Result<Case, PipelineError> {
        let mut case = self.load_case(id).await?;
        if case.organizer.reach == Reach::Hidden {
            return Err(PipelineError::AddressHidden {
                meeting: case.meeting.name().to_owned(),
                whose: format!("its assigned user, {}", case.organizer.display_name()),
            });
        }
        case.account = self.accounts.of(&case.organizer.reference.id).await?;
        Ok(case)
    }

    /// The user whom a meeting is assigned to.
    pub(in crate::pipeline) async fn load_organizer(
        &self,
        meeting: &Meeting,
    ) -> Result<Person, PipelineError> {
        let user = assigned_user(meeting)?;
        let found = self.crm.person(&user).await?;
        found.ok_or_else(|| PipelineError::AssignedUserMissing {
            meeting: meeting.name().to_owned(),
            user,
        })
    }

    /// A meeting with its people, and all that they were told. It must have an assigned user.
    pub(in crate::pipeline) async fn load_case(&self, id: &MeetingId) -> Result<Case, PipelineError> {
        let meeting = self.load_meeting(id).await?;
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
        // Mostly the assigned user is an attendee too.
        let organizer = match people.iter().flatten().find(|person| person.reference == user) {
            Some(organizer) => organizer.clone(),
            None => self.load_organizer(&meeting).await?,
        };
        let mut case = Case {
            history: self.outbox.issued(id).await?,
            meeting,
            organizer,
            account: None,
            attendees,
            people,
            mailboxes: HashMap::new(),
            seen: Seen::default(),
            former: Vec::new(),
        };
        case.recall_organizer();
        self.load_told(&mut case).await?;
        Ok(case)
    }

    /// What each mailbox was sent, as the outbox has it; and those that are no attendee's any more. A record that is gone
    /// is known by the address alone.
    async fn load_told(&self, case: &mut Case) -> Result<(), PipelineError> {
        let mut mailboxes: HashMap<String, MailboxHistory> = HashMap::new();
        let mut newest = 0;
        let mut hidden = case.hidden_attendees();
        let mut note = |entry: OutboxEntry| {
            newest = newest.max(entry.id);
            if let Some(address) = hidden.get_mut(&entry.person) {
                *address = Some(entry.envelope.to.clone());
            }
            match mailboxes.entry(entry.envelope.to.mailbox()) {
                Entry::Occupied(known) => known.into_mut().note(&entry),
                Entry::Vacant(place) => {
                    place.insert(MailboxHistory::beginning_with(&entry));
                }
            }
        };
        self.outbox.each_of_meeting(case.meeting.id(), &mut note).await?;
        case.seen = Seen {
            issued: case.history.last().map(|last| (last.tenure, last.revision)),
            newest,
        };
        if mailboxes.is_empty() {
            return Ok(());
        }
        refuse_unrecorded(case, &mailboxes)?;
        case.recall_attendees(hidden);
        let todays = case.people.iter().flatten();
        let todays: HashSet<String> = todays
            .filter_map(|person| Some(person.email()?.mailbox()))
            .collect();
        let former = mailboxes.iter().filter(|(mailbox, _)| !todays.contains(*mailbox));
        let former: BTreeMap<&String, &MailboxHistory> = former.collect();
        let known = self
            .load_former(case, former.values().map(|history| &history.person))
            .await?;
        let former = former.into_values().map(|history| {
            // Where the invitation went, there the cancellation goes.
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

    /// The records of those who were mailed at a mailbox that is no attendee's any more. The CRM is asked only for those who are
    /// not among the case's people.
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

    pub(in crate::pipeline) async fn load_meeting(&self, id: &MeetingId) -> Result<Meeting, PipelineError> {
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
    pub(in crate::pipeline) async fn permit(
        &self,
        meeting: &Meeting,
        actor: Option<&PersonId>,
        pushes: bool,
        verb: &str,
    ) -> Result<(), PipelineError> {
        let Some(actor) = actor else { return Ok(()) };
        let Some(person) = self.crm.person(&PersonRef::user(actor.clone())).await? else {
            return Err(PipelineError::NoActor { user: actor.clone() });
        };
        let facts = person.user.clone().unwrap_or_default();
        let may_edit = match facts.meeting_edit {
            EditAccess::All => true,
            EditAccess::Own => meeting.assigned_user.as_ref() == Some(actor),
            EditAccess::No => false,
        };
        let provider = meeting.online_location.filter(|_| pushes);
        let provider = provider.and_then(|location| self.provider_at(location));
        let required = provider.and_then(|provider| provider.required_scope());
        let reason = if !may_edit {
            "none of the user's roles lets the user edit this meeting".to_owned()
        } else if let Some(scope) = required.filter(|scope| !facts.scopes.contains(*scope)) {
            format!("none of the user's roles has the {scope} scope")
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

/// Refuses messages of a tenure of which nothing is recorded: nobody knows under which UID they left.
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

/// Refuses picks that name nobody.
fn refuse_strangers(case: &Case, picks: &[Pick], with_former: bool) -> Result<(), PipelineError> {
    if picks.is_empty() {
        return Ok(());
    }
    let former = case.former.iter().filter(|_| with_former);
    let mut mailboxes = HashSet::new();
    let mut records = HashSet::new();
    for person in case.people.iter().flatten().chain(former) {
        records.insert(&person.reference);
        mailboxes.extend(person.email().map(|email| email.mailbox()));
    }
    let names_nobody = |pick: &&Pick| match pick {
        Pick::Email(address) => !mailboxes.contains(&address.mailbox()),
        Pick::Person(record) => !records.contains(record),
    };
    match picks.iter().find(names_nobody) {
        Some(pick) => Err(PipelineError::NotInvited {
            meeting: case.meeting.name().to_owned(),
            pick: pick.clone(),
        }),
        None => Ok(()),
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
    if case.attendees.is_empty() {
        return refuse("it has no attendees");
    }
    if others.peek().is_none() {
        return refuse("its only attendee is the assigned user, who holds it");
    }
    let mut is_hidden = false;
    for person in others.filter_map(|(_, person)| person) {
        match person.reach {
            Reach::At(_) => return Ok(()),
            Reach::Hidden => is_hidden = true,
            Reach::Nowhere => {}
        }
    }
    if is_hidden {
        return Err(PipelineError::AddressHidden {
            meeting: case.meeting.name().to_owned(),
            whose: "its attendees".to_owned(),
        });
    }
    refuse("none of its attendees has an email address")
}
