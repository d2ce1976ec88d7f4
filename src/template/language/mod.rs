//! The words and the dates of a language.

pub(super) mod dates;
pub(super) mod labels;
pub(super) mod locale;
pub(super) mod phrases;
pub(super) mod times;
