//! Mail: composing messages, the port that delivers them, and the durable list of messages to deliver.

mod accounts;
mod answers;
mod calendar_parts;
mod compose;
mod dkim;
mod draft;
mod envelope_sender;
mod form_letter;
mod issued;
mod mailbox;
mod message_base;
mod notifications;
mod operator;
mod outbox;
mod outbox_entry;
mod pacing;
mod purpose;
mod retention;
mod shared_part;
mod slot;
mod smtp;
mod transfer_encoding;
mod transport;

pub use accounts::{Account, Accounts};
pub use answers::{Answers, Given, Taken};
pub use compose::{compose, message_id};
pub use dkim::{DkimError, DkimSigner, signed};
pub use draft::{CalendarPart, ComposeError, Draft, InlineImage, Mailbox};
pub use envelope_sender::{EnvelopeSender, message_id_of};
pub use form_letter::{Addressed, Form, FormLetter, Own};
pub use issued::{Issued, Organizer, Seen};
pub use mailbox::MailboxFolder;
pub use message_base::MessageBase;
#[cfg(test)]
pub(crate) use message_base::pack;
pub use notifications::{Fate, Noted, Notice, Notifications};
pub use operator::{CannotCancel, OutboxCounts, OutboxOperator, Selection};
pub use outbox::{
    AttemptResult, ClaimRequest, Claimed, Due, EnqueueOrder, Enqueued, NewInvitation, Outbox, StoredMessage,
    UnreadableMessage,
};
pub use outbox_entry::{DeliveryState, OutboxEntry};
pub use pacing::Pacing;
pub use purpose::{InvalidPurpose, Purpose, PurposeName};
pub use retention::{Forgotten, Retention};
pub use shared_part::{NewMessage, SharedPart, UnreadableSharedPart};
pub use slot::{Slot, SlotValue, SlotValues};
pub(crate) use slot::{SlottedText, first_mark};
pub use smtp::{
    AccountLimits, AccountSettings, AccountStore, Encryption, Login, SmtpAccounts, SmtpSettings,
    SmtpSetupError, SmtpTransport, TokenSettings, UnreadableAccount,
};
pub use transport::{Connection, Envelope, Outgoing, Receipt, Transport, TransportError};
