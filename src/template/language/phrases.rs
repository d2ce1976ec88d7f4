//! The words and sentences of a language: labels, looked up in that language first.

use std::sync::Arc;

use chrono::TimeDelta;
use fluent_bundle::FluentArgs;

use crate::meeting::Language;

use super::labels::{LabelError, Labels, with_parents};

/// The labels that this file writes, with the arguments `count`, `start`, `end`, `first` and `then`.
pub(in crate::template) const NEEDED: &[&str] = &[
    "range",
    "duration-days",
    "duration-hours",
    "duration-minutes",
    "duration-join",
];

/// The labels for the readers of a language.
#[derive(Debug)]
pub(in crate::template) struct Phrases {
    /// The languages in which labels are looked up, in this order.
    chain: Vec<Language>,
    labels: Arc<Labels>,
}

impl Phrases {
    /// The language's own labels come first, then the organization's language, then English.
    pub(super) fn new(language: &Language, organization: &Language, labels: Arc<Labels>) -> Self {
        let mut chain = with_parents(language);
        chain.extend(with_parents(organization));
        chain.push(Language::ENGLISH);
        chain.retain(|language| labels.has(language));
        chain.dedup();
        Self { chain, labels }
    }

    /// Writes a label.
    pub(in crate::template) fn label(
        &self,
        key: &str,
        args: Option<&FluentArgs<'_>>,
    ) -> Result<String, LabelError> {
        self.labels.write(&self.chain, key, args)
    }

    /// Writes a label, looked up in another language first.
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

    /// Whether a label only prints its arguments and depends on them in no other way.
    pub(in crate::template) fn prints_plainly(&self, key: &str) -> bool {
        self.labels.prints_plainly(&self.chain, key)
    }

    /// `10:00 – 11:00`, from two texts that CLDR does not join.
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
