//! Grants, and the port to where they are kept.

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

/// What Zoom granted: a pair of tokens and what they are good for. Its `Debug` shows neither token.
#[derive(Clone)]
pub struct Grant {
    /// Sent with each request; lives about an hour.
    pub access_token: SecretString,
    /// Exchanged, once, for the next pair. A Server-to-Server app has none.
    pub refresh_token: Option<SecretString>,
    /// When the access token ends.
    pub expires_at: DateTime<Utc>,
    /// The permissions that come with it.
    pub scopes: Vec<String>,
    /// The API of the account's region, where Zoom named one.
    pub api_url: Option<Url>,
    /// When Zoom made this pair.
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
    /// The whole grant as JSON, tokens included: for a store to encrypt.
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
        // Strings, dates and a list of strings: nothing that JSON cannot write.
        serde_json::to_string(&plain).unwrap_or_default().into()
    }

    /// Reads what [`Grant::to_secret_json`] wrote.
    ///
    /// # Errors
    /// [`UnreadableGrant`] when it is something else.
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

/// Whose grant it is. Tokens made by one client are never used with another.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenKey {
    /// Which credentials.
    pub mode: Mode,
    /// The client id among them.
    pub client_id: String,
}

/// A grant as a store keeps it.
#[derive(Debug, Clone)]
pub struct StoredGrant {
    /// The grant.
    pub grant: Grant,
    /// Made anew each time a grant is written, and never used twice: equal versions are the same grant.
    pub version: Uuid,
    /// Set when Zoom will not renew this grant any more.
    pub lost: Option<Loss>,
}

/// Why and when a grant was found to be of no more use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What Zoom said.
    pub reason: String,
    /// When it was noticed.
    pub at: DateTime<Utc>,
}

/// The right to renew a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshLease {
    /// Whose grant.
    pub key: TokenKey,
    /// Who has the right.
    pub holder: Holder,
    /// The version that is to be replaced; `None` when there is no grant yet.
    pub version: Option<Uuid>,
}

/// What [`TokenStore::lock_refresh`] answers.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "made a few times an hour, and taken apart at once"
)]
pub enum RefreshLock {
    /// The right is ours. Beside it the grant as it was at that very moment.
    Ours(RefreshLease, Option<StoredGrant>),
    /// Somebody else is renewing the grant, at the latest until then.
    Busy(DateTime<Utc>),
}

/// What [`TokenStore::replace`] answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// The new grant is kept, under this version.
    Kept(Uuid),
    /// The grant had been replaced or forgotten meanwhile; nothing was written.
    Superseded,
}

/// Where grants are kept, for all tasks and processes that share them. Every call is one transaction, and
/// what it wrote is durable when it returns.
///
/// Zoom's refresh tokens are good for one use: if two processes used the same one, or a new one were lost,
/// an administrator would have to connect again. So whoever renews a grant holds a [`RefreshLease`], and
/// writes the new pair with [`TokenStore::replace`] before the new access token is used.
#[async_trait]
pub trait TokenStore: Send + Sync {
    /// The grant, if there is one.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredGrant>, BoxFault>;

    /// Keeps a grant that an administrator just gave, whatever there was before. Ends nobody's lease: its
    /// holder will find its version superseded.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn put(&self, key: &TokenKey, grant: &Grant) -> Result<(), BoxFault>;

    /// Asks for the right to renew the grant for as long as `lasting`. A lease that has run out goes to the
    /// next who asks. Works without a grant too, for apps that make the first one by themselves.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn lock_refresh(&self, key: &TokenKey, lasting: Duration) -> Result<RefreshLock, BoxFault>;

    /// Replaces the grant by its successor and ends the lease.
    ///
    /// It counts only whether the stored version is still the lease's, not whether the lease has run out
    /// or the grant was marked lost meanwhile: the new pair is then the only living one, and must be kept.
    /// A mark of loss is removed.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn replace(&self, lease: &RefreshLease, grant: &Grant) -> Result<Replaced, BoxFault>;

    /// Marks the grant as lost and ends the lease. `false`, and nothing is marked, when the stored version is
    /// not the lease's any more.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn mark_lost(&self, lease: &RefreshLease, reason: &str) -> Result<bool, BoxFault>;

    /// Gives the lease back with nothing changed. One that somebody else has taken over stays theirs.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn release(&self, lease: &RefreshLease) -> Result<(), BoxFault>;

    /// Forgets the grant.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn forget(&self, key: &TokenKey) -> Result<(), BoxFault>;

    /// Keeps how the last request to Zoom went, for whoever asks how the connection does: `error` is `None`
    /// when it went well, else the message, which holds no secret. A store may leave it out.
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

    /// What [`TokenStore::record_request`] kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn last_requests(&self, key: &TokenKey) -> Result<LastRequests, BoxFault> {
        let _ = key;
        Ok(LastRequests::default())
    }
}

/// When a request to Zoom last went well, and when and how one last failed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastRequests {
    /// The last one that went well.
    pub success: Option<DateTime<Utc>>,
    /// The last one that failed, with its message.
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
