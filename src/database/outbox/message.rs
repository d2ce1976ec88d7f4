//! Messages as they are stored: see [`compact`](super::super::compact).

use std::io;
use std::sync::Arc;

use super::super::compact::{Packer, pack, unpack};
use super::super::sql::{On, Row, Transaction, query};
use super::super::{Database, DatabaseError};
use crate::mail::{NewInvitation, Purpose};
use crate::meeting::{Language, MeetingId};

/// After how many messages others get their turn at the processor.
const MESSAGES_AT_ONCE: usize = 64;

/// Invitations that have a base in common: those for the same purpose, in the same language.
pub(super) struct Batch<'a> {
    pub(super) purpose: Purpose,
    pub(super) language: Language,
    pub(super) base: BatchBase,
    /// Each with its place among all.
    pub(super) messages: Vec<(usize, &'a NewInvitation, Vec<u8>)>,
}

pub(super) enum BatchBase {
    /// It is there, under this number.
    Stored(i64),
    /// It is to be stored, packed so.
    New(Vec<u8>),
}

impl Database {
    /// Packs invitations as they will be stored.
    pub(super) async fn pack_batches<'a>(
        &self,
        meeting: &MeetingId,
        invitations: &'a [NewInvitation],
    ) -> Result<Vec<Batch<'a>>, DatabaseError> {
        let mut groups: Vec<Vec<(usize, &NewInvitation)>> = Vec::new();
        for (place, invitation) in invitations.iter().enumerate() {
            let of_same = |group: &&mut Vec<(usize, &NewInvitation)>| {
                group.first().is_some_and(|(_, it)| {
                    it.purpose == invitation.purpose && it.language == invitation.language
                })
            };
            match groups.iter_mut().find(of_same) {
                Some(group) => group.push((place, invitation)),
                None => groups.push(vec![(place, invitation)]),
            }
        }
        let mut batches = Vec::with_capacity(groups.len());
        for group in groups {
            let Some((_, first)) = group.first().copied() else {
                continue;
            };
            let cannot = |error: io::Error| self.invalid(format!("the mail {}", first.message_id), error);
            let whole = pack(&first.message).map_err(cannot)?;
            // That of an earlier send does as well, unless the meeting has become another one.
            let (base, mut packer) = match self.newest_base(meeting, first).await? {
                Some((id, base)) => {
                    let mut packer = Packer::new(&base).map_err(cannot)?;
                    let is_alike = packer.pack(&first.message).map_err(cannot)?.len() * 3 <= whole.len();
                    match is_alike {
                        true => (BatchBase::Stored(id), packer),
                        false => (
                            BatchBase::New(whole),
                            Packer::new(&first.message).map_err(cannot)?,
                        ),
                    }
                }
                None => (
                    BatchBase::New(whole),
                    Packer::new(&first.message).map_err(cannot)?,
                ),
            };
            let mut messages = Vec::with_capacity(group.len());
            for some in group.chunks(MESSAGES_AT_ONCE) {
                for (place, invitation) in some {
                    messages.push((
                        *place,
                        *invitation,
                        packer.pack(&invitation.message).map_err(cannot)?,
                    ));
                }
                tokio::task::yield_now().await;
            }
            batches.push(Batch {
                purpose: first.purpose,
                language: first.language.clone(),
                base,
                messages,
            });
        }
        Ok(batches)
    }

    /// The base that was stored last for invitations like this one.
    async fn newest_base(
        &self,
        meeting: &MeetingId,
        like: &NewInvitation,
    ) -> Result<Option<(i64, Arc<[u8]>)>, DatabaseError> {
        let doing = "reading what the mails of a meeting have in common";
        let row = query(
            "SELECT id FROM message_base WHERE meeting_id = $1 AND purpose = $2 AND language = $3
             ORDER BY id DESC LIMIT 1",
        )
        .bind(meeting.as_str())
        .bind(like.purpose.as_str())
        .bind(like.language.tag())
        .fetch_optional(&self.pool)
        .await
        .map_err(self.explain(doing))?;
        let Some(row) = row else { return Ok(None) };
        let id = row.only().map_err(self.explain(doing))?;
        match self.base(&self.pool, id).await {
            Ok(base) => Ok(Some((id, base))),
            // A damaged one is not used again.
            Err(DatabaseError::Invalid { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn base(&self, on: impl Into<On<'_>>, id: i64) -> Result<Arc<[u8]>, DatabaseError> {
        if let Some(base) = self.bases.get(id) {
            return Ok(base);
        }
        let doing = "reading what the mails of a meeting have in common";
        let row = query("SELECT message FROM message_base WHERE id = $1")
            .bind(id)
            .fetch_one(on)
            .await
            .map_err(self.explain(doing))?;
        let packed: Vec<u8> = row.only().map_err(self.explain(doing))?;
        let base: Arc<[u8]> = unpack(&[], &packed)
            .map_err(|error| self.invalid(format!("the base {id} of mails"), error))?
            .into();
        self.bases.put(id, Arc::clone(&base));
        Ok(base)
    }

    /// The message of an invitation, to the byte.
    pub(super) async fn message(&self, tx: &mut Transaction, row: &Row) -> Result<Vec<u8>, DatabaseError> {
        let explain = self.explain("reading a message of the outbox");
        let stored: Vec<u8> = row.get("message").map_err(&explain)?;
        let Some(base) = row.get::<Option<i64>>("base_id").map_err(&explain)? else {
            return Ok(stored);
        };
        let id: i64 = row.get("id").map_err(&explain)?;
        let base = self.base(tx, base).await?;
        unpack(&base, &stored).map_err(|error| self.invalid(format!("the message of invitation {id}"), error))
    }
}
