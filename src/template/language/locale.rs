//! The language that a part is rendered in: its phrases and its dates.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::meeting::{Language, When, Zone};

use super::dates::DateFormats;
use super::labels::{LabelError, Labels};
use super::phrases::Phrases;
use super::times::Times;
use crate::template::error::TemplateError;

/// Everything that is needed to write in one language.
#[derive(Debug)]
pub(in crate::template) struct Locale {
    pub(in crate::template) language: Language,
    pub(in crate::template) dates: DateFormats,
    pub(in crate::template) phrases: Phrases,
    /// The times that were written last. The invitees of a meeting are mostly in a few zones.
    times: RwLock<HashMap<(When, Zone), Arc<Times>>>,
}

impl Locale {
    fn new(language: &Language, organization: &Language, labels: Arc<Labels>) -> Result<Self, TemplateError> {
        let dates = DateFormats::new(language).map_err(|error| TemplateError::Dates {
            language: language.tag(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            language: language.clone(),
            dates,
            phrases: Phrases::new(language, organization, labels),
            times: RwLock::default(),
        })
    }

    /// The time of a meeting in words, on the clock of a zone.
    pub(in crate::template) fn times(&self, when: &When, zone: &Zone) -> Result<Arc<Times>, LabelError> {
        const KEPT: usize = 64;
        let key = (*when, zone.clone());
        let known = self.times.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = known.get(&key) {
            return Ok(Arc::clone(times));
        }
        drop(known);
        let times = Arc::new(Times::new(when, zone, &self.dates, &self.phrases)?);
        let mut known = self.times.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, Arc::clone(&times));
        Ok(times)
    }
}

/// The locales that have been made.
#[derive(Debug, Default)]
pub(in crate::template) struct Locales {
    made: RwLock<HashMap<(Language, Language), Arc<Locale>>>,
}

impl Locales {
    /// Locales beyond this number are not kept, because records can name any number of languages.
    const KEPT: usize = 256;

    /// The locale of a language for an organization's mails.
    pub(in crate::template) fn of(
        &self,
        language: &Language,
        organization: &Language,
        labels: &Arc<Labels>,
    ) -> Result<Arc<Locale>, TemplateError> {
        let key = (language.clone(), organization.clone());
        if let Some(locale) = self.made.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(locale));
        }
        let locale = Arc::new(Locale::new(language, organization, Arc::clone(labels))?);
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        if made.len() < Self::KEPT {
            made.insert(key, Arc::clone(&locale));
        }
        Ok(locale)
    }
}
