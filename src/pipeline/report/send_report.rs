//! What a run of the pipeline tells its caller. Serialized, this is what `--format json` prints.

use serde::Serialize;

use super::recipient::RecipientReport;
use super::recipients::Recipients;
use crate::meeting::{MeetingId, Revision};
use crate::pipeline::error::PipelineError;
use crate::pipeline::facts::OnlineReport;
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
