//! The environment of a configuration: variables and the current folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::error::{ConfigError, Place, Problem, Reason};
use crate::clock::Clock;

/// Environment variables and a current folder, as values. A configuration reads no other global state.
///
/// A variable with an empty value counts as not set.
#[derive(Clone, Default)]
pub struct Environment {
    variables: BTreeMap<String, String>,
    current_dir: PathBuf,
}

impl Environment {
    /// No variables, and this current folder, to which relative paths are relative.
    #[must_use]
    pub fn empty(current_dir: impl Into<PathBuf>) -> Self {
        Self {
            variables: BTreeMap::new(),
            current_dir: current_dir.into(),
        }
    }

    /// The variables of this process, and its current folder. A variable that is not Unicode is ignored.
    #[must_use]
    pub fn of_this_process() -> Self {
        let variables = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        Self {
            variables: variables.collect(),
            // With an empty path, the system resolves a relative path in the current folder.
            current_dir: PathBuf::new(),
        }
    }

    /// The same environment with one more variable.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// The value of a variable. `None`: the variable is not set, or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.variables
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// The clock: this machine's, unless `INVITE_NOW` gives the moment at which the clock starts.
    ///
    /// # Errors
    /// [`ConfigError::Invalid`] if `INVITE_NOW` is no moment in the form of RFC 3339, with an offset from UTC.
    pub fn clock(&self) -> Result<Clock, ConfigError> {
        const NOW: &str = "INVITE_NOW";
        let Some(text) = self.get(NOW) else {
            return Ok(Clock::system());
        };
        match DateTime::parse_from_rfc3339(text) {
            Ok(start) => {
                let start = start.with_timezone(&Utc);
                tracing::debug!(%start, "the clock is not this machine's: {NOW} sets it");
                Ok(Clock::starting(start))
            }
            Err(_) => Err(ConfigError::Invalid(vec![Problem {
                key: "the time to start at".to_owned(),
                place: Place::Variable(NOW.to_owned()),
                reason: Reason::Invalid(
                    "it must be a moment as RFC 3339 writes it, such as 2027-03-01T09:00:00Z".to_owned(),
                ),
            }])),
        }
    }

    /// The current folder. The empty path means the process's own.
    #[must_use]
    pub fn current_dir(&self) -> &Path {
        &self.current_dir
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(_, value)| !value.is_empty())
    }

    /// The path of the user's own configuration file: `invite/invite.toml` in `XDG_CONFIG_HOME`, or in `~/.config`, or
    /// in `%APPDATA%`.
    pub(super) fn user_file(&self) -> Option<PathBuf> {
        // The XDG Base Directory Specification says that relative values are to be ignored.
        let absolute = |name| {
            self.get(name)
                .map(PathBuf::from)
                .filter(|path| path.is_absolute())
        };
        let folder = absolute("XDG_CONFIG_HOME")
            .or_else(|| absolute("HOME").map(|home| home.join(".config")))
            .or_else(|| absolute("APPDATA"))?;
        Some(folder.join("invite").join("invite.toml"))
    }
}

impl std::fmt::Debug for Environment {
    /// Shows only the names, because values may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment")
            .field("variables", &self.variables.keys())
            .field("current_dir", &self.current_dir)
            .finish()
    }
}
