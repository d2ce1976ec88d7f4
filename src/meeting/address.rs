//! Email addresses, and the links of online meetings.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use url::Url;

/// One mailbox address (RFC 5321 §4.1.2), its domain in ASCII form (IDNA, RFC 5891).
///
/// The local part keeps its spelling; two addresses are the same mailbox when they are equal ignoring
/// ASCII case, see [`EmailAddress::is_same_mailbox`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress {
    /// Shared by all clones: a mail and its envelope share the person's address.
    address: Arc<str>,
    /// The offset of the `@`: at most 64 octets stand before it.
    at: u8,
}

/// Why a text is not one email address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not one email address: {reason}")]
pub struct InvalidEmail {
    /// The text as it was given.
    pub text: String,
    /// The reason.
    pub reason: String,
}

impl EmailAddress {
    /// Checks a text such as `lee@client.example`, ignoring spaces around it.
    ///
    /// # Errors
    /// [`InvalidEmail`] when the text is not exactly one address (a list, a name with an address in angle
    /// brackets, a line break), or its domain is no domain name.
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidEmail> {
        let text = text.as_ref();
        let refuse = |reason: String| InvalidEmail {
            text: text.to_owned(),
            reason,
        };
        let trimmed = text.trim_matches(' ');
        if let Some(c) = trimmed
            .chars()
            .find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
        {
            return Err(refuse(format!("it has the control character U+{:04X}", c as u32)));
        }
        let (local, domain) = trimmed
            .rsplit_once('@')
            .ok_or_else(|| refuse("it has no @".to_owned()))?;
        if local
            .chars()
            .any(|c| matches!(c, '<' | '>' | ',' | ';') || c.is_whitespace())
            && !local.starts_with('"')
        {
            return Err(refuse("write the bare address, one only".to_owned()));
        }
        let ascii = idna::domain_to_ascii_strict(domain)
            .map_err(|_| refuse(format!("{domain:?} is not a domain name")))?;
        let address = format!("{local}@{ascii}");
        lettre::Address::from_str(&address).map_err(|e| refuse(e.to_string()))?;
        match u8::try_from(local.len()) {
            Ok(at @ ..=64) => Ok(Self {
                at,
                address: address.into(),
            }),
            _ => Err(refuse("the part before @ is longer than 64 octets".to_owned())),
        }
    }

    /// The address, its domain in ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.address
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        &self.address[..usize::from(self.at)]
    }

    /// The part after the `@`, in ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.address[usize::from(self.at) + 1..]
    }

    /// Whether both addresses are the same mailbox: they are equal, ignoring ASCII case.
    #[must_use]
    pub fn is_same_mailbox(&self, other: &Self) -> bool {
        self.address.eq_ignore_ascii_case(&other.address)
    }

    /// A key that is equal for all addresses of one mailbox.
    #[must_use]
    pub fn mailbox(&self) -> String {
        self.address.to_ascii_lowercase()
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address)
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.address)
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmail;
    fn from_str(text: &str) -> Result<Self, InvalidEmail> {
        Self::new(text)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidEmail;
    fn try_from(text: String) -> Result<Self, InvalidEmail> {
        Self::new(text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.address.as_ref().to_owned()
    }
}

/// The https link by which people join an online meeting. It is kept exactly as it was given, and never rebuilt.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct JoinUrl(String);

/// Why a text is not a join URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a join URL: {reason}")]
pub struct InvalidJoinUrl {
    /// The text as it was given.
    pub text: String,
    /// The reason.
    pub reason: String,
}

impl JoinUrl {
    /// Checks a text and makes it a join URL.
    ///
    /// # Errors
    /// [`InvalidJoinUrl`] unless the text is an absolute `https` URL of at most 2,048 octets, with a host,
    /// without a user name or password, and without spaces, quotes, angle brackets or control characters.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidJoinUrl> {
        let text = text.into();
        let reason = match Url::parse(&text) {
            Err(e) => Some(e.to_string()),
            Ok(url) if url.scheme() != "https" => Some("it must begin with https://".to_owned()),
            Ok(url) if url.host_str().is_none_or(str::is_empty) => Some("it names no host".to_owned()),
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                Some("it carries a user name or password".to_owned())
            }
            Ok(_) if text.len() > 2048 => Some("it is longer than 2,048 octets".to_owned()),
            Ok(_)
                if text
                    .chars()
                    .any(|c| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | '"')) =>
            {
                Some("it has a space, a quote, an angle bracket or a control character in it".to_owned())
            }
            Ok(_) => None,
        };
        match reason {
            None => Ok(Self(text)),
            Some(reason) => Err(InvalidJoinUrl { text, reason }),
        }
    }

    /// The URL exactly as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for JoinUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for JoinUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinUrl({})", self.0)
    }
}

impl TryFrom<String> for JoinUrl {
    type Error = InvalidJoinUrl;
    fn try_from(text: String) -> Result<Self, InvalidJoinUrl> {
        Self::new(text)
    }
}

impl From<JoinUrl> for String {
    fn from(url: JoinUrl) -> Self {
        url.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_one_address() {
        for bad in [
            "",
            "lee",
            "lee@",
            "@client.example",
            "a@x.example, b@x.example",
            "a@x.example;b@x.example",
            "Lee <lee@client.example>",
            "lee@client.example\r\nBcc: x@y.example",
            "lee@-bad-.example",
            "lee @client.example",
        ] {
            assert!(
                EmailAddress::new(bad).is_err(),
                "{bad:?} was taken for an address"
            );
        }
    }

    #[test]
    fn an_international_domain_is_kept_in_ascii() {
        let address = EmailAddress::new(" jörg@bücher.example ").unwrap();
        assert_eq!(address.as_str(), "jörg@xn--bcher-kva.example");
        assert_eq!(address.local_part(), "jörg");
        assert_eq!(address.domain(), "xn--bcher-kva.example");
    }

    #[test]
    fn a_join_url_is_https_and_kept_to_the_letter() {
        let url = "https://us05web.zoom.us/j/85746065432?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1";
        assert_eq!(JoinUrl::new(url).unwrap().as_str(), url);
        for bad in [
            "http://zoom.us/j/1",
            "javascript:alert(1)",
            "https://",
            "zoom.us/j/1",
            "https://u:p@zoom.us/j/1",
            "https://zoom.us/\"onload",
        ] {
            assert!(JoinUrl::new(bad).is_err(), "{bad:?} was taken for a join URL");
        }
    }
}
