//! Revisions: which changes of a meeting matter to its invitees (RFC 5546 §2.1.4), and tenures.

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

/// Which UID of a meeting: 0 for its first organizer, one more for each organizer that follows.
///
/// A tenure is the span of a meeting's life under one organizer. Calendar servers refuse another ORGANIZER under a known
/// UID, so that each tenure has a UID of its own, and its revisions begin at 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tenure(pub u32);

impl Tenure {
    /// The next one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Tenure {
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
    /// A digest of the description. Another description is told with the next mail, and is no reason for one. `None`:
    /// not known, as of revisions that were recorded before descriptions were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
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
    /// The assigned user, who is the ORGANIZER.
    Organizer,
    /// What it is about.
    Description,
}

/// What changed between two revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What invitees were told last.
    pub before: Facts,
    /// The name of the organizer before, where it is another one now.
    pub organizer_before: Option<String>,
    /// The facts that differ, in the order in which a reader wants them.
    pub fields: Vec<ChangedField>,
}

impl Facts {
    /// Whether invitees need no mail to know these facts who know the others: all are equal but the description.
    #[must_use]
    pub fn are_as_told(&self, told: &Self) -> bool {
        self.name == told.name
            && self.when == told.when
            && self.location == told.location
            && self.join_url == told.join_url
            && self.status == told.status
    }

    /// What is left of them once a meeting is forgotten: when it was, and whether it was called off. No meeting is without
    /// a name, so that whatever the meeting says later differs.
    #[must_use]
    pub fn forgotten(&self) -> Self {
        Self {
            name: String::new(),
            when: self.when,
            location: None,
            join_url: None,
            status: self.status,
            description: None,
        }
    }

    /// Whether they are what is left of others.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        self.name.is_empty()
    }

    /// What differs from facts told before; `None` when nothing does.
    #[must_use]
    pub fn change_since(&self, before: &Self) -> Option<Change> {
        let described_otherwise =
            matches!((&self.description, &before.description), (Some(a), Some(b)) if a != b);
        let differs = [
            (ChangedField::When, self.when != before.when),
            (ChangedField::Location, self.location != before.location),
            (ChangedField::JoinUrl, self.join_url != before.join_url),
            (ChangedField::Name, self.name != before.name),
            (ChangedField::Status, self.status != before.status),
            (ChangedField::Description, described_otherwise),
        ];
        let fields: Vec<_> = differs
            .into_iter()
            .filter_map(|(field, differs)| differs.then_some(field))
            .collect();
        (!fields.is_empty()).then(|| Change {
            before: before.clone(),
            organizer_before: None,
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
            description: None,
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
