//! Everything that exists in an embedded Zoom: users, clients, grants, meetings, counters, the clock.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::grants::{Code, Grant};
use super::limits::Counters;
use super::{Change, Clock, Granted, MeetingRecord, Rules};

/// The account of the sandbox.
pub const SANDBOX_ACCOUNT_ID: &str = "sandbox-account";
/// The Zoom administrator of the sandbox, who consents to grants and hosts nothing, so that what happens to a
/// host does not end the grant.
pub const SANDBOX_ADMIN: &str = "zoom-admin@acme.example";
/// The Production client of the sandbox.
pub const SANDBOX_CLIENT_ID: &str = "sandbox-production";
/// Its secret, which is none.
pub const SANDBOX_CLIENT_SECRET: &str = "not-a-secret-production";
/// The Development client of the sandbox.
pub const SANDBOX_DEVELOPMENT_CLIENT_ID: &str = "sandbox-development";
/// Its secret, which is none.
pub const SANDBOX_DEVELOPMENT_CLIENT_SECRET: &str = "not-a-secret-development";
/// The Server-to-Server client of the sandbox.
pub const SANDBOX_SERVER_CLIENT_ID: &str = "sandbox-server-to-server";
/// Its secret, which is none.
pub const SANDBOX_SERVER_CLIENT_SECRET: &str = "not-a-secret-server-to-server";
/// The redirect URI that the clients of the sandbox have registered.
pub const SANDBOX_REDIRECT_URI: &str = "http://127.0.0.1:8765/zoom/callback";

/// The scopes needed to create, update and delete meetings; what a client has unless told otherwise.
pub const WRITE_SCOPES: [&str; 3] = [
    "meeting:delete:meeting:admin",
    "meeting:update:meeting:admin",
    "meeting:write:meeting:admin",
];
/// The scopes needed to read meetings, the list of a host's meetings, and users.
pub const READ_SCOPES: [&str; 3] = [
    "meeting:read:list_meetings:admin",
    "meeting:read:meeting:admin",
    "user:read:user:admin",
];

/// What a Zoom user may host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum License {
    /// Meetings of 40 minutes (type 1).
    Basic,
    /// Meetings (type 2).
    Licensed,
    /// A user on whom no meeting licence was bestowed (type 4).
    Unassigned,
    /// None (type 99).
    None,
}

impl License {
    /// Zoom's number for it.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Basic => 1,
            Self::Licensed => 2,
            Self::Unassigned => 4,
            Self::None => 99,
        }
    }

    pub(super) const fn hosts_meetings(self) -> bool {
        matches!(self, Self::Basic | Self::Licensed)
    }
}

/// The state of a Zoom user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// In use.
    Active,
    /// Invited, has not yet accepted.
    Pending,
    /// Deactivated by an administrator.
    Inactive,
}

impl UserStatus {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Pending => "pending",
            Self::Inactive => "inactive",
        }
    }
}

/// A user of an embedded Zoom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoomUser {
    /// The user id.
    pub id: String,
    /// The login address.
    pub email: String,
    /// The account to which the user belongs.
    pub account_id: String,
    /// The given name.
    pub first_name: String,
    /// The family name.
    pub last_name: String,
    /// What the user may host.
    pub license: License,
    /// The state.
    pub status: UserStatus,
    /// The name of the user's time zone, given to meetings that come without one.
    pub timezone: String,
    /// Ids of the users who may schedule meetings on this user's behalf.
    #[serde(default)]
    pub scheduled_by: BTreeSet<String>,
}

impl ZoomUser {
    /// An active licensed user of the sandbox's account. The id follows from the address.
    #[must_use]
    pub fn licensed(email: impl Into<String>) -> Self {
        let email = email.into();
        let digest = Sha256::digest(email.to_lowercase());
        let name = email.split('@').next().unwrap_or_default().to_owned();
        Self {
            id: URL_SAFE_NO_PAD.encode(&digest[..16]),
            email,
            account_id: SANDBOX_ACCOUNT_ID.to_owned(),
            first_name: name,
            last_name: "Sandbox".to_owned(),
            license: License::Licensed,
            status: UserStatus::Active,
            timezone: "UTC".to_owned(),
            scheduled_by: BTreeSet::new(),
        }
    }

    /// The same user with another licence.
    #[must_use]
    pub fn with_license(mut self, license: License) -> Self {
        self.license = license;
        self
    }

    /// The same user in another state.
    #[must_use]
    pub fn with_status(mut self, status: UserStatus) -> Self {
        self.status = status;
        self
    }

    /// The same user on another account.
    #[must_use]
    pub fn on_account(mut self, account_id: impl Into<String>) -> Self {
        self.account_id = account_id.into();
        self
    }

    /// The same user, who lets that user (an id) schedule meetings on his behalf.
    #[must_use]
    pub fn scheduled_by(mut self, user_id: impl Into<String>) -> Self {
        self.scheduled_by.insert(user_id.into());
        self
    }
}

/// Which OAuth flow a client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// A General App: authorization code and refresh token.
    General,
    /// A Server-to-Server app: account credentials.
    ServerToServer,
}

/// An OAuth client: one of the credentials of an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoomClient {
    /// The client id.
    pub id: String,
    /// The client secret; a public client has none and must use PKCE.
    pub secret: Option<String>,
    /// The account that owns the app.
    pub account_id: String,
    /// Its flow.
    pub kind: ClientKind,
    /// The scopes of the app. A grant has those that the app had when it was made.
    pub scopes: BTreeSet<String>,
    /// The redirect URIs, compared to the letter.
    pub redirect_uris: Vec<String>,
}

impl ZoomClient {
    /// A confidential client of a General App of the sandbox's account, with [`WRITE_SCOPES`] and
    /// [`SANDBOX_REDIRECT_URI`].
    #[must_use]
    pub fn general(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: Some(secret.into()),
            account_id: SANDBOX_ACCOUNT_ID.to_owned(),
            kind: ClientKind::General,
            scopes: WRITE_SCOPES.map(str::to_owned).into(),
            redirect_uris: vec![SANDBOX_REDIRECT_URI.to_owned()],
        }
    }

    /// A Server-to-Server client of the sandbox's account, with [`WRITE_SCOPES`].
    #[must_use]
    pub fn server_to_server(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            kind: ClientKind::ServerToServer,
            redirect_uris: Vec::new(),
            ..Self::general(id, secret)
        }
    }

    /// The same client with these scopes and no others.
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The same client with [`READ_SCOPES`] beside those it has.
    #[must_use]
    pub fn with_read_scopes(mut self) -> Self {
        self.scopes.extend(READ_SCOPES.map(str::to_owned));
        self
    }

    /// The same client with one more redirect URI.
    #[must_use]
    pub fn with_redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// The same client without a secret.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.secret = None;
        self
    }
}

/// Everything that exists in an embedded Zoom.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ZoomWorld {
    /// How it behaves.
    pub rules: Rules,
    /// What time it is in it.
    pub clock: Clock,
    /// The users of all accounts.
    pub users: Vec<ZoomUser>,
    /// The OAuth clients.
    pub clients: Vec<ZoomClient>,
    /// The meetings ever made, the deleted ones included.
    pub meetings: Vec<MeetingRecord>,
    pub(super) codes: Vec<Code>,
    pub(super) grants: Vec<Grant>,
    pub(super) counters: Counters,
}

impl ZoomWorld {
    /// A Zoom without anybody in it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The world of `--sandbox`: `ana@acme.example` with a licence and [`SANDBOX_ADMIN`]; a
    /// Production, a Development and a Server-to-Server client with [`WRITE_SCOPES`]. Its join URLs are on a host
    /// that cannot exist, so that nobody who follows one lands in a stranger's meeting.
    #[must_use]
    pub fn sandbox() -> Self {
        Self::new()
            .with_rules(Rules {
                join_base: "https://us05web.zoom.example".to_owned(),
                consenting_user: Some(SANDBOX_ADMIN.to_owned()),
                ..Rules::default()
            })
            .with_user(ZoomUser::licensed(SANDBOX_ADMIN).with_license(License::Basic))
            .with_user(ZoomUser {
                first_name: "Ana".to_owned(),
                last_name: "Núñez".to_owned(),
                timezone: "Europe/Madrid".to_owned(),
                ..ZoomUser::licensed("ana@acme.example")
            })
            .with_client(ZoomClient::general(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET))
            .with_client(ZoomClient::general(
                SANDBOX_DEVELOPMENT_CLIENT_ID,
                SANDBOX_DEVELOPMENT_CLIENT_SECRET,
            ))
            .with_client(ZoomClient::server_to_server(
                SANDBOX_SERVER_CLIENT_ID,
                SANDBOX_SERVER_CLIENT_SECRET,
            ))
    }

    /// The same world with one more user. A user of the same id is replaced.
    #[must_use]
    pub fn with_user(mut self, user: ZoomUser) -> Self {
        self.users.retain(|known| known.id != user.id);
        self.users.push(user);
        self
    }

    /// The same world with one more client. A client of the same id is replaced.
    #[must_use]
    pub fn with_client(mut self, client: ZoomClient) -> Self {
        self.clients.retain(|known| known.id != client.id);
        self.clients.push(client);
        self
    }

    /// The same world with other rules.
    #[must_use]
    pub fn with_rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    /// The same world at a time that stands still until it is moved.
    #[must_use]
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        self.clock = Clock::Fixed { at: now };
        self
    }

    /// The same world after a change.
    #[must_use]
    pub fn after(mut self, change: &Change) -> Self {
        change.apply(&mut self);
        self
    }

    /// What time it is in it.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A user by id or address, on whatever account.
    #[must_use]
    pub fn user(&self, id_or_email: &str) -> Option<&ZoomUser> {
        self.users
            .iter()
            .find(|user| user.id == id_or_email || user.email.eq_ignore_ascii_case(id_or_email))
    }

    pub(super) fn user_mut(&mut self, id_or_email: &str) -> Option<&mut ZoomUser> {
        self.users
            .iter_mut()
            .find(|user| user.id == id_or_email || user.email.eq_ignore_ascii_case(id_or_email))
    }

    /// A client by its id.
    #[must_use]
    pub fn client(&self, id: &str) -> Option<&ZoomClient> {
        self.clients.iter().find(|client| client.id == id)
    }

    /// The meetings that are there now: neither deleted nor expired.
    #[must_use]
    pub fn living_meetings(&self) -> Vec<MeetingRecord> {
        let now = self.now();
        let living = self.meetings.iter().filter(|meeting| meeting.is_alive(now));
        living.cloned().collect()
    }

    /// A meeting that is there now.
    #[must_use]
    pub fn meeting(&self, id: u64) -> Option<&MeetingRecord> {
        let now = self.now();
        self.meetings
            .iter()
            .find(|meeting| meeting.id == id && meeting.is_alive(now))
    }

    pub(super) fn meeting_mut(&mut self, id: u64) -> Option<&mut MeetingRecord> {
        let now = self.now();
        self.meetings
            .iter_mut()
            .find(|meeting| meeting.id == id && meeting.is_alive(now))
    }

    /// How many creations and updates a host (id or address) has used on the present UTC day.
    #[must_use]
    pub fn used_today(&self, host: &str) -> u32 {
        self.user(host)
            .map_or(0, |user| self.counters.host_used(&user.id, self.now()))
    }

    /// Makes a grant without the detour through the browser: what the token endpoint would have answered.
    /// `None` when there is no such client, or nobody who could consent.
    pub fn grant(&mut self, client_id: &str) -> Option<Granted> {
        let client = self.client(client_id)?.clone();
        match client.kind {
            ClientKind::ServerToServer => Some(self.issue_server_token(&client)),
            ClientKind::General => {
                let owner = self.consenting_user(&client.account_id)?.id.clone();
                Some(self.issue_grant(&client, &owner))
            }
        }
    }

    pub(super) fn consenting_user(&self, account_id: &str) -> Option<&ZoomUser> {
        let may = |user: &&ZoomUser| user.account_id == account_id && user.status == UserStatus::Active;
        match &self.rules.consenting_user {
            Some(named) => self.user(named).filter(may),
            None => self.users.iter().find(may),
        }
    }
}
