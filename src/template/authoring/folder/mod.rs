//! The folder of templates, for commands that change it. No text that was in the folder is ever lost, and no broken
//! template gets into it.
//!
//! Beside the templates there is a hidden folder, which the loader skips:
//!
//! | path | holds |
//! | --- | --- |
//! | `.history/versions/<version>/<path>` | a file as it was before a command changed it |
//! | `.history/versions/<version>/reason` | the name of that command |
//! | `.history/base/<path>` | the built-in file that an edited one was copied from |
//! | `.history/drafts/<path>` | an author's text that is not in force, because it is wrong or not finished |
//!
//! A version is named after the moment (UTC) of the command. All files that one command changes are in one version.

mod error;
mod upgrade;
mod versions;

use std::io;
use std::path::{Path, PathBuf};

pub use error::FolderError;
pub use upgrade::{Upgrade, UpgradeState, difference};
pub use versions::{Reason, Version};

use crate::template::files::path::{FileChange, TemplatePath};

const HISTORY: &str = ".history";

/// The folder of templates.
#[derive(Debug, Clone)]
pub struct TemplateFolder {
    dir: PathBuf,
}

impl TemplateFolder {
    /// A folder of templates. The folder is made when the first file is put into it.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// The path of the folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The path that a file of the folder has, or would have.
    #[must_use]
    pub fn file(&self, path: &TemplatePath) -> PathBuf {
        self.dir.join(path.as_str())
    }

    /// A file's text. `None`: the folder has no such file, and the built-in file counts.
    ///
    /// # Errors
    /// [`FolderError::Unreadable`].
    pub fn read(&self, path: &TemplatePath) -> Result<Option<String>, FolderError> {
        read(&self.file(path))
    }

    /// The paths of all files in the folder.
    ///
    /// # Errors
    /// [`FolderError::Unreadable`] when the folder cannot be listed.
    pub fn paths(&self) -> Result<Vec<TemplatePath>, FolderError> {
        let mut found = Vec::new();
        if self.dir.is_dir() {
            list(&self.dir, "", &mut found)?;
        }
        found.sort();
        Ok(found)
    }

    /// The path that the draft of a file has, or would have.
    #[must_use]
    pub fn draft_file(&self, path: &TemplatePath) -> PathBuf {
        self.dir.join(HISTORY).join("drafts").join(path.as_str())
    }

    /// The draft of a file, if there is one.
    ///
    /// # Errors
    /// [`FolderError::Unreadable`].
    pub fn draft(&self, path: &TemplatePath) -> Result<Option<String>, FolderError> {
        read(&self.draft_file(path))
    }

    /// Keeps a draft, in place of an older draft of the same file.
    ///
    /// # Errors
    /// [`FolderError::Unwritable`].
    pub fn write_draft(&self, path: &TemplatePath, text: &str) -> Result<(), FolderError> {
        write(&self.draft_file(path), text)
    }

    /// Removes a draft.
    ///
    /// # Errors
    /// [`FolderError::Unwritable`].
    pub fn remove_draft(&self, path: &TemplatePath) -> Result<(), FolderError> {
        remove(&self.draft_file(path))
    }

    fn base_file(&self, path: &TemplatePath) -> PathBuf {
        self.dir.join(HISTORY).join("base").join(path.as_str())
    }

    /// The built-in text that a file was copied from, if it is known.
    ///
    /// # Errors
    /// [`FolderError::Unreadable`].
    pub fn base(&self, path: &TemplatePath) -> Result<Option<String>, FolderError> {
        read(&self.base_file(path))
    }

    /// Remembers the built-in text that a file was copied from, or was last merged with.
    ///
    /// # Errors
    /// [`FolderError::Unwritable`].
    pub fn set_base(&self, path: &TemplatePath, text: &str) -> Result<(), FolderError> {
        write(&self.base_file(path), text)
    }

    /// Puts files in force. One version keeps the old texts of all of them.
    ///
    /// `expected` is the text that the author began from. If a file has another text by now, somebody else has changed
    /// the file, and `install` changes nothing. The caller should have checked the new texts.
    ///
    /// # Errors
    /// [`FolderError::ChangedMeanwhile`], [`FolderError::LeadsOut`], or a file that cannot be read or written. Each file
    /// is replaced as a whole or not at all.
    pub fn install(
        &self,
        changes: &[FileChange],
        expected: &[Option<String>],
        reason: Reason,
    ) -> Result<Option<String>, FolderError> {
        for ((path, _), expected) in changes.iter().zip(expected) {
            if self.read(path)? != *expected {
                return Err(FolderError::ChangedMeanwhile {
                    path: self.file(path),
                });
            }
            self.require_inside(path)?;
        }
        let version = self.keep(changes.iter().map(|(path, _)| path), reason)?;
        for (path, text) in changes {
            match text {
                Some(text) => write(&self.file(path), text)?,
                None => {
                    remove(&self.file(path))?;
                    remove(&self.base_file(path))?;
                }
            }
        }
        Ok(version)
    }

    /// Refuses a file that a link puts outside the folder.
    fn require_inside(&self, path: &TemplatePath) -> Result<(), FolderError> {
        let file = self.file(path);
        let is_real = |part: &Path| part.exists() || part.is_symlink();
        let Some(existing) = file.ancestors().find(|part| is_real(part)) else {
            return Ok(());
        };
        let real = |part: &Path| {
            part.canonicalize().map_err(|source| FolderError::Unreadable {
                path: part.to_owned(),
                source,
            })
        };
        if !self.dir.exists() || real(existing)?.starts_with(real(&self.dir)?) {
            Ok(())
        } else {
            Err(FolderError::LeadsOut { path: file })
        }
    }
}

fn read(path: &Path) -> Result<Option<String>, FolderError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(source) => Err(FolderError::Unreadable {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Writes a file. The file has its whole old text until it has its whole new one.
fn write(path: &Path, text: &str) -> Result<(), FolderError> {
    let unwritable = |source| FolderError::Unwritable {
        path: path.to_owned(),
        source,
    };
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(unwritable(io::ErrorKind::InvalidFilename.into()));
    };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
    // Hidden, so that the loader does not take it for a template.
    let new = folder.join(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let written = std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, path));
    if written.is_err() {
        let _ = std::fs::remove_file(&new);
    }
    written.map_err(unwritable)
}

fn remove(path: &Path) -> Result<(), FolderError> {
    match std::fs::remove_file(path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(FolderError::Unwritable {
            path: path.to_owned(),
            source,
        }),
        _ => Ok(()),
    }
}

fn list(dir: &Path, below: &str, found: &mut Vec<TemplatePath>) -> Result<(), FolderError> {
    let unreadable = |source| FolderError::Unreadable {
        path: dir.to_owned(),
        source,
    };
    for entry in std::fs::read_dir(dir).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else {
            continue;
        };
        let path = if below.is_empty() {
            name.to_owned()
        } else {
            format!("{below}/{name}")
        };
        if entry.file_type().map_err(unreadable)?.is_dir() {
            list(&entry.path(), &path, found)?;
        } else {
            found.extend(TemplatePath::new(&path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TemplatePath {
        TemplatePath::new(text).unwrap()
    }

    #[test]
    fn what_was_there_is_kept_and_comes_back() {
        let temp = tempfile::tempdir().unwrap();
        let folder = TemplateFolder::new(temp.path().join("templates"));
        let subject = path("invitation/meeting/subject.txt");
        let put = |text: Option<&str>, expected: Option<&str>, reason| {
            folder.install(
                &[(subject.clone(), text.map(str::to_owned))],
                &[expected.map(str::to_owned)],
                reason,
            )
        };
        // There was no older text, so there is no version.
        assert_eq!(put(Some("one"), None, Reason::Edited).unwrap(), None);
        let first = put(Some("two"), Some("one"), Reason::Edited).unwrap().unwrap();
        let second = put(None, Some("two"), Reason::Reset).unwrap().unwrap();
        assert_eq!(folder.read(&subject).unwrap(), None);
        let history = folder.history().unwrap();
        let told: Vec<_> = history.iter().map(|v| (v.id.as_str(), v.reason)).collect();
        assert_eq!(
            told,
            [(second.as_str(), Reason::Reset), (first.as_str(), Reason::Edited)]
        );
        assert_eq!(folder.kept(&first, &subject).unwrap().as_deref(), Some("one"));
        // Somebody else has changed the file first.
        std::fs::write(folder.file(&subject), "theirs").unwrap();
        let error = put(Some("mine"), None, Reason::Edited).unwrap_err();
        assert!(matches!(error, FolderError::ChangedMeanwhile { .. }), "{error}");
        assert_eq!(folder.read(&subject).unwrap().as_deref(), Some("theirs"));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_does_not_lead_out() {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("templates");
        std::fs::create_dir_all(&dir).unwrap();
        std::fs::create_dir(temp.path().join("elsewhere")).unwrap();
        std::os::unix::fs::symlink(temp.path().join("elsewhere"), dir.join("shared")).unwrap();
        let change = (path("shared/x.html"), Some("x".to_owned()));
        let error = TemplateFolder::new(&dir)
            .install(&[change], &[None], Reason::Edited)
            .unwrap_err();
        assert!(matches!(error, FolderError::LeadsOut { .. }), "{error}");
        assert!(!temp.path().join("elsewhere/x.html").exists());
    }
}
