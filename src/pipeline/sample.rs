//! Beside the way of a send: a meeting of the CRM as a sample, for trying templates on it.

use super::issue::next_issue;
use super::render::record_url;
use super::{Pick, Pipeline, PipelineError};
use crate::meeting::{MeetingId, OnlineLocation, Person, PersonKind};
use crate::template::Sample;

impl Pipeline {
    /// A meeting as a template is told of it, for one attendee: the first who is not the organizer, if none is named.
    /// Nothing is pushed and nothing is recorded; the link is the one that the CRM has.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], [`PipelineError::NotInvited`], [`PipelineError::NoRecipients`], and when the CRM
    /// or the store fails.
    pub async fn sample(&self, id: &MeetingId, to: Option<&Pick>) -> Result<Sample, PipelineError> {
        let case = self.load_case(id).await?;
        let name = || case.meeting.name().to_owned();
        let mut people = case.attendees().filter_map(|(_, person)| person);
        let invitee: Person = match to {
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
        }
        .clone();
        let issued = next_issue(&case, self.sender.address.domain());
        let link = self.links.link(id).await?;
        let link = link.filter(|link| case.meeting.join_url.as_ref() == Some(&link.join_url));
        let change = case
            .history
            .last()
            .and_then(|told| issued.facts.change_since(&told.facts));
        Ok(Sample {
            id: id.to_string(),
            title: format!("the meeting {:?} of the CRM", case.meeting.name()),
            online: link
                .filter(|link| link.location == OnlineLocation::Zoom)
                .map(|link| (link.id.0, link.passcode)),
            record_url: record_url(&self.organization, id)
                .filter(|_| invitee.reference.kind == PersonKind::User),
            answer_links: None,
            change,
            revision: issued.revision,
            participants: case
                .attendees()
                .filter_map(|(_, person)| person)
                .map(Person::display_name)
                .collect(),
            organizer: case.organizer.clone(),
            organization: self.organization.clone(),
            meeting: case.meeting.clone(),
            invitee,
        })
    }
}
