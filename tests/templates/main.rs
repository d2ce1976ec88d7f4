//! Templates: what is rendered, what is said of mistakes, and how their authors see them.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod corpus;
#[cfg(feature = "command")]
mod desk;
#[cfg(feature = "command")]
#[path = "../foreign/mod.rs"]
mod foreign;
#[path = "../peers/mod.rs"]
mod peers;
mod rendering;
