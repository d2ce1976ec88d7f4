//! Why the folder of templates was not changed.

use std::io;
use std::path::PathBuf;

use crate::fault::{Act, Class, Fault, Remedy, Setting};

/// Why the folder of templates could not be read or changed. Nothing in it is lost.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The reason that the system gives.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The reason that the system gives.
        source: io::Error,
    },
    /// Another program or author has changed the file since the change began.
    #[error("{} was changed by somebody else meanwhile", path.display())]
    ChangedMeanwhile {
        /// The file.
        path: PathBuf,
    },
    /// A link in the folder leads to a file outside the folder.
    #[error("{} is outside of the folder of templates, by a link", path.display())]
    LeadsOut {
        /// The file as it was named.
        path: PathBuf,
    },
    /// There is no version of this name.
    #[error("there is no version {version:?}{}", latest.as_ref().map(|id| format!("; the latest is {id}")).unwrap_or_default())]
    NoVersion {
        /// The version that was asked for.
        version: String,
        /// The latest version, if there is any.
        latest: Option<String>,
    },
}

impl Fault for FolderError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "templates.unreadable",
            Self::Unwritable { .. } => "templates.unwritable",
            Self::ChangedMeanwhile { .. } => "templates.changed_meanwhile",
            Self::LeadsOut { .. } => "templates.leads_out",
            Self::NoVersion { .. } => "templates.no_version",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Unreadable { .. } | Self::NoVersion { .. } => Class::NotFound,
            Self::Unwritable { .. } | Self::LeadsOut { .. } => Class::CannotCreate,
            Self::ChangedMeanwhile { .. } => Class::Temporary,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Self::Unreadable { .. } => "make it readable".into(),
            Self::Unwritable { .. } => Remedy::says("make the folder of ")
                .then(Act::Setting(Setting::TEMPLATES))
                .and(" writable"),
            Self::ChangedMeanwhile { .. } => "look at what it says now, then do it again".into(),
            Self::LeadsOut { .. } => "put the file itself into the folder in place of the link".into(),
            Self::NoVersion { .. } => Remedy::act(Act::ListTemplateVersions),
        })
    }
}
