//! Steps 2 and 3: makes sure of the online meeting at its provider, and writes its link back to the CRM.
//!
//! It uses the providers, the store of links and leases, and of the CRM the record's join URL alone. It mails nothing.

mod pusher;
mod right;
mod sync;

pub use sync::SyncState;
