//! Step 4: renders mails and calendar objects, of a plan or of a sample.
//!
//! It uses the facts, the plan and the templates; of `push` it asks the providers what they are called. Nothing here reads or
//! writes a port. [`Letterhead`] is what all mails have in common, [`Renderer`] what those about one meeting have, and
//! [`Press`] makes them all.

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
