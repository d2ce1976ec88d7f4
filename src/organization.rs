//! The organization that invites: its name, its addresses, its defaults.

use std::fmt;
use std::str::FromStr;

use url::Url;

use crate::meeting::{Language, MeetingId, Zone};

/// The organization that invites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// The organization's name.
    pub name: String,
    /// The CRM's web address. Record links begin with it.
    pub site_url: Option<Url>,
    /// The address that answer links begin with. `None`: invitations have no answer links.
    pub public_url: Option<Url>,
    /// The zone of people whose records have none.
    pub time_zone: Zone,
    /// The language of people whose records have none.
    pub language: Language,
    /// The look of the organization's mails.
    pub brand: Brand,
}

/// The look by which people recognise an organization's mails.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Brand {
    /// A picture on the web, about 40 pixels high; an https address.
    pub logo_url: Option<Url>,
    /// The colour of buttons.
    pub color: Color,
    /// The last line of mails, in place of "Sent by …".
    pub footer: Option<String>,
    /// The postal address, below the footer.
    pub address: Option<String>,
}

/// A colour: red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Color([u8; 3]);

/// Why a text is no colour.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no colour; write one such as \"#1d5fbf\"")]
pub struct InvalidColor {
    /// The text as it was given.
    pub text: String,
}

impl Color {
    /// Black or white, whichever has the higher contrast on this colour (WCAG 2.2, "contrast ratio").
    #[must_use]
    pub fn text_color(self) -> Self {
        let linear = self.0.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        });
        let luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        let (on_white, on_black) = (1.05 / (luminance + 0.05), (luminance + 0.05) / 0.05);
        if on_white >= on_black {
            Self([255; 3])
        } else {
            Self([0; 3])
        }
    }
}

impl Default for Color {
    fn default() -> Self {
        Self([0x1d, 0x5f, 0xbf])
    }
}

impl FromStr for Color {
    type Err = InvalidColor;

    /// Reads `#1d5fbf` and `#abc`.
    fn from_str(text: &str) -> Result<Self, InvalidColor> {
        let invalid = || InvalidColor {
            text: text.to_owned(),
        };
        let digits = text.trim().strip_prefix('#').ok_or_else(invalid)?;
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let part = |from, to| u8::from_str_radix(&digits[from..to], 16).map_err(|_| invalid());
        match digits.len() {
            3 => Ok(Self([part(0, 1)? * 17, part(1, 2)? * 17, part(2, 3)? * 17])),
            6 => Ok(Self([part(0, 2)?, part(2, 4)?, part(4, 6)?])),
            _ => Err(invalid()),
        }
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Organization {
    /// The meeting's page in the CRM, in EspoCRM's form. `None`: the CRM's address is not known.
    #[must_use]
    pub fn record_url(&self, id: &MeetingId) -> Option<String> {
        let mut url = self.site_url.clone()?;
        url.set_fragment(Some(&format!("Meeting/view/{id}")));
        Some(url.into())
    }

    /// An organization with a name, in UTC and English.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            site_url: None,
            public_url: None,
            time_zone: Zone::utc(),
            language: Language::ENGLISH,
            brand: Brand::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_written() {
        let color = |text: &str| text.parse::<Color>().map(|color| color.to_string());
        assert_eq!(color("#1D5FBF").as_deref(), Ok("#1d5fbf"));
        assert_eq!(color("#fa0").as_deref(), Ok("#ffaa00"));
        for text in ["red", "#12", "#12345g", "1d5fbf", "#ää", "#+1+1+1"] {
            assert!(color(text).is_err(), "{text}");
        }
    }

    #[test]
    fn text_on_a_colour_can_be_read() {
        let on = |text: &str| text.parse::<Color>().unwrap().text_color().to_string();
        assert_eq!(
            (on("#1d5fbf").as_str(), on("#ffd800").as_str()),
            ("#ffffff", "#000000")
        );
    }
}
