//! Steps 2 and 3: makes sure of the online meeting at its provider, and writes its link back to the CRM.
//!
//! It uses the providers, the store of links and leases, and of the CRM the record's join URL alone. It is given meetings and
//! organizers, and loads none. It mails nothing.

mod providers;
mod pusher;
mod right;
mod sync;
mod under_lease;
mod write_back;

pub(super) use providers::Providers;
pub(super) use pusher::Pusher;
pub use sync::SyncState;
