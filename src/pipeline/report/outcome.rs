//! The outcome for each mailbox, in little memory. For 100,000 recipients, reports with names and addresses would take more
//! memory than the rest of a send. So a report is made when a caller reads it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::recipient::RecipientState;
use crate::calendar::Method;
use crate::mail::Purpose;
use crate::meeting::Language;
use crate::pipeline::facts::{Case, Place};
use crate::pipeline::plan::{Issue, MailKind, Plan, Reason, Step, What};

/// The outcome for one mailbox.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    pub(super) place: Place,
    pub(super) state: RecipientState,
    pub(super) mail: Mail,
}

/// The mail of one mailbox, if there is one.
#[derive(Debug, Clone, Copy)]
pub(super) enum Mail {
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

/// The facts of a mail in the outbox, beside its state.
#[derive(Debug, Default)]
pub(super) struct Note {
    pub(super) message_id: Option<String>,
    pub(super) language: Option<Language>,
    pub(super) purpose: Option<Purpose>,
    pub(super) reason: Option<String>,
}

/// The outcomes of a send.
pub(in crate::pipeline) struct Outcomes {
    pub(super) issues: Vec<Issue>,
    pub(super) each: Vec<Outcome>,
    /// By the index in `each`.
    pub(super) notes: HashMap<usize, Note>,
    pub(super) files: Arc<HashMap<String, PathBuf>>,
}

impl Outcomes {
    /// The outcomes right after queueing: every mail waits.
    pub(in crate::pipeline) fn all_wait(plan: Plan<'_>) -> Self {
        let outcome = |step: &Step<'_>| {
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
}

impl Outcome {
    /// The Message-ID of the mail, if this send made it.
    pub(super) fn message_id(&self, issues: &[Issue], case: &Case, domain: &str) -> Option<String> {
        let Mail::New { issue, kind, resend } = self.mail else {
            return None;
        };
        let to = case.address(self.place)?;
        Some(issues[issue].issued.message_id(kind, to, resend, domain))
    }
}
