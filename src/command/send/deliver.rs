//! Delivering the mails of a meeting, and showing the report.

use std::sync::Arc;

use super::progress::ShownProgress;
use super::report::print;
use super::said::Said;
use super::shortfall::{Shortfall, exit_code};
use crate::command::Outcome;
use crate::command::session::Session;
use crate::fault::BoxFault;
use crate::pipeline::{Event, Pipeline, PipelineError, SendReport};

pub(super) async fn sending_pipeline(
    session: &Session<'_>,
    shown: &Arc<ShownProgress>,
) -> Result<Pipeline, BoxFault> {
    let (bar, terminal) = (Arc::clone(shown), session.terminal.clone());
    let tell = move |event: &Event| bar.show(event, &terminal);
    let pipeline = session.mailing_pipeline(tell).await?;
    session.stop.listen();
    Ok(pipeline)
}

/// Runs a step of the pipeline that delivers the mails of a meeting, and shows its report.
pub(in crate::command) async fn deliver(
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
