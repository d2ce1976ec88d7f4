//! Step 1: loads a meeting with all that is known of it, and refuses what may not be sent, pushed or edited.
//!
//! It reads the CRM, the outbox and the users' accounts, and asks the providers what a user must be permitted to push. It
//! writes nothing.

mod admit;
mod loader;

pub(super) use loader::Loader;
