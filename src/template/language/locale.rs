//! The language that a part is rendered in: its words, its dates, its direction.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use chrono::TimeDelta;
use fluent_bundle::FluentArgs;

use crate::meeting::{Language, When, Zone};

use super::dates::DateFormats;
use super::labels::{LabelError, Labels, with_parents};
use super::times::Times;
use crate::template::error::TemplateError;

/// The labels that the code below writes, with the values `count`, `start`, `end`, `first` and `then`.
pub(in crate::template) const NEEDED: &[&str] = &[
    "range",
    "duration-days",
    "duration-hours",
    "duration-minutes",
    "duration-join",
];

/// A language ready to be written.
#[derive(Debug)]
pub(in crate::template) struct Voice {
    pub(in crate::template) language: Language,
    pub(in crate::template) dates: DateFormats,
    /// Where words are looked up, in this order.
    chain: Vec<Language>,
    labels: Arc<Labels>,
    /// What was written last: the invitees of a meeting are mostly in a few zones.
    times: RwLock<HashMap<(When, Zone), Arc<Times>>>,
}

impl Voice {
    fn new(language: &Language, organization: &Language, labels: Arc<Labels>) -> Result<Self, TemplateError> {
        let dates = DateFormats::new(language).map_err(|error| TemplateError::Dates {
            language: language.tag(),
            reason: error.to_string(),
        })?;
        let mut chain = with_parents(language);
        chain.extend(with_parents(organization));
        chain.push(Language::ENGLISH);
        chain.retain(|language| labels.has(language));
        chain.dedup();
        Ok(Self {
            language: language.clone(),
            dates,
            chain,
            labels,
            times: RwLock::default(),
        })
    }

    /// When something is, on the clock of a zone.
    pub(in crate::template) fn times(&self, when: &When, zone: &Zone) -> Result<Arc<Times>, LabelError> {
        const KEPT: usize = 64;
        let key = (*when, zone.clone());
        let known = self.times.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(times) = known.get(&key) {
            return Ok(Arc::clone(times));
        }
        drop(known);
        let times = Arc::new(Times::new(when, zone, self)?);
        let mut known = self.times.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KEPT {
            known.clear();
        }
        known.insert(key, Arc::clone(&times));
        Ok(times)
    }

    /// Writes a label.
    pub(in crate::template) fn label(
        &self,
        key: &str,
        args: Option<&FluentArgs<'_>>,
    ) -> Result<String, LabelError> {
        self.labels.write(&self.chain, key, args)
    }

    /// Writes a label in another language first.
    pub(in crate::template) fn label_in(
        &self,
        language: &Language,
        key: &str,
        args: Option<&FluentArgs<'_>>,
    ) -> Result<String, LabelError> {
        let mut chain = with_parents(language);
        chain.extend(self.chain.iter().cloned());
        self.labels.write(&chain, key, args)
    }

    /// Whether a label only prints what it is given, however that is spelled.
    pub(in crate::template) fn prints_plainly(&self, key: &str) -> bool {
        self.labels.prints_plainly(&self.chain, key)
    }

    /// `10:00 – 11:00`, of two texts that CLDR does not join.
    pub(in crate::template) fn range(&self, start: &str, end: &str) -> Result<String, LabelError> {
        let mut args = FluentArgs::new();
        args.set("start", start);
        args.set("end", end);
        self.label("range", Some(&args))
    }

    /// `1 hour 30 minutes`. A started minute counts as one.
    pub(in crate::template) fn duration(&self, duration: TimeDelta) -> Result<String, LabelError> {
        let minutes = (duration.num_seconds().max(0) + 59) / 60;
        let mut text = String::new();
        for (key, count) in [
            ("duration-days", minutes / (24 * 60)),
            ("duration-hours", minutes / 60 % 24),
            ("duration-minutes", minutes % 60),
        ] {
            if count == 0 && !(minutes == 0 && key == "duration-minutes") {
                continue;
            }
            let mut args = FluentArgs::new();
            args.set("count", count);
            let part = self.label(key, Some(&args))?;
            text = if text.is_empty() {
                part
            } else {
                let mut args = FluentArgs::new();
                args.set("first", text);
                args.set("then", part);
                self.label("duration-join", Some(&args))?
            };
        }
        Ok(text)
    }

    /// `2 days`.
    pub(in crate::template) fn days(&self, count: i64) -> Result<String, LabelError> {
        let mut args = FluentArgs::new();
        args.set("count", count);
        self.label("duration-days", Some(&args))
    }
}

/// The voices made so far.
#[derive(Debug, Default)]
pub(in crate::template) struct Voices {
    made: RwLock<HashMap<(Language, Language), Arc<Voice>>>,
}

impl Voices {
    /// More languages than this are made anew each time: their number is up to the records.
    const KEPT: usize = 256;

    /// The voice of a language for an organization's mails.
    pub(in crate::template) fn of(
        &self,
        language: &Language,
        organization: &Language,
        labels: &Arc<Labels>,
    ) -> Result<Arc<Voice>, TemplateError> {
        let key = (language.clone(), organization.clone());
        if let Some(voice) = self.made.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(voice));
        }
        let voice = Arc::new(Voice::new(language, organization, Arc::clone(labels))?);
        let mut made = self.made.write().unwrap_or_else(PoisonError::into_inner);
        if made.len() < Self::KEPT {
            made.insert(key, Arc::clone(&voice));
        }
        Ok(voice)
    }
}
