//! The whole pipeline, driven through its public face: a real database in a folder of its own, the real Zoom
//! client against the embedded Zoom over HTTP, and a post office that does what it is told.
#![cfg(feature = "sandbox")]
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, also in what its tests share"
)]

#[path = "../cluster/mod.rs"]
#[expect(dead_code, reason = "the command's tests need more of it")]
mod cluster;
mod fuse;
#[path = "../held_port/mod.rs"]
mod held_port;
mod letter;
#[path = "../peers/mod.rs"]
mod peers;
mod post_office;
mod remote_crm;
mod scripted_provider;
mod stage;
mod store_file;

mod assembly;
mod cancelling;
mod choosing;
mod crashes;
mod creating;
mod delivering;
mod editing;
mod forgetting;
mod hours;
mod jobs;
mod keeping;
mod links;
mod lives;
mod looking;
mod over_a_network;
mod own_provider;
mod pushing;
mod refusing;
mod sending;
mod together;
mod watching;
mod working;
