//! The connection to Zoom: making, checking and ending it.

use chrono::{DateTime, Utc};

use super::oauth::TokenFault;
use super::{Auth, AuthorizationRequest, LastRequests, Loss, Mode, ZoomClient, ZoomError, scopes};

/// The connection as the store knows it, without asking Zoom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The set of credentials.
    pub mode: Mode,
    /// The client id of these credentials.
    pub client_id: String,
    /// The state of the connection.
    pub state: ConnectionState,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// The scopes that a push needs and that were not granted. Empty while there is no grant.
    pub missing_scopes: Vec<&'static str>,
    /// When the access token ends. It is renewed automatically.
    pub expires_at: Option<DateTime<Utc>>,
    /// When Zoom issued the tokens in use: the last renewal.
    pub renewed_at: Option<DateTime<Utc>>,
    /// The results of the last requests, as far as the store keeps them.
    pub last: LastRequests,
}

/// The state of a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionState {
    /// There is a grant.
    Connected,
    /// There is no grant, but the first request will get one (Server-to-Server).
    OnDemand,
    /// There is no grant; `invite zoom connect` gets one.
    NotConnected,
    /// There was a grant, but Zoom does not renew it any more.
    Lost(Loss),
}

/// The result of ending a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disconnected {
    /// Zoom revoked the grant, and it was deleted from the store.
    Revoked,
    /// Zoom did not know the grant any more. It was deleted from the store.
    Forgotten,
    /// There was no grant.
    Nothing,
}

impl ZoomClient {
    /// Begins a connection by consent in the browser. Send the administrator to the request's `url`, then pass the
    /// redirect that the browser gets to [`ZoomClient::finish_connect`].
    ///
    /// # Errors
    /// [`ZoomError::InvalidSettings`] for a Server-to-Server app, which needs no consent.
    pub fn begin_connect(&self) -> Result<AuthorizationRequest, ZoomError> {
        match self.oauth.auth() {
            Auth::AuthorizationCode { .. } => Ok(self.oauth.authorize()),
            Auth::ServerToServer { .. } => Err(ZoomError::InvalidSettings {
                key: "zoom.auth".to_owned(),
                reason: "a server_to_server app connects by itself, without consent in the browser"
                    .to_owned(),
            }),
        }
    }

    /// Completes a connection by consent. `redirected` is the whole URL to which the browser was redirected, or only
    /// its query. The grant is stored when this returns.
    ///
    /// # Errors
    /// [`ZoomError::ConsentRefused`], [`ZoomError::NoCode`], [`ZoomError::StateMismatch`], [`ZoomError::CodeRejected`]
    /// (the code is older than 5 minutes, or was used before), [`ZoomError::WrongClient`], and errors of reaching Zoom
    /// or the store.
    pub async fn finish_connect(
        &self,
        request: &AuthorizationRequest,
        redirected: &str,
    ) -> Result<Connection, ZoomError> {
        let grant = self.oauth.exchange(request, redirected).await?;
        self.store
            .put(self.api.tokens.key(), &grant)
            .await
            .map_err(ZoomError::Store)?;
        self.status().await
    }

    /// Makes sure that there is a valid access token. It renews the token, or (Server-to-Server) requests one.
    ///
    /// # Errors
    /// [`ZoomError`] if no token can be had.
    pub async fn verify(&self) -> Result<Connection, ZoomError> {
        self.api.tokens.access("checking the connection to Zoom").await?;
        self.status().await
    }

    /// Waits until this process is renewing no token. A program that is asked to stop should wait for this first: if a
    /// new pair of tokens were not stored, the connection would be lost.
    pub async fn settle(&self) {
        self.api.tokens.settle().await;
    }

    /// The connection as the store knows it. Zoom is not asked.
    ///
    /// # Errors
    /// [`ZoomError::Store`] when the store cannot be read.
    pub async fn status(&self) -> Result<Connection, ZoomError> {
        let key = self.api.tokens.key();
        let mut connection = Connection {
            mode: key.mode,
            client_id: key.client_id.clone(),
            state: match self.oauth.auth() {
                Auth::AuthorizationCode { .. } => ConnectionState::NotConnected,
                Auth::ServerToServer { .. } => ConnectionState::OnDemand,
            },
            scopes: Vec::new(),
            missing_scopes: Vec::new(),
            expires_at: None,
            renewed_at: None,
            last: self.api.tokens.last_requests().await?,
        };
        if let Some(stored) = self.api.tokens.stored().await? {
            connection.state = stored
                .lost
                .map_or(ConnectionState::Connected, ConnectionState::Lost);
            connection.missing_scopes = scopes::missing(&stored.grant.scopes);
            connection.scopes = stored.grant.scopes;
            connection.expires_at = Some(stored.grant.expires_at);
            connection.renewed_at = Some(stored.grant.obtained_at);
        }
        Ok(connection)
    }

    /// Revokes the grant at Zoom, then deletes it from the store. If Zoom cannot be reached, nothing is deleted.
    ///
    /// # Errors
    /// [`ZoomError`] if Zoom or the store cannot be reached. The grant is then unchanged.
    pub async fn disconnect(&self) -> Result<Disconnected, ZoomError> {
        let doing = "disconnecting from Zoom";
        let key = self.api.tokens.key();
        let Some(stored) = self.api.tokens.stored().await? else {
            return Ok(Disconnected::Nothing);
        };
        let revoked = if stored.lost.is_some() {
            false
        } else {
            // An expired access token cannot revoke anything.
            match self.api.tokens.access(doing).await {
                Ok(access) => match self.oauth.revoke(&access.token).await {
                    Ok(revoked) => revoked,
                    Err(
                        fault @ (TokenFault::Lost(_) | TokenFault::Failed(_) | TokenFault::Unreachable(_)),
                    ) => {
                        return Err(self.oauth.explain(fault, doing));
                    }
                    Err(fault @ TokenFault::WrongClient { .. }) => {
                        return Err(self.oauth.explain(fault, doing));
                    }
                    Err(_) => false,
                },
                Err(ZoomError::GrantLost { .. }) => false,
                Err(error) => return Err(error),
            }
        };
        self.store.forget(key).await.map_err(ZoomError::Store)?;
        Ok(if revoked {
            Disconnected::Revoked
        } else {
            Disconnected::Forgotten
        })
    }
}

impl Connection {
    /// Whether meetings can be pushed over the connection: there is or will be a grant, and no required scope is
    /// missing.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self.state, ConnectionState::Connected | ConnectionState::OnDemand)
            && self.missing_scopes.is_empty()
    }
}
