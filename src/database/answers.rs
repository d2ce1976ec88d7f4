//! Answers to invitations: the port [`Answers`].

use async_trait::async_trait;

use super::rows::Named;
use super::sql::query;
use super::{Database, DatabaseError, millis};
use crate::fault::BoxFault;
use crate::mail::{Answers, Given, Taken};
use crate::meeting::{MeetingId, PersonRef, Tenure};

#[async_trait]
impl Answers for Database {
    async fn meeting_with_uid(&self, uid: &str) -> Result<Option<MeetingId>, BoxFault> {
        let doing = "looking for the meeting of an answer";
        let row = query("SELECT meeting_id FROM issued WHERE uid = $1 ORDER BY issued_at DESC LIMIT 1")
            .bind(uid)
            .fetch_optional(&self.pool)
            .await
            .map_err(self.explain(doing))?;
        let id: Option<String> = row
            .map(|row| row.only())
            .transpose()
            .map_err(self.explain(doing))?;
        let id = id.map(MeetingId::new).transpose();
        Ok(id.map_err(|error| self.invalid("the meeting of an answer", error))?)
    }

    async fn take_answer(
        &self,
        meeting: &MeetingId,
        person: &PersonRef,
        answer: Given,
    ) -> Result<Taken, BoxFault> {
        let doing = "recording an answer";
        // The same answer is taken again: the process that recorded it may have ended before it acted on it.
        let taken = query(
            "INSERT INTO answer (meeting_id, occurrence, kind, person_id, tenure, sequence, stamp, status)
             VALUES ($1, '', $2, $3, $4, $5, $6, $7)
             ON CONFLICT (meeting_id, occurrence, kind, person_id)
             DO UPDATE SET tenure = excluded.tenure, sequence = excluded.sequence, stamp = excluded.stamp,
                 status = excluded.status
             WHERE (excluded.tenure, excluded.sequence, excluded.stamp) >= (answer.tenure, answer.sequence, answer.stamp)",
        )
        .bind(meeting.as_str())
        .bind(person.kind.as_str())
        .bind(person.id.as_str())
        .bind(answer.tenure.0)
        .bind(answer.sequence)
        .bind(millis(answer.stamp))
        .bind(answer.status.as_str())
        .execute(&self.pool)
        .await
        .map_err(self.explain(doing))?;
        Ok(match taken {
            0 => Taken::Older,
            _ => Taken::Newest,
        })
    }

    async fn newest_answer(
        &self,
        meeting: &MeetingId,
        person: &PersonRef,
    ) -> Result<Option<Given>, BoxFault> {
        let doing = "reading an answer";
        let row = query(
            "SELECT tenure, sequence, stamp, status FROM answer
             WHERE meeting_id = $1 AND occurrence = '' AND kind = $2 AND person_id = $3 AND status IS NOT NULL",
        )
        .bind(meeting.as_str())
        .bind(person.kind.as_str())
        .bind(person.id.as_str())
        .fetch_optional(&self.pool)
        .await
        .map_err(self.explain(doing))?;
        let given = row.map(|row| -> Result<Given, DatabaseError> {
            let named = Named {
                database: self,
                row: &row,
                what: format!("the answer of {person} to the meeting {meeting}"),
            };
            Ok(Given {
                tenure: Tenure(named.number("tenure")?),
                sequence: named.number("sequence")?,
                stamp: named.instant("stamp")?,
                status: named.word("status")?,
            })
        });
        Ok(given.transpose()?)
    }
}
