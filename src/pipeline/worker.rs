//! The worker: delivers the waiting mails of all meetings, and runs due jobs beside them.

use std::collections::HashSet;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;
use tracing::Instrument as _;

use super::deliver::{Addressees, Tries};
use super::error::PipelineError;
use super::facts::Online;
use super::plan::{Aim, CalledOff};
use super::report::{Outcomes, SendReport};
use super::stop::STEP;
use super::{ATTEMPTS, Pipeline};
use crate::calendar::Method;
use crate::fault::{Fault as _, chain};
use crate::mail::{DeliveryState, Due, EnqueueOrder, Enqueued, OutboxEntry, Seen, TransportError};
use crate::meeting::{MeetingId, MeetingStatus};

/// The pause for a meeting's messages after an error about the meeting, such as a wrong template, or a provider that cannot be
/// reached.
const AFTER_ERROR: TimeDelta = TimeDelta::minutes(10);
/// The longest pause between two looks while a message waits: a process that holds messages may have ended.
const LOOKS: Duration = Duration::from_secs(2);
/// The longest pause between two looks while no message waits.
const IDLE: Duration = Duration::from_secs(3_600);

/// The result of delivering the due mails of one meeting.
#[derive(Debug)]
pub enum Delivery {
    /// The messages were tried as they were queued.
    Tried,
    /// The meeting had changed since the messages were queued: newer messages superseded them and were tried.
    Renewed(Box<SendReport>),
    /// The CRM has no such meeting any more: waiting invitations and updates were called off, and waiting cancellations tried.
    Gone {
        /// The number of messages that were called off.
        called_off: usize,
    },
}

/// The result of a worker.
#[derive(Debug, Default)]
pub struct Worked {
    /// The number of deliveries, each of the due mails of one meeting.
    pub meetings: usize,
    /// The meetings whose mails were put off, each with the newest reason.
    pub put_off: Vec<(MeetingId, PipelineError)>,
}

impl Pipeline {
    /// Delivers due mails and runs due jobs until [`stop`](super::PipelineBuilder::stop) is set, or, with `drain`, until
    /// no mail waits any more and no job is due. Any number of workers can share an outbox and a list of jobs.
    ///
    /// Before the mails of a meeting leave, the worker makes sure of its online meeting as a send does, and
    /// supersedes messages that are no longer true. After an error about a meeting the worker tries that meeting
    /// again 10 minutes later. A refusal by a user's own mail server is such an error, about the meetings of that user.
    ///
    /// Jobs run beside the mails, 4 at once at most, by the [handler](super::PipelineBuilder::job_handler) of their kind.
    /// Jobs of other kinds are left alone. A handler that fails is tried again after 1 minute, then after twice as long each
    /// time, up to 1 hour, 16 times in all. A handler that panics has failed; the worker goes on. If the list of jobs cannot be
    /// read, the mails go on, and the worker looks again after 10 seconds. Forgetting, as
    /// [`keep`](super::PipelineBuilder::keep) says, is such a job, once a day for all workers together.
    ///
    /// With a clock that stands still, messages and jobs become due when the clock is moved. While something waits, the worker
    /// looks every 2 seconds in any case, because other processes may have left work behind.
    ///
    /// # Errors
    /// [`PipelineError`] when the outbox cannot be read or written, or the organization's mail server refuses the log-in or
    /// the sender, or a message cannot be signed.
    pub async fn work(&self, drain: bool) -> Result<Worked, PipelineError> {
        let mut worked = Worked::default();
        if let Some(jobs) = &self.jobs {
            jobs.begin_recurring().await?;
        }
        loop {
            let (done, mails_are_done) = watch::channel(false);
            let mails = async {
                self.deliver_all_due(drain, &mut worked).await?;
                done.send_replace(true);
                Ok(())
            };
            let jobs = async {
                match &self.jobs {
                    Some(jobs) => jobs.run(mails_are_done).await,
                    None => Ok(0),
                }
            };
            let ((), runs) = tokio::try_join!(mails, jobs)?;
            // A job may have queued mails after the last mail was delivered.
            if runs == 0 || self.stop.is_set() {
                return Ok(worked);
            }
        }
    }

    /// Delivers due mails until the worker is to stop, or, with `drain`, until no mail waits.
    async fn deliver_all_due(&self, drain: bool, worked: &mut Worked) -> Result<(), PipelineError> {
        while !self.stop.is_set() {
            let due = self.outbox.due().await?;
            for due in &due {
                if self.stop.is_set() {
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
            match self.outbox.next_due().await? {
                None if drain => break,
                None => self.pause(IDLE).await,
                Some(at) => {
                    let wait = (at - self.clock.now()).to_std().unwrap_or(Duration::ZERO);
                    self.pause(wait.min(LOOKS)).await;
                }
            }
        }
        Ok(())
    }

    /// Puts off all messages of a meeting, because of an error that is not about one message.
    async fn put_off(&self, due: &Due, error: &PipelineError) -> Result<(), PipelineError> {
        let words = chain(error);
        tracing::warn!(meeting = %due.meeting, error = words, "the mails of a meeting are put off");
        let pause = match error {
            // A refused log-in stays refused until the configuration is corrected.
            PipelineError::AccountTransport { source, .. } if source.is_about_log_in() => AFTER_ERROR,
            PipelineError::Transport(_) | PipelineError::AccountTransport { .. } => {
                TimeDelta::from_std(self.courier.settings().first_retry).unwrap_or(AFTER_ERROR)
            }
            _ => AFTER_ERROR,
        };
        let again = error.retry_at().unwrap_or_else(|| self.clock.now() + pause);
        Ok(self.outbox.postpone(&due.meeting, again, &words).await?)
    }

    /// Waits until a mail is queued, the clock is moved, the worker is to stop, or `at_most` has passed.
    async fn pause(&self, at_most: Duration) {
        tokio::select! {
            () = self.outbox.wait(at_most.max(STEP)) => {}
            () = self.clock.moves() => {}
            () = self.stop.wait() => {}
        }
    }

    /// Delivers the due mails of one meeting. First supersedes waiting messages that are no longer true, for all mailboxes for
    /// which a message of the meeting waits, due or not.
    ///
    /// # Errors
    /// [`PipelineError`], as of [`Pipeline::send`].
    pub async fn deliver_due(&self, due: &Due) -> Result<Delivery, PipelineError> {
        let span = tracing::info_span!("due", meeting = %due.meeting);
        self.renew_and_deliver(due).instrument(span).await
    }

    async fn renew_and_deliver(&self, due: &Due) -> Result<Delivery, PipelineError> {
        for _ in 0..ATTEMPTS {
            let mut case = match self.loader.to_mail(&due.meeting).await {
                Err(PipelineError::NoMeeting { meeting }) => match self.deliver_gone(&meeting).await? {
                    Some(delivery) => return Ok(delivery),
                    None => continue,
                },
                loaded => loaded?,
            };
            let mut online = Online::as_recorded(None);
            let (_, ends_at) = case.meeting.when.span(&case.meeting.time_zone);
            let takes_place = case.meeting.status == MeetingStatus::Planned && ends_at > self.now();
            if takes_place && case.meeting.online_location.is_some() {
                online = self.pusher.make_sure(&case.meeting, &case.organizer).await?;
                self.pusher.write_back(&mut case.meeting, &online).await?;
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
                .courier
                .deliver(vec![(due.meeting.clone(), addressees)], Tries::Due)
                .await?;
            if let Some(error) = delivered.stopped.take() {
                return Err(error);
            }
            if is_true {
                return Ok(Delivery::Tried);
            }
            let outcomes = self.reporter.outcomes(&case, outcomes, &delivered).await?;
            return Ok(Delivery::Renewed(Box::new(
                self.reporter.report(case, &online, outcomes),
            )));
        }
        Err(PipelineError::Overtaken {
            meeting: due.meeting.clone(),
        })
    }

    /// Calls off the waiting messages of a meeting that the CRM does not have any more, and delivers the cancellations
    /// among them. `None`: another process was faster.
    async fn deliver_gone(&self, id: &MeetingId) -> Result<Option<Delivery>, PipelineError> {
        let history = self.outbox.issued(id).await?;
        let mut seen = Seen {
            issued: history.last().map(|last| (last.tenure, last.revision)),
            newest: 0,
        };
        let mut untrue = Vec::new();
        let mut others = 0;
        let mut note = |entry: OutboxEntry| {
            seen.newest = seen.newest.max(entry.id);
            match entry.state {
                DeliveryState::Queued if entry.purpose.method() != Some(Method::Cancel) => {
                    untrue.push((entry.id, CalledOff::MeetingGone.words()));
                }
                DeliveryState::Queued | DeliveryState::Sending => others += 1,
                _ => {}
            }
        };
        self.outbox.each_of_meeting(id, &mut note).await?;
        let called_off = untrue.len();
        if called_off > 0 {
            tracing::warn!(meeting = %id, called_off, "the meeting is no longer in the CRM: what waited was called off");
            let order = EnqueueOrder {
                seen,
                issued: Vec::new(),
                called_off: untrue,
            };
            if self.outbox.enqueue(id, &order, &[]).await? == Enqueued::Overtaken {
                return Ok(None);
            }
        }
        let addressees = Addressees::all_but(others, HashSet::new());
        let mut delivered = self
            .courier
            .deliver(vec![(id.clone(), addressees)], Tries::Due)
            .await?;
        match delivered.stopped.take() {
            Some(error) => Err(error),
            None => Ok(Some(Delivery::Gone { called_off })),
        }
    }
}
