//! Beside the way of a send: messages that are tried again because somebody asks for it.

use serde::Serialize;

use super::error::PipelineError;
use super::plan::retry;
use super::{ATTEMPTS, Pipeline};
use crate::mail::Enqueued;
use crate::meeting::MeetingId;

/// A message that was to be tried again, and is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retried {
    /// Its number in the outbox.
    pub id: i64,
    /// Why it is left alone.
    pub reason: &'static str,
}

/// What a retry came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RetryReport {
    /// How many are tried again.
    pub retried: usize,
    /// Those that are left alone.
    pub left_alone: Vec<Retried>,
}

impl Pipeline {
    /// Lets messages of a meeting be tried again at once that wait, failed, or were given up: those alone that no newer one
    /// stands for, and that are still meant. One that may have arrived is tried again only where it is `named`. Nothing is
    /// delivered: that is for a worker, or the next send, and so is replacing what has changed since.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], and when the CRM or the outbox fails.
    pub async fn retry(&self, id: &MeetingId, named: Option<i64>) -> Result<RetryReport, PipelineError> {
        for _ in 0..ATTEMPTS {
            let case = self.loader.case(id).await?;
            let messages = self.outbox.of_meeting(id).await?;
            let verdicts = retry(&case, &messages, named, self.now());
            let again = verdicts.iter().filter(|(_, verdict)| verdict.reason().is_none());
            let again: Vec<i64> = again.map(|(message, _)| *message).collect();
            if !again.is_empty() && self.outbox.requeue(id, case.seen, &again).await? == Enqueued::Overtaken {
                continue;
            }
            let left_alone = verdicts.iter().filter_map(|(message, verdict)| {
                Some(Retried {
                    id: *message,
                    reason: verdict.reason()?,
                })
            });
            return Ok(RetryReport {
                retried: again.len(),
                left_alone: left_alone.collect(),
            });
        }
        Err(PipelineError::Overtaken { meeting: id.clone() })
    }
}
