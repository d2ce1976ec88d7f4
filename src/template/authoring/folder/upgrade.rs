//! Edited files whose built-in originals have changed since they were copied.

use crate::template::files::path::TemplatePath;

use super::{FolderError, TemplateFolder};

/// An edited file, the built-in text that it was copied from, and the built-in text of this version of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    /// The file.
    pub path: TemplatePath,
    /// The built-in text that the author copied.
    pub base: String,
    /// The author's text.
    pub edited: String,
    /// The built-in text of this version of the program.
    pub built_in: &'static str,
}

/// The result of an upgrade.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UpgradeState {
    /// The author has changed nothing: the new built-in text can take the file's place.
    Unedited,
    /// Both texts have changed, in different lines: the merged text.
    Merged(String),
    /// Both texts have changed in the same lines: the merged text, with marks around the lines that the author has to
    /// decide.
    Conflict(String),
}

impl Upgrade {
    /// The result of this upgrade.
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

    /// The changes in the built-in file since the author copied it, as a unified diff.
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

    /// The author's changes, as a unified diff.
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

    /// The first line of the edited file that the upgrade would change, from 1.
    #[must_use]
    pub fn first_line(&self) -> usize {
        let patch = diffy::create_patch(&self.base, self.built_in);
        let first = patch.hunks().first().map_or(1, |hunk| hunk.old_range().start());
        first.clamp(1, self.edited.lines().count().max(1))
    }
}

/// A unified diff between two texts of these names. Equal texts have an empty diff.
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
    /// The edited files whose built-in originals have changed since they were copied.
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
