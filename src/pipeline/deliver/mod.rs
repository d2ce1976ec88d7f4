//! Step 5: delivers the mails that wait in the outbox, over as many connections as the transport has.
//!
//! This room uses the outbox, the transports, the users' accounts and the signers. It knows messages alone: no plan, no CRM, no
//! online meeting. [`Courier`] makes a round for each transport. In a round, workers take claimed messages from one queue,
//! make them ready, and try them; each worker has a connection of its own.

mod attempt;
mod courier;
mod deliveries;
mod ports;
mod ready;
mod round;
mod settings;
mod taken;
mod targets;

pub(super) use courier::Courier;
pub(super) use deliveries::Deliveries;
pub(super) use ports::Ports;
pub use settings::DeliverySettings;
pub(super) use targets::{Addressees, Tries};
