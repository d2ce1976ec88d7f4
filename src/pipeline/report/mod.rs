//! The reports of runs: the outcome for each mailbox, and for the online meeting.
//!
//! This room uses the facts, the plan, the letterhead and the result of the delivery, and reads the outbox. It writes nothing.

mod outcome;
mod recipient;
mod recipients;
mod reporter;
mod send_report;

pub(super) use outcome::Outcomes;
pub use recipient::{RecipientReport, RecipientState};
pub use recipients::Recipients;
pub(super) use reporter::Reporter;
pub use send_report::{Plan, Prepared, PushReport, SendReport, SentTogether};
