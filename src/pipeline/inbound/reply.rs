//! Beside the way of a send: taking in an answer to an invitation.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use serde::Serialize;

use crate::calendar::Method;
use crate::clock::Clock;
use crate::crm::{Invitee, Records};
use crate::imip::{Answer, AnswerKind};
use crate::mail::{Answers, Given, Issued, Outbox, OutboxEntry, Taken};
use crate::meeting::{
    Acceptance, EmailAddress, Meeting, MeetingId, MeetingStatus, Person, PersonId, PersonKind, PersonRef,
    Tenure,
};
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::is_organizer;
use crate::pipeline::load::Loader;
use crate::pipeline::options::Pick;

/// The outcome of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerOutcome {
    /// The attendee's status was set.
    Recorded,
    /// A newer answer of the same attendee is known; nothing was changed.
    Older,
    /// The answered revision has another time or another organizer, or is from before the invitation was taken back;
    /// nothing was changed. The attendee has a newer revision, or gets one.
    Outdated,
    /// The meeting was called off, and the attendees were told; nothing was changed.
    CalledOff,
    /// The answer is about one occurrence of a recurring meeting; nothing was changed.
    Occurrence,
    /// The attendee passed the invitation on to another person; nothing was changed.
    Delegated,
    /// The answer does not say whether the attendee comes, or says it in a word that is not known; nothing was changed.
    Unclear,
    /// The attendee proposes another time; nothing was changed.
    Proposed,
    /// The attendee wants the invitation again; nothing was changed.
    Requested,
}

/// The result of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerReport {
    /// The meeting.
    pub meeting: MeetingId,
    /// The outcome.
    pub outcome: AnswerOutcome,
    /// The kind of the attendee's record.
    pub kind: PersonKind,
    /// The id of the record.
    pub id: PersonId,
    /// The attendee's name.
    pub name: String,
    /// The address in the answer.
    pub email: EmailAddress,
    /// The status that the attendee has now.
    pub status: Acceptance,
    /// The attendee's comment.
    pub comment: Option<String>,
    /// The proposed start and end, as the attendee's calendar wrote them.
    pub proposed: Option<[Option<String>; 2]>,
    /// The occurrence that the answer is about, as the attendee's calendar wrote it.
    pub occurrence: Option<String>,
    /// The address to which the invitation was passed on, if the answer has it.
    pub delegate: Option<EmailAddress>,
    /// The PARTSTAT that is not known.
    pub participation: Option<String>,
}

/// Takes in answers.
pub(in crate::pipeline) struct AnswerIntake {
    pub(in crate::pipeline) loader: Arc<Loader>,
    pub(in crate::pipeline) crm: Arc<dyn Records>,
    pub(in crate::pipeline) outbox: Arc<dyn Outbox>,
    /// Without it no answer can be taken in.
    pub(in crate::pipeline) answers: Option<Arc<dyn Answers>>,
    pub(in crate::pipeline) clock: Clock,
}

impl AnswerIntake {
    /// Takes in an answer, as [`Pipeline::receive_answer`](crate::pipeline::Pipeline::receive_answer) says.
    pub(in crate::pipeline) async fn take(
        &self,
        answer: &Answer,
        trust: bool,
    ) -> Result<AnswerReport, PipelineError> {
        let answers = self.answers.as_ref().ok_or(PipelineError::NoAnswers)?;
        let id = answers.meeting_with_uid(&answer.uid).await?;
        let id = id.ok_or_else(|| PipelineError::UnknownUid {
            uid: answer.uid.clone(),
        })?;
        let meeting = self.loader.meeting(&id).await?;
        let history = self.outbox.issued(&id).await?;
        let messages = self.outbox.of_mailbox(&id, &answer.attendee).await?;
        let answered = Answered::of(answer, &history, &messages);
        let (person, status_before) = self.who_answers(&meeting, &answered).await?;
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
        let outcome = match &answer.kind {
            AnswerKind::Counter { .. } => AnswerOutcome::Proposed,
            AnswerKind::Refresh => AnswerOutcome::Requested,
            AnswerKind::Delegated { .. } => AnswerOutcome::Delegated,
            AnswerKind::Unclear { .. } => AnswerOutcome::Unclear,
            AnswerKind::Reply(_) if answer.occurrence.is_some() => AnswerOutcome::Occurrence,
            AnswerKind::Reply(_) if answered.is_called_off() => AnswerOutcome::CalledOff,
            AnswerKind::Reply(_) if answered.is_outdated() => AnswerOutcome::Outdated,
            AnswerKind::Reply(status) => {
                let given = answered.given(*status, self.clock.now());
                match answers.take_answer(&id, &person.reference, given).await? {
                    Taken::Older => AnswerOutcome::Older,
                    Taken::Newest => {
                        self.record_answer(answers.as_ref(), &id, &person.reference, given)
                            .await?;
                        AnswerOutcome::Recorded
                    }
                }
            }
        };
        Ok(AnswerReport {
            meeting: id,
            outcome,
            name: person.name,
            kind: person.reference.kind,
            id: person.reference.id,
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

    /// Writes an answer to the CRM. A newer answer may have been taken in meanwhile, and written before this one; so the newest
    /// remembered answer is written last.
    async fn record_answer(
        &self,
        answers: &dyn Answers,
        id: &MeetingId,
        person: &PersonRef,
        taken: Given,
    ) -> Result<(), PipelineError> {
        let mut written = taken;
        let write = async |status| self.crm.set_statuses(id, &[(person.clone(), status)]).await;
        write(written.status).await?;
        while let Some(newest) = answers.newest_answer(id, person).await?
            && newest.status != written.status
        {
            write(newest.status).await?;
            written = newest;
        }
        Ok(())
    }
}

impl AnswerIntake {
    /// The attendee of an answer: the record that was mailed at this mailbox, else an attendee with this address today.
    async fn who_answers(
        &self,
        meeting: &Meeting,
        answered: &Answered<'_>,
    ) -> Result<(Person, Acceptance), PipelineError> {
        let organizer = self.loader.organizer(meeting).await?;
        let address = &answered.answer.attendee;
        let holds_it = |person: &Person| is_organizer(&organizer, person);
        let with_record = |invitee: Invitee| Some((invitee.person?, invitee.attendee.status));
        if let Some(mailed) = answered.mailed() {
            let found = self.crm.attendee(meeting.id(), mailed).await?;
            let found = found.and_then(with_record);
            if let Some(found) = found.filter(|(person, _)| !holds_it(person)) {
                return Ok(found);
            }
        }
        // The mail was passed on, or the mailed record is no attendee now.
        let mut pages = self.crm.attendees(meeting.id());
        while let Some(page) = pages.next().await {
            let is_theirs = |person: &Person| {
                let email = person.email();
                email.is_some_and(|email| email.is_same_mailbox(address)) && !holds_it(person)
            };
            let mut invitees = page?.into_iter().filter_map(with_record);
            if let Some(found) = invitees.find(|(person, _)| is_theirs(person)) {
                return Ok(found);
            }
        }
        Err(PipelineError::NotInvited {
            meeting: meeting.name().to_owned(),
            pick: Pick::Email(address.clone()),
        })
    }
}

/// An answer, and the mails to its mailbox.
struct Answered<'a> {
    answer: &'a Answer,
    history: &'a [Issued],
    /// All messages to the mailbox, the oldest first.
    messages: &'a [OutboxEntry],
    /// The tenure whose UID is answered.
    tenure: Tenure,
    /// The place of the answered revision in the history, or of the next known revision.
    at: Option<usize>,
}

impl<'a> Answered<'a> {
    fn of(answer: &'a Answer, history: &'a [Issued], messages: &'a [OutboxEntry]) -> Self {
        let of_uid = history.iter().rfind(|issued| issued.uid == answer.uid);
        let tenure = of_uid.map(|issued| issued.tenure).unwrap_or_default();
        // Of a forgotten meeting, the last revision stands for the earlier ones.
        let is_it = |issued: &Issued| issued.tenure == tenure && issued.revision.0 >= answer.sequence;
        Self {
            answer,
            history,
            messages,
            tenure,
            at: history.iter().position(is_it),
        }
    }

    fn of_tenure(&self) -> impl DoubleEndedIterator<Item = &'a OutboxEntry> {
        let tenure = self.tenure;
        self.messages
            .iter()
            .filter(move |message| message.tenure == tenure)
    }

    /// The record that was mailed at the mailbox with the answered revision, else the record of the last mail.
    fn mailed(&self) -> Option<&'a PersonRef> {
        let requests = || {
            self.of_tenure()
                .rev()
                .filter(|message| message.purpose.method() == Some(Method::Request))
        };
        let sequence = self.answer.sequence;
        let exact = requests().find(|message| message.revision.0 == sequence);
        let message = exact.or_else(|| requests().next())?;
        Some(&message.person)
    }

    /// Whether the newest revision says that the meeting does not take place.
    fn is_called_off(&self) -> bool {
        let last = self.history.last();
        last.is_some_and(|last| last.facts.status == MeetingStatus::NotHeld)
    }

    /// Whether the answered invitation is no longer valid: it had another organizer or another time (RFC 5546 §2.1.5), or was
    /// taken back since. A time that was given up and came back counts as another time: the invitees were asked anew.
    fn is_outdated(&self) -> bool {
        if self.history.last().is_some_and(|last| last.tenure != self.tenure) {
            return true;
        }
        let taken_back = |message: &OutboxEntry| {
            message.purpose.method() == Some(Method::Cancel)
                && message.may_have_left()
                && message.revision.0 > self.answer.sequence
        };
        let Some(at) = self.at else { return false };
        let answered = &self.history[at];
        self.of_tenure().any(taken_back)
            || self.history[at..].iter().any(|issued| {
                issued.facts.when != answered.facts.when || issued.facts.status == MeetingStatus::NotHeld
            })
    }

    /// The part of the answer that is remembered. A clock or a SEQUENCE that is ahead must not make all later answers old. So
    /// the SEQUENCE is at most that of the newest revision, and the time at most now.
    fn given(&self, status: Acceptance, now: DateTime<Utc>) -> Given {
        let of_tenure = self.history.iter().rfind(|issued| issued.tenure == self.tenure);
        let newest = of_tenure.map_or(0, |issued| issued.revision.0);
        Given {
            tenure: self.tenure,
            sequence: self.answer.sequence.min(newest),
            stamp: self.answer.stamp.unwrap_or(now).min(now),
            status,
        }
    }
}
