//! Beside the way of a send: the calendar object of a meeting, to look at or to hand on.

use super::issue::next_issue;
use super::letter::Letter;
use super::online::Online;
use super::render::Renderer;
use super::{Pick, Pipeline, PipelineError};
use crate::calendar::Method;
use crate::meeting::{MeetingId, MeetingStatus, Person};

impl Pipeline {
    /// The calendar object of a meeting as an invitee has it or would get it now, for one attendee: the first
    /// with an address, if none is named. Nothing is pushed and nothing is recorded.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], [`PipelineError::NotInvited`], [`PipelineError::NoRecipients`], and when the
    /// object cannot be written.
    pub async fn calendar_object(
        &self,
        id: &MeetingId,
        method: Method,
        to: Option<&Pick>,
    ) -> Result<String, PipelineError> {
        let case = self.load_to_mail(id).await?;
        let name = || case.meeting.name().to_owned();
        let invitable = |person: &Person| person.email.is_some() && !case.is_organizer(person);
        let mut people = case.attendees().filter_map(|(_, person)| person);
        let person = match to {
            Some(pick) => {
                people
                    .find(|person| pick.picks(person))
                    .ok_or_else(|| PipelineError::NotInvited {
                        meeting: name(),
                        pick: pick.clone(),
                    })?
            }
            None => people
                .find(invitable)
                .ok_or_else(|| PipelineError::NoRecipients {
                    meeting: name(),
                    reason: "none of its attendees has an email address".to_owned(),
                })?,
        };
        let mut issued = next_issue(&case, self.sender.address.domain());
        let is_told = case
            .history
            .last()
            .is_some_and(|before| before.revision == issued.revision);
        if method == Method::Cancel && is_told && case.meeting.status != MeetingStatus::NotHeld {
            issued.revision = issued.revision.next();
        }
        let link = self.links.link(id).await?;
        let online =
            Online::as_recorded(link.filter(|link| case.meeting.join_url.as_ref() == Some(&link.join_url)));
        let renderer = Renderer::new(self, &case, &online, &issued);
        let letter = match method {
            Method::Cancel => Letter::Off,
            Method::Request => Letter::Invitation,
        };
        renderer.object_for(&person, letter)
    }
}
