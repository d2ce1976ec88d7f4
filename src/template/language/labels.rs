//! The words of each language: Fluent messages, built in and overridden beside the templates.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_syntax::ast::{Expression, InlineExpression, Pattern, PatternElement};
use unic_langid::LanguageIdentifier;

use crate::meeting::Language;

use crate::template::error::{Origin, Place, Problem, nearest};

/// The labels of all languages.
pub(in crate::template) struct Labels {
    languages: HashMap<Language, Bundle>,
}

struct Bundle {
    messages: FluentBundle<Arc<FluentResource>>,
    keys: Vec<String>,
    origins: Vec<Origin>,
}

impl std::fmt::Debug for Labels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.languages.keys()).finish()
    }
}

/// Why a label could not be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::template) enum LabelError {
    /// No language of the chain has it.
    Unknown { key: String, nearest: Option<String> },
    /// The language has the label, but the label needs an argument that was not given, or refers to a missing message.
    Unfinished { key: String, reason: String },
}

impl Labels {
    pub(in crate::template) fn new() -> Self {
        Self {
            languages: HashMap::new(),
        }
    }

    /// Adds the messages of one file to a language. They replace messages of the same name.
    pub(in crate::template) fn add(
        &mut self,
        language: &Language,
        origin: &Origin,
        text: &str,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, errors)| {
            for error in errors {
                let start = error.slice.as_ref().map_or(error.pos.start, |slice| {
                    // The end of the text before is the point where the parser gave up; the entry begins at its slice.
                    error.pos.start.max(slice.start)
                });
                let place = Place::at(origin, text, start, 1);
                problems.push(Problem::new("syntax", error.kind.to_string(), place));
            }
            resource
        });
        let bundle = self.languages.entry(language.clone()).or_insert_with(|| {
            let id: LanguageIdentifier = plural_language(language);
            let mut messages = FluentBundle::new_concurrent(vec![id]);
            // Readers need the isolating characters less often than mail programs show them as boxes.
            messages.set_use_isolating(false);
            Bundle {
                messages,
                keys: Vec::new(),
                origins: Vec::new(),
            }
        });
        for entry in resource.entries() {
            if let fluent_syntax::ast::Entry::Message(message) = entry {
                let key = message.id.name.to_owned();
                if !bundle.keys.contains(&key) {
                    bundle.keys.push(key);
                }
            }
        }
        bundle.messages.add_resource_overriding(Arc::new(resource));
        bundle.origins.push(origin.clone());
        problems
    }

    /// The languages that have labels, sorted by tag, with the files of each.
    pub(in crate::template) fn languages(&self) -> Vec<(Language, Vec<Origin>)> {
        let mut all: Vec<_> = self
            .languages
            .iter()
            .map(|(language, bundle)| (language.clone(), bundle.origins.clone()))
            .collect();
        all.sort_by_key(|(language, _)| language.tag());
        all
    }

    pub(in crate::template) fn has(&self, language: &Language) -> bool {
        self.languages.contains_key(language)
    }

    /// Whether any language has a label of this name.
    pub(in crate::template) fn knows(&self, key: &str) -> bool {
        self.languages
            .values()
            .any(|bundle| bundle.messages.has_message(key))
    }

    /// The label nearest to a name that no language has.
    pub(in crate::template) fn nearest(&self, key: &str) -> Option<String> {
        let english = self.languages.get(&Language::ENGLISH)?;
        nearest(key, english.keys.iter().map(String::as_str))
    }

    fn find(&self, chain: &[Language], key: &str) -> Option<(&Bundle, &Pattern<&str>)> {
        chain.iter().find_map(|language| {
            let bundle = self.languages.get(language)?;
            let pattern = bundle.messages.get_message(key)?.value()?;
            Some((bundle, pattern))
        })
    }

    /// Whether a label consists only of text and its arguments, and chooses no variant by them.
    pub(in crate::template) fn prints_plainly(&self, chain: &[Language], key: &str) -> bool {
        let is_plain = |element: &PatternElement<&str>| {
            matches!(
                element,
                PatternElement::TextElement { .. }
                    | PatternElement::Placeable {
                        expression: Expression::Inline(InlineExpression::VariableReference { .. })
                    }
            )
        };
        self.find(chain, key)
            .is_some_and(|(_, pattern)| pattern.elements.iter().all(is_plain))
    }

    /// Writes a label in the first language of the chain that has it.
    pub(in crate::template) fn write(
        &self,
        chain: &[Language],
        key: &str,
        args: Option<&FluentArgs<'_>>,
    ) -> Result<String, LabelError> {
        let Some((bundle, pattern)) = self.find(chain, key) else {
            return Err(LabelError::Unknown {
                key: key.to_owned(),
                nearest: self.nearest(key),
            });
        };
        let mut errors = Vec::new();
        let text: Cow<'_, str> = bundle.messages.format_pattern(pattern, args, &mut errors);
        match errors.first() {
            None => Ok(text.into_owned()),
            Some(error) => Err(LabelError::Unfinished {
                key: key.to_owned(),
                reason: error.to_string(),
            }),
        }
    }
}

/// The identifier by which Fluent finds plural rules. For a tag that is no such identifier: the root's.
fn plural_language(language: &Language) -> LanguageIdentifier {
    language.locale().id.to_string().parse().unwrap_or_default()
}

/// A language, then its parents: `zh-Hans-CN`, `zh-Hans`, `zh`.
pub(in crate::template) fn with_parents(language: &Language) -> Vec<Language> {
    let mut chain = vec![language.clone()];
    let mut tag = language.locale().id.to_string();
    loop {
        if let Ok(parent) = Language::new(&tag)
            && chain.last() != Some(&parent)
        {
            chain.push(parent);
        }
        match tag.rfind('-') {
            Some(at) => tag.truncate(at),
            None => return chain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn language(tag: &str) -> Language {
        Language::new(tag).unwrap()
    }

    fn labels() -> Labels {
        let mut labels = Labels::new();
        let here = Origin::BuiltIn("x");
        assert!(
            labels
                .add(
                    &Language::ENGLISH,
                    &here,
                    "join = Join\nhello = Hello { $name }\n"
                )
                .is_empty()
        );
        assert!(
            labels
                .add(&language("de"), &here, "join = Teilnehmen\n")
                .is_empty()
        );
        labels
    }

    #[test]
    fn a_missing_label_falls_back_along_the_chain() {
        let mut args = FluentArgs::new();
        args.set("name", "Lee");
        let chain = [language("de-AT"), language("de"), Language::ENGLISH];
        assert_eq!(labels().write(&chain, "join", None).as_deref(), Ok("Teilnehmen"));
        assert_eq!(
            labels().write(&chain, "hello", Some(&args)).as_deref(),
            Ok("Hello Lee")
        );
    }

    #[test]
    fn what_is_unknown_or_unfinished_is_an_error() {
        let chain = [Language::ENGLISH];
        assert_eq!(
            labels().write(&chain, "jion", None),
            Err(LabelError::Unknown {
                key: "jion".to_owned(),
                nearest: Some("join".to_owned())
            })
        );
        assert!(matches!(
            labels().write(&chain, "hello", None),
            Err(LabelError::Unfinished { .. })
        ));
    }

    #[test]
    fn a_later_file_replaces_single_labels() {
        let mut labels = labels();
        let own = Origin::File("labels/en.ftl".into());
        assert!(
            labels
                .add(&Language::ENGLISH, &own, "join = Come in\n")
                .is_empty()
        );
        assert_eq!(
            labels.write(&[Language::ENGLISH], "join", None).as_deref(),
            Ok("Come in")
        );
        assert!(labels.knows("hello"));
    }

    #[test]
    fn broken_labels_say_where() {
        let own = Origin::File("labels/en.ftl".into());
        let problems = Labels::new().add(&Language::ENGLISH, &own, "join = Join\nwhen When\n");
        assert_eq!((problems[0].line, problems[0].code), (2, "syntax"));
    }

    #[test]
    fn a_language_has_parents() {
        let tags: Vec<_> = with_parents(&language("zh-Hans-CN-u-hc-h12"))
            .iter()
            .map(Language::tag)
            .collect();
        assert_eq!(tags, ["zh-Hans-CN-u-hc-h12", "zh-Hans-CN", "zh-Hans", "zh"]);
    }

    #[test]
    fn every_built_in_language_has_every_label() {
        let mut labels = Labels::new();
        for (path, text) in crate::template::files::built_in::FILES {
            if let Some(tag) = path
                .strip_prefix("labels/")
                .and_then(|name| name.strip_suffix(".ftl"))
            {
                let problems = labels.add(&language(tag), &Origin::BuiltIn(path), text);
                assert_eq!(problems, [], "{path}");
            }
        }
        let english = &labels.languages[&Language::ENGLISH].keys;
        assert!(english.len() > 30);
        for (language, bundle) in &labels.languages {
            assert_eq!(&bundle.keys, english, "{language}");
        }
    }
}
