//! The records of a file, and the mentions of records that it does not have.

use std::fmt;

use crate::crm::MeetingRecord;
use crate::meeting::{EditAccess, Person, PersonRef, RoleId};
use crate::online::OnlineUser;

/// The records of a file, each valid by itself.
///
/// Records may refer to records that are not in the file, see [`ImportFile::references`].
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

/// The permissions of the users who have the role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The id.
    pub id: RoleId,
    /// Whether the role has the *Zoom Meetings* scope.
    pub zoom_meetings: bool,
    /// The meetings that the role lets its users edit.
    pub meeting_edit: EditAccess,
}

/// A user, with the user's roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedUser {
    /// The user. The permissions of the roles ([`UserFacts`](crate::meeting::UserFacts)) are not filled in, because a
    /// role may be a record of an earlier import.
    pub person: Person,
    /// Whether the user may have meetings at Zoom, and the Zoom ID: the field `zoom`.
    pub zoom: OnlineUser,
    /// The roles, each once.
    pub roles: Vec<RoleId>,
}

/// A reference to a record that is not in the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// The record that is referred to.
    pub target: Target,
    /// The place of the reference: its path among the records, such as `meetings[0].assigned_user`.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// The record that a [`Reference`] refers to.
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
