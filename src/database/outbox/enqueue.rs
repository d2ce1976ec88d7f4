//! Putting a revision's invitations in, all or none.

use super::super::connections::Transaction;
use super::super::rows::to_json;
use super::super::sql::{query, query_in_words, rows_of};
use super::super::{Database, Subject};
use super::message::{Packed, Packing};
use super::message_key;
use crate::fault::BoxFault;
use crate::lease::Holder;
use crate::mail::{Enqueued, Issued, NewInvitation, Supply};
use crate::meeting::{MeetingId, PersonId, PersonRef};

/// How many rows one statement writes: a server that is far away is asked that much less often. SQLite takes 32,766
/// values in a statement.
const ROWS_AT_ONCE: usize = 128;

impl Database {
    pub(super) async fn put_in(
        &self,
        meeting: &MeetingId,
        before: Option<&Issued>,
        issued: &Issued,
        invitations: &mut dyn Supply,
        called_off: &[PersonRef],
    ) -> Result<Enqueued, BoxFault> {
        let doing = "putting invitations into the outbox";
        // Before others have to wait: mostly these are all.
        self.settle().await?;
        let mut some = invitations.next().await.map_err(BoxFault::new)?;
        let mut tx = self.write(&Subject::Meeting(meeting), doing).await?;
        if self.read_issued(&mut tx, meeting, 1).await?.first() != before {
            return Ok(Enqueued::Overtaken);
        }
        let now = self.clock.now();
        query(
            "INSERT INTO issued (meeting_id, uid, revision, facts, issued_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (meeting_id, revision) DO UPDATE SET uid = excluded.uid, facts = excluded.facts,
                 issued_at = excluded.issued_at",
        )
        .bind(meeting.as_str())
        .bind(&issued.uid)
        .bind(issued.revision.0)
        .bind(to_json(&issued.facts)?)
        .bind(now)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        query(
            "UPDATE invitation SET state = 'cancelled', last_answer = 'replaced by a newer revision'
             WHERE meeting_id = $1 AND revision < $2 AND state = 'queued' AND state <> 'sent'
               AND purpose = 'invitation'",
        )
        .bind(meeting.as_str())
        .bind(issued.revision.0)
        .execute(&mut tx)
        .await
        .map_err(self.explain(doing))?;
        for person in called_off {
            query(
                "UPDATE invitation SET state = 'cancelled', last_answer = 'no longer invited'
                 WHERE meeting_id = $1 AND kind = $2 AND person_id = $3 AND state = 'queued' AND state <> 'sent'",
            )
            .bind(meeting.as_str())
            .bind(person.kind.as_str())
            .bind(person.id.as_str())
            .execute(&mut tx)
            .await
            .map_err(self.explain(doing))?;
        }
        let mut packing = Packing::new();
        let mut packed = None;
        while !some.is_empty() {
            let of_some = match packed {
                Some(packed) => packed,
                None => {
                    self.store_common(&mut tx, meeting, &mut packing, &some).await?;
                    self.pack_all(&mut packing, &some)?
                }
            };
            // While these are written, the next are made.
            let write = self.put_rows(&mut tx, meeting, issued, now, &some, &of_some);
            let make = async {
                let more = invitations.next().await.map_err(BoxFault::new)?;
                let packed = packing
                    .has_all_common(&more)
                    .then(|| self.pack_all(&mut packing, &more));
                Ok::<_, BoxFault>((more, packed.transpose()?))
            };
            let (written, made) = tokio::join!(write, make);
            match written {
                Ok(()) => {}
                // Somebody else has sent the same revision to this person in the meantime.
                Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
                    return Ok(Enqueued::Overtaken);
                }
                Err(error) => return Err(self.explain(doing)(error).into()),
            }
            (some, packed) = made?;
        }
        tx.wake_workers().await.map_err(self.explain(doing))?;
        tx.commit().await.map_err(self.explain(doing))?;
        self.remember_forms(packing);
        Ok(Enqueued::Queued)
    }

    async fn put_rows(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        issued: &Issued,
        now: i64,
        invitations: &[NewInvitation],
        packed: &[Packed],
    ) -> Result<(), sqlx::Error> {
        // With room for a lease: a row that grew later would have to leave its page.
        const ROW: &str = "(@1, @2, 'queued', @3, @3, @4, @3, $, $, $, $, $, $, $, $, $, $, $, $)";
        let room = Holder::new();
        let rows = invitations.chunks(ROWS_AT_ONCE).zip(packed.chunks(ROWS_AT_ONCE));
        for (invitations, packed) in rows {
            let words = format!(
                "{} INTO invitation
                 (meeting_id, revision, state, next_attempt_at, created_at, lease_holder, lease_until, purpose, resend, kind,
                  person_id, language, message_id, message_key, envelope_from, envelope_to, account, base_id, message)
                 VALUES {}",
                self.pool.dialect().or_end("INSERT"),
                rows_of(self.pool.dialect(), ROW, invitations.len())
            );
            let mut insert = query_in_words(words);
            for (invitation, packed) in invitations.iter().zip(packed) {
                insert = insert
                    .bind(invitation.purpose.as_str())
                    .bind(invitation.resend)
                    .bind(invitation.person.kind.as_str())
                    .bind(invitation.person.id.as_str())
                    .bind(invitation.language.tag())
                    .bind(&invitation.message_id)
                    .bind(message_key(&invitation.message_id))
                    .bind(invitation.envelope.from.as_str())
                    .bind(invitation.envelope.to.as_str())
                    .bind(invitation.account.as_ref().map(PersonId::as_str))
                    .bind(packed.base)
                    .bind(packed.message.as_slice());
            }
            insert = insert
                .bind(meeting.as_str())
                .bind(issued.revision.0)
                .bind(now)
                .bind(room.as_str());
            insert.execute(&mut *tx).await?;
        }
        Ok(())
    }
}
