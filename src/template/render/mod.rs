//! Renders mails: the variables and functions of templates, and the way from the printed text to the mail.

mod body;
mod calendar_links;
pub(super) mod cancellation;
mod choice;
pub(super) mod context;
pub(super) mod description;
pub(super) mod engine;
mod filters;
pub(super) mod functions;
mod inserted;
mod mail;
mod qr;
mod state;
pub(super) mod stencil;
pub(super) mod trace;
