//! The connection to Zoom: making it, looking at it, ending it.

use chrono::{DateTime, Utc};

use super::oauth::TokenFault;
use super::{Auth, AuthorizationRequest, LastRequests, Loss, Mode, ZoomClient, ZoomError, scopes};

/// The connection as the store knows it, without asking Zoom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// With which credentials.
    pub mode: Mode,
    /// The client id among them.
    pub client_id: String,
    /// How it stands.
    pub state: ConnectionState,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// Those needed for pushing that were not granted. Empty while there is no grant.
    pub missing_scopes: Vec<&'static str>,
    /// When the access token ends; it is then renewed by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When Zoom made the tokens in use: the last renewal.
    pub renewed_at: Option<DateTime<Utc>>,
    /// How the last requests went, as far as the store keeps it.
    pub last: LastRequests,
}

/// How the connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionState {
    /// There is a grant.
    Connected,
    /// There is none, but the first request will make one (Server-to-Server).
    OnDemand,
    /// There is none; `invite zoom connect` makes one.
    NotConnected,
    /// There was one, which Zoom does not renew any more.
    Lost(Loss),
}

/// How a connection ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disconnected {
    /// Zoom revoked the grant, and it is forgotten here.
    Revoked,
    /// Zoom knew nothing of it any more; it is forgotten here.
    Forgotten,
    /// There was none.
    Nothing,
}

impl ZoomClient {
    /// Begins a connection by consent in the browser: send the administrator to the request's `url`, then
    /// hand what the browser was redirected to to [`ZoomClient::finish_connect`].
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

    /// Ends a connection by consent: `redirected` is the whole URL that the browser was sent back to, or its
    /// query alone. The grant is stored when this returns.
    ///
    /// # Errors
    /// [`ZoomError::ConsentRefused`], [`ZoomError::NoCode`], [`ZoomError::StateMismatch`],
    /// [`ZoomError::CodeRejected`] (five minutes are over, or used before), [`ZoomError::WrongClient`], and when
    /// Zoom or the store cannot be reached.
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

    /// Makes sure that there is a working access token, renewing or (Server-to-Server) making one.
    ///
    /// # Errors
    /// [`ZoomError`] when there is none to be had.
    pub async fn verify(&self) -> Result<Connection, ZoomError> {
        self.api.tokens.access("checking the connection to Zoom").await?;
        self.status().await
    }

    /// Waits until no token is being renewed in this process. A program that is asked to stop should wait for
    /// this first: a new pair that was not stored yet would be lost, and the connection with it.
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

    /// Revokes the grant at Zoom, then forgets it. When Zoom cannot be reached, nothing is forgotten.
    ///
    /// # Errors
    /// [`ZoomError`] when Zoom or the store cannot be reached; the grant is then as it was.
    pub async fn disconnect(&self) -> Result<Disconnected, ZoomError> {
        let doing = "disconnecting from Zoom";
        let key = self.api.tokens.key();
        let Some(stored) = self.api.tokens.stored().await? else {
            return Ok(Disconnected::Nothing);
        };
        let revoked = if stored.lost.is_some() {
            false
        } else {
            // An access token that has ended revokes nothing.
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
    /// Whether meetings can be pushed with it: it stands, and no needed scope is missing.
    #[must_use]
    pub fn is_usable(&self) -> bool {
        matches!(self.state, ConnectionState::Connected | ConnectionState::OnDemand)
            && self.missing_scopes.is_empty()
    }
}
