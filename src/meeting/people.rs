//! The people of a CRM: users, contacts and leads, with their answers and their permissions.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{EmailAddress, InvalidId, Language, PersonId, Zone};

/// The kind of a person's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PersonKind {
    /// A user of the CRM.
    User,
    /// A person at a customer.
    Contact,
    /// A person who may become a customer.
    Lead,
}

impl PersonKind {
    /// The kind as one lowercase word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Contact => "contact",
            Self::Lead => "lead",
        }
    }
}

impl fmt::Display for PersonKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A person by kind and id, written `contact:lee`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PersonRef {
    /// The kind of record.
    pub kind: PersonKind,
    /// The record's id.
    pub id: PersonId,
}

/// Why a text does not name a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPersonRef {
    /// There is no known kind before a colon.
    #[error("{0:?} does not name a person; write user:ID, contact:ID or lead:ID")]
    Kind(String),
    /// The id is not valid.
    #[error(transparent)]
    Id(#[from] InvalidId),
}

impl PersonRef {
    /// A user by id.
    #[must_use]
    pub fn user(id: PersonId) -> Self {
        Self {
            kind: PersonKind::User,
            id,
        }
    }
}

impl fmt::Display for PersonRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind, self.id)
    }
}

impl FromStr for PersonRef {
    type Err = InvalidPersonRef;
    fn from_str(text: &str) -> Result<Self, InvalidPersonRef> {
        let unknown = || InvalidPersonRef::Kind(text.to_owned());
        let (kind, id) = text.split_once(':').ok_or_else(unknown)?;
        let kind = match kind {
            "user" => PersonKind::User,
            "contact" => PersonKind::Contact,
            "lead" => PersonKind::Lead,
            _ => return Err(unknown()),
        };
        Ok(Self {
            kind,
            id: PersonId::new(id)?,
        })
    }
}

/// An attendee's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum Acceptance {
    /// No answer yet.
    #[default]
    None,
    /// The attendee accepts.
    Accepted,
    /// The attendee accepts tentatively.
    Tentative,
    /// The attendee declines.
    Declined,
}

impl Acceptance {
    /// The answer as the CRM writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Accepted => "Accepted",
            Self::Tentative => "Tentative",
            Self::Declined => "Declined",
        }
    }
}

impl fmt::Display for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A person who attends a meeting, with the answer given so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attendee {
    /// The person.
    #[serde(flatten)]
    pub person: PersonRef,
    /// The answer.
    #[serde(default)]
    pub status: Acceptance,
}

/// The meetings that a role lets its users edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EditAccess {
    /// No meetings.
    #[default]
    No,
    /// Meetings that are assigned to the user.
    Own,
    /// All meetings.
    All,
}

/// Facts that only users have: permissions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct UserFacts {
    /// The scopes that the user's roles give access to, under the names that the CRM's administrators know, such as
    /// `Zoom Meetings`. Only scopes that a provider requires
    /// ([`OnlineMeetings::required_scope`](crate::online::OnlineMeetings::required_scope)) are looked up.
    pub scopes: BTreeSet<String>,
    /// The widest edit access to meetings among the user's roles.
    pub meeting_edit: EditAccess,
}

/// How mail reaches a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Reach {
    /// At this address, the person's primary one.
    At(EmailAddress),
    /// Not at all: the record has no address.
    #[default]
    Nowhere,
    /// The record may have an address, but the CRM does not show it to this program.
    Hidden,
}

impl Reach {
    /// The address, if it is known.
    #[must_use]
    pub const fn address(&self) -> Option<&EmailAddress> {
        match self {
            Self::At(address) => Some(address),
            Self::Nowhere | Self::Hidden => None,
        }
    }
}

/// `None` means that the record has no address.
impl From<Option<EmailAddress>> for Reach {
    fn from(address: Option<EmailAddress>) -> Self {
        address.map_or(Self::Nowhere, Self::At)
    }
}

/// A user, a contact or a lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The kind and id of the record.
    pub reference: PersonRef,
    /// The name as it is displayed; may be empty.
    pub name: String,
    /// How mail reaches the person.
    pub reach: Reach,
    /// The person's time zone. `None`: the organization's.
    pub time_zone: Option<Zone>,
    /// The person's language. `None`: the organization's.
    pub language: Option<Language>,
    /// The permissions, for users only.
    pub user: Option<Box<UserFacts>>,
}

impl Person {
    /// A person with a name, an address or none, and no other facts. If the CRM hides the address, set
    /// [`reach`](Self::reach).
    #[must_use]
    pub fn new(reference: PersonRef, name: impl Into<String>, email: Option<EmailAddress>) -> Self {
        let user = (reference.kind == PersonKind::User).then(Box::default);
        Self {
            reference,
            name: name.into(),
            reach: email.into(),
            time_zone: None,
            language: None,
            user,
        }
    }

    /// The primary email address, if it is known.
    #[must_use]
    pub const fn email(&self) -> Option<&EmailAddress> {
        self.reach.address()
    }

    /// The name; if it is empty, the address; if there is none, the reference.
    #[must_use]
    pub fn display_name(&self) -> String {
        let name = self.name.trim();
        if !name.is_empty() {
            return name.to_owned();
        }
        self.email()
            .map_or_else(|| self.reference.to_string(), ToString::to_string)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_and_writes() {
        let lee: PersonRef = "contact:lee".parse().unwrap();
        assert_eq!(
            (lee.kind, lee.to_string()),
            (PersonKind::Contact, "contact:lee".to_owned())
        );
        for bad in ["lee", "account:lee", "contact:", "contact:a b"] {
            assert!(bad.parse::<PersonRef>().is_err(), "{bad:?}");
        }
    }
}
