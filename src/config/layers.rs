//! The two layers of a configuration: the file, and the environment, which takes precedence.

use std::collections::BTreeMap;
use std::path::Path;

use toml::de::{DeInteger, DeTable, DeValue};

use super::environment::Environment;
use super::error::{ConfigError, Place, Problem, Reason};
use super::keys::{self, Kind};

/// A value with its place.
#[derive(Clone)]
pub(super) struct Setting {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// A value of one of the types that keys have.
#[derive(Clone)]
pub(super) enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
}

/// All given values, by full path.
#[derive(Default)]
pub(super) struct Layers {
    pub(super) file: BTreeMap<String, Setting>,
    pub(super) environment: BTreeMap<String, Setting>,
    /// The lines of the tables' headers.
    pub(super) tables: BTreeMap<String, usize>,
    pub(super) problems: Vec<Problem>,
    pub(super) warnings: Vec<String>,
}

impl Layers {
    /// The value of a key: the environment's, or else the file's.
    pub(super) fn get(&self, key: &str) -> Option<&Setting> {
        self.environment.get(key).or_else(|| self.file.get(key))
    }

    /// Reads the text of a file.
    pub(super) fn read_file(&mut self, text: &str, path: &Path) -> Result<(), ConfigError> {
        let document = DeTable::parse(text).map_err(|error| {
            let offset = error.span().map_or(0, |span| span.start);
            let (line, column) = position(text, offset);
            ConfigError::Syntax {
                path: path.to_owned(),
                line,
                column,
                reason: error.message().to_owned(),
            }
        })?;
        self.read_table("", document.get_ref(), text, path);
        Ok(())
    }

    fn read_table(&mut self, prefix: &str, table: &DeTable<'_>, text: &str, file: &Path) {
        for (key, value) in table {
            let path = if prefix.is_empty() {
                key.get_ref().to_string()
            } else {
                format!("{prefix}.{}", key.get_ref())
            };
            let line = position(text, key.span().start).0;
            let place = Place::in_file(Some(file), Some(line));
            match (value.get_ref(), keys::kind_of(&path)) {
                (DeValue::Table(inner), _) if keys::is_table(&path) => {
                    self.tables.insert(path.clone(), line);
                    self.read_table(&path, inner, text, file);
                }
                (other, None) if keys::is_table(&path) => {
                    self.wrong_type(path, place, "a table", name_of(other));
                }
                (DeValue::Table(_), None) => {
                    let nearest = keys::nearest_table(&path);
                    self.unknown(path, place, nearest);
                }
                (_, None) => {
                    let nearest = keys::nearest_key(&path);
                    self.unknown(path, place, nearest);
                }
                (given, Some(kind)) => match typed(given, kind) {
                    Some(value) => {
                        self.file.insert(path, Setting { value, place });
                    }
                    None => self.wrong_type(path, place, expected(kind), name_of(given)),
                },
            }
        }
    }

    /// Reads the variables that name keys.
    pub(super) fn read_environment(&mut self, environment: &Environment) {
        for (name, text) in environment.iter() {
            let Some(rest) = name.strip_prefix("INVITE_") else {
                continue;
            };
            let place = Place::Variable(name.to_owned());
            let path = rest.to_lowercase().replace("__", ".");
            // Every key is in a section. So a name without a section is another variable of this program, such as
            // INVITE_KEY.
            if !path.contains('.') {
                self.warn_of_near_miss(name, rest);
                continue;
            }
            let Some(kind) = keys::kind_of(&path) else {
                let nearest = keys::nearest_key(&path).map(|key| keys::variable(&key));
                self.unknown(path, place, nearest);
                continue;
            };
            let value = match kind {
                Kind::Text | Kind::Secret => Some(Value::Text(text.to_owned())),
                Kind::Number => text.trim().parse().ok().map(Value::Number),
                Kind::Flag => text.trim().parse().ok().map(Value::Flag),
            };
            match value {
                Some(value) => {
                    self.environment.insert(path, Setting { value, place });
                }
                None => self.wrong_type(path, place, expected(kind), "text"),
            }
        }
    }

    /// A variable without `__` names no key. If it would name one with `__`, a warning says so.
    fn warn_of_near_miss(&mut self, name: &str, rest: &str) {
        let flat = |path: &str| path.replace('.', "_");
        if let Some(key) = keys::all_paths().find(|key| flat(key) == rest.to_lowercase()) {
            self.warnings.push(format!(
                "the variable {name} is not read; {} overrides {key}",
                keys::variable(&key)
            ));
        }
    }

    fn wrong_type(&mut self, key: String, place: Place, expected: &'static str, found: &'static str) {
        self.problems.push(Problem {
            key,
            place,
            reason: Reason::WrongType { expected, found },
        });
    }

    fn unknown(&mut self, key: String, place: Place, nearest: Option<String>) {
        let advice = match &nearest {
            Some(name) => format!("; did you mean {name}?"),
            None => {
                let table = keys::split(&key).0;
                let known = keys::names_in(table).join(", ");
                match table {
                    "" => format!("; the sections are {known}"),
                    _ if known.is_empty() => String::new(),
                    _ => format!("; those of [{table}] are {known}"),
                }
            }
        };
        self.problems.push(Problem {
            key,
            place,
            reason: Reason::Unknown { nearest, advice },
        });
    }
}

fn typed(value: &DeValue<'_>, kind: Kind) -> Option<Value> {
    match (value, kind) {
        (DeValue::String(text), Kind::Text | Kind::Secret) => Some(Value::Text(text.to_string())),
        (DeValue::Integer(number), Kind::Number) => whole(number).map(Value::Number),
        (DeValue::Boolean(flag), Kind::Flag) => Some(Value::Flag(*flag)),
        _ => None,
    }
}

fn whole(number: &DeInteger<'_>) -> Option<i64> {
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text | Kind::Secret => "text in double quotes",
        Kind::Number => "a whole number",
        Kind::Flag => "true or false",
    }
}

fn name_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(number) if whole(number).is_none() => "a number as large as that",
        DeValue::Integer(_) => "a number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// Line and column, in characters and from 1, of an offset.
pub(super) fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}
