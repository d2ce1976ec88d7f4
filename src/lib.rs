//! wip
pub mod calendar;
#[cfg(feature = "command")]
pub mod command;
pub mod config;
pub mod crm;
mod crypto;
pub mod database;
pub mod fault;
pub mod lease;
pub mod mail;
pub mod meeting;
pub mod online;
pub mod organization;
pub mod pipeline;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod template;
