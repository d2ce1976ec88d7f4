//! Identifiers of CRM records. Each kind of record has its own type, so that one kind cannot be used for another.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Why a text is not an identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id has 1 to 128 visible characters without spaces; this one is {0:?}")]
pub struct InvalidId(pub String);

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks a text and makes it an identifier.
            ///
            /// # Errors
            /// [`InvalidId`] when the text is empty, longer than 128 characters, or contains a space or a control
            /// character.
            pub fn new(id: impl Into<String>) -> Result<Self, InvalidId> {
                let id = id.into();
                let fits = !id.is_empty()
                    && id.chars().count() <= 128
                    && !id.chars().any(|c| c.is_control() || c.is_whitespace());
                if fits { Ok(Self(id.into())) } else { Err(InvalidId(id)) }
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(id: &str) -> Result<Self, InvalidId> {
                Self::new(id)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(id: String) -> Result<Self, InvalidId> {
                Self::new(id)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }
    };
}

identifier!(
    /// The CRM's id of a meeting.
    MeetingId
);
identifier!(
    /// The CRM's id of a user, a contact or a lead. It is unique among the records of one kind.
    PersonId
);
identifier!(
    /// The CRM's id of a role.
    RoleId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_could_break_a_line_or_a_header() {
        for bad in ["", " ", "a b", "a\nb", "a\u{0}b", &"x".repeat(129)] {
            assert!(MeetingId::new(bad).is_err(), "{bad:?}");
        }
        assert_eq!(MeetingId::new("kickoff").unwrap().as_str(), "kickoff");
    }
}
