//! The files of all templates: the built-in ones, and the configured folder's, which take precedence.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use crate::meeting::Language;

use super::built_in;
use super::path::{FileChange, Meaning, meaning};
use super::sources::Sources;
use crate::template::error::{Origin, Place, Problem, TemplateError};
use crate::template::name::{Part, TemplateName};

/// Larger files are refused: no template needs them.
const MAX_FILE: u64 = 512 * 1024;
/// A folder with more files is refused.
const MAX_FILES: usize = 2_000;
/// An edited template can extend a built-in one by this prefix and the built-in one's path.
const BUILT_IN: &str = "built-in/";

/// One file.
#[derive(Debug, Clone)]
pub(in crate::template) struct File {
    pub(in crate::template) origin: Origin,
    pub(in crate::template) text: String,
}

/// All files, under the names that Tera has for templates.
#[derive(Debug, Default)]
pub(in crate::template) struct Catalogue {
    templates: BTreeMap<String, File>,
    labels: Vec<(Language, File)>,
    parts: HashMap<(TemplateName, Part), PartFiles>,
}

/// The files of one part: one for all languages, and one for each single language.
#[derive(Debug, Default)]
pub(in crate::template) struct PartFiles {
    pub(in crate::template) neutral: Option<String>,
    pub(in crate::template) languages: Vec<(Language, String)>,
}

impl PartFiles {
    pub(in crate::template) fn of(&self, language: &Language) -> Option<&str> {
        let (_, template) = self.languages.iter().find(|(known, _)| known == language)?;
        Some(template)
    }
}

impl Catalogue {
    /// The built-in files, and over them the files of a folder as if some changes had been made to it.
    pub(in crate::template) fn load(
        dir: Option<&Path>,
        changes: &[FileChange],
    ) -> Result<Self, TemplateError> {
        let mut catalogue = Self::default();
        let mut problems = Vec::new();
        for &(path, text) in built_in::FILES {
            let file = File {
                origin: Origin::BuiltIn(path),
                text: text.to_owned(),
            };
            if !path.starts_with("labels/") {
                catalogue
                    .templates
                    .insert(format!("{BUILT_IN}{path}"), file.clone());
            }
            catalogue.add(path, file, &mut problems);
        }
        if let Some(dir) = dir {
            let mut found = Vec::new();
            if dir.is_dir() || changes.is_empty() {
                list(dir, dir, &mut found)?;
            }
            found.retain(|(relative, _)| changes.iter().all(|(path, _)| path.as_str() != relative));
            let changed = changes.iter().filter(|(_, text)| text.is_some());
            found.extend(changed.map(|(path, _)| (path.as_str().to_owned(), dir.join(path.as_str()))));
            found.sort();
            for (relative, path) in found {
                let change = changes.iter().find(|(path, _)| path.as_str() == relative);
                let text = match change {
                    Some((_, Some(text))) => text.clone(),
                    _ => read(dir, &path)?,
                };
                let file = File {
                    origin: Origin::File(path),
                    text,
                };
                catalogue.add(&relative, file, &mut problems);
            }
        }
        if problems.is_empty() {
            Ok(catalogue)
        } else {
            Err(TemplateError::Broken { problems })
        }
    }

    fn add(&mut self, path: &str, file: File, problems: &mut Vec<Problem>) {
        match meaning(path) {
            Ok(Meaning::Labels(language)) => self.labels.push((language, file)),
            Ok(Meaning::Part(name, language, part)) => {
                let files = self.parts.entry((name, part)).or_default();
                let known = match &language {
                    None => files.neutral.as_deref(),
                    Some(language) => files.of(language),
                };
                let rival = known.filter(|known| *known != path).and_then(|known| {
                    let is_edited = self.templates.get(known)?.origin.path().is_some();
                    is_edited.then(|| known.to_owned())
                });
                if let Some(rival) = rival {
                    let place = Place::at(&file.origin, &file.text, 0, 1);
                    let message = format!("there are two HTML bodies: this one and {rival}");
                    problems.push(Problem::new("two_bodies", message, place).remedy("remove one of them"));
                }
                match language {
                    None => files.neutral = Some(path.to_owned()),
                    Some(language) => {
                        files.languages.retain(|(known, _)| *known != language);
                        files.languages.push((language, path.to_owned()));
                    }
                }
                self.templates.insert(path.to_owned(), file);
            }
            Ok(Meaning::Shared) => {
                self.templates.insert(path.to_owned(), file);
            }
            Ok(Meaning::Nothing) => {}
            Err((message, near)) => {
                let place = Place::at(&file.origin, &file.text, 0, 1);
                problems.push(Problem::new("misplaced", message, place).nearest(near));
            }
        }
    }

    pub(in crate::template) fn templates(&self) -> impl Iterator<Item = (&str, &File)> {
        self.templates.iter().map(|(name, file)| (name.as_str(), file))
    }

    /// The files of the folder, by their paths below it.
    pub(in crate::template) fn edited(&self) -> impl Iterator<Item = (&str, &File)> {
        self.templates().filter(|(_, file)| file.origin.path().is_some())
    }

    pub(in crate::template) fn labels(&self) -> &[(Language, File)] {
        &self.labels
    }

    pub(in crate::template) fn part(&self, name: TemplateName, part: Part) -> Option<&PartFiles> {
        self.parts.get(&(name, part))
    }

    pub(in crate::template) fn file(&self, template: &str) -> Option<&File> {
        self.templates.get(template)
    }
}

impl Sources for Catalogue {
    fn source(&self, template: &str) -> Option<(&Origin, &str)> {
        let file = self.templates.get(template)?;
        Some((&file.origin, &file.text))
    }

    fn names(&self) -> Vec<&str> {
        self.templates.keys().map(String::as_str).collect()
    }
}

/// The files below a folder, each with its path below it. Hidden files and copies that editors make are skipped.
fn list(dir: &Path, root: &Path, found: &mut Vec<(String, PathBuf)>) -> Result<(), TemplateError> {
    let unreadable = |path: &Path, source| TemplateError::Read {
        path: path.to_owned(),
        source,
    };
    for entry in fs::read_dir(dir).map_err(|e| unreadable(dir, e))? {
        let entry = entry.map_err(|e| unreadable(dir, e))?;
        let path = entry.path();
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(['.', '#']) || name.ends_with(['~', '#']) {
            continue;
        }
        let facts = fs::metadata(&path).map_err(|e| unreadable(&path, e))?;
        let depth = path
            .strip_prefix(root)
            .map_or(0, |below| below.components().count());
        if facts.is_dir() {
            if depth < 8 {
                list(&path, root, found)?;
            }
        } else if facts.is_file() {
            let too_much = found.len() >= MAX_FILES || facts.len() > MAX_FILE;
            let relative = path
                .strip_prefix(root)
                .unwrap_or(&path)
                .to_string_lossy()
                .replace('\\', "/");
            if !matches!(meaning(&relative), Ok(Meaning::Nothing)) {
                if too_much {
                    return Err(unreadable(&path, std::io::ErrorKind::FileTooLarge.into()));
                }
                found.push((relative, path));
            }
        }
    }
    Ok(())
}

fn read(root: &Path, path: &Path) -> Result<String, TemplateError> {
    let unreadable = |source| TemplateError::Read {
        path: path.to_owned(),
        source,
    };
    // A link must not show the readers of a mail a file outside of the folder.
    let real = path.canonicalize().map_err(unreadable)?;
    if !real.starts_with(root.canonicalize().map_err(unreadable)?) {
        let reason = "it is a link that leads out of the folder of templates";
        return Err(unreadable(std::io::Error::other(reason)));
    }
    let text = fs::read_to_string(path).map_err(unreadable)?;
    Ok(text
        .strip_prefix('\u{feff}')
        .map_or_else(|| text.clone(), str::to_owned))
}
