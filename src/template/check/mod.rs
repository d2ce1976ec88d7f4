//! What is wrong with a template, told by file, line and column.

pub(super) mod diagnosis;
pub(super) mod label_checks;
pub(super) mod names;
pub(super) mod offered;
mod tera_messages;
