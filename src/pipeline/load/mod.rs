//! Step 1: loads a meeting with its people and the history of their mailboxes, and refuses a meeting that may not be sent,
//! pushed or edited.
//!
//! This room reads the CRM, the outbox and the users' accounts, and takes from the providers the right that a push needs. It
//! writes nothing.

mod admit;
mod loader;

pub(super) use loader::Loader;
