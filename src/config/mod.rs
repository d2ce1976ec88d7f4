//! The configuration: `invite.toml`, and environment variables, which take precedence.
//!
//! [`Config::find`] looks for the file, [`Config::load`] reads it. Every value in a [`Config`] is checked, and has the
//! type that the rest of the crate uses. All problems are reported at once, each with the key's full path and its line.
//! Nothing here reads the process's environment, except [`Environment::of_this_process`].
//!
//! ```
//! use invite::config::{Config, Environment};
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let environment = Environment::empty("/srv/invite")
//!     .with("INVITE_ORGANIZATION__NAME", "Acme")
//!     .with("INVITE_ORGANIZATION__TIME_ZONE", "Europe/Berlin");
//! let config = Config::load(None, &environment)?;
//! assert_eq!(config.organization.time_zone.name(), "Europe/Berlin");
//! # Ok(())
//! # }
//! ```

mod address;
mod duration;
mod environment;
mod error;
mod keys;
mod layers;
mod reader;
mod sections;
mod settings;
mod smtp;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

#[cfg(feature = "command")]
pub(crate) use duration::parse as length_of_time;
pub use environment::Environment;
pub use error::{ConfigError, Place, Problem, Reason};
#[cfg(feature = "command")]
pub(crate) use reader::is_public;
pub use settings::{
    Calendar, Config, CrmLocation, Database, DatabaseLocation, Dkim, Sender, Smtp, SmtpCredentials,
    SmtpServer, Templates, Zoom, ZoomMeetingDefaults,
};

use layers::Layers;
use reader::Reader;

impl Config {
    /// Looks for the configuration file in this order: the given file; the file that `INVITE_CONFIG` names;
    /// `invite.toml` in the current folder; `invite/invite.toml` in the user's configuration folder (`XDG_CONFIG_HOME`,
    /// or `~/.config`). `None`: neither of the last two exists.
    ///
    /// # Errors
    /// [`ConfigError::NotFound`] if a given or named file does not exist.
    pub fn find(explicit: Option<&Path>, environment: &Environment) -> Result<Option<PathBuf>, ConfigError> {
        let in_current_dir = |path: &Path| environment.current_dir().join(path);
        let named = explicit
            .map(|path| (path.to_owned(), "--config"))
            .or_else(|| Some((environment.get("INVITE_CONFIG")?.into(), "INVITE_CONFIG")));
        if let Some((path, named_by)) = named {
            let path = in_current_dir(&path);
            return if path.exists() {
                Ok(Some(path))
            } else {
                Err(ConfigError::NotFound { path, named_by })
            };
        }
        let usual = [
            Some(in_current_dir(Path::new("invite.toml"))),
            environment.user_file(),
        ];
        Ok(usual.into_iter().flatten().find(|path| path.is_file()))
    }

    /// Reads a configuration file and the environment's variables, which take precedence. Without a file, all values
    /// come from the environment, and relative paths are relative to the current folder.
    ///
    /// # Errors
    /// [`ConfigError`]: the file cannot be read or is not TOML; or keys are unknown, missing, or have values that are
    /// not valid. The error has all problems of the keys.
    /// unknown, missing, or have values that cannot be.
    pub fn load(file: Option<&Path>, environment: &Environment) -> Result<Self, ConfigError> {
        let Some(path) = file else {
            return Self::read(None, environment);
        };
        let unreadable = |source| ConfigError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        Self::read(Some((path, &text)), environment)
    }

    fn read(file: Option<(&Path, &str)>, environment: &Environment) -> Result<Self, ConfigError> {
        let mut layers = Layers::default();
        if let Some((path, text)) = file {
            layers.read_file(text, path)?;
        }
        layers.read_environment(environment);
        let folder = match file.and_then(|(path, _)| path.parent()) {
            Some(folder) => folder.to_owned(),
            None => environment.current_dir().to_owned(),
        };
        let path = file.map(|(path, _)| path.to_owned());
        let mut reader = Reader::new(layers, path.clone(), folder);
        let config = sections::read(&mut reader, environment);
        let (problems, warnings) = reader.finish();
        match config {
            Some(config) if problems.is_empty() => Ok(Self {
                file: path,
                warnings,
                ..config
            }),
            _ => Err(ConfigError::Invalid(problems)),
        }
    }
}

/// A configuration file to begin with: every key, with its meaning.
#[must_use]
pub fn starter() -> &'static str {
    include_str!("starter.toml")
}
