//! The records of a file, and the mentions of records that it does not have.

use std::fmt;

use crate::crm::MeetingRecord;
use crate::meeting::{EditAccess, Person, PersonRef, RoleId};
use crate::online::OnlineUser;

/// The records of a file, each valid in itself.
///
/// They may refer to records that the file does not have, see [`ImportFile::references`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ImportFile {
    /// The roles.
    pub roles: Vec<Role>,
    /// The users.
    pub users: Vec<ImportedUser>,
    /// The contacts.
    pub contacts: Vec<Person>,
    /// The leads.
    pub leads: Vec<Person>,
    /// The meetings.
    pub meetings: Vec<MeetingRecord>,
    pub(super) references: Vec<Reference>,
}

/// What users who have it may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The id.
    pub id: RoleId,
    /// Whether it has the *Zoom Meetings* scope.
    pub zoom_meetings: bool,
    /// Which meetings it lets its users edit.
    pub meeting_edit: EditAccess,
}

/// A user, and which roles the user has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedUser {
    /// The user. What the roles grant ([`UserFacts`](crate::meeting::UserFacts)) is not filled in: a role may be among
    /// the records loaded before.
    pub person: Person,
    /// Whether the user may have meetings at Zoom, and under which Zoom ID: the field `zoom`.
    pub zoom: OnlineUser,
    /// The roles, each once.
    pub roles: Vec<RoleId>,
}

/// A mention of a record that is not in the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// What is mentioned.
    pub target: Target,
    /// Where: the path among the records, such as `meetings[0].assigned_user`.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// What a [`Reference`] mentions.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// A role.
    Role(RoleId),
    /// A user, contact or lead.
    Person(PersonRef),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(id) => write!(f, "role {:?}", id.as_str()),
            Self::Person(person) => write!(f, "{} {:?}", person.kind, person.id.as_str()),
        }
    }
}

impl ImportFile {
    /// The mentions of roles and people that are not in the file: the caller checks that the CRM has them,
    /// and makes [`ImportErrors::unknown_references`](super::ImportErrors::unknown_references) of those that it has not.
    #[must_use]
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// A user, contact or lead of the file.
    #[must_use]
    pub fn person(&self, who: &PersonRef) -> Option<&Person> {
        let users = self.users.iter().map(|user| &user.person);
        let mut people = users.chain(&self.contacts).chain(&self.leads);
        people.find(|person| person.reference == *who)
    }

    /// How many records there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.roles.len() + self.users.len() + self.contacts.len() + self.leads.len() + self.meetings.len()
    }

    /// Whether there is no record.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
