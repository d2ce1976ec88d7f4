//! The sandbox: the same program with an embedded Zoom and a mailbox folder. All its state is in one folder.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use chrono::TimeDelta;
use url::Url;

use crate::clock::Clock;
use crate::crm::Directory as _;
use crate::crm::import::{self, CannotMove};
use crate::database::Database;
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::mail::Mailbox;
use crate::meeting::InvalidEmail;
use crate::online::zoom::{Auth, Grant, Mode, TokenKey, TokenStore as _, ZoomSettings};
use crate::sandbox::zoom::{
    Clock as ZoomClock, EmbeddedZoom, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REDIRECT_URI,
    ZoomWorld,
};

const FIXTURES: &str = include_str!("../../fixtures/sandbox.json");

/// The embedded Zoom of this run.
#[derive(Debug)]
pub(super) struct Sandbox {
    zoom: EmbeddedZoom,
}

/// Why the sandbox cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The sandbox's folder, or a file in it, cannot be written.
    #[error("the sandbox cannot be set up in {}", path.display())]
    Folder {
        /// The folder or file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The address of the sandbox's sender is not valid.
    #[error("the sandbox's sender is no address")]
    Sender(#[source] InvalidEmail),
    /// The sandbox's meetings cannot be moved to the coming weeks.
    #[error("the sandbox's meetings cannot be dated")]
    Dates(#[source] CannotMove),
    /// The embedded Zoom refuses a grant.
    #[error("the embedded Zoom does not grant a connection: {0}")]
    Grant(String),
}

impl Fault for SandboxError {
    fn kind(&self) -> &'static str {
        "sandbox.failed"
    }

    fn class(&self) -> Class {
        match self {
            Self::Folder { .. } => Class::CannotCreate,
            // `INVITE_NOW` is near the end of the range of dates.
            Self::Dates(_) => Class::Configuration,
            Self::Sender(_) | Self::Grant(_) => Class::Internal,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("run it in a folder that you can write to; to begin anew, delete invite-sandbox/".into())
    }
}

impl Sandbox {
    /// Makes the folder of the sandbox.
    pub(super) fn prepare(folder: &Path) -> Result<(), SandboxError> {
        std::fs::create_dir_all(folder).map_err(|source| SandboxError::Folder {
            path: folder.to_owned(),
            source,
        })
    }

    /// Keeps other runs from setting up the same sandbox until the file is dropped. If two runs did so at once, each
    /// would get a grant. The later grant ends the earlier one, which may be the one that is stored.
    fn begin_alone(folder: &Path) -> Result<File, SandboxError> {
        let path = folder.join("sandbox.lock");
        let lock = || {
            let file = File::create(&path)?;
            file.lock()?;
            Ok(file)
        };
        lock().map_err(|source| SandboxError::Folder {
            path: path.clone(),
            source,
        })
    }

    /// Imports the fixtures into a new database, and moves their meetings to the coming weeks.
    pub(super) async fn fill(folder: &Path, database: &Database, clock: &Clock) -> Result<(), BoxFault> {
        let has_users = async || {
            let users = database.users(None).await.map_err(BoxFault::new)?;
            Ok::<_, BoxFault>(!users.items.is_empty())
        };
        if has_users().await? {
            return Ok(());
        }
        let _alone = Self::begin_alone(folder).map_err(BoxFault::new)?;
        if has_users().await? {
            return Ok(());
        }
        let mut records = import::read(FIXTURES, "fixtures/sandbox.json").map_err(BoxFault::new)?;
        records
            .move_to_coming_weeks(clock.now())
            .map_err(|error| BoxFault::new(SandboxError::Dates(error)))?;
        database
            .import(&records, "fixtures/sandbox.json")
            .await
            .map_err(BoxFault::new)?;
        Ok(())
    }

    /// Starts the embedded Zoom, and connects to it if there is no connection. The state of the embedded Zoom outlives
    /// the run.
    pub(super) async fn start(folder: &Path, database: &Database, clock: &Clock) -> Result<Self, BoxFault> {
        let state = folder.join("zoom.json");
        let zoom = EmbeddedZoom::start_persistent(&state, ZoomWorld::sandbox());
        let cannot = |source| {
            BoxFault::new(SandboxError::Folder {
                path: state.clone(),
                source,
            })
        };
        let zoom = zoom.map_err(cannot)?;
        set_clock(&zoom, clock).map_err(cannot)?;
        let key = TokenKey {
            mode: Mode::Production,
            client_id: SANDBOX_CLIENT_ID.to_owned(),
        };
        if database.load(&key).await?.is_none() {
            let _alone = Self::begin_alone(folder).map_err(BoxFault::new)?;
            if database.load(&key).await?.is_some() {
                return Ok(Self { zoom });
            }
            let refused = |why: String| BoxFault::new(SandboxError::Grant(why));
            let granted = zoom
                .grant(SANDBOX_CLIENT_ID)
                .map_err(|e| refused(e.to_string()))?;
            let granted = granted.ok_or_else(|| refused("it has no such client".to_owned()))?;
            let now = clock.now();
            let grant = Grant {
                access_token: granted.access_token.into(),
                refresh_token: granted.refresh_token.map(Into::into),
                expires_at: now + TimeDelta::hours(1),
                scopes: granted.scope.split(' ').map(str::to_owned).collect(),
                api_url: None,
                obtained_at: now,
            };
            database.put(&key, &grant).await?;
        }
        Ok(Self { zoom })
    }

    /// The settings with which the client reaches the embedded Zoom. They have nothing else that is special.
    pub(super) fn zoom_settings(&self) -> Result<ZoomSettings, BoxFault> {
        let auth = Auth::AuthorizationCode {
            redirect_uri: SANDBOX_REDIRECT_URI.to_owned(),
        };
        let mut settings = ZoomSettings::new(
            Mode::Production,
            auth,
            SANDBOX_CLIENT_ID,
            SANDBOX_CLIENT_SECRET.into(),
        )
        .map_err(BoxFault::new)?;
        let url = |text: String| {
            Url::parse(&text).map_err(|error| BoxFault::new(SandboxError::Grant(error.to_string())))
        };
        settings.api_url = url(self.zoom.api_url())?;
        settings.oauth_url = url(self.zoom.oauth_url())?;
        Ok(settings)
    }

    /// The sender of the sandbox's mails.
    pub(super) fn sender() -> Result<Mailbox, SandboxError> {
        let address = "meetings@acme.example".parse().map_err(SandboxError::Sender)?;
        Ok(Mailbox::new("Acme", address))
    }
}

impl super::App {
    /// The sender of the sandbox's mails. It also serves to try templates without a mail server.
    ///
    /// # Errors
    /// [`SandboxError::Sender`], which does not happen in practice.
    pub fn example_sender() -> Result<Mailbox, BoxFault> {
        Sandbox::sender().map_err(BoxFault::new)
    }
}

/// Makes a running clock of the embedded Zoom show the time of our clock. A stopped clock stays as it is.
fn set_clock(zoom: &EmbeddedZoom, clock: &Clock) -> io::Result<()> {
    /// Two clocks that differ by at most this many seconds count as equal, because reading both takes time.
    const UNNOTICED: u64 = 2;
    let ours = (clock.now() - Clock::system().now()).num_seconds();
    zoom.with_world(|world| match world.clock {
        ZoomClock::System { ahead } if ahead.abs_diff(ours) > UNNOTICED => {
            world.clock = ZoomClock::System { ahead: ours };
        }
        ZoomClock::System { .. } | ZoomClock::Fixed { .. } => {}
    })
}
