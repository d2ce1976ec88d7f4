//! Step 4: renders mails and calendar objects, of a plan or of a sample.
//!
//! It uses the facts, the plan and the templates. Nothing here reads or writes a port.

mod calendar_object;
mod message;
mod press;
mod renderer;
mod sample;
mod trial;
mod wording;

pub use message::Invitation;
pub(super) use press::Press;
pub(super) use renderer::Renderer;
pub use trial::{Trial, TrialError, Trials};
