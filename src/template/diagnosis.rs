//! Tera's errors as problems with a file, a place and the nearest name.

use std::io;

use tera::ErrorKind;

use super::engine::{MAX_OUTPUT, TESTS};
use super::error::{Origin, Place, Problem, nearest};
use super::filters::FILTERS;
use super::functions::FUNCTIONS;

/// Finds the file of a template by the name that Tera has for it.
pub(super) trait Sources {
    fn source(&self, template: &str) -> Option<(&Origin, &str)>;
    fn names(&self) -> Vec<&str>;
    /// The line, the column and the length in the author's template, for those that Tera tells while it renders.
    fn place(&self, _template: &str, line: usize, column: usize, length: usize) -> (usize, usize, usize) {
        (line, column, length)
    }
}

/// The problems of an error. `asked` is the template that was added or rendered.
pub(super) fn problems(error: &tera::Error, asked: &str, sources: &impl Sources) -> Vec<Problem> {
    match error.kind() {
        ErrorKind::SyntaxError(report) => {
            let span = report.span();
            let at = spot(
                span.start_line,
                span.start_col + 1,
                width(span),
                report.filename(),
            );
            vec![problem("syntax", report.message(), &at, Vec::new(), sources)]
        }
        ErrorKind::RenderingError(report) => {
            let span = report.span();
            let (line, column, length) = sources.place(
                report.filename(),
                span.start_line,
                span.start_col + 1,
                width(span),
            );
            let at = spot(line, column, length, report.filename());
            let notes = error.to_string();
            let notes = notes
                .lines()
                .filter_map(|line| line.strip_prefix("note: "))
                .map(str::to_owned)
                .collect();
            vec![problem("rendering", report.message(), &at, notes, sources)]
        }
        ErrorKind::Msg(text) => {
            let found: Vec<_> = text
                .split("\n\n")
                .filter_map(|report| printed(report, sources))
                .collect();
            if found.is_empty() {
                vec![problem(
                    "broken",
                    text,
                    &spot(1, 1, 1, asked),
                    Vec::new(),
                    sources,
                )]
            } else {
                found
            }
        }
        ErrorKind::MissingParent { current, parent } => {
            let message = format!("Unknown template `{parent}`");
            let at = quoted(current, parent, sources);
            vec![problem("broken", &message, &at, Vec::new(), sources)]
        }
        ErrorKind::CircularExtend {
            tpl,
            inheritance_chain,
        } => {
            let last = inheritance_chain.last().map_or(tpl.as_str(), String::as_str);
            let message = format!(
                "`{tpl}` extends itself, through {}",
                inheritance_chain.join(" → ")
            );
            vec![problem(
                "broken",
                &message,
                &spot(1, 1, 1, last),
                Vec::new(),
                sources,
            )]
        }
        ErrorKind::CircularInclude { tpl, include_chain } => {
            let next = include_chain.get(1).map_or(tpl.as_str(), String::as_str);
            let message = format!("`{tpl}` includes itself, through {}", include_chain.join(" → "));
            let at = quoted(tpl, next, sources);
            vec![problem("broken", &message, &at, Vec::new(), sources)]
        }
        ErrorKind::Io(io::ErrorKind::FileTooLarge) => {
            let message = format!("it prints more than {} KiB", MAX_OUTPUT / 1024);
            vec![problem(
                "too_long",
                &message,
                &spot(1, 1, 1, asked),
                Vec::new(),
                sources,
            )]
        }
        other => {
            let at = spot(1, 1, 1, asked);
            vec![problem("broken", &other.to_string(), &at, Vec::new(), sources)]
        }
    }
}

/// A place by Tera's name of the template.
struct Spot {
    line: usize,
    column: usize,
    length: usize,
    template: String,
}

fn spot(line: usize, column: usize, length: usize, template: &str) -> Spot {
    Spot {
        line,
        column,
        length,
        template: template.to_owned(),
    }
}

fn width(span: &tera::Span) -> usize {
    if span.end_line == span.start_line {
        span.end_col.saturating_sub(span.start_col)
    } else {
        1
    }
}

/// Where a template names another one.
fn quoted(template: &str, other: &str, sources: &impl Sources) -> Spot {
    let place = sources.source(template).and_then(|(file, text)| {
        let at = text.find(other)?;
        let place = Place::at(file, text, at, other.chars().count());
        Some((place.line, place.column, place.length))
    });
    let (line, column, length) = place.unwrap_or((1, 1, 1));
    spot(line, column, length, template)
}

/// A report that Tera has printed already: its message, then `--> template:line:column`, then carets.
fn printed(report: &str, sources: &impl Sources) -> Option<Problem> {
    let mut lines = report.lines();
    let message = lines.next()?.strip_prefix("error: ")?;
    let (_, locus) = lines.next()?.split_once("--> ")?;
    let mut locus = locus.rsplitn(3, ':');
    let column = locus.next()?.parse().ok()?;
    let line = locus.next()?.parse().ok()?;
    let template = locus.next()?;
    let carets = report.lines().next_back()?.matches('^').count();
    let at = spot(line, column, carets.max(1), template);
    Some(problem("broken", message, &at, Vec::new(), sources))
}

fn problem(
    code: &'static str,
    message: &str,
    at: &Spot,
    notes: Vec<String>,
    sources: &impl Sources,
) -> Problem {
    let nowhere = Origin::File(at.template.clone().into());
    let (file, text) = sources.source(&at.template).unwrap_or((&nowhere, ""));
    let place = Place {
        file,
        text,
        line: at.line.max(1),
        column: at.column.max(1),
        length: at.length,
    };
    let (code, message, near) = reword(code, message, sources);
    let hint = hint(code);
    let mut problem = Problem::new(code, message, place).nearest(near);
    problem.notes = notes;
    problem.hint = hint.map(str::to_owned);
    problem
}

/// What to do about a problem that its message alone does not tell.
fn hint(code: &str) -> Option<&'static str> {
    Some(match code {
        "too_many_steps" | "too_slow" => "print less, or loop over less: a mail is no place for so much",
        "too_large" => "take a shorter text",
        "wrong_type" => "`{% if … %}` around it helps where a value can be absent",
        "escape_missing" => "write `{{ name }}` between quotes, without `| safe`",
        _ => return None,
    })
}

/// Says in a few words what Tera says in more, and offers the nearest name.
fn reword(
    code: &'static str,
    message: &str,
    sources: &impl Sources,
) -> (&'static str, String, Option<String>) {
    let (what, known) = [". Available variables: ", ". Available fields: "]
        .into_iter()
        .find_map(|mark| message.split_once(mark))
        .unwrap_or((message.trim_end_matches('.'), ""));
    let name = what.split('`').nth(1).unwrap_or_default();
    let near = |names: &[&str]| nearest(name, names.iter().copied());
    if what.starts_with("Variable ") || what.starts_with("Field ") {
        let noun = if what.starts_with("Variable ") {
            "variable"
        } else {
            "field"
        };
        let message = format!("there is no {noun} `{name}`");
        return ("unknown_variable", message, nearest(name, known.split(", ")));
    }
    for (start, code, noun, names) in [
        ("Unknown filter ", "unknown_filter", "filter", FILTERS),
        ("Unknown test ", "unknown_test", "test", TESTS),
        ("Unknown function ", "unknown_function", "function", FUNCTIONS),
        ("Unknown component ", "unknown_component", "component", &[]),
    ] {
        if what.starts_with(start) {
            return (code, format!("there is no {noun} `{name}`"), near(names));
        }
    }
    for (start, code) in [
        ("it takes more than", "too_many_steps"),
        ("it takes longer than", "too_slow"),
        ("the text becomes longer", "too_large"),
        ("the value becomes larger", "too_large"),
        ("`range` gives at most", "too_large"),
    ] {
        if message.contains(start) {
            return (code, what.to_owned(), None);
        }
    }
    if what.starts_with("Unknown template ") {
        let near = nearest(name, sources.names());
        return ("unknown_template", format!("there is no template `{name}`"), near);
    }
    (code, what.to_owned(), None)
}
