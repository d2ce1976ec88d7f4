//! Steps 2 and 3: makes sure of the online meeting at its provider, and writes its link back to the CRM.
//!
//! This room uses the providers, the store of links and leases, and of the CRM the join URL of a record alone. Its callers give
//! it the meeting and the organizer. It mails nothing.

mod providers;
mod pusher;
mod right;
mod sync;
mod under_lease;
mod write_back;

pub(super) use providers::Providers;
pub(super) use pusher::Pusher;
pub use sync::SyncState;
