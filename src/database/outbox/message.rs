//! How messages are stored: the part that is a message's own, and the number of the part that it shares with others.
//! The shared part is a form, or, for messages without one, a base (see [`compact`](super::super::compact)).

use std::io;
use std::sync::Arc;

use super::super::compact::{Base, Packer, Recent, pack, unpack};
use super::super::connections::{On, Transaction};
use super::super::rows::to_json;
use super::super::sql::{Row, query};
use super::super::{Database, DatabaseError};
use crate::fault::BoxError;
use crate::mail::{Addressed, Form, FormLetter, NewInvitation, NewMessage, Own, Purpose, StoredMessage};
use crate::meeting::{EmailAddress, Language, MeetingId};
use crate::processors;

/// Fewer messages than these are not worth another thread.
const LEAST_FOR_A_THREAD: usize = 16;

/// The kinds of shared parts in the table `message_base`. A new way of storing is a new kind. A program that does not
/// know a kind leaves the message to programs that do.
mod kind {
    pub(super) const MESSAGE: &str = "message";
    pub(super) const FORM: &str = "form";
}

/// The shared parts that were read or written last, in memory.
#[derive(Debug, Clone)]
pub(in super::super) struct CommonParts {
    bases: Recent<Base>,
    /// A meeting can have a form for each language and time zone.
    letters: Recent<FormLetter>,
}

impl Default for CommonParts {
    fn default() -> Self {
        Self {
            bases: Recent::of(16),
            letters: Recent::of(128),
        }
    }
}

/// A shared part.
enum Common {
    Base(Arc<Base>),
    Letter(Arc<FormLetter>),
}

/// A message as it is stored: the number of its shared part, and its own part.
pub(super) struct Packed {
    pub(super) base: i64,
    pub(super) message: Vec<u8>,
}

/// Packs the messages of one meeting. Messages without a form share a base if they have the same purpose and
/// language.
pub(super) struct Packing {
    groups: Vec<Group>,
    /// For each processor, one packer for each group, in the order of `groups`.
    packers: Vec<Vec<Packer>>,
    letters: Vec<(i64, Arc<FormLetter>)>,
}

struct Group {
    purpose: Purpose,
    language: Language,
    base: i64,
}

impl Packing {
    pub(super) fn new() -> Self {
        Self {
            groups: Vec::new(),
            packers: std::iter::repeat_with(Vec::new)
                .take(processors::count())
                .collect(),
            letters: Vec::new(),
        }
    }

    fn add(&mut self, group: Group, base: &[u8]) -> io::Result<()> {
        for packers in &mut self.packers {
            packers.push(Packer::new(base)?);
        }
        self.groups.push(group);
        Ok(())
    }

    /// Whether the shared parts of all these messages are stored, so that [`Database::store_common`] has nothing to
    /// do.
    pub(super) fn has_all_common(&self, invitations: &[NewInvitation]) -> bool {
        invitations.iter().all(|invitation| self.has_common(invitation))
    }

    fn has_common(&self, invitation: &NewInvitation) -> bool {
        match &invitation.message {
            NewMessage::Whole(_) => group_of(&self.groups, invitation).is_some(),
            NewMessage::Filled { letter, .. } => number_of(&self.letters, letter).is_some(),
        }
    }
}

fn group_of(groups: &[Group], invitation: &NewInvitation) -> Option<usize> {
    groups
        .iter()
        .position(|group| group.purpose == invitation.purpose && group.language == invitation.language)
}

fn number_of(letters: &[(i64, Arc<FormLetter>)], letter: &Arc<FormLetter>) -> Option<i64> {
    let (number, _) = letters.iter().find(|(_, known)| Arc::ptr_eq(known, letter))?;
    Some(*number)
}

impl Database {
    /// Stores the shared parts of these messages that are not stored yet.
    pub(super) async fn store_common(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        packing: &mut Packing,
        invitations: &[NewInvitation],
    ) -> Result<(), DatabaseError> {
        for invitation in invitations {
            if packing.has_common(invitation) {
                continue;
            }
            match &invitation.message {
                NewMessage::Whole(message) => {
                    self.make_group(tx, meeting, packing, invitation, message).await?;
                }
                NewMessage::Filled { letter, .. } => {
                    let form = to_json(letter.form())?;
                    let packed =
                        pack(form.as_bytes()).map_err(|error| self.cannot_pack(invitation, error))?;
                    let number = self
                        .put_common(tx, meeting, invitation, kind::FORM, &packed)
                        .await?;
                    packing.letters.push((number, Arc::clone(letter)));
                }
            }
        }
        Ok(())
    }

    /// Keeps the stored forms in memory. To be called after the commit.
    pub(super) fn remember_forms(&self, packing: Packing) {
        for (number, letter) in packing.letters {
            self.common.letters.put(number, letter);
        }
    }

    /// Packs messages whose shared parts are stored, in their order, on all processors.
    pub(super) fn pack_all(
        &self,
        packing: &mut Packing,
        invitations: &[NewInvitation],
    ) -> Result<Vec<Packed>, DatabaseError> {
        let Packing {
            groups,
            packers,
            letters,
        } = packing;
        let pack = |packers: &mut Vec<Packer>, invitation: &NewInvitation| {
            let cannot = |error: io::Error| self.cannot_pack(invitation, error);
            match &invitation.message {
                NewMessage::Whole(message) => {
                    let Some(group) = group_of(groups, invitation) else {
                        return Err(cannot(io::ErrorKind::NotFound.into()));
                    };
                    Ok(Packed {
                        base: groups[group].base,
                        message: packers[group].pack(message).map_err(cannot)?,
                    })
                }
                NewMessage::Filled { letter, own } => Ok(Packed {
                    base: number_of(letters, letter).ok_or_else(|| cannot(io::ErrorKind::NotFound.into()))?,
                    message: serde_json::to_vec(own).map_err(|error| cannot(error.into()))?,
                }),
            }
        };
        processors::share_with(invitations, packers, LEAST_FOR_A_THREAD, pack)
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
        message: &[u8],
    ) -> Result<(), DatabaseError> {
        let cannot = |error: io::Error| self.cannot_pack(first, error);
        let whole = pack(message).map_err(cannot)?;
        let group = |base| Group {
            purpose: first.purpose,
            language: first.language.clone(),
            base,
        };
        // The base of an earlier send is used if with it the message takes a third of its packed size or less.
        if let Some((id, base)) = self.newest_base(tx, meeting, first).await? {
            let mut packer = Packer::new(base.octets()).map_err(cannot)?;
            if packer.pack(message).map_err(cannot)?.len() * 3 <= whole.len() {
                return packing.add(group(id), base.octets()).map_err(cannot);
            }
        }
        let id = self.put_common(tx, meeting, first, kind::MESSAGE, &whole).await?;
        packing.add(group(id), message).map_err(cannot)
    }

    /// Stores a shared part; answers its number.
    async fn put_common(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        first: &NewInvitation,
        kind: &str,
        packed: &[u8],
    ) -> Result<i64, DatabaseError> {
        let doing = "storing what the mails of a meeting have in common";
        let row = query(
            "INSERT INTO message_base (meeting_id, purpose, language, kind, octets) VALUES ($1, $2, $3, $4, $5)
             RETURNING id",
        )
        .bind(meeting.as_str())
        .bind(first.purpose.as_str())
        .bind(first.language.tag())
        .bind(kind)
        .bind(packed)
        .fetch_one(&mut *tx)
        .await
        .map_err(self.explain(doing))?;
        row.only().map_err(self.explain(doing))
    }

    /// The base that was stored last for messages of the same meeting, purpose and language.
    async fn newest_base(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        like: &NewInvitation,
    ) -> Result<Option<(i64, Arc<Base>)>, DatabaseError> {
        let doing = "reading what the mails of a meeting have in common";
        let row = query(
            "SELECT id FROM message_base WHERE meeting_id = $1 AND purpose = $2 AND language = $3 AND kind = $4
             ORDER BY id DESC LIMIT 1",
        )
        .bind(meeting.as_str())
        .bind(like.purpose.as_str())
        .bind(like.language.tag())
        .bind(kind::MESSAGE)
        .fetch_optional(&mut *tx)
        .await
        .map_err(self.explain(doing))?;
        let Some(row) = row else { return Ok(None) };
        let id = row.only().map_err(self.explain(doing))?;
        match self.common_part(tx, id).await {
            Ok(Common::Base(base)) => Ok(Some((id, base))),
            // A damaged base is not used for new messages.
            Ok(Common::Letter(_)) | Err(DatabaseError::Invalid { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn common_part(&self, on: impl Into<On<'_>>, id: i64) -> Result<Common, DatabaseError> {
        if let Some(letter) = self.common.letters.get(id) {
            return Ok(Common::Letter(letter));
        }
        if let Some(base) = self.common.bases.get(id) {
            return Ok(Common::Base(base));
        }
        let doing = "reading what the mails of a meeting have in common";
        let row = query("SELECT kind, octets FROM message_base WHERE id = $1")
            .bind(id)
            .fetch_optional(on)
            .await
            .map_err(self.explain(doing))?;
        let invalid =
            |error: BoxError| self.invalid(format!("what mails have in common, number {id}"), error);
        let row = row.ok_or_else(|| invalid(io::Error::from(io::ErrorKind::NotFound).into()))?;
        let kind: String = row.get("kind").map_err(self.explain(doing))?;
        let packed: Vec<u8> = row.get("octets").map_err(self.explain(doing))?;
        let octets = unpack(&[], &packed).map_err(|error| invalid(error.into()))?;
        Ok(match kind.as_str() {
            kind::FORM => {
                let form: Form = serde_json::from_slice(&octets).map_err(|error| invalid(error.into()))?;
                let letter = Arc::new(FormLetter::from(form));
                self.common.letters.put(id, Arc::clone(&letter));
                Common::Letter(letter)
            }
            kind::MESSAGE => {
                let base = Arc::new(Base::new(octets));
                self.common.bases.put(id, Arc::clone(&base));
                Common::Base(base)
            }
            other => {
                return Err(DatabaseError::TooNew {
                    database: self.name.to_string(),
                    source: format!("mails have {other:?} in common, which is not known here").into(),
                });
            }
        })
    }

    /// A message as its row has it: packed.
    pub(super) fn stored_message(&self, row: &Row) -> Result<StoredMessage, DatabaseError> {
        let explain = self.explain("reading a message of the outbox");
        Ok(StoredMessage {
            base: row.get("base_id").map_err(&explain)?,
            octets: row.get("message").map_err(&explain)?,
        })
    }

    /// Unpacks a message, to the byte.
    pub(super) async fn read_message(
        &self,
        to: &EmailAddress,
        message_id: &str,
        stored: &StoredMessage,
    ) -> Result<Vec<u8>, DatabaseError> {
        let Some(base) = stored.base else {
            return Ok(stored.octets.clone());
        };
        let message: Result<Vec<u8>, BoxError> = match self.common_part(&self.pool, base).await? {
            Common::Base(base) => base.unpack(&stored.octets).map_err(Into::into),
            Common::Letter(letter) => match serde_json::from_slice::<Own>(&stored.octets) {
                Ok(own) => letter
                    .message(Addressed { to, message_id }, &own)
                    .map_err(Into::into),
                Err(error) => Err(error.into()),
            },
        };
        message.map_err(|error| self.invalid(format!("the mail {message_id}"), error))
    }
}
