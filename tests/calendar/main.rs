//! Calendar objects, and the mails that carry them: read back by parsers and verifiers that are not ours.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod any_text;
mod attendees;
mod example;
#[path = "../foreign/mod.rs"]
mod foreign;
#[cfg(feature = "command")]
mod mails;
mod objects;
mod parsers;
#[path = "../peers/mod.rs"]
mod peers;
mod signatures;
mod zones;
