//! What a configuration says: a struct for each section.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::error::ConfigError;
use crate::calendar::{AttendeeList, Times};
use crate::database::KeySource;
use crate::mail::{Encryption, Login};
use crate::meeting::{EmailAddress, Zone};
use crate::online::zoom::{Auth, AutoRecording, Mode};
use crate::organization::Organization;

/// The whole configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The organization that invites.
    pub organization: Organization,
    /// Where our own state is kept.
    pub database: Database,
    /// Where meetings and people live.
    pub crm: CrmLocation,
    /// The Zoom app; `None` when no Zoom is configured.
    pub zoom: Option<Zoom>,
    /// The Jitsi Meet server that rooms are on; `None`: Jitsi is not configured.
    pub jitsi: Option<Url>,
    /// How mail leaves; `None` when no mail server is configured.
    pub smtp: Option<Smtp>,
    /// Where edited templates are.
    pub templates: Templates,
    /// How calendar objects are written.
    pub calendar: Calendar,
    /// The file that it was read from.
    pub file: Option<PathBuf>,
    /// What works, but should not stay so; each names the key it is about.
    pub warnings: Vec<String>,
    pub(super) key: KeySource,
}

/// Where our own state is kept: links, tokens, revisions, the outbox.
#[derive(Debug, Clone)]
pub struct Database {
    /// Which database.
    pub location: DatabaseLocation,
    /// How long what is over is kept; `None`: for ever.
    pub keep: Option<Duration>,
}

/// A database.
#[derive(Debug, Clone)]
pub enum DatabaseLocation {
    /// An SQLite file, made when it is missing.
    Sqlite(PathBuf),
    /// A PostgreSQL server: the whole URL, with its password where there is one.
    Postgres(SecretString),
}

/// Where meetings and people live.
#[derive(Debug, Clone)]
pub enum CrmLocation {
    /// In our own database.
    Builtin,
    /// In EspoCRM, reached over its REST API.
    EspoCrm {
        /// The address of its front page.
        url: Url,
        /// The key of the API user.
        api_key: SecretString,
    },
}

/// The Zoom app and its defaults.
#[derive(Debug, Clone)]
pub struct Zoom {
    /// Which of the app's credentials are used: those of [`Zoom::client_id`] and [`Zoom::client_secret`].
    pub mode: Mode,
    /// How access tokens are come by.
    pub auth: Auth,
    /// The address of the API.
    pub api_url: Url,
    /// The address that `/authorize` and `/token` are appended to.
    pub oauth_url: Url,
    /// The client id of the mode's credentials.
    pub client_id: String,
    /// The client secret of the mode's credentials.
    pub client_secret: SecretString,
    /// What every Zoom meeting is made with.
    pub meeting: ZoomMeetingDefaults,
}

/// What every Zoom meeting is made with; what is `None` was not said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ZoomMeetingDefaults {
    /// Guests wait until the host lets them in.
    pub waiting_room: Option<bool>,
    /// Guests may enter before the host.
    pub join_before_host: Option<bool>,
    /// How many minutes before the start they may: 0 (at any time), 5, 10 or 15.
    pub jbh_time: Option<u8>,
    /// Zoom makes up a passcode.
    pub passcode: Option<bool>,
    /// The host's camera is on at first.
    pub host_video: Option<bool>,
    /// The guests' cameras are on at first.
    pub participant_video: Option<bool>,
    /// Guests enter muted.
    pub mute_upon_entry: Option<bool>,
    /// Whether Zoom records by itself.
    pub auto_recording: Option<AutoRecording>,
}

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// The mail server.
    pub server: SmtpServer,
    /// What to log in with; `None` where the server wants no log-in.
    pub credentials: Option<SmtpCredentials>,
    /// The sender: From, and where bounces go.
    pub from: Sender,
    /// Where bounces go: the envelope sender; the sender's address when `None`.
    pub bounces_to: Option<EmailAddress>,
    /// Whether each mail has an envelope sender of its own.
    pub verp: bool,
    /// How many connections are open at once; from 1 to 100.
    pub connections: u32,
    /// How many messages leave in a second at most; `None` for no limit.
    pub max_per_second: Option<NonZeroU32>,
    /// How many messages a connection carries before it is replaced; `None` for no limit.
    pub max_per_connection: Option<NonZeroU32>,
    /// How long after a temporary refusal the next try is made. It doubles from try to try, up to an hour.
    pub first_retry: Duration,
    /// How long after the first try a message is given up.
    pub give_up_after: Duration,
    /// How messages are signed, a signature for each; none when the mail server does it, or nobody.
    pub dkim: Vec<Dkim>,
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// Its name or IP address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Encryption,
    /// The name to greet the server with; this machine's own when `None`.
    pub hello_name: Option<String>,
    /// Whether it runs on this machine.
    pub is_loopback: bool,
}

impl SmtpServer {
    /// Whether what is sent there travels unencrypted to another machine.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.tls == Encryption::None && !self.is_loopback
    }

    /// Whether it does when somebody on the way wants it to.
    #[must_use]
    pub fn may_be_open(&self) -> bool {
        self.tls == Encryption::Opportunistic && !self.is_loopback
    }
}

/// What to log in to a mail server with.
#[derive(Debug, Clone)]
pub struct SmtpCredentials {
    /// The user name.
    pub username: String,
    /// What goes with it.
    pub login: Login,
}

/// The sender of mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// The name to display.
    pub name: Option<String>,
    /// The address.
    pub address: EmailAddress,
}

/// How messages are signed (RFC 6376).
#[derive(Debug, Clone)]
pub struct Dkim {
    /// The signing domain.
    pub domain: String,
    /// The selector: the key's public half is in DNS under `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// The private key, RSA or Ed25519, in PEM.
    pub key: SecretString,
}

/// Where edited templates are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates {
    /// The folder. What is not in it is taken from the built-in templates.
    pub dir: PathBuf,
    /// Whether the configuration names it. If it does, the folder must exist; the usual one need not.
    pub is_named: bool,
}

/// How calendar objects are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calendar {
    /// In which zone times are.
    pub times: Times,
    /// Which attendees are listed.
    pub attendees: AttendeeList,
}

impl Config {
    /// The configuration of the sandbox, with all its state under a folder. It names no server.
    #[must_use]
    pub fn sandbox(dir: &Path) -> Self {
        let mut organization = Organization::new("Acme");
        organization.site_url = Url::parse("https://crm.acme.example").ok();
        organization.public_url = Url::parse("https://meet.acme.example").ok();
        organization.time_zone = Zone::new("Europe/Berlin").unwrap_or_else(|_| Zone::utc());
        Self {
            organization,
            database: Database {
                location: DatabaseLocation::Sqlite(dir.join("invite.db")),
                keep: None,
            },
            crm: CrmLocation::Builtin,
            zoom: None,
            jitsi: Url::parse("https://meet.acme.example").ok(),
            smtp: None,
            templates: Templates {
                dir: dir.join("templates"),
                is_named: false,
            },
            calendar: Calendar::default(),
            file: None,
            warnings: Vec::new(),
            key: KeySource::File(dir.join("invite.key")),
        }
    }

    /// Where the key comes from that tokens are encrypted with.
    #[must_use]
    pub fn encryption_key(&self) -> &KeySource {
        &self.key
    }

    /// The Zoom app.
    ///
    /// # Errors
    /// [`ConfigError::NoSection`] when none is configured.
    pub fn require_zoom(&self) -> Result<&Zoom, ConfigError> {
        self.zoom.as_ref().ok_or(ConfigError::NoSection {
            section: "zoom",
            needed_for: "pushing meetings to Zoom",
        })
    }

    /// How mail leaves.
    ///
    /// # Errors
    /// [`ConfigError::NoSection`] when no mail server is configured.
    pub fn require_smtp(&self) -> Result<&Smtp, ConfigError> {
        self.smtp.as_ref().ok_or(ConfigError::NoSection {
            section: "smtp",
            needed_for: "sending mail",
        })
    }
}
