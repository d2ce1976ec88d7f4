//! The settings of a configuration: a struct for each section.

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
    /// The database for our own state.
    pub database: Database,
    /// The CRM, which has the meetings and the people.
    pub crm: CrmLocation,
    /// The Zoom app. `None`: Zoom is not configured.
    pub zoom: Option<Zoom>,
    /// The Jitsi Meet server of the rooms. `None`: Jitsi is not configured.
    pub jitsi: Option<Url>,
    /// The sending of mail. `None`: no mail server is configured.
    pub smtp: Option<Smtp>,
    /// The folder of edited templates.
    pub templates: Templates,
    /// The form of calendar objects.
    pub calendar: Calendar,
    /// The file that the configuration was read from.
    pub file: Option<PathBuf>,
    /// Warnings about settings that work, but should be changed. Each names its key.
    pub warnings: Vec<String>,
    pub(super) key: KeySource,
}

/// The database for our own state: links, tokens, revisions, the outbox.
#[derive(Debug, Clone)]
pub struct Database {
    /// The database's address.
    pub location: DatabaseLocation,
    /// How long meetings that are over are kept. `None`: for ever.
    pub keep: Option<Duration>,
}

/// The address of a database.
#[derive(Debug, Clone)]
pub enum DatabaseLocation {
    /// An SQLite file. It is made if it is missing.
    Sqlite(PathBuf),
    /// A PostgreSQL server: the whole URL, with a password if there is one.
    Postgres(SecretString),
}

/// The CRM, which has the meetings and the people.
#[derive(Debug, Clone)]
pub enum CrmLocation {
    /// The built-in CRM, in our own database.
    Builtin,
    /// EspoCRM, over its REST API.
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
    /// The set of the app's credentials that is used: the one with [`Zoom::client_id`] and [`Zoom::client_secret`].
    pub mode: Mode,
    /// The way to get access tokens.
    pub auth: Auth,
    /// The address of the API.
    pub api_url: Url,
    /// The address that `/authorize` and `/token` are appended to.
    pub oauth_url: Url,
    /// The client id of the mode's credentials.
    pub client_id: String,
    /// The client secret of the mode's credentials.
    pub client_secret: SecretString,
    /// The settings of every Zoom meeting.
    pub meeting: ZoomMeetingDefaults,
}

/// The settings of every Zoom meeting. `None`: the configuration does not set it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ZoomMeetingDefaults {
    /// Guests wait until the host lets them in.
    pub waiting_room: Option<bool>,
    /// Guests may enter before the host.
    pub join_before_host: Option<bool>,
    /// How many minutes before the start guests may enter: 0 (at any time), 5, 10 or 15.
    pub jbh_time: Option<u8>,
    /// Zoom gives each meeting a passcode.
    pub passcode: Option<bool>,
    /// The host's camera is on at first.
    pub host_video: Option<bool>,
    /// The guests' cameras are on at first.
    pub participant_video: Option<bool>,
    /// Guests enter muted.
    pub mute_upon_entry: Option<bool>,
    /// Whether Zoom records automatically.
    pub auto_recording: Option<AutoRecording>,
}

/// The sending of mail.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// The mail server.
    pub server: SmtpServer,
    /// The credentials. `None`: the server needs no log-in.
    pub credentials: Option<SmtpCredentials>,
    /// The sender: From, and the address for bounces.
    pub from: Sender,
    /// The envelope sender, to which bounces go. `None`: the sender's address.
    pub bounces_to: Option<EmailAddress>,
    /// Whether each mail has its own envelope sender.
    pub verp: bool,
    /// How many connections are open at once; from 1 to 100.
    pub connections: u32,
    /// How many messages leave in a second at most; `None` for no limit.
    pub max_per_second: Option<NonZeroU32>,
    /// How many messages a connection carries before it is replaced; `None` for no limit.
    pub max_per_connection: Option<NonZeroU32>,
    /// The pause between a temporary refusal and the next try. It doubles with each try, up to 1 hour.
    pub first_retry: Duration,
    /// How long after its first try a message is given up.
    pub give_up_after: Duration,
    /// The DKIM signatures of each message. Empty: the mail server signs, or messages are not signed.
    pub dkim: Vec<Dkim>,
}

/// A mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmtpServer {
    /// The server's name or IP address, without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: Encryption,
    /// The name to greet the server with. `None`: this machine's own name.
    pub hello_name: Option<String>,
    /// Whether the server runs on this machine.
    pub is_loopback: bool,
}

impl SmtpServer {
    /// Whether mails travel to the server unencrypted and leave this machine.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.tls == Encryption::None && !self.is_loopback
    }

    /// Whether an attacker on the way can make mails travel unencrypted.
    #[must_use]
    pub fn may_be_open(&self) -> bool {
        self.tls == Encryption::Opportunistic && !self.is_loopback
    }
}

/// The credentials for a mail server.
#[derive(Debug, Clone)]
pub struct SmtpCredentials {
    /// The user name.
    pub username: String,
    /// The password, or the source of access tokens.
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

/// A DKIM signature (RFC 6376).
#[derive(Debug, Clone)]
pub struct Dkim {
    /// The signing domain.
    pub domain: String,
    /// The selector: the public key is in DNS under `SELECTOR._domainkey.DOMAIN`.
    pub selector: String,
    /// The private key, RSA or Ed25519, in PEM.
    pub key: SecretString,
}

/// The folder of edited templates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Templates {
    /// The folder. Templates that are not in it are the built-in ones.
    pub dir: PathBuf,
    /// Whether the configuration names the folder. A named folder must exist; the default one need not.
    pub is_named: bool,
}

/// The form of calendar objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Calendar {
    /// The form of times.
    pub times: Times,
    /// The attendees that are listed.
    pub attendees: AttendeeList,
}

impl Config {
    /// The configuration of the sandbox, with all its state in a folder. It names no server.
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

    /// The source of the key that encrypts tokens.
    #[must_use]
    pub fn encryption_key(&self) -> &KeySource {
        &self.key
    }

    /// The Zoom app.
    ///
    /// # Errors
    /// [`ConfigError::NoSection`] if no Zoom is configured.
    pub fn require_zoom(&self) -> Result<&Zoom, ConfigError> {
        self.zoom.as_ref().ok_or(ConfigError::NoSection {
            section: "zoom",
            needed_for: "pushing meetings to Zoom",
        })
    }

    /// The sending of mail.
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
