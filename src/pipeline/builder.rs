//! Putting a pipeline together.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::Pipeline;
use super::accounts::UserAccounts;
use super::deliver::{Courier, DeliverySettings, Ports};
use super::event::{Event, Events};
use super::inbound::{AnswerIntake, NotificationIntake};
use super::jobs::{DueJobs, Keeping};
use super::load::Loader;
use super::push::{Providers, Pusher};
use super::render::Letterhead;
use super::report::Reporter;
use super::stop::Stop;
use crate::calendar::{AttendeeList, Times};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::crm::Records;
use crate::fault::{Class, Fault};
use crate::jobs::{JobHandler, Jobs};
use crate::mail::{
    Accounts, Answers, DkimSigner, EnvelopeSender, Mailbox, Notifications, Outbox, Retention, Transport,
};
use crate::online::{LinkStore, OnlineMeetings};
use crate::organization::Organization;
use crate::template::{TemplateError, Templates};

/// Puts a [`Pipeline`] together. Required: the organization, the sender, the CRM, and where links and
/// the outbox are kept.
#[must_use]
pub struct PipelineBuilder {
    organization: Organization,
    sender: Mailbox,
    crm: Option<Arc<dyn Records>>,
    providers: Vec<Arc<dyn OnlineMeetings>>,
    links: Option<Arc<dyn LinkStore>>,
    outbox: Option<Arc<dyn Outbox>>,
    answers: Option<Arc<dyn Answers>>,
    notifications: Option<Arc<dyn Notifications>>,
    retention: Option<Arc<dyn Retention>>,
    keep: Option<Duration>,
    jobs: Option<Arc<dyn Jobs>>,
    handlers: Vec<Arc<dyn JobHandler>>,
    transport: Option<Arc<dyn Transport>>,
    accounts: Option<Arc<dyn Accounts>>,
    signers: Arc<[DkimSigner]>,
    envelope_sender: Option<EnvelopeSender>,
    templates: Option<Templates>,
    times: Times,
    attendees: AttendeeList,
    delivery: DeliverySettings,
    clock: Clock,
    chance: Chance,
    events: Events,
    stop: Stop,
}

impl std::fmt::Debug for PipelineBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PipelineBuilder")
            .field("organization", &self.organization)
            .field("sender", &self.sender)
            .finish_non_exhaustive()
    }
}

/// The part that a pipeline with handlers of jobs may lack.
const NO_JOBS: &str = "a list of due jobs: `.database(…)` or `.jobs(…)`";

/// The error of putting a pipeline together.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineSetupError {
    /// A necessary part was not given.
    #[error("a pipeline needs {0}")]
    Missing(&'static str),
    /// The built-in templates.
    #[error(transparent)]
    Templates(#[from] TemplateError),
}

impl Fault for PipelineSetupError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Missing(_) => "pipeline.incomplete",
            Self::Templates(error) => error.kind(),
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Missing(_) => Class::Usage,
            Self::Templates(error) => error.class(),
        }
    }
}

impl Pipeline {
    /// Begins to put a pipeline together.
    ///
    /// Mails come from `sender`. The assigned user of each meeting is its ORGANIZER, and gets the answers to the mails.
    pub fn builder(organization: Organization, sender: Mailbox) -> PipelineBuilder {
        PipelineBuilder {
            organization,
            sender,
            crm: None,
            providers: Vec::new(),
            links: None,
            outbox: None,
            answers: None,
            notifications: None,
            retention: None,
            keep: None,
            jobs: None,
            handlers: Vec::new(),
            transport: None,
            accounts: None,
            signers: Arc::default(),
            envelope_sender: None,
            templates: None,
            times: Times::default(),
            attendees: AttendeeList::default(),
            delivery: DeliverySettings::default(),
            clock: Clock::default(),
            chance: Chance::default(),
            events: Events::new(|_| {}),
            stop: Stop::default(),
        }
    }
}

impl PipelineBuilder {
    /// The CRM.
    pub fn crm(mut self, crm: Arc<dyn Records>) -> Self {
        self.crm = Some(crm);
        self
    }

    /// One database that keeps links, the outbox, answers, notifications and due jobs, and can forget, such as
    /// [`Database`](crate::database::Database).
    pub fn database<D>(mut self, database: &D) -> Self
    where
        D: LinkStore + Outbox + Answers + Notifications + Retention + Jobs + Clone + 'static,
    {
        self.links = Some(Arc::new(database.clone()));
        self.outbox = Some(Arc::new(database.clone()));
        self.answers = Some(Arc::new(database.clone()));
        self.notifications = Some(Arc::new(database.clone()));
        self.retention = Some(Arc::new(database.clone()));
        self.jobs = Some(Arc::new(database.clone()));
        self
    }

    /// The store of links, if not the [database](Self::database).
    pub fn links(mut self, links: Arc<dyn LinkStore>) -> Self {
        self.links = Some(links);
        self
    }

    /// The outbox, if not the [database](Self::database).
    pub fn outbox(mut self, outbox: Arc<dyn Outbox>) -> Self {
        self.outbox = Some(outbox);
        self
    }

    /// The store of answers, if not the [database](Self::database).
    pub fn answers(mut self, answers: Arc<dyn Answers>) -> Self {
        self.answers = Some(answers);
        self
    }

    /// The store of notifications of mail servers, if not the [database](Self::database).
    pub fn notifications(mut self, notifications: Arc<dyn Notifications>) -> Self {
        self.notifications = Some(notifications);
        self
    }

    /// The port that forgets meetings that are over, if not the [database](Self::database).
    pub fn retention(mut self, retention: Arc<dyn Retention>) -> Self {
        self.retention = Some(retention);
        self
    }

    /// The time for which the mails and people of a meeting are kept after its end. [`Pipeline::work`] forgets them
    /// then. Without this, nothing is forgotten.
    pub fn keep(mut self, span: Duration) -> Self {
        self.keep = Some(span);
        self
    }

    /// The list of due jobs, if not in the [database](Self::database).
    pub fn jobs(mut self, jobs: Arc<dyn Jobs>) -> Self {
        self.jobs = Some(jobs);
        self
    }

    /// A handler for the jobs of one kind, which [`Pipeline::work`] calls when they are due. Of two handlers for the
    /// same kind, the first is asked.
    pub fn job_handler(mut self, handler: Arc<dyn JobHandler>) -> Self {
        self.handlers.push(handler);
        self
    }

    /// A provider of online meetings. Of two providers for the same location, the first is asked.
    pub fn online(mut self, provider: Arc<dyn OnlineMeetings>) -> Self {
        self.providers.push(provider);
        self
    }

    /// The transport for mails. Without it, [`Pipeline::prepare`] and the methods that do not mail can be used.
    pub fn transport(mut self, transport: Arc<dyn Transport>) -> Self {
        self.transport = Some(transport);
        self
    }

    /// The users with an account of their own, from which the invitations of their meetings come. Without this, all
    /// mails are the sender's. Message-IDs and UIDs are of the sender's domain in any case.
    pub fn accounts(mut self, accounts: Arc<dyn Accounts>) -> Self {
        self.accounts = Some(accounts);
        self
    }

    /// The address for bounces; without it, they go to the sender. Bounces of a mail from a user's account go to that account.
    pub fn envelope_sender(mut self, envelope_sender: EnvelopeSender) -> Self {
        self.envelope_sender = Some(envelope_sender);
        self
    }

    /// The signers of each mail before it leaves. Each signer adds a signature of its own.
    pub fn signers(mut self, signers: Vec<DkimSigner>) -> Self {
        self.signers = signers.into();
        self
    }

    /// The templates. Without this, the built-in templates.
    pub fn templates(mut self, templates: Templates) -> Self {
        self.templates = Some(templates);
        self
    }

    /// The form of times in calendar objects, and the attendees that they list.
    pub fn calendar(mut self, times: Times, attendees: AttendeeList) -> Self {
        self.times = times;
        self.attendees = attendees;
        self
    }

    /// The times of further tries of a delivery.
    pub fn delivery(mut self, delivery: DeliverySettings) -> Self {
        self.delivery = delivery;
        self
    }

    /// The clock. Without this, the machine's. The database and the transport must have the same clock.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The source of random numbers. Without this, the system's.
    pub fn chance(mut self, chance: Chance) -> Self {
        self.chance = chance;
        self
    }

    /// A function that gets all events of pushes and sends. The step itself calls it, and deliveries call it side by
    /// side. So it must not take long; longer work belongs behind a channel.
    pub fn on_event(mut self, tell: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.events = Events::new(tell);
        self
    }

    /// The sign to stop. When it is set to `true` from outside, delivering ends after the messages that are on the wire. The
    /// other messages stay in the outbox.
    pub fn stop(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = Stop::new(stop);
        self
    }

    /// The pipeline.
    ///
    /// # Errors
    /// [`PipelineSetupError`] when the CRM, the links or the outbox are missing, what keeps [`keep`](Self::keep), or the list
    /// of jobs for a handler.
    pub fn build(mut self) -> Result<Pipeline, PipelineSetupError> {
        let missing = PipelineSetupError::Missing;
        if let Some(span) = self.keep {
            let retention = self.retention.ok_or(missing(
                "something that forgets: `.database(…)` or `.retention(…)`",
            ))?;
            let jobs = self.jobs.clone().ok_or(missing(NO_JOBS))?;
            let keeping = Keeping::new(retention, jobs, self.clock.clone(), span);
            self.handlers.push(Arc::new(keeping));
        }
        let jobs = match (self.handlers.is_empty(), self.jobs) {
            (true, _) => None,
            (false, jobs) => Some(DueJobs::new(
                jobs.ok_or(missing(NO_JOBS))?,
                self.handlers,
                self.clock.clone(),
                self.chance.clone(),
                self.stop.clone(),
            )),
        };
        let crm = self.crm.ok_or(missing("a CRM: `.crm(…)`"))?;
        let links = self
            .links
            .ok_or(missing("a place for links: `.database(…)` or `.links(…)`"))?;
        let outbox = self
            .outbox
            .ok_or(missing("an outbox: `.database(…)` or `.outbox(…)`"))?;
        let accounts = UserAccounts::new(self.accounts);
        let ports = Ports {
            outbox: Arc::clone(&outbox),
            signers: self.signers,
            settings: self.delivery,
            clock: self.clock.clone(),
            chance: self.chance.clone(),
            events: self.events.clone(),
            stop: self.stop.clone(),
        };
        let courier = Courier::new(ports, self.transport, accounts.clone());
        let providers = Providers::new(self.providers);
        let pusher = Pusher {
            crm: Arc::clone(&crm),
            links,
            providers: providers.clone(),
            clock: self.clock.clone(),
            chance: self.chance,
            events: self.events.clone(),
        };
        let loader = Loader {
            crm: Arc::clone(&crm),
            outbox: Arc::clone(&outbox),
            accounts,
            providers: providers.clone(),
            clock: self.clock.clone(),
        };
        let loader = Arc::new(loader);
        let answers = AnswerIntake {
            loader: Arc::clone(&loader),
            crm: Arc::clone(&crm),
            outbox: Arc::clone(&outbox),
            answers: self.answers,
            clock: self.clock.clone(),
        };
        let notifications = NotificationIntake {
            crm: Arc::clone(&crm),
            notifications: self.notifications,
            domain: self.sender.address.domain().to_owned(),
            clock: self.clock.clone(),
        };
        let letterhead = Letterhead {
            organization: self.organization,
            sender: self.sender,
            envelope_sender: self.envelope_sender,
            templates: match self.templates {
                Some(templates) => templates,
                None => Templates::built_in()?,
            },
            times: self.times,
            attendees: self.attendees,
            providers,
            clock: self.clock.clone(),
        };
        let letterhead = Arc::new(letterhead);
        let reporter = Reporter {
            outbox: Arc::clone(&outbox),
            letterhead: Arc::clone(&letterhead),
        };
        Ok(Pipeline {
            loader,
            pusher: pusher.into(),
            crm,
            outbox,
            answers: answers.into(),
            notifications: notifications.into(),
            letterhead,
            reporter: reporter.into(),
            courier: courier.into(),
            jobs,
            clock: self.clock,
            events: self.events,
            stop: self.stop,
        })
    }
}
