//! `invite import`: records into the built-in CRM.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::session::Session;
use super::{DONE, Outcome};
use crate::crm::import;
use crate::database::Imported;
use crate::fault::{BoxFault, Class, Fault, Remedy};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite import people.json meetings.json\n\nEach file is loaded as a whole or not at all."
)]
pub(super) struct Import {
    /// JSON files of roles, users, contacts, leads and meetings; - reads standard input
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", path.display())]
struct Unreadable {
    path: PathBuf,
    source: std::io::Error,
}

impl Fault for Unreadable {
    fn kind(&self) -> &'static str {
        "import.unreadable"
    }

    fn class(&self) -> Class {
        match self.source.kind() {
            std::io::ErrorKind::InvalidData => Class::BadData,
            _ => Class::NotFound,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(match self.source.kind() {
            std::io::ErrorKind::InvalidData => "save the file as UTF-8".into(),
            _ => "check the path, and that you may read it".into(),
        })
    }
}

impl Import {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let result = self.load(session).await;
        session.close().await;
        result
    }

    async fn load(&self, session: &Session<'_>) -> Outcome {
        // All files are read before any of them is loaded.
        let mut files = Vec::with_capacity(self.files.len());
        for path in &self.files {
            let name = path.display().to_string();
            let text = read(path).map_err(BoxFault::new)?;
            files.push((import::read(&text, &name).map_err(BoxFault::new)?, name));
        }
        let database = session.built_in_crm().await?;
        let mut documents = Vec::new();
        let mut lines = String::new();
        for (records, name) in &files {
            let imported = database.import(records, name).await.map_err(BoxFault::new)?;
            lines.push_str(&format!("{name}: {}\n", counts(&imported)));
            documents.push(json!({
                "file": name, "roles": imported.roles, "users": imported.users, "contacts": imported.contacts,
                "leads": imported.leads, "meetings": imported.meetings,
            }));
        }
        session.terminal.result(&json!({"files": documents}), || lines);
        Ok(DONE)
    }
}

fn read(path: &Path) -> Result<String, Unreadable> {
    let text = if path.as_os_str() == "-" {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    text.map_err(|source| Unreadable {
        path: path.to_owned(),
        source,
    })
}

fn counts(imported: &Imported) -> String {
    let counts = [
        (imported.roles, "role"),
        (imported.users, "user"),
        (imported.contacts, "contact"),
        (imported.leads, "lead"),
        (imported.meetings, "meeting"),
    ];
    let counts: Vec<_> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
        .collect();
    if counts.is_empty() {
        "nothing in it".to_owned()
    } else {
        counts.join(", ")
    }
}
