//! `invite meeting`: the meetings of the CRM.

mod edit;
mod list;
mod show;
mod words;

use clap::Subcommand;

use super::Outcome;
use super::session::Session;
pub(super) use words::when;

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
            Self::List => list::list(session).await,
            Self::Show(show) => show.run(session).await,
            Self::Edit(edit) => edit.run(session).await,
        };
        session.close().await;
        result
    }
}
