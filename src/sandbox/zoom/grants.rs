//! Authorization codes, grants and their tokens.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{UserStatus, ZoomClient, ZoomWorld};

/// The behaviour of a refresh token after its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// The token is void at once.
    Strict,
    /// The token can be used again for this many seconds after its first use.
    Grace {
        /// The seconds.
        seconds: u32,
    },
}

/// The answer of the token endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Granted {
    /// The access token.
    pub access_token: String,
    /// Always `bearer`.
    pub token_type: String,
    /// The refresh token. Server-to-Server clients get none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// How long the access token lives, in seconds.
    pub expires_in: u32,
    /// The scopes, separated by spaces.
    pub scope: String,
    /// The base of the API, without `/v2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_url: Option<String>,
}

/// The method by which the code's verifier is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum ChallengeMethod {
    Plain,
    S256,
}

/// An authorization code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) code: String,
    pub(super) client_id: String,
    pub(super) owner: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<(ChallengeMethod, String)>,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) used: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct AccessToken {
    pub(super) token: String,
    pub(super) expires_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefreshToken {
    pub(super) token: String,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) used_at: Option<DateTime<Utc>>,
}

/// The permissions of a client, and the tokens that prove them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Grant {
    pub(super) client_id: String,
    pub(super) account_id: String,
    /// The user who consented. `None`: a Server-to-Server grant.
    pub(super) owner: Option<String>,
    pub(super) scopes: BTreeSet<String>,
    pub(super) access: Vec<AccessToken>,
    pub(super) refresh: Vec<RefreshToken>,
}

/// The caller of the API.
#[derive(Debug, Clone)]
pub(super) struct Caller {
    pub(super) client_id: String,
    pub(super) account_id: String,
    pub(super) owner: Option<String>,
    pub(super) scopes: BTreeSet<String>,
}

/// Why the API does not accept an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BadToken {
    Unknown,
    Expired,
}

/// How many spent tokens of a grant are remembered, to tell an expired token from an unknown one.
const REMEMBERED: usize = 50;

impl ZoomWorld {
    /// A new grant of a user to a General App. An earlier grant of the same user to the same client becomes void.
    pub(super) fn issue_grant(&mut self, client: &ZoomClient, owner: &str) -> Granted {
        self.grants
            .retain(|grant| grant.client_id != client.id || grant.owner.as_deref() != Some(owner));
        self.grants.push(Grant {
            client_id: client.id.clone(),
            account_id: client.account_id.clone(),
            owner: Some(owner.to_owned()),
            scopes: client.scopes.clone(),
            access: Vec::new(),
            refresh: Vec::new(),
        });
        let last = self.grants.len() - 1;
        self.issue_tokens(last, true)
    }

    /// An access token for a Server-to-Server client.
    pub(super) fn issue_server_token(&mut self, client: &ZoomClient) -> Granted {
        let known = self.grants.iter().position(|grant| grant.client_id == client.id);
        let index = known.unwrap_or_else(|| {
            self.grants.push(Grant {
                client_id: client.id.clone(),
                account_id: client.account_id.clone(),
                owner: None,
                scopes: BTreeSet::new(),
                access: Vec::new(),
                refresh: Vec::new(),
            });
            self.grants.len() - 1
        });
        self.grants[index].scopes = client.scopes.clone();
        if self.rules.single_server_token {
            self.grants[index].access.clear();
        }
        self.issue_tokens(index, false)
    }

    fn issue_tokens(&mut self, index: usize, refreshable: bool) -> Granted {
        let now = self.now();
        let access = AccessToken {
            token: new_token(),
            expires_at: now + TimeDelta::seconds(self.rules.access_token_seconds.into()),
        };
        let refresh = refreshable.then(|| RefreshToken {
            token: new_token(),
            expires_at: now + TimeDelta::days(self.rules.refresh_token_days.into()),
            used_at: None,
        });
        let grant = &mut self.grants[index];
        let granted = Granted {
            access_token: access.token.clone(),
            token_type: "bearer".to_owned(),
            refresh_token: refresh.as_ref().map(|refresh| refresh.token.clone()),
            expires_in: self.rules.access_token_seconds.saturating_sub(1),
            scope: grant
                .scopes
                .iter()
                .map(String::as_str)
                .collect::<Vec<_>>()
                .join(" "),
            api_url: None,
        };
        grant.access.push(access);
        grant.refresh.extend(refresh);
        let surplus = grant.access.len().saturating_sub(REMEMBERED);
        grant.access.drain(..surplus);
        let surplus = grant.refresh.len().saturating_sub(REMEMBERED);
        grant.refresh.drain(..surplus);
        granted
    }

    /// Exchanges a refresh token. `None`: the token is void, or belongs to another client.
    pub(super) fn refresh(&mut self, client_id: &str, token: &str) -> Option<Granted> {
        let now = self.now();
        let rotation = self.rules.rotation;
        let index = self.grants.iter().position(|grant| {
            grant.client_id == client_id && grant.refresh.iter().any(|refresh| refresh.token == token)
        })?;
        if !self.owner_is_active(&self.grants[index]) {
            return None;
        }
        let grant = &mut self.grants[index];
        let refresh = grant.refresh.iter_mut().find(|refresh| refresh.token == token)?;
        let spent = match (refresh.used_at, rotation) {
            (None, _) => false,
            (Some(_), Rotation::Strict) => true,
            (Some(used), Rotation::Grace { seconds }) => now > used + TimeDelta::seconds(seconds.into()),
        };
        if spent || now >= refresh.expires_at {
            return None;
        }
        refresh.used_at.get_or_insert(now);
        Some(self.issue_tokens(index, true))
    }

    /// The client with this refresh token.
    pub(super) fn holder_of(&self, refresh_token: &str) -> Option<&str> {
        let holds = |grant: &&Grant| grant.refresh.iter().any(|refresh| refresh.token == refresh_token);
        self.grants
            .iter()
            .find(holds)
            .map(|grant| grant.client_id.as_str())
    }

    /// Ends the grant with this access or refresh token. Returns whether there was one.
    pub(super) fn revoke(&mut self, client_id: &str, token: &str) -> bool {
        let before = self.grants.len();
        self.grants.retain(|grant| {
            let has = grant.access.iter().any(|access| access.token == token)
                || grant.refresh.iter().any(|refresh| refresh.token == token);
            !(grant.client_id == client_id && has)
        });
        self.grants.len() < before
    }

    /// The caller with this access token.
    pub(super) fn caller(&self, token: &str) -> Result<Caller, BadToken> {
        let now = self.now();
        for grant in &self.grants {
            let Some(access) = grant.access.iter().find(|access| access.token == token) else {
                continue;
            };
            if !self.owner_is_active(grant) {
                return Err(BadToken::Unknown);
            }
            if now >= access.expires_at {
                return Err(BadToken::Expired);
            }
            return Ok(Caller {
                client_id: grant.client_id.clone(),
                account_id: grant.account_id.clone(),
                owner: grant.owner.clone(),
                scopes: grant.scopes.clone(),
            });
        }
        Err(BadToken::Unknown)
    }

    fn owner_is_active(&self, grant: &Grant) -> bool {
        grant.owner.as_ref().is_none_or(|owner| {
            self.user(owner)
                .is_some_and(|user| user.status == UserStatus::Active)
        })
    }
}

/// A text in the form of a JSON Web Token. Clients must not interpret it.
pub(super) fn new_token() -> String {
    format!("eyJhbGciOiJIUzUxMiJ9.{}{}.{}", random(), random(), random())
}

/// 22 random characters that are allowed in URLs.
pub(super) fn random() -> String {
    URL_SAFE_NO_PAD.encode(Uuid::new_v4().into_bytes())
}
