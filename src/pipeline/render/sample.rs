//! Beside the way of a send: a meeting of the CRM as a sample, for trying templates on it.

use crate::meeting::{MeetingId, Person, PersonKind};
use crate::pipeline::plan::Aim;
use crate::pipeline::{Pick, Pipeline, PipelineError, SendOptions};
use crate::template::{Cancellation, Sample};

impl Pipeline {
    /// A meeting as a template is told of it, for one attendee: the first who is not the organizer, if none is named.
    /// Nothing is pushed and nothing is recorded; the link is the one that the CRM has.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], [`PipelineError::NotInvited`], [`PipelineError::NoRecipients`], and when the CRM
    /// or the store fails.
    pub async fn sample(&self, id: &MeetingId, to: Option<&Pick>) -> Result<Sample, PipelineError> {
        let case = self.loader.case(id).await?;
        let name = || case.meeting.name().to_owned();
        let mut people = case.people.iter().flatten();
        let invitee: &Person = match to {
            Some(pick) => {
                people
                    .find(|person| pick.picks(person))
                    .ok_or_else(|| PipelineError::NotInvited {
                        meeting: name(),
                        pick: pick.clone(),
                    })?
            }
            None => people.find(|person| !case.is_organizer(person)).ok_or_else(|| {
                PipelineError::NoRecipients {
                    meeting: name(),
                    reason: "it has no attendees".to_owned(),
                }
            })?,
        };
        let plan = self.plan_for(&case, Aim::Send(&SendOptions::default()));
        let issued = plan.present();
        let link = self.pusher.link_in_record(&case.meeting).await?;
        let change = case
            .history
            .last()
            .and_then(|told| issued.facts.change_since(&told.facts));
        Ok(Sample {
            id: id.to_string(),
            title: format!("the meeting {:?} of the CRM", case.meeting.name()),
            online: link
                .filter(|link| self.pusher.providers.shows_id(link))
                .map(|link| (link.id.0, link.passcode)),
            online_name: case
                .meeting
                .online_location
                .map(|location| self.pusher.providers.name(location)),
            record_url: self
                .organization
                .record_url(id)
                .filter(|_| invitee.reference.kind == PersonKind::User),
            answer_links: None,
            change,
            cancellation: Cancellation::CalledOff,
            new_organizer: None,
            revision: issued.revision,
            participants: case
                .attendees()
                .filter_map(|(_, person)| person)
                .map(|person| person.display_name())
                .collect(),
            organizer: case.organizer.clone(),
            organization: self.organization.clone(),
            meeting: case.meeting.clone(),
            invitee: invitee.clone(),
        })
    }
}
