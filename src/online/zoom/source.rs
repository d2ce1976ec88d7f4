//! The source of access tokens. It renews a grant before it ends, and when Zoom refuses it. However many tasks and
//! processes need the new token, only one renews it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use tokio::sync::Mutex;
use url::Url;
use uuid::Uuid;

use super::oauth::{Oauth, TokenFault};
use super::{
    Auth, Grant, LastRequests, RefreshLease, RefreshLock, Replaced, StoredGrant, TokenKey, TokenStore,
    ZoomError, ZoomSettings,
};
use crate::chance::Chance;
use crate::clock::Clock;

/// An access token is renewed this long before its end.
const AHEAD: TimeDelta = TimeDelta::seconds(60);
/// The first and the longest pause between two reads of a store in which another process holds the lease.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(20), Duration::from_millis(500));
/// How many times a new pair of tokens is written to a store that fails.
const STORE_ATTEMPTS: u32 = 5;

/// An access token, ready to be used.
#[derive(Clone)]
pub(super) struct Access {
    pub(super) token: SecretString,
    pub(super) version: Uuid,
    pub(super) scopes: Vec<String>,
    pub(super) api_url: Option<Url>,
}

impl From<StoredGrant> for Access {
    fn from(stored: StoredGrant) -> Self {
        Self {
            token: stored.grant.access_token,
            version: stored.version,
            scopes: stored.grant.scopes,
            api_url: stored.grant.api_url,
        }
    }
}

pub(super) struct TokenSource {
    shared: Arc<Shared>,
}

struct Shared {
    oauth: Arc<Oauth>,
    store: Arc<dyn TokenStore>,
    key: TokenKey,
    lease: Duration,
    clock: Clock,
    chance: Chance,
    /// Lets only one task of this process at a time ask for the store's lease, so that the others need not poll.
    gate: Mutex<()>,
}

impl TokenSource {
    pub(super) fn new(settings: &ZoomSettings, oauth: Arc<Oauth>, store: Arc<dyn TokenStore>) -> Self {
        Self {
            shared: Arc::new(Shared {
                oauth,
                store,
                key: TokenKey {
                    mode: settings.mode,
                    client_id: settings.client_id.clone(),
                },
                // A renewal makes two requests at most.
                lease: settings.timeout * 2 + Duration::from_secs(10),
                clock: settings.clock.clone(),
                chance: settings.chance.clone(),
                gate: Mutex::new(()),
            }),
        }
    }

    pub(super) fn key(&self) -> &TokenKey {
        &self.shared.key
    }

    pub(super) async fn stored(&self) -> Result<Option<StoredGrant>, ZoomError> {
        self.shared.load().await
    }

    pub(super) async fn last_requests(&self) -> Result<LastRequests, ZoomError> {
        let shared = &self.shared;
        shared
            .store
            .last_requests(&shared.key)
            .await
            .map_err(ZoomError::Store)
    }

    /// Records the result of a request. A failure to record it is no error.
    pub(super) async fn record(&self, error: Option<&ZoomError>) {
        let shared = &self.shared;
        let message = error.map(ToString::to_string);
        let recorded = shared
            .store
            .record_request(&shared.key, shared.clock.now(), message.as_deref());
        if let Err(error) = recorded.await {
            tracing::warn!(%error, "how the request to Zoom went could not be recorded");
        }
    }

    /// Waits until this process renews no token.
    pub(super) async fn settle(&self) {
        drop(self.shared.gate.lock().await);
    }

    /// An access token that is valid for a while.
    pub(super) async fn access(&self, doing: &str) -> Result<Access, ZoomError> {
        match self.shared.load().await? {
            Some(stored) if stored.lost.is_none() && self.shared.is_fresh(&stored.grant) => Ok(stored.into()),
            _ => self.renew(None, doing).await,
        }
    }

    /// An access token other than one that Zoom refused.
    pub(super) async fn other_than(&self, refused: Uuid, doing: &str) -> Result<Access, ZoomError> {
        self.renew(Some(refused), doing).await
    }

    /// The renewal runs in a task of its own. If a caller stops half-way (a timeout, Ctrl-C), the new pair of tokens is
    /// stored all the same.
    async fn renew(&self, refused: Option<Uuid>, doing: &str) -> Result<Access, ZoomError> {
        let shared = Arc::clone(&self.shared);
        let task_doing = doing.to_owned();
        let task = tokio::spawn(async move { shared.renew(refused, &task_doing).await });
        task.await.unwrap_or_else(|e| {
            Err(ZoomError::Internal {
                doing: doing.to_owned(),
                reason: e.to_string(),
            })
        })
    }
}

impl Shared {
    fn is_fresh(&self, grant: &Grant) -> bool {
        self.clock.now() + AHEAD < grant.expires_at
    }

    fn is_alive(&self, grant: &Grant) -> bool {
        self.clock.now() < grant.expires_at
    }

    async fn load(&self) -> Result<Option<StoredGrant>, ZoomError> {
        self.store.load(&self.key).await.map_err(ZoomError::Store)
    }

    async fn renew(&self, refused: Option<Uuid>, doing: &str) -> Result<Access, ZoomError> {
        let _gate = self.gate.lock().await;
        let (since, began) = (self.clock.now(), Instant::now());
        let patience = self.lease * 2;
        let mut pause = LOOK_AGAIN.0;
        loop {
            if let Some(access) = self.settled(self.load().await?, refused, doing)? {
                return Ok(access);
            }
            let lock = self.store.lock_refresh(&self.key, self.lease).await;
            match lock.map_err(ZoomError::Store)? {
                RefreshLock::Ours(lease, stored) => {
                    if let Some(access) = self.renew_under(&lease, stored, refused, doing).await? {
                        return Ok(access);
                    }
                }
                RefreshLock::Busy(until) => {
                    if began.elapsed() > patience {
                        return Err(ZoomError::TokenBusy {
                            doing: doing.to_owned(),
                            since,
                        });
                    }
                    tokio::time::sleep(self.chance.at_most(pause).min(self.remaining(until))).await;
                    pause = (pause * 2).min(LOOK_AGAIN.1);
                }
            }
        }
    }

    /// A token that is valid for long enough, or the error if there cannot be one. `None`: a renewal is needed.
    fn settled(
        &self,
        stored: Option<StoredGrant>,
        refused: Option<Uuid>,
        doing: &str,
    ) -> Result<Option<Access>, ZoomError> {
        let Some(stored) = stored else {
            return match self.oauth.auth() {
                Auth::ServerToServer { .. } => Ok(None),
                Auth::AuthorizationCode { .. } => Err(ZoomError::NotConnected {
                    doing: doing.to_owned(),
                    mode: self.key.mode,
                }),
            };
        };
        if let Some(loss) = stored.lost {
            return Err(ZoomError::GrantLost {
                doing: doing.to_owned(),
                mode: self.key.mode,
                reason: loss.reason,
                at: loss.at,
            });
        }
        let good = refused != Some(stored.version) && self.is_fresh(&stored.grant);
        Ok(good.then(|| stored.into()))
    }

    /// Renews the grant under the lease. The lease ends here in every case. `None`: read the store again.
    async fn renew_under(
        &self,
        lease: &RefreshLease,
        stored: Option<StoredGrant>,
        refused: Option<Uuid>,
        doing: &str,
    ) -> Result<Option<Access>, ZoomError> {
        // Another process may have renewed the grant before this one got the lease.
        match self.settled(stored.clone(), refused, doing) {
            Ok(None) => {}
            settled => {
                self.give_back(lease).await;
                return settled;
            }
        }
        let fault = match self.ask(stored.as_ref()).await {
            Ok(grant) => return self.keep(lease, grant).await,
            Err(fault) => fault,
        };
        if let TokenFault::Dead { reason } = &fault {
            let marked = self
                .store
                .mark_lost(lease, reason)
                .await
                .map_err(ZoomError::Store)?;
            return if marked || stored.is_none() {
                tracing::warn!(mode = %self.key.mode, reason, "the grant of the Zoom connection is lost");
                Err(self.oauth.explain(fault, doing))
            } else {
                Ok(None)
            };
        }
        self.give_back(lease).await;
        match stored {
            // The renewal was only ahead of time, and can wait.
            Some(stored) if refused != Some(stored.version) && self.is_alive(&stored.grant) => {
                tracing::warn!(?fault, "the Zoom token could not be renewed yet");
                Ok(Some(stored.into()))
            }
            _ => Err(self.oauth.explain(fault, doing)),
        }
    }

    /// Asks Zoom for the next grant. If the answer is lost, it asks once more at once: if Zoom still accepts the old
    /// refresh token for a moment, that saves the connection.
    async fn ask(&self, stored: Option<&StoredGrant>) -> Result<Grant, TokenFault> {
        if let Auth::ServerToServer { account_id } = self.oauth.auth() {
            return match self.oauth.account_credentials(account_id).await {
                Err(TokenFault::Lost(_)) => self.oauth.account_credentials(account_id).await,
                // Nothing is lost: the next attempt asks with the same id and secret.
                Err(TokenFault::Dead { reason }) => Err(TokenFault::Refused {
                    error: "invalid_grant".to_owned(),
                    reason,
                }),
                answer => answer,
            };
        }
        let Some(token) = stored.and_then(|stored| stored.grant.refresh_token.as_ref()) else {
            return Err(TokenFault::Dead {
                reason: "it has ended, and has no refresh token".to_owned(),
            });
        };
        match self.oauth.refresh(token).await {
            Err(TokenFault::Lost(first)) => {
                tracing::warn!(error = %first, "the answer to a token renewal was lost; asking once more");
                match self.oauth.refresh(token).await {
                    Err(TokenFault::Dead { reason }) => Err(TokenFault::Dead {
                        reason: format!(
                            "Zoom's answer to its renewal was lost on the way, and the old token is used up ({reason})"
                        ),
                    }),
                    answer => answer,
                }
            }
            answer => answer,
        }
    }

    /// Stores a new pair of tokens, in several attempts, because no copy of it exists elsewhere.
    async fn keep(&self, lease: &RefreshLease, grant: Grant) -> Result<Option<Access>, ZoomError> {
        let mut pause = LOOK_AGAIN.0;
        let mut attempt = 1;
        loop {
            match self.store.replace(lease, &grant).await {
                Ok(Replaced::Kept(version)) => {
                    tracing::debug!(mode = %self.key.mode, expires_at = %grant.expires_at, "the Zoom token was renewed");
                    return Ok(Some(Access {
                        token: grant.access_token,
                        version,
                        scopes: grant.scopes,
                        api_url: grant.api_url,
                    }));
                }
                Ok(Replaced::Superseded) => return Ok(None),
                Err(_) if attempt < STORE_ATTEMPTS => {
                    tokio::time::sleep(self.chance.at_most(pause)).await;
                    pause = (pause * 4).min(Duration::from_secs(2));
                    attempt += 1;
                }
                Err(fault) => {
                    return Err(ZoomError::TokenNotStored {
                        source: Box::new(fault),
                    });
                }
            }
        }
    }

    fn remaining(&self, until: DateTime<Utc>) -> Duration {
        (until - self.clock.now()).to_std().unwrap_or_default() + Duration::from_millis(1)
    }

    async fn give_back(&self, lease: &RefreshLease) {
        // A lease that cannot be released ends by itself.
        if let Err(error) = self.store.release(lease).await {
            tracing::warn!(%error, "the right to renew the Zoom token could not be given back");
        }
    }
}
