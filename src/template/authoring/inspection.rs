//! Finds everything that can be wrong with templates without sending a mail.

use std::collections::HashSet;
use std::path::Path;

use crate::fault::{Act, Remedy};
use crate::meeting::Language;
use crate::organization::Organization;

use super::folder::{TemplateFolder, Upgrade, UpgradeState};
use super::sample::Sample;
use crate::template::error::{Origin, Place, Problem, Severity};
use crate::template::files::catalogue::Catalogue;
use crate::template::files::path::FileChange;
use crate::template::lint;
use crate::template::name::{Kind, Part, TemplateName};
use crate::template::{TemplateError, Templates};

/// The samples that are rendered in every language: one with a time, one with days, and one with right-to-left text
/// amid the rest.
const TRIED_IN_ALL: [&str; 3] = ["zoom", "all-day", "odd"];
/// The samples with words that only cancellations or updates have. For these two kinds, they are rendered in every
/// language too.
const TRIED_IN_ALL_IF_TOLD: [&str; 2] = ["removed", "new-host"];

/// The result of an inspection.
#[derive(Debug)]
pub struct Inspection {
    /// Every problem, once, by file and place. An error keeps the templates from being sent.
    pub problems: Vec<Problem>,
    /// How many files of the folder were inspected.
    pub files: usize,
    /// How many mails were rendered for the inspection.
    pub rendered: usize,
}

impl Inspection {
    /// How many problems there are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let is_of = |problem: &&Problem| problem.severity == severity;
        self.problems.iter().filter(is_of).count()
    }
}

impl Templates {
    /// Looks for everything that is wrong with the templates of a folder over the built-in ones.
    ///
    /// The checks that need no rendering come first. If one of them finds an error, nothing is rendered. Then each
    /// template that the folder changes is rendered for [`Sample::all`] and [`Sample::combinations`] in the
    /// organization's language, and for 3 samples in every language that has labels (5 samples for updates and
    /// cancellations).
    ///
    /// # Errors
    /// [`TemplateError::Read`] when the folder or a file in it cannot be read. Problems in the files are no error: they
    /// are the result.
    pub fn inspect(dir: Option<&Path>, organization: &Organization) -> Result<Inspection, TemplateError> {
        Self::inspect_changes(dir, &[], organization)
    }

    /// Inspects the folder as if some of its files had been changed already. The caller can look at changes before
    /// making them.
    ///
    /// # Errors
    /// As of [`Templates::inspect`].
    pub fn inspect_changes(
        dir: Option<&Path>,
        changes: &[FileChange],
        organization: &Organization,
    ) -> Result<Inspection, TemplateError> {
        let mut inspection = Inspection {
            problems: Vec::new(),
            files: 0,
            rendered: 0,
        };
        let templates = match Self::load(dir, changes) {
            Ok(templates) => templates,
            Err(TemplateError::Broken { problems }) => {
                inspection.problems = problems;
                return Ok(inspection);
            }
            Err(error) => return Err(error),
        };
        let catalogue = &templates.0.catalogue;
        inspection.files = catalogue.edited().count();
        inspection.problems = written(catalogue);
        // Errors among these have kept the folder from being loaded.
        for (path, file) in catalogue.edited() {
            inspection
                .problems
                .extend(lint::lint(&file.origin, path, &file.text));
        }
        if let Some(dir) = dir {
            inspection.problems.extend(outdated(dir)?);
        }
        let is_error = |problem: &Problem| problem.severity == Severity::Error;
        if !inspection.problems.iter().any(is_error) {
            templates.try_out(organization, &mut inspection);
        }
        inspection
            .problems
            .sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        Ok(inspection)
    }

    /// Renders all samples for all templates that the folder changes.
    fn try_out(&self, organization: &Organization, inspection: &mut Inspection) {
        let languages: Vec<Language> = self
            .languages()
            .into_iter()
            .map(|(language, _)| language)
            .collect();
        let ours = &organization.language;
        let mut seen: HashSet<(String, usize, usize, &'static str)> = HashSet::new();
        let mut note =
            |problem: Problem, sample: &Sample, language: &Language, problems: &mut Vec<Problem>| {
                let key = (
                    problem.file.to_string(),
                    problem.line,
                    problem.column,
                    problem.code,
                );
                if seen.insert(key) {
                    problems.push(problem.note(format!(
                        "with the sample \"{}\" in {}",
                        sample.id,
                        language.tag()
                    )));
                }
            };
        let all = [Sample::all_of(organization), Sample::combinations()].concat();
        'templates: for name in TemplateName::all().filter(|name| self.is_touched(*name)) {
            for sample in &all {
                let in_all_languages = is_tried_in_all(name, sample);
                let others = languages
                    .iter()
                    .filter(|language| in_all_languages && *language != ours);
                for language in std::iter::once(ours).chain(others) {
                    inspection.rendered += 1;
                    let found = self.problems_of(name, sample, language);
                    // A template that exceeds a limit in one mail would exceed it in every other.
                    let is_spent = found.iter().any(|problem| problem.code.starts_with("too_"));
                    for problem in found {
                        note(problem, sample, language, &mut inspection.problems);
                    }
                    if is_spent {
                        continue 'templates;
                    }
                }
            }
        }
    }

    /// Whether the folder changes a file of a template. Without a folder, every template counts as changed.
    fn is_touched(&self, name: TemplateName) -> bool {
        let catalogue = &self.0.catalogue;
        let has_labels = catalogue
            .labels()
            .iter()
            .any(|(_, file)| file.origin.path().is_some());
        let mut edited = catalogue.edited().map(|(path, _)| path).peekable();
        edited.peek().is_none()
            || has_labels
            || edited
                .any(|path| path.starts_with("shared/") || path.starts_with(&format!("{}/", name.path())))
    }

    /// The problems of one mail.
    fn problems_of(&self, name: TemplateName, sample: &Sample, language: &Language) -> Vec<Problem> {
        let sample_for = sample.context_for(name, language);
        let (rendered, printed) = match self.render_parts(name, &sample_for, None) {
            Ok(rendered) => rendered,
            Err(error) => return error.problems().to_vec(),
        };
        let mut problems = Vec::new();
        let path = |part| {
            let ours = &sample.organization.language;
            self.source(name, part, language, ours).map(|source| source.path)
        };
        if printed.subject.trim().contains('\n')
            && let Some(path) = path(Part::Subject)
        {
            let message = "the subject has a line break, which becomes a space";
            problems.push(
                self.at_start("subject_line_break", message, &path)
                    .warning()
                    .remedy("write it on one line; {%- and -%} drop the spaces around a tag"),
            );
        }
        if let Some(path) = path(Part::Html) {
            problems.extend(page_problems(self, &path, &rendered.html));
        }
        problems
    }
}

/// Whether a template is rendered for a sample in every language that has labels.
fn is_tried_in_all(name: TemplateName, sample: &Sample) -> bool {
    let id = sample.id.as_str();
    let tells = matches!(name.kind, Kind::Update | Kind::Cancellation);
    TRIED_IN_ALL.contains(&id) || (tells && TRIED_IN_ALL_IF_TOLD.contains(&id))
}

/// The problems of a rendered page.
fn page_problems(templates: &Templates, path: &str, page: &str) -> Vec<Problem> {
    const CLIPPED: usize = 102 * 1024;
    let mut problems = Vec::new();
    if page.len() > CLIPPED {
        let message = format!(
            "the mail has {} KB of HTML, and Gmail cuts it off after 102",
            page.len() / 1024
        );
        problems.push(
            templates
                .at_start("clipped", &message, path)
                .warning()
                .remedy("print less: a link at the end would not be seen"),
        );
    }
    problems
}

/// Files whose built-in originals have changed since they were copied.
fn outdated(dir: &Path) -> Result<Vec<Problem>, TemplateError> {
    let folder = TemplateFolder::new(dir);
    let upgrades = folder.upgrades().map_err(|error| TemplateError::Read {
        path: dir.to_owned(),
        source: std::io::Error::other(error),
    })?;
    let problem = |upgrade: Upgrade| {
        let file = Origin::File(folder.file(&upgrade.path));
        let path = || upgrade.path.to_string();
        let (code, message, remedy) = match upgrade.state() {
            UpgradeState::Unedited => (
                "built_in_newer",
                "there is a newer built-in one, and this copy of the old one was not edited".to_owned(),
                Remedy::act(Act::TakeNewerTemplate { path: path() }),
            ),
            UpgradeState::Merged(_) => (
                "built_in_changed",
                "the built-in one that this was copied from has changed, in other places".to_owned(),
                Remedy::act(Act::CompareTemplate { path: path() })
                    .and(", then ")
                    .then(Act::MergeTemplate { path: path() }),
            ),
            UpgradeState::Conflict(_) => (
                "built_in_changed",
                "the built-in one that this was copied from has changed, where it was edited too".to_owned(),
                Remedy::act(Act::CompareTemplate { path: path() })
                    .and("; ")
                    .then(Act::DraftTemplate { path: path() }),
            ),
        };
        let start = upgrade
            .edited
            .split_inclusive('\n')
            .take(upgrade.first_line() - 1)
            .map(str::len)
            .sum();
        let place = Place::at(&file, &upgrade.edited, start, 1);
        Problem::new(code, message, place).warning().remedy(remedy)
    };
    Ok(upgrades.into_iter().map(problem).collect())
}

/// The problems of the files as they were written.
fn written(catalogue: &Catalogue) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in TemplateName::all() {
        let (Some(html), Some(text)) = (catalogue.part(name, Part::Html), catalogue.part(name, Part::Text))
        else {
            continue;
        };
        // An edited text body for all languages need not say the same as a body for one language.
        let neutral = text.neutral.as_deref().and_then(|path| catalogue.file(path));
        if neutral.is_none_or(|file| file.origin.path().is_none()) {
            continue;
        }
        for (language, path) in &html.languages {
            if let Some(file) = catalogue.file(path)
                && text.of(language).is_none()
            {
                let tag = language.tag();
                let message = format!("there is an HTML body for {tag}, but no text body");
                let place = Place::at(&file.origin, &file.text, 0, 1);
                problems.push(
                    Problem::new("missing_part", message, place)
                        .warning()
                        .remedy(format!(
                            "write {}/{tag}/body.txt, or readers of {tag} get the text for all languages",
                            name.path()
                        )),
                );
            }
        }
    }
    problems
}
