//! What a run of the pipeline tells its caller. Serialized, this is what `--format json` prints.

use std::collections::HashMap;
use std::path::PathBuf;

use serde::Serialize;

use super::deliver::Deliveries;
use super::issue::Issue;
use super::load::Case;
use super::online::{Online, OnlineReport};
use super::recipients::{Recipient, Verdict};
use super::render::Invitation;
use super::{Pipeline, PipelineError};
use crate::mail::{DeliveryState, OutboxEntry, Purpose};
use crate::meeting::{EmailAddress, Language, MeetingId, Person, PersonId, PersonKind, PersonRef, Revision};

/// What a push came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PushReport {
    /// The meeting.
    pub meeting: MeetingId,
    /// The online meeting.
    pub zoom: OnlineReport,
}

/// What became of one attendee's invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RecipientState {
    /// The mail server took it.
    Sent,
    /// It waits in the outbox.
    Queued,
    /// The mail server refused it for good, or put it off for too long.
    Failed,
    /// There was none to send.
    Skipped,
}

impl RecipientState {
    /// The state as one lowercase word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Queued => "queued",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }
}

/// One attendee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientReport {
    /// Which kind of record.
    pub kind: PersonKind,
    /// Its id.
    pub id: PersonId,
    /// The name.
    pub name: String,
    /// The address, if there is one.
    pub email: Option<EmailAddress>,
    /// The language of the invitation.
    pub language: Option<String>,
    /// What became of it.
    pub state: RecipientState,
    /// Message-ID, with its angle brackets.
    pub message_id: Option<String>,
    /// Why it was skipped, or what the mail server said when it did not take it.
    pub reason: Option<String>,
    /// The file that it was written to, where mails are written to files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
}

impl RecipientReport {
    fn new(kind: PersonKind, id: PersonId, person: Option<&Person>, reason: Option<String>) -> Self {
        Self {
            kind,
            id,
            name: person.map(|person| person.name.clone()).unwrap_or_default(),
            email: person.and_then(|person| person.email.clone()),
            language: person
                .and_then(|person| person.language.as_ref())
                .map(Language::tag),
            state: RecipientState::Skipped,
            message_id: None,
            reason,
            file: None,
        }
    }

    fn of(person: &Person) -> Self {
        Self::new(
            person.reference.kind,
            person.reference.id.clone(),
            Some(person),
            None,
        )
    }
}

/// What a send came to.
#[derive(Debug, Serialize)]
pub struct SendReport {
    /// The meeting.
    pub meeting: MeetingId,
    /// The revision that was sent.
    pub revision: Revision,
    /// The online meeting.
    pub zoom: OnlineReport,
    /// Every attendee, in the CRM's order.
    pub recipients: Vec<RecipientReport>,
    /// How many were sent.
    pub sent: usize,
    /// How many wait in the outbox.
    pub queued: usize,
    /// How many failed.
    pub failed: usize,
    /// How many were skipped.
    pub skipped: usize,
    /// Why delivering was stopped before everybody's turn had come, if it was.
    #[serde(skip)]
    pub stopped: Option<PipelineError>,
}

impl SendReport {
    fn new(
        meeting: MeetingId,
        revision: Revision,
        zoom: OnlineReport,
        recipients: Vec<RecipientReport>,
    ) -> Self {
        let count = |state| recipients.iter().filter(|r| r.state == state).count();
        Self {
            meeting,
            revision,
            zoom,
            sent: count(RecipientState::Sent),
            queued: count(RecipientState::Queued),
            failed: count(RecipientState::Failed),
            skipped: count(RecipientState::Skipped),
            recipients,
            stopped: None,
        }
    }
}

/// What a send would do.
#[derive(Debug)]
pub struct Plan {
    /// What it would report; an invitation that it would send counts as queued.
    pub report: SendReport,
    /// The invitations that it would send.
    pub invitations: Vec<Invitation>,
}

/// Invitations to be mailed by the caller.
#[derive(Debug)]
pub struct Prepared {
    /// The meeting.
    pub meeting: MeetingId,
    /// The revision they tell.
    pub revision: Revision,
    /// The online meeting.
    pub zoom: OnlineReport,
    /// One for each recipient.
    pub invitations: Vec<Invitation>,
    /// The attendees who get none, with the reason.
    pub skipped: Vec<RecipientReport>,
}

impl Issue<'_> {
    /// A report in which every mail waits; its Message-ID is what `of_mail` says of it.
    fn report(
        &self,
        case: &Case,
        online: &Online,
        mut of_mail: impl FnMut(Purpose, &Recipient<'_>) -> (Option<String>, String),
    ) -> SendReport {
        let mut queued = |purpose, recipient: &Recipient<'_>| {
            let (language, message_id) = of_mail(purpose, recipient);
            RecipientReport {
                state: RecipientState::Queued,
                language,
                message_id: Some(message_id),
                ..RecipientReport::of(recipient.person)
            }
        };
        let recipients = self.verdicts.iter().map(|verdict| match verdict {
            Verdict::Skip {
                reference,
                person,
                reason,
            } => RecipientReport::new(
                reference.kind,
                reference.id.clone(),
                *person,
                Some(reason.clone()),
            ),
            Verdict::Waits(person) => RecipientReport {
                state: RecipientState::Queued,
                ..RecipientReport::of(person)
            },
            Verdict::CallOff(person) => RecipientReport {
                reason: Some("is not invited any more, and had no invitation yet".to_owned()),
                ..RecipientReport::of(person)
            },
            Verdict::Invite(recipient) => queued(Purpose::Invitation, recipient),
            Verdict::Cancel(recipient) => queued(Purpose::Cancellation, recipient),
        });
        let recipients = recipients.collect();
        SendReport::new(
            case.meeting.id().clone(),
            self.issued.revision,
            online.report(&case.meeting),
            recipients,
        )
    }

    /// A report of mails that are rendered, in their order.
    fn report_of(&self, case: &Case, online: &Online, invitations: &[Invitation]) -> SendReport {
        let mut invitations = invitations.iter();
        self.report(case, online, |_, _| {
            let of =
                |invitation: &Invitation| (Some(invitation.language.tag()), invitation.message_id.clone());
            invitations.next().map(of).unwrap_or_default()
        })
    }

    pub(super) fn plan(&self, case: &Case, online: &Online, invitations: Vec<Invitation>) -> Plan {
        Plan {
            report: self.report_of(case, online, &invitations),
            invitations,
        }
    }

    pub(super) fn prepared(&self, case: &Case, online: &Online, invitations: Vec<Invitation>) -> Prepared {
        let report = self.report_of(case, online, &invitations);
        Prepared {
            meeting: report.meeting,
            revision: report.revision,
            zoom: report.zoom,
            skipped: report
                .recipients
                .into_iter()
                .filter(|recipient| recipient.state == RecipientState::Skipped)
                .collect(),
            invitations,
        }
    }
}

impl Pipeline {
    /// Everybody's state as the outbox has it after delivering.
    pub(super) async fn report(
        &self,
        case: &Case,
        online: &Online,
        issue: &Issue<'_>,
        delivered: Deliveries,
    ) -> Result<SendReport, PipelineError> {
        let domain = self.sender.address.domain();
        let mut planned = issue.report(case, online, |purpose, recipient| {
            (None, issue.issued.message_id(purpose, recipient, domain))
        });
        let places: HashMap<&PersonRef, usize> = issue
            .verdicts
            .iter()
            .enumerate()
            .filter_map(|(place, verdict)| Some((verdict.awaited()?, place)))
            .collect();
        let recipients = &mut planned.recipients;
        let mut note = |entry: OutboxEntry| {
            let Some(place) = places.get(&entry.person) else {
                return;
            };
            let recipient = &mut recipients[*place];
            // Of what waited already, the last of each person: it may be of an earlier revision.
            let waited = matches!(issue.verdicts[*place], Verdict::Waits(_));
            if !waited && recipient.message_id.as_ref() != Some(&entry.message_id) {
                return;
            }
            recipient.language = Some(entry.language.tag());
            recipient.state = state_of(entry.state);
            recipient.file = delivered.files.get(&entry.id).cloned();
            recipient.reason = entry
                .last_answer
                .filter(|_| recipient.state != RecipientState::Sent);
            recipient.message_id = Some(entry.message_id);
        };
        self.outbox.each_of_meeting(case.meeting.id(), &mut note).await?;
        Ok(SendReport {
            stopped: delivered.stopped,
            ..SendReport::new(
                planned.meeting,
                planned.revision,
                planned.zoom,
                planned.recipients,
            )
        })
    }
}

fn state_of(state: DeliveryState) -> RecipientState {
    match state {
        DeliveryState::Sent => RecipientState::Sent,
        DeliveryState::Queued | DeliveryState::Sending => RecipientState::Queued,
        DeliveryState::Failed | DeliveryState::GivenUp => RecipientState::Failed,
        DeliveryState::Cancelled => RecipientState::Skipped,
    }
}
