//! The meaning of a name at a place. Within blocks such as `each` and `with`, names are looked up elsewhere.

use std::collections::HashMap;

use super::expression::Path;
use super::notes::ImportSeverity;
use super::placeholders::{Placeholder, ROOT, Shape, find, instead};

/// The search for the nearest name takes time. A file with more unknown names than this is no template.
const MAX_HINTS: usize = 300;

const RAW_DATE: &str =
    "EspoCRM prints this as `2026-12-01 09:00:00`; here it is written as is usual in the reader's language";

/// A name that stands for a variable.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    /// The variable, as Tera reads it.
    pub(super) code: String,
    pub(super) shape: Shape,
    pub(super) condition: Option<&'static str>,
    pub(super) remark: Option<(ImportSeverity, &'static str)>,
}

impl Found {
    fn new(code: impl Into<String>, shape: Shape) -> Self {
        Self {
            code: code.into(),
            shape,
            condition: None,
            remark: None,
        }
    }

    fn of(placeholder: &Placeholder, below: Option<&str>) -> Self {
        let variable = placeholder.variable;
        Self {
            code: below.map_or_else(|| variable.to_owned(), |below| format!("{below}.{variable}")),
            shape: placeholder.shape,
            condition: placeholder.condition,
            remark: placeholder.remark,
        }
    }
}

/// A name that stands for no variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    pub(super) message: String,
    pub(super) hint: Option<String>,
}

impl Missing {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            hint: None,
        }
    }
}

/// The place in which names are looked up within a block.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Scope {
    /// One participant's name.
    Item(String),
    /// A variable.
    Value(Found),
    /// A value of which nothing is known.
    Unknown,
}

#[derive(Debug)]
struct Entry<'a> {
    scope: Scope,
    is_loop: bool,
    /// The names given by `as |item index|`.
    params: Vec<&'a str>,
}

#[derive(Debug, Default)]
pub(super) struct Scopes<'a> {
    entries: Vec<Entry<'a>>,
    hints: HashMap<String, Option<String>>,
}

impl<'a> Scopes<'a> {
    pub(super) fn push(&mut self, scope: Scope, is_loop: bool, params: Vec<&'a str>) {
        self.entries.push(Entry {
            scope,
            is_loop,
            params,
        });
    }

    pub(super) fn pop(&mut self) {
        self.entries.pop();
    }

    /// The scope in which names are looked up here. `None`: the top level.
    pub(super) fn here(&self) -> Option<Scope> {
        self.entries.last().map(|entry| entry.scope.clone())
    }

    pub(super) fn loops(&self) -> usize {
        self.entries.iter().filter(|entry| entry.is_loop).count()
    }

    pub(super) fn resolve(&mut self, path: &Path<'_>) -> Result<Found, Missing> {
        if path.is_data {
            return self.data(path);
        }
        if path.up == 0
            && !path.is_here
            && let Some((first, below)) = path.parts.split_first()
            && let Some(scope) = self.param(first, path)?
        {
            return self.within(&scope, below, path);
        }
        let up = path.up + 1;
        match self
            .entries
            .len()
            .checked_sub(up)
            .and_then(|at| self.entries.get(at))
        {
            Some(entry) => {
                let scope = entry.scope.clone();
                self.within(&scope, &path.parts, path)
            }
            None => self.at_root(&path.parts, path),
        }
    }

    /// `@root`, `@index`, `@key`, `@first`, `@last`.
    fn data(&mut self, path: &Path<'_>) -> Result<Found, Missing> {
        let Some((first, below)) = path.parts.split_first() else {
            return Err(Missing::new("a name is missing behind `@`"));
        };
        let (code, shape) = match *first {
            "root" => return self.at_root(below, path),
            "index" | "key" => ("loop.index0", Shape::Number),
            "first" => ("loop.first", Shape::Flag),
            "last" => ("loop.last", Shape::Flag),
            _ => return Err(Missing::new(format!("there is no `{}`", path.source))),
        };
        if path.up > 0 {
            let mut missing = Missing::new("only the innermost loop is counted");
            missing.hint = Some("Keep it with `{% set outer = loop.index0 %}` in the outer loop.".to_owned());
            return Err(missing);
        }
        if self.loops() == 0 {
            return Err(Missing::new(format!(
                "`{}` stands outside of a loop",
                path.source
            )));
        }
        Ok(Found::new(code, shape))
    }

    /// The value of a name that `as |…|` has given.
    fn param(&self, name: &str, path: &Path<'_>) -> Result<Option<Scope>, Missing> {
        let mut is_innermost = true;
        for entry in self.entries.iter().rev() {
            match entry.params.iter().position(|param| *param == name) {
                Some(0) => return Ok(Some(entry.scope.clone())),
                Some(1) if entry.is_loop && is_innermost => {
                    let index = Found::new("loop.index0", Shape::Number);
                    return Ok(Some(Scope::Value(index)));
                }
                Some(_) => {
                    return Err(Missing::new(format!(
                        "`{}` counts no loop that is known here",
                        path.source
                    )));
                }
                None => is_innermost &= !entry.is_loop,
            }
        }
        Ok(None)
    }

    fn within(&mut self, scope: &Scope, parts: &[&str], path: &Path<'_>) -> Result<Found, Missing> {
        match (scope, parts) {
            (Scope::Item(item), [] | ["name"]) => Ok(Found::new(item.as_str(), Shape::Text)),
            (Scope::Item(_), _) => {
                let mut missing = Missing::new("of participants only the names are known");
                missing.hint = Some("The nearest is the name itself, `{{this}}`.".to_owned());
                Err(missing)
            }
            (Scope::Value(found), []) => Ok(found.clone()),
            (Scope::Value(found), parts) => self.field(found, parts, path),
            (Scope::Unknown, _) => Err(Missing::new(format!(
                "`{}` belongs to something that is not known here",
                path.source
            ))),
        }
    }

    fn at_root(&mut self, parts: &[&str], path: &Path<'_>) -> Result<Found, Missing> {
        let Some((first, below)) = parts.split_first() else {
            return Err(Missing::new(format!(
                "`{}` is the whole record, which cannot be printed",
                path.source
            )));
        };
        match find(ROOT, first) {
            Some(placeholder) => {
                let mut found = Found::of(placeholder, None);
                // The value as the database stores it, which is neither translated nor formatted.
                if *first != placeholder.name && found.shape != Shape::List {
                    found.remark =
                        (found.shape == Shape::Date).then_some((ImportSeverity::Converted, RAW_DATE));
                }
                match below {
                    [] => Ok(found),
                    _ => self.field(&found, below, path),
                }
            }
            None => Err(Missing {
                message: format!("EspoCRM's `{}` is not known here", path.source),
                hint: self.hint(first),
            }),
        }
    }

    fn field(&mut self, of: &Found, parts: &[&str], path: &Path<'_>) -> Result<Found, Missing> {
        let known: &'static [Placeholder] = match of.shape {
            Shape::Fields(known) => known,
            _ => &[],
        };
        match parts {
            [field] => find(known, field).map(|placeholder| Found::of(placeholder, Some(&of.code))),
            _ => None,
        }
        .ok_or_else(|| {
            let names: Vec<_> = known.iter().map(|p| format!("`{}`", p.name)).collect();
            Missing {
                message: format!("EspoCRM's `{}` is not known here", path.source),
                hint: (!names.is_empty())
                    .then(|| format!("`{}` has {} in EspoCRM's terms.", of.code, names.join(", "))),
            }
        })
    }

    fn hint(&mut self, name: &str) -> Option<String> {
        if let Some(known) = self.hints.get(name) {
            return known.clone();
        }
        if self.hints.len() >= MAX_HINTS {
            return None;
        }
        let hint = instead(name);
        self.hints.insert(name.to_owned(), hint.clone());
        hint
    }
}
