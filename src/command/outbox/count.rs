//! `invite outbox count`: the outbox in numbers, for a glance or for monitoring.

use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;

use crate::command::session::Session;
use crate::command::terminal::{BAD, DIM, GOOD, STRONG, Table, WARN};
use crate::command::{DONE, Outcome};
use crate::mail::OutboxCounts;
use crate::meeting::MeetingId;

#[derive(Debug, Args)]
#[command(after_help = "Example: invite outbox count --format json")]
pub(in crate::command) struct Count {
    /// Only those of this meeting
    #[arg(long, value_name = "ID")]
    meeting: Option<MeetingId>,
}

impl Count {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let operator = session.operator().await?;
        let counts = operator.count_invitations(self.meeting.as_ref()).await?;
        session.terminal.result(&counts, || text(&counts));
        Ok(DONE)
    }
}

fn text(counts: &OutboxCounts) -> String {
    let mut table = Table::default();
    for (word, style, count) in [
        ("queued", WARN, counts.queued),
        ("sending", WARN, counts.sending),
        ("sent", GOOD, counts.sent),
        ("  in the last hour", DIM, counts.sent_last_hour),
        ("  after more than one try", DIM, counts.sent_after_retry),
        ("  bounced later", BAD, counts.bounced),
        ("failed", BAD, counts.failed),
        ("given up", BAD, counts.given_up),
        ("may have arrived", BAD, counts.may_have_arrived),
        ("superseded", DIM, counts.superseded),
        ("cancelled", DIM, counts.cancelled),
    ] {
        let of_state = !word.starts_with(' ');
        if of_state || count > 0 {
            table.row([(word, style), (count.to_string().as_str(), STRONG)]);
        }
    }
    for (word, at) in [
        ("oldest that waits", counts.oldest_waiting),
        ("next try", counts.next_attempt_at),
        ("last sent", counts.last_sent_at),
    ] {
        if let Some(at) = at {
            table.row([(word, DIM), (instant(at).as_str(), DIM)]);
        }
    }
    table.to_text()
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
