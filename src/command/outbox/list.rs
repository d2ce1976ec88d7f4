//! `invite outbox list`: invitations, the newest first.

use clap::Args;

use super::entry::{document, style};
use crate::command::session::Session;
use crate::command::terminal::{DIM, Listing, STRONG, Table};
use crate::command::{DONE, Outcome, delivery};
use crate::mail::{DeliveryState, OutboxEntry};
use crate::meeting::MeetingId;

/// How many invitations of a list are in memory.
const LISTED_AT_ONCE: u32 = 500;

#[derive(Debug, Args)]
#[command(after_help = "Example: invite outbox list --meeting kickoff --state queued")]
pub(in crate::command) struct List {
    /// Only those of this meeting
    #[arg(long, value_name = "ID")]
    meeting: Option<MeetingId>,
    /// Only those in this state: queued, sending, sent, failed, given_up, may_have_arrived,
    /// superseded or cancelled
    #[arg(long)]
    state: Option<DeliveryState>,
    /// At most so many
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: u32,
}

impl List {
    pub(super) async fn run(&self, session: &Session<'_>) -> Outcome {
        let operator = session.operator().await?;
        let mut listing = Listing::new(session.terminal);
        let (mut left, mut before) = (self.limit, None);
        loop {
            let count = left.min(LISTED_AT_ONCE);
            let entries = operator
                .invitations(self.meeting.as_ref(), self.state, before, count)
                .await?;
            let documents: Vec<_> = entries.iter().map(document).collect();
            listing.add(&documents, || table(&entries));
            let was_last = u32::try_from(entries.len()).is_ok_and(|found| found < count);
            left -= count;
            before = entries.last().map(|entry| entry.id);
            if was_last || left == 0 {
                break;
            }
        }
        listing.end("no invitations\n");
        Ok(DONE)
    }
}

fn table(entries: &[OutboxEntry]) -> Table {
    let mut table = Table::default();
    for entry in entries {
        let notice = entry
            .notice
            .as_ref()
            .map(|notice| (delivery::words(notice), delivery::style(notice.state)));
        let answer = || (entry.last_answer.clone().unwrap_or_default(), DIM);
        let (answer, answer_style) = notice.unwrap_or_else(answer);
        table.row([
            (entry.id.to_string().as_str(), DIM),
            (entry.state.as_str(), style(entry.state)),
            (entry.envelope.to.as_str(), STRONG),
            (
                format!("{} {}, revision {}", entry.meeting, entry.purpose, entry.revision).as_str(),
                DIM,
            ),
            (answer.as_str(), answer_style),
        ]);
    }
    table
}
