//! Step 5: what waits in the outbox leaves, over as many connections as the transport has.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::{Pipeline, PipelineError, Progress};
use crate::fault::{BoxFault, chain};
use crate::mail::{AttemptResult, ClaimRequest, Claimed, Connection, OutboxEntry, Transport, TransportError};
use crate::meeting::{MeetingId, PersonRef};

/// How long an invitation is ours to deliver.
const LEASE: Duration = Duration::from_secs(900);
/// How many invitations a connection takes from the outbox at once.
const BATCH: u32 = 8;
/// The longest pause between two tries.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// How deliveries are repeated after a temporary refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliverySettings {
    /// The pause after the first refusal. It doubles each time, up to an hour, with a fifth left to chance.
    pub first_retry: Duration,
    /// How long after it was put into the outbox an invitation is given up.
    pub give_up_after: Duration,
}

impl Default for DeliverySettings {
    fn default() -> Self {
        Self {
            first_retry: Duration::from_secs(60),
            give_up_after: Duration::from_secs(3 * 24 * 3600),
        }
    }
}

impl DeliverySettings {
    /// When to try again, or that there is no more trying. `chance` is between 0 and 1.
    fn after_failure(
        &self,
        entry: &OutboxEntry,
        answer: String,
        now: DateTime<Utc>,
        chance: f64,
    ) -> AttemptResult {
        let doublings = entry.attempts.saturating_sub(1).min(20);
        let pause = self.first_retry.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
        let pause = pause.mul_f64(0.9 + 0.2 * chance);
        let at = now + TimeDelta::from_std(pause).unwrap_or(TimeDelta::hours(1));
        let end = entry.created_at + TimeDelta::from_std(self.give_up_after).unwrap_or(TimeDelta::MAX);
        if at > end {
            AttemptResult::GivenUp { answer }
        } else {
            AttemptResult::Retry { answer, at }
        }
    }
}

/// What delivering came to. The fate of each invitation is in the outbox.
#[derive(Debug, Default)]
pub(super) struct Delivered {
    /// Why it was stopped, if it was.
    pub(super) stopped: Option<TransportError>,
    /// The files that messages were written to, by their number in the outbox.
    pub(super) files: HashMap<i64, PathBuf>,
}

impl Pipeline {
    /// Delivers what waits of one meeting for these people, also what would be tried again later only. What
    /// waits for others keeps its time.
    pub(super) async fn deliver(
        &self,
        meeting: &MeetingId,
        recipients: &HashSet<PersonRef>,
    ) -> Result<Delivered, PipelineError> {
        let transport = self.transport.clone().ok_or(PipelineError::NoTransport)?;
        let waiting = self.outbox.of_meeting(meeting).await?;
        let waiting = waiting
            .iter()
            .filter(|entry| entry.waits() && recipients.contains(&entry.person))
            .count();
        if waiting == 0 {
            return Ok(Delivered::default());
        }
        (self.progress)(&Progress::Delivering { count: waiting });
        let round = Arc::new(Round {
            pipeline: self.clone(),
            meeting: meeting.clone(),
            recipients: recipients.clone(),
            transport,
            reached: AtomicI64::new(0),
            delivered: Mutex::default(),
            claiming: Mutex::default(),
        });
        let workers = round.transport.connections().min(waiting.div_ceil(4)).max(1);
        let mut running = JoinSet::new();
        for _ in 0..workers {
            running.spawn(Arc::clone(&round).work());
        }
        let mut failure = None;
        while let Some(ended) = running.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(fault)) => failure = Some(fault),
                Err(panic) => std::panic::resume_unwind(panic.into_panic()),
            }
        }
        match failure {
            Some(fault) => Err(fault.into()),
            None => Ok(std::mem::take(&mut *round.delivered.lock().await)),
        }
    }
}

/// One round of delivering, shared by its workers.
struct Round {
    pipeline: Pipeline,
    meeting: MeetingId,
    recipients: HashSet<PersonRef>,
    transport: Arc<dyn Transport>,
    /// The number of the last invitation that was taken: each is tried once in a round.
    reached: AtomicI64,
    delivered: Mutex<Delivered>,
    claiming: Mutex<()>,
}

/// What went wrong with one message.
struct Trouble {
    error: TransportError,
    /// No connection could be made.
    at_connect: bool,
}

/// Whether a worker goes on.
enum Next {
    Continue,
    Stop,
}

impl Round {
    async fn work(self: Arc<Self>) -> Result<(), BoxFault> {
        let mut connection = None;
        let result = self.deliver_all(&mut connection).await;
        if let Some(connection) = connection {
            connection.close().await;
        }
        result
    }

    async fn deliver_all(&self, connection: &mut Option<Box<dyn Connection>>) -> Result<(), BoxFault> {
        loop {
            let mut batch = self.claim().await?.into_iter();
            if batch.len() == 0 {
                return Ok(());
            }
            let mut result = self.deliver_batch(connection, &mut batch).await;
            // Also after a failure of the outbox: else they would be ours until the lease runs out.
            for claimed in batch {
                result = result.and(self.give_back(&claimed).await);
            }
            result?;
            if self.is_stopped().await {
                return Ok(());
            }
        }
    }

    /// Takes from the batch what it delivers, until something ends it.
    async fn deliver_batch(
        &self,
        connection: &mut Option<Box<dyn Connection>>,
        batch: &mut std::vec::IntoIter<Claimed>,
    ) -> Result<(), BoxFault> {
        for claimed in batch {
            if self.is_stopped().await || !self.recipients.contains(&claimed.entry.person) {
                self.give_back(&claimed).await?;
            } else if let Next::Stop = self.deliver_one(connection, &claimed).await? {
                break;
            }
        }
        Ok(())
    }

    async fn give_back(&self, claimed: &Claimed) -> Result<(), BoxFault> {
        let outbox = &self.pipeline.outbox;
        outbox.record(claimed, &AttemptResult::NotTried).await
    }

    async fn is_stopped(&self) -> bool {
        self.pipeline.stop.load(Ordering::Relaxed) || self.delivered.lock().await.stopped.is_some()
    }

    async fn claim(&self) -> Result<Vec<Claimed>, BoxFault> {
        let _one_at_a_time = self.claiming.lock().await;
        let request = ClaimRequest {
            meeting: Some(self.meeting.clone()),
            early: true,
            after: Some(self.reached.load(Ordering::Relaxed)),
            limit: BATCH,
            lease: LEASE,
        };
        let claimed = self.pipeline.outbox.claim(&request).await?;
        if let Some(last) = claimed.iter().map(|claimed| claimed.entry.id).max() {
            self.reached.store(last, Ordering::Relaxed);
        }
        Ok(claimed)
    }

    async fn deliver_one(
        &self,
        connection: &mut Option<Box<dyn Connection>>,
        claimed: &Claimed,
    ) -> Result<Next, BoxFault> {
        let entry = &claimed.entry;
        let mut result = self.try_once(connection, claimed).await;
        if matches!(
            result,
            Err(Trouble {
                at_connect: false,
                error: TransportError::Unreachable { .. }
            })
        ) {
            // A connection that was idle for too long may have been closed; a fresh one tells whether the
            // server is there.
            result = self.try_once(connection, claimed).await;
        }
        let sent = result.is_ok();
        let next = match result {
            Ok(answer) => {
                tracing::info!(meeting = %entry.meeting, message_id = entry.message_id, to = %entry.envelope.to, answer, "sent");
                self.pipeline
                    .outbox
                    .record(claimed, &AttemptResult::Sent { answer })
                    .await?;
                Next::Continue
            }
            Err(Trouble { error, at_connect }) => {
                let answer = chain(&error);
                tracing::warn!(meeting = %entry.meeting, message_id = entry.message_id, to = %entry.envelope.to, answer, "not sent");
                let answer = words_of(&error).unwrap_or(answer);
                let fate = if error.is_temporary() {
                    let settings = &self.pipeline.delivery;
                    settings.after_failure(entry, answer, Utc::now(), chance())
                } else {
                    AttemptResult::Failed { answer }
                };
                self.pipeline.outbox.record(claimed, &fate).await?;
                if at_connect || is_about_us(&error) {
                    self.delivered.lock().await.stopped.get_or_insert(error);
                    Next::Stop
                } else {
                    Next::Continue
                }
            }
        };
        (self.pipeline.progress)(&Progress::Tried {
            to: entry.envelope.to.clone(),
            sent,
        });
        Ok(next)
    }

    /// Sends over the open connection, or a new one. After an error that ends it, there is none.
    async fn try_once(
        &self,
        connection: &mut Option<Box<dyn Connection>>,
        claimed: &Claimed,
    ) -> Result<String, Trouble> {
        let mut open = match connection.take() {
            Some(open) => open,
            None => self.transport.connect().await.map_err(|error| Trouble {
                error,
                at_connect: true,
            })?,
        };
        let result = open.send(&claimed.entry.envelope, &claimed.message).await;
        if !result.as_ref().is_err_and(TransportError::is_connection_lost) {
            *connection = Some(open);
        }
        let receipt = result.map_err(|error| Trouble {
            error,
            at_connect: false,
        })?;
        if let Some(file) = receipt.file {
            self.delivered.lock().await.files.insert(claimed.entry.id, file);
        }
        Ok(receipt.answer)
    }
}

/// The server's own words, where the error has them.
fn words_of(error: &TransportError) -> Option<String> {
    match error {
        TransportError::Refused { answer, .. } | TransportError::PutOff { answer, .. } => {
            Some(answer.clone())
        }
        _ => None,
    }
}

/// Whether every further message would fare the same. A connection that broke amid a message is not a sign
/// of it: that one message may be what the server stumbles over.
fn is_about_us(error: &TransportError) -> bool {
    matches!(
        error,
        TransportError::Unwelcome { .. }
            | TransportError::CannotSign { .. }
            | TransportError::CannotWrite { .. }
    )
}

/// A number between 0 and 1 that differs each time.
fn chance() -> f64 {
    let mut bytes = [0; 4];
    // Without randomness, everybody waits the same time, which is no harm.
    let _ = getrandom::fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::{DeliveryState, Envelope, Purpose};
    use crate::meeting::{Language, Revision};

    fn entry(attempts: u32) -> OutboxEntry {
        OutboxEntry {
            id: 1,
            meeting: "m".parse().unwrap(),
            revision: Revision(0),
            purpose: Purpose::Invitation,
            resend: 0,
            person: "lead:l".parse().unwrap(),
            language: Language::ENGLISH,
            envelope: Envelope {
                from: "a@acme.example".parse().unwrap(),
                to: "l@lead.example".parse().unwrap(),
            },
            message_id: "<1@acme.example>".into(),
            state: DeliveryState::Sending,
            attempts,
            next_attempt_at: DateTime::UNIX_EPOCH,
            last_answer: None,
            created_at: DateTime::UNIX_EPOCH,
            sent_at: None,
            notice: None,
        }
    }

    #[test]
    fn pauses_double_up_to_an_hour_and_end() {
        let settings = DeliverySettings::default();
        let pause = |attempts, now: DateTime<Utc>, chance| match settings.after_failure(
            &entry(attempts),
            "451".into(),
            now,
            chance,
        ) {
            AttemptResult::Retry { at, .. } => Some((at - now).num_seconds()),
            AttemptResult::GivenUp { .. } => None,
            other => panic!("{other:?}"),
        };
        let start = DateTime::UNIX_EPOCH;
        assert_eq!(pause(1, start, 0.5), Some(60));
        assert_eq!((pause(1, start, 0.0), pause(1, start, 1.0)), (Some(54), Some(66)));
        assert_eq!(pause(3, start, 0.5), Some(240));
        assert_eq!(pause(40, start, 0.5), Some(3600));
        assert_eq!(
            pause(9, start + TimeDelta::days(3) - TimeDelta::minutes(59), 0.5),
            None
        );
    }
}
