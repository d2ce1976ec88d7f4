//! Messages as they are stored: see [`compact`](super::super::compact).

use std::collections::hash_map::{Entry, HashMap};
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;

use super::super::compact::{Packer, Unpacker, pack, unpack};
use super::super::connections::{On, Transaction};
use super::super::sql::{Row, query};
use super::super::{Database, DatabaseError};
use crate::mail::{NewInvitation, Purpose};
use crate::meeting::{Language, MeetingId};

/// For fewer messages than these another thread is not worth it.
const LEAST_FOR_A_THREAD: usize = 16;

/// A message as it is stored: the number of its base, and how it differs from that.
pub(super) struct Packed {
    pub(super) base: i64,
    pub(super) message: Vec<u8>,
}

/// What reads messages, by their bases.
pub(super) type Unpackers = HashMap<i64, Unpacker>;

/// Packs invitations to one meeting. Those for the same purpose, in the same language, have a base in common.
pub(super) struct Packing {
    groups: Vec<Group>,
    /// For each processor, those of all groups, in their order.
    packers: Vec<Vec<Packer>>,
}

struct Group {
    purpose: Purpose,
    language: Language,
    base: i64,
}

impl Packing {
    pub(super) fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self {
            groups: Vec::new(),
            packers: std::iter::repeat_with(Vec::new).take(processors).collect(),
        }
    }

    fn add(&mut self, group: Group, base: &[u8]) -> io::Result<()> {
        for packers in &mut self.packers {
            packers.push(Packer::new(base)?);
        }
        self.groups.push(group);
        Ok(())
    }

    /// Whether [`Database::make_groups`] has nothing to do for these.
    pub(super) fn has_groups_of(&self, invitations: &[NewInvitation]) -> bool {
        invitations
            .iter()
            .all(|invitation| group_of(&self.groups, invitation).is_some())
    }
}

fn group_of(groups: &[Group], invitation: &NewInvitation) -> Option<usize> {
    groups
        .iter()
        .position(|group| group.purpose == invitation.purpose && group.language == invitation.language)
}

impl Database {
    /// Sees to it that all of these invitations have a base, and stores those that are new.
    pub(super) async fn make_groups(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        packing: &mut Packing,
        invitations: &[NewInvitation],
    ) -> Result<(), DatabaseError> {
        for invitation in invitations {
            if group_of(&packing.groups, invitation).is_none() {
                self.make_group(tx, meeting, packing, invitation).await?;
            }
        }
        Ok(())
    }

    /// Packs invitations that have bases, in their order, on all processors.
    pub(super) fn pack_all(
        &self,
        packing: &mut Packing,
        invitations: &[NewInvitation],
    ) -> Result<Vec<Packed>, DatabaseError> {
        let Packing { groups, packers } = packing;
        let pack = |packers: &mut [Packer], invitation: &NewInvitation| {
            let Some(group) = group_of(groups, invitation) else {
                return Err(self.cannot_pack(invitation, io::ErrorKind::NotFound.into()));
            };
            let message = packers[group].pack(&invitation.message);
            Ok(Packed {
                base: groups[group].base,
                message: message.map_err(|error| self.cannot_pack(invitation, error))?,
            })
        };
        let pack_some = |packers: &mut [Packer], some: &[NewInvitation]| {
            let packed = some.iter().map(|invitation| pack(packers, invitation));
            packed.collect::<Result<Vec<_>, _>>()
        };
        let share = invitations.len().div_ceil(packers.len()).max(LEAST_FOR_A_THREAD);
        let mut shares = invitations.chunks(share).zip(packers);
        let Some((first, packers)) = shares.next() else {
            return Ok(Vec::new());
        };
        std::thread::scope(|scope| {
            let others: Vec<_> = shares
                .map(|(some, packers)| scope.spawn(move || pack_some(packers, some)))
                .collect();
            let mut all = pack_some(packers, first)?;
            for other in others {
                match other.join() {
                    Ok(packed) => all.append(&mut packed?),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            Ok(all)
        })
    }

    fn cannot_pack(&self, invitation: &NewInvitation, error: io::Error) -> DatabaseError {
        self.invalid(format!("the mail {}", invitation.message_id), error)
    }

    async fn make_group(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        packing: &mut Packing,
        first: &NewInvitation,
    ) -> Result<(), DatabaseError> {
        let cannot = |error: io::Error| self.cannot_pack(first, error);
        let whole = pack(&first.message).map_err(cannot)?;
        let group = |base| Group {
            purpose: first.purpose,
            language: first.language.clone(),
            base,
        };
        // That of an earlier send does as well, unless the meeting has become another one.
        if let Some((id, base)) = self.newest_base(tx, meeting, first).await? {
            let mut packer = Packer::new(&base).map_err(cannot)?;
            if packer.pack(&first.message).map_err(cannot)?.len() * 3 <= whole.len() {
                return packing.add(group(id), &base).map_err(cannot);
            }
        }
        let doing = "storing what the mails of a meeting have in common";
        let row = query(
            "INSERT INTO message_base (meeting_id, purpose, language, message) VALUES ($1, $2, $3, $4)
             RETURNING id",
        )
        .bind(meeting.as_str())
        .bind(first.purpose.as_str())
        .bind(first.language.tag())
        .bind(whole.as_slice())
        .fetch_one(&mut *tx)
        .await
        .map_err(self.explain(doing))?;
        let id = row.only().map_err(self.explain(doing))?;
        packing.add(group(id), &first.message).map_err(cannot)
    }

    /// The base that was stored last for invitations like this one.
    async fn newest_base(
        &self,
        tx: &mut Transaction,
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
        .fetch_optional(&mut *tx)
        .await
        .map_err(self.explain(doing))?;
        let Some(row) = row else { return Ok(None) };
        let id = row.only().map_err(self.explain(doing))?;
        match self.base(tx, id).await {
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
    pub(super) async fn message(
        &self,
        row: &Row,
        unpackers: &mut Unpackers,
    ) -> Result<Vec<u8>, DatabaseError> {
        let explain = self.explain("reading a message of the outbox");
        let stored: Vec<u8> = row.get("message").map_err(&explain)?;
        let Some(base) = row.get::<Option<i64>>("base_id").map_err(&explain)? else {
            return Ok(stored);
        };
        let id: i64 = row.get("id").map_err(&explain)?;
        let unpacker = match unpackers.entry(base) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let unpacker = Unpacker::new(&self.base(&self.pool, base).await?);
                new.insert(
                    unpacker.map_err(|error| self.invalid(format!("the base {base} of mails"), error))?,
                )
            }
        };
        unpacker
            .unpack(&stored)
            .map_err(|error| self.invalid(format!("the message of invitation {id}"), error))
    }
}
