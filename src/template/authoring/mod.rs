//! The tools of template authors: the folder, samples, previews, conditions, inspections.

pub(super) mod conditions;
pub(super) mod folder;
pub(super) mod inspection;
pub(super) mod preview;
pub(super) mod sample;
