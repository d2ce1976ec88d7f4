//! Everything that exists in an embedded Zoom: users, clients, grants, meetings, counters, the clock.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::grants::{Code, Grant};
use super::limits::Counters;
use super::{
    Change, ClientKind, Clock, Granted, License, MeetingRecord, Rules, UserStatus, ZoomClient, ZoomUser,
};

/// The account of the sandbox.
pub const SANDBOX_ACCOUNT_ID: &str = "sandbox-account";
/// The Zoom administrator of the sandbox, who consents to grants. This user hosts no meetings, so that changes of a
/// host do not end the grant.
pub const SANDBOX_ADMIN: &str = "zoom-admin@acme.example";
/// The Production client of the sandbox.
pub const SANDBOX_CLIENT_ID: &str = "sandbox-production";
/// The secret of that client. It protects nothing.
pub const SANDBOX_CLIENT_SECRET: &str = "not-a-secret-production";
/// The Development client of the sandbox.
pub const SANDBOX_DEVELOPMENT_CLIENT_ID: &str = "sandbox-development";
/// The secret of that client. It protects nothing.
pub const SANDBOX_DEVELOPMENT_CLIENT_SECRET: &str = "not-a-secret-development";
/// The Server-to-Server client of the sandbox.
pub const SANDBOX_SERVER_CLIENT_ID: &str = "sandbox-server-to-server";
/// The secret of that client. It protects nothing.
pub const SANDBOX_SERVER_CLIENT_SECRET: &str = "not-a-secret-server-to-server";
/// The redirect URI that the clients of the sandbox have registered.
pub const SANDBOX_REDIRECT_URI: &str = "http://127.0.0.1:8765/zoom/callback";

/// Everything that exists in an embedded Zoom.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ZoomWorld {
    /// The settings of its behaviour.
    pub rules: Rules,
    /// The clock of this world.
    pub clock: Clock,
    /// The users of all accounts.
    pub users: Vec<ZoomUser>,
    /// The OAuth clients.
    pub clients: Vec<ZoomClient>,
    /// All meetings that were ever created, with deleted ones.
    pub meetings: Vec<MeetingRecord>,
    pub(super) codes: Vec<Code>,
    pub(super) grants: Vec<Grant>,
    pub(super) counters: Counters,
}

impl ZoomWorld {
    /// A Zoom without users, clients and meetings.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The world of `--sandbox`: `ana@acme.example` with a licence, and [`SANDBOX_ADMIN`]; a Production, a Development
    /// and a Server-to-Server client with [`WRITE_SCOPES`](super::WRITE_SCOPES). Its join URLs have a host that cannot
    /// exist, so that nobody who follows one joins a stranger's meeting.
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

    /// The same world at a time that stands still until a test moves it.
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

    /// The time in this world.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// A user of any account, by id or address.
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

    /// The meetings that exist now: neither deleted nor expired.
    #[must_use]
    pub fn living_meetings(&self) -> Vec<MeetingRecord> {
        let now = self.now();
        let living = self.meetings.iter().filter(|meeting| meeting.is_alive(now));
        living.cloned().collect()
    }

    /// A meeting that exists now, by its id.
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

    /// How many creations and updates a host (by id or address) has used on the present UTC day.
    #[must_use]
    pub fn used_today(&self, host: &str) -> u32 {
        self.user(host)
            .map_or(0, |user| self.counters.host_used(&user.id, self.now()))
    }

    /// Makes a grant without a browser, and returns the token endpoint's answer. `None`: there is no such client, or no
    /// user who can consent.
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
