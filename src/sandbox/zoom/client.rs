//! The OAuth clients of an embedded Zoom.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{SANDBOX_ACCOUNT_ID, SANDBOX_REDIRECT_URI};

/// The scopes needed to create, update and delete meetings. They are a client's default.
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

/// The OAuth flow of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientKind {
    /// A General App: authorization code and refresh token.
    General,
    /// A Server-to-Server app: account credentials.
    ServerToServer,
}

/// An OAuth client: one set of an app's credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ZoomClient {
    /// The client id.
    pub id: String,
    /// The client secret. `None`: a public client, which must use PKCE.
    pub secret: Option<String>,
    /// The account that owns the app.
    pub account_id: String,
    /// The client's flow.
    pub kind: ClientKind,
    /// The scopes of the app. A grant gets the scopes that the app has at that moment.
    pub scopes: BTreeSet<String>,
    /// The redirect URIs, compared character by character.
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

    /// The same client with only these scopes.
    #[must_use]
    pub fn with_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        self
    }

    /// The same client with [`READ_SCOPES`] in addition to its own.
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
