//! The options of one run of the pipeline.

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

/// The error of a text that is no pick.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPick {
    /// The text is no valid address.
    #[error(transparent)]
    Email(#[from] InvalidEmail),
    /// The text is no valid reference to a record.
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
    /// Whether the pick matches this person.
    #[must_use]
    pub fn picks(&self, person: &Person) -> bool {
        match self {
            Self::Email(address) => person.email().is_some_and(|email| email.is_same_mailbox(address)),
            Self::Person(reference) => person.reference == *reference,
        }
    }
}

/// The options of a send. The default sends to every attendee who has not answered and lacks the current revision, and to
/// all mailboxes that have an older revision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SendOptions {
    /// Only these attendees, whatever they answered. If empty, the default applies.
    pub to: Vec<Pick>,
    /// All attendees, whatever they answered.
    pub all: bool,
    /// Also attendees who have the current revision.
    pub resend: bool,
    /// Do not push: the join URL stays as the CRM has it.
    pub no_push: bool,
    /// Also a meeting that is over.
    pub past: bool,
    /// Do not deliver: the mails wait in the outbox for a worker.
    pub queue_only: bool,
    /// The acting user, whose permissions apply; `None`: the administrator.
    pub actor: Option<PersonId>,
}

/// The options of a push.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PushOptions {
    /// The acting user, whose permissions apply; `None`: the administrator.
    pub actor: Option<PersonId>,
}

/// The options of a cancellation. The default tells all mailboxes that have an invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CancelOptions {
    /// Only these recipients. If empty, the default applies.
    pub to: Vec<Pick>,
    /// Also a meeting that is over.
    pub past: bool,
    /// The acting user, whose permissions apply; `None`: the administrator.
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
