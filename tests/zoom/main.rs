//! Zoom, over real HTTP: our client against a server that answers by a script, and the embedded Zoom against a client of
//! its own.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod client;
mod consent;
#[cfg(feature = "sandbox")]
mod embedded;
mod failures;
#[cfg(feature = "sandbox")]
mod fixtures;
#[cfg(feature = "command")]
mod loopback;
mod meetings;
mod renewal;
#[path = "../scripted/mod.rs"]
mod scripted;
mod secrecy;
