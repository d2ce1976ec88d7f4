//! The configuration and the app that commands work with. Each is made when a command first needs it.

use std::path::PathBuf;
use std::sync::{Arc, Once};

use tokio::sync::OnceCell;

use super::options::Global;
use super::stop::Stop;
use super::terminal::Terminal;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, Environment};
use crate::crm::{Crm, MeetingQuery, MeetingRecord};
use crate::database::Database;
use crate::desk::{ReadSetting, Setting};
use crate::fault::BoxFault;
use crate::mail::{DkimSigner, Mailbox, OutboxOperator, SmtpAccounts, Transport};
use crate::online::OnlineUsers;
use crate::online::zoom::ZoomClient;
use crate::pipeline::{Event, Pipeline, PipelineBuilder};

/// One run of the command.
#[derive(Debug)]
pub(super) struct Session<'a> {
    global: &'a Global,
    pub(super) terminal: &'a Terminal,
    pub(super) environment: Environment,
    pub(super) clock: Clock,
    app: OnceCell<App>,
    told_of_sandbox: Once,
    pub(super) stop: Stop,
    /// Whether the run does without a configuration.
    for_authors: bool,
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
            app: OnceCell::new(),
            told_of_sandbox: Once::new(),
            stop: Stop::default(),
            for_authors: false,
        })
    }

    /// The same run, for authors of templates. If nothing is configured, it has an organization called "Example".
    pub(super) fn for_authors(self) -> Self {
        Self {
            for_authors: true,
            ..self
        }
    }

    /// Whether the run is in the sandbox.
    pub(super) fn is_sandbox(&self) -> bool {
        self.global.sandbox
    }

    fn load_config(&self) -> Result<Config, BoxFault> {
        let config = read_config(self.global, &self.environment, self.for_authors)?;
        for warning in &config.warnings {
            self.terminal.note(&format!("warning: {warning}"));
        }
        Ok(config)
    }

    /// A function that reads the settings of templates from the configuration, anew with each call.
    pub(super) fn read_setting(&self) -> Box<ReadSetting> {
        let (global, environment) = (self.global.clone(), self.environment.clone());
        Box::new(move || Setting::of(&read_config(&global, &environment, true)?))
    }

    /// The settings of templates.
    pub(super) fn setting(&self) -> Result<Setting, BoxFault> {
        Setting::of(&read_config(self.global, &self.environment, true)?)
    }

    /// The app, which does the work.
    pub(super) async fn app(&self) -> Result<&App, BoxFault> {
        let make = async || {
            let config = self.load_config()?;
            Ok(match self.is_sandbox() {
                true => App::sandbox(config, self.clock.clone(), sandbox_folder()),
                false => App::open(config, self.clock.clone()),
            })
        };
        self.app.get_or_try_init(make).await
    }

    pub(super) async fn config(&self) -> Result<&Config, BoxFault> {
        Ok(self.app().await?.config())
    }

    pub(super) async fn database(&self) -> Result<&Database, BoxFault> {
        self.app().await?.database().await
    }

    /// The outbox for its operators.
    pub(super) async fn operator(&self) -> Result<Arc<dyn OutboxOperator>, BoxFault> {
        self.app().await?.operator().await
    }

    /// The configured CRM.
    pub(super) async fn crm(&self) -> Result<Crm, BoxFault> {
        self.app().await?.crm().await
    }

    /// Which users may have meetings at which provider.
    pub(super) async fn online_users(&self) -> Result<Arc<dyn OnlineUsers>, BoxFault> {
        self.app().await?.online_users().await
    }

    /// The planned meetings that are not over, by their time.
    pub(super) async fn planned_ahead(&self) -> Result<Vec<MeetingRecord>, BoxFault> {
        let crm = self.crm().await?;
        let ahead = MeetingQuery::planned_after(self.clock.now());
        crm.directory().all_meetings(&ahead).await.map_err(BoxFault::new)
    }

    /// The built-in CRM, for `import`, which no other CRM has.
    pub(super) async fn built_in_crm(&self) -> Result<&Database, BoxFault> {
        self.app().await?.built_in_crm().await
    }

    /// The connection to Zoom.
    pub(super) async fn zoom(&self) -> Result<Arc<ZoomClient>, BoxFault> {
        let app = self.app().await?;
        let zoom = app.zoom().await;
        self.tell_of_sandbox(app);
        zoom
    }

    /// Says once that the embedded Zoom runs.
    fn tell_of_sandbox(&self, app: &App) {
        if app.runs_embedded_zoom() {
            self.told_of_sandbox.call_once(|| {
                self.terminal.note(&format!(
                    "sandbox: an embedded Zoom and a mailbox folder under {}/; no real server is reached",
                    sandbox_folder().display()
                ));
            });
        }
    }

    /// The folder of templates: the folder that the configuration names, or else the usual folder, if it exists.
    pub(super) async fn templates_dir(&self) -> Result<Option<PathBuf>, BoxFault> {
        Ok(self.app().await?.templates_dir())
    }

    /// A pipeline that writes no mails, and so needs no sender.
    pub(super) async fn pipeline(&self) -> Result<Pipeline, BoxFault> {
        self.built(self.app().await?.asking().await).await
    }

    /// A pipeline that writes mails and calendar objects, and delivers none.
    pub(super) async fn writing_pipeline(&self) -> Result<Pipeline, BoxFault> {
        self.built(self.app().await?.writing().await).await
    }

    /// A pipeline that delivers mails, and calls `on_event` for each event.
    pub(super) async fn mailing_pipeline(
        &self,
        on_event: impl Fn(&Event) + Send + Sync + 'static,
    ) -> Result<Pipeline, BoxFault> {
        let builder = self.app().await?.mailing().await;
        let builder = builder.map(|builder| builder.on_event(on_event).stop(self.stop.flag()));
        self.built(builder).await
    }

    async fn built(&self, builder: Result<PipelineBuilder, BoxFault>) -> Result<Pipeline, BoxFault> {
        self.tell_of_sandbox(self.app().await?);
        builder?.build().map_err(BoxFault::new)
    }

    /// The sender of mails.
    pub(super) async fn sender(&self) -> Result<Mailbox, BoxFault> {
        self.app().await?.sender()
    }

    /// The way for mails to leave.
    pub(super) async fn transport(&self) -> Result<Arc<dyn Transport>, BoxFault> {
        self.app().await?.transport().await
    }

    /// The accounts of users.
    pub(super) async fn accounts(&self) -> Result<Arc<SmtpAccounts>, BoxFault> {
        self.app().await?.accounts().await
    }

    /// The configured signers of mails.
    pub(super) async fn signers(&self) -> Result<Vec<DkimSigner>, BoxFault> {
        self.app().await?.signers()
    }

    /// Ends the work of the app that must not be cut off. Every command that used the database or Zoom calls it.
    pub(super) async fn close(&self) {
        if let Some(app) = self.app.get() {
            app.close().await;
        }
    }
}

/// The folder of the sandbox.
fn sandbox_folder() -> PathBuf {
    PathBuf::from("invite-sandbox")
}

fn read_config(global: &Global, environment: &Environment, for_authors: bool) -> Result<Config, BoxFault> {
    /// The name of the organization if nothing is configured.
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
