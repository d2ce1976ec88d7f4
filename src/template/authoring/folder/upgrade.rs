//! What becomes of edited files when the built-in ones they were copied from have changed.

use crate::template::files::path::TemplatePath;

use super::{FolderError, TemplateFolder};

/// An edited file, the built-in one that it was copied from, and the one that there is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// The file.
    pub path: TemplatePath,
    /// What it was copied from.
    pub base: String,
    /// What the author has made of it.
    pub edited: String,
    /// What is built in now.
    pub built_in: &'static str,
}

/// What an upgrade comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpgradeState {
    /// The author has changed nothing: the new one can take its place.
    Unedited,
    /// Both have changed, in different lines: the two together.
    Merged(String),
    /// Both have changed the same lines: the two together, with marks around what the author has to decide.
    Conflict(String),
}

impl Upgrade {
    /// What the upgrade comes to.
    #[must_use]
    pub fn state(&self) -> UpgradeState {
        if self.edited == self.base {
            return UpgradeState::Unedited;
        }
        match diffy::merge(&self.base, &self.edited, self.built_in) {
            Ok(merged) => UpgradeState::Merged(merged),
            Err(marked) => UpgradeState::Conflict(marked),
        }
    }

    /// What has changed in the built-in file since the author copied it, as a unified diff.
    #[must_use]
    pub fn theirs(&self) -> String {
        difference(
            &self.base,
            self.built_in,
            (
                &format!("built-in, when {} was copied", self.path),
                "built-in, now",
            ),
        )
    }

    /// What the author has changed, as a unified diff.
    #[must_use]
    pub fn ours(&self) -> String {
        difference(
            &self.base,
            &self.edited,
            (
                &format!("built-in, when {} was copied", self.path),
                "as it was edited",
            ),
        )
    }

    /// The first line of the edited file that an upgrade has to do with, from 1.
    #[must_use]
    pub fn first_line(&self) -> usize {
        let patch = diffy::create_patch(&self.base, self.built_in);
        let first = patch.hunks().first().map_or(1, |hunk| hunk.old_range().start());
        first.clamp(1, self.edited.lines().count().max(1))
    }
}

/// A unified diff between two texts of these names; empty where they are the same.
#[must_use]
pub fn difference(from: &str, to: &str, names: (&str, &str)) -> String {
    if from == to {
        return String::new();
    }
    diffy::DiffOptions::new()
        .set_original_filename(names.0.to_owned())
        .set_modified_filename(names.1.to_owned())
        .create_patch(from, to)
        .to_string()
}

impl TemplateFolder {
    /// The edited files whose built-in ones are others than when they were copied.
    ///
    /// # Errors
    /// [`FolderError::Unreadable`].
    pub fn upgrades(&self) -> Result<Vec<Upgrade>, FolderError> {
        let mut found = Vec::new();
        for path in self.paths()? {
            let (Some(base), Some(built_in)) = (self.base(&path)?, path.built_in()) else {
                continue;
            };
            let Some(edited) = self.read(&path)? else {
                continue;
            };
            if base != built_in && edited != built_in {
                found.push(Upgrade {
                    path,
                    base,
                    edited,
                    built_in,
                });
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn upgrade(base: &str, edited: &str) -> Upgrade {
        Upgrade {
            path: TemplatePath::new("invitation/meeting/body.txt").unwrap(),
            base: base.to_owned(),
            edited: edited.to_owned(),
            built_in: "a\nb\nc\nd\nE\n",
        }
    }

    #[test]
    fn changes_of_both_come_together_unless_they_meet() {
        let base = "a\nb\nc\nd\ne\n";
        assert_eq!(upgrade(base, base).state(), UpgradeState::Unedited);
        assert_eq!(
            upgrade(base, "A\nb\nc\nd\ne\n").state(),
            UpgradeState::Merged("A\nb\nc\nd\nE\n".to_owned())
        );
        let UpgradeState::Conflict(marked) = upgrade(base, "a\nb\nc\nd\nmine\n").state() else {
            panic!("no conflict");
        };
        assert!(
            marked.contains("<<<<<<<") && marked.contains("mine") && marked.contains('E'),
            "{marked}"
        );
        assert!(upgrade(base, base).theirs().contains("-e\n+E\n"));
    }
}
