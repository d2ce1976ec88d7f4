//! The recipients of a send, each reported when a caller reads it.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Serialize, Serializer};

use super::outcome::{Mail, Note, Outcome, Outcomes};
use super::recipient::{RecipientReport, RecipientState};
use crate::meeting::{Language, Meeting, Revision};
use crate::pipeline::facts::{Case, Place};
use crate::pipeline::plan::{Issue, MailKind, Reason};
use crate::pipeline::render::Letterhead;
use crate::template::{TemplateName, Templates};

/// All attendees of a meeting, each with the outcome; and the former attendees who get a cancellation.
pub struct Recipients {
    case: Box<Case>,
    issues: Vec<Issue>,
    domain: String,
    /// The organization's language.
    ours: Language,
    templates: Templates,
    /// The languages of mails that were looked up already, by template and reader's language.
    written: Mutex<Vec<Written>>,
    each: Vec<Outcome>,
    /// By the places in `each`.
    notes: HashMap<usize, Note>,
    /// The files of the mails, by Message-ID.
    files: Arc<HashMap<String, PathBuf>>,
}

/// A template, a reader's language, and the language of the mail.
type Written = (TemplateName, Language, Option<Language>);

impl Recipients {
    pub(super) fn new(letterhead: &Letterhead, case: Case, outcomes: Outcomes) -> Self {
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

    /// The number of recipients.
    #[must_use]
    pub fn len(&self) -> usize {
        self.each.len()
    }

    /// Whether there is no recipient.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.each.is_empty()
    }

    /// The recipients, in the CRM's order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = RecipientReport> + '_ {
        (0..self.each.len()).map(|at| self.report(at, true))
    }

    /// The recipients without Message-IDs that would have to be computed. Computing takes longer than the rest of a report.
    #[cfg(feature = "command")]
    pub(crate) fn without_ids(&self) -> impl Iterator<Item = RecipientReport> + '_ {
        let with_ids = !self.files.is_empty();
        (0..self.each.len()).map(move |at| self.report(at, with_ids))
    }

    /// The number of recipients in a state.
    pub(super) fn count(&self, state: RecipientState) -> usize {
        self.each.iter().filter(|outcome| outcome.state == state).count()
    }

    /// The number of recipients who are skipped because the CRM hides their addresses.
    pub(super) fn count_hidden(&self) -> usize {
        let is_hidden = |outcome: &&Outcome| matches!(outcome.mail, Mail::None(Reason::AddressHidden));
        self.each.iter().filter(is_hidden).count()
    }

    /// The meeting of the mails.
    #[must_use]
    pub fn meeting(&self) -> &Meeting {
        &self.case.meeting
    }

    pub(super) fn revision(&self) -> Revision {
        // Each plan has a present revision.
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
            let id = || outcome.message_id(&self.issues, &self.case, &self.domain);
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
