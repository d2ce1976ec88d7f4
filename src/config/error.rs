//! What can be wrong with a configuration.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::fault::{Act, Class, Fault, Remedy};

/// Why a configuration cannot be used.
///
/// None of its messages contains the value of a secret, or of a key that may hold one, such as a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The file that was asked for is not there.
    #[error("there is no configuration file {} ({named_by} names it)", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
        /// What named it: `--config` or `INVITE_CONFIG`.
        named_by: &'static str,
    },
    /// The file is there, but cannot be read.
    #[error("the configuration file {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{}:{line}:{column}: this is not TOML: {reason}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// The column in characters, from 1.
        column: usize,
        /// What the parser says.
        reason: String,
    },
    /// Keys are unknown, missing, or have values that cannot be: all that was found, in the order of the file.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
    /// A section that is needed for what was asked is not there.
    #[error("{needed_for} needs the section [{section}] of the configuration, which is not there")]
    NoSection {
        /// The section.
        section: &'static str,
        /// What needs it, such as `sending mail`.
        needed_for: &'static str,
    },
}

fn list(problems: &[Problem]) -> String {
    match problems {
        [one] => one.to_string(),
        many => {
            let mut text = format!("{} things are wrong in the configuration:", many.len());
            for problem in many {
                text.push_str(&format!("\n  {problem}"));
            }
            text
        }
    }
}

impl ConfigError {
    /// What is wrong, key by key; empty when it is not about keys.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Invalid(problems) => problems,
            _ => &[],
        }
    }
}

impl Fault for ConfigError {
    fn kind(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "config.not_found",
            Self::Unreadable { .. } => "config.unreadable",
            Self::Syntax { .. } => "config.syntax",
            Self::Invalid(_) => "config.invalid",
            Self::NoSection { .. } => "config.no_section",
        }
    }

    fn class(&self) -> Class {
        Class::Configuration
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Self::NotFound { .. } => Remedy::says("correct the name, or ").then(Act::WriteConfiguration),
            Self::Unreadable { .. } => "check that it is a file and that you may read it".into(),
            Self::Syntax { .. } => "correct that line; text values stand in double quotes".into(),
            Self::Invalid(problems) if problems.iter().any(|p| p.place == Place::NoFile) => {
                Remedy::act(Act::WriteConfiguration)
                    .and(", or ")
                    .then(Act::NameConfiguration)
            }
            Self::Invalid(_) => "correct the keys named; docs/configuration.md describes every key".into(),
            Self::NoSection { section, .. } => Remedy::act(Act::AddSection { section })
                .and(", or ")
                .then(Act::UseSandbox),
        })
    }
}

/// One thing that is wrong with one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key's full path, such as `smtp.dkim.selector`.
    pub key: String,
    /// Where it was said.
    pub place: Place,
    /// What is wrong.
    pub reason: Reason,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.place, self.key, self.reason)
    }
}

/// Where a key was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the file; the line counts from 1. For a key that is missing, the line of its section, if it has one.
    File {
        /// The file.
        path: PathBuf,
        /// The line.
        line: Option<usize>,
    },
    /// By an environment variable.
    Variable(String),
    /// Nowhere: there is no file.
    NoFile,
}

impl Place {
    pub(super) fn in_file(path: Option<&Path>, line: Option<usize>) -> Self {
        path.map_or(Self::NoFile, |path| Self::File {
            path: path.to_owned(),
            line,
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File {
                path,
                line: Some(line),
            } => write!(f, "{}:{line}", path.display()),
            Self::File { path, line: None } => write!(f, "{}", path.display()),
            Self::Variable(name) => f.write_str(name),
            Self::NoFile => f.write_str("no configuration file was found"),
        }
    }
}

/// What is wrong with a key. Reads on from the key's name: "smtp.from is missing".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// There is no such key.
    #[error("is not a known key{advice}")]
    Unknown {
        /// The nearest known one; `None` when none is near.
        nearest: Option<String>,
        /// The same in words, or the keys there are.
        advice: String,
    },
    /// The value has another type.
    #[error("must be {expected}, not {found}")]
    WrongType {
        /// The type it must have.
        expected: &'static str,
        /// The type it has.
        found: &'static str,
    },
    /// It must be given and is not.
    #[error("is missing{}", why.map(|why| format!(": {why}")).unwrap_or_default())]
    Missing {
        /// What needs it, where that is not plain.
        why: Option<&'static str>,
    },
    /// The value is not one that this key can have, or not together with another key.
    #[error("cannot be used: {0}")]
    Invalid(String),
    /// A secret is given both itself and as a file.
    #[error("is given twice, itself and by {0}; leave one of them out")]
    GivenTwice(String),
    /// The file of a secret cannot be read.
    #[error("names the file {}, which cannot be read: {reason}", file.display())]
    UnreadableFile {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
}
