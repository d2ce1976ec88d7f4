//! How documents say where the source of a part comes from.

use crate::template::Origin;

pub(super) fn origin_of(origin: &Origin) -> &'static str {
    match origin {
        Origin::BuiltIn(_) => "built-in",
        Origin::File(_) => "edited",
    }
}
