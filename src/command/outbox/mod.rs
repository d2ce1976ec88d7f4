//! `invite outbox`: the invitations, and how their delivery stands.

mod cancel;
mod count;
mod entry;
mod list;
mod prune;
mod retry;
mod show;
mod worker;

use clap::Subcommand;

use super::Outcome;
use super::session::Session;
use cancel::Cancel;
use count::Count;
use list::List;
use prune::Prune;
use retry::Retry;
use show::Show;
use worker::Worker;

#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// Invitations, the newest first
    List(List),
    /// One invitation, with the whole message
    Show(Show),
    /// How many stand where, for a glance or for monitoring
    Count(Count),
    /// Let what waits, failed or was given up be tried again at once
    Retry(Retry),
    /// Call off what waits, failed or was given up
    Cancel(Cancel),
    /// Forget mails and people of meetings that are over
    Prune(Prune),
    /// Deliver what is due, until stopped
    Worker(Worker),
}

impl OutboxCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let result = match self {
            Self::List(list) => list.run(session).await,
            Self::Show(show) => show.run(session).await,
            Self::Count(count) => count.run(session).await,
            Self::Retry(retry) => retry.run(session).await,
            Self::Cancel(cancel) => cancel.run(session).await,
            Self::Prune(prune) => prune.run(session).await,
            Self::Worker(worker) => worker.run(session).await,
        };
        session.close().await;
        result
    }
}
