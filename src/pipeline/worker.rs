//! Delivering what waits, of all meetings, long after its send.

use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::TimeDelta;

use super::deliver::{Addressees, Tries};
use super::online::Online;
use super::outcome::Outcomes;
use super::plan::Aim;
use super::{ATTEMPTS, Pipeline, PipelineError, SendReport};
use crate::fault::{Fault as _, chain};
use crate::mail::{Due, Enqueued, TransportError};
use crate::meeting::{MeetingId, MeetingStatus};

/// How long what waits of a meeting is left alone after an error about the meeting, such as a template that is
/// wrong or a Zoom that cannot be reached.
const AFTER_ERROR: TimeDelta = TimeDelta::minutes(10);
/// How often it looks whether it is to stop.
const STEP: Duration = Duration::from_millis(100);
/// How often a worker looks while something waits: who is delivering it may have ended.
const LOOKS: Duration = Duration::from_secs(2);
/// How often it looks while nothing does: what is over may be due to be forgotten.
const IDLE: Duration = Duration::from_secs(3_600);

/// What became of the mails of one meeting.
#[derive(Debug)]
pub enum Delivery {
    /// They were tried as they were.
    Tried,
    /// The meeting had changed since they were queued: they were replaced by mails that say so.
    Renewed(Box<SendReport>),
}

/// What a worker did.
#[derive(Debug, Default)]
pub struct Worked {
    /// How many meetings it delivered mails of.
    pub meetings: usize,
    /// Meetings whose mails it put off, each with the newest reason.
    pub put_off: Vec<(MeetingId, PipelineError)>,
}

impl Pipeline {
    /// Delivers what is due until [`stop`](super::PipelineBuilder::stop) is set, or, with `drain`, until nothing
    /// waits any more. Any number of workers can share an outbox.
    ///
    /// Before the mails of a meeting leave, its online meeting is made sure of as in a send, and what is no longer
    /// true of them is replaced. What cannot be delivered because of an error is tried again ten minutes later.
    /// A user's own mail server that does not want us is such an error, about the meetings of that user.
    ///
    /// While nothing is due, and once a day at most, it forgets what [`keep`](super::PipelineBuilder::keep) says.
    ///
    /// With a clock that stands still, what is due later becomes due when the clock is moved; until then it looks every
    /// two seconds, as it does for the work of others.
    ///
    /// # Errors
    /// [`PipelineError`] when the outbox cannot be read or written, or the organization's mail server does not want us.
    pub async fn work(&self, drain: bool) -> Result<Worked, PipelineError> {
        let mut worked = Worked::default();
        let mut forgot_at = None;
        while !self.stop.load(Ordering::Relaxed) {
            let due = self.outbox.due().await?;
            for due in &due {
                if self.stop.load(Ordering::Relaxed) {
                    break;
                }
                match self.deliver_due(due).await {
                    Ok(_) => worked.meetings += 1,
                    Err(PipelineError::Transport(
                        error @ (TransportError::Unwelcome { .. }
                        | TransportError::NoToken { .. }
                        | TransportError::CannotSign { .. }),
                    )) => {
                        return Err(error.into());
                    }
                    Err(error) => {
                        self.put_off(due, &error).await?;
                        worked.put_off.retain(|(meeting, _)| *meeting != due.meeting);
                        worked.put_off.push((due.meeting.clone(), error));
                    }
                }
            }
            if !due.is_empty() {
                continue;
            }
            self.forget_daily(&mut forgot_at).await;
            match self.outbox.next_due().await? {
                None if drain => break,
                None => self.pause(IDLE).await,
                Some(at) => {
                    let wait = (at - self.clock.now()).to_std().unwrap_or(Duration::ZERO);
                    self.pause(wait.min(LOOKS)).await;
                }
            }
        }
        Ok(worked)
    }

    /// Leaves what is due of a meeting alone for a while, because of an error that is not about one message.
    async fn put_off(&self, due: &Due, error: &PipelineError) -> Result<(), PipelineError> {
        let words = chain(error);
        tracing::warn!(meeting = %due.meeting, error = words, "the mails of a meeting are put off");
        let pause = match error {
            // Who refuses the log-in does so until somebody has put it right.
            PipelineError::AccountTransport { source, .. } if source.is_about_log_in() => AFTER_ERROR,
            PipelineError::Transport(_) | PipelineError::AccountTransport { .. } => {
                TimeDelta::from_std(self.delivery.first_retry).unwrap_or(AFTER_ERROR)
            }
            _ => AFTER_ERROR,
        };
        let again = error.retry_at().unwrap_or_else(|| self.clock.now() + pause);
        Ok(self.outbox.postpone(&due.meeting, again, &words).await?)
    }

    /// Waits for something to be put in, or for the clock to be moved, unless it is to stop.
    async fn pause(&self, at_most: Duration) {
        tokio::select! {
            () = self.outbox.wait(at_most.max(STEP)) => {}
            () = self.clock.moves() => {}
            () = self.is_to_stop() => {}
        }
    }

    /// Comes back once it is to stop.
    pub(super) async fn is_to_stop(&self) {
        while !self.stop.load(Ordering::Relaxed) {
            tokio::time::sleep(STEP).await;
        }
    }

    /// Delivers what is due of one meeting. What waits of it and is no longer true is replaced first, for all for whom
    /// something waits, whether it is due or not.
    ///
    /// # Errors
    /// [`PipelineError`], as of [`Pipeline::send`].
    pub async fn deliver_due(&self, due: &Due) -> Result<Delivery, PipelineError> {
        for _ in 0..ATTEMPTS {
            let mut case = self.load_to_mail(&due.meeting).await?;
            let mut online = Online::as_recorded(None);
            let (_, ends_at) = case.meeting.when.span(&case.meeting.time_zone);
            let takes_place = case.meeting.status == MeetingStatus::Planned && ends_at > self.now();
            if takes_place && case.meeting.online_location.is_some() {
                online = self.push_online(&case.meeting, &case.organizer).await?;
                self.write_back(&mut case.meeting, &online).await?;
            }
            let plan = self.plan_for(&case, Aim::Renew);
            let is_true = plan.mails().next().is_none() && plan.called_off().next().is_none();
            if !is_true && self.render_and_enqueue(&case, &online, &plan).await? == Enqueued::Overtaken {
                continue;
            }
            let outcomes = Outcomes::all_wait(plan);
            let waiting = case.mailboxes.values().filter(|history| history.waits()).count();
            let addressees = Addressees::all_but(waiting.max(1), HashSet::new());
            let mut delivered = self
                .deliver(vec![(due.meeting.clone(), addressees)], Tries::Due)
                .await?;
            if let Some(error) = delivered.stopped.take() {
                return Err(error);
            }
            if is_true {
                return Ok(Delivery::Tried);
            }
            let outcomes = self.outcomes(&case, outcomes, &delivered).await?;
            return Ok(Delivery::Renewed(Box::new(self.report(case, &online, outcomes))));
        }
        Err(PipelineError::Overtaken {
            meeting: due.meeting.clone(),
        })
    }
}
