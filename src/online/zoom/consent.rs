//! Consent in the browser: the request, and the redirect that answers it.

use std::fmt;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::error::presentable;

/// A request for consent: the address for the browser, and the secrets by which the redirect is checked.
#[derive(Clone)]
pub struct AuthorizationRequest {
    /// The address to open in the browser.
    pub url: Url,
    /// The redirect must contain this state. A redirect with another state answers another request.
    pub state: SecretString,
    /// Proves to Zoom that the code is exchanged by the client that asked for it (PKCE, RFC 7636).
    pub verifier: SecretString,
}

impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest").finish_non_exhaustive()
    }
}

/// The content of a redirect from the consent page.
#[derive(Debug)]
pub(super) struct Redirected {
    pub(super) code: Option<SecretString>,
    pub(super) state: Option<SecretString>,
    pub(super) error: Option<String>,
}

impl Redirected {
    /// Reads a redirected URL, or only its query, as people paste it: with spaces, quotes or angle brackets around it,
    /// with or without `https://`.
    pub(super) fn read(text: &str) -> Self {
        let text = text.trim().trim_matches(['"', '\'', '<', '>', '`']).trim();
        let query = text.split_once('?').map_or(text, |(_, query)| query);
        let query = query.split('#').next().unwrap_or_default();
        let mut redirected = Self {
            code: None,
            state: None,
            error: None,
        };
        let mut description = None;
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "code" if !value.is_empty() => redirected.code = Some(value.into_owned().into()),
                "state" => redirected.state = Some(value.into_owned().into()),
                "error" => redirected.error = Some(presentable(&value, &[])),
                "error_description" | "reason" => description = Some(presentable(&value, &[])),
                _ => {}
            }
        }
        if let (Some(error), Some(description)) = (&mut redirected.error, description) {
            error.push_str(": ");
            error.push_str(&description);
        }
        redirected
    }

    pub(super) fn answers(&self, request: &AuthorizationRequest) -> bool {
        self.state
            .as_ref()
            .is_some_and(|state| state.expose_secret() == request.state.expose_secret())
    }
}
