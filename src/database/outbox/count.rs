//! The outbox in numbers.

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::super::rows::Named;
use super::super::sql::query;
use super::super::{Database, DatabaseError};
use crate::mail::DeliveryState;
use crate::meeting::MeetingId;

/// How many invitations stand where, as of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct OutboxCounts {
    /// Wait to be delivered.
    pub queued: u64,
    /// Are on their way, under a lease.
    pub sending: u64,
    /// Were taken by the mail server.
    pub sent: u64,
    /// Were refused for good.
    pub failed: u64,
    /// Were put off until the limit.
    pub given_up: u64,
    /// May have arrived: the answer of the mail server was lost twice.
    pub may_have_arrived: u64,
    /// Were replaced by newer ones before they left.
    pub superseded: u64,
    /// Were called off before they left.
    pub cancelled: u64,
    /// Of those that were sent: how many were tried more than once. Only these can have come twice.
    pub sent_after_retry: u64,
    /// Of those that were sent: how many a mail server has reported as not delivered.
    pub bounced: u64,
    /// Of those that were sent: how many were in the last hour.
    pub sent_last_hour: u64,
    /// When the one was put in that waits the longest.
    pub oldest_waiting: Option<DateTime<Utc>>,
    /// When the next one is tried.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// When the last one was sent.
    pub last_sent_at: Option<DateTime<Utc>>,
}

impl Database {
    /// Counts the invitations of a meeting, or of all.
    ///
    /// # Errors
    /// [`DatabaseError`] when the outbox cannot be read.
    pub async fn count_invitations(
        &self,
        meeting: Option<&MeetingId>,
    ) -> Result<OutboxCounts, DatabaseError> {
        self.settle().await?;
        let an_hour_ago = self.clock.now() - TimeDelta::hours(1).num_milliseconds();
        let rows = query(
            "SELECT state, count(*) AS count, count(CASE WHEN attempts > 1 THEN 1 END) AS again,
                 count(CASE WHEN notice = 'bounced' THEN 1 END) AS bounced,
                 count(CASE WHEN sent_at >= $1 THEN 1 END) AS lately,
                 min(created_at) AS oldest, min(next_attempt_at) AS next, max(sent_at) AS newest
             FROM invitation WHERE ($2 IS NULL OR meeting_id = $2) GROUP BY state",
        )
        .bind(an_hour_ago)
        .bind(meeting.map(MeetingId::as_str))
        .fetch_all(&self.pool)
        .await
        .map_err(self.explain("counting invitations"))?;
        let mut counts = OutboxCounts::default();
        for row in &rows {
            let row = Named {
                database: self,
                row,
                what: "the number of invitations".to_owned(),
            };
            let count = row.number("count")?;
            match row.parse::<DeliveryState>("state")? {
                DeliveryState::Queued => {
                    counts.queued = count;
                    counts.next_attempt_at = row.instant_option("next")?;
                    counts.oldest_waiting = earlier(counts.oldest_waiting, row.instant_option("oldest")?);
                }
                DeliveryState::Sending => {
                    counts.sending = count;
                    counts.oldest_waiting = earlier(counts.oldest_waiting, row.instant_option("oldest")?);
                }
                DeliveryState::Sent => {
                    counts.sent = count;
                    counts.sent_after_retry = row.number("again")?;
                    counts.bounced = row.number("bounced")?;
                    counts.sent_last_hour = row.number("lately")?;
                    counts.last_sent_at = row.instant_option("newest")?;
                }
                DeliveryState::Failed => counts.failed = count,
                DeliveryState::GivenUp => counts.given_up = count,
                DeliveryState::MayHaveArrived => counts.may_have_arrived = count,
                DeliveryState::Superseded => counts.superseded = count,
                DeliveryState::Cancelled => counts.cancelled = count,
            }
        }
        Ok(counts)
    }
}

fn earlier(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    [one, other].into_iter().flatten().min()
}
