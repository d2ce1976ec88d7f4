//! The limits of what a template may spend.
//!
//! Tera has no limits, and a loop that prints nothing cannot be interrupted from outside. So [`inject`] adds checks to
//! each template before Tera sees it. While the template is rendered, the checks count its steps and its time
//! ([`spending`]).

use std::time::Duration;

use tera::Value;

pub(super) mod computing_time;
pub(super) mod inject;
pub(super) mod spending;

/// How many steps a part may take: turns of loops, calls of components, inclusions.
pub(super) const MAX_STEPS: u32 = 20_000;
/// The longest time that a part may compute. Usual templates take 0.1 ms.
pub(super) const MAX_TIME: Duration = Duration::from_millis(500);
/// The most that one part may print, in octets.
pub(super) const MAX_OUTPUT: usize = 1024 * 1024;
/// The longest text that a filter may make or a value may hold, in octets.
pub(super) const MAX_TEXT: usize = 256 * 1024;
/// The most elements that a value may have, counting the elements within its elements.
pub(super) const MAX_ELEMENTS: usize = 20_000;
/// The most elements that `range` returns.
pub(super) const MAX_RANGE: i64 = 1_000;
/// The most pictures of one mail.
pub(super) const MAX_IMAGES: usize = 4;

/// Whether a value has at most [`MAX_ELEMENTS`] elements and [`MAX_TEXT`] octets of text. The check stops as soon as
/// one of them is exceeded.
pub(super) fn is_small(value: &Value) -> bool {
    is_within(value, &mut 0, &mut 0)
}

fn is_within(value: &Value, elements: &mut usize, octets: &mut usize) -> bool {
    *elements += 1;
    *octets += value.as_str().map_or(0, str::len);
    if *elements > MAX_ELEMENTS || *octets > MAX_TEXT {
        return false;
    }
    if let Some(items) = value.as_array() {
        return items.iter().all(|item| is_within(item, elements, octets));
    }
    if let Some(map) = value.as_map() {
        return map.values().all(|item| is_within(item, elements, octets));
    }
    true
}
