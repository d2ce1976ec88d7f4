//! Languages that people read.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use icu_locale_core::{Locale, locale};
use serde::{Deserialize, Serialize};

/// A language tag (BCP 47), such as `de`, `es-MX` or `zh-Hans`. EspoCRM's form `de_DE` is read too. The type is small
/// and cheap to clone, because every record has a language and there are few languages.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Language(Tag);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Tag {
    English,
    Other(Arc<Locale>),
}

static ENGLISH: Locale = locale!("en");

/// Languages by the texts that they were made from.
static MADE: LazyLock<RwLock<HashMap<String, Language>>> = LazyLock::new(RwLock::default);

/// The most languages that are kept. Records can name any number of languages.
const MOST_KEPT: usize = 256;

/// Why a text is not a language tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a language tag such as \"en\", \"de-AT\" or \"zh-Hans\"")]
pub struct InvalidLanguage(pub String);

impl Language {
    /// English.
    pub const ENGLISH: Self = Self(Tag::English);

    /// Makes a language from a tag.
    ///
    /// # Errors
    /// [`InvalidLanguage`] when the text is no well-formed tag.
    pub fn new(tag: &str) -> Result<Self, InvalidLanguage> {
        if let Some(made) = MADE.read().unwrap_or_else(PoisonError::into_inner).get(tag) {
            return Ok(made.clone());
        }
        let refuse = || InvalidLanguage(tag.to_owned());
        let locale = Locale::try_from_str(&tag.replace('_', "-")).map_err(|_| refuse())?;
        if locale.id.language.is_unknown() {
            return Err(refuse());
        }
        let language = Self::of(locale);
        let mut made = MADE.write().unwrap_or_else(PoisonError::into_inner);
        if made.len() < MOST_KEPT {
            made.insert(tag.to_owned(), language.clone());
        }
        Ok(language)
    }

    fn of(locale: Locale) -> Self {
        Self(if locale == ENGLISH {
            Tag::English
        } else {
            Tag::Other(Arc::new(locale))
        })
    }

    /// The tag in its canonical form, such as `de-AT`.
    #[must_use]
    pub fn tag(&self) -> String {
        self.locale().to_string()
    }

    /// The language alone, without region and script, such as `de`.
    #[must_use]
    pub fn base(&self) -> Self {
        let mut locale = Locale::UNKNOWN;
        locale.id.language = self.locale().id.language;
        Self::of(locale)
    }

    /// The tag in the form by which CLDR data are looked up.
    #[must_use]
    pub fn locale(&self) -> &Locale {
        match &self.0 {
            Tag::English => &ENGLISH,
            Tag::Other(locale) => locale,
        }
    }

    /// Whether the language is written from right to left. The tag's script decides. For a tag without a script, the
    /// language decides.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        let id = &self.locale().id;
        match id.script {
            Some(script) => matches!(
                script.as_str(),
                "Arab" | "Hebr" | "Thaa" | "Nkoo" | "Syrc" | "Adlm" | "Rohg" | "Mand" | "Samr"
            ),
            None => matches!(
                id.language.as_str(),
                "ar" | "he" | "iw" | "fa" | "ur" | "yi" | "ps" | "sd" | "ug" | "dv" | "ckb" | "syr"
            ),
        }
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Language({self})")
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.locale(), f)
    }
}

impl FromStr for Language {
    type Err = InvalidLanguage;
    fn from_str(tag: &str) -> Result<Self, InvalidLanguage> {
        Self::new(tag)
    }
}

impl Serialize for Language {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.locale())
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_tags_in_both_spellings() {
        assert_eq!(Language::new("de_AT").unwrap().tag(), "de-AT");
        assert_eq!(Language::new("zh-hans").unwrap().tag(), "zh-Hans");
        assert_eq!(Language::new("de-AT").unwrap().base().tag(), "de");
        assert_eq!(Language::new("EN").unwrap(), Language::ENGLISH);
        assert_eq!(Language::new("en-GB").unwrap().base(), Language::ENGLISH);
        for bad in ["", "d", "german language", "und"] {
            assert!(Language::new(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn knows_which_way_it_is_written() {
        assert!(Language::new("he").unwrap().is_right_to_left());
        assert!(!Language::new("de").unwrap().is_right_to_left());
        assert!(!Language::new("ku-Latn").unwrap().is_right_to_left());
    }
}
