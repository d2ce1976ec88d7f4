//! `invite meeting list`: all meetings, by their time.

use super::words::{document, when};
use crate::command::session::Session;
use crate::command::terminal::{DIM, STRONG, Table};
use crate::command::{DONE, Outcome};
use crate::crm::{MeetingQuery, MeetingRecord};
use crate::fault::BoxFault;
use crate::meeting::OnlineLocation;

pub(super) async fn list(session: &Session<'_>) -> Outcome {
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
