//! The rules by which a meeting may be sent, cancelled, pushed or edited. A refusal comes before any other work.

use std::collections::HashSet;

use super::loader::Loader;
use crate::meeting::{EditAccess, Meeting, MeetingId, MeetingStatus, Person, PersonId, PersonRef, Reach};
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::Case;
use crate::pipeline::options::{CancelOptions, Pick, PushOptions, SendOptions};

/// The work that is to be done with a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Doing {
    Send,
    Cancel,
    Push,
    /// Its online meeting is deleted.
    Delete,
}

impl Doing {
    const fn status(self) -> MeetingStatus {
        match self {
            Self::Send | Self::Push => MeetingStatus::Planned,
            Self::Cancel | Self::Delete => MeetingStatus::NotHeld,
        }
    }

    const fn verb(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Cancel => "cancel",
            Self::Push => "push",
            Self::Delete => "delete the online meeting of",
        }
    }

    const fn done(self) -> &'static str {
        match self {
            Self::Send => "sent",
            Self::Cancel => "cancelled",
            Self::Push => "pushed",
            Self::Delete => "taken offline",
        }
    }
}

impl Loader {
    /// A meeting that may be sent.
    pub(in crate::pipeline) async fn for_send(
        &self,
        id: &MeetingId,
        options: &SendOptions,
    ) -> Result<Case, PipelineError> {
        let case = self.to_mail(id).await?;
        let pushes = case.meeting.online_location.is_some() && !options.no_push;
        self.permit(&case.meeting, options.actor.as_ref(), pushes, Doing::Send.verb())
            .await?;
        self.refuse_status(&case.meeting, Doing::Send)?;
        self.refuse_past(&case.meeting, options.past)?;
        refuse_strangers(&case, &options.to, false)?;
        // Removed attendees get a cancellation, even if no attendee is left.
        if case.mailboxes.is_empty() {
            refuse_without_recipients(&case)?;
        }
        Ok(case)
    }

    /// A meeting that may be cancelled.
    pub(in crate::pipeline) async fn for_cancel(
        &self,
        id: &MeetingId,
        options: &CancelOptions,
    ) -> Result<Case, PipelineError> {
        let case = self.to_mail(id).await?;
        self.permit(&case.meeting, options.actor.as_ref(), false, Doing::Cancel.verb())
            .await?;
        self.refuse_status(&case.meeting, Doing::Cancel)?;
        self.refuse_past(&case.meeting, options.past)?;
        refuse_strangers(&case, &options.to, true)?;
        Ok(case)
    }

    /// A meeting that may be pushed, and its organizer.
    pub(in crate::pipeline) async fn for_push(
        &self,
        id: &MeetingId,
        options: &PushOptions,
    ) -> Result<(Meeting, Person), PipelineError> {
        let meeting = self.meeting(id).await?;
        if meeting.online_location.is_none() {
            return Err(PipelineError::NotOnline {
                meeting: meeting.name().to_owned(),
            });
        }
        self.permit(&meeting, options.actor.as_ref(), true, Doing::Push.verb())
            .await?;
        self.refuse_status(&meeting, Doing::Push)?;
        let organizer = self.organizer(&meeting).await?;
        Ok((meeting, organizer))
    }

    /// A meeting whose online meeting may be deleted.
    pub(in crate::pipeline) async fn for_deletion(
        &self,
        id: &MeetingId,
        options: &PushOptions,
    ) -> Result<Meeting, PipelineError> {
        let meeting = self.meeting(id).await?;
        self.permit(&meeting, options.actor.as_ref(), true, Doing::Delete.verb())
            .await?;
        self.refuse_status(&meeting, Doing::Delete)?;
        Ok(meeting)
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
        if past || ended_at > self.clock.now() {
            return Ok(());
        }
        Err(PipelineError::Over {
            meeting: meeting.name().to_owned(),
            ended_at,
        })
    }

    /// Refuses a meeting that the user may not edit. The administrator (`None`) may edit all.
    pub(in crate::pipeline) async fn permit_edit(
        &self,
        id: &MeetingId,
        actor: Option<&PersonId>,
    ) -> Result<(), PipelineError> {
        let meeting = self.meeting(id).await?;
        self.permit(&meeting, actor, false, "edit").await
    }

    /// Refuses work that the acting user may not do.
    async fn permit(
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
        let location = meeting.online_location.filter(|_| pushes);
        let required = location.and_then(|location| self.providers.required_scope(location));
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

/// Refuses picks that match no person of the meeting.
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

/// Refuses a meeting without a person to invite, before any other work.
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
