//! `invite outbox retry`: invitations that did not leave are tried again.

use clap::Args;
use serde_json::json;

use super::entry::NoInvitation;
use crate::command::session::Session;
use crate::command::terminal::{BAD, DIM, visible};
use crate::command::{DONE, DONE_IN_PART, Outcome};
use crate::fault::{BoxFault, Fault as _, chain};
use crate::hints::hint;
use crate::mail::Selection;
use crate::meeting::MeetingId;
use crate::pipeline::RetryReport;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite outbox retry --meeting kickoff\n\nA worker delivers it, or the next `invite send` of the meeting. \
    What a newer message stands for is left alone. A message that may have arrived is tried again only by its number."
)]
#[group(required = true, multiple = false)]
pub(in crate::command) struct Retry {
    /// The invitation's number
    #[arg(value_name = "ID")]
    id: Option<i64>,
    /// All of this meeting
    #[arg(long, value_name = "ID")]
    meeting: Option<MeetingId>,
    /// All
    #[arg(long)]
    all: bool,
}

impl Retry {
    pub(super) async fn run(&self, session: &Session<'_>) -> Outcome {
        let selection = match (self.id, &self.meeting) {
            (Some(id), _) => Selection::One(id),
            (None, Some(meeting)) => Selection::Meeting(meeting.clone()),
            (None, None) => Selection::All,
        };
        let meetings = session.operator().await?.meetings_to_retry(&selection).await?;
        if let (true, Some(id)) = (meetings.is_empty(), self.id) {
            return Err(BoxFault::new(NoInvitation { id: id.to_string() }));
        }
        let pipeline = session.pipeline().await?;
        let mut report = RetryReport::default();
        let mut errors = Vec::new();
        for meeting in meetings {
            match pipeline.retry(&meeting, self.id).await {
                Ok(of_meeting) => {
                    report.retried += of_meeting.retried;
                    report.left_alone.extend(of_meeting.left_alone);
                }
                Err(error) => errors.push((meeting, error)),
            }
        }
        let documents: Vec<_> = errors
            .iter()
            .map(|(meeting, error)| {
                json!({"meeting": meeting, "kind": error.kind(), "message": chain(error), "hint": hint(error)})
            })
            .collect();
        let document = json!({
            "retried": report.retried,
            "left_alone": report.left_alone,
            "errors": documents,
        });
        session.terminal.result(&document, || {
            let mut text = format!("{} to be tried again\n", report.retried);
            for left in &report.left_alone {
                let reason = left.reason;
                text.push_str(&format!("{DIM}{} left alone: {reason}{DIM:#}\n", left.id));
            }
            text
        });
        for (meeting, error) in &errors {
            let line = format!("{BAD}error{BAD:#}: meeting {meeting}: {}", visible(&chain(error)));
            session.terminal.error_line(&line);
        }
        Ok(if errors.is_empty() { DONE } else { DONE_IN_PART })
    }
}
