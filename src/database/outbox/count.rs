//! The outbox in numbers.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::rows::Named;
use super::super::sql::query;
use super::super::{Database, DatabaseError};
use crate::mail::{DeliveryState, OutboxCounts};
use crate::meeting::MeetingId;

impl Database {
    /// Counts the invitations of a meeting, or of all.
    pub(super) async fn counts(&self, meeting: Option<&MeetingId>) -> Result<OutboxCounts, DatabaseError> {
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
