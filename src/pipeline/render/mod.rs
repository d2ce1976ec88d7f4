//! Step 4: renders mails and calendar objects, of a plan or of a sample.
//!
//! This room uses the facts, the plan and the templates; of `push` it takes the names of the providers. It reads and writes no
//! port. [`Letterhead`] has the common parts of all mails, [`Renderer`] the common parts of the mails about one meeting, and
//! [`Press`] renders the mails of a plan.

mod calendar_object;
mod letterhead;
mod message;
mod press;
mod renderer;
mod sample;
mod trial;
mod wording;

pub(super) use calendar_object::owner;
pub(super) use letterhead::Letterhead;
pub use message::Invitation;
pub(super) use press::Press;
pub(super) use renderer::Renderer;
pub(super) use sample::invitee;
pub use trial::{Trial, TrialError, Trials};
