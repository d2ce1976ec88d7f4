//! `invite cancel`: telling those who were invited that a meeting does not take place.

use clap::Args;

use super::send::Said;
use super::session::Session;
use super::{Actor, Outcome, send};
use crate::meeting::MeetingId;
use crate::pipeline::{CancelOptions, Pick};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite cancel --meeting called-off\n\nThe meeting's status must be NotHeld: \
    `invite meeting edit ID --status NotHeld`. Its Zoom meeting is deleted by `invite zoom delete --meeting ID`."
)]
pub(super) struct Cancel {
    /// The meeting's id
    #[arg(long, value_name = "ID")]
    meeting: MeetingId,
    /// Only this invitee; can be given several times [default: all who have an invitation]
    #[arg(long, value_name = "EMAIL or KIND:ID")]
    to: Vec<Pick>,
    /// Also a meeting that is over
    #[arg(long)]
    past: bool,
    #[command(flatten)]
    actor: Actor,
}

impl Cancel {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let options = CancelOptions {
            to: self.to,
            past: self.past,
            actor: self.actor.actor,
        };
        let result = send::deliver(session, Said::Cancels, async |pipeline| {
            pipeline.cancel(&self.meeting, &options).await
        });
        let result = result.await;
        session.close().await;
        result
    }
}
