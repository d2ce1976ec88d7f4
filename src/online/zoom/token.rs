//! Grants, and the port that stores them.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use super::Mode;
use crate::fault::BoxFault;
use crate::lease::Holder;

/// A grant of Zoom's: a pair of tokens, with their scopes and expiry. Its `Debug` shows neither token.
#[derive(Clone)]
pub struct Grant {
    /// The token that is sent with each request. It lives about 1 hour.
    pub access_token: SecretString,
    /// The token that is exchanged, once, for the next pair. A Server-to-Server app has none.
    pub refresh_token: Option<SecretString>,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
    /// The permissions of the access token.
    pub scopes: Vec<String>,
    /// The API of the account's region, if Zoom named one.
    pub api_url: Option<Url>,
    /// When Zoom issued this pair.
    pub obtained_at: DateTime<Utc>,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grant")
            .field("access_token", &"[redacted]")
            .field(
                "refresh_token",
                &self.refresh_token.as_ref().map(|_| "[redacted]"),
            )
            .field("expires_at", &self.expires_at)
            .field("scopes", &self.scopes)
            .field("api_url", &self.api_url.as_ref().map(Url::as_str))
            .field("obtained_at", &self.obtained_at)
            .finish()
    }
}

#[derive(Serialize, Deserialize)]
struct PlainGrant {
    access_token: String,
    refresh_token: Option<String>,
    expires_at: DateTime<Utc>,
    scopes: Vec<String>,
    api_url: Option<Url>,
    obtained_at: DateTime<Utc>,
}

/// A text is not a grant that [`Grant::to_secret_json`] wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored Zoom grant cannot be read")]
pub struct UnreadableGrant;

impl Grant {
    /// The whole grant as JSON, with its tokens. The store must encrypt it.
    #[must_use]
    pub fn to_secret_json(&self) -> SecretString {
        let plain = PlainGrant {
            access_token: self.access_token.expose_secret().to_owned(),
            refresh_token: self.refresh_token.as_ref().map(|t| t.expose_secret().to_owned()),
            expires_at: self.expires_at,
            scopes: self.scopes.clone(),
            api_url: self.api_url.clone(),
            obtained_at: self.obtained_at,
        };
        // Strings, dates and a list of strings can always be written as JSON.
        serde_json::to_string(&plain).unwrap_or_default().into()
    }

    /// Reads a grant that [`Grant::to_secret_json`] wrote.
    ///
    /// # Errors
    /// [`UnreadableGrant`] if the text is no such grant.
    pub fn from_secret_json(json: &str) -> Result<Self, UnreadableGrant> {
        let plain: PlainGrant = serde_json::from_str(json).map_err(|_| UnreadableGrant)?;
        Ok(Self {
            access_token: plain.access_token.into(),
            refresh_token: plain.refresh_token.map(Into::into),
            expires_at: plain.expires_at,
            scopes: plain.scopes,
            api_url: plain.api_url,
            obtained_at: plain.obtained_at,
        })
    }
}

/// The client that a grant belongs to. Tokens of one client are never used with another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenKey {
    /// The set of credentials.
    pub mode: Mode,
    /// The client id of these credentials.
    pub client_id: String,
}

/// A grant in a store.
#[derive(Debug, Clone)]
pub struct StoredGrant {
    /// The grant.
    pub grant: Grant,
    /// A new version is made each time a grant is written, and never used twice: equal versions mean the same grant.
    pub version: Uuid,
    /// Set if Zoom will not renew this grant any more.
    pub lost: Option<Loss>,
}

/// The loss of a grant: the reason, and the time when it was noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Zoom's message.
    pub reason: String,
    /// When the loss was noticed.
    pub at: DateTime<Utc>,
}

/// The right to renew a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshLease {
    /// The client whose grant may be renewed.
    pub key: TokenKey,
    /// The holder of the lease.
    pub holder: Holder,
    /// The version to replace. `None`: there is no grant yet.
    pub version: Option<Uuid>,
}

/// The result of [`TokenStore::lock_refresh`].
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made a few times an hour, and taken apart at once"
)]
pub enum RefreshLock {
    /// This process has the lease. Beside it the grant, as it was at that moment.
    Ours(RefreshLease, Option<StoredGrant>),
    /// Another process is renewing the grant. Its lease ends at this moment at the latest.
    Busy(DateTime<Utc>),
}

/// The result of [`TokenStore::replace`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// The new grant is stored under this version.
    Kept(Uuid),
    /// The grant had been replaced or deleted meanwhile. Nothing was written.
    Superseded,
}

/// The port that stores grants for all tasks and processes that share them. Every call is one transaction, and its
/// writes are durable when it returns.
///
/// Zoom's refresh tokens can be used once. If two processes used the same one, or if a new one were lost, an
/// administrator would have to connect again. So a process that renews a grant holds a [`RefreshLease`], and stores the
/// new pair with [`TokenStore::replace`] before it uses the new access token.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The grant, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredGrant>, BoxFault>;

    /// Stores a grant that an administrator has just given, in place of any earlier grant. No lease is ended: the
    /// lease's holder will find that its version is superseded.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn put(&self, key: &TokenKey, grant: &Grant) -> Result<(), BoxFault>;

    /// Asks for the right to renew the grant for as long as `lasting`. An expired lease goes to the next process that
    /// asks. This also works without a grant, for apps that request the first one themselves.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn lock_refresh(&self, key: &TokenKey, lasting: Duration) -> Result<RefreshLock, BoxFault>;

    /// Replaces the grant by the new one, and ends the lease.
    ///
    /// Only one condition counts: the stored version must still be the lease's version. An expired lease or a mark of
    /// loss does not matter, because the new pair is then the only valid one and must be kept. A mark of loss is
    /// removed.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn replace(&self, lease: &RefreshLease, grant: &Grant) -> Result<Replaced, BoxFault>;

    /// Marks the grant as lost, and ends the lease. Returns `false` and marks nothing if the stored version is not the
    /// lease's version any more.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn mark_lost(&self, lease: &RefreshLease, reason: &str) -> Result<bool, BoxFault>;

    /// Ends the lease without any change. A lease that another process has taken over stays with that process.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn release(&self, lease: &RefreshLease) -> Result<(), BoxFault>;

    /// Deletes the grant.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn forget(&self, key: &TokenKey) -> Result<(), BoxFault>;

    /// Records the result of the last request to Zoom, for reports on the connection. `error` is `None` after a
    /// success, otherwise the message, which contains no secret. A store may do nothing here.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn record_request(
        &self,
        key: &TokenKey,
        at: DateTime<Utc>,
        error: Option<&str>,
    ) -> Result<(), BoxFault> {
        let _ = (key, at, error);
        Ok(())
    }

    /// The results that [`TokenStore::record_request`] recorded.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn last_requests(&self, key: &TokenKey) -> Result<LastRequests, BoxFault> {
        let _ = key;
        Ok(LastRequests::default())
    }
}

/// The last successful request to Zoom, and the last failed one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastRequests {
    /// When a request last succeeded.
    pub success: Option<DateTime<Utc>>,
    /// When a request last failed, with its message.
    pub error: Option<(DateTime<Utc>, String)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grant_reads_back_and_hides_its_tokens() {
        let grant = Grant {
            access_token: "acc-tok".into(),
            refresh_token: Some("ref-tok".into()),
            expires_at: "2026-12-01T10:00:00Z".parse().unwrap(),
            scopes: vec!["meeting:write:meeting:admin".into()],
            api_url: Some("https://api-eu.zoom.us".parse().unwrap()),
            obtained_at: "2026-12-01T09:00:00Z".parse().unwrap(),
        };
        let read = Grant::from_secret_json(grant.to_secret_json().expose_secret()).unwrap();
        assert_eq!(read.access_token.expose_secret(), "acc-tok");
        assert_eq!(read.refresh_token.as_ref().unwrap().expose_secret(), "ref-tok");
        assert_eq!(
            (read.expires_at, &read.scopes, &read.api_url),
            (grant.expires_at, &grant.scopes, &grant.api_url)
        );
        let shown = format!("{read:?} {:?}", grant.to_secret_json());
        assert!(!shown.contains("-tok"), "{shown}");
        assert_eq!(
            Grant::from_secret_json(r#"{"access_token":"acc-tok"}"#).unwrap_err(),
            UnreadableGrant
        );
    }
}
