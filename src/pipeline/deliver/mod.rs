//! Step 5: delivers what waits in the outbox, over as many connections as the transport has.
//!
//! It uses the outbox, the transports and the signers. It knows messages alone: no plan, no CRM, no online meeting.

mod attempt;
mod courier;
mod ready;
mod round;
mod taken;

pub use courier::DeliverySettings;
pub(super) use courier::{Addressees, Deliveries, Tries};
