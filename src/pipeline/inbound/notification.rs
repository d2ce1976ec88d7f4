//! Beside the way of a send: taking in a mail server's notification about an invitation.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::clock::Clock;
use crate::crm::Records;
use crate::dsn::{Notification, RecipientStatus};
use crate::mail::{DeliveryState, Fate, Noted, Notice, Notifications, OutboxEntry, Purpose, message_id_of};
use crate::meeting::{EmailAddress, MeetingId, PersonId, PersonKind, Revision};
use crate::pipeline::error::PipelineError;

/// The outcome of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationOutcome {
    /// The notification was recorded with the invitation.
    Recorded,
    /// A later or a final notification is known; nothing was changed.
    Older,
}

/// The result of a notification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NotificationReport {
    /// The meeting.
    pub meeting: MeetingId,
    /// The outcome.
    pub outcome: NotificationOutcome,
    /// The kind of the invited record.
    pub kind: PersonKind,
    /// The id of the record.
    pub id: PersonId,
    /// The name; empty if the CRM has no such person any more.
    pub name: String,
    /// The address that the invitation went to.
    pub email: EmailAddress,
    /// The number of the invitation in the outbox.
    pub invitation: i64,
    /// Its Message-ID.
    pub message_id: String,
    /// The purpose of the invitation.
    pub purpose: Purpose,
    /// The revision of the invitation.
    pub revision: Revision,
    /// The notice that is known now.
    pub delivery: Notice,
}

/// Takes in notifications.
pub(in crate::pipeline) struct NotificationIntake {
    pub(in crate::pipeline) crm: Arc<dyn Records>,
    /// Without it no notification can be taken in.
    pub(in crate::pipeline) notifications: Option<Arc<dyn Notifications>>,
    /// The domain of the sender's address, and so of Message-IDs.
    pub(in crate::pipeline) domain: String,
    pub(in crate::pipeline) clock: Clock,
}

impl NotificationIntake {
    /// Records a notification, as
    /// [`Pipeline::receive_notification`](crate::pipeline::Pipeline::receive_notification) says.
    pub(in crate::pipeline) async fn take(
        &self,
        notification: &Notification,
    ) -> Result<NotificationReport, PipelineError> {
        let notifications = self
            .notifications
            .as_ref()
            .ok_or(PipelineError::NoNotifications)?;
        let entry = invitation(notifications.as_ref(), notification, &self.domain).await?;
        let unknown = || PipelineError::UnknownMessage {
            message_ids: notification.message_ids.clone(),
        };
        let notice = notice(notification, &entry, self.clock.now()).ok_or_else(unknown)?;
        let person = self.crm.person(&entry.person).await?;
        let (outcome, delivery) = match notifications.take_notice(entry.id, &notice).await? {
            Noted::Recorded => (NotificationOutcome::Recorded, notice),
            Noted::Superseded(known) => (NotificationOutcome::Older, known),
        };
        Ok(NotificationReport {
            meeting: entry.meeting,
            outcome,
            name: person.map(|person| person.name).unwrap_or_default(),
            kind: entry.person.kind,
            id: entry.person.id,
            email: entry.envelope.to,
            invitation: entry.id,
            message_id: entry.message_id,
            purpose: entry.purpose,
            revision: entry.revision,
            delivery,
        })
    }
}

/// The invitation that a notification is about: an invitation that has left, and whose envelope sender or Message-ID the
/// notification has.
async fn invitation(
    notifications: &dyn Notifications,
    notification: &Notification,
    domain: &str,
) -> Result<OutboxEntry, PipelineError> {
    let by_address = notification
        .sent_to
        .iter()
        .filter_map(|address| message_id_of(address, domain));
    for message_id in by_address.chain(notification.message_ids.iter().cloned()) {
        let Some(entry) = notifications.invitation_with_message_id(&message_id).await? else {
            continue;
        };
        match entry.state {
            DeliveryState::Sent => return Ok(entry),
            // The mail server may be faster than we are in recording that it took the mail.
            _ if entry.waits() && entry.attempts > 0 => {
                return Err(PipelineError::StillSending {
                    to: entry.envelope.to,
                });
            }
            _ => {}
        }
    }
    Err(PipelineError::UnknownMessage {
        message_ids: notification.message_ids.clone(),
    })
}

/// The notice of an invitation in a notification.
///
/// An invitation has one recipient. If the notification names other recipients only, the mail was forwarded, and the worst
/// status counts.
fn notice(notification: &Notification, entry: &OutboxEntry, now: DateTime<Utc>) -> Option<Notice> {
    let severity = |status: &&RecipientStatus| match status.fate {
        Fate::Bounced => 2,
        Fate::Delayed => 1,
        Fate::Delivered | Fate::Relayed | Fate::Expanded => 0,
    };
    let is_theirs = |status: &&RecipientStatus| status.is_of(&entry.envelope.to);
    let theirs = notification
        .recipients
        .iter()
        .filter(is_theirs)
        .max_by_key(severity);
    let status = theirs.or_else(|| notification.recipients.iter().max_by_key(severity))?;
    // A clock that is ahead must not make all later notifications old.
    let at = notification.date.or(status.last_attempt).unwrap_or(now);
    let at = entry.sent_at.map_or(at, |sent| at.max(sent)).min(now);
    let forwarded_to = status.address().filter(|_| !status.is_of(&entry.envelope.to));
    Some(Notice {
        state: status.fate,
        status: status.status.clone(),
        answer: status.answer.clone(),
        recipient: forwarded_to.map(str::to_owned),
        reported_by: notification.reported_by.clone(),
        at,
    })
}
