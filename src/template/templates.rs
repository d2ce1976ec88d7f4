//! All loaded templates.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use tera::Tera;

use crate::mail::InlineImage;
use crate::meeting::Language;

use super::error::{Origin, Place, Problem};
use super::files::built_in;
use super::files::catalogue::Catalogue;
use super::files::sources::Sources;
use super::language::labels::Labels;
use super::language::locale::Locales;
use super::limits::inject::Checked;
use super::name::{Part, TemplateName};
use super::tags::{Token, tags};

/// All templates and labels, parsed. A clone shares them, and may go to another thread.
#[derive(Clone)]
pub struct Templates(pub(super) Arc<Inner>);

/// The data that all clones share.
pub(super) struct Inner {
    pub(super) catalogue: Catalogue,
    pub(super) tera: Tera,
    /// The templates with their checks, as Tera has them.
    pub(super) checked: HashMap<String, Checked>,
    pub(super) labels: Arc<Labels>,
    pub(super) locales: Locales,
    /// The templates that record their conditions. They are made when they are first needed.
    pub(super) traced: OnceLock<Result<Tera, Vec<Problem>>>,
}

impl std::fmt::Debug for Templates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Templates")
            .field("labels", &self.0.labels)
            .finish_non_exhaustive()
    }
}

/// A rendered mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The subject: one line without control characters.
    pub subject: String,
    /// The HTML body, a whole document.
    pub html: String,
    /// The text body.
    pub text: String,
    /// The language of the HTML body.
    pub language: Language,
    /// Whether that language is written from right to left.
    pub right_to_left: bool,
    /// The pictures that the HTML body shows by their Content-IDs.
    pub images: Vec<InlineImage>,
}

/// A template that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateInfo {
    /// The template's name.
    pub name: TemplateName,
    /// The template's parts: first those for all languages, then those for single languages.
    pub parts: Vec<PartInfo>,
}

/// A part of a template that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartInfo {
    /// Which part.
    pub part: Part,
    /// The language of the file. `None`: for all languages.
    pub language: Option<Language>,
    /// Where the file comes from.
    pub origin: Origin,
}

/// The file that a part is rendered from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSource {
    /// The file's path below the folder of templates, such as `invitation/meeting/body.html`.
    pub path: String,
    /// The language of the file. `None`: for all languages.
    pub language: Option<Language>,
    /// Where the file comes from.
    pub origin: Origin,
    /// The file's text.
    pub text: String,
}

impl Templates {
    /// Every built-in file with its path below the folder of templates, for programs that copy them.
    pub fn built_in_files() -> impl Iterator<Item = (&'static str, &'static str)> {
        built_in::FILES.iter().copied()
    }

    /// The languages that have labels, with the files of each.
    #[must_use]
    pub fn languages(&self) -> Vec<(Language, Vec<Origin>)> {
        self.0.labels.languages()
    }

    /// Every template that exists, with its parts.
    #[must_use]
    pub fn list(&self) -> Vec<TemplateInfo> {
        let catalogue = &self.0.catalogue;
        TemplateName::all()
            .map(|name| {
                let mut parts = Vec::new();
                for part in Part::ALL {
                    let Some(files) = catalogue.part(name, part) else {
                        continue;
                    };
                    let neutral = files.neutral.iter().map(|template| (None, template));
                    let single = files
                        .languages
                        .iter()
                        .map(|(language, template)| (Some(language.clone()), template));
                    parts.extend(neutral.chain(single).filter_map(|(language, template)| {
                        let origin = catalogue.file(template)?.origin.clone();
                        Some(PartInfo {
                            part,
                            language,
                            origin,
                        })
                    }));
                }
                parts.sort_by_key(|info| info.language.as_ref().map(Language::tag));
                TemplateInfo { name, parts }
            })
            .filter(|info| !info.parts.is_empty())
            .collect()
    }

    /// Whether any template contains a word, such as the name of a variable that takes long to make.
    pub(crate) fn mention(&self, word: &str) -> bool {
        let mut files = self.0.catalogue.templates();
        files.any(|(_, file)| file.text.contains(word))
    }

    /// Adds a file, and the files that it extends or includes.
    pub(super) fn reach(&self, path: String, files: &mut Vec<String>) {
        let Some(file) = self.0.catalogue.file(&path) else {
            return;
        };
        if files.contains(&path) {
            return;
        }
        files.push(path);
        for tag in tags(&file.text) {
            if !matches!(tag.keyword(), Some("extends" | "include")) {
                continue;
            }
            for (_, token) in &tag.tokens {
                if let Token::Text(next) = token {
                    self.reach((*next).to_owned(), files);
                }
            }
        }
    }

    /// A problem of a whole file, shown at the file's start.
    pub(super) fn at_start(&self, code: &'static str, message: &str, template: &str) -> Problem {
        let nowhere = Origin::File(template.into());
        let file = self.0.catalogue.file(template);
        let (origin, text) = file.map_or((&nowhere, ""), |file| (&file.origin, file.text.as_str()));
        Problem::new(code, message, Place::at(origin, text, 0, 1))
    }
}

impl Sources for Inner {
    fn source(&self, template: &str) -> Option<(&Origin, &str)> {
        self.catalogue.source(template)
    }

    fn names(&self) -> Vec<&str> {
        self.catalogue.names()
    }

    fn place(&self, template: &str, line: usize, column: usize, length: usize) -> (usize, usize, usize) {
        self.checked
            .get(template)
            .map_or((line, column, length), |checked| {
                checked.place(line, column, length)
            })
    }
}
