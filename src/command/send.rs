//! `invite send`: the pipeline.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use indicatif::ProgressBar;
use serde::Serialize;

use super::session::Session;
use super::terminal::{
    BAD, DIM, GOOD, STRONG, Table, Terminal, WARN, print_json, print_table, print_text, visible,
};
use super::{Actor, DONE, DONE_IN_PART, Outcome};
use crate::fault::{BoxFault, Class, Fault as _, chain};
use crate::mail::MailboxFolder;
use crate::meeting::{MeetingId, OnlineLocation};
use crate::pipeline::{
    OnlineAction, OnlineReport, Pick, Pipeline, PipelineError, Plan, Progress, RecipientReport,
    RecipientState, SendOptions, SendReport,
};

/// How many lines of a report are in memory at a time.
const PRINTED_AT_ONCE: usize = 1_000;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite send --meeting kickoff --to lee@client.example --dry-run --out /tmp/mails"
)]
pub(super) struct Send {
    /// The meeting's id
    #[arg(long, value_name = "ID")]
    meeting: MeetingId,
    /// Only this attendee, whatever the answer was; can be given several times
    #[arg(long, value_name = "EMAIL or KIND:ID")]
    to: Vec<Pick>,
    /// All attendees, whatever they answered
    #[arg(long)]
    all: bool,
    /// Also those who have the current revision already
    #[arg(long)]
    resend: bool,
    /// Do not push to Zoom: mail the join URL as it stands
    #[arg(long)]
    no_push: bool,
    /// Write nothing, ask nobody: show what would happen
    #[arg(long)]
    dry_run: bool,
    /// With --dry-run: write the mails into this folder
    #[arg(long, value_name = "DIR", requires = "dry_run")]
    out: Option<PathBuf>,
    #[command(flatten)]
    actor: Actor,
}

impl Send {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let options = SendOptions {
            to: self.to.clone(),
            all: self.all,
            resend: self.resend,
            no_push: self.no_push,
            actor: self.actor.actor.clone(),
        };
        let result = if self.dry_run {
            self.show_plan(session, &options).await
        } else {
            self.send(session, &options).await
        };
        session.close().await;
        result
    }

    async fn send(&self, session: &Session<'_>, options: &SendOptions) -> Outcome {
        deliver(session, async |pipeline| {
            pipeline.send(&self.meeting, options).await
        })
        .await
    }

    async fn show_plan(&self, session: &Session<'_>, options: &SendOptions) -> Outcome {
        let pipeline = session.writing_pipeline().await?;
        let mut plan = pipeline.plan(&self.meeting, options).await?;
        if let Some(folder) = &self.out {
            write_mails(&mut plan, folder)?;
        }
        print(session, &plan.report, true);
        Ok(DONE)
    }
}

/// Runs what delivers the mails of a meeting, and shows what became of them.
pub(super) async fn deliver(
    session: &Session<'_>,
    run: impl AsyncFnOnce(&Pipeline) -> Result<SendReport, PipelineError>,
) -> Outcome {
    let terminal = session.terminal;
    let shown = Arc::new(ShownProgress::default());
    let progress = {
        let (shown, bars) = (Arc::clone(&shown), Bars::new(terminal));
        Arc::new(move |progress: &Progress| shown.show(progress, &bars))
    };
    let pipeline = session.mailing_pipeline(progress).await?;
    session.stop.listen();
    let sent = run(&pipeline).await;
    shown.end();
    let report = sent?;
    // The database moves its log to the file meanwhile.
    tokio::join!(session.close(), async { print(session, &report, false) });
    if let Some(shortfall) = Shortfall::of(&report) {
        terminal.error_line(&format!("{BAD}error{BAD:#}: {}", visible(&shortfall.message)));
        if let Some(hint) = &shortfall.hint {
            terminal.error_line(&format!("{DIM}hint{DIM:#}: {hint}"));
        }
    }
    if session.stop.is_asked() && report.queued > 0 {
        terminal
            .note("interrupted: what was not delivered waits in the outbox; the same command delivers it");
    }
    Ok(exit_code(&report))
}

/// Writes what would be mailed, and notes where it lies.
fn write_mails(plan: &mut Plan, folder: &std::path::Path) -> Result<(), BoxFault> {
    let mailbox = MailboxFolder::new(folder);
    let mut files = HashMap::new();
    for invitation in &plan.invitations {
        let file = mailbox
            .write(&invitation.envelope, &invitation.message)
            .map_err(BoxFault::new)?;
        files.insert(invitation.message_id.clone(), file);
    }
    plan.report.recipients.note_files(files);
    Ok(())
}

/// Why not everybody who was to get a mail has it.
#[derive(Serialize)]
struct Shortfall {
    kind: &'static str,
    exit: u8,
    message: String,
    hint: Option<String>,
}

impl Shortfall {
    fn of(report: &SendReport) -> Option<Self> {
        if let Some(stopped) = &report.stopped {
            return Some(Self {
                kind: stopped.kind(),
                exit: stopped.class().exit_code(),
                message: chain(stopped),
                hint: stopped.hint(),
            });
        }
        let all = report.sent + report.queued + report.failed;
        if report.failed > 0 {
            let in_part = report.sent + report.queued > 0;
            return Some(Self {
                kind: if in_part { "send.in_part" } else { "send.failed" },
                exit: if in_part {
                    DONE_IN_PART
                } else {
                    Class::Unavailable.exit_code()
                },
                message: format!(
                    "{} of {all} mails were refused; each is listed with the reason",
                    report.failed
                ),
                hint: Some("correct the addresses in the CRM, then run the same command again".to_owned()),
            });
        }
        (report.queued > 0).then(|| Self {
            kind: "send.put_off",
            exit: Class::Temporary.exit_code(),
            message: format!("{} of {all} mails wait in the outbox", report.queued),
            hint: Some(
                "run the same command again later, or let `invite outbox worker` deliver them".to_owned(),
            ),
        })
    }
}

fn exit_code(report: &SendReport) -> u8 {
    Shortfall::of(report).map_or(DONE, |shortfall| shortfall.exit)
}

/// What `--format json` prints. It is written as it stands: a copy of it would hold every recipient twice.
#[derive(Serialize)]
struct Document<'a> {
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

fn document(report: &SendReport, dry_run: bool, sandbox: bool) -> Document<'_> {
    Document {
        report,
        dry_run,
        sandbox,
        error: Shortfall::of(report).filter(|_| !dry_run),
    }
}

/// Prints a report. Of its many lines only a part is in memory at a time.
fn print(session: &Session<'_>, report: &SendReport, dry_run: bool) {
    let sandbox = session.is_sandbox();
    if session.terminal.is_json() {
        print_json(&document(report, dry_run, sandbox));
        return;
    }
    print_text(&head(report, dry_run, sandbox));
    let mut recipients = report.recipients.without_ids();
    print_table(std::iter::from_fn(|| {
        let part: Vec<_> = recipients.by_ref().take(PRINTED_AT_ONCE).collect();
        (!part.is_empty()).then(|| table(&part, dry_run))
    }));
    print_text(&foot(report, dry_run));
}

fn head(report: &SendReport, dry_run: bool, sandbox: bool) -> String {
    let played = if sandbox { ", sandbox" } else { "" };
    let meeting = report.recipients.meeting();
    let mut text = format!(
        "{STRONG}{}{STRONG:#}  {DIM}{}, revision {}{played}{DIM:#}\n{}\n",
        visible(meeting.name()),
        report.meeting,
        report.revision,
        super::meeting::when(meeting),
    );
    text.push_str(&online(&report.zoom, dry_run));
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
            RecipientState::Skipped => ("skipped", DIM),
        };
        let file = recipient.file.as_ref().map(|file| file.display().to_string());
        let last = recipient.reason.clone().or(file).unwrap_or_default();
        table.row([
            (word, style),
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
        (report.skipped, "skipped"),
    ];
    let counts: Vec<_> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    let mut text = format!("\n{}", counts.join(", "));
    if report.sent + report.queued + report.failed == 0 {
        text.push_str(": nothing to send");
    }
    text.push('\n');
    text
}

/// The line about the online meeting, and the link.
pub(super) fn online(zoom: &OnlineReport, dry_run: bool) -> String {
    let provider = zoom.provider.map_or("Zoom", OnlineLocation::name);
    let id = match zoom.provider {
        // Only Zoom has ids that people type.
        Some(OnlineLocation::Zoom) => zoom
            .meeting_id
            .as_deref()
            .filter(|id| !id.is_empty())
            .map(grouped),
        _ => None,
    };
    let id = id.map(|id| format!(" {id}")).unwrap_or_default();
    let mut text = match (zoom.action, dry_run) {
        (OnlineAction::Created, false) => format!("{provider} meeting{id} {GOOD}created{GOOD:#}\n"),
        (OnlineAction::Created, true) => format!("a {provider} meeting would be created\n"),
        (OnlineAction::Updated, false) => format!("{provider} meeting{id} {GOOD}updated{GOOD:#}\n"),
        (OnlineAction::Updated, true) => format!("{provider} meeting{id} would be updated\n"),
        (OnlineAction::Unchanged, _) => format!("{provider} meeting{id} in sync\n"),
        (OnlineAction::Deleted, _) => format!("{provider} meeting{id} {GOOD}deleted{GOOD:#}\n"),
        (OnlineAction::Skipped, _) => String::new(),
    };
    let is_placeholder = dry_run && zoom.action == OnlineAction::Created;
    if let Some(url) = zoom.join_url.as_ref().filter(|_| !is_placeholder) {
        text.push_str(&format!("{url}\n"));
    }
    text
}

/// A Zoom meeting id as Zoom writes it for people: `835 1537 9148`.
pub(super) fn grouped(id: &str) -> String {
    if !id.is_ascii() || !(9..=11).contains(&id.len()) {
        return id.to_owned();
    }
    let (first, rest) = id.split_at(3);
    let (second, third) = rest.split_at(rest.len() - 4);
    format!("{first} {second} {third}")
}

/// The progress bar of a run.
#[derive(Default)]
struct ShownProgress {
    bar: Mutex<Option<ProgressBar>>,
}

/// Makes a bar for so many.
struct Bars {
    make: Box<dyn Fn(usize) -> ProgressBar + std::marker::Send + Sync>,
}

impl Bars {
    fn new(terminal: &Terminal) -> Self {
        let terminal = terminal.clone();
        Self {
            make: Box::new(move |count| terminal.progress(count)),
        }
    }
}

impl ShownProgress {
    fn show(&self, progress: &Progress, bars: &Bars) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match progress {
            Progress::Delivering { count } => *bar = Some((bars.make)(*count)),
            Progress::Tried { to, sent, answer } => {
                if let Some(bar) = &*bar {
                    bar.inc(1);
                    if !sent {
                        // Above the bar, as it happens; the table at the end has it again.
                        bar.println(format!("  {to}: {}", visible(answer)));
                    }
                }
            }
            _ => {}
        }
    }

    fn end(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meeting_ids_read_as_zoom_writes_them() {
        assert_eq!(grouped("83515379148"), "835 1537 9148");
        assert_eq!(grouped("123456789"), "123 45 6789");
        assert_eq!(grouped("x"), "x");
    }
}
