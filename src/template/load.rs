//! Loads templates. All of them are parsed and checked before anything is rendered.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use tera::value::Key;
use tera::{Map, Tera, Value};

use crate::meeting::Language;

use super::authoring::sample::Sample;
use super::check::{diagnosis, label_checks, names};
use super::error::{Problem, TemplateError};
use super::files::catalogue::Catalogue;
use super::files::path::FileChange;
use super::language::labels::{LabelError, Labels};
use super::language::locale::{Locale, Locales};
use super::limits::inject::{self, Checked};
use super::lint;
use super::name::TemplateName;
use super::render::context::{VARIABLES, Variables};
use super::render::{engine, trace};
use super::templates::{Inner, Templates};

impl Templates {
    /// The built-in templates alone.
    ///
    /// # Errors
    /// None: the tests of this crate find any error of the built-in templates.
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

    /// The built-in templates without the checks that limit them. A benchmark measures what the checks cost.
    ///
    /// # Errors
    /// As of [`Templates::built_in`].
    #[cfg(feature = "unbounded")]
    pub fn built_in_unbounded() -> Result<Self, TemplateError> {
        Self::woven(None, &[], inject::unchecked)
    }

    pub(super) fn load(dir: Option<&Path>, changes: &[FileChange]) -> Result<Self, TemplateError> {
        Self::woven(dir, changes, inject::checked)
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
        problems.extend(label_checks::label_arguments(&catalogue));
        let needed = label_checks::needed_labels(&labels, &catalogue);
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
            problems.extend(all_problems(error, &catalogue));
        }
        let locales = Locales::default();
        let english = locales.of(&Language::ENGLISH, &Language::ENGLISH, &labels)?;
        // The labels that the program itself needs are written here, so that a broken label shows before anything is
        // rendered.
        match example(&english) {
            Err(error) => problems.push(label_checks::label_problem(&error, &catalogue)),
            Ok(variables) => {
                let known = names::Known {
                    variables: &variables,
                    labels: &labels,
                };
                for (name, file) in catalogue.templates() {
                    // Behind a syntax error, the rest of the file cannot be judged.
                    let end = problems
                        .iter()
                        .filter(|problem| problem.code == "syntax" && problem.file == file.origin)
                        .map(|problem| (problem.line, problem.column))
                        .min();
                    let mut found = names::check(&file.origin, &file.text, &known);
                    // The lint finds dangerous HTML here; `inspect` reports merely unwise HTML. A test makes sure that
                    // the built-in templates have no dangerous HTML.
                    if file.origin.path().is_some() {
                        let written = lint::lint(&file.origin, name, &file.text);
                        // An unknown name gets one problem: the lint adds no second one at the same place.
                        let is_new = |problem: &Problem| !found.iter().any(|known| problem.covers(known));
                        let dangerous: Vec<_> = written
                            .into_iter()
                            .filter(|problem| problem.is_error() && is_new(problem))
                            .collect();
                        found.extend(dangerous);
                    }
                    let is_before = |p: &Problem| end.is_none_or(|end| (p.line, p.column) < end);
                    problems.extend(found.into_iter().filter(is_before));
                }
            }
        }
        // A built-in file has two names: its own, and the one by which edited templates extend it.
        problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        problems.dedup();
        if problems.is_empty() {
            Ok(Self(Arc::new(Inner {
                catalogue,
                tera,
                checked,
                labels,
                locales,
                traced: OnceLock::new(),
            })))
        } else {
            Err(TemplateError::Broken { problems })
        }
    }

    /// The engine whose templates record their conditions.
    pub(super) fn traced_engine(&self) -> Result<&Tera, TemplateError> {
        let inner = &self.0;
        let made = inner.traced.get_or_init(|| {
            let mut tera = engine::engine();
            let templates: Vec<(&str, String)> = inner
                .catalogue
                .templates()
                .map(|(name, file)| (name, trace::traced(name, &file.text).text))
                .collect();
            match tera.add_raw_templates(templates) {
                Ok(()) => Ok(tera),
                Err(error) => Err(all_problems(error, &inner.catalogue)),
            }
        });
        made.as_ref().map_err(|problems| TemplateError::Broken {
            problems: problems.clone(),
        })
    }
}

/// Every problem of templates that Tera refused. The templates are added once more as their authors wrote them, without
/// the checks. Tera reports only the first syntax error, so after one each template is parsed by itself.
fn all_problems(with_checks: tera::Error, catalogue: &Catalogue) -> Vec<Problem> {
    let written = catalogue
        .templates()
        .map(|(name, file)| (name, file.text.as_str()));
    let error = engine::engine()
        .add_raw_templates(written)
        .err()
        .unwrap_or(with_checks);
    if !matches!(error.kind(), tera::ErrorKind::SyntaxError(_)) {
        return diagnosis::problems(&error, "", catalogue);
    }
    catalogue
        .templates()
        .filter_map(|(name, file)| {
            let error = engine::engine().add_raw_template(name, &file.text).err()?;
            matches!(error.kind(), tera::ErrorKind::SyntaxError(_))
                .then(|| diagnosis::problems(&error, name, catalogue))
        })
        .flatten()
        .collect()
}

/// Every variable with an example of its value.
pub(super) fn example(locale: &Locale) -> Result<Map, LabelError> {
    let complete = Sample::complete();
    let context = complete.context(&locale.language);
    let all = Variables::new(TemplateName::INVITATION, &context, locale)?;
    let mut map = Map::new();
    for name in VARIABLES {
        let value = all.text().get(name).cloned().unwrap_or_else(Value::none);
        map.insert(Key::Str(name), value);
    }
    Ok(map)
}
