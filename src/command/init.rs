//! `invite init`: a folder to begin with.

use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::session::Session;
use super::{DONE, Outcome};
use crate::config::{Config, starter};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::template::{TemplateFolder, TemplatePath, Templates};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite init my-invitations\n\nNothing that is there already is overwritten."
)]
pub(super) struct Init {
    /// The folder, made when it is missing
    #[arg(value_name = "DIR", default_value = ".")]
    dir: PathBuf,
}

#[derive(Debug, thiserror::Error)]
enum InitError {
    #[error("{} is there already, and is not overwritten", path.display())]
    Exists { path: PathBuf },
    #[error("cannot write {}", path.display())]
    CannotWrite { path: PathBuf, source: io::Error },
}

impl Fault for InitError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Exists { .. } => "init.exists",
            Self::CannotWrite { .. } => "init.cannot_write",
        }
    }

    fn class(&self) -> Class {
        Class::CannotCreate
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(
            match self {
                Self::Exists { .. } => "name another folder, or move the file away",
                Self::CannotWrite { .. } => "make the folder writable, or name another one",
            }
            .into(),
        )
    }
}

impl Init {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let config_file = self.dir.join("invite.toml");
        let templates = self.dir.join("templates");
        for path in [&config_file, &templates] {
            if path.exists() {
                return Err(BoxFault::new(InitError::Exists { path: path.clone() }));
            }
        }
        let made = make(&config_file, &templates, session).await;
        if made.is_err() {
            // Neither was there before. Left behind, they would keep the next run from doing better.
            let _ = std::fs::remove_file(&config_file);
            let _ = std::fs::remove_dir_all(&templates);
        }
        let count = made?;
        let document = json!({
            "folder": self.dir, "config": config_file, "templates": count,
        });
        session.terminal.result(&document, || {
            format!(
                "made {}, {count} templates, a database and its key\n\
                 next: edit {}, then `invite import FILE` and `invite zoom connect`\n",
                config_file.display(),
                config_file.display(),
            )
        });
        Ok(DONE)
    }
}

/// Makes everything, and answers how many templates there are.
async fn make(config_file: &Path, templates: &Path, session: &Session<'_>) -> Result<usize, BoxFault> {
    write_new(config_file, starter()).map_err(BoxFault::new)?;
    let mut count = 0;
    let folder = TemplateFolder::new(templates);
    for (path, text) in Templates::built_in_files() {
        write_new(&templates.join(path), text).map_err(BoxFault::new)?;
        // The base is kept, so that a later version can tell the author's changes.
        let path = TemplatePath::new(path).map_err(|error| {
            BoxFault::new(InitError::CannotWrite {
                path: templates.join(path),
                source: io::Error::other(error),
            })
        })?;
        folder.set_base(&path, text).map_err(BoxFault::new)?;
        count += 1;
    }
    let config = Config::load(Some(config_file), &session.environment).map_err(BoxFault::new)?;
    config.encryption_key().load_or_create().map_err(BoxFault::new)?;
    crate::app::open_database(&config).await?.close().await;
    Ok(count)
}

/// Writes a file that is not there yet, and the folders above it.
fn write_new(path: &Path, text: &str) -> Result<(), InitError> {
    let cannot = |source| InitError::CannotWrite {
        path: path.to_owned(),
        source,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(cannot)?;
    }
    let mut file = std::fs::File::create_new(path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => InitError::Exists {
            path: path.to_owned(),
        },
        _ => cannot(source),
    })?;
    io::Write::write_all(&mut file, text.as_bytes()).map_err(cannot)
}
