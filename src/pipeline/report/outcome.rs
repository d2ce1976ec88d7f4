//! What became of each mailbox, in little memory. For 100,000 recipients, reports with names and addresses would take
//! more memory than all else in a send. So a report is made when a caller reads it.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Serialize, Serializer};

use super::send_report::{RecipientReport, RecipientState};
use crate::calendar::Method;
use crate::mail::{DeliveryState, OutboxEntry, Purpose};
use crate::meeting::{Language, Meeting, Revision};
use crate::pipeline::Pipeline;
use crate::pipeline::PipelineError;
use crate::pipeline::deliver::Deliveries;
use crate::pipeline::facts::{Case, Place};
use crate::pipeline::plan::{Issue, MailKind, Plan, Reason, What};
use crate::pipeline::render::Letterhead;
use crate::template::{TemplateName, Templates};

/// What became of one mailbox.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    place: Place,
    state: RecipientState,
    mail: Mail,
}

#[derive(Debug, Clone, Copy)]
enum Mail {
    /// This send made a mail.
    New {
        issue: usize,
        kind: MailKind,
        resend: u32,
    },
    /// A mail of an earlier send waits.
    Waits(Method),
    /// There is no mail.
    None(Reason),
}

/// What the outbox says of a mail beside its state.
#[derive(Debug, Default)]
struct Note {
    message_id: Option<String>,
    language: Option<Language>,
    purpose: Option<Purpose>,
    reason: Option<String>,
}

/// What became of the mails of a send.
pub(in crate::pipeline) struct Outcomes {
    issues: Vec<Issue>,
    each: Vec<Outcome>,
    /// By the index in `each`.
    notes: HashMap<usize, Note>,
    files: Arc<HashMap<String, PathBuf>>,
}

impl Outcomes {
    /// The outcomes right after queueing: every mail waits.
    pub(in crate::pipeline) fn all_wait(plan: Plan<'_>) -> Self {
        let outcome = |step: &crate::pipeline::plan::Step<'_>| {
            let (mail, state) = match &step.what {
                What::Mail(mail) => (
                    Mail::New {
                        issue: mail.issue,
                        kind: mail.kind,
                        resend: mail.resend,
                    },
                    RecipientState::Queued,
                ),
                What::Waits(method) => (Mail::Waits(*method), RecipientState::Queued),
                What::CallOff(_, reason) => (Mail::None(Reason::CalledOff(*reason)), RecipientState::Skipped),
                What::Skip(reason) => (Mail::None(*reason), RecipientState::Skipped),
            };
            Outcome {
                place: step.place,
                state,
                mail,
            }
        };
        Self {
            each: plan.steps.iter().map(outcome).collect(),
            issues: plan.issues,
            notes: HashMap::new(),
            files: Arc::default(),
        }
    }

    /// The Message-ID of a mail of this send.
    fn message_id(&self, case: &Case, outcome: &Outcome, domain: &str) -> Option<String> {
        message_id(&self.issues, case, outcome, domain)
    }
}

fn message_id(issues: &[Issue], case: &Case, outcome: &Outcome, domain: &str) -> Option<String> {
    let Mail::New { issue, kind, resend } = outcome.mail else {
        return None;
    };
    let to = case.address(outcome.place)?;
    Some(issues[issue].issued.message_id(kind, to, resend, domain))
}

impl Pipeline {
    /// Reads from the outbox, after delivering, what became of each mail.
    pub(in crate::pipeline) async fn outcomes(
        &self,
        case: &Case,
        mut outcomes: Outcomes,
        delivered: &Deliveries,
    ) -> Result<Outcomes, PipelineError> {
        let domain = self.letterhead.domain();
        let waited = outcomes
            .each
            .iter()
            .any(|outcome| matches!(outcome.mail, Mail::Waits(_)));
        for outcome in &mut outcomes.each {
            if let Mail::New { .. } = outcome.mail {
                // The outbox is asked below only for mails that have not left; all others were sent.
                outcome.state = RecipientState::Sent;
            }
        }
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        let mut note = |entry: OutboxEntry| {
            if places.is_empty() {
                for (at, outcome) in outcomes.each.iter().enumerate() {
                    if matches!(outcome.mail, Mail::New { .. } | Mail::Waits(_))
                        && let Some(address) = case.address(outcome.place)
                    {
                        places.entry(address.mailbox()).or_default().push(at);
                    }
                }
            }
            let Some(of_mailbox) = places.get(&entry.envelope.to.mailbox()) else {
                return;
            };
            let is_of = |at: &&usize| match outcomes.each[**at].mail {
                Mail::New { .. } => {
                    outcomes.message_id(case, &outcomes.each[**at], domain).as_ref()
                        == Some(&entry.message_id)
                }
                // Of mails that waited already, the last one to each mailbox counts. It may be of an earlier
                // revision.
                Mail::Waits(method) => entry.purpose.method() == Some(method),
                Mail::None(_) => false,
            };
            let Some(at) = of_mailbox.iter().find(is_of).copied() else {
                return;
            };
            let outcome = &mut outcomes.each[at];
            outcome.state = state_of(entry.state);
            if let (RecipientState::Sent, Mail::New { .. }) = (outcome.state, outcome.mail) {
                return;
            }
            let state = outcome.state;
            let note = outcomes.notes.entry(at).or_default();
            note.reason = entry.last_answer.filter(|_| state != RecipientState::Sent);
            note.language = Some(entry.language);
            note.purpose = Some(entry.purpose);
            note.message_id = Some(entry.message_id);
        };
        let meeting = case.meeting.id();
        if waited {
            self.outbox.each_of_meeting(meeting, &mut note).await?;
        } else {
            self.outbox.each_unsent(meeting, &mut note).await?;
        }
        outcomes.files = Arc::clone(&delivered.files);
        Ok(outcomes)
    }
}

const fn state_of(state: DeliveryState) -> RecipientState {
    match state {
        DeliveryState::Sent => RecipientState::Sent,
        DeliveryState::Queued | DeliveryState::Sending => RecipientState::Queued,
        DeliveryState::Failed | DeliveryState::GivenUp => RecipientState::Failed,
        DeliveryState::MayHaveArrived => RecipientState::MayHaveArrived,
        DeliveryState::Cancelled | DeliveryState::Superseded => RecipientState::Skipped,
    }
}

/// Every attendee of a meeting, with what became of the mail; and every former attendee who is told so.
pub struct Recipients {
    case: Box<Case>,
    issues: Vec<Issue>,
    domain: String,
    /// The organization's language.
    ours: Language,
    templates: Templates,
    /// The language of a mail, by template and reader's language, as far as it was asked for.
    written: Mutex<Vec<Written>>,
    each: Vec<Outcome>,
    /// By the places in `each`.
    notes: HashMap<usize, Note>,
    /// The files that mails were written to, by their Message-IDs.
    files: Arc<HashMap<String, PathBuf>>,
}

/// A template, a reader's language, and the language of the mail.
type Written = (TemplateName, Language, Option<Language>);

impl Recipients {
    pub(in crate::pipeline) fn new(letterhead: &Letterhead, case: Case, outcomes: Outcomes) -> Self {
        Self {
            case: Box::new(case),
            issues: outcomes.issues,
            domain: letterhead.domain().to_owned(),
            ours: letterhead.organization.language.clone(),
            templates: letterhead.templates.clone(),
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
        (0..self.each.len()).map(|at| self.report(at, true))
    }

    /// The same, but without Message-IDs that would have to be computed: that takes longer than all else.
    #[cfg(feature = "command")]
    pub(crate) fn without_ids(&self) -> impl Iterator<Item = RecipientReport> + '_ {
        let with_ids = !self.files.is_empty();
        (0..self.each.len()).map(move |at| self.report(at, with_ids))
    }

    /// How many are in a state.
    pub(in crate::pipeline) fn count(&self, state: RecipientState) -> usize {
        self.each.iter().filter(|outcome| outcome.state == state).count()
    }

    /// How many are skipped because the CRM hides their addresses.
    pub(in crate::pipeline) fn count_hidden(&self) -> usize {
        let is_hidden = |outcome: &&Outcome| matches!(outcome.mail, Mail::None(Reason::AddressHidden));
        self.each.iter().filter(is_hidden).count()
    }

    /// The meeting that they were told of.
    #[must_use]
    pub fn meeting(&self) -> &Meeting {
        &self.case.meeting
    }

    pub(in crate::pipeline) fn revision(&self) -> Revision {
        // Each plan has it.
        self.issues[0].issued.revision
    }

    /// Sets the files that the mails were written to, by their Message-IDs.
    #[cfg(feature = "command")]
    pub(crate) fn note_files(&mut self, files: HashMap<String, PathBuf>) {
        self.files = Arc::new(files);
    }

    fn report(&self, at: usize, with_id: bool) -> RecipientReport {
        let outcome = &self.each[at];
        let reference = self.case.reference(outcome.place);
        let person = self.case.person_at(outcome.place);
        let note = self.notes.get(&at);
        let (language, purpose) = match outcome.mail {
            Mail::New { kind, .. } => (self.written_in(kind, outcome.place), Some(kind.purpose())),
            Mail::Waits(_) => (
                self.case.language(outcome.place).cloned(),
                note.and_then(|note| note.purpose),
            ),
            Mail::None(_) => (self.case.language(outcome.place).cloned(), None),
        };
        let message_id = note.and_then(|note| note.message_id.clone()).or_else(|| {
            let id = || message_id(&self.issues, &self.case, outcome, &self.domain);
            with_id.then(id).flatten()
        });
        let reason = match outcome.mail {
            Mail::None(reason) => Some(reason.words(outcome.place, &self.case)),
            Mail::New { .. } | Mail::Waits(_) => None,
        };
        RecipientReport {
            kind: reference.kind,
            id: reference.id.clone(),
            name: person.map(|person| person.name.clone()).unwrap_or_default(),
            email: person.and_then(|person| person.email().cloned()),
            language: note
                .and_then(|note| note.language.as_ref())
                .or(language.as_ref())
                .map(Language::tag),
            purpose,
            state: outcome.state,
            file: message_id.as_ref().and_then(|id| self.files.get(id)).cloned(),
            message_id,
            reason: note.and_then(|note| note.reason.clone()).or(reason),
        }
    }

    /// The language of a mail.
    fn written_in(&self, kind: MailKind, place: Place) -> Option<Language> {
        let reads = self.case.language(place).unwrap_or(&self.ours);
        let template = kind.template();
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
