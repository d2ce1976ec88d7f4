//! `invite template import-espocrm`: EspoCRM's own templates, converted.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::command::session::Session;
use crate::command::terminal::{DIM, GOOD, STRONG, WARN, visible};
use crate::command::{DONE, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::template::{ImportNote, ImportSeverity, Part, TemplateName, import_espocrm};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite template import-espocrm body.tpl subject.tpl --out templates/\n\nWhat could not be \
    converted is listed, and stands in the file as a comment {# TODO … #}. Files that are there are not overwritten."
)]
pub(in crate::command) struct ImportEspocrm {
    /// The HTML body
    #[arg(value_name = "BODY.tpl")]
    body: PathBuf,
    /// The subject
    #[arg(value_name = "SUBJECT.tpl")]
    subject: Option<PathBuf>,
    /// Which template it becomes
    #[arg(long, value_name = "NAME", default_value = "invitation/meeting")]
    name: TemplateName,
    /// Only for readers of this language
    #[arg(long, value_name = "TAG")]
    language: Option<crate::meeting::Language>,
    /// The folder of templates to write into [default: print]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
enum ImportError {
    #[error("cannot read {}", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{} is there already", path.display())]
    Exists { path: PathBuf },
    #[error("cannot write {}", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}

impl Fault for ImportError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Read { .. } => "template.unreadable_file",
            Self::Exists { .. } => "template.exists",
            Self::Write { .. } => "template.cannot_write",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Read { .. } => Class::NotFound,
            Self::Exists { .. } | Self::Write { .. } => Class::CannotCreate,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(
            match self {
                Self::Read { .. } => "check the path, and that the file is UTF-8",
                Self::Exists { .. } => "move it away, or choose another folder with --out",
                Self::Write { .. } => "check that the folder can be written",
            }
            .into(),
        )
    }
}

/// One converted file.
struct Converted {
    part: Part,
    source: PathBuf,
    text: String,
    notes: Vec<ImportNote>,
    written: Option<PathBuf>,
}

impl ImportEspocrm {
    pub(super) fn run(self, session: &Session<'_>) -> Outcome {
        let sources =
            std::iter::once((Part::Html, &self.body)).chain(self.subject.iter().map(|s| (Part::Subject, s)));
        let mut files = Vec::new();
        for (part, source) in sources {
            let text = std::fs::read_to_string(source).map_err(|error| {
                BoxFault::new(ImportError::Read {
                    path: source.clone(),
                    source: error,
                })
            })?;
            let imported = import_espocrm(&text, part);
            files.push(Converted {
                part,
                source: source.clone(),
                text: imported.text,
                notes: imported.notes,
                written: self.out.as_deref().map(|out| self.target(out, part)),
            });
        }
        write_all(&files).map_err(BoxFault::new)?;
        let document = json!({
            "name": self.name.path(),
            "files": files.iter().map(|file| json!({
                "part": file.part.to_string(),
                "source": file.source,
                "written": file.written,
                "text": file.text,
                "notes": file.notes.iter().map(|note| json!({
                    "needs_attention": note.severity == ImportSeverity::NeedsAttention,
                    "line": note.line, "column": note.column, "source": note.source,
                    "message": note.message, "hint": note.hint,
                })).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        });
        session
            .terminal
            .result(&document, || files.iter().map(text).collect());
        Ok(DONE)
    }

    fn target(&self, out: &Path, part: Part) -> PathBuf {
        let mut path = out.join(self.name.path());
        if let Some(language) = &self.language {
            path.push(language.tag());
        }
        path.join(part.file_name())
    }
}

/// Writes all files, or none where one is there already.
fn write_all(files: &[Converted]) -> Result<(), ImportError> {
    let targets = || {
        files
            .iter()
            .filter_map(|file| Some((file, file.written.as_ref()?)))
    };
    for (_, path) in targets() {
        if path.exists() {
            return Err(ImportError::Exists { path: path.clone() });
        }
    }
    for (file, path) in targets() {
        let failed = |source| ImportError::Write {
            path: path.clone(),
            source,
        };
        path.parent()
            .map_or(Ok(()), std::fs::create_dir_all)
            .map_err(failed)?;
        std::fs::write(path, &file.text).map_err(failed)?;
    }
    Ok(())
}

fn text(file: &Converted) -> String {
    let mut text = match &file.written {
        Some(path) => format!("{STRONG}{}{STRONG:#} {GOOD}written{GOOD:#}\n", path.display()),
        None => format!(
            "{DIM}--- {} from {}{DIM:#}\n{}\n",
            file.part,
            file.source.display(),
            visible(file.text.trim_end())
        ),
    };
    for note in &file.notes {
        let (style, word) = match note.severity {
            ImportSeverity::NeedsAttention => (WARN, "look at"),
            ImportSeverity::Converted => (DIM, "differs"),
        };
        text.push_str(&format!(
            "  {style}{word}{style:#} {}:{}:{} {}: {}\n",
            file.source.display(),
            note.line,
            note.column,
            visible(&note.source),
            visible(&note.message)
        ));
        if let Some(hint) = &note.hint {
            text.push_str(&format!("          {}\n", visible(hint)));
        }
    }
    text
}
