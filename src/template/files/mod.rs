//! The files of templates: the built-in ones, and over them those of a folder.

pub(super) mod built_in;
pub(super) mod catalogue;
pub(super) mod path;
pub(super) mod sources;
