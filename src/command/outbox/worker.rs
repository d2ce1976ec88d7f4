//! `invite outbox worker`: delivers the mails that are due until it is stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Args;
use serde_json::json;

use crate::command::session::Session;
use crate::command::terminal::visible;
use crate::command::{DONE, Outcome};
use crate::fault::{Fault as _, chain};
use crate::hints::hint;
use crate::pipeline::{Event, Happened, Worked};

#[derive(Debug, Args)]
#[command(
    after_help = "Example: invite outbox worker --drain\n\nAny number of workers can share an outbox. Ctrl-C, SIGTERM and SIGHUP end one \
    after the mails that are on the wire; a second Ctrl-C or SIGTERM ends it at once."
)]
pub(in crate::command) struct Worker {
    /// End when nothing waits any more
    #[arg(long)]
    drain: bool,
}

impl Worker {
    pub(super) async fn run(&self, session: &Session<'_>) -> Outcome {
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
        // A service manager may stop a worker that has hardly begun. The worker listens first: as process 1 of a container
        // it would ignore all signals that it does not listen for.
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
