//! Templates: what is rendered, what is said of mistakes, and how their authors see them.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

mod built_in;
mod changes;
mod clocks;
mod corpus;
#[cfg(feature = "command")]
mod desk;
mod documented;
mod escaping;
mod files;
mod folder;
#[cfg(feature = "command")]
#[path = "../foreign/mod.rs"]
mod foreign;
mod languages;
mod mail;
mod mistakes;
#[path = "../peers/mod.rs"]
mod peers;
