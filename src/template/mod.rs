//! Templates: the words and the looks of mails, which people who do not program can edit.
//!
//! A template has a [name](TemplateName), such as *Invitation · Meeting*, and three [parts](Part): subject,
//! HTML body, text body, each a file in [Tera 2](https://keats.github.io/tera/). The built-in ones are compiled
//! in; files of a configured folder take the place of those with the same path, part by part. One layout serves
//! all languages: its words are labels (Fluent), its dates are CLDR's. `docs/templates.md` is written for those
//! who edit them.
//!
//! A template that is wrong is an error with file, line and column when the folder is loaded, or when it is
//! rendered; nothing else is ever sent in its place.

mod authoring;
mod check;
mod error;
mod espocrm;
mod files;
mod language;
mod limits;
mod lint;
mod name;
mod render;
mod tags;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use tera::Tera;

use crate::mail::InlineImage;
use crate::meeting::Language;

use error::Place;
use files::built_in;
use files::catalogue::Catalogue;
use files::sources::Sources;
use language::labels::Labels;
use language::locale::Voices;
use limits::inject::Checked;
use render::context;

pub use authoring::conditions::Condition;
pub use authoring::folder::{
    FolderError, Reason as ChangeReason, TemplateFolder, Upgrade, UpgradeState, Version, difference,
};
pub use authoring::inspection::Inspection;
pub use authoring::preview::Preview;
pub use authoring::sample::Sample;
pub use error::{Origin, Problem, Severity, TemplateError};
pub use espocrm::{ImportNote, ImportSeverity, Imported, import_espocrm};
pub use files::path::{FileChange, InvalidTemplatePath, TemplatePath};
pub use name::{Kind, Part, Record, TemplateName, UnknownTemplateName};
pub use render::cancellation::Cancellation;
pub use render::context::{AnswerLinks, InvitationContext, OnlineFacts, ParticipantNames};
pub use render::description::{Description, sanitize_description};
pub(crate) use render::functions::escaped;
pub use render::stencil::Stencil;

/// All templates and labels, parsed. A copy shares them, and may go to another thread.
#[derive(Clone)]
pub struct Templates(Arc<Inner>);

struct Inner {
    catalogue: Catalogue,
    tera: Tera,
    /// The templates as Tera has them.
    checked: HashMap<String, Checked>,
    labels: Arc<Labels>,
    voices: Voices,
    /// The templates telling of their conditions, made when it is first asked for.
    traced: OnceLock<Result<Tera, Vec<Problem>>>,
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
    /// Its name.
    pub name: TemplateName,
    /// Its parts: those for all languages first, then those for single ones.
    pub parts: Vec<PartInfo>,
}

/// A part of a template that exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartInfo {
    /// Which part.
    pub part: Part,
    /// The language that it is for; `None`: for all.
    pub language: Option<Language>,
    /// Where it comes from.
    pub origin: Origin,
}

/// The file that a part is rendered from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSource {
    /// Its path below the folder of templates, such as `invitation/meeting/body.html`.
    pub path: String,
    /// The language that the file is for; `None`: for all.
    pub language: Option<Language>,
    /// Where it comes from.
    pub origin: Origin,
    /// Its text.
    pub text: String,
}

/// Which file a part is rendered from, and in which language.
struct Choice<'a> {
    template: &'a str,
    file_language: Option<Language>,
    language: Language,
}

impl Templates {
    /// Every file that is built in, by its path below the folder of templates: for copying them.
    pub fn built_in_files() -> impl Iterator<Item = (&'static str, &'static str)> {
        built_in::FILES.iter().copied()
    }

    /// The names of all variables that templates can use.
    pub fn variables() -> impl Iterator<Item = &'static str> {
        context::VARIABLES.iter().copied()
    }

    /// The languages that have labels, with the files these come from.
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

    /// Whether any template says a word, such as the name of a variable that is dear to make.
    pub(crate) fn mention(&self, word: &str) -> bool {
        let mut files = self.0.catalogue.templates();
        files.any(|(_, file)| file.text.contains(word))
    }

    /// The file that a part is rendered from for a reader of a language.
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

fn at_start(catalogue: &Catalogue, code: &'static str, message: &str, template: &str) -> Problem {
    let nowhere = Origin::File(template.into());
    let (origin, text) = catalogue
        .file(template)
        .map_or((&nowhere, ""), |file| (&file.origin, file.text.as_str()));
    Problem::new(code, message, Place::at(origin, text, 0, 1))
}
