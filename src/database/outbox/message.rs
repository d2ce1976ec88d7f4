//! Messages as rows have them: a message's own part, and the number of the part that it shares with others.

use std::io;

use super::super::connections::{On, Transaction};
use super::super::recent::Recent;
use super::super::sql::{Row, query};
use super::super::{Database, DatabaseError};
use crate::fault::BoxError;
use crate::mail::{Addressed, NewInvitation, SharedPart, StoredMessage, UnreadableSharedPart};
use crate::meeting::{EmailAddress, MeetingId};

/// The shared parts that were read or written last, in memory.
#[derive(Debug, Clone)]
pub(in super::super) struct SharedParts {
    /// A meeting can have a form for each language and time zone.
    forms: Recent<SharedPart>,
    /// Fewer: reading by a base takes 100 KB and more for each connection.
    bases: Recent<SharedPart>,
}

impl Default for SharedParts {
    fn default() -> Self {
        Self {
            forms: Recent::of(128),
            bases: Recent::of(16),
        }
    }
}

impl SharedParts {
    fn get(&self, id: i64) -> Option<SharedPart> {
        self.forms.get(id).or_else(|| self.bases.get(id))
    }

    fn put(&self, id: i64, shared: SharedPart) {
        match shared {
            SharedPart::Form(_) => self.forms.put(id, shared),
            SharedPart::Base(_) => self.bases.put(id, shared),
        }
    }
}

/// The shared parts of the messages that are put in, each with its number.
pub(super) struct Numbered(Vec<(i64, SharedPart)>);

impl Numbered {
    /// The number of a message's shared part.
    pub(super) fn of(&self, invitation: &NewInvitation) -> Option<i64> {
        let shared = &invitation.message.shared;
        let (number, _) = self.0.iter().find(|(_, known)| known.is(shared))?;
        Some(*number)
    }
}

impl Database {
    /// Stores the shared parts of these messages, each once.
    pub(super) async fn put_shared(
        &self,
        tx: &mut Transaction,
        meeting: &MeetingId,
        invitations: &[NewInvitation],
    ) -> Result<Numbered, DatabaseError> {
        let doing = "storing what the mails of a meeting have in common";
        let mut all = Numbered(Vec::new());
        for invitation in invitations {
            if all.of(invitation).is_some() {
                continue;
            }
            let shared = &invitation.message.shared;
            let octets = shared.to_octets().map_err(|error| {
                let what = format!("what the mail {} shares with others", invitation.message_id);
                self.invalid(what, error)
            })?;
            let row = query(
                "INSERT INTO message_base (meeting_id, purpose, language, kind, octets) VALUES ($1, $2, $3, $4, $5)
                 RETURNING id",
            )
            .bind(meeting.as_str())
            .bind(invitation.purpose.as_str())
            .bind(invitation.language.tag())
            .bind(shared.kind())
            .bind(octets)
            .fetch_one(&mut *tx)
            .await
            .map_err(self.explain(doing))?;
            all.0
                .push((row.only().map_err(self.explain(doing))?, shared.clone()));
        }
        Ok(all)
    }

    /// Keeps the stored forms in memory. To be called after the commit.
    pub(super) fn remember_forms(&self, numbered: Numbered) {
        for (number, shared) in numbered.0 {
            // A base that has packed messages keeps its packers. When it is needed, it is read anew, without them.
            if matches!(shared, SharedPart::Form(_)) {
                self.shared.put(number, shared);
            }
        }
    }

    async fn shared_part(&self, on: impl Into<On<'_>>, id: i64) -> Result<SharedPart, DatabaseError> {
        if let Some(shared) = self.shared.get(id) {
            return Ok(shared);
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
        let octets: Vec<u8> = row.get("octets").map_err(self.explain(doing))?;
        let shared = SharedPart::read(&kind, &octets).map_err(|error| match error {
            UnreadableSharedPart::Damaged(error) => invalid(error),
            error @ UnreadableSharedPart::UnknownKind(_) => DatabaseError::TooNew {
                database: self.name.to_string(),
                source: error.into(),
            },
        })?;
        self.shared.put(id, shared.clone());
        Ok(shared)
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
        let shared = self.shared_part(&self.pool, base).await?;
        let message = shared.message(Addressed { to, message_id }, &stored.octets);
        message.map_err(|error| self.invalid(format!("the mail {message_id}"), error))
    }
}
