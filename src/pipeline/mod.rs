//! The pipeline: from a meeting in the CRM to invitations on their way.
//!
//! [`Pipeline::send`] is to be read from top to bottom. Its steps, each in a file of its own:
//!
//! 1. [`load`](Pipeline) the meeting and its people, and refuse what may not be sent;
//! 2. `push` it to the provider of online meetings, if it has one;
//! 3. `write back` the link to the CRM;
//! 4. `render` every invitation, and put all of them into the outbox at once;
//! 5. `deliver` them.
//!
//! What a step did is recorded before the next begins. Whoever runs the same again, after an error or a
//! crash, continues from there: no second online meeting, no second mail to somebody who has this revision.

mod accounts;
mod attempt;
mod builder;
mod calendar_object;
mod case;
mod deliver;
mod error;
mod issue;
mod letter;
mod load;
mod notification;
mod online;
mod options;
mod outcome;
mod people;
mod press;
mod push;
mod ready;
mod recipients;
mod render;
mod reply;
mod report;
mod right;
mod round;
mod sample;
mod sync;
mod taken;
mod trial;
mod worker;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use crate::calendar::{AttendeeList, Times};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::crm::Crm;
use crate::mail::{
    Accounts, Answers, DkimSigner, Enqueued, EnvelopeSender, Mailbox, Notifications, Outbox, Transport,
};
use crate::meeting::MeetingId;
use crate::online::{LinkStore, OnlineMeetings};
use crate::organization::Organization;
use crate::template::Templates;
use online::Online;

pub use builder::{PipelineBuilder, PipelineSetupError};
pub use deliver::DeliverySettings;
pub use error::PipelineError;
pub use notification::{NotificationOutcome, NotificationReport};
pub use online::{OnlineAction, OnlineReport};
pub use options::{CancelOptions, InvalidPick, Pick, Progress, PushOptions, SendOptions};
pub use outcome::Recipients;
pub use render::Invitation;
pub use reply::{AnswerOutcome, AnswerReport};
pub use report::{Plan, Prepared, PushReport, RecipientReport, RecipientState, SendReport};
pub use sample::{SampleError, sample_of_records};
pub use sync::SyncState;
pub use trial::{Trial, TrialError, Trials};
pub use worker::{Delivery, Worked};

/// How often a send begins again because somebody else sent the same meeting at the same moment.
const ATTEMPTS: usize = 5;

/// Everything that is needed to send invitations. Made by [`Pipeline::builder`]; cheap to clone.
#[derive(Clone)]
pub struct Pipeline {
    crm: Arc<dyn Crm>,
    providers: Vec<Arc<dyn OnlineMeetings>>,
    links: Arc<dyn LinkStore>,
    outbox: Arc<dyn Outbox>,
    answers: Option<Arc<dyn Answers>>,
    notifications: Option<Arc<dyn Notifications>>,
    transport: Option<Arc<dyn Transport>>,
    accounts: Option<Arc<dyn Accounts>>,
    signers: Arc<[DkimSigner]>,
    envelope_sender: Option<EnvelopeSender>,
    templates: Templates,
    organization: Organization,
    sender: Mailbox,
    times: Times,
    attendees: AttendeeList,
    delivery: DeliverySettings,
    clock: Clock,
    chance: Chance,
    progress: Arc<dyn Fn(&Progress) + Send + Sync>,
    stop: Arc<AtomicBool>,
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("organization", &self.organization)
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

impl Pipeline {
    /// Sends the invitations of a meeting: the whole pipeline.
    ///
    /// Whom it goes to, and whether the online meeting is pushed, is up to `options`. Recipients whom the mail
    /// server refuses, or puts off, are in the report, not an error.
    ///
    /// # Errors
    /// [`PipelineError`]. What was done before it happened is recorded, and nothing of it is done twice when the
    /// same is run again. Nothing is mailed unless every invitation has rendered.
    pub async fn send(&self, id: &MeetingId, options: &SendOptions) -> Result<SendReport, PipelineError> {
        if self.transport.is_none() {
            return Err(PipelineError::NoTransport);
        }
        for _ in 0..ATTEMPTS {
            let mut case = self.load(id, options).await?;
            let online = self.push_for_send(&case, options).await?;
            self.write_back(&mut case, &online).await?;
            let issue = self.decide(&case, options);
            if self.render_and_enqueue(&case, &online, &issue).await? == Enqueued::Overtaken {
                continue;
            }
            let delivered = self.deliver(id, issue.addressees(&case)).await?;
            let outcomes = self.outcomes(&case, issue, delivered).await?;
            return Ok(self.report(case, &online, outcomes));
        }
        Err(PipelineError::Overtaken { meeting: id.clone() })
    }

    /// Does everything but deliver: pushes, writes the link back, records the revision and renders, for a
    /// caller that mails by itself. Who has which revision is then up to the caller.
    ///
    /// # Errors
    /// [`PipelineError`], as of [`Pipeline::send`].
    pub async fn prepare(&self, id: &MeetingId, options: &SendOptions) -> Result<Prepared, PipelineError> {
        for _ in 0..ATTEMPTS {
            let mut case = self.load(id, options).await?;
            let online = self.push_for_send(&case, options).await?;
            self.write_back(&mut case, &online).await?;
            let issue = self.decide(&case, options);
            let invitations = self.render(&case, &online, &issue)?;
            if self.record_revision(&case, &issue).await? == Enqueued::Overtaken {
                continue;
            }
            let outcomes = issue.outcomes();
            return Ok(self.prepared(case, &online, outcomes, invitations));
        }
        Err(PipelineError::Overtaken { meeting: id.clone() })
    }

    /// Tells those who have an invitation that the meeting does not take place. Only for a meeting that is
    /// `NotHeld`; whoever was told is not told again.
    ///
    /// # Errors
    /// [`PipelineError::WrongStatus`] for another status, and as of [`Pipeline::send`].
    pub async fn cancel(&self, id: &MeetingId, options: &CancelOptions) -> Result<SendReport, PipelineError> {
        if self.transport.is_none() {
            return Err(PipelineError::NoTransport);
        }
        for _ in 0..ATTEMPTS {
            let case = self.load_for_cancel(id, options).await?;
            let online = Online::as_recorded(None);
            let issue = self.decide_cancellations(&case, options);
            if self.render_and_enqueue(&case, &online, &issue).await? == Enqueued::Overtaken {
                continue;
            }
            let delivered = self.deliver(id, issue.addressees(&case)).await?;
            let outcomes = self.outcomes(&case, issue, delivered).await?;
            return Ok(self.report(case, &online, outcomes));
        }
        Err(PipelineError::Overtaken { meeting: id.clone() })
    }

    /// What [`Pipeline::send`] would do now. Writes nothing and asks no provider; where an online meeting would
    /// be made, a link that leads nowhere stands for its.
    ///
    /// # Errors
    /// [`PipelineError`], as of [`Pipeline::send`].
    pub async fn plan(&self, id: &MeetingId, options: &SendOptions) -> Result<Plan, PipelineError> {
        let mut case = self.load(id, options).await?;
        let online = self.foresee(&case, options).await?;
        case.meeting.join_url = online.join_url(&case.meeting);
        let issue = self.decide(&case, options);
        let invitations = self.render(&case, &online, &issue)?;
        let outcomes = issue.outcomes();
        Ok(Plan {
            report: self.report(case, &online, outcomes),
            invitations,
        })
    }

    /// Pushes a meeting to its provider and writes the link back: the first half of [`Pipeline::send`].
    ///
    /// # Errors
    /// [`PipelineError::NotOnline`] when it has no online location, and as of [`Pipeline::send`].
    pub async fn push(&self, id: &MeetingId, options: &PushOptions) -> Result<PushReport, PipelineError> {
        let mut case = self.load_for_push(id, options).await?;
        let online = self.push_online(&case).await?;
        self.write_back(&mut case, &online).await?;
        Ok(PushReport {
            meeting: id.clone(),
            zoom: online.report(&case.meeting),
        })
    }
}
