//! The report of a meeting that is sent, as one document or as text.

use serde::Serialize;

use super::said::Said;
use super::shortfall::Shortfall;
use crate::command::session::Session;
use crate::command::terminal::{
    BAD, DIM, GOOD, STRONG, Table, WARN, print_json, print_table, print_text, visible,
};
use crate::command::{meeting, online_meeting};
use crate::mail::Purpose;
use crate::pipeline::{RecipientReport, RecipientState, SendReport};

/// How many lines of a report are in memory at a time.
const PRINTED_AT_ONCE: usize = 1_000;

/// The document that `--format json` prints. It borrows the report: a copy would hold every recipient twice.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    #[serde(flatten)]
    report: &'a SendReport,
    #[serde(skip_serializing_if = "is_not")]
    dry_run: bool,
    #[serde(skip_serializing_if = "is_not")]
    sandbox: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Shortfall>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives it a reference")]
const fn is_not(is: &bool) -> bool {
    !*is
}

pub(super) fn document(report: &SendReport, said: Said, sandbox: bool) -> Document<'_> {
    Document {
        report,
        dry_run: said == Said::WouldSend,
        sandbox,
        error: Shortfall::of(report, said),
    }
}

/// Prints a report. Of its many lines only a part is in memory at a time.
pub(super) fn print(session: &Session<'_>, report: &SendReport, said: Said) {
    let dry_run = said == Said::WouldSend;
    let sandbox = session.is_sandbox();
    if session.terminal.is_json() {
        print_json(&document(report, said, sandbox));
        return;
    }
    print_text(&head(report, said, sandbox));
    let mut recipients = report.recipients.without_ids();
    print_table(std::iter::from_fn(|| {
        let part: Vec<_> = recipients.by_ref().take(PRINTED_AT_ONCE).collect();
        (!part.is_empty()).then(|| table(&part, dry_run))
    }));
    print_text(&foot(report, dry_run));
}

fn head(report: &SendReport, said: Said, sandbox: bool) -> String {
    let played = if sandbox { ", sandbox" } else { "" };
    let meeting = report.recipients.meeting();
    let mut text = format!(
        "{STRONG}{}{STRONG:#}  {DIM}{}, revision {}{played}{DIM:#}\n{}\n",
        visible(meeting.name()),
        report.meeting,
        report.revision,
        meeting::when(meeting),
    );
    text.push_str(&online_meeting::line(&report.online, said == Said::WouldSend));
    if said == Said::Cancels {
        text.push_str("the meeting is called off: whoever has an invitation is told\n");
    }
    text.push('\n');
    text
}

fn table(recipients: &[RecipientReport], dry_run: bool) -> Table {
    let mut table = Table::default();
    for recipient in recipients {
        let (word, style) = match recipient.state {
            RecipientState::Queued if dry_run => ("would send", GOOD),
            RecipientState::Sent => ("sent", GOOD),
            RecipientState::Queued => ("queued", WARN),
            RecipientState::Failed => ("failed", BAD),
            RecipientState::MayHaveArrived => ("may have arrived", BAD),
            RecipientState::Skipped => ("skipped", DIM),
        };
        let file = recipient.file.as_ref().map(|file| file.display().to_string());
        let last = recipient.reason.clone().or(file).unwrap_or_default();
        table.row([
            (word, style),
            (recipient.purpose.as_ref().map_or("", Purpose::as_str), DIM),
            (recipient.name.as_str(), STRONG),
            (
                recipient.email.as_ref().map_or("", |email| email.as_str()),
                anstyle::Style::new(),
            ),
            (recipient.language.as_deref().unwrap_or_default(), DIM),
            (
                last.as_str(),
                if recipient.state == RecipientState::Failed {
                    BAD
                } else {
                    DIM
                },
            ),
        ]);
    }
    table
}

fn foot(report: &SendReport, dry_run: bool) -> String {
    let counts = [
        (report.sent, "sent"),
        (report.queued, if dry_run { "would be sent" } else { "queued" }),
        (report.failed, "failed"),
        (report.may_have_arrived, "may have arrived"),
        (report.skipped, "skipped"),
    ];
    let counts: Vec<_> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let mut text = format!("\n{}", counts.join(", "));
    if report.sent + report.queued + report.failed + report.may_have_arrived == 0 {
        text.push_str(": nothing to send");
    }
    text.push('\n');
    text
}
