//! `invite zoom push`: one meeting, or all.

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use super::report::show_report;
use crate::command::session::Session;
use crate::command::terminal::{BAD, DIM, GOOD, STRONG, Table, visible};
use crate::command::{Actor, DONE, DONE_IN_PART, Outcome};
use crate::fault::{BoxFault, Class, Fault as _, chain};
use crate::hints::hint;
use crate::meeting::MeetingId;
use crate::online::zoom;
use crate::pipeline::{Pipeline, PipelineError, PushOptions, PushReport, SyncState};

/// The least time between two meetings: Zoom's smallest paid plan takes 20 creations a second from an account, all
/// its apps together.
const APART: Duration = Duration::from_millis(100);
/// After so many failures in a row that are not about the meetings themselves, the rest would fare the same.
const PATIENCE: usize = 3;

#[derive(Debug, Args)]
#[command(after_help = "Example: invite zoom push --all --out-of-sync")]
pub(in crate::command) struct Push {
    #[command(flatten)]
    which: Which,
    /// With --all: only those that are not at Zoom yet, or not as they are now
    #[arg(long, requires = "all")]
    out_of_sync: bool,
    #[command(flatten)]
    actor: Actor,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// The meeting's id
    #[arg(long, value_name = "ID")]
    meeting: Option<MeetingId>,
    /// All planned meetings on Zoom that are not over
    #[arg(long)]
    all: bool,
}

/// One meeting, and the result of its push.
type Pushed = (MeetingId, Result<PushReport, PipelineError>);

impl Push {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let options = PushOptions {
            actor: self.actor.actor.clone(),
        };
        let pipeline = session.pipeline().await?;
        match &self.which.meeting {
            Some(meeting) => {
                let report = pipeline.push(meeting, &options).await?;
                Ok(show_report(session, &report))
            }
            None => self.push_all(session, &pipeline, &options).await,
        }
    }

    async fn push_all(&self, session: &Session<'_>, pipeline: &Pipeline, options: &PushOptions) -> Outcome {
        let meetings = self.chosen(session, pipeline).await?;
        session.stop.listen();
        let bar = session.terminal.progress(meetings.len());
        let mut pushed: Vec<Pushed> = Vec::with_capacity(meetings.len());
        let mut failures_in_a_row = 0;
        let mut turn = tokio::time::interval(APART);
        turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        for meeting in &meetings {
            if session.stop.is_asked() || failures_in_a_row >= PATIENCE {
                break;
            }
            turn.tick().await;
            let result = pipeline.push(meeting, options).await;
            let concerns_all = |error: &PipelineError| {
                matches!(
                    error.class(),
                    Class::Temporary | Class::Unavailable | Class::Configuration
                )
            };
            failures_in_a_row = match &result {
                Err(error) if concerns_all(error) => failures_in_a_row + 1,
                _ => 0,
            };
            bar.inc(1);
            pushed.push((meeting.clone(), result));
        }
        bar.finish_and_clear();
        let not_tried = meetings.len() - pushed.len();
        session
            .terminal
            .result(&document(&pushed, not_tried), || text(&pushed, not_tried));
        if let Some(at) = pushed
            .iter()
            .filter_map(|(_, result)| result.as_ref().err()?.retry_at())
            .max()
        {
            session
                .terminal
                .note(&format!("again from {}", at.format("%Y-%m-%d %H:%M UTC")));
        }
        Ok(exit_code(&pushed, not_tried))
    }

    async fn chosen(&self, session: &Session<'_>, pipeline: &Pipeline) -> Result<Vec<MeetingId>, BoxFault> {
        let ahead = session.planned_ahead().await?;
        let mut chosen = Vec::new();
        let meetings = ahead.iter().map(|record| &record.meeting);
        for meeting in meetings.filter(|meeting| meeting.online_location == Some(zoom::LOCATION)) {
            if self.out_of_sync && pipeline.sync_state(meeting.id()).await?.0 == SyncState::InSync {
                continue;
            }
            chosen.push(meeting.id().clone());
        }
        Ok(chosen)
    }
}

fn exit_code(pushed: &[Pushed], not_tried: usize) -> u8 {
    let errors: Vec<&PipelineError> = pushed
        .iter()
        .filter_map(|(_, result)| result.as_ref().err())
        .collect();
    match errors.last() {
        None if not_tried == 0 => DONE,
        None => DONE_IN_PART,
        // Zoom's limit was reached, or Zoom does not answer: the same command goes on from here.
        Some(last) if not_tried > 0 => last.class().exit_code(),
        Some(last) if errors.len() == pushed.len() => last.class().exit_code(),
        Some(_) if errors.iter().any(|error| error.class() == Class::Temporary) => {
            Class::Temporary.exit_code()
        }
        Some(_) => DONE_IN_PART,
    }
}

fn document(pushed: &[Pushed], not_tried: usize) -> Value {
    let meetings: Vec<Value> = pushed
        .iter()
        .map(|(meeting, result)| match result {
            Ok(report) => json!(report),
            Err(error) => json!({
                "meeting": meeting,
                "error": {
                    "kind": error.kind(), "exit": error.class().exit_code(), "message": chain(error),
                    "hint": hint(error), "again_from": error.retry_at(),
                },
            }),
        })
        .collect();
    let failed = pushed.iter().filter(|(_, result)| result.is_err()).count();
    json!({"meetings": meetings, "pushed": pushed.len() - failed, "failed": failed, "not_tried": not_tried})
}

fn text(pushed: &[Pushed], not_tried: usize) -> String {
    let mut table = Table::default();
    for (meeting, result) in pushed {
        match result {
            Ok(report) => {
                let url = report.online.join_url.as_ref().map_or("", |url| url.as_str());
                table.row([
                    (report.online.action.as_str(), GOOD),
                    (meeting.as_str(), STRONG),
                    (url, DIM),
                ]);
            }
            Err(error) => {
                let message = visible(&chain(error));
                table.row([
                    ("failed", BAD),
                    (meeting.as_str(), STRONG),
                    (message.as_str(), BAD),
                ]);
            }
        }
    }
    let mut text = if table.is_empty() {
        "nothing to push\n".to_owned()
    } else {
        table.to_text()
    };
    if not_tried > 0 {
        text.push_str(&format!("{not_tried} more were not tried\n"));
    }
    text
}
