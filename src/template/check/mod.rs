//! The checks of templates. Each problem has a file, a line and a column.

pub(super) mod diagnosis;
pub(super) mod label_checks;
pub(super) mod names;
pub(super) mod offered;
mod tera_messages;
