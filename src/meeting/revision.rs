//! Revisions, which count the changes of a meeting that matter to its invitees (RFC 5546 §2.1.4), and tenures.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{JoinUrl, MeetingStatus, When};

/// The iCalendar SEQUENCE of a meeting: 0 for the first send. A send counts 1 more if the meeting has since changed in
/// something that matters to invitees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Revision(pub u32);

impl Revision {
    /// The next revision.
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

/// The number of a tenure: 0 for the meeting's first organizer, 1 more for each following organizer.
///
/// A tenure is the span of a meeting's life under one organizer. Calendar servers refuse another ORGANIZER under a
/// known UID. So each tenure has its own UID, and its revisions begin at 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Tenure(pub u32);

impl Tenure {
    /// The next tenure.
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

/// The facts about a meeting that its invitees were told. They are stored with the revision when the meeting is sent.
/// The next send compares them with the facts of that moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// The name.
    pub name: String,
    /// Start and end, or the days.
    pub when: When,
    /// The physical place.
    pub location: Option<String>,
    /// The join link.
    pub join_url: Option<JoinUrl>,
    /// The status.
    pub status: MeetingStatus,
    /// A digest of the description. A new description is told with the next mail, but is no reason for a mail. `None`:
    /// not known, because older versions did not record descriptions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// A fact that can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangedField {
    /// The name.
    Name,
    /// The start, the end, or whether the meeting takes whole days.
    When,
    /// The physical place.
    Location,
    /// The join link.
    JoinUrl,
    /// The status: planned, held or called off.
    Status,
    /// The assigned user, who is the ORGANIZER.
    Organizer,
    /// The description.
    Description,
}

/// The changes between two revisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The facts that invitees were told last.
    pub before: Facts,
    /// The earlier organizer's name, if the organizer has changed.
    pub organizer_before: Option<String>,
    /// The facts that differ, in the order in which readers want to know them.
    pub fields: Vec<ChangedField>,
}

impl Facts {
    /// Whether an invitee who was told the other facts needs no mail: all facts except the description are equal.
    #[must_use]
    pub fn are_as_told(&self, told: &Self) -> bool {
        self.name == told.name
            && self.when == told.when
            && self.location == told.location
            && self.join_url == told.join_url
            && self.status == told.status
    }

    /// The facts that stay when the meeting is forgotten: its time, and whether it was called off. The name is empty. A
    /// meeting always has a name, so that later facts of the meeting always differ from these.
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

    /// Whether these are the facts that stay of a forgotten meeting.
    #[must_use]
    pub fn is_forgotten(&self) -> bool {
        self.name.is_empty()
    }

    /// The facts that differ from facts told before. `None`: all are equal.
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
    /// Whether the time has changed. Earlier answers then count no more.
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
