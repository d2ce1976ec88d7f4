//! The findings of a file while it is read, and the parts that the readers of all kinds of records use.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use super::fields::{At, Fields, Findings, shown};
use super::records::{Reference, Target};

/// The state while a file is read.
pub(super) struct Reading<'a> {
    pub(super) findings: Findings<'a>,
    pub(super) references: Vec<Reference>,
    /// The iCalendar UIDs so far, each with the path of its meeting.
    pub(super) uids: HashMap<String, String>,
}

impl<'a> Reading<'a> {
    /// A field that must exist and be an id.
    pub(super) fn id<T, E>(
        &mut self,
        fields: &Fields<'a>,
        name: &'static str,
        new: fn(String) -> Result<T, E>,
    ) -> Option<T> {
        let at = fields.required(&mut self.findings, name)?;
        self.id_at(&at, new)
    }

    /// The value as an id.
    pub(super) fn id_at<T, E>(&mut self, at: &At<'a>, new: fn(String) -> Result<T, E>) -> Option<T> {
        let text = at.text(&mut self.findings)?;
        let what = format!("{} cannot be an id", shown(&text));
        new(text)
            .map_err(|_| {
                at.refuse(
                    &mut self.findings,
                    what,
                    "an id has 1 to 128 visible characters without spaces",
                );
            })
            .ok()
    }

    /// Remembers a reference to a record.
    pub(super) fn mention(&mut self, at: &At<'a>, target: Target) {
        let (line, column) = self.findings.place(at.json.slice());
        self.references.push(Reference {
            target,
            path: at.path.clone(),
            line,
            column,
        });
    }
}

/// The indices of the items that occurred before.
pub(super) fn repeated<T: Eq + Hash>(items: &[T]) -> impl Iterator<Item = usize> + '_ {
    let mut seen = HashSet::new();
    items
        .iter()
        .enumerate()
        .filter(move |(_, item)| !seen.insert(*item))
        .map(|(index, _)| index)
}
