//! Checks of a whole folder that go beyond one template's source.

use fluent_bundle::FluentArgs;

use crate::meeting::Language;

use super::catalogue::{Catalogue, File};
use super::error::{Origin, Place, Problem};
use super::labels::{LabelError, Labels};
use super::voice::NEEDED;
use super::{diagnosis, engine};

/// Every problem of templates that could not be added. They are added once more as their authors wrote them, without
/// the checks in them; Tera names only the first whose syntax is wrong, so then each is looked at by itself.
pub(super) fn all_problems(with_checks: tera::Error, catalogue: &Catalogue) -> Vec<Problem> {
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

/// The problems of edited labels that the code itself writes, with the values that it gives them.
pub(super) fn needed_labels(labels: &Labels, catalogue: &Catalogue) -> Vec<Problem> {
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

/// Where labels define one of this name.
fn defined(key: &str, text: &str) -> Option<usize> {
    let mut at = 0;
    text.split_inclusive('\n').find_map(|line| {
        let start = at;
        at += line.len();
        let is_it = line.strip_prefix(key)?.trim_start().starts_with('=');
        is_it.then_some(start)
    })
}

/// The problem of a label that the code itself needs, and that no check of the labels found.
pub(super) fn label_problem(error: &LabelError, catalogue: &Catalogue) -> Problem {
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
