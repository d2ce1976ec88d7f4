//! wip
pub mod calendar;
pub mod crm;
mod crypto;
pub mod fault;
pub mod mail;
pub mod meeting;
pub mod online;
pub mod organization;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod template;
