//! The choice of a file and a language for each part of a mail.

use crate::meeting::Language;
use crate::template::language::labels::with_parents;
use crate::template::name::{Part, TemplateName};
use crate::template::templates::{PartSource, Templates};

/// The file that a part is rendered from, and the language of the part.
pub(in crate::template) struct Choice<'a> {
    pub(in crate::template) template: &'a str,
    file_language: Option<Language>,
    pub(in crate::template) language: Language,
}

impl Templates {
    /// The file that a part is rendered from, for a reader of a language.
    #[must_use]
    pub fn source(
        &self,
        name: TemplateName,
        part: Part,
        language: &Language,
        organization_language: &Language,
    ) -> Option<PartSource> {
        let choice = self.choose(name, part, language, organization_language)?;
        let file = self.0.catalogue.file(choice.template)?;
        Some(PartSource {
            path: choice.template.to_owned(),
            language: choice.file_language,
            origin: file.origin.clone(),
            text: file.text.clone(),
        })
    }

    /// The language of a mail to a reader of `language`. `None`: there is no such template.
    #[must_use]
    pub fn written_in(
        &self,
        name: TemplateName,
        language: &Language,
        organization_language: &Language,
    ) -> Option<Language> {
        self.choose(name, Part::Html, language, organization_language)
            .map(|choice| choice.language)
    }

    pub(in crate::template) fn choose(
        &self,
        name: TemplateName,
        part: Part,
        language: &Language,
        ours: &Language,
    ) -> Option<Choice<'_>> {
        let files = self.0.catalogue.part(name, part)?;
        if !files.languages.is_empty() {
            for reader in [language, ours] {
                for candidate in with_parents(reader) {
                    if let Some(template) = files.of(&candidate) {
                        return Some(Choice {
                            template,
                            file_language: Some(candidate),
                            language: reader.clone(),
                        });
                    }
                }
            }
        }
        let spoken = |reader: &&Language| with_parents(reader).iter().any(|l| self.0.labels.has(l));
        let language = [language, ours].into_iter().find(spoken);
        Some(Choice {
            template: files.neutral.as_deref()?,
            file_language: None,
            language: language.unwrap_or(&Language::ENGLISH).clone(),
        })
    }

    /// Whether the text body is made from the HTML body. The built-in text fits only the built-in HTML. So an edited
    /// HTML body without its own text also becomes the text body.
    pub(in crate::template) fn speaks_for_itself(&self, text: &Choice<'_>, html: &Choice<'_>) -> bool {
        let is_edited = |choice: &Choice<'_>| {
            let file = self.0.catalogue.file(choice.template);
            file.is_some_and(|file| file.origin.path().is_some())
        };
        is_edited(html) && !is_edited(text)
    }
}
