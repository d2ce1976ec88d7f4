//! The embedded Zoom, over real HTTP: what a client of Zoom may rely on, and what it must be ready for.
#![cfg(feature = "sandbox")]
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod desk;
mod errors;
mod faults;
mod limits;
mod meetings;
mod oauth;
mod process;
mod state;
