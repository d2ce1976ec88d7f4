//! Tera's errors as problems with a file, a place and the nearest name.

use std::io;

use tera::ErrorKind;

use super::offered::nearest_statement;
use super::tera_messages::Explanation;
use crate::template::error::{Origin, Place, Problem};
use crate::template::files::sources::Sources;
use crate::template::limits::MAX_OUTPUT;

/// The problems of an error. `asked` is the template that was added or rendered.
pub(in crate::template) fn problems(
    error: &tera::Error,
    asked: &str,
    sources: &impl Sources,
) -> Vec<Problem> {
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

/// A place in a template, which has Tera's name.
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

/// The place at which one template names another.
fn quoted(template: &str, other: &str, sources: &impl Sources) -> Spot {
    let place = sources.source(template).and_then(|(file, text)| {
        let at = text.find(other)?;
        let place = Place::at(file, text, at, other.chars().count());
        Some((place.line, place.column, place.length))
    });
    let (line, column, length) = place.unwrap_or((1, 1, 1));
    spot(line, column, length, template)
}

/// A problem from a report that Tera has printed already: its message, then `--> template:line:column`, then carets.
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
    let said = Explanation::of(code, message, sources);
    let (at_line, at_column, at_length) = said.place(file, text, at.line, at.column, at.length);
    let place = Place {
        file,
        text,
        line: at_line.max(1),
        column: at_column.max(1),
        length: at_length,
    };
    let near = said.nearest.or_else(|| {
        let line = text
            .lines()
            .nth(at_line.max(1) - 1)
            .filter(|_| said.is_unknown_tag)?;
        let word: String = line
            .chars()
            .skip(at_column - 1)
            .take_while(char::is_ascii_alphabetic)
            .collect();
        nearest_statement(&word)
    });
    let mut problem = Problem::new(said.code, said.message, place).nearest(near);
    problem.notes = notes;
    problem.remedy = said.remedy;
    problem
}
