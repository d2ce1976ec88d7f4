//! Beside the way of a send: what an answer to an invitation does to its meeting.

use chrono::Utc;
use serde::Serialize;

use super::load::Case;
use super::{Pick, Pipeline, PipelineError};
use crate::imip::{Answer, AnswerKind};
use crate::mail::Taken;
use crate::meeting::{Acceptance, EmailAddress, MeetingId, PersonId, PersonKind, PersonRef};

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerOutcome {
    /// The attendee's status was set.
    Recorded,
    /// A newer answer of the same attendee is known; nothing was changed.
    Older,
    /// It answers a revision with another time; nothing was changed. The attendee has the new time, or will.
    Outdated,
    /// The attendee proposes another time; nothing was changed.
    Proposed,
    /// The attendee wants the invitation again; nothing was changed.
    Requested,
}

/// What an answer did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerReport {
    /// The meeting.
    pub meeting: MeetingId,
    /// What was done.
    pub outcome: AnswerOutcome,
    /// Which kind of record the attendee is.
    pub kind: PersonKind,
    /// Its id.
    pub id: PersonId,
    /// The attendee's name.
    pub name: String,
    /// The address that the answer is of.
    pub email: EmailAddress,
    /// The status that the attendee has now.
    pub status: Acceptance,
    /// What the attendee wrote to it.
    pub comment: Option<String>,
    /// The proposed start and end, as the attendee's calendar wrote them.
    pub proposed: Option<[Option<String>; 2]>,
}

impl Pipeline {
    /// Does what an answer to an invitation asks for: sets the attendee's status.
    ///
    /// Who sent the answer must be who answers, unless `trust` is set; a calendar object alone has no sender. An
    /// answer that is older than another of the same attendee, or is to another time of the meeting, changes
    /// nothing.
    ///
    /// # Errors
    /// [`PipelineError::UnknownUid`], [`PipelineError::NotInvited`], [`PipelineError::Stranger`],
    /// [`PipelineError::NoAnswers`], and when the CRM or the store fails.
    pub async fn receive_answer(&self, answer: &Answer, trust: bool) -> Result<AnswerReport, PipelineError> {
        let answers = self.answers.as_ref().ok_or(PipelineError::NoAnswers)?;
        let id = answers.meeting_with_uid(&answer.uid).await?;
        let id = id.ok_or_else(|| PipelineError::UnknownUid {
            uid: answer.uid.clone(),
        })?;
        let case = self.load_case(&id).await?;
        let person = attendee(&case, answer)?;
        let is_sender = answer
            .senders
            .iter()
            .any(|sender| sender.is_same_mailbox(&answer.attendee));
        if !is_sender && !trust {
            return Err(PipelineError::Stranger {
                sender: answer.senders.first().cloned(),
                attendee: answer.attendee.clone(),
            });
        }
        let status_before = case
            .meeting
            .attendee(&person)
            .map_or(Acceptance::None, |a| a.status);
        let (outcome, status) = match &answer.kind {
            AnswerKind::Counter { .. } => (AnswerOutcome::Proposed, status_before),
            AnswerKind::Refresh => (AnswerOutcome::Requested, status_before),
            AnswerKind::Reply(_) if is_outdated(&case, answer) => (AnswerOutcome::Outdated, status_before),
            AnswerKind::Reply(status) => {
                let stamp = answer.stamp.unwrap_or_else(Utc::now);
                match answers.take_answer(&id, &person, answer.sequence, stamp).await? {
                    Taken::Older => (AnswerOutcome::Older, status_before),
                    Taken::Newest => {
                        let status = status.unwrap_or_default();
                        self.crm.set_attendee_status(&id, &person, status).await?;
                        (AnswerOutcome::Recorded, status)
                    }
                }
            }
        };
        Ok(AnswerReport {
            meeting: id,
            outcome,
            name: case
                .person(&person)
                .map(|person| person.name.clone())
                .unwrap_or_default(),
            kind: person.kind,
            id: person.id,
            email: answer.attendee.clone(),
            status,
            comment: answer.comment.clone(),
            proposed: match &answer.kind {
                AnswerKind::Counter { start, end } => Some([start.clone(), end.clone()]),
                _ => None,
            },
        })
    }
}

/// Which attendee answers: by today's address, or by one that an invitation went to.
fn attendee(case: &Case, answer: &Answer) -> Result<PersonRef, PipelineError> {
    let is_theirs = |address: &EmailAddress| address.is_same_mailbox(&answer.attendee);
    let mut people = case.attendees().filter_map(|(_, person)| person);
    let now =
        people.find(|person| !case.is_organizer(person) && person.email.as_ref().is_some_and(is_theirs));
    if let Some(person) = now {
        return Ok(person.reference.clone());
    }
    let sent = case
        .entries
        .iter()
        .rev()
        .find(|entry| is_theirs(&entry.envelope.to));
    sent.map(|entry| entry.person.clone())
        .filter(|person| case.meeting.attendee(person).is_some())
        .ok_or_else(|| PipelineError::NotInvited {
            meeting: case.meeting.name().to_owned(),
            pick: Pick::Email(answer.attendee.clone()),
        })
}

/// Whether an answer is to a time at which the meeting does not take place any more (RFC 5546 §2.1.5).
fn is_outdated(case: &Case, answer: &Answer) -> bool {
    let answered = case
        .history
        .iter()
        .find(|issued| issued.revision.0 == answer.sequence);
    let newest = case.history.last();
    match (answered, newest) {
        (Some(answered), Some(newest)) => answered.facts.when != newest.facts.when,
        _ => false,
    }
}
