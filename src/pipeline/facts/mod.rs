//! The facts of a meeting on its way: its people, the history of each mailbox, and the result of the push.
//!
//! `load` and `push` fill these types; `plan`, `render` and `report` read them. This room does no I/O, and uses no other room
//! of the pipeline.

mod case;
mod history;
mod online;

pub(super) use case::{Case, Place, is_organizer};
pub(super) use history::{MailboxHistory, TenureHistory, note};
pub(super) use online::Online;
pub use online::{OnlineAction, OnlineReport};
