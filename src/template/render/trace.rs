//! The outcomes of a mail's conditions while it is rendered.
//!
//! Only for this, the templates are parsed a second time, with each `{% if … %}` and `{% elif … %}` wrapped in a call
//! of [`AS_IF`]. The call records the real outcome, and returns the outcome that the trace demands.

use std::cell::{Ref, RefCell};
use std::collections::BTreeMap;

use crate::template::error::{Origin, Place};
use crate::template::limits::inject::{Checked, Insertion, checked_with};
use crate::template::tags::{Tag, tags};

/// The function around conditions. Templates cannot call it: `check::names` refuses it.
pub(super) const AS_IF: &str = "__as_if";

/// The outcomes of the conditions of one mail.
#[derive(Debug, Default)]
pub(in crate::template) struct Trace {
    /// The id of the condition with a forced outcome, and that outcome.
    forced: Option<(String, bool)>,
    /// By id: whether it held, and whether it did not.
    seen: RefCell<BTreeMap<String, (bool, bool)>>,
}

impl Trace {
    /// Forces the outcome of one condition.
    pub(in crate::template) fn forcing(id: &str, holds: bool) -> Self {
        Self {
            forced: Some((id.to_owned(), holds)),
            ..Self::default()
        }
    }

    /// By id: whether it held, and whether it did not.
    pub(in crate::template) fn seen(&self) -> Ref<'_, BTreeMap<String, (bool, bool)>> {
        self.seen.borrow()
    }

    /// Records the outcome of a condition, and returns the outcome that the template goes on with.
    pub(super) fn answer(&self, id: &str, is: bool) -> bool {
        let mut seen = self.seen.borrow_mut();
        let (held, failed) = seen.entry(id.to_owned()).or_default();
        *held |= is;
        *failed |= !is;
        match &self.forced {
            Some((forced, answer)) if forced == id => *answer,
            _ => is,
        }
    }
}

/// For each condition: the offset of its first octet, the offset behind its last octet, and its id.
pub(in crate::template) fn conditions<'a>(
    name: &'a str,
    text: &'a str,
    tags: &'a [Tag<'a>],
) -> impl Iterator<Item = (&'a Tag<'a>, usize, usize, String)> {
    tags.iter().filter_map(move |tag| {
        if !matches!(tag.keyword(), Some("if" | "elif")) {
            return None;
        }
        let (start, _) = *tag.tokens.get(1)?;
        let end = tag.end.checked_sub(2 + usize::from(tag.trims_after))?;
        let nowhere = Origin::BuiltIn("");
        let place = Place::at(&nowhere, text, start, 1);
        Some((tag, start, end, format!("{name}:{}:{}", place.line, place.column)))
    })
}

/// Adds the checks, and a call around each condition, for a template of this name.
pub(in crate::template) fn traced(name: &str, template: &str) -> Checked {
    let tags = tags(template);
    let mut calls = Vec::new();
    for (tag, start, end, id) in conditions(name, template, &tags) {
        let id = id.replace(['"', '\\'], "");
        let mut around = |at, text| {
            calls.push(Insertion {
                at,
                tag: Some(tag),
                text,
            });
        };
        around(start, format!("{AS_IF}(at=\"{id}\", is=("));
        around(end, ")) ".to_owned());
    }
    checked_with(template, &tags, calls)
}
