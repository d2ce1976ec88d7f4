//! Checks of the labels of a whole folder.

use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentArgs;
use fluent_syntax::ast;

use crate::meeting::Language;

use crate::template::error::{Origin, Place, Problem, nearest};
use crate::template::files::catalogue::{Catalogue, File};
use crate::template::language::labels::{LabelError, Labels};
use crate::template::language::phrases::NEEDED;

/// The problems of edited labels that the program itself writes. The check gives them the same arguments as the program
/// does.
pub(in crate::template) fn needed_labels(labels: &Labels, catalogue: &Catalogue) -> Vec<Problem> {
    let mut args = FluentArgs::new();
    args.set("count", 2);
    for name in ["start", "end", "first", "then"] {
        args.set(name, name);
    }
    let broken = &|language: &Language, file: &File, key: &str| {
        let reason = match labels.write(std::slice::from_ref(language), key, Some(&args)) {
            Err(LabelError::Unfinished { reason, .. }) => reason,
            Ok(_) | Err(LabelError::Unknown { .. }) => return None,
        };
        let place = Place::at(&file.origin, &file.text, defined(key, &file.text)?, key.len());
        let message = format!("the label `{key}` cannot be written: {reason}");
        Some(Problem::new("broken_label", message, place))
    };
    let edited = catalogue
        .labels()
        .iter()
        .filter(|(_, file)| file.origin.path().is_some());
    edited
        .flat_map(|(language, file)| NEEDED.iter().filter_map(move |key| broken(language, file, key)))
        .collect()
}

/// Edited labels with an argument that the built-in label of the same name does not get.
pub(in crate::template) fn label_arguments(catalogue: &Catalogue) -> Vec<Problem> {
    let english = catalogue
        .labels()
        .iter()
        .find(|(language, file)| *language == Language::ENGLISH && file.origin.path().is_none());
    let Some((_, english)) = english else {
        return Vec::new();
    };
    let given = arguments(&english.text);
    let mut problems = Vec::new();
    for (_, file) in catalogue
        .labels()
        .iter()
        .filter(|(_, file)| file.origin.path().is_some())
    {
        for (key, wanted) in arguments(&file.text) {
            let Some(given) = given.get(&key) else { continue };
            for name in wanted.difference(given) {
                let from = defined(&key, &file.text).unwrap_or_default();
                let at = file.text[from..]
                    .find(&format!("${name}"))
                    .map_or(from, |at| from + at);
                let place = Place::at(&file.origin, &file.text, at, name.chars().count() + 1);
                let known = given.iter().map(|name| format!("${name}")).collect::<Vec<_>>();
                let hint = if known.is_empty() {
                    format!("`{key}` is given nothing")
                } else {
                    format!("`{key}` is given {}", known.join(", "))
                };
                problems.push(
                    Problem::new(
                        "label",
                        format!("the label `{key}` is not given `${name}`"),
                        place,
                    )
                    .nearest(nearest(name, given.iter().map(String::as_str)))
                    .remedy(hint),
                );
            }
        }
    }
    problems
}

/// The arguments that each label of a file mentions.
fn arguments(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = fluent_syntax::parser::parse(text).unwrap_or_else(|(resource, _)| resource);
    let mut all = BTreeMap::new();
    for entry in &resource.body {
        let ast::Entry::Message(message) = entry else {
            continue;
        };
        let mut names = BTreeSet::new();
        if let Some(pattern) = &message.value {
            mentioned(pattern, &mut names);
        }
        all.insert(message.id.name.to_owned(), names);
    }
    all
}

fn mentioned(pattern: &ast::Pattern<&str>, names: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let ast::PatternElement::Placeable { expression } = element else {
            continue;
        };
        let inline = match expression {
            ast::Expression::Inline(inline) => inline,
            ast::Expression::Select { selector, variants } => {
                variants
                    .iter()
                    .for_each(|variant| mentioned(&variant.value, names));
                selector
            }
        };
        if let ast::InlineExpression::VariableReference { id } = inline {
            names.insert(id.name.to_owned());
        }
    }
}

/// The place at which a file of labels defines a label of this name.
fn defined(key: &str, text: &str) -> Option<usize> {
    let mut at = 0;
    text.split_inclusive('\n').find_map(|line| {
        let start = at;
        at += line.len();
        let is_it = line.strip_prefix(key)?.trim_start().starts_with('=');
        is_it.then_some(start)
    })
}

/// The problem of a label that the program itself needs. No other check of the labels has found it.
pub(in crate::template) fn label_problem(error: &LabelError, catalogue: &Catalogue) -> Problem {
    let (key, message) = match error {
        LabelError::Unknown { key, .. } => (key, format!("there is no label `{key}`")),
        LabelError::Unfinished { key, reason } => {
            (key, format!("the label `{key}` cannot be written: {reason}"))
        }
    };
    let nowhere = Origin::BuiltIn("labels/en.ftl");
    let place = catalogue.labels().iter().rev().find_map(|(_, file)| {
        let at = defined(key, &file.text)?;
        Some(Place::at(&file.origin, &file.text, at, key.chars().count()))
    });
    let place = place.unwrap_or_else(|| Place::at(&nowhere, "", 0, 1));
    Problem::new("broken_label", message, place)
}
