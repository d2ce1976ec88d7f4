//! Links, intents and leases of pushing: the port [`LinkStore`].

use std::time::Duration;

use async_trait::async_trait;

use super::connections::Transaction;
use super::rows::{Named, to_json};
use super::sql::{Row, query};
use super::{Database, DatabaseError, Subject, millis};
use crate::fault::BoxFault;
use crate::lease::Holder;
use crate::meeting::{JoinUrl, MeetingId};
use crate::online::{
    Begun, LinkStore, OnlineLink, OnlineMeetingId, Orphan, PushIntent, PushLease, Replaced, Superseded,
};

/// How long a push may take. Its requests have their own, shorter limits.
const PUSH: Duration = Duration::from_secs(300);

impl Database {
    fn link_row(&self, meeting: &MeetingId, row: &Row) -> Result<OnlineLink, DatabaseError> {
        let row = Named {
            database: self,
            row,
            what: format!("the online link of meeting {:?}", meeting.as_str()),
        };
        let join_url = JoinUrl::new(row.get::<String>("join_url")?).map_err(|e| row.invalid(e))?;
        Ok(OnlineLink {
            location: row.location("location")?,
            id: OnlineMeetingId(row.get("online_id")?),
            join_url,
            passcode: row.get("passcode")?,
            marker: row.get("marker")?,
            told: row.json("told")?,
            unsure: row.get("unsure")?,
            seen_at: row.instant("seen_at")?,
        })
    }

    fn intent_row(&self, meeting: &MeetingId, row: &Row) -> Result<PushIntent, DatabaseError> {
        let row = Named {
            database: self,
            row,
            what: format!("the begun push of meeting {:?}", meeting.as_str()),
        };
        Ok(PushIntent {
            marker: row.get("marker")?,
            location: row.location("location")?,
            spec: row.json("spec")?,
            begun_at: row.instant("begun_at")?,
        })
    }

    /// Begins a transaction for the holder of a lease.
    async fn as_holder(&self, lease: &PushLease, doing: &str) -> Result<Transaction, DatabaseError> {
        let mut tx = self.write(&Subject::Meeting(&lease.meeting), doing).await?;
        let row = query("SELECT holder FROM push_lease WHERE meeting_id = $1")
            .bind(lease.meeting.as_str())
            .fetch_optional(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        let holder: Option<String> = row
            .map(|row| row.only())
            .transpose()
            .map_err(self.explain(doing))?;
        if holder.as_deref() == Some(lease.holder.as_str()) {
            Ok(tx)
        } else {
            Err(DatabaseError::LeaseLost {
                what: format!("the push of meeting {:?}", lease.meeting.as_str()),
            })
        }
    }

    async fn take_push(&self, meeting: &MeetingId) -> Result<Begun, DatabaseError> {
        let doing = "beginning a push";
        let mut tx = self.write(&Subject::Meeting(meeting), doing).await?;
        let held = query("SELECT holder, until FROM push_lease WHERE meeting_id = $1")
            .bind(meeting.as_str())
            .fetch_optional(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        if let Some(row) = held {
            let holder = row.get("holder").map_err(self.explain(doing))?;
            let until = row.get("until").map_err(self.explain(doing))?;
            if let Some(until) = self.clock.held_until(holder, until) {
                return Ok(Begun::Busy(until));
            }
        }
        let lease = PushLease {
            meeting: meeting.clone(),
            holder: Holder::new(),
        };
        query(
            "INSERT INTO push_lease (meeting_id, holder, until) VALUES ($1, $2, $3)
             ON CONFLICT (meeting_id) DO UPDATE SET holder = excluded.holder, until = excluded.until",
        )
        .bind(meeting.as_str())
        .bind(lease.holder.as_str())
        .bind(self.clock.lease_end(PUSH))
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        let intent = query("SELECT * FROM push_intent WHERE meeting_id = $1")
            .bind(meeting.as_str())
            .fetch_optional(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        let intent = intent.map(|row| self.intent_row(meeting, &row)).transpose()?;
        tx.commit().await.map_err(self.explain(doing))?;
        Ok(Begun::Ours(lease, intent.map(Box::new)))
    }

    async fn keep_link(
        &self,
        lease: &PushLease,
        link: &OnlineLink,
        before: Replaced,
    ) -> Result<(), DatabaseError> {
        let doing = "recording an online link";
        let meeting = lease.meeting.as_str();
        let mut tx = self.as_holder(lease, doing).await?;
        if before == Replaced::ToDelete {
            query(
                "INSERT INTO superseded (meeting_id, location, online_id)
                 SELECT meeting_id, location, online_id FROM online_link
                 WHERE meeting_id = $1 AND NOT (location = $2 AND online_id = $3)
                 ON CONFLICT (meeting_id, location, online_id) DO NOTHING",
            )
            .bind(meeting)
            .bind(link.location.as_str())
            .bind(&link.id.0)
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        }
        query("DELETE FROM online_link WHERE meeting_id = $1 OR (location = $2 AND online_id = $3)")
            .bind(meeting)
            .bind(link.location.as_str())
            .bind(&link.id.0)
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        query(
            "INSERT INTO online_link
             (meeting_id, location, online_id, join_url, passcode, marker, told, unsure, seen_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(meeting)
        .bind(link.location.as_str())
        .bind(&link.id.0)
        .bind(link.join_url.as_str())
        .bind(&link.passcode)
        .bind(&link.marker)
        .bind(to_json(&link.told)?)
        .bind(link.unsure)
        .bind(millis(link.seen_at))
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        query("DELETE FROM push_intent WHERE meeting_id = $1")
            .bind(meeting)
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))
    }

    async fn drop_intent(&self, lease: &PushLease, orphan: bool) -> Result<(), DatabaseError> {
        let doing = "ending a begun push";
        let mut tx = self.as_holder(lease, doing).await?;
        if orphan {
            query(
                "INSERT INTO orphan (meeting_id, marker, location, spec, begun_at)
                 SELECT meeting_id, marker, location, spec, begun_at FROM push_intent WHERE meeting_id = $1",
            )
            .bind(lease.meeting.as_str())
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        }
        query("DELETE FROM push_intent WHERE meeting_id = $1")
            .bind(lease.meeting.as_str())
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))
    }
}

#[async_trait]
impl LinkStore for Database {
    async fn link(&self, meeting: &MeetingId) -> Result<Option<OnlineLink>, BoxFault> {
        let row = query("SELECT * FROM online_link WHERE meeting_id = $1")
            .bind(meeting.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(self.explain("reading an online link"))?;
        Ok(row.map(|row| self.link_row(meeting, &row)).transpose()?)
    }

    async fn begin_push(&self, meeting: &MeetingId) -> Result<Begun, BoxFault> {
        Ok(self.take_push(meeting).await?)
    }

    async fn record_intent(&self, lease: &PushLease, intent: &PushIntent) -> Result<(), BoxFault> {
        let doing = "recording that an online meeting is about to be made";
        let mut tx = self.as_holder(lease, doing).await?;
        query(
            "INSERT INTO push_intent (meeting_id, marker, location, spec, begun_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (meeting_id) DO UPDATE SET marker = excluded.marker, location = excluded.location,
                 spec = excluded.spec, begun_at = excluded.begun_at",
        )
        .bind(lease.meeting.as_str())
        .bind(&intent.marker)
        .bind(intent.location.as_str())
        .bind(to_json(&intent.spec)?)
        .bind(millis(intent.begun_at))
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        Ok(tx.commit().await.map_err(self.explain(doing))?)
    }

    async fn end_intent(&self, lease: &PushLease, orphan: bool) -> Result<(), BoxFault> {
        Ok(self.drop_intent(lease, orphan).await?)
    }

    async fn record_link(
        &self,
        lease: &PushLease,
        link: &OnlineLink,
        before: Replaced,
    ) -> Result<(), BoxFault> {
        Ok(self.keep_link(lease, link, before).await?)
    }

    async fn forget_link(&self, lease: &PushLease) -> Result<(), BoxFault> {
        let doing = "forgetting an online link";
        let mut tx = self.as_holder(lease, doing).await?;
        query("DELETE FROM online_link WHERE meeting_id = $1")
            .bind(lease.meeting.as_str())
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        Ok(tx.commit().await.map_err(self.explain(doing))?)
    }

    async fn superseded(&self, meeting: &MeetingId) -> Result<Vec<Superseded>, BoxFault> {
        let rows = query("SELECT location, online_id FROM superseded WHERE meeting_id = $1")
            .bind(meeting.as_str())
            .fetch_all(&self.pool)
            .await
            .map_err(self.explain("reading replaced online meetings"))?;
        let read = |row: &Row| {
            let row = Named {
                database: self,
                row,
                what: format!("a replaced online meeting of {:?}", meeting.as_str()),
            };
            Ok(Superseded {
                location: row.location("location")?,
                id: OnlineMeetingId(row.get("online_id")?),
            })
        };
        Ok(rows.iter().map(read).collect::<Result<_, DatabaseError>>()?)
    }

    async fn forget_superseded(&self, meeting: &MeetingId, superseded: &Superseded) -> Result<(), BoxFault> {
        query("DELETE FROM superseded WHERE meeting_id = $1 AND location = $2 AND online_id = $3")
            .bind(meeting.as_str())
            .bind(superseded.location.as_str())
            .bind(&superseded.id.0)
            .execute(&self.pool)
            .await
            .map_err(self.explain("forgetting a replaced online meeting"))?;
        Ok(())
    }

    async fn orphans(&self) -> Result<Vec<Orphan>, BoxFault> {
        let rows = query("SELECT * FROM orphan ORDER BY id")
            .fetch_all(&self.pool)
            .await
            .map_err(self.explain("reading online meetings that may be left over"))?;
        let read = |row: &Row| {
            let named = Named {
                database: self,
                row,
                what: "an online meeting that may be left over".to_owned(),
            };
            let meeting: MeetingId = named.parse("meeting_id")?;
            let intent = self.intent_row(&meeting, row)?;
            Ok(Orphan { meeting, intent })
        };
        Ok(rows.iter().map(read).collect::<Result<_, DatabaseError>>()?)
    }

    async fn end_push(&self, lease: PushLease) -> Result<(), BoxFault> {
        query("DELETE FROM push_lease WHERE meeting_id = $1 AND holder = $2")
            .bind(lease.meeting.as_str())
            .bind(lease.holder.as_str())
            .execute(&self.pool)
            .await
            .map_err(self.explain("ending a push"))?;
        Ok(())
    }
}
