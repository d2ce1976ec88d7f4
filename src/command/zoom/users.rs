//! `invite zoom users`: who may have meetings at Zoom.

use std::collections::HashMap;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::command::session::Session;
use crate::command::terminal::{DIM, GOOD, STRONG, Table};
use crate::command::{DONE, Outcome};
use crate::database::DatabaseError;
use crate::fault::BoxFault;
use crate::meeting::{EditAccess, PersonId, PersonRef};
use crate::online::{OnlineUser, zoom};

#[derive(Debug, Subcommand)]
pub(in crate::command) enum UsersCommand {
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
pub(in crate::command) struct Enable {
    /// The user's id
    #[arg(value_name = "USER")]
    user: PersonId,
    /// The user's id or address at Zoom [default: the primary email address]
    #[arg(long, value_name = "ID")]
    zoom_id: Option<String>,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: invite zoom users disable ana")]
pub(in crate::command) struct Disable {
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
    let crm = session.crm().await?;
    let person = PersonRef::user(user.clone());
    let known = crm.records().person(&person).await;
    if known.map_err(BoxFault::new)?.is_none() {
        return Err(BoxFault::new(DatabaseError::NoPerson { person }));
    }
    let entry = OnlineUser {
        provider: zoom::LOCATION,
        user: user.clone(),
        enabled,
        online_id: zoom_id.map(str::to_owned),
    };
    session.online_users().await?.set_online_user(&entry).await?;
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
    let at_zoom = session.online_users().await?.online_users(zoom::LOCATION).await?;
    let at_zoom: HashMap<&PersonId, &OnlineUser> = at_zoom.iter().map(|user| (&user.user, user)).collect();
    let entry = |user: &PersonRef| at_zoom.get(&user.id).copied();
    let is_enabled = |user: &PersonRef| entry(user).is_some_and(|entry| entry.enabled);
    let documents: Vec<_> = users
        .iter()
        .map(|record| {
            let facts = record.person.user.clone().unwrap_or_default();
            json!({
                "id": record.person.reference.id,
                "name": record.person.name,
                "email": record.person.email(),
                "enabled": is_enabled(&record.person.reference),
                "zoom_id": zoom::zoom_user_id(&record.person, entry(&record.person.reference)),
                "roles": record.roles,
                "zoom_meetings": facts.scopes.contains(zoom::SCOPE),
                "meeting_edit": facts.meeting_edit,
            })
        })
        .collect();
    session.terminal.result(&documents, || {
        let mut table = Table::default();
        for record in &users {
            let facts = record.person.user.clone().unwrap_or_default();
            let scope = if facts.scopes.contains(zoom::SCOPE) {
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
                if is_enabled(&record.person.reference) {
                    ("enabled", GOOD)
                } else {
                    ("disabled", DIM)
                },
                (
                    zoom::zoom_user_id(&record.person, entry(&record.person.reference))
                        .unwrap_or("no Zoom ID"),
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
