//! Which files of the folder of templates a command is about.

use std::str::FromStr;

use crate::command::session::Session;
use crate::fault::BoxFault;
use crate::meeting::Language;
use crate::template::{Part, TemplateFolder, TemplateName, TemplatePath};

/// A template by name, or a file by its path below the folder.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Template(TemplateName),
    File(TemplatePath),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(name) => Ok(Self::Template(name)),
            Err(_) if text.contains('.') => TemplatePath::new(text)
                .map(Self::File)
                .map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Target {
    /// Whether a file belongs to the target.
    pub(super) fn has(&self, path: &TemplatePath, part: Option<Part>, language: Option<&Language>) -> bool {
        match self {
            Self::Template(name) => path.is_of(*name, part, language),
            Self::File(file) => path == file,
        }
    }
}

/// The folder that is configured, which need not exist yet.
pub(super) fn folder(session: &Session<'_>) -> Result<TemplateFolder, BoxFault> {
    Ok(TemplateFolder::new(session.setting()?.dir))
}

/// The edited files that a target means; all without one.
pub(super) fn edited(
    folder: &TemplateFolder,
    target: Option<&Target>,
    part: Option<Part>,
    language: Option<&Language>,
) -> Result<Vec<TemplatePath>, BoxFault> {
    let mut paths = folder.paths().map_err(BoxFault::new)?;
    paths.retain(|path| target.is_none_or(|target| target.has(path, part, language)));
    Ok(paths)
}
