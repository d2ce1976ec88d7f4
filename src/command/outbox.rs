//! `invite outbox`: what became of each invitation.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::delivery;
use super::outbox_count::Count;
use super::outbox_prune::Prune;
use super::session::Session;
use super::terminal::{BAD, DIM, GOOD, Listing, STRONG, Table, WARN, visible};
use super::{DONE, DONE_IN_PART, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy, chain};
use crate::hints::hint;
use crate::mail::{DeliveryState, OutboxEntry, Selection};
use crate::meeting::MeetingId;
use crate::pipeline::{Event, Happened, RetryReport, Worked};

/// How many invitations of a list are in memory.
const LISTED_AT_ONCE: u32 = 500;

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

#[derive(Debug, Args)]
#[command(after_help = "Example: invite outbox list --meeting kickoff --state queued")]
pub(super) struct List {
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

#[derive(Debug, Args)]
#[command(after_help = "Example: invite outbox show 3 --raw > mail.eml")]
pub(super) struct Show {
    /// The invitation's number, or its Message-ID
    #[arg(value_name = "ID")]
    id: String,
    /// Print the message alone, as it leaves
    #[arg(long)]
    raw: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite outbox retry --meeting kickoff\n\nA worker delivers it, or the next `invite send` of the meeting. \
    What a newer message stands for is left alone. A message that may have arrived is tried again only by its number."
)]
#[group(required = true, multiple = false)]
pub(super) struct Retry {
    /// The invitation's number
    #[arg(value_name = "ID")]
    id: Option<i64>,
    /// All of this meeting
    #[arg(long, value_name = "ID")]
    meeting: Option<MeetingId>,
    /// All
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite outbox cancel 3 4\n\nWhat is on its way cannot be called off. The next `invite send` of the meeting invites anew."
)]
#[group(required = true, multiple = false)]
pub(super) struct Cancel {
    /// The invitations' numbers: all are called off, or none
    #[arg(value_name = "ID")]
    ids: Vec<i64>,
    /// Everything of this meeting that has not left
    #[arg(long, value_name = "ID")]
    meeting: Option<MeetingId>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite outbox worker --drain\n\nAny number of workers can share an outbox. Ctrl-C, SIGTERM and SIGHUP end one \
    after the mails that are on the wire; a second Ctrl-C or SIGTERM ends it at once."
)]
pub(super) struct Worker {
    /// End when nothing waits any more
    #[arg(long)]
    drain: bool,
}

#[derive(Debug, thiserror::Error)]
#[error("there is no invitation {id:?} in the outbox")]
struct NoInvitation {
    id: String,
}

impl Fault for NoInvitation {
    fn kind(&self) -> &'static str {
        "outbox.not_found"
    }

    fn class(&self) -> Class {
        Class::NotFound
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("see `invite outbox list`".into())
    }
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

fn document(entry: &OutboxEntry) -> Value {
    json!({
        "id": entry.id,
        "meeting": entry.meeting,
        "tenure": entry.tenure,
        "revision": entry.revision,
        "purpose": entry.purpose,
        "kind": entry.person.kind,
        "person": entry.person.id,
        "email": entry.envelope.to,
        "account": entry.account,
        "language": entry.language,
        "message_id": entry.message_id,
        "state": entry.state,
        "attempts": entry.attempts,
        "next_attempt_at": (entry.state == DeliveryState::Queued).then_some(entry.next_attempt_at),
        "last_answer": entry.last_answer,
        "created_at": entry.created_at,
        "sent_at": entry.sent_at,
        "notification": entry.notice,
    })
}

fn style(state: DeliveryState) -> anstyle::Style {
    match state {
        DeliveryState::Sent => GOOD,
        DeliveryState::Queued | DeliveryState::Sending => WARN,
        DeliveryState::Failed | DeliveryState::GivenUp | DeliveryState::MayHaveArrived => BAD,
        DeliveryState::Superseded | DeliveryState::Cancelled => DIM,
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

impl List {
    async fn run(&self, session: &Session<'_>) -> Outcome {
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

impl Show {
    async fn run(&self, session: &Session<'_>) -> Outcome {
        let found = session.operator().await?.invitation(&self.id).await?;
        let Some((entry, message)) = found else {
            return Err(BoxFault::new(NoInvitation { id: self.id.clone() }));
        };
        let raw = String::from_utf8_lossy(&message);
        let mut document = document(&entry);
        document["message"] = raw.as_ref().into();
        session.terminal.result(&document, || {
            if self.raw {
                return raw.into_owned();
            }
            let style = style(entry.state);
            let mut text = format!(
                "invitation {} to {STRONG}{}{STRONG:#}: {style}{}{style:#} after {} tries\n",
                entry.id, entry.envelope.to, entry.state, entry.attempts
            );
            if let Some(answer) = &entry.last_answer {
                text.push_str(&format!("{}\n", visible(answer)));
            }
            if let Some(notice) = &entry.notice {
                let style = delivery::style(notice.state);
                let by = notice
                    .reported_by
                    .as_deref()
                    .map(|by| format!(", says {}", visible(by)));
                text.push_str(&format!(
                    "{style}{}{style:#}{}, {}\n",
                    delivery::words(notice),
                    by.unwrap_or_default(),
                    notice.at.format("%Y-%m-%d %H:%M UTC")
                ));
            }
            text.push_str(&format!("\n{}\n", visible(&raw.replace("\r\n", "\n"))));
            text
        });
        Ok(DONE)
    }
}

impl Retry {
    async fn run(&self, session: &Session<'_>) -> Outcome {
        let selection = match (self.id, &self.meeting) {
            (Some(id), _) => Selection::One(id),
            (None, Some(meeting)) => Selection::Meeting(meeting.clone()),
            (None, None) => Selection::All,
        };
        let meetings = session.operator().await?.meetings_to_retry(&selection).await?;
        if let (true, Some(id)) = (meetings.is_empty(), self.id) {
            return Err(BoxFault::new(NoInvitation { id: id.to_string() }));
        }
        let pipeline = session.pipeline().await?;
        let mut report = RetryReport::default();
        let mut errors = Vec::new();
        for meeting in meetings {
            match pipeline.retry(&meeting, self.id).await {
                Ok(of_meeting) => {
                    report.retried += of_meeting.retried;
                    report.left_alone.extend(of_meeting.left_alone);
                }
                Err(error) => errors.push((meeting, error)),
            }
        }
        let documents: Vec<_> = errors
            .iter()
            .map(|(meeting, error)| {
                json!({"meeting": meeting, "kind": error.kind(), "message": chain(error), "hint": hint(error)})
            })
            .collect();
        let document = json!({
            "retried": report.retried,
            "left_alone": report.left_alone,
            "errors": documents,
        });
        session.terminal.result(&document, || {
            let mut text = format!("{} to be tried again\n", report.retried);
            for left in &report.left_alone {
                let reason = left.reason;
                text.push_str(&format!("{DIM}{} left alone: {reason}{DIM:#}\n", left.id));
            }
            text
        });
        for (meeting, error) in &errors {
            let line = format!("{BAD}error{BAD:#}: meeting {meeting}: {}", visible(&chain(error)));
            session.terminal.error_line(&line);
        }
        Ok(if errors.is_empty() { DONE } else { DONE_IN_PART })
    }
}

impl Cancel {
    async fn run(&self, session: &Session<'_>) -> Outcome {
        let operator = session.operator().await?;
        let (cancelled, sending) = match &self.meeting {
            Some(meeting) => operator.cancel_of_meeting(meeting).await?,
            None => {
                let cancelled = operator.cancel_invitations(&self.ids).await;
                (cancelled.map_err(BoxFault::new)?, 0)
            }
        };
        let document = json!({"cancelled": cancelled, "sending": sending});
        session.terminal.result(&document, || match sending {
            0 => format!("{cancelled} called off\n"),
            _ => format!("{cancelled} called off; {sending} on their way just now cannot be\n"),
        });
        Ok(if sending == 0 { DONE } else { DONE_IN_PART })
    }
}

impl Worker {
    async fn run(&self, session: &Session<'_>) -> Outcome {
        let shown = Arc::new(AtomicUsize::new(0));
        let tell = {
            let (shown, terminal) = (Arc::clone(&shown), session.terminal.clone());
            move |event: &Event| {
                let (Some(to), Some(answer)) = (&event.mailbox, event.what.answer()) else {
                    return;
                };
                let sent = matches!(event.what, Happened::Sent { .. });
                shown.fetch_add(usize::from(sent), Ordering::Relaxed);
                terminal.note(&match sent {
                    true => format!("sent {to}"),
                    false => format!("not sent {to}: {}", visible(answer)),
                });
            }
        };
        // A service manager may stop a worker that has hardly begun, also one that is process 1 of a container,
        // which no signal ends that it does not listen for.
        session.stop.listen();
        let pipeline = tokio::select! {
            pipeline = session.mailing_pipeline(tell) => Some(pipeline?),
            () = session.stop.asked() => None,
        };
        let worked = match pipeline {
            Some(pipeline) => pipeline.work(self.drain).await?,
            None => Worked::default(),
        };
        let sent = shown.load(Ordering::Relaxed);
        let put_off: Vec<_> = worked
            .put_off
            .iter()
            .map(
                |(meeting, error)| json!({"meeting": meeting, "kind": error.kind(), "message": chain(error), "hint": hint(error)}),
            )
            .collect();
        session
            .terminal
            .result(&json!({"sent": sent, "put_off": put_off}), || {
                format!("{sent} sent\n")
            });
        Ok(DONE)
    }
}
