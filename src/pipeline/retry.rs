//! Beside the way of a send: messages that are tried again on request.

use serde::Serialize;

use super::error::PipelineError;
use super::plan::retry;
use super::{ATTEMPTS, Pipeline};
use crate::mail::Enqueued;
use crate::meeting::MeetingId;

/// A message that was to be tried again, and is left alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Retried {
    /// The number of the message in the outbox.
    pub id: i64,
    /// The reason that it is left alone.
    pub reason: &'static str,
}

/// The result of a retry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RetryReport {
    /// The number of messages that are tried again.
    pub retried: usize,
    /// The messages that are left alone.
    pub left_alone: Vec<Retried>,
}

impl Pipeline {
    /// Makes messages of a meeting due at once that wait, failed, or were given up. A message is left alone if a newer message
    /// stands for it, or if it is no longer true. A message that may have arrived is tried again only if it is `named`. Nothing
    /// is delivered here: a worker or the next send delivers the messages, and first replaces those that have changed since.
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
