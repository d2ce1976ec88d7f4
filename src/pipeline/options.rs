//! What can be chosen for one run of the pipeline.

use std::fmt;
use std::str::FromStr;

use crate::meeting::{EmailAddress, InvalidEmail, InvalidPersonRef, Person, PersonId, PersonRef};

/// One attendee, by address or by record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// By email address.
    Email(EmailAddress),
    /// By kind and id.
    Person(PersonRef),
}

/// Why a text picks nobody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPick {
    /// It is meant to be an address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// It is meant to be a record.
    #[error(transparent)]
    Person(#[from] InvalidPersonRef),
}

impl FromStr for Pick {
    type Err = InvalidPick;
    fn from_str(text: &str) -> Result<Self, InvalidPick> {
        if text.contains('@') {
            Ok(Self::Email(text.parse()?))
        } else {
            Ok(Self::Person(text.parse()?))
        }
    }
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Email(address) => fmt::Display::fmt(address, f),
            Self::Person(person) => fmt::Display::fmt(person, f),
        }
    }
}

impl Pick {
    /// Whether it picks this person.
    #[must_use]
    pub fn picks(&self, person: &Person) -> bool {
        match self {
            Self::Email(address) => person.email().is_some_and(|email| email.is_same_mailbox(address)),
            Self::Person(reference) => person.reference == *reference,
        }
    }
}

/// What can be chosen for a send. The default sends to every attendee who has not answered and lacks the
/// current revision, and to all who were told an older one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendOptions {
    /// Only these attendees, whatever they answered; nobody named: as the default says.
    pub to: Vec<Pick>,
    /// All attendees, whatever they answered.
    pub all: bool,
    /// Also those who have the current revision.
    pub resend: bool,
    /// Do not push: the join URL stays as the CRM has it.
    pub no_push: bool,
    /// Also a meeting that is over.
    pub past: bool,
    /// Do not deliver: the mails wait in the outbox for a worker.
    pub queue_only: bool,
    /// The user on whose behalf it is done, whose permissions then count; `None`: the administrator.
    pub actor: Option<PersonId>,
}

/// What can be chosen for a push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushOptions {
    /// The user on whose behalf it is done, whose permissions then count; `None`: the administrator.
    pub actor: Option<PersonId>,
}

/// What can be chosen for a cancellation. The default tells everybody who has an invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CancelOptions {
    /// Only these.
    pub to: Vec<Pick>,
    /// Also a meeting that is over.
    pub past: bool,
    /// The user on whose behalf it is done, whose permissions then count; `None`: the administrator.
    pub actor: Option<PersonId>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn picks_by_address_or_record() {
        let lee = Person::new(
            "contact:lee".parse().unwrap(),
            "Lee",
            Some("Lee@client.example".parse().unwrap()),
        );
        for (text, picks) in [
            ("lee@Client.example", true),
            ("contact:lee", true),
            ("lead:lee", false),
            ("l@client.example", false),
        ] {
            assert_eq!(text.parse::<Pick>().unwrap().picks(&lee), picks, "{text}");
        }
        assert!("lee".parse::<Pick>().is_err());
        assert!("a@b@".parse::<Pick>().is_err());
    }
}
