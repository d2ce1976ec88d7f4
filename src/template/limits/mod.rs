//! What a template may spend.

pub(super) mod computing_time;
pub(super) mod inject;
