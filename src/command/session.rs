//! What commands work with, made when it is first needed: configuration, database, Zoom, mail, pipeline.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::OnceCell;

use super::Global;
use super::sandbox::Sandbox;
use super::stop::Stop;
use super::terminal::Terminal;
use crate::calendar::{AttendeeList, Times};
use crate::clock::Clock;
use crate::config::{
    CalendarAttendees, CalendarTimes, Config, CrmLocation, DatabaseLocation, Environment, Smtp, ZoomAuth,
    ZoomMode, ZoomRecording,
};
use crate::database::{Database, DatabaseError};
use crate::desk::{ReadSetting, Setting};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::mail::{DkimSigner, EnvelopeSender, Mailbox, OutboxOperator};
use crate::online::Jitsi;
use crate::online::zoom::{Auth, AutoRecording, MeetingSettings, Mode, ZoomClient, ZoomError, ZoomSettings};
use crate::pipeline::{DeliverySettings, Pipeline, PipelineBuilder, Progress};
use crate::template::Templates;

/// One run of the command.
#[derive(Debug)]
pub(super) struct Session<'a> {
    global: &'a Global,
    pub(super) terminal: &'a Terminal,
    pub(super) environment: Environment,
    pub(super) clock: Clock,
    config: OnceCell<Config>,
    sandbox: OnceCell<Sandbox>,
    database: OnceCell<Database>,
    zoom: OnceCell<Arc<ZoomClient>>,
    pub(super) stop: Stop,
    /// Whether it goes without a configuration.
    for_authors: bool,
}

/// What is configured, but not built yet.
#[derive(Debug, thiserror::Error)]
enum NotSupported {
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

impl<'a> Session<'a> {
    /// A run in the environment of this process.
    ///
    /// # Errors
    /// [`ConfigError`](crate::config::ConfigError) when `INVITE_NOW` is no moment.
    pub(super) fn new(global: &'a Global, terminal: &'a Terminal) -> Result<Self, BoxFault> {
        let environment = Environment::of_this_process();
        Ok(Self {
            global,
            terminal,
            clock: environment.clock().map_err(BoxFault::new)?,
            environment,
            config: OnceCell::new(),
            sandbox: OnceCell::new(),
            database: OnceCell::new(),
            zoom: OnceCell::new(),
            stop: Stop::default(),
            for_authors: false,
        })
    }

    /// The same for those who write templates: without a configuration there is an example of an organization.
    pub(super) fn for_authors(self) -> Self {
        Self {
            for_authors: true,
            ..self
        }
    }

    /// Whether it is played in the sandbox.
    pub(super) fn is_sandbox(&self) -> bool {
        self.global.sandbox
    }

    pub(super) fn sandbox_folder(&self) -> PathBuf {
        sandbox_folder()
    }

    pub(super) async fn config(&self) -> Result<&Config, BoxFault> {
        self.config.get_or_try_init(|| async { self.load_config() }).await
    }

    fn load_config(&self) -> Result<Config, BoxFault> {
        let config = read_config(self.global, &self.environment, self.for_authors)?;
        for warning in &config.warnings {
            self.terminal.note(&format!("warning: {warning}"));
        }
        Ok(config)
    }

    /// Reads what the configuration says about templates, anew each time that it is called.
    pub(super) fn read_setting(&self) -> Box<ReadSetting> {
        let (global, environment) = (self.global.clone(), self.environment.clone());
        Box::new(move || setting_of(&read_config(&global, &environment, true)?))
    }

    /// What the configuration says about templates.
    pub(super) fn setting(&self) -> Result<Setting, BoxFault> {
        setting_of(&read_config(self.global, &self.environment, true)?)
    }

    pub(super) async fn database(&self) -> Result<&Database, BoxFault> {
        let make = async || {
            let config = self.config().await?;
            if self.is_sandbox() {
                Sandbox::prepare(&self.sandbox_folder()).map_err(BoxFault::new)?;
            }
            let database = open(config).await?.with_clock(self.clock.clone());
            if self.is_sandbox() {
                Sandbox::fill(&self.sandbox_folder(), &database, &self.clock).await?;
            }
            Ok(database)
        };
        self.database.get_or_try_init(make).await
    }

    /// What is asked of the outbox by hand.
    pub(super) async fn operator(&self) -> Result<Arc<dyn OutboxOperator>, BoxFault> {
        Ok(Arc::new(self.database().await?.clone()))
    }

    /// The built-in CRM's records.
    pub(super) async fn records(&self) -> Result<&Database, BoxFault> {
        match self.config().await?.crm {
            CrmLocation::Builtin => self.database().await,
            CrmLocation::EspoCrm { .. } => Err(BoxFault::new(NotSupported::EspoCrm)),
        }
    }

    async fn sandbox(&self) -> Result<&Sandbox, BoxFault> {
        let start = async || {
            let database = self.database().await?;
            let sandbox = Sandbox::start(&self.sandbox_folder(), database, &self.clock).await?;
            let name = self.sandbox_folder();
            self.terminal.note(&format!(
                "sandbox: an embedded Zoom and a mailbox folder under {}/; no real server is reached",
                name.display()
            ));
            Ok(sandbox)
        };
        self.sandbox.get_or_try_init(start).await
    }

    /// The connection to Zoom.
    pub(super) async fn zoom(&self) -> Result<Arc<ZoomClient>, BoxFault> {
        let make = async || {
            let settings = if self.is_sandbox() {
                self.sandbox().await?.zoom_settings()
            } else {
                zoom_settings(self.config().await?)
            };
            let store = Arc::new(self.database().await?.clone());
            let mut settings = settings?;
            settings.clock = self.clock.clone();
            let client = ZoomClient::new(settings, store).map_err(BoxFault::new)?;
            Ok(Arc::new(client))
        };
        self.zoom.get_or_try_init(make).await.cloned()
    }

    pub(super) async fn templates(&self) -> Result<Templates, BoxFault> {
        let templates = match self.templates_dir().await? {
            Some(dir) => Templates::with_dir(&dir),
            None => Templates::built_in(),
        };
        templates.map_err(BoxFault::new)
    }

    /// The folder of templates: the one that is named, or the usual one where it exists.
    pub(super) async fn templates_dir(&self) -> Result<Option<PathBuf>, BoxFault> {
        let configured = &self.config().await?.templates;
        let counts = configured.is_named || configured.dir.is_dir();
        Ok(counts.then(|| configured.dir.clone()))
    }

    /// The pipeline for what writes no mail, and so needs no sender.
    pub(super) async fn pipeline(&self) -> Result<Pipeline, BoxFault> {
        let sender = match self.sender().await {
            Ok(sender) => sender,
            // Stands in nothing that anybody gets to see.
            Err(fault) => Mailbox::new("", "nobody@invalid".parse().map_err(|_| fault)?),
        };
        self.builder(sender).await?.build().map_err(BoxFault::new)
    }

    /// The pipeline for what writes mails or calendar objects, and mails none.
    pub(super) async fn writing_pipeline(&self) -> Result<Pipeline, BoxFault> {
        self.builder(self.sender().await?)
            .await?
            .build()
            .map_err(BoxFault::new)
    }

    /// The pipeline with a way for mail to leave, which tells its progress.
    pub(super) async fn mailing_pipeline(
        &self,
        progress: Arc<dyn Fn(&Progress) + Send + Sync>,
    ) -> Result<Pipeline, BoxFault> {
        let builder = self
            .builder(self.sender().await?)
            .await?
            .on_progress(progress)
            .stop(self.stop.flag());
        builder
            .transport(self.transport().await?)
            .signers(self.signers().await?)
            .build()
            .map_err(BoxFault::new)
    }

    /// From whom mails come.
    pub(super) async fn sender(&self) -> Result<Mailbox, BoxFault> {
        let config = self.config().await?;
        if self.is_sandbox() {
            return Sandbox::sender().map_err(BoxFault::new);
        }
        Ok(sender_of(config.require_smtp().map_err(BoxFault::new)?))
    }

    async fn builder(&self, sender: Mailbox) -> Result<PipelineBuilder, BoxFault> {
        let config = self.config().await?;
        let database = self.database().await?;
        let (times, attendees) = calendar_of(config);
        let mut builder = Pipeline::builder(config.organization.clone(), sender)
            .crm(Arc::new(self.records().await?.clone()))
            .database(database)
            .templates(self.templates().await?)
            .clock(self.clock.clone())
            .calendar(times, attendees);
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

    /// Who signs mails, as configured. In the sandbox nobody does.
    pub(super) async fn signers(&self) -> Result<Vec<DkimSigner>, BoxFault> {
        let smtp = self.config().await?.smtp.as_ref();
        let keys = smtp.map_or(&[][..], |smtp| &smtp.dkim);
        keys.iter()
            .map(|dkim| DkimSigner::new(&dkim.domain, &dkim.selector, &dkim.key).map_err(BoxFault::new))
            .collect()
    }

    /// Ends what must not be cut off: tokens being renewed, the database's log. Every command that used one of
    /// them calls it.
    pub(super) async fn close(&self) {
        if let Some(zoom) = self.zoom.get() {
            zoom.settle().await;
        }
        if let Some(database) = self.database.get() {
            database.close().await;
        }
    }
}

/// Opens the configured database.
pub(super) async fn open(config: &Config) -> Result<Database, DatabaseError> {
    let key = config.encryption_key().clone();
    match &config.database.location {
        DatabaseLocation::Sqlite(path) => Database::open(path, key).await,
        DatabaseLocation::Postgres(url) => Database::connect(url, key).await,
    }
}

/// The folder of the sandbox.
fn sandbox_folder() -> PathBuf {
    PathBuf::from("invite-sandbox")
}

fn read_config(global: &Global, environment: &Environment, for_authors: bool) -> Result<Config, BoxFault> {
    /// What the organization is called where nothing is configured.
    const EXAMPLE: &str = "Example";
    const NAME: &str = "INVITE_ORGANIZATION__NAME";
    if global.sandbox {
        return Ok(Config::sandbox(&sandbox_folder()));
    }
    let file = Config::find(global.config.as_deref(), environment).map_err(BoxFault::new)?;
    let config = if for_authors && file.is_none() && environment.get(NAME).is_none() {
        Config::load(None, &environment.clone().with(NAME, EXAMPLE))
    } else {
        Config::load(file.as_deref(), environment)
    };
    config.map_err(BoxFault::new)
}

/// What templates are tried with. Where no mail server is configured, mails come from an example.
fn setting_of(config: &Config) -> Result<Setting, BoxFault> {
    let organization = config.organization.clone();
    let sender = match &config.smtp {
        Some(smtp) => sender_of(smtp),
        None => Mailbox::new(
            &organization.name,
            Sandbox::sender().map_err(BoxFault::new)?.address,
        ),
    };
    let (times, attendees) = calendar_of(config);
    Ok(Setting {
        organization,
        dir: config.templates.dir.clone(),
        sender,
        times,
        attendees,
    })
}

fn sender_of(smtp: &Smtp) -> Mailbox {
    let name = smtp.from.name.as_deref().unwrap_or_default();
    Mailbox::new(name, smtp.from.address.clone())
}

fn calendar_of(config: &Config) -> (Times, AttendeeList) {
    let times = match config.calendar.times {
        CalendarTimes::Utc => Times::Utc,
        CalendarTimes::Zone => Times::Zone,
    };
    let attendees = match config.calendar.attendees {
        CalendarAttendees::All => AttendeeList::All,
        CalendarAttendees::Recipient => AttendeeList::Recipient,
    };
    (times, attendees)
}

fn zoom_settings(config: &Config) -> Result<ZoomSettings, BoxFault> {
    let zoom = config.require_zoom().map_err(BoxFault::new)?;
    let mode = match zoom.mode {
        ZoomMode::Production => Mode::Production,
        ZoomMode::Development => Mode::Development,
    };
    let auth = match &zoom.auth {
        ZoomAuth::AuthorizationCode { redirect_uri } => Auth::AuthorizationCode {
            redirect_uri: redirect_uri.clone(),
        },
        ZoomAuth::ServerToServer { account_id } => Auth::ServerToServer {
            account_id: account_id.clone(),
        },
    };
    let explain = |error: ZoomError| BoxFault::new(error);
    let mut settings =
        ZoomSettings::new(mode, auth, zoom.client_id.clone(), zoom.client_secret.clone()).map_err(explain)?;
    settings.api_url = zoom.api_url.clone();
    settings.oauth_url = zoom.oauth_url.clone();
    let defaults = &zoom.meeting;
    let join_before_host = defaults.join_before_host.unwrap_or(false);
    settings.meeting = MeetingSettings {
        // Zoom ignores early entry together with a waiting room: who asks for the one does not want the other.
        waiting_room: defaults.waiting_room.unwrap_or(!join_before_host),
        join_before_host,
        jbh_time: defaults.jbh_time,
        host_video: defaults.host_video,
        participant_video: defaults.participant_video,
        mute_upon_entry: defaults.mute_upon_entry,
        auto_recording: defaults.auto_recording.map(|recording| match recording {
            ZoomRecording::Local => AutoRecording::Local,
            ZoomRecording::Cloud => AutoRecording::Cloud,
            ZoomRecording::None => AutoRecording::None,
        }),
        passcode: defaults.passcode,
    };
    Ok(settings)
}
