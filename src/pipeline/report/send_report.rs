//! What a run of the pipeline tells its caller. Serialized, this is what `--format json` prints.

use std::path::PathBuf;

use serde::Serialize;

use super::outcome::{Outcomes, Recipients};
use crate::mail::Purpose;
use crate::meeting::{EmailAddress, MeetingId, PersonId, PersonKind, Revision};
use crate::pipeline::Pipeline;
use crate::pipeline::PipelineError;
use crate::pipeline::facts::{Case, Online, OnlineReport};
use crate::pipeline::render::Invitation;

/// What a push came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PushReport {
    /// The meeting.
    pub meeting: MeetingId,
    /// The online meeting.
    // The key is older than the second provider, and scripts have it.
    #[serde(rename = "zoom")]
    pub online: OnlineReport,
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
    /// The connection broke twice before the mail server answered whether it took it.
    #[serde(rename = "may_have_arrived")]
    MayHaveArrived,
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
            Self::MayHaveArrived => "may_have_arrived",
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
    /// What the mail is for; `None`: there is none.
    pub purpose: Option<Purpose>,
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

/// What a send came to.
#[derive(Debug, Serialize)]
pub struct SendReport {
    /// The meeting.
    pub meeting: MeetingId,
    /// The revision that was sent.
    pub revision: Revision,
    /// The online meeting.
    // The key is older than the second provider, and scripts have it.
    #[serde(rename = "zoom")]
    pub online: OnlineReport,
    /// Every attendee, in the CRM's order.
    pub recipients: Recipients,
    /// How many were sent.
    pub sent: usize,
    /// How many wait in the outbox.
    pub queued: usize,
    /// How many failed.
    pub failed: usize,
    /// How many may have arrived.
    pub may_have_arrived: usize,
    /// How many were skipped.
    pub skipped: usize,
    /// How many of those who were skipped would have been invited, but for an address that the CRM does not show.
    #[serde(skip)]
    pub hidden: usize,
    /// Why delivering was stopped before everybody's turn had come, if it was.
    #[serde(skip)]
    pub stopped: Option<PipelineError>,
}

/// What the sends of several meetings came to.
#[derive(Debug, Default)]
pub struct SentTogether {
    /// Each meeting, in the order in which they were asked for. Behind the one at which delivering was stopped there may
    /// be none.
    pub meetings: Vec<(MeetingId, Result<SendReport, PipelineError>)>,
    /// Why delivering was stopped, if it was. What was queued waits in the outbox.
    pub stopped: Option<PipelineError>,
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
    pub online: OnlineReport,
    /// One for each recipient.
    pub invitations: Vec<Invitation>,
    /// The attendees who get none, with the reason.
    pub skipped: Vec<RecipientReport>,
}

impl Pipeline {
    /// What is told of a send.
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
