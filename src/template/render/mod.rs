//! Rendering a mail: what templates are told, what they can call, and what becomes of what they print.

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
