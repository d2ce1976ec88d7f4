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

mod body;
mod bounds;
mod built_in;
mod calendar_links;
mod catalogue;
mod check;
mod code;
mod conditions;
mod context;
mod dates;
mod description;
mod diagnosis;
mod engine;
mod error;
mod espocrm;
mod filters;
mod folder;
mod functions;
mod inspection;
mod labels;
mod lint;
mod name;
mod preview;
mod rendering;
mod sample;
mod scan;
mod times;
mod voice;
mod wording;

use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use fluent_bundle::FluentArgs;
use tera::{Context, Tera};

use crate::mail::InlineImage;
use crate::meeting::{JoinUrl, Language, one_line};

use bounds::Checked;
use catalogue::Catalogue;
use conditions::Trace;
use context::Variables;
use diagnosis::Sources;
use engine::Page;
use error::Place;
use labels::{Labels, with_parents};
use rendering::{Form, Rendering, rendering};
use voice::{Voice, Voices};

pub use conditions::Condition;
pub use context::{AnswerLinks, InvitationContext, OnlineFacts};
pub use description::{Description, sanitize_description};
pub use error::{Origin, Problem, Severity, TemplateError};
pub use espocrm::{ImportNote, ImportSeverity, Imported, import_espocrm};
pub use folder::{
    Change as FileChange, FolderError, InvalidTemplatePath, Reason as ChangeReason, TemplateFolder,
    TemplatePath, Upgrade, UpgradeState, Version, difference,
};
pub use inspection::Inspection;
pub use name::{Kind, Part, Record, TemplateName, UnknownTemplateName};
pub use preview::Preview;
pub use sample::Sample;

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
    /// The built-in templates alone.
    ///
    /// # Errors
    /// None that a test of this crate would not have found.
    pub fn built_in() -> Result<Self, TemplateError> {
        Self::load(None, &[])
    }

    /// The built-in templates, and over them the files of a folder.
    ///
    /// # Errors
    /// [`TemplateError::Read`] when the folder or a file in it cannot be read, is larger than 512 KiB, or is a
    /// link that leads out of the folder. [`TemplateError::Broken`] with every problem that can be seen without
    /// rendering: syntax; unknown variables, fields, labels, filters, tests, functions and templates; files
    /// that are misplaced.
    pub fn with_dir(dir: &Path) -> Result<Self, TemplateError> {
        Self::load(Some(dir), &[])
    }

    /// The built-in templates without the checks that bound what they may spend, to measure what these cost.
    ///
    /// # Errors
    /// As of [`Templates::built_in`].
    #[cfg(feature = "unbounded")]
    pub fn built_in_unbounded() -> Result<Self, TemplateError> {
        Self::woven(None, &[], bounds::unchecked)
    }

    fn load(dir: Option<&Path>, changes: &[FileChange]) -> Result<Self, TemplateError> {
        Self::woven(dir, changes, bounds::checked)
    }

    fn woven(
        dir: Option<&Path>,
        changes: &[FileChange],
        weave: impl Fn(&str) -> Checked,
    ) -> Result<Self, TemplateError> {
        let catalogue = Catalogue::load(dir, changes)?;
        let mut problems = Vec::new();
        let mut labels = Labels::new();
        for (language, file) in catalogue.labels() {
            problems.extend(labels.add(language, &file.origin, &file.text));
        }
        problems.extend(check::label_arguments(&catalogue));
        let needed = check::needed_labels(&labels, &catalogue);
        let is_told = |p: &Problem| {
            problems
                .iter()
                .any(|q: &Problem| (&q.file, q.line) == (&p.file, p.line))
        };
        let needed: Vec<Problem> = needed.into_iter().filter(|problem| !is_told(problem)).collect();
        problems.extend(needed);
        let labels = Arc::new(labels);
        let mut tera = engine::engine();
        let checked: HashMap<String, Checked> = catalogue
            .templates()
            .map(|(name, file)| (name.to_owned(), weave(&file.text)))
            .collect();
        let templates = checked.iter().map(|(name, checked)| (name, &checked.text));
        if let Err(error) = tera.add_raw_templates(templates) {
            problems.extend(check::all_problems(error, &catalogue));
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
                for (name, file) in catalogue.templates() {
                    // Behind a syntax error nothing is what it looks like.
                    let end = problems
                        .iter()
                        .filter(|problem| problem.code == "syntax" && problem.file == file.origin)
                        .map(|problem| (problem.line, problem.column))
                        .min();
                    let mut found = scan::check(&file.origin, &file.text, &known);
                    // What is dangerous in HTML; what is only unwise is looked for by `inspect`.
                    let written = lint::lint(&file.origin, name, &file.text);
                    // Of a name that does not exist, more cannot be said.
                    let is_new = |problem: &Problem| !found.iter().any(|known| problem.covers(known));
                    let dangerous: Vec<_> = written
                        .into_iter()
                        .filter(|problem| problem.is_error() && is_new(problem))
                        .collect();
                    found.extend(dangerous);
                    let is_before = |p: &Problem| end.is_none_or(|end| (p.line, p.column) < end);
                    problems.extend(found.into_iter().filter(is_before));
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
                checked,
                labels,
                voices,
                traced: OnceLock::new(),
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

    /// Renders a mail. Where there is no text body, or only the built-in one beside an edited HTML body, it is made of
    /// the HTML body.
    ///
    /// Each part is taken from the first file that there is: for the language, for what it is a form of (`de`
    /// for `de-AT`), for the organization's language, for all languages; the configured folder's before the
    /// built-in one. A part is written in one language throughout: that of its file; with a file for all
    /// languages, the reader's, or the organization's where there are no labels in the reader's.
    ///
    /// # Errors
    /// [`TemplateError::Missing`] when there is no subject or HTML body; [`TemplateError::Broken`] when
    /// rendering fails, goes beyond the bounds, leaves the subject empty, or leaves out the link to join; [`TemplateError::Dates`] when
    /// CLDR's data cannot write dates of the language.
    pub fn render(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
    ) -> Result<Rendered, TemplateError> {
        self.render_parts(name, context, None)
            .map(|(rendered, _)| rendered)
    }

    /// The mail, and the subject as it was printed. Where conditions are traced, the link to join may be missing.
    fn render_parts(
        &self,
        name: TemplateName,
        context: &InvitationContext<'_>,
        trace: Option<&Rc<Trace>>,
    ) -> Result<(Rendered, String), TemplateError> {
        let ours = &context.organization.language;
        let choose = |part| self.choose(name, part, context.language, ours);
        let missing = |part| TemplateError::Missing { name, part };
        let subject = choose(Part::Subject).ok_or_else(|| missing(Part::Subject))?;
        let html = choose(Part::Html).ok_or_else(|| missing(Part::Html))?;
        let text = choose(Part::Text).filter(|text| !self.speaks_for_itself(text, &html));

        let speak = |language: &Language| self.0.voices.of(language, ours, &self.0.labels);
        let voice = speak(&html.language)?;
        let variables = self.variables_of(name, context, &voice)?;
        let entry = Rc::new(variables.calendar_entry(context));
        let begin = |voice: &Arc<Voice>, form| {
            let color = context.organization.brand.color;
            let zone = context.invitee_zone.clone();
            let rendering = Rendering::new(Arc::clone(voice), form, zone, color, Rc::clone(&entry));
            Rc::new(rendering.traced(trace))
        };
        // Mostly all parts are of one language, and share their variables.
        let render_text = |choice: &Choice<'_>| {
            if choice.language == voice.language {
                return self.print(choice.template, variables.text(), &begin(&voice, Form::Text));
            }
            let voice = speak(&choice.language)?;
            let variables = self.variables_of(name, context, &voice)?;
            self.print(choice.template, variables.text(), &begin(&voice, Form::Text))
        };
        let printed_subject = render_text(&subject)?;
        let subject_line = one_line(&printed_subject);
        if subject_line.is_empty() {
            return Err(TemplateError::problem(self.at_start(
                "empty_subject",
                "the subject is empty",
                subject.template,
            )));
        }
        let written = text.as_ref().map(render_text).transpose()?;
        let rendering = begin(&voice, Form::Html);
        let printed = self.print(html.template, &variables.into_html(), &rendering)?;
        let page = if html.template.ends_with(".mjml") {
            body::of_mjml(&printed)
        } else {
            body::of_html(printed)
        };
        let page = page.map_err(|error| {
            TemplateError::problem(self.at_start(error.code(), &error.to_string(), html.template))
        })?;
        let text_body = match written {
            Some(text) => tidy(&text),
            None => description::to_text(&page),
        };
        if name.kind != Kind::Cancellation && trace.is_none() {
            let choices = [(&html, &page), (text.as_ref().unwrap_or(&html), &text_body)];
            self.require_link(context.join_url, choices)?;
        }
        let rendered = Rendered {
            subject: subject_line,
            text: text_body,
            html: page,
            right_to_left: html.language.is_right_to_left(),
            language: html.language,
            images: rendering.images.take(),
        };
        Ok((rendered, printed_subject))
    }

    /// Refuses a mail that does not say how to join a meeting which has a link.
    fn require_link(
        &self,
        join_url: Option<&JoinUrl>,
        bodies: [(&Choice<'_>, &String); 2],
    ) -> Result<(), TemplateError> {
        let Some(url) = join_url.map(JoinUrl::as_str) else {
            return Ok(());
        };
        let escaped = functions::escaped(url);
        for (choice, body) in bodies {
            if !body.contains(url) && !body.contains(&escaped) {
                let message = "the meeting has a link to join, and the mail does not show it";
                let problem = self.at_start("join_link_missing", message, choice.template);
                return Err(TemplateError::problem(problem.hint(
                    "put {{ join_url }} where every reader gets it, outside of conditions other than `{% if join_url %}`",
                )));
            }
        }
        Ok(())
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
        self.label_with(key, None, language, organization_language)
    }

    /// A label with one argument, such as `test-subject` with `subject`.
    ///
    /// # Errors
    /// As of [`Templates::label`].
    pub fn label_with(
        &self,
        key: &str,
        argument: Option<(&str, &str)>,
        language: &Language,
        organization_language: &Language,
    ) -> Result<String, TemplateError> {
        let voice = self
            .0
            .voices
            .of(language, organization_language, &self.0.labels)?;
        let arguments: Option<FluentArgs<'_>> = argument.map(|argument| [argument].into_iter().collect());
        voice
            .label(key, arguments.as_ref())
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

    /// Whether the text is to be made of the HTML body. The built-in text says what the built-in HTML says; an edited
    /// HTML body without a text of its own speaks for itself.
    fn speaks_for_itself(&self, text: &Choice<'_>, html: &Choice<'_>) -> bool {
        let is_edited = |choice: &Choice<'_>| {
            let file = self.0.catalogue.file(choice.template);
            file.is_some_and(|file| file.origin.path().is_some())
        };
        is_edited(html) && !is_edited(text)
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

    fn print(
        &self,
        template: &str,
        context: &Context,
        part: &Rc<Rendering>,
    ) -> Result<String, TemplateError> {
        let mut page = Page::default();
        let tera = match part.trace {
            None => &self.0.tera,
            Some(_) => self.traced_engine()?,
        };
        rendering(part, || tera.render_to(template, context, &mut page)).map_err(|error| {
            TemplateError::Broken {
                problems: diagnosis::problems(&error, template, &*self.0),
            }
        })?;
        Ok(page.into_text())
    }

    fn at_start(&self, code: &'static str, message: &str, template: &str) -> Problem {
        at_start(&self.0.catalogue, code, message, template)
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
