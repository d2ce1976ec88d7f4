//! What a run tells its caller: what became of each mailbox, and of the online meeting.
//!
//! It uses the facts, the plan, the letterhead and how the delivery ended, and reads the outbox. It writes nothing.

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
