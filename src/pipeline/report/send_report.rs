//! The reports of runs. Serialized, they are the output of `--format json`.

use serde::Serialize;

use super::recipient::RecipientReport;
use super::recipients::Recipients;
use crate::meeting::{MeetingId, Revision};
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::OnlineReport;
use crate::pipeline::render::Invitation;

/// The result of a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PushReport {
    /// The meeting.
    pub meeting: MeetingId,
    /// The online meeting.
    // The key is older than the second provider, and scripts have it.
    #[serde(rename = "zoom")]
    pub online: OnlineReport,
}

/// The result of a send.
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
    /// The number of recipients whose mail was sent.
    pub sent: usize,
    /// The number of recipients whose mail waits in the outbox.
    pub queued: usize,
    /// The number of recipients whose mail failed.
    pub failed: usize,
    /// The number of recipients whose mail may have arrived.
    pub may_have_arrived: usize,
    /// The number of recipients without a mail.
    pub skipped: usize,
    /// The number of recipients who have no mail only because the CRM hides their address.
    #[serde(skip)]
    pub hidden: usize,
    /// The error that stopped delivering early, if one did.
    #[serde(skip)]
    pub stopped: Option<PipelineError>,
}

/// The result of sending several meetings together.
#[derive(Debug, Default)]
pub struct SentTogether {
    /// The meetings, in the order of the request. If delivering was stopped, later meetings may be missing.
    pub meetings: Vec<(MeetingId, Result<SendReport, PipelineError>)>,
    /// The error that stopped delivering, if one did. Queued mails wait in the outbox.
    pub stopped: Option<PipelineError>,
}

/// The result of a dry run.
#[derive(Debug)]
pub struct Plan {
    /// The report of the send. An invitation that would be sent counts as queued.
    pub report: SendReport,
    /// The invitations that would be sent.
    pub invitations: Vec<Invitation>,
}

/// Invitations to be mailed by the caller.
#[derive(Debug)]
pub struct Prepared {
    /// The meeting.
    pub meeting: MeetingId,
    /// The revision of the invitations.
    pub revision: Revision,
    /// The online meeting.
    pub online: OnlineReport,
    /// One for each recipient.
    pub invitations: Vec<Invitation>,
    /// The attendees without an invitation, with the reason.
    pub skipped: Vec<RecipientReport>,
}
