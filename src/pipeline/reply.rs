//! Beside the way of a send: what an answer to an invitation does to its meeting.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::case::Case;
use super::{Pick, Pipeline, PipelineError};
use crate::imip::{Answer, AnswerKind};
use crate::mail::{Answers, Given, Taken};
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
    /// It is about one occurrence of a recurring meeting; nothing was changed.
    Occurrence,
    /// The attendee passed the invitation on to somebody else; nothing was changed.
    Delegated,
    /// It does not say whether the attendee comes, or in a word that is not known; nothing was changed.
    Unclear,
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
    /// Which occurrence it is about, as the attendee's calendar wrote it.
    pub occurrence: Option<String>,
    /// To whom the invitation was passed on, where the answer says it.
    pub delegate: Option<EmailAddress>,
    /// The PARTSTAT that is not known.
    pub participation: Option<String>,
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
            .sender
            .as_ref()
            .is_some_and(|sender| sender.is_same_mailbox(&answer.attendee));
        if !is_sender && !trust {
            return Err(PipelineError::Stranger {
                sender: answer.sender.clone(),
                attendee: answer.attendee.clone(),
            });
        }
        let status_before = case
            .meeting
            .attendee(&person)
            .map_or(Acceptance::None, |a| a.status);
        let outcome = match &answer.kind {
            AnswerKind::Counter { .. } => AnswerOutcome::Proposed,
            AnswerKind::Refresh => AnswerOutcome::Requested,
            AnswerKind::Delegated { .. } => AnswerOutcome::Delegated,
            AnswerKind::Unclear { .. } => AnswerOutcome::Unclear,
            AnswerKind::Reply(_) if answer.occurrence.is_some() => AnswerOutcome::Occurrence,
            AnswerKind::Reply(_) if is_outdated(&case, answer) => AnswerOutcome::Outdated,
            AnswerKind::Reply(status) => {
                let given = given(&case, answer, *status, self.clock.now());
                match answers.take_answer(&id, &person, given).await? {
                    Taken::Older => AnswerOutcome::Older,
                    Taken::Newest => {
                        self.record_answer(answers.as_ref(), &id, &person, given).await?;
                        AnswerOutcome::Recorded
                    }
                }
            }
        };
        Ok(AnswerReport {
            meeting: id,
            outcome,
            name: case.person(&person).map(|person| person.name).unwrap_or_default(),
            kind: person.kind,
            id: person.id,
            email: answer.attendee.clone(),
            status: match (&answer.kind, outcome) {
                (AnswerKind::Reply(status), AnswerOutcome::Recorded) => *status,
                _ => status_before,
            },
            comment: answer.comment.clone(),
            proposed: match &answer.kind {
                AnswerKind::Counter { start, end } => Some([start.clone(), end.clone()]),
                _ => None,
            },
            occurrence: answer.occurrence.clone(),
            delegate: match &answer.kind {
                AnswerKind::Delegated { to } => to.clone(),
                _ => None,
            },
            participation: match &answer.kind {
                AnswerKind::Unclear { participation } => participation.clone(),
                _ => None,
            },
        })
    }

    /// Writes an answer to the CRM. A newer one that was taken in meanwhile may have been written before this one,
    /// so the newest that is remembered is what stays.
    async fn record_answer(
        &self,
        answers: &dyn Answers,
        id: &MeetingId,
        person: &PersonRef,
        taken: Given,
    ) -> Result<(), PipelineError> {
        let mut written = taken;
        self.crm.set_attendee_status(id, person, written.status).await?;
        while let Some(newest) = answers.newest_answer(id, person).await?
            && newest.status != written.status
        {
            self.crm.set_attendee_status(id, person, newest.status).await?;
            written = newest;
        }
        Ok(())
    }
}

/// What is remembered of an answer. A clock or a count that is ahead must not make every later answer an old one, so
/// neither is taken to be beyond what there is: the newest revision, and now.
fn given(case: &Case, answer: &Answer, status: Acceptance, now: DateTime<Utc>) -> Given {
    let newest = case.history.last().map_or(0, |issued| issued.revision.0);
    Given {
        sequence: answer.sequence.min(newest),
        stamp: answer.stamp.unwrap_or(now).min(now),
        status,
    }
}

/// Which attendee answers: by today's address, or by one that an invitation went to.
fn attendee(case: &Case, answer: &Answer) -> Result<PersonRef, PipelineError> {
    let is_theirs = |address: &EmailAddress| address.is_same_mailbox(&answer.attendee);
    let mut people = case.attendees().filter_map(|(_, person)| person);
    let now =
        people.find(|person| !case.is_organizer(person) && person.email.as_ref().is_some_and(is_theirs));
    if let Some(person) = now {
        return Ok(person.reference);
    }
    let mut earlier = case.earlier_addresses.iter().rev();
    earlier
        .find(|(address, _)| is_theirs(address))
        .map(|(_, person)| person.clone())
        .ok_or_else(|| PipelineError::NotInvited {
            meeting: case.meeting.name().to_owned(),
            pick: Pick::Email(answer.attendee.clone()),
        })
}

/// Whether an answer is to a time at which the meeting does not take place any more (RFC 5546 §2.1.5). A time that
/// was given up and taken up again is another one: the invitees were asked anew.
fn is_outdated(case: &Case, answer: &Answer) -> bool {
    let mut since = case
        .history
        .iter()
        .skip_while(|issued| issued.revision.0 != answer.sequence);
    let Some(answered) = since.next() else {
        return false;
    };
    since.any(|issued| issued.facts.when != answered.facts.when)
}
