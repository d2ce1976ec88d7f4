//! Reads keys from the layers one after another, and notes the problems of each.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::error::{Place, Problem, Reason};
use super::keys;
use super::layers::{Layers, Setting, Value};

/// Reads values. A wrong value is noted, and then counts as missing.
pub(super) struct Reader {
    layers: Layers,
    file: Option<PathBuf>,
    folder: PathBuf,
}

impl Reader {
    pub(super) fn new(layers: Layers, file: Option<PathBuf>, folder: PathBuf) -> Self {
        Self { layers, file, folder }
    }

    /// The problems in the order of the file, and the warnings.
    pub(super) fn finish(self) -> (Vec<Problem>, Vec<String>) {
        let mut problems = self.layers.problems;
        problems.sort_by_key(|problem| match &problem.place {
            Place::NoFile => (0, 0),
            Place::File { line, .. } => (1, line.unwrap_or(0)),
            Place::Variable(_) => (2, 0),
        });
        (problems, self.layers.warnings)
    }

    /// Whether any key is set under a table's path.
    pub(super) fn has_section(&self, table: &str) -> bool {
        let inside = |map: &BTreeMap<String, Setting>| {
            map.keys()
                .any(|key| key.strip_prefix(table).is_some_and(|rest| rest.starts_with('.')))
        };
        self.layers.tables.contains_key(table)
            || inside(&self.layers.file)
            || inside(&self.layers.environment)
    }

    fn setting(&self, key: &str) -> Option<&Setting> {
        debug_assert!(keys::kind_of(key).is_some(), "{key} is not among the keys");
        self.layers.get(key)
    }

    /// Warns when a secret is given that nothing uses.
    pub(super) fn warn_if_unused(&mut self, secret: &str, why: &str) {
        if self.layer_of(secret).is_some() {
            self.warn(secret, &format!("is not used: {why}"));
        }
    }

    /// Whether a key is set, with a valid value or not.
    pub(super) fn is_given(&self, key: &str) -> bool {
        self.setting(key).is_some() || self.layers.problems.iter().any(|problem| problem.key == key)
    }

    /// The place at which a key is set. For a key that is not set, the place of its section.
    fn place(&self, key: &str) -> Place {
        let in_file = format!("{key}_file");
        if let Some(setting) = self.setting(key).or_else(|| self.layers.get(&in_file)) {
            return setting.place.clone();
        }
        let mut table = keys::split(key).0;
        let line = loop {
            if let Some(line) = self.layers.tables.get(table) {
                break Some(*line);
            }
            if table.is_empty() {
                break None;
            }
            table = keys::split(table).0;
        };
        Place::in_file(self.file.as_deref(), line)
    }

    pub(super) fn invalid(&mut self, key: &str, reason: impl Into<String>) {
        self.note(key, Reason::Invalid(reason.into()));
    }

    /// Notes a problem of a variable that is no key.
    pub(super) fn invalid_variable(&mut self, name: &str, subject: &str, reason: &str) {
        self.layers.problems.push(Problem {
            key: subject.to_owned(),
            place: Place::Variable(name.to_owned()),
            reason: Reason::Invalid(reason.to_owned()),
        });
    }

    /// Notes that a key is missing, unless another problem of the key is known already.
    pub(super) fn missing(&mut self, key: &str, why: Option<&'static str>) {
        if !self.layers.problems.iter().any(|problem| {
            problem.key == key
                || problem
                    .key
                    .strip_suffix("_file")
                    .is_some_and(|secret| secret == key)
        }) {
            self.note(key, Reason::Missing { why });
        }
    }

    fn note(&mut self, key: &str, reason: Reason) {
        let place = self.place(key);
        self.layers.problems.push(Problem {
            key: key.to_owned(),
            place,
            reason,
        });
    }

    pub(super) fn warn(&mut self, key: &str, warning: &str) {
        let place = self.place(key);
        self.layers.warnings.push(format!("{place}: {key} {warning}"));
    }

    /// A text that is not blank.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        self.parsed(key, |text| Ok(text.to_owned()))
    }

    /// A text that is parsed into a value.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let Some(Setting {
            value: Value::Text(text),
            ..
        }) = self.setting(key)
        else {
            return None;
        };
        let result = if text.trim().is_empty() {
            Err("it is empty".to_owned())
        } else {
            parse(text)
        };
        result.map_err(|reason| self.invalid(key, reason)).ok()
    }

    /// One of a few words.
    pub(super) fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        self.parsed(key, |text| {
            let found = choices.iter().find(|(word, _)| *word == text);
            found.map(|(_, choice)| *choice).ok_or_else(|| {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
                let advice = keys::nearest_word(&words, text)
                    .map(|word| format!("; did you mean {word:?}?"))
                    .unwrap_or_default();
                format!("it must be {}, not {text:?}{advice}", quoted.join(" or "))
            })
        })
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        match self.setting(key)?.value {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// A whole number within a range.
    pub(super) fn number(&mut self, key: &str, range: RangeInclusive<u32>) -> Option<u32> {
        let Value::Number(number) = self.setting(key)?.value else {
            return None;
        };
        let fitting = u32::try_from(number).ok().filter(|n| range.contains(n));
        if fitting.is_none() {
            self.invalid(
                key,
                format!(
                    "it must be from {} to {}, not {number}",
                    range.start(),
                    range.end()
                ),
            );
        }
        fitting
    }

    /// A path, relative to the folder of the configuration.
    pub(super) fn path(&mut self, key: &str) -> Option<PathBuf> {
        let text = self.text(key)?;
        Some(self.folder.join(text))
    }

    /// The folder that relative paths are relative to.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Notes secrets that are given both as a value and as a file, even if they are not used.
    pub(super) fn refuse_secrets_given_twice(&mut self) {
        let secrets = keys::KEYS.iter().filter(|(_, kind)| *kind == keys::Kind::Secret);
        for (key, _) in secrets {
            let file_key = format!("{key}_file");
            let layer = self.layer_of(key);
            if layer.is_some_and(|layer| layer.contains_key(*key) && layer.contains_key(&file_key)) {
                self.note(key, Reason::GivenTwice(file_key));
            }
        }
    }

    /// The layer that a secret is taken from. A secret in the environment hides both forms in the file.
    fn layer_of(&self, key: &str) -> Option<&BTreeMap<String, Setting>> {
        let file_key = format!("{key}_file");
        [&self.layers.environment, &self.layers.file]
            .into_iter()
            .find(|layer| layer.contains_key(key) || layer.contains_key(&file_key))
    }

    /// A secret: the key itself, or the content of the file that `KEY_file` names.
    pub(super) fn secret(&mut self, key: &str) -> Option<SecretString> {
        let file_key = format!("{key}_file");
        let layer = self.layer_of(key)?;
        match (layer.get(key).cloned(), layer.get(&file_key).cloned()) {
            (Some(given), None) => {
                let Value::Text(text) = given.value else {
                    return None;
                };
                self.not_blank(key, Zeroizing::new(text))
            }
            (None, Some(given)) => {
                let Value::Text(name) = given.value else {
                    return None;
                };
                self.secret_in_file(&file_key, &name)
            }
            // The secret is given twice, which was noted before.
            _ => None,
        }
    }

    fn secret_in_file(&mut self, file_key: &str, name: &str) -> Option<SecretString> {
        let file = self.folder.join(name);
        match std::fs::read_to_string(&file) {
            Ok(content) => {
                self.warn_if_public(file_key, &file);
                let content = Zeroizing::new(content);
                let content = Zeroizing::new(content.trim_end_matches(['\r', '\n']).to_owned());
                self.not_blank(file_key, content)
            }
            Err(error) => {
                let reason = error.to_string();
                self.note(file_key, Reason::UnreadableFile { file, reason });
                None
            }
        }
    }

    fn not_blank(&mut self, key: &str, text: Zeroizing<String>) -> Option<SecretString> {
        if text.trim().is_empty() {
            self.invalid(key, "it is empty");
            return None;
        }
        Some(SecretString::from(text.as_str()))
    }

    /// Warns if everybody on the machine can read a file with a secret.
    pub(super) fn warn_if_public(&mut self, key: &str, file: &Path) {
        if is_public(file) {
            let words = format!(
                "names {0}, which everybody on this machine can read; run `chmod 600 {0}`",
                file.display()
            );
            self.warn(key, &words);
        }
    }
}

/// Whether everybody on the machine can read a file.
#[cfg(unix)]
pub(crate) fn is_public(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(file).is_ok_and(|facts| facts.permissions().mode() & 0o004 != 0)
}

/// Whether everybody on the machine can read a file.
#[cfg(not(unix))]
pub(crate) fn is_public(_file: &Path) -> bool {
    false
}
