//! `invite zoom`: the connection, its users, and single meetings at Zoom.

mod connect;
mod connection;
mod delete;
mod push;
mod report;
mod users;

use clap::Subcommand;

use super::Outcome;
use super::session::Session;
use connect::Connect;
use delete::Delete;
use push::Push;
use users::UsersCommand;

#[derive(Debug, Subcommand)]
pub(super) enum ZoomCommand {
    /// Connect to the organization's Zoom account, with an administrator's consent
    Connect(Connect),
    /// Show the connection: mode, scopes, expiry, how the last requests went
    #[command(after_help = "Example: invite zoom status")]
    Status,
    /// Revoke the connection and forget it
    #[command(after_help = "Example: invite zoom disconnect")]
    Disconnect,
    /// Who may have meetings at Zoom
    #[command(subcommand)]
    Users(UsersCommand),
    /// Push meetings to Zoom and write their links back
    Push(Push),
    /// Delete the Zoom meeting of a meeting that was called off
    Delete(Delete),
}

impl ZoomCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let result = match self {
            Self::Connect(connect) => connect.run(session).await,
            Self::Status => connection::status(session).await,
            Self::Disconnect => connection::disconnect(session).await,
            Self::Users(users) => users.run(session).await,
            Self::Push(push) => push.run(session).await,
            Self::Delete(delete) => delete.run(session).await,
        };
        session.close().await;
        result
    }
}
