//! Online locations: the name of a provider of online meetings.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest name, in bytes.
const LONGEST: usize = 32;

/// The provider of an online meeting, by its name, such as `zoom`.
///
/// This type knows no list of providers. Each provider has its own name
/// ([`OnlineMeetings::location`](crate::online::OnlineMeetings::location)), and a CRM can name a provider that does not
/// exist here.
///
/// ```
/// use invite::meeting::OnlineLocation;
///
/// const ACME: OnlineLocation = OnlineLocation::from_static("acme-video");
/// assert_eq!("acme-video".parse(), Ok(ACME));
/// assert!("Acme Video".parse::<OnlineLocation>().is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OnlineLocation(
    /// The name, filled up with zeros.
    [u8; LONGEST],
);

/// Why a text is not the name of an online location.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the name of an online location has 1 to 32 lower-case letters (a to z), digits and hyphens, and no hyphen at its \
     ends; this one is {0:?}"
)]
pub struct InvalidOnlineLocation(pub String);

impl OnlineLocation {
    /// The online location of this name.
    ///
    /// # Errors
    /// [`InvalidOnlineLocation`] unless the name has 1 to 32 lower-case letters, digits and hyphens, and no hyphen at
    /// its ends.
    pub fn new(name: &str) -> Result<Self, InvalidOnlineLocation> {
        Self::checked(name).ok_or_else(|| InvalidOnlineLocation(name.to_owned()))
    }

    /// An online location whose name is in the source. In a constant, a wrong name does not compile.
    ///
    /// # Panics
    /// When the name is not valid, see [`OnlineLocation::new`].
    #[must_use]
    pub const fn from_static(name: &'static str) -> Self {
        match Self::checked(name) {
            Some(location) => location,
            None => panic!("this is not the name of an online location"),
        }
    }

    const fn checked(name: &str) -> Option<Self> {
        let name = name.as_bytes();
        if name.is_empty() || name.len() > LONGEST || name[0] == b'-' || name[name.len() - 1] == b'-' {
            return None;
        }
        let mut bytes = [0; LONGEST];
        let mut at = 0;
        while at < name.len() {
            if !matches!(name[at], b'a'..=b'z' | b'0'..=b'9' | b'-') {
                return None;
            }
            bytes[at] = name[at];
            at += 1;
        }
        Some(Self(bytes))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let length = self.0.iter().position(|byte| *byte == 0).unwrap_or(LONGEST);
        // All octets before the first zero are ASCII.
        std::str::from_utf8(&self.0[..length]).unwrap_or_default()
    }

    /// The name with a capital letter in front. It is shown if no provider gives a name for people.
    #[must_use]
    pub fn capitalized(&self) -> String {
        let mut name = self.as_str().to_owned();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        name
    }

    /// The known location that is probably meant. `None`: no known location is similar.
    #[must_use]
    pub fn nearest(&self, known: impl IntoIterator<Item = Self>) -> Option<Self> {
        known
            .into_iter()
            .map(|other| (strsim::jaro_winkler(other.as_str(), self.as_str()), other))
            .filter(|(likeness, _)| *likeness >= 0.82)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, other)| other)
    }
}

impl fmt::Display for OnlineLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for OnlineLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OnlineLocation({})", self.as_str())
    }
}

impl FromStr for OnlineLocation {
    type Err = InvalidOnlineLocation;
    fn from_str(name: &str) -> Result<Self, InvalidOnlineLocation> {
        Self::new(name)
    }
}

impl TryFrom<String> for OnlineLocation {
    type Error = InvalidOnlineLocation;
    fn try_from(name: String) -> Result<Self, InvalidOnlineLocation> {
        Self::new(&name)
    }
}

impl From<OnlineLocation> for String {
    fn from(location: OnlineLocation) -> Self {
        location.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain_words() {
        let longest = "x".repeat(LONGEST);
        for name in ["zoom", "acme-video", "8x8", longest.as_str()] {
            assert_eq!(OnlineLocation::new(name).unwrap().as_str(), name);
        }
        let too_long = "x".repeat(LONGEST + 1);
        for bad in [
            "",
            "Zoom",
            "acme video",
            "a.b",
            "a/b",
            "-a",
            "a-",
            "zoom\0",
            "ü",
            &too_long,
        ] {
            assert!(OnlineLocation::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn json_has_the_name() {
        let zoom = OnlineLocation::from_static("zoom");
        assert_eq!(serde_json::to_string(&zoom).unwrap(), r#""zoom""#);
        assert_eq!(serde_json::from_str::<OnlineLocation>(r#""zoom""#).unwrap(), zoom);
        assert!(serde_json::from_str::<OnlineLocation>(r#""Zoom""#).is_err());
    }

    #[test]
    fn the_nearest_is_like_it() {
        let known = ["zoom", "jitsi"].map(OnlineLocation::from_static);
        let nearest = |name| OnlineLocation::from_static(name).nearest(known);
        assert_eq!(nearest("zom"), Some(known[0]));
        assert_eq!(nearest("jitsi-meet"), Some(known[1]));
        assert_eq!(nearest("acme-video"), None);
        assert_eq!(known[1].capitalized(), "Jitsi");
    }
}
