//! Beside the way of a send: a meeting of the CRM as a sample, for trying templates on it.

use super::letterhead::Letterhead;
use crate::mail::Issued;
use crate::meeting::{Person, PersonKind};
use crate::online::OnlineLink;
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::Case;
use crate::pipeline::options::Pick;
use crate::template::{Cancellation, Sample};

/// The attendee that a sample is for: the one that `to` picks, or the first that is not the organizer.
pub(in crate::pipeline) fn invitee<'c>(
    case: &'c Case,
    to: Option<&Pick>,
) -> Result<&'c Person, PipelineError> {
    let name = || case.meeting.name().to_owned();
    let mut people = case.people.iter().flatten();
    Ok(match to {
        Some(pick) => people
            .find(|person| pick.picks(person))
            .ok_or_else(|| PipelineError::NotInvited {
                meeting: name(),
                pick: pick.clone(),
            })?,
        None => {
            people
                .find(|person| !case.is_organizer(person))
                .ok_or_else(|| PipelineError::NoRecipients {
                    meeting: name(),
                    reason: "it has no attendees".to_owned(),
                })?
        }
    })
}

impl Letterhead {
    /// A meeting as a sample, for one attendee. `issued` is the revision that a send would tell now, and `link` the
    /// online meeting to which the record's join URL leads.
    pub(in crate::pipeline) fn sample(
        &self,
        case: &Case,
        issued: &Issued,
        link: Option<OnlineLink>,
        invitee: &Person,
    ) -> Sample {
        let id = case.meeting.id();
        let change = case
            .history
            .last()
            .and_then(|told| issued.facts.change_since(&told.facts));
        Sample {
            id: id.to_string(),
            title: format!("the meeting {:?} of the CRM", case.meeting.name()),
            online: link
                .filter(|link| self.providers.shows_id(link))
                .map(|link| (link.id.0, link.passcode)),
            online_name: case
                .meeting
                .online_location
                .map(|location| self.providers.name(location)),
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
        }
    }
}
