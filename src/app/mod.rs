//! Makes the parts of the program from a configuration: database, CRM, providers, mail, templates, pipeline.
//!
//! An [`App`] has no face: it reads no arguments, prints nothing and decides nothing about meetings or mails. The
//! command, the desk and a service use the same one.
//!
//! ```no_run
//! use invite::app::App;
//! use invite::clock::Clock;
//! use invite::config::{Config, Environment};
//! use invite::meeting::MeetingId;
//! use invite::pipeline::SendOptions;
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let config = Config::load(Some("invite.toml".as_ref()), &Environment::of_this_process())?;
//! let app = App::open(config, Clock::system());
//! let pipeline = app.mailing().await?.build()?;
//! let report = pipeline.send(&MeetingId::new("kickoff")?, &SendOptions::default()).await?;
//! println!("{} sent", report.sent);
//! app.close().await;
//! # Ok(())
//! # }
//! ```

mod mail;
mod sample;
#[cfg(feature = "sandbox")]
mod sandbox;
mod zoom;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::OnceCell;

use crate::clock::Clock;
use crate::config::{Config, CrmLocation, DatabaseLocation};
use crate::crm::Crm;
use crate::database::{Database, DatabaseError};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::mail::{EnvelopeSender, Mailbox, OutboxOperator};
use crate::online::zoom::ZoomClient;
use crate::online::{Jitsi, OnlineUsers};
use crate::pipeline::{DeliverySettings, Pipeline, PipelineBuilder};
use crate::template::Templates;
#[cfg(feature = "sandbox")]
use sandbox::Sandbox;
#[cfg(feature = "sandbox")]
pub use sandbox::SandboxError;

pub use mail::{sender_of, smtp_settings};
pub use sample::{SampleError, sample_of_records};

/// The parts that are made from one configuration. Each part is made when it is first needed, and then kept.
#[derive(Debug)]
pub struct App {
    config: Config,
    clock: Clock,
    /// The folder of the sandbox. `None`: this is no sandbox.
    folder: Option<PathBuf>,
    #[cfg(feature = "sandbox")]
    sandbox: OnceCell<Sandbox>,
    database: OnceCell<Database>,
    zoom: OnceCell<Arc<ZoomClient>>,
}

/// A configured feature that this version does not support.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NotSupported {
    /// EspoCRM as the CRM.
    #[error("`[crm] url` names EspoCRM, which this version cannot use")]
    EspoCrm,
}

impl Fault for NotSupported {
    fn kind(&self) -> &'static str {
        "config.not_supported"
    }

    fn class(&self) -> Class {
        Class::Configuration
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(
            match self {
                Self::EspoCrm => "use the built-in CRM: url = \"builtin\"",
            }
            .into(),
        )
    }
}

impl App {
    /// An app with this configuration. It opens nothing and sends no request before a part is needed.
    #[must_use]
    pub fn open(config: Config, clock: Clock) -> Self {
        Self {
            config,
            clock,
            folder: None,
            #[cfg(feature = "sandbox")]
            sandbox: OnceCell::new(),
            database: OnceCell::new(),
            zoom: OnceCell::new(),
        }
    }

    /// An app with an embedded Zoom and a mailbox folder. All its state is under `folder`, and it reaches no real
    /// server.
    #[cfg(feature = "sandbox")]
    #[must_use]
    pub fn sandbox(config: Config, clock: Clock, folder: PathBuf) -> Self {
        Self {
            folder: Some(folder),
            ..Self::open(config, clock)
        }
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The database.
    ///
    /// # Errors
    /// When the database cannot be opened, or the sandbox cannot be set up.
    pub async fn database(&self) -> Result<&Database, BoxFault> {
        let make = async || {
            #[cfg(feature = "sandbox")]
            if let Some(folder) = &self.folder {
                Sandbox::prepare(folder).map_err(BoxFault::new)?;
            }
            let database = open_database(&self.config).await?.with_clock(self.clock.clone());
            #[cfg(feature = "sandbox")]
            if let Some(folder) = &self.folder {
                Sandbox::fill(folder, &database, &self.clock).await?;
            }
            Ok(database)
        };
        self.database.get_or_try_init(make).await
    }

    /// The configured CRM.
    ///
    /// # Errors
    /// [`NotSupported`] if this version does not support the configured CRM, and errors as of [`App::database`].
    pub async fn crm(&self) -> Result<Crm, BoxFault> {
        Ok(Crm::from(self.built_in_crm().await?))
    }

    /// The built-in CRM, for operations that only it has: the import.
    ///
    /// # Errors
    /// [`NotSupported`] if another CRM is configured, and errors as of [`App::database`].
    pub async fn built_in_crm(&self) -> Result<&Database, BoxFault> {
        match self.config.crm {
            CrmLocation::Builtin => self.database().await,
            CrmLocation::EspoCrm { .. } => Err(BoxFault::new(NotSupported::EspoCrm)),
        }
    }

    /// The operator's port to the outbox.
    ///
    /// # Errors
    /// As of [`App::database`].
    pub async fn operator(&self) -> Result<Arc<dyn OutboxOperator>, BoxFault> {
        Ok(Arc::new(self.database().await?.clone()))
    }

    /// The store of the users who may have meetings at a provider.
    ///
    /// # Errors
    /// As of [`App::database`].
    pub async fn online_users(&self) -> Result<Arc<dyn OnlineUsers>, BoxFault> {
        Ok(Arc::new(self.database().await?.clone()))
    }

    /// The templates, as their files are now.
    ///
    /// # Errors
    /// [`TemplateError`](crate::template::TemplateError) if a file cannot be read or parsed.
    pub fn templates(&self) -> Result<Templates, BoxFault> {
        let templates = match self.templates_dir() {
            Some(dir) => Templates::with_dir(&dir),
            None => Templates::built_in(),
        };
        templates.map_err(BoxFault::new)
    }

    /// The folder of templates: the configured one, or the default one if it exists.
    #[must_use]
    pub fn templates_dir(&self) -> Option<PathBuf> {
        let configured = &self.config.templates;
        let counts = configured.is_named || configured.dir.is_dir();
        counts.then(|| configured.dir.clone())
    }

    /// A builder of pipelines that write no mail, and so need no sender.
    ///
    /// # Errors
    /// When one of its parts cannot be made.
    pub async fn asking(&self) -> Result<PipelineBuilder, BoxFault> {
        let sender = match self.sender() {
            Ok(sender) => sender,
            // This sender appears in no text that anybody sees.
            Err(fault) => Mailbox::new("", "nobody@invalid".parse().map_err(|_| fault)?),
        };
        self.builder(sender).await
    }

    /// A builder of pipelines that write mails or calendar objects, but send none.
    ///
    /// # Errors
    /// When one of its parts cannot be made, or no sender is configured.
    pub async fn writing(&self) -> Result<PipelineBuilder, BoxFault> {
        self.builder(self.sender()?).await
    }

    /// A builder of pipelines that send mail.
    ///
    /// # Errors
    /// When one of its parts cannot be made, or no mail server is configured.
    pub async fn mailing(&self) -> Result<PipelineBuilder, BoxFault> {
        let builder = self.writing().await?;
        Ok(builder
            .transport(self.transport().await?)
            .signers(self.signers()?))
    }

    async fn builder(&self, sender: Mailbox) -> Result<PipelineBuilder, BoxFault> {
        let config = &self.config;
        let database = self.database().await?;
        let mut builder = Pipeline::builder(config.organization.clone(), sender)
            .crm(Arc::clone(self.crm().await?.records()))
            .database(database)
            .templates(self.templates()?)
            .clock(self.clock.clone())
            .calendar(config.calendar.times, config.calendar.attendees);
        if let Some(keep) = config.database.keep {
            builder = builder.keep(keep);
        }
        if !self.is_sandbox() {
            builder = builder.accounts(self.accounts().await?);
        }
        if let Some(smtp) = &config.smtp {
            builder = builder.delivery(DeliverySettings {
                first_retry: smtp.first_retry,
                give_up_after: smtp.give_up_after,
            });
            let address = smtp.bounces_to.clone();
            if smtp.verp {
                let address = address.unwrap_or_else(|| smtp.from.address.clone());
                builder = builder.envelope_sender(EnvelopeSender::of_each(address));
            } else if let Some(address) = address {
                builder = builder.envelope_sender(EnvelopeSender::fixed(address));
            }
        }
        if config.zoom.is_some() || self.is_sandbox() {
            builder = builder.online(self.zoom().await?);
        }
        if let Some(server) = &config.jitsi {
            builder = builder.online(Arc::new(Jitsi::new(server.clone())));
        }
        Ok(builder)
    }

    /// Finishes work that must not be cut off: the renewal of tokens, the database's log. Call it once, after the last
    /// use of the app.
    pub async fn close(&self) {
        if let Some(zoom) = self.zoom.get() {
            zoom.settle().await;
        }
        if let Some(database) = self.database.get() {
            database.close().await;
        }
    }

    /// Whether this is a sandbox.
    #[must_use]
    pub fn is_sandbox(&self) -> bool {
        self.folder.is_some()
    }

    /// Whether this is a sandbox with a running embedded Zoom.
    #[cfg(feature = "sandbox")]
    #[must_use]
    pub fn runs_embedded_zoom(&self) -> bool {
        self.sandbox.initialized()
    }
}

/// Opens the configured database.
///
/// # Errors
/// [`DatabaseError`] if the database cannot be opened.
pub async fn open_database(config: &Config) -> Result<Database, DatabaseError> {
    let key = config.encryption_key().clone();
    match &config.database.location {
        DatabaseLocation::Sqlite(path) => Database::open(path, key).await,
        DatabaseLocation::Postgres(url) => Database::connect(url, key).await,
    }
}
