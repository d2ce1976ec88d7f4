//! `invite outbox prune`: forgets meetings that are over.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use clap::Args;
use serde_json::json;

use crate::command::session::Session;
use crate::command::terminal::{STRONG, WARN};
use crate::command::{DONE, Outcome};
use crate::config::length_of_time;
use crate::mail::Forgotten;

/// How long meetings that are over are kept if neither the argument nor the configuration says it.
const HALF_A_YEAR: Duration = Duration::from_secs(180 * 86_400);

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite outbox prune --older-than 180d --dry-run\n\nA meeting of which a mail waits is left alone. What is forgotten \
    is gone: whoever sends such a meeting again with --past mails everybody again. docs/privacy.md says what stays, and why."
)]
pub(in crate::command) struct Prune {
    /// Meetings whose end lies longer ago, such as 180d or 36h; otherwise `[database] keep`,
    /// or 180d
    #[arg(long, value_name = "TIME", value_parser = length_of_time)]
    older_than: Option<Duration>,
    /// Say what would be forgotten, and forget nothing
    #[arg(long)]
    dry_run: bool,
}

impl Prune {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let kept = session.config().await?.database.keep;
        let span = self.older_than.or(kept).unwrap_or(HALF_A_YEAR);
        let operator = session.operator().await?;
        let before = TimeDelta::from_std(span)
            .ok()
            .and_then(|span| session.clock.now().checked_sub_signed(span))
            .unwrap_or(DateTime::<Utc>::MIN_UTC);
        let forgotten = operator.forget(before, self.dry_run).await?;
        let mut document = json!(forgotten);
        document["dry_run"] = json!(self.dry_run);
        document["before"] = json!(instant(before));
        session
            .terminal
            .result(&document, || text(&forgotten, before, self.dry_run));
        Ok(DONE)
    }
}

fn text(forgotten: &Forgotten, before: DateTime<Utc>, dry_run: bool) -> String {
    let before = instant(before);
    let mut text = match forgotten.is_nothing() {
        true => format!("nothing to forget of meetings that ended before {before}\n"),
        false => format!(
            "{STRONG}{}{STRONG:#} {} that ended before {before}: {}, {} and {} {}\n",
            forgotten.meetings,
            noun(forgotten.meetings, "meeting"),
            counted(forgotten.messages, "mail"),
            counted(forgotten.answers, "answer"),
            counted(forgotten.revisions, "revision"),
            match dry_run {
                true => "would be forgotten",
                false => "forgotten",
            },
        ),
    };
    if forgotten.waiting > 0 {
        text.push_str(&format!(
            "{WARN}{} left alone{WARN:#}: a mail waits; see `invite outbox list --state queued`\n",
            counted(forgotten.waiting, "meeting"),
        ));
    }
    text
}

fn counted(count: u64, noun: &str) -> String {
    format!("{count} {}", self::noun(count, noun))
}

fn noun(count: u64, one: &str) -> String {
    match count {
        1 => one.to_owned(),
        _ => format!("{one}s"),
    }
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
