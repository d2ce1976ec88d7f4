//! The purposes of mails: four with fixed names, and others by name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::calendar::Method;

/// The purpose of a mail. It is written as one lowercase word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Purpose {
    /// To invite.
    Invitation,
    /// To tell the changes since the recipient's last mail.
    Update,
    /// To take an invitation back.
    Cancellation,
    /// To remind of a meeting.
    Reminder,
    /// Another purpose, which asks nothing of calendars.
    Custom(PurposeName),
}

impl Purpose {
    /// The purposes with names of their own.
    const NAMED: [Self; 4] = [Self::Invitation, Self::Update, Self::Cancellation, Self::Reminder];

    /// The purpose as one lowercase word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Invitation => "invitation",
            Self::Update => "update",
            Self::Cancellation => "cancellation",
            Self::Reminder => "reminder",
            Self::Custom(name) => name.as_str(),
        }
    }

    /// The request to the recipient's calendar. `None`: the mail asks nothing of calendars, such as a reminder.
    #[must_use]
    pub const fn method(self) -> Option<Method> {
        match self {
            Self::Invitation | Self::Update => Some(Method::Request),
            Self::Cancellation => Some(Method::Cancel),
            Self::Reminder | Self::Custom(_) => None,
        }
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Purpose {
    type Err = InvalidPurpose;
    fn from_str(text: &str) -> Result<Self, InvalidPurpose> {
        match Self::NAMED.into_iter().find(|named| named.as_str() == text) {
            Some(named) => Ok(named),
            None => PurposeName::new(text).map(Self::Custom),
        }
    }
}

impl TryFrom<String> for Purpose {
    type Error = InvalidPurpose;
    fn try_from(text: String) -> Result<Self, InvalidPurpose> {
        text.parse()
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.as_str().to_owned()
    }
}

/// The name of a custom purpose: 1 to 31 lower-case letters, digits and hyphens, with a letter first.
///
/// The name is small and `Copy`, because each message in the outbox has one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PurposeName {
    octets: [u8; PurposeName::LONGEST],
    length: u8,
}

/// Why a text is no name of a purpose.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPurpose {
    /// The name is empty.
    #[error("the name of a purpose is empty")]
    Empty,
    /// The name has too many characters.
    #[error("the name of a purpose has more than {longest} characters: {0:?}", longest = PurposeName::LONGEST)]
    TooLong(String),
    /// The name has other characters, or does not begin with a letter.
    #[error("the name of a purpose has lower-case letters, digits and hyphens, a letter first: {0:?}")]
    Characters(String),
    /// The name is one of the four fixed ones.
    #[error("{0:?} is the name of a purpose that is there already")]
    Reserved(String),
}

impl PurposeName {
    /// The most characters of a name.
    pub const LONGEST: usize = 31;

    /// A name.
    ///
    /// # Errors
    /// [`InvalidPurpose`] if the text is no valid name, or is reserved.
    pub fn new(name: &str) -> Result<Self, InvalidPurpose> {
        let is_allowed = |octet: u8| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-');
        match name.as_bytes().first() {
            None => return Err(InvalidPurpose::Empty),
            Some(first) if !first.is_ascii_lowercase() || !name.bytes().all(is_allowed) => {
                return Err(InvalidPurpose::Characters(name.to_owned()));
            }
            Some(_) if Purpose::NAMED.iter().any(|named| named.as_str() == name) => {
                return Err(InvalidPurpose::Reserved(name.to_owned()));
            }
            Some(_) => {}
        }
        let mut octets = [0; Self::LONGEST];
        let too_long = || InvalidPurpose::TooLong(name.to_owned());
        let place = octets.get_mut(..name.len()).ok_or_else(too_long)?;
        place.copy_from_slice(name.as_bytes());
        let length = u8::try_from(name.len()).map_err(|_| too_long())?;
        Ok(Self { octets, length })
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let octets = self.octets.get(..usize::from(self.length)).unwrap_or_default();
        // Only ASCII gets in.
        std::str::from_utf8(octets).unwrap_or_default()
    }
}

impl fmt::Debug for PurposeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_str().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_short_and_plain() {
        for name in ["a", "thank-you", "reminder-24h", &"x".repeat(31)] {
            assert_eq!(PurposeName::new(name).unwrap().as_str(), name);
        }
        let characters = |text: &str| InvalidPurpose::Characters(text.to_owned());
        for wrong in ["Thanks", "9-days", "-a", "a b", "a_b", "ä", "a\0"] {
            assert_eq!(PurposeName::new(wrong), Err(characters(wrong)));
        }
        assert_eq!(PurposeName::new(""), Err(InvalidPurpose::Empty));
        let long = "x".repeat(32);
        assert_eq!(
            PurposeName::new(&long),
            Err(InvalidPurpose::TooLong(long.clone()))
        );
    }

    #[test]
    fn the_names_of_the_others_are_theirs() {
        for (name, purpose) in [
            ("invitation", Purpose::Invitation),
            ("update", Purpose::Update),
            ("cancellation", Purpose::Cancellation),
            ("reminder", Purpose::Reminder),
        ] {
            assert_eq!(name.parse(), Ok(purpose));
            assert_eq!(purpose.as_str(), name);
            let reserved = InvalidPurpose::Reserved(name.to_owned());
            assert_eq!(PurposeName::new(name), Err(reserved));
        }
    }

    #[test]
    fn json_has_the_name_and_calendars_are_asked_nothing() {
        let thanks = Purpose::Custom(PurposeName::new("thank-you").unwrap());
        assert_eq!(thanks.method(), None);
        let json = serde_json::to_string(&[thanks, Purpose::Update]).unwrap();
        assert_eq!(json, r#"["thank-you","update"]"#);
        assert_eq!(serde_json::from_str::<[Purpose; 2]>(&json).unwrap()[0], thanks);
        assert!(serde_json::from_str::<Purpose>(r#""Thank you""#).is_err());
    }
}
