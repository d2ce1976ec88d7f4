//! Revisions: which changes of a meeting matter to those who were invited (RFC 5546 §2.1.4).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{JoinUrl, MeetingStatus, When};

/// The iCalendar SEQUENCE of a meeting: 0 when first sent, one more each time something that matters to
/// invitees has changed since the last send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u32);

impl Revision {
    /// The next one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// What invitees were told about a meeting. Stored with its revision when the meeting is sent, and compared
/// with what the meeting says now when it is sent again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The name.
    pub name: String,
    /// Start and end, or the days.
    pub when: When,
    /// Where people meet in person.
    pub location: Option<String>,
    /// The link to join.
    pub join_url: Option<JoinUrl>,
    /// What has become of it.
    pub status: MeetingStatus,
}

/// A fact that can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangedField {
    /// The name.
    Name,
    /// Start, end or all-day.
    When,
    /// Where people meet in person.
    Location,
    /// The link to join.
    JoinUrl,
    /// Planned, held or called off.
    Status,
}

/// What changed between two revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What invitees were told last.
    pub before: Facts,
    /// The facts that differ, in the order in which a reader wants them.
    pub fields: Vec<ChangedField>,
}

impl Facts {
    /// What differs from facts told before; `None` when nothing does.
    #[must_use]
    pub fn change_since(&self, before: &Self) -> Option<Change> {
        let differs = [
            (ChangedField::When, self.when != before.when),
            (ChangedField::Location, self.location != before.location),
            (ChangedField::JoinUrl, self.join_url != before.join_url),
            (ChangedField::Name, self.name != before.name),
            (ChangedField::Status, self.status != before.status),
        ];
        let fields: Vec<_> = differs
            .into_iter()
            .filter_map(|(field, differs)| differs.then_some(field))
            .collect();
        (!fields.is_empty()).then(|| Change {
            before: before.clone(),
            fields,
        })
    }
}

impl Change {
    /// Whether the time changed, so that earlier answers no longer stand.
    #[must_use]
    pub fn is_rescheduled(&self) -> bool {
        self.fields.contains(&ChangedField::When)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        let when = When::all_day("2026-12-03".parse().unwrap(), "2026-12-04".parse().unwrap()).unwrap();
        Facts {
            name: "Offsite".into(),
            when,
            location: None,
            join_url: None,
            status: MeetingStatus::Planned,
        }
    }

    #[test]
    fn only_what_differs_is_a_change() {
        assert_eq!(facts().change_since(&facts()), None);
        let moved = Facts {
            location: Some("Hall 2".into()),
            ..facts()
        };
        let change = moved.change_since(&facts()).unwrap();
        assert_eq!(change.fields, [ChangedField::Location]);
        assert!(!change.is_rescheduled());
    }
}
