//! Beside the way of a send: the calendar object of a meeting, for a caller that shows it or passes it on.

use super::letterhead::Letterhead;
use super::renderer::Renderer;
use crate::calendar::Method;
use crate::meeting::{MeetingStatus, Person};
use crate::online::OnlineLink;
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::{Case, Online};
use crate::pipeline::options::Pick;
use crate::pipeline::plan::{MailKind, Plan};

/// The attendee that the calendar object is for: the one that `to` picks, or the first with an address. `None` with
/// [`Method::Publish`].
pub(in crate::pipeline) fn owner<'c>(
    case: &'c Case,
    method: Method,
    to: Option<&Pick>,
) -> Result<Option<&'c Person>, PipelineError> {
    let name = || case.meeting.name().to_owned();
    let invitable = |person: &&Person| person.email().is_some() && !case.is_organizer(person);
    let mut people = case.people.iter().flatten();
    Ok(match (to, method) {
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
    })
}

impl Letterhead {
    /// The calendar object that `owner` has, or would get by this plan; without an owner, the object for everybody. `link` is
    /// the online meeting to which the record's join URL leads.
    pub(in crate::pipeline) fn calendar_object(
        &self,
        case: &Case,
        mut plan: Plan<'_>,
        link: Option<OnlineLink>,
        method: Method,
        owner: Option<&Person>,
    ) -> Result<String, PipelineError> {
        let issue = &mut plan.issues[0];
        let is_told = case
            .history
            .last()
            .is_some_and(|before| before.revision == issue.issued.revision);
        if method == Method::Cancel && is_told && case.meeting.status != MeetingStatus::NotHeld {
            issue.issued.revision = issue.issued.revision.next();
        }
        let online = Online::as_recorded(link);
        let renderer = Renderer::new(self, case, &online, &plan.issues)?;
        match (owner, method) {
            (Some(owner), Method::Cancel) => renderer.object_for(owner, MailKind::Off),
            (Some(owner), _) => renderer.object_for(owner, MailKind::Invitation),
            (None, _) => renderer.object_to_publish(),
        }
    }
}
