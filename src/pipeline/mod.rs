//! The pipeline: from a meeting in the CRM to invitations on their way.
//!
//! [`Pipeline::send`] reads from top to bottom. Each step has a room of its own:
//!
//! 1. `load`: loads the meeting, its people and the history of each mailbox, and refuses a meeting that may not be sent;
//! 2. `push`: pushes the meeting to its provider of online meetings, if it has one;
//! 3. `push`, too: writes the link back to the CRM;
//! 4. `plan` and `render`: decides for each mailbox, renders every mail, and queues all mails at once (`queue`);
//! 5. `deliver`: delivers them.
//!
//! The result of a step is recorded before the next step begins. After an error or a crash, the same run continues from
//! there: no second online meeting, no second mail to a mailbox that has this revision.
//!
//! [`Pipeline`] holds one part for each room. A part has only the ports that its room uses. This file, `queue`, `worker`,
//! `retry` and `beside` call the rooms; no room knows `Pipeline`.

mod accounts;
mod beside;
mod builder;
mod deliver;
mod error;
mod event;
mod facts;
mod inbound;
mod jobs;
mod load;
mod options;
mod pause;
mod plan;
mod push;
mod queue;
mod render;
mod report;
mod retry;
mod stop;
mod worker;

use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use tracing::Instrument as _;

use crate::clock::Clock;
use crate::crm::Records;
use crate::mail::{Enqueued, Outbox};
use crate::meeting::MeetingId;
use deliver::{Courier, Deliveries, Tries};
use event::Events;
use inbound::{AnswerIntake, NotificationIntake};
use jobs::DueJobs;
use load::Loader;
use plan::Aim;
use push::Pusher;
use queue::{Queued, Telling};
use render::Letterhead;
use report::{Outcomes, Reporter};
use stop::Stop;

pub use builder::{PipelineBuilder, PipelineSetupError};
pub use deliver::DeliverySettings;
pub use error::PipelineError;
pub use event::{Event, Happened};
pub use facts::{OnlineAction, OnlineReport};
pub use inbound::{AnswerOutcome, AnswerReport, NotificationOutcome, NotificationReport};
pub use options::{CancelOptions, InvalidPick, Pick, PushOptions, SendOptions};
pub use push::SyncState;
pub use render::{Invitation, Trial, TrialError, Trials};
pub use report::{
    Plan, Prepared, PushReport, RecipientReport, RecipientState, Recipients, SendReport, SentTogether,
};
pub use retry::{Retried, RetryReport};
pub use worker::{Delivery, Worked};

/// The number of tries of a send. It begins again when another run sends the same meeting at the same moment.
const ATTEMPTS: usize = 5;
/// The number of meetings that are queued before their mails are delivered together, at most.
const MEETINGS_AT_ONCE: usize = 100;

/// Sends invitations. Made by [`Pipeline::builder`]; cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    loader: Arc<Loader>,
    pusher: Arc<Pusher>,
    /// For the answers that end with a new revision.
    crm: Arc<dyn Records>,
    /// For queueing, and for the worker, which looks for due mails.
    outbox: Arc<dyn Outbox>,
    answers: Arc<AnswerIntake>,
    notifications: Arc<NotificationIntake>,
    letterhead: Arc<Letterhead>,
    reporter: Arc<Reporter>,
    courier: Arc<Courier>,
    /// `None` without a handler for jobs.
    jobs: Option<DueJobs>,
    clock: Clock,
    events: Events,
    stop: Stop,
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("organization", &self.letterhead.organization)
            .field("sender", &self.letterhead.sender)
            .finish_non_exhaustive()
    }
}

impl Pipeline {
    /// Tells the caller of an event of a meeting.
    fn tell_of(&self, meeting: &MeetingId, what: Happened) {
        self.events.tell_of(meeting, what);
    }

    /// The time now.
    fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Sends the invitations of a meeting: the whole pipeline.
    ///
    /// `options` choose the recipients, and whether the online meeting is pushed. A recipient that the mail server refuses
    /// or puts off is in the report, and is no error.
    ///
    /// # Errors
    /// [`PipelineError`]. All work before the error is recorded, and is not done twice when the same send runs again.
    /// Nothing is mailed unless every invitation was rendered.
    pub async fn send(&self, id: &MeetingId, options: &SendOptions) -> Result<SendReport, PipelineError> {
        let span = tracing::info_span!("send", meeting = %id);
        let telling = Telling::Send(options);
        self.tell(id, telling, options.queue_only).instrument(span).await
    }

    /// Sends cancellations to all mailboxes that have an invitation. Only for a meeting that is `NotHeld`. A mailbox that has
    /// the cancellation already gets no second one.
    ///
    /// # Errors
    /// [`PipelineError::WrongStatus`] for another status, and as of [`Pipeline::send`].
    pub async fn cancel(&self, id: &MeetingId, options: &CancelOptions) -> Result<SendReport, PipelineError> {
        let span = tracing::info_span!("cancel", meeting = %id);
        self.tell(id, Telling::Cancel(options), false)
            .instrument(span)
            .await
    }

    async fn tell(
        &self,
        id: &MeetingId,
        telling: Telling<'_>,
        queue_only: bool,
    ) -> Result<SendReport, PipelineError> {
        if !self.courier.has_transport() && !queue_only {
            return Err(PipelineError::NoTransport);
        }
        let mut queued = self.queue(id, telling).await?;
        let mut delivered = Deliveries::default();
        if !queue_only {
            let addressees = queued.take_addressees();
            delivered = self
                .courier
                .deliver(vec![(id.clone(), addressees)], Tries::All)
                .await?;
        }
        let stopped = delivered.stopped.take();
        let mut report = self.report_of(queued, &delivered).await?;
        report.stopped = stopped;
        Ok(report)
    }

    /// Sends the invitations of several meetings, each by a plan of its own: all are queued, then their mails are delivered
    /// together, over the same connections. An error of one meeting stops no other.
    ///
    /// # Errors
    /// [`PipelineError::NoTransport`], and when the outbox cannot be read or written. An error of one meeting stands in
    /// its place of the answer.
    pub async fn send_all(
        &self,
        ids: &[MeetingId],
        options: &SendOptions,
    ) -> Result<SentTogether, PipelineError> {
        if !self.courier.has_transport() && !options.queue_only {
            return Err(PipelineError::NoTransport);
        }
        let mut together = SentTogether::default();
        for some in ids.chunks(MEETINGS_AT_ONCE) {
            let mut queued = Vec::with_capacity(some.len());
            for id in some {
                let span = tracing::info_span!("send", meeting = %id);
                let result = self.queue(id, Telling::Send(options)).instrument(span).await;
                queued.push((id, result));
            }
            let mut delivered = Deliveries::default();
            if !options.queue_only {
                let ready = queued.iter_mut();
                let targets = ready.filter_map(|(id, queued)| {
                    let addressees = queued.as_mut().ok()?.take_addressees();
                    Some(((*id).clone(), addressees))
                });
                delivered = self.courier.deliver(targets.collect(), Tries::All).await?;
            }
            for (id, queued) in queued {
                let report = match queued {
                    Ok(queued) => self.report_of(queued, &delivered).await,
                    Err(error) => Err(error),
                };
                together.meetings.push((id.clone(), report));
            }
            if let Some(stopped) = delivered.stopped {
                // Every further meeting would be stopped too.
                together.stopped = Some(stopped);
                break;
            }
        }
        Ok(together)
    }

    async fn report_of(&self, queued: Queued, delivered: &Deliveries) -> Result<SendReport, PipelineError> {
        let outcomes = self
            .reporter
            .outcomes(&queued.case, queued.outcomes, delivered)
            .await?;
        Ok(self.reporter.report(queued.case, &queued.online, outcomes))
    }

    /// Whether a send with the default options would mail anybody, or a mail waits. Nothing is pushed or written.
    ///
    /// # Errors
    /// [`PipelineError`], as of [`Pipeline::send`].
    pub async fn is_pending(&self, id: &MeetingId) -> Result<bool, PipelineError> {
        let options = SendOptions::default();
        let mut case = self.loader.for_send(id, &options).await?;
        let online = self
            .pusher
            .foresee(&case.meeting, &case.organizer, &options)
            .await?;
        case.meeting.join_url = online.join_url(&case.meeting);
        let plan = self.plan_for(&case, Aim::Send(&options));
        Ok(plan.steps.iter().any(plan::Step::is_awaited) || plan.called_off().next().is_some())
    }

    /// Does everything but deliver: pushes, writes the link back, records the revision and renders, for a caller that mails
    /// by itself. The caller then keeps track of the revision that each mailbox has.
    ///
    /// # Errors
    /// [`PipelineError`], as of [`Pipeline::send`].
    pub async fn prepare(&self, id: &MeetingId, options: &SendOptions) -> Result<Prepared, PipelineError> {
        for _ in 0..ATTEMPTS {
            let mut case = self.loader.for_send(id, options).await?;
            let online = self
                .pusher
                .for_send(&case.meeting, &case.organizer, options)
                .await?;
            self.pusher.write_back(&mut case.meeting, &online).await?;
            let plan = self.plan_for(&case, Aim::Send(options));
            let invitations = self.render(&case, &online, &plan)?;
            if self.record_revision(&case, &plan).await? == Enqueued::Overtaken {
                continue;
            }
            let outcomes = Outcomes::all_wait(plan);
            return Ok(self.reporter.prepared(case, &online, outcomes, invitations));
        }
        Err(PipelineError::Overtaken { meeting: id.clone() })
    }

    /// A dry run of [`Pipeline::send`]. Writes nothing and asks no provider. Where an online meeting would be created, the
    /// invitations have a placeholder for its link.
    ///
    /// # Errors
    /// [`PipelineError`], as of [`Pipeline::send`].
    pub async fn plan(&self, id: &MeetingId, options: &SendOptions) -> Result<Plan, PipelineError> {
        let mut case = self.loader.for_send(id, options).await?;
        let online = self
            .pusher
            .foresee(&case.meeting, &case.organizer, options)
            .await?;
        case.meeting.join_url = online.join_url(&case.meeting);
        let plan = self.plan_for(&case, Aim::Send(options));
        let invitations = self.render(&case, &online, &plan)?;
        let outcomes = Outcomes::all_wait(plan);
        Ok(Plan {
            report: self.reporter.report(case, &online, outcomes),
            invitations,
        })
    }

    /// Pushes a meeting to its provider and writes the link back: the first half of [`Pipeline::send`].
    ///
    /// # Errors
    /// [`PipelineError::NotOnline`] when it has no online location, and as of [`Pipeline::send`].
    pub async fn push(&self, id: &MeetingId, options: &PushOptions) -> Result<PushReport, PipelineError> {
        let (mut meeting, organizer) = self.loader.for_push(id, options).await?;
        let online = self.pusher.make_sure(&meeting, &organizer).await?;
        self.pusher.write_back(&mut meeting, &online).await?;
        Ok(PushReport {
            meeting: id.clone(),
            online: self.letterhead.providers.report(&online, &meeting),
        })
    }
}
