//! `invite smtp`: mail servers beside the organization's.

mod account;
mod users;

use clap::Subcommand;

use super::Outcome;
use super::session::Session;
use users::UsersCommand;

#[derive(Debug, Subcommand)]
pub(super) enum SmtpCommand {
    /// Users who have a mail server of their own: the invitations to their meetings come from their address
    #[command(subcommand)]
    Users(UsersCommand),
}

impl SmtpCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let Self::Users(users) = self;
        let result = users.run(session).await;
        session.close().await;
        result
    }
}
