//! Older texts of files.

use std::path::PathBuf;

use chrono::Utc;

use crate::template::files::path::TemplatePath;

use super::{FolderError, HISTORY, TemplateFolder, list, read, write};

/// The kind of command that changed files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// An author edited the files.
    Edited,
    /// The built-in texts were put back.
    Reset,
    /// An older version was put back.
    Restored,
    /// The files were merged with newer built-in texts.
    Upgraded,
}

impl Reason {
    const ALL: [Self; 4] = [Self::Edited, Self::Reset, Self::Restored, Self::Upgraded];

    /// As one lowercase word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Edited => "edited",
            Self::Reset => "reset",
            Self::Restored => "restored",
            Self::Upgraded => "upgraded",
        }
    }
}

/// The texts that files had before a command changed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The version's name: the moment in UTC, such as `20261124T081500Z`.
    pub id: String,
    /// The kind of command.
    pub reason: Reason,
    /// The files in the version.
    pub paths: Vec<TemplatePath>,
}

impl TemplateFolder {
    fn versions_dir(&self) -> PathBuf {
        self.dir.join(HISTORY).join("versions")
    }

    /// Keeps the present texts of files as a version. If none of the files exists, there is no version.
    pub(super) fn keep<'a>(
        &self,
        paths: impl Iterator<Item = &'a TemplatePath>,
        reason: Reason,
    ) -> Result<Option<String>, FolderError> {
        let mut texts = Vec::new();
        for path in paths {
            texts.extend(self.read(path)?.map(|text| (path, text)));
        }
        if texts.is_empty() {
            return Ok(None);
        }
        let (id, folder) = self.new_version()?;
        for (path, text) in texts {
            write(&folder.join(path.as_str()), &text)?;
        }
        write(&folder.join("reason"), reason.as_str())?;
        Ok(Some(id))
    }

    /// A name that no version has yet, with its new folder. Two commands at the same moment get two names.
    fn new_version(&self) -> Result<(String, PathBuf), FolderError> {
        let versions = self.versions_dir();
        let unwritable = |source| FolderError::Unwritable {
            path: versions.clone(),
            source,
        };
        std::fs::create_dir_all(&versions).map_err(unwritable)?;
        let moment = Utc::now().format("%Y%m%dT%H%M%SZ").to_string();
        let mut number = 1;
        loop {
            let id = match number {
                1 => moment.clone(),
                _ => format!("{moment}-{number}"),
            };
            let folder = versions.join(&id);
            match std::fs::create_dir(&folder) {
                Ok(()) => return Ok((id, folder)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(unwritable(error)),
            }
        }
    }

    /// Every version, the latest first.
    ///
    /// # Errors
    /// [`FolderError::Unreadable`].
    pub fn history(&self) -> Result<Vec<Version>, FolderError> {
        let versions = self.versions_dir();
        if !versions.is_dir() {
            return Ok(Vec::new());
        }
        let unreadable = |source| FolderError::Unreadable {
            path: versions.clone(),
            source,
        };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&versions).map_err(unreadable)? {
            let folder = entry.map_err(unreadable)?.path();
            let Some(id) = folder.file_name().and_then(|name| name.to_str()) else {
                continue;
            };
            let said = read(&folder.join("reason"))?;
            let reason = Reason::ALL
                .into_iter()
                .find(|reason| said.as_deref() == Some(reason.as_str()));
            // A version without a reason is still being made, or its command was killed. The folder still has the texts
            // in it.
            let Some(reason) = reason else { continue };
            let mut paths = Vec::new();
            list(&folder, "", &mut paths)?;
            paths.sort();
            found.push(Version {
                id: id.to_owned(),
                reason,
                paths,
            });
        }
        found.sort_by(|a, b| order(&b.id).cmp(&order(&a.id)));
        Ok(found)
    }

    /// A version.
    ///
    /// # Errors
    /// [`FolderError::NoVersion`], [`FolderError::Unreadable`].
    pub fn version(&self, id: &str) -> Result<Version, FolderError> {
        let history = self.history()?;
        let latest = history.first().map(|version| version.id.clone());
        let found = history.into_iter().find(|version| version.id == id);
        found.ok_or_else(|| FolderError::NoVersion {
            version: id.to_owned(),
            latest,
        })
    }

    /// The text that a file had before, if the version has it.
    ///
    /// # Errors
    /// [`FolderError::NoVersion`], [`FolderError::Unreadable`].
    pub fn kept(&self, id: &str, path: &TemplatePath) -> Result<Option<String>, FolderError> {
        let version = self.version(id)?;
        read(&self.versions_dir().join(version.id).join(path.as_str()))
    }
}

/// The moment in a version's name, and the number of the version within that moment.
fn order(id: &str) -> (&str, u32) {
    match id.split_once('-') {
        Some((moment, number)) => (moment, number.parse().unwrap_or(u32::MAX)),
        None => (id, 1),
    }
}
