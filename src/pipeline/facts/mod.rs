//! The facts of a meeting on its way: its people, what each mailbox was sent, and what the push came to.
//!
//! The other rooms fill these, compare them and tell them. Nothing here does I/O or knows another room of the pipeline.

mod case;
mod history;
mod online;

pub(super) use case::{Case, Place, is_organizer};
pub(super) use history::{MailboxHistory, TenureHistory};
pub(super) use online::Online;
pub use online::{OnlineAction, OnlineReport};
