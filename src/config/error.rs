//! The errors of a configuration.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::fault::{Act, Class, Fault, Remedy};

/// Why a configuration cannot be used.
///
/// No message contains the value of a secret, or of a key that may contain a secret, such as a URL.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The requested file does not exist.
    #[error("there is no configuration file {} ({named_by} names it)", path.display())]
    NotFound {
        /// The file.
        path: PathBuf,
        /// The source of the request: `--config` or `INVITE_CONFIG`.
        named_by: &'static str,
    },
    /// The file exists, but cannot be read.
    #[error("the configuration file {} cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason.
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
        /// The parser's message.
        reason: String,
    },
    /// Keys are unknown, missing, or have values that are not valid: all problems, in the order of the file.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
    /// The configuration lacks a section that a request needs.
    #[error("{needed_for} needs the section [{section}] of the configuration, which is not there")]
    NoSection {
        /// The section.
        section: &'static str,
        /// The request that needs the section, such as `sending mail`.
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
    /// The problems, key by key. Empty: the error is not about keys.
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

/// A problem of one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The key's full path, such as `smtp.dkim.selector`.
    pub key: String,
    /// The place of the key.
    pub place: Place,
    /// The reason.
    pub reason: Reason,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {}", self.place, self.key, self.reason)
    }
}

/// The place where a key was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In the file. The line counts from 1. For a missing key, it is the line of the key's section, if there is one.
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

/// The problem of a key. Its words follow the key's name: "smtp.from is missing".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// There is no such key.
    #[error("is not a known key{advice}")]
    Unknown {
        /// The nearest known key. `None`: no key is near.
        nearest: Option<String>,
        /// The nearest key in words, or a list of the known keys.
        advice: String,
    },
    /// The value has the wrong type.
    #[error("must be {expected}, not {found}")]
    WrongType {
        /// The expected type.
        expected: &'static str,
        /// The actual type.
        found: &'static str,
    },
    /// The key is required and is not set.
    #[error("is missing{}", why.map(|why| format!(": {why}")).unwrap_or_default())]
    Missing {
        /// The feature that needs the key, if this is not obvious.
        why: Option<&'static str>,
    },
    /// The value is not valid for this key, or not together with another key.
    #[error("cannot be used: {0}")]
    Invalid(String),
    /// A secret is given both as a value and as a file.
    #[error("is given twice, itself and by {0}; leave one of them out")]
    GivenTwice(String),
    /// The file of a secret cannot be read.
    #[error("names the file {}, which cannot be read: {reason}", file.display())]
    UnreadableFile {
        /// The file.
        file: PathBuf,
        /// The reason.
        reason: String,
    },
}
