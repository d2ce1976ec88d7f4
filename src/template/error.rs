//! Problems of templates, with all that the author needs to find them.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::fault::{Act, Class, Fault, Remedy, Setting};

use super::name::{Part, TemplateName};

/// Where the text of a template or of labels comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// Compiled in: the file of this path below the repository's `templates/`.
    BuiltIn(&'static str),
    /// A file of the configured folder.
    File(PathBuf),
}

impl Origin {
    /// The file, if it is one of the configured folder.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::BuiltIn(_) => None,
            Self::File(path) => Some(path),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn(path) => write!(f, "built-in {path}"),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// Whether a problem keeps a template from being sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// No mail is sent with the template.
    Error,
    /// Some readers see the mail worse than its author does.
    Warning,
}

impl Severity {
    /// As one lowercase word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Of each kind, no more problems than this are reported for a file: nobody reads more, and each holds its whole line.
pub(super) const MOST_PROBLEMS: usize = 100;

/// One thing that is wrong in one place of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// A stable name of the problem, such as `unknown_variable`.
    pub code: &'static str,
    /// Whether the problem keeps the template from being sent.
    pub severity: Severity,
    /// The problem, in a few words.
    pub message: String,
    /// The file.
    pub file: Origin,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// How many characters of the line the problem covers; at least 1.
    pub length: usize,
    /// The line itself.
    pub source_line: String,
    /// The known name nearest to the unknown name.
    pub nearest: Option<String>,
    /// The way to solve the problem.
    pub remedy: Option<Remedy>,
    /// How the place was reached: the file that includes or extends this one, or the sample that shows the problem.
    pub notes: Vec<String>,
}

impl Problem {
    pub(super) fn new(code: &'static str, message: impl Into<String>, place: Place<'_>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            file: place.file.clone(),
            line: place.line,
            column: place.column,
            length: place.length.max(1),
            source_line: place
                .text
                .lines()
                .nth(place.line - 1)
                .unwrap_or_default()
                .to_owned(),
            nearest: None,
            remedy: None,
            notes: Vec::new(),
        }
    }

    pub(super) fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// Whether another problem of the same file begins within the columns of this one.
    pub(super) fn covers(&self, other: &Self) -> bool {
        let columns = self.column..self.column + self.length;
        self.line == other.line && columns.contains(&other.column)
    }

    pub(super) fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    pub(super) fn remedy(mut self, remedy: impl Into<Remedy>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    pub(super) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    pub(super) fn nearest(mut self, nearest: Option<String>) -> Self {
        self.nearest = nearest;
        self
    }

    /// The problem on several lines, with the line of the source and the problem's columns underlined.
    #[must_use]
    pub fn report(&self) -> String {
        self.report_in(&|act| act.to_string())
    }

    /// The same report. `say` words the acts of the remedy.
    #[must_use]
    pub fn report_in(&self, say: &dyn Fn(&Act) -> String) -> String {
        let number = self.line.to_string();
        let gutter = " ".repeat(number.len());
        let indent: String = self
            .source_line
            .chars()
            .take(self.column - 1)
            .map(|c| if c == '\t' { '\t' } else { ' ' })
            .collect();
        let carets = "^".repeat(self.length);
        let mut text = format!(
            "{}\n{gutter}--> {}:{}:{}\n{gutter} |\n{number} | {}\n{gutter} | {indent}{carets}",
            self.message, self.file, self.line, self.column, self.source_line
        );
        if let Some(nearest) = &self.nearest {
            let _ = write!(text, " did you mean `{nearest}`?");
        }
        if let Some(remedy) = &self.remedy {
            let _ = write!(text, "\n{gutter} = help: {}", remedy.words(say));
        }
        for note in &self.notes {
            let _ = write!(text, "\n{gutter} = {note}");
        }
        text
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)
    }
}

/// A place in a file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) file: &'a Origin,
    pub(super) text: &'a str,
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) length: usize,
}

impl<'a> Place<'a> {
    /// The place of `length` characters that begins at an offset in octets.
    pub(super) fn at(file: &'a Origin, text: &'a str, offset: usize, length: usize) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Self {
            file,
            text,
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            length,
        }
    }
}

/// Why templates could not be loaded, or a mail could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The configured folder, or a file in it, cannot be read.
    #[error("cannot read the templates in {}", path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// The reason that the system gives.
        source: std::io::Error,
    },
    /// Templates or labels are wrong. There is at least one problem.
    #[error("{}", broken(problems))]
    Broken {
        /// All problems that were found.
        problems: Vec<Problem>,
    },
    /// There is no such template, neither in the configured folder nor built in.
    #[error("the template \"{name}\" has no {part}, neither in the configured folder nor built in")]
    Missing {
        /// The template.
        name: TemplateName,
        /// The missing part.
        part: Part,
    },
    /// A date of this language cannot be written.
    #[error("dates cannot be written in the language {language}: {reason}")]
    Dates {
        /// The language.
        language: String,
        /// The reason that the CLDR data give.
        reason: String,
    },
}

fn broken(problems: &[Problem]) -> String {
    let mut text = problems.first().map(ToString::to_string).unwrap_or_default();
    if problems.len() > 1 {
        let _ = write!(text, " (and {} more)", problems.len() - 1);
    }
    text
}

impl TemplateError {
    pub(super) fn problem(problem: Problem) -> Self {
        Self::Broken {
            problems: vec![problem],
        }
    }

    /// The problems, place by place. Empty: the error is not about places in templates.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Broken { problems } => problems,
            Self::Read { .. } | Self::Missing { .. } | Self::Dates { .. } => &[],
        }
    }
}

impl Fault for TemplateError {
    /// All problems with their lines of source.
    fn report_in(&self, say: &dyn Fn(&Act) -> String) -> Option<String> {
        let reports: Vec<_> = self
            .problems()
            .iter()
            .map(|problem| problem.report_in(say))
            .collect();
        (!reports.is_empty()).then(|| reports.join("\n\n"))
    }

    fn kind(&self) -> &'static str {
        match self {
            Self::Read { .. } => "template.unreadable",
            Self::Broken { problems } => problems.first().map_or("template.broken", |p| match p.code {
                "syntax" => "template.syntax",
                "unknown_variable" => "template.unknown_variable",
                "unknown_label" | "broken_label" => "template.label",
                "too_long" | "too_many_steps" | "too_slow" | "too_large" => "template.too_long",
                "join_link_missing" => "template.join_link_missing",
                _ => "template.broken",
            }),
            Self::Missing { .. } => "template.missing",
            Self::Dates { .. } => "template.dates",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Read { source, .. } if source.kind() == std::io::ErrorKind::NotFound => Class::NotFound,
            _ => Class::BadData,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::Read { .. } => Some(
                Remedy::says("Check ")
                    .then(Act::Setting(Setting::TEMPLATES))
                    .and(" in the configuration."),
            ),
            Self::Broken { problems } => {
                let nearest = problems.first()?.nearest.as_ref()?;
                Some(Remedy::says(format!("Did you mean `{nearest}`?")))
            }
            Self::Missing { name, part } => Some(
                Remedy::says(format!(
                    "Write it into {}/{part} below the folder of ",
                    name.path()
                ))
                .then(Act::Setting(Setting::TEMPLATES))
                .and("."),
            ),
            Self::Dates { .. } => None,
        }
    }
}

/// The candidate nearest to a name, if one is so near that the author probably meant it.
pub(super) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let wanted = name.to_lowercase();
    // An author who wrote the beginning of a name meant that name.
    let is_beginning = |candidate: &str| {
        let start = wanted.trim_end_matches('e');
        start.len() > 3 && candidate.to_lowercase().starts_with(start)
    };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name)
        .map(|candidate| {
            let known = candidate.to_lowercase();
            let distance = strsim::osa_distance(&wanted, &known);
            (distance, strsim::jaro_winkler(&wanted, &known), candidate)
        })
        .filter(|(distance, likeness, candidate)| {
            let is_near = *distance <= 2.max(wanted.chars().count() / 3) && *likeness > 0.7;
            is_near || is_beginning(candidate)
        })
        .min_by(|a, b| {
            let order = |found: &(usize, f64, &str)| (!is_beginning(found.2), found.0);
            order(a).cmp(&order(b)).then(b.1.total_cmp(&a.1))
        })
        .map(|(_, _, candidate)| candidate.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_characters_from_one() {
        let file = Origin::BuiltIn("x");
        let text = "ä\nöü {{ x }}";
        let place = Place::at(&file, text, text.find('x').unwrap(), 1);
        assert_eq!((place.line, place.column), (2, 7));
    }

    #[test]
    fn the_report_underlines_the_place() {
        let file = Origin::File("t/body.txt".into());
        let text = "Hello\n\tJoin: {{ join_ulr }}\n";
        let place = Place::at(&file, text, text.find("join_ulr").unwrap(), 8);
        let problem = Problem::new("unknown_variable", "there is no variable `join_ulr`", place)
            .nearest(nearest("join_ulr", ["name", "join_url"]));
        assert_eq!(
            problem.report(),
            "there is no variable `join_ulr`\n --> t/body.txt:2:11\n  |\n2 | \tJoin: {{ join_ulr }}\n  | \t         ^^^^^^^^ \
             did you mean `join_url`?"
        );
    }

    #[test]
    fn only_near_names_are_offered() {
        assert_eq!(
            nearest("locaton", ["location", "name"]),
            Some("location".to_owned())
        );
        assert_eq!(nearest("zebra", ["location", "name"]), None);
    }
}
