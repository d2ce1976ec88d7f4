//! `invite meeting`: the meetings of the CRM.

mod edit;
mod show;

use clap::Subcommand;
use serde_json::{Value, json};

use super::session::Session;
use super::terminal::{DIM, STRONG, Table};
use super::{Actor, DONE, Outcome};
use crate::crm::{MeetingQuery, MeetingRecord};
use crate::fault::BoxFault;
use crate::meeting::{Attendee, Meeting, OnlineLocation};

#[derive(Debug, Subcommand)]
pub(super) enum MeetingCommand {
    /// All meetings, by their time
    #[command(after_help = "Example: invite meeting list")]
    List,
    /// One meeting: whether Zoom is in sync, what invitees were told, what they answered
    Show(show::Show),
    /// Change a meeting
    Edit(Box<edit::Edit>),
}

impl MeetingCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let result = match self {
            Self::List => list(session).await,
            Self::Show(show) => show.run(session).await,
            Self::Edit(edit) => edit.run(session).await,
        };
        session.close().await;
        result
    }
}

async fn list(session: &Session<'_>) -> Outcome {
    let crm = session.crm().await?;
    let meetings = crm.directory().all_meetings(&MeetingQuery::default()).await;
    let meetings = meetings.map_err(BoxFault::new)?;
    let documents: Vec<_> = meetings
        .iter()
        .map(|record| document(&record.meeting, &record.attendees))
        .collect();
    session.terminal.result(&documents, || {
        let mut table = Table::default();
        for MeetingRecord { meeting, .. } in &meetings {
            table.row([
                (meeting.id().as_str(), STRONG),
                (when(meeting).as_str(), anstyle::Style::new()),
                (meeting.name(), anstyle::Style::new()),
                (meeting.status.as_str(), DIM),
                (
                    meeting
                        .online_location
                        .as_ref()
                        .map_or("", OnlineLocation::as_str),
                    DIM,
                ),
            ]);
        }
        if table.is_empty() {
            "no meetings; load some with `invite import FILE`\n".to_owned()
        } else {
            table.to_text()
        }
    });
    Ok(DONE)
}

/// What the JSON documents say of a meeting; the import format's names.
fn document(meeting: &Meeting, attendees: &[Attendee]) -> Value {
    let mut document = json!({
        "id": meeting.id(),
        "name": meeting.name(),
        "uid": meeting.uid(),
        "status": meeting.status,
        "online_location": meeting.online_location,
        "zoom_settings": meeting.online_settings,
        "all_day": meeting.when.is_all_day(),
        "time_zone": meeting.time_zone.name(),
        "description": meeting.description,
        "location": meeting.location,
        "assigned_user": meeting.assigned_user,
        "join_url": meeting.join_url,
        "attendees": attendees,
    });
    if let Some((start, end)) = meeting.when.instants() {
        document["start"] = json!(start);
        document["end"] = json!(end);
    }
    if let Some((first, last)) = meeting.when.days() {
        document["start_date"] = json!(first);
        document["end_date"] = json!(last);
    }
    document
}

/// When a meeting takes place, in its own zone: `Tue 1 Dec 2026, 10:00–10:45 Europe/Berlin`.
pub(super) fn when(meeting: &Meeting) -> String {
    const DAY: &str = "%a %-d %b %Y";
    if let Some((first, last)) = meeting.when.days() {
        return if first == last {
            format!("{}, all day", first.format(DAY))
        } else {
            format!("{} – {}", first.format(DAY), last.format(DAY))
        };
    }
    let zone = &meeting.time_zone;
    let (start, end) = meeting.when.span(zone);
    let (start, end) = (zone.local(start), zone.local(end));
    let day = start.format(DAY);
    let name = zone.name();
    if start.date_naive() == end.date_naive() {
        // A clock change in between shows in the offsets only.
        format!("{day}, {}–{} {name}", start.format("%H:%M"), end.format("%H:%M"))
    } else {
        format!(
            "{day}, {} – {} {name}",
            start.format("%H:%M"),
            end.format("%a %-d %b %Y, %H:%M")
        )
    }
}
