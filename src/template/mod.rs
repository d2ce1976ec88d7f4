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

mod built_in;
mod catalogue;
mod check;
mod context;
mod dates;
mod description;
mod diagnosis;
mod engine;
mod error;
mod espocrm;
mod example;
mod labels;
mod name;
mod scan;
mod times;
mod voice;

use std::path::Path;
use std::sync::Arc;

use tera::{Context, Tera};

use crate::meeting::{Language, one_line};

use catalogue::Catalogue;
use context::Variables;
use engine::Page;
use error::Place;
use labels::{Labels, with_parents};
use voice::{Voice, Voices, speaking};

pub use context::{AnswerLinks, InvitationContext, OnlineFacts};
pub use description::{Description, sanitize_description};
pub use error::{Origin, Problem, TemplateError};
pub use espocrm::{ImportNote, ImportSeverity, Imported, import_espocrm};
pub use name::{Kind, Part, Record, TemplateName, UnknownTemplateName};

/// All templates and labels, parsed. A copy shares them, and may go to another thread.
#[derive(Clone)]
pub struct Templates(Arc<Inner>);

struct Inner {
    catalogue: Catalogue,
    tera: Tera,
    labels: Arc<Labels>,
    voices: Voices,
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
    /// The built-in templates alone.
    ///
    /// # Errors
    /// None that a test of this crate would not have found.
    pub fn built_in() -> Result<Self, TemplateError> {
        Self::load(None)
    }

    /// The built-in templates, and over them the files of a folder.
    ///
    /// # Errors
    /// [`TemplateError::Read`] when the folder or a file in it cannot be read, is larger than 512 KiB, or is a
    /// link that leads out of the folder. [`TemplateError::Broken`] with every problem that can be seen without
    /// rendering: syntax; unknown variables, fields, labels, filters, tests, functions and templates; files
    /// that are misplaced.
    pub fn with_dir(dir: &Path) -> Result<Self, TemplateError> {
        Self::load(Some(dir))
    }

    fn load(dir: Option<&Path>) -> Result<Self, TemplateError> {
        let catalogue = Catalogue::load(dir)?;
        let mut problems = Vec::new();
        let mut labels = Labels::new();
        for (language, file) in catalogue.labels() {
            problems.extend(labels.add(language, &file.origin, &file.text));
        }
        problems.extend(check::needed_labels(&labels, &catalogue));
        let labels = Arc::new(labels);
        let mut tera = engine::engine();
        let templates = catalogue
            .templates()
            .map(|(name, file)| (name, file.text.as_str()));
        if let Err(error) = tera.add_raw_templates(templates) {
            problems.extend(check::all_problems(&error, &catalogue));
        }
        let voices = Voices::default();
        let english = voices.of(&Language::ENGLISH, &Language::ENGLISH, &labels)?;
        // Words that the code itself needs are made here; a broken one shows before anything is rendered.
        match Variables::example(&english) {
            Err(error) => problems.push(check::label_problem(&error, &catalogue)),
            Ok(variables) => {
                let known = scan::Known {
                    variables: &variables,
                    labels: &labels,
                };
                for (_, file) in catalogue.templates() {
                    problems.extend(scan::check(&file.origin, &file.text, &known));
                }
            }
        }
        // A built-in file is known twice, by its own name and as what an edited one can extend.
        problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        problems.dedup();
        if problems.is_empty() {
            Ok(Self(Arc::new(Inner {
                catalogue,
                tera,
                labels,
                voices,
            })))
        } else {
            Err(TemplateError::Broken { problems })
        }
    }

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

    /// Renders a mail. Where there is no text body, it is made of the HTML body.
    ///
    /// Each part is taken from the first file that there is: for the language, for what it is a form of (`de`
    /// for `de-AT`), for the organization's language, for all languages; the configured folder's before the
    /// built-in one. A part is written in one language throughout: that of its file; with a file for all
    /// languages, the reader's, or the organization's where there are no labels in the reader's.
    ///
    /// # Errors
    /// [`TemplateError::Missing`] when there is no subject or HTML body; [`TemplateError::Broken`] when
    /// rendering fails, prints more than 1 MiB, or leaves the subject empty; [`TemplateError::Dates`] when
    /// CLDR's data cannot write dates of the language.
    pub fn render(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
    ) -> Result<Rendered, TemplateError> {
        let ours = &context.organization.language;
        let choose = |part| self.choose(name, part, context.language, ours);
        let missing = |part| TemplateError::Missing { name, part };
        let subject = choose(Part::Subject).ok_or_else(|| missing(Part::Subject))?;
        let html = choose(Part::Html).ok_or_else(|| missing(Part::Html))?;
        let text = choose(Part::Text);

        let speak = |language: &Language| self.0.voices.of(language, ours, &self.0.labels);
        let voice = speak(&html.language)?;
        let variables = self.variables_of(name, context, &voice)?;
        // Mostly all parts are of one language, and share their variables.
        let render_text = |choice: &Choice<'_>| {
            if choice.language == voice.language {
                return self.print(choice.template, variables.text(), &voice);
            }
            let voice = speak(&choice.language)?;
            let variables = self.variables_of(name, context, &voice)?;
            self.print(choice.template, variables.text(), &voice)
        };
        let subject_line = one_line(&render_text(&subject)?);
        if subject_line.is_empty() {
            return Err(TemplateError::problem(self.at_start(
                "empty_subject",
                "the subject is empty",
                subject.template,
            )));
        }
        let written = text.as_ref().map(render_text).transpose()?;
        let page = self.print(html.template, &variables.into_html(), &voice)?;
        Ok(Rendered {
            subject: subject_line,
            text: match written {
                Some(text) => tidy(&text),
                None => description::to_text(&page),
            },
            html: page,
            right_to_left: html.language.is_right_to_left(),
            language: html.language,
        })
    }

    /// A label that stands alone, such as `join`, in a reader's language, or the organization's where there are
    /// no labels in the reader's.
    ///
    /// # Errors
    /// [`TemplateError::Broken`] when there is no such label or it cannot be written;
    /// [`TemplateError::Dates`] when CLDR's data cannot write dates of the language.
    pub fn label(
        &self,
        key: &str,
        language: &Language,
        organization_language: &Language,
    ) -> Result<String, TemplateError> {
        let voice = self
            .0
            .voices
            .of(language, organization_language, &self.0.labels)?;
        voice
            .label(key, None)
            .map_err(|error| TemplateError::problem(check::label_problem(&error, &self.0.catalogue)))
    }

    fn choose(
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

    fn variables_of(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
        voice: &Voice,
    ) -> Result<Variables, TemplateError> {
        Variables::new(name, context, voice)
            .map_err(|error| TemplateError::problem(check::label_problem(&error, &self.0.catalogue)))
    }

    fn print(&self, template: &str, context: &Context, voice: &Arc<Voice>) -> Result<String, TemplateError> {
        let mut page = Page::default();
        speaking(voice, || self.0.tera.render_to(template, context, &mut page)).map_err(|error| {
            TemplateError::Broken {
                problems: diagnosis::problems(&error, template, &self.0.catalogue),
            }
        })?;
        Ok(page.into_text())
    }

    fn at_start(&self, code: &'static str, message: &str, template: &str) -> Problem {
        at_start(&self.0.catalogue, code, message, template)
    }
}

fn at_start(catalogue: &Catalogue, code: &'static str, message: &str, template: &str) -> Problem {
    let nowhere = Origin::File(template.into());
    let (origin, text) = catalogue
        .file(template)
        .map_or((&nowhere, ""), |file| (&file.origin, file.text.as_str()));
    Problem::new(code, message, Place::at(origin, text, 0, 1))
}

/// Text without spaces at the ends of lines and without more than one empty line in a row.
fn tidy(text: &str) -> String {
    let mut tidy = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines().map(str::trim_end) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if empty > 0 && !tidy.is_empty() {
            tidy.push('\n');
        }
        empty = 0;
        tidy.push_str(line);
        tidy.push('\n');
    }
    tidy
}
