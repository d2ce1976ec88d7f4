//! Beside the way of a send: the calendar object of a meeting, to look at or to hand on.

use super::renderer::Renderer;
use crate::calendar::Method;
use crate::meeting::{MeetingId, MeetingStatus, Person};
use crate::pipeline::facts::Online;
use crate::pipeline::plan::{Aim, MailKind};
use crate::pipeline::{Pick, Pipeline, PipelineError, SendOptions};

impl Pipeline {
    /// The calendar object of a meeting as an invitee has it or would get it now, for one attendee: the first
    /// with an address, if none is named. Nothing is pushed and nothing is recorded. With [`Method::Publish`] it is for
    /// nobody in particular: for the organizer's own calendar, or anybody's (RFC 5546 §3.2.1).
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], [`PipelineError::NotInvited`], [`PipelineError::HoldsMeeting`],
    /// [`PipelineError::NoRecipients`], and when the object cannot be written.
    pub async fn calendar_object(
        &self,
        id: &MeetingId,
        method: Method,
        to: Option<&Pick>,
    ) -> Result<String, PipelineError> {
        let case = self.loader.to_mail(id).await?;
        let name = || case.meeting.name().to_owned();
        let invitable = |person: &&Person| person.email().is_some() && !case.is_organizer(person);
        let mut people = case.people.iter().flatten();
        let person = match (to, method) {
            (_, Method::Publish) => None,
            (Some(pick), _) => {
                let picked = people.find(|person| pick.picks(person));
                let picked = picked.ok_or_else(|| PipelineError::NotInvited {
                    meeting: name(),
                    pick: pick.clone(),
                })?;
                if case.is_organizer(picked) {
                    return Err(PipelineError::HoldsMeeting {
                        meeting: name(),
                        person: picked.display_name(),
                    });
                }
                Some(picked)
            }
            (None, _) => Some(
                people
                    .find(invitable)
                    .ok_or_else(|| PipelineError::NoRecipients {
                        meeting: name(),
                        reason: "none of its attendees has an email address".to_owned(),
                    })?,
            ),
        };
        // As a send would tell it now.
        let mut plan = self.plan_for(&case, Aim::Send(&SendOptions::default()));
        let issue = &mut plan.issues[0];
        let is_told = case
            .history
            .last()
            .is_some_and(|before| before.revision == issue.issued.revision);
        if method == Method::Cancel && is_told && case.meeting.status != MeetingStatus::NotHeld {
            issue.issued.revision = issue.issued.revision.next();
        }
        let online = Online::as_recorded(self.pusher.link_in_record(&case.meeting).await?);
        let renderer = Renderer::new(self, &case, &online, &plan.issues)?;
        match (person, method) {
            (Some(person), Method::Cancel) => renderer.object_for(person, MailKind::Off),
            (Some(person), _) => renderer.object_for(person, MailKind::Invitation),
            (None, _) => renderer.object_to_publish(),
        }
    }
}
