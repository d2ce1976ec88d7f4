//! What a run tells its caller: what became of each mailbox, and of the online meeting.
//!
//! It uses the facts, the plan and how the delivery ended, and reads the outbox. It writes nothing.

mod outcome;
mod send_report;

pub(super) use outcome::Outcomes;
pub use outcome::Recipients;
pub use send_report::{
    Plan, Prepared, PushReport, RecipientReport, RecipientState, SendReport, SentTogether,
};
