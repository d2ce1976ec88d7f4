//! `invite zoom users`: who may have meetings at Zoom.

use clap::{Args, Subcommand};
use serde_json::json;

use super::session::Session;
use super::terminal::{DIM, GOOD, STRONG, Table};
use super::{DONE, Outcome};
use crate::fault::BoxFault;
use crate::meeting::{EditAccess, PersonId};

#[derive(Debug, Subcommand)]
pub(super) enum UsersCommand {
    /// All users, with their Zoom IDs and permissions
    #[command(after_help = "Example: invite zoom users list")]
    List,
    /// Let a user have meetings at Zoom
    Enable(Enable),
    /// Let a user have no more meetings at Zoom; existing ones stay
    Disable(Disable),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: invite zoom users enable ana --zoom-id ana.nunez@acme.example")]
pub(super) struct Enable {
    /// The user's id
    #[arg(value_name = "USER")]
    user: PersonId,
    /// The user's id or address at Zoom [default: the primary email address]
    #[arg(long, value_name = "ID")]
    zoom_id: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: invite zoom users disable ana")]
pub(super) struct Disable {
    /// The user's id
    #[arg(value_name = "USER")]
    user: PersonId,
}

impl UsersCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        match self {
            Self::List => list(session).await,
            Self::Enable(enable) => {
                let zoom_id = enable
                    .zoom_id
                    .as_deref()
                    .map(str::trim)
                    .filter(|id| !id.is_empty());
                set(session, &enable.user, true, zoom_id).await
            }
            Self::Disable(disable) => set(session, &disable.user, false, None).await,
        }
    }
}

async fn set(session: &Session<'_>, user: &PersonId, enabled: bool, zoom_id: Option<&str>) -> Outcome {
    let database = session.built_in_crm().await?;
    database.set_zoom(user, enabled, zoom_id).await?;
    let document = json!({"user": user, "enabled": enabled, "zoom_id": zoom_id});
    session.terminal.result(&document, || {
        let word = if enabled { "may" } else { "may not" };
        format!("{user} {word} have meetings at Zoom\n")
    });
    Ok(DONE)
}

async fn list(session: &Session<'_>) -> Outcome {
    let crm = session.crm().await?;
    let users = crm.directory().all_users().await.map_err(BoxFault::new)?;
    let documents: Vec<_> = users
        .iter()
        .map(|record| {
            let facts = record.person.user.clone().unwrap_or_default();
            json!({
                "id": record.person.reference.id,
                "name": record.person.name,
                "email": record.person.email(),
                "enabled": facts.zoom_enabled,
                "zoom_id": record.person.zoom_id(),
                "roles": record.roles,
                "zoom_meetings": facts.zoom_meetings,
                "meeting_edit": facts.meeting_edit,
            })
        })
        .collect();
    session.terminal.result(&documents, || {
        let mut table = Table::default();
        for record in &users {
            let facts = record.person.user.clone().unwrap_or_default();
            let scope = if facts.zoom_meetings {
                "zoom meetings"
            } else {
                "no zoom meetings"
            };
            let edit = match facts.meeting_edit {
                EditAccess::No => "edits no meetings",
                EditAccess::Own => "edits own meetings",
                EditAccess::All => "edits all meetings",
            };
            table.row([
                (record.person.reference.id.as_str(), STRONG),
                (record.person.name.as_str(), anstyle::Style::new()),
                if facts.zoom_enabled {
                    ("enabled", GOOD)
                } else {
                    ("disabled", DIM)
                },
                (
                    record.person.zoom_id().unwrap_or("no Zoom ID"),
                    anstyle::Style::new(),
                ),
                (scope, DIM),
                (edit, DIM),
            ]);
        }
        if table.is_empty() {
            "no users; load some with `invite import FILE`\n".to_owned()
        } else {
            table.to_text()
        }
    });
    Ok(DONE)
}
