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
use super::{Actor, DONE, DONE_IN_PART, Outcome, online_meeting};
use crate::fault::{BoxFault, Class, Fault as _, chain};
use crate::hints::hint;
use crate::mail::{MailboxFolder, Purpose};
use crate::meeting::MeetingId;
use crate::pipeline::{
    Event, Happened, Pick, Pipeline, PipelineError, Plan, RecipientReport, RecipientState, SendOptions,
    SendReport,
};

/// How many lines of a report are in memory at a time.
const PRINTED_AT_ONCE: usize = 1_000;

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite send --meeting kickoff --to lee@client.example --dry-run --out /tmp/mails"
)]
pub(super) struct Send {
    /// The meeting's id; can be given several times
    #[arg(long, value_name = "ID", required_unless_present = "pending")]
    meeting: Vec<MeetingId>,
    /// Every planned meeting to come in which somebody lacks what is to be told
    #[arg(long, conflicts_with_all = ["meeting", "to", "all", "resend"])]
    pending: bool,
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
    /// Also a meeting that is over
    #[arg(long)]
    past: bool,
    /// Do not deliver: let the mails wait for `invite outbox worker`
    #[arg(long, conflicts_with = "dry_run")]
    queue_only: bool,
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
            past: self.past,
            queue_only: self.queue_only,
            actor: self.actor.actor.clone(),
        };
        let said = match (self.dry_run, self.queue_only) {
            (true, _) => Said::WouldSend,
            (false, true) => Said::Queues,
            (false, false) => Said::Sends,
        };
        let result = match self.meeting.as_slice() {
            [meeting] if said == Said::WouldSend => self.show_plan(session, meeting, &options).await,
            [meeting] => {
                deliver(session, said, async |pipeline| {
                    pipeline.send(meeting, &options).await
                })
                .await
            }
            _ => self.send_several(session, said, &options).await,
        };
        session.close().await;
        result
    }

    async fn show_plan(&self, session: &Session<'_>, meeting: &MeetingId, options: &SendOptions) -> Outcome {
        let pipeline = session.writing_pipeline().await?;
        let plan = self.plan(&pipeline, meeting, options).await?;
        print(session, &plan.report, Said::WouldSend);
        Ok(DONE)
    }

    async fn plan(
        &self,
        pipeline: &Pipeline,
        meeting: &MeetingId,
        options: &SendOptions,
    ) -> Result<Plan, BoxFault> {
        let mut plan = pipeline.plan(meeting, options).await?;
        if let Some(folder) = &self.out {
            write_mails(&mut plan, folder)?;
        }
        Ok(plan)
    }

    /// Sends several meetings, each by a plan of its own, and shows one report.
    async fn send_several(&self, session: &Session<'_>, said: Said, options: &SendOptions) -> Outcome {
        let shown = Arc::new(ShownProgress::default());
        let pipeline = match said {
            Said::WouldSend => session.writing_pipeline().await?,
            _ => sending_pipeline(session, &shown).await?,
        };
        let mut together = Together::new(said);
        let mut meetings: Vec<&MeetingId> = Vec::new();
        // Asked for twice, a meeting is sent once.
        for meeting in &self.meeting {
            if !meetings.contains(&meeting) {
                meetings.push(meeting);
            }
        }
        let mut meetings: Vec<MeetingId> = meetings.into_iter().cloned().collect();
        if self.pending {
            for record in session.planned_ahead().await? {
                let meeting = record.meeting.id();
                match pipeline.is_pending(meeting).await {
                    Ok(true) => meetings.push(meeting.clone()),
                    Ok(false) | Err(PipelineError::NoRecipients { .. }) => {}
                    Err(error) => together.add(meeting.clone(), Err(error.into())),
                }
            }
        }
        if said == Said::WouldSend {
            for meeting in meetings {
                let plan = self.plan(&pipeline, &meeting, options).await;
                together.add(meeting, plan.map(|plan| plan.report));
            }
        } else {
            let sent = pipeline.send_all(&meetings, options).await?;
            shown.end();
            for (meeting, report) in sent.meetings {
                together.add(meeting, report.map_err(BoxFault::from));
            }
            together.stopped = sent.stopped;
        }
        together.print(session);
        Ok(together.exit_code())
    }
}

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Said {
    /// A meeting is sent.
    Sends,
    /// Its mails are queued for a worker.
    Queues,
    /// It is called off.
    Cancels,
    /// Nothing is done.
    WouldSend,
}

async fn sending_pipeline(session: &Session<'_>, shown: &Arc<ShownProgress>) -> Result<Pipeline, BoxFault> {
    let (bar, terminal) = (Arc::clone(shown), session.terminal.clone());
    let tell = move |event: &Event| bar.show(event, &terminal);
    let pipeline = session.mailing_pipeline(tell).await?;
    session.stop.listen();
    Ok(pipeline)
}

/// Runs what delivers the mails of a meeting, and shows what became of them.
pub(super) async fn deliver(
    session: &Session<'_>,
    said: Said,
    run: impl AsyncFnOnce(&Pipeline) -> Result<SendReport, PipelineError>,
) -> Outcome {
    let terminal = session.terminal;
    let shown = Arc::new(ShownProgress::default());
    let pipeline = sending_pipeline(session, &shown).await?;
    let sent = run(&pipeline).await;
    shown.end();
    let report = sent?;
    // The database moves its log to the file meanwhile.
    tokio::join!(session.close(), async { print(session, &report, said) });
    if let Some(shortfall) = Shortfall::of(&report, said) {
        shortfall.print(terminal);
    }
    if session.stop.is_asked() && report.queued > 0 {
        terminal
            .note("interrupted: what was not delivered waits in the outbox; the same command delivers it");
    }
    Ok(exit_code(&report, said))
}

/// The reports of several meetings.
struct Together {
    said: Said,
    meetings: Vec<(MeetingId, Result<SendReport, BoxFault>)>,
    stopped: Option<PipelineError>,
}

impl Together {
    fn new(said: Said) -> Self {
        Self {
            said,
            meetings: Vec::new(),
            stopped: None,
        }
    }

    fn add(&mut self, meeting: MeetingId, report: Result<SendReport, BoxFault>) {
        self.meetings.push((meeting, report));
    }

    fn total(&self, count: impl Fn(&SendReport) -> usize) -> usize {
        let reports = self
            .meetings
            .iter()
            .filter_map(|(_, report)| report.as_ref().ok());
        reports.map(count).sum()
    }

    fn print(&self, session: &Session<'_>) {
        if session.terminal.is_json() {
            print_json(&self.document(session.is_sandbox()));
        }
        for (meeting, report) in &self.meetings {
            match report {
                Ok(report) => {
                    if !session.terminal.is_json() {
                        print(session, report, self.said);
                    }
                    // Where a server took none, that is said once, below.
                    let shortfall = Shortfall::of(report, self.said).filter(|_| self.stopped.is_none());
                    if let Some(shortfall) = shortfall {
                        shortfall.of_meeting(meeting).print(session.terminal);
                    }
                }
                Err(error) => Shortfall::of_error(error)
                    .of_meeting(meeting)
                    .print(session.terminal),
            }
        }
        if !session.terminal.is_json() {
            let failed = self.meetings.iter().filter(|(_, report)| report.is_err()).count();
            let mut text = format!("{} meetings", self.meetings.len());
            if failed > 0 {
                text.push_str(&format!(", {failed} of them not sent"));
            }
            print_text(&format!("{text}\n"));
        }
        if let Some(stopped) = &self.stopped {
            Shortfall::of_stop(stopped).print(session.terminal);
        }
    }

    fn document(&self, sandbox: bool) -> serde_json::Value {
        let meetings = self.meetings.iter().map(|(meeting, report)| match report {
            Ok(report) => serde_json::json!(document(report, self.said, sandbox)),
            Err(error) => serde_json::json!({"meeting": meeting, "error": Shortfall::of_error(error)}),
        });
        serde_json::json!({
            "meetings": meetings.collect::<Vec<_>>(),
            "sent": self.total(|report| report.sent),
            "queued": self.total(|report| report.queued),
            "failed": self.total(|report| report.failed),
            "may_have_arrived": self.total(|report| report.may_have_arrived),
            "skipped": self.total(|report| report.skipped),
            "error": self.stopped.as_ref().map(Shortfall::of_stop),
        })
    }

    /// As of the meetings: where all have the same, that one; else done in part.
    fn exit_code(&self) -> u8 {
        if let Some(stopped) = &self.stopped {
            return stopped.class().exit_code();
        }
        let mut codes = self.meetings.iter().map(|(_, report)| match report {
            Ok(report) => exit_code(report, self.said),
            Err(error) => error.class().exit_code(),
        });
        let Some(first) = codes.next() else { return DONE };
        match codes.all(|code| code == first) {
            true => first,
            false => DONE_IN_PART,
        }
    }
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
    fn of_stop(stopped: &PipelineError) -> Self {
        Self {
            kind: stopped.kind(),
            exit: stopped.class().exit_code(),
            message: chain(stopped),
            hint: hint(stopped),
        }
    }

    fn of_error(error: &BoxFault) -> Self {
        Self {
            kind: error.kind(),
            exit: error.class().exit_code(),
            message: chain(error),
            hint: hint(error),
        }
    }

    /// The same, said among those of other meetings.
    fn of_meeting(self, meeting: &MeetingId) -> Self {
        Self {
            message: format!("meeting {meeting}: {}", self.message),
            ..self
        }
    }

    fn print(&self, terminal: &Terminal) {
        terminal.error_line(&format!("{BAD}error{BAD:#}: {}", visible(&self.message)));
        if let Some(hint) = &self.hint {
            terminal.error_line(&format!("{DIM}hint{DIM:#}: {hint}"));
        }
    }

    /// `None`: everybody has it, or all was done that was to be.
    fn of(report: &SendReport, said: Said) -> Option<Self> {
        if said == Said::WouldSend {
            return None;
        }
        if let Some(stopped) = &report.stopped {
            return Some(Self::of_stop(stopped));
        }
        let all = report.sent + report.queued + report.failed + report.may_have_arrived;
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
        if report.may_have_arrived > 0 {
            return Some(Self {
                kind: "send.may_have_arrived",
                exit: DONE_IN_PART,
                message: format!(
                    "{} of {all} mails may have arrived: the mail server's answer was lost twice",
                    report.may_have_arrived
                ),
                hint: Some(
                    "ask the recipients; `invite outbox retry ID` sends one again, see `invite outbox list`"
                        .to_owned(),
                ),
            });
        }
        if report.queued > 0 && said != Said::Queues {
            return Some(Self {
                kind: "send.put_off",
                exit: Class::Temporary.exit_code(),
                message: format!("{} of {all} mails wait in the outbox", report.queued),
                hint: Some(
                    "run the same command again later, or let `invite outbox worker` deliver them".to_owned(),
                ),
            });
        }
        (report.hidden > 0).then(|| Self {
            kind: "send.hidden",
            exit: match all {
                0 => Class::NotPermitted.exit_code(),
                _ => DONE_IN_PART,
            },
            message: format!(
                "{} of the attendees cannot be mailed: the CRM does not show their email addresses",
                report.hidden
            ),
            hint: Some(
                "let the CRM's user for this program read email addresses, then run the same command again"
                    .to_owned(),
            ),
        })
    }
}

fn exit_code(report: &SendReport, said: Said) -> u8 {
    Shortfall::of(report, said).map_or(DONE, |shortfall| shortfall.exit)
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

fn document(report: &SendReport, said: Said, sandbox: bool) -> Document<'_> {
    Document {
        report,
        dry_run: said == Said::WouldSend,
        sandbox,
        error: Shortfall::of(report, said),
    }
}

/// Prints a report. Of its many lines only a part is in memory at a time.
fn print(session: &Session<'_>, report: &SendReport, said: Said) {
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
        super::meeting::when(meeting),
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

/// The progress bar of a run.
#[derive(Default)]
struct ShownProgress {
    bar: Mutex<Bar>,
}

/// The bar, and how far it goes: the events of a run tell it meeting by meeting.
#[derive(Default)]
struct Bar {
    shown: Option<ProgressBar>,
    mailboxes: usize,
    tried: u64,
}

impl ShownProgress {
    fn show(&self, event: &Event, terminal: &Terminal) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        match (&event.what, &event.mailbox) {
            (Happened::Delivering { count }, _) => {
                bar.mailboxes += count;
                if let Some(shorter) = bar.shown.take() {
                    shorter.finish_and_clear();
                }
                let longer = terminal.progress(bar.mailboxes);
                bar.shown = Some(longer.with_position(bar.tried));
            }
            (what, Some(to)) => {
                bar.tried += 1;
                let Some(shown) = &bar.shown else { return };
                shown.inc(1);
                if let Some(answer) = what.answer().filter(|_| !matches!(what, Happened::Sent { .. })) {
                    // Above the bar, as it happens; the table at the end has it again.
                    shown.println(format!("  {to}: {}", visible(answer)));
                }
            }
            _ => {}
        }
    }

    fn end(&self) {
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(shown) = bar.shown.take() {
            shown.finish_and_clear();
        }
    }
}
