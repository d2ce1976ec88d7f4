//! The organization that invites: its name, its addresses, its defaults.

use url::Url;

use crate::meeting::{Language, Zone};

/// The organization that invites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Its name.
    pub name: String,
    /// The CRM's web address; record links begin with it.
    pub site_url: Option<Url>,
    /// Where answer links point; without it invitations have none.
    pub public_url: Option<Url>,
    /// The zone of people who have none of their own.
    pub time_zone: Zone,
    /// The language of people who have none of their own.
    pub language: Language,
}

impl Organization {
    /// An organization with a name, in UTC and English.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            site_url: None,
            public_url: None,
            time_zone: Zone::utc(),
            language: Language::ENGLISH,
        }
    }
}
