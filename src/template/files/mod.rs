//! The files of templates: those that are compiled in, and over them those of a folder.

pub(super) mod built_in;
pub(super) mod catalogue;
pub(super) mod path;
pub(super) mod sources;
