//! `invite outbox cancel`: invitations that have not left are called off.

use clap::Args;
use serde_json::json;

use crate::command::session::Session;
use crate::command::{DONE, DONE_IN_PART, Outcome};
use crate::fault::BoxFault;
use crate::meeting::MeetingId;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite outbox cancel 3 4\n\nWhat is on its way cannot be called off. The next `invite send` of the meeting invites anew."
)]
#[group(required = true, multiple = false)]
pub(in crate::command) struct Cancel {
    /// The invitations' numbers: all are called off, or none
    #[arg(value_name = "ID")]
    ids: Vec<i64>,
    /// Everything of this meeting that has not left
    #[arg(long, value_name = "ID")]
    meeting: Option<MeetingId>,
}

impl Cancel {
    pub(super) async fn run(&self, session: &Session<'_>) -> Outcome {
        let operator = session.operator().await?;
        let (cancelled, sending) = match &self.meeting {
            Some(meeting) => operator.cancel_of_meeting(meeting).await?,
            None => {
                let cancelled = operator.cancel_invitations(&self.ids).await;
                (cancelled.map_err(BoxFault::new)?, 0)
            }
        };
        let document = json!({"cancelled": cancelled, "sending": sending});
        session.terminal.result(&document, || match sending {
            0 => format!("{cancelled} called off\n"),
            _ => format!("{cancelled} called off; {sending} on their way just now cannot be\n"),
        });
        Ok(if sending == 0 { DONE } else { DONE_IN_PART })
    }
}
