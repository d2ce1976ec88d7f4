//! What became of everybody, in little memory: of a hundred thousand, reports with names and addresses would take more
//! than all else that a send has in memory. They are made as somebody looks at them.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use serde::{Serialize, Serializer};

use super::Pipeline;
use super::PipelineError;
use super::case::{Case, Place};
use super::deliver::Deliveries;
use super::issue::Issue;
use super::letter::Letter;
use super::recipients::{Reason, Verdict};
use super::report::{RecipientReport, RecipientState};
use crate::mail::{DeliveryState, Issued, OutboxEntry, Purpose};
use crate::meeting::{Language, Meeting, PersonRef, Revision};
use crate::template::{TemplateName, Templates};

/// What became of one attendee.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    place: Place,
    state: RecipientState,
    what: What,
}

#[derive(Debug, Clone, Copy)]
enum What {
    /// There is a mail of this send.
    Mail(Purpose),
    /// There was one before.
    Waits,
    /// What waited was called off.
    CalledOff,
    /// There is none.
    None(Reason),
}

/// What is known of a mail beside its state.
#[derive(Debug, Default)]
struct Note {
    message_id: Option<String>,
    language: Option<Language>,
    reason: Option<String>,
}

/// What became of the mails of a send.
pub(super) struct Outcomes {
    issued: Issued,
    each: Vec<Outcome>,
    notes: HashMap<Place, Note>,
    files: HashMap<String, PathBuf>,
    pub(super) stopped: Option<PipelineError>,
}

impl Issue<'_> {
    /// Every mail waits.
    pub(super) fn outcomes(&self) -> Outcomes {
        let outcome = |verdict: &Verdict<'_>| {
            let (what, state) = match verdict {
                Verdict::Invite(_) => (What::Mail(Purpose::Invitation), RecipientState::Queued),
                Verdict::Cancel(_) => (What::Mail(Purpose::Cancellation), RecipientState::Queued),
                Verdict::Waits(_) => (What::Waits, RecipientState::Queued),
                Verdict::CallOff(_) => (What::CalledOff, RecipientState::Skipped),
                Verdict::Skip { reason, .. } => (What::None(*reason), RecipientState::Skipped),
            };
            Outcome {
                place: verdict.place(),
                state,
                what,
            }
        };
        Outcomes {
            issued: self.issued.clone(),
            each: self.verdicts.iter().map(outcome).collect(),
            notes: HashMap::new(),
            files: HashMap::new(),
            stopped: None,
        }
    }
}

impl Pipeline {
    /// Everybody's state as the outbox has it after delivering.
    pub(super) async fn outcomes(
        &self,
        case: &Case,
        issue: Issue<'_>,
        delivered: Deliveries,
    ) -> Result<Outcomes, PipelineError> {
        let mut outcomes = issue.outcomes();
        drop(issue);
        let Outcomes {
            issued, each, notes, ..
        } = &mut outcomes;
        let domain = self.sender.address.domain();
        let waited = each.iter().any(|outcome| matches!(outcome.what, What::Waits));
        for outcome in each.iter_mut() {
            if let What::Mail(_) = outcome.what {
                // It was put into the outbox, which is asked below for those that have not left.
                outcome.state = RecipientState::Sent;
            }
        }
        let mut places: HashMap<&PersonRef, usize> = HashMap::new();
        let mut note = |entry: OutboxEntry| {
            if places.is_empty() {
                let of_mails = each.iter().enumerate();
                places = of_mails
                    .filter(|(_, outcome)| matches!(outcome.what, What::Mail(_) | What::Waits))
                    .map(|(at, outcome)| (case.reference(outcome.place), at))
                    .collect();
            }
            let Some(at) = places.get(&entry.person) else {
                return;
            };
            let outcome = &mut each[*at];
            // Of what waited already, the last of each person: it may be of an earlier revision.
            if let What::Mail(purpose) = outcome.what
                && message_id(case, issued, purpose, outcome.place, domain) != entry.message_id
            {
                return;
            }
            outcome.state = state_of(entry.state);
            if let (RecipientState::Sent, What::Mail(_)) = (outcome.state, outcome.what) {
                return;
            }
            let note = notes.entry(outcome.place).or_default();
            note.reason = entry
                .last_answer
                .filter(|_| outcome.state != RecipientState::Sent);
            note.language = Some(entry.language);
            note.message_id = Some(entry.message_id);
        };
        let meeting = case.meeting.id();
        if waited {
            self.outbox.each_of_meeting(meeting, &mut note).await?;
        } else {
            self.outbox.each_unsent(meeting, &mut note).await?;
        }
        outcomes.files = delivered.files;
        outcomes.stopped = delivered.stopped;
        Ok(outcomes)
    }
}

/// The Message-ID of a mail of this send.
fn message_id(case: &Case, issued: &Issued, purpose: Purpose, place: Place, domain: &str) -> String {
    let who = case.reference(place);
    issued.message_id(purpose, who, case.told(who), domain)
}

const fn state_of(state: DeliveryState) -> RecipientState {
    match state {
        DeliveryState::Sent => RecipientState::Sent,
        DeliveryState::Queued | DeliveryState::Sending => RecipientState::Queued,
        DeliveryState::Failed | DeliveryState::GivenUp => RecipientState::Failed,
        DeliveryState::Cancelled => RecipientState::Skipped,
    }
}

/// Every attendee of a meeting, with what became of the mail; and those who are attendees no more and are told so.
pub struct Recipients {
    case: Box<Case>,
    issued: Issued,
    domain: String,
    /// The organization's language.
    ours: Language,
    templates: Templates,
    /// In which language mails are to those who read a language, as far as anybody has asked.
    written: Mutex<Vec<Written>>,
    each: Vec<Outcome>,
    notes: HashMap<Place, Note>,
    /// The files that mails were written to, by their Message-IDs.
    files: HashMap<String, PathBuf>,
}

/// A template, a reader's language, and the language of the mail.
type Written = (TemplateName, Language, Option<Language>);

impl Recipients {
    pub(super) fn new(pipeline: &Pipeline, case: Case, outcomes: Outcomes) -> Self {
        Self {
            case: Box::new(case),
            issued: outcomes.issued,
            domain: pipeline.sender.address.domain().to_owned(),
            ours: pipeline.organization.language.clone(),
            templates: pipeline.templates.clone(),
            written: Mutex::default(),
            each: outcomes.each,
            notes: outcomes.notes,
            files: outcomes.files,
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.each.len()
    }

    /// Whether there is nobody.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.each.is_empty()
    }

    /// Each of them, in the CRM's order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = RecipientReport> + '_ {
        self.each.iter().map(|outcome| self.report(outcome, true))
    }

    /// The same, but Message-IDs are only said where they are at hand: they take longer than all else.
    #[cfg(feature = "command")]
    pub(crate) fn without_ids(&self) -> impl Iterator<Item = RecipientReport> + '_ {
        let with_ids = !self.files.is_empty();
        self.each
            .iter()
            .map(move |outcome| self.report(outcome, with_ids))
    }

    /// How many are in a state.
    pub(super) fn count(&self, state: RecipientState) -> usize {
        self.each.iter().filter(|outcome| outcome.state == state).count()
    }

    /// The meeting that they were told of.
    #[must_use]
    pub fn meeting(&self) -> &Meeting {
        &self.case.meeting
    }

    pub(super) fn revision(&self) -> Revision {
        self.issued.revision
    }

    /// Says to which files the mails were written, by their Message-IDs.
    #[cfg(feature = "command")]
    pub(crate) fn note_files(&mut self, files: HashMap<String, PathBuf>) {
        self.files = files;
    }

    fn report(&self, outcome: &Outcome, with_id: bool) -> RecipientReport {
        let reference = self.case.reference(outcome.place);
        let (name, email) = match self.case.person_at(outcome.place) {
            Some(person) => (person.name, person.email),
            None => (String::new(), None),
        };
        let note = self.notes.get(&outcome.place);
        let language = match outcome.what {
            What::Mail(purpose) => self.written_in(purpose, outcome.place),
            What::Waits | What::CalledOff | What::None(_) => self.case.language(outcome.place).cloned(),
        };
        let message_id = match outcome.what {
            What::Mail(purpose) if with_id => Some(message_id(
                &self.case,
                &self.issued,
                purpose,
                outcome.place,
                &self.domain,
            )),
            What::Mail(_) | What::Waits | What::CalledOff | What::None(_) => None,
        };
        let message_id = note.and_then(|note| note.message_id.clone()).or(message_id);
        let reason = match outcome.what {
            What::None(reason) => Some(reason.words(outcome.place, &self.case)),
            What::CalledOff => Some("is not invited any more, and had no invitation yet".to_owned()),
            What::Mail(_) | What::Waits => None,
        };
        RecipientReport {
            kind: reference.kind,
            id: reference.id.clone(),
            name,
            email,
            language: note
                .and_then(|note| note.language.as_ref())
                .or(language.as_ref())
                .map(Language::tag),
            state: outcome.state,
            file: message_id.as_ref().and_then(|id| self.files.get(id)).cloned(),
            message_id,
            reason: note.and_then(|note| note.reason.clone()).or(reason),
        }
    }

    /// The language of somebody's mail.
    fn written_in(&self, purpose: Purpose, place: Place) -> Option<Language> {
        let told = self.case.told(self.case.reference(place));
        let letter = Letter::of(purpose, told, self.issued.revision, self.case.meeting.status);
        let reads = self.case.language(place).unwrap_or(&self.ours);
        let template = letter.template();
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let known = written
            .iter()
            .find(|(name, read, _)| *name == template && read == reads);
        if let Some((_, _, language)) = known {
            return language.clone();
        }
        let language = self.templates.written_in(template, reads, &self.ours);
        written.push((template, reads.clone(), language.clone()));
        language
    }
}

impl<'a> IntoIterator for &'a Recipients {
    type Item = RecipientReport;
    type IntoIter = Box<dyn Iterator<Item = RecipientReport> + 'a>;

    fn into_iter(self) -> Self::IntoIter {
        Box::new(self.iter())
    }
}

impl fmt::Debug for Recipients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Recipients {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}
