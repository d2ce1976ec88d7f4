//! Making the report of a run: the outcome of each mail is read from the outbox.

use std::collections::HashMap;
use std::sync::Arc;

use super::outcome::{Mail, Outcomes};
use super::recipient::{RecipientReport, RecipientState};
use super::recipients::Recipients;
use super::send_report::{Prepared, SendReport};
use crate::mail::{DeliveryState, Outbox, OutboxEntry};
use crate::pipeline::deliver::Deliveries;
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::{Case, Online};
use crate::pipeline::render::{Invitation, Letterhead};

/// Makes the reports of runs.
pub(in crate::pipeline) struct Reporter {
    pub(in crate::pipeline) outbox: Arc<dyn Outbox>,
    pub(in crate::pipeline) letterhead: Arc<Letterhead>,
}

impl Reporter {
    /// Reads the outcome of each mail from the outbox, after delivering.
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
                // The outbox is asked below only for mails that have not left. All other mails were sent.
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
                    outcomes.each[**at]
                        .message_id(&outcomes.issues, case, domain)
                        .as_ref()
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

    /// The report of a send.
    pub(in crate::pipeline) fn report(&self, case: Case, online: &Online, outcomes: Outcomes) -> SendReport {
        let meeting = case.meeting.id().clone();
        let online = self.letterhead.providers.report(online, &case.meeting);
        let recipients = Recipients::new(&self.letterhead, case, outcomes);
        let count = |state| recipients.count(state);
        SendReport {
            meeting,
            revision: recipients.revision(),
            online,
            sent: count(RecipientState::Sent),
            queued: count(RecipientState::Queued),
            failed: count(RecipientState::Failed),
            may_have_arrived: count(RecipientState::MayHaveArrived),
            skipped: count(RecipientState::Skipped),
            hidden: recipients.count_hidden(),
            recipients,
            stopped: None,
        }
    }

    pub(in crate::pipeline) fn prepared(
        &self,
        case: Case,
        online: &Online,
        outcomes: Outcomes,
        invitations: Vec<Invitation>,
    ) -> Prepared {
        let report = self.report(case, online, outcomes);
        let is_skipped = |recipient: &RecipientReport| recipient.state == RecipientState::Skipped;
        Prepared {
            skipped: report.recipients.iter().filter(is_skipped).collect(),
            meeting: report.meeting,
            revision: report.revision,
            online: report.online,
            invitations,
        }
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
