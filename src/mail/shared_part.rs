//! Storage of messages in the outbox: the common part of a meeting's messages once, and each message's own part.

use std::io;
use std::sync::Arc;

use super::form_letter::{Addressed, Form, FormLetter, FormWithOneHole, Own};
use super::message_base::{MessageBase, pack, unpack};
use crate::fault::BoxError;

/// The names of the ways of storing. A new way gets a new name: a program that does not know the name leaves the
/// message to programs that do.
mod kind {
    pub(super) const BASE: &str = "message";
    pub(super) const FORM: &str = "form with slots";
    /// Older: read, and not written any more.
    pub(super) const FORM_WITH_ONE_HOLE: &str = "form";
}

/// The common part of a meeting's messages.
#[derive(Debug, Clone)]
pub enum SharedPart {
    /// A form. A message's own part is an [`Own`], as JSON.
    Form(Arc<FormLetter>),
    /// Another message. A message's own part is its difference from this message.
    Base(Arc<MessageBase>),
}

/// Why a shared part cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableSharedPart {
    /// The stored octets are damaged.
    #[error("it is damaged")]
    Damaged(#[source] BoxError),
    /// A newer version stored the part in a way that this version does not know.
    #[error("mails have {0:?} in common, which is not known here")]
    UnknownKind(String),
}

impl SharedPart {
    /// The name of the way in which the part is stored.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Form(_) => kind::FORM,
            Self::Base(_) => kind::BASE,
        }
    }

    /// The octets to store.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn to_octets(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Form(letter) => pack(&serde_json::to_vec(letter.form())?),
            Self::Base(base) => pack(base.octets()),
        }
    }

    /// Reads a stored part.
    ///
    /// # Errors
    /// [`UnreadableSharedPart`].
    pub fn read(kind: &str, octets: &[u8]) -> Result<Self, UnreadableSharedPart> {
        let damaged = |error: BoxError| UnreadableSharedPart::Damaged(error);
        let octets = unpack(octets).map_err(|error| damaged(error.into()))?;
        let form: Result<Form, _> = match kind {
            kind::BASE => return Ok(Self::Base(Arc::new(MessageBase::new(octets)))),
            kind::FORM => serde_json::from_slice(&octets),
            kind::FORM_WITH_ONE_HOLE => serde_json::from_slice::<FormWithOneHole>(&octets).map(Form::from),
            other => return Err(UnreadableSharedPart::UnknownKind(other.to_owned())),
        };
        let form = form.map_err(|error| damaged(error.into()))?;
        Ok(Self::Form(Arc::new(FormLetter::from(form))))
    }

    /// Whether both are the same object in memory, instead of only equal.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Form(one), Self::Form(other)) => Arc::ptr_eq(one, other),
            (Self::Base(one), Self::Base(other)) => Arc::ptr_eq(one, other),
            (Self::Form(_), Self::Base(_)) | (Self::Base(_), Self::Form(_)) => false,
        }
    }

    /// Writes the message that has this own part.
    ///
    /// # Errors
    /// When the own part is damaged, or belongs to another shared part.
    pub fn message(&self, addressed: Addressed<'_>, own: &[u8]) -> Result<Vec<u8>, BoxError> {
        match self {
            Self::Form(letter) => {
                let own: Own = serde_json::from_slice(own)?;
                Ok(letter.message(addressed, &own)?)
            }
            Self::Base(base) => Ok(base.unpack(own)?),
        }
    }
}

/// A message for the outbox, packed.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// The part that the message shares with others.
    pub shared: SharedPart,
    /// Its own part.
    pub own: Box<[u8]>,
}

impl NewMessage {
    /// A message with a form. It is written when it leaves.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn filled(letter: Arc<FormLetter>, own: &Own) -> io::Result<Self> {
        let own = serde_json::to_vec(own)?;
        Ok(Self {
            // A copy of the right size, as many wait in memory: a shortened buffer leaves a gap behind each.
            own: Box::from(own.as_slice()),
            shared: SharedPart::Form(letter),
        })
    }

    /// A message without a form.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub fn whole(base: Arc<MessageBase>, message: &[u8]) -> io::Result<Self> {
        Ok(Self {
            own: base.pack(message)?.into(),
            shared: SharedPart::Base(base),
        })
    }
}
