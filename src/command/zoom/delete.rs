//! `invite zoom delete`: the Zoom meeting of a meeting that was called off.

use clap::Args;

use super::report::show_report;
use crate::command::session::Session;
use crate::command::{Actor, Outcome};
use crate::meeting::MeetingId;
use crate::pipeline::PushOptions;

#[derive(Debug, Args)]
#[command(after_help = "Example: invite zoom delete --meeting called-off")]
pub(in crate::command) struct Delete {
    /// The meeting's id
    #[arg(long, value_name = "ID")]
    meeting: MeetingId,
    #[command(flatten)]
    actor: Actor,
}

impl Delete {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let options = PushOptions {
            actor: self.actor.actor,
        };
        let pipeline = session.pipeline().await?;
        let report = pipeline.delete_online(&self.meeting, &options).await?;
        Ok(show_report(session, &report))
    }
}
