//! The one HTTP client for both of Zoom's servers.

use std::time::Duration;

use super::{ZoomError, ZoomSettings};
use crate::crypto::ensure_crypto_provider;
use crate::fault::BoxError;

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Kept short, so that a request is seldom written to a connection that the server is just closing: for a
/// creation that would be an unknown outcome.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// Longer answers are not Zoom's.
const LONGEST_BODY: usize = 4 << 20;

/// Builds the client. It follows no redirect and repeats nothing by itself.
pub(super) fn client(settings: &ZoomSettings) -> Result<reqwest::Client, ZoomError> {
    ensure_crypto_provider();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("invite/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT.min(settings.timeout))
        .timeout(settings.timeout)
        .pool_idle_timeout(IDLE_TIMEOUT);
    if settings.is_local() {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|e| ZoomError::Internal {
        doing: "preparing the connection to Zoom".to_owned(),
        reason: crate::fault::chain(&e),
    })
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: reqwest::header::HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silence {
    /// No connection was made: the other side saw nothing of the request.
    #[error("no connection could be made")]
    NotSent(#[source] BoxError),
    /// The request was sent, at least in part.
    #[error("the answer did not arrive")]
    Lost(#[source] BoxError),
}

/// Sends a request and reads the whole answer.
pub(super) async fn send(client: &reqwest::Client, request: reqwest::Request) -> Result<Answer, Silence> {
    let mut response = client.execute(request).await.map_err(|e| {
        let sent_nothing = e.is_connect() || e.is_builder();
        let source = Box::new(e.without_url());
        if sent_nothing {
            Silence::NotSent(source)
        } else {
            Silence::Lost(source)
        }
    })?;
    let mut body = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(part)) if body.len() + part.len() <= LONGEST_BODY => body.extend_from_slice(&part),
            Ok(Some(_)) => return Err(Silence::Lost("the answer is longer than 4 MiB".into())),
            Ok(None) => break,
            Err(e) => return Err(Silence::Lost(Box::new(e.without_url()))),
        }
    }
    Ok(Answer {
        status: response.status().as_u16(),
        headers: std::mem::take(response.headers_mut()),
        body,
    })
}
