//! Rendering a mail: what templates are told, what they can call, and what becomes of what they print.

pub(super) mod body;
pub(super) mod calendar_links;
pub(super) mod cancellation;
pub(super) mod choice;
pub(super) mod context;
pub(super) mod description;
pub(super) mod engine;
pub(super) mod filters;
pub(super) mod functions;
pub(super) mod inserted;
pub(super) mod mail;
pub(super) mod qr;
pub(super) mod state;
pub(super) mod stencil;
pub(super) mod trace;
