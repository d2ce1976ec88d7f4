//! HTTP to other servers, in one way for all: bounded in time and length, no redirect followed, nothing repeated.

use std::time::Duration;

use url::Url;

use crate::crypto::ensure_crypto_provider;
use crate::fault::BoxError;

/// How long making a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Kept short, so that a request is seldom written to a connection that the server is just closing: for a
/// creation that would be an unknown outcome.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// No API that is asked here answers with more.
const LONGEST_BODY: usize = 4 << 20;

/// A client for servers that are all on this machine, where no proxy leads to, or not. A request to it may take so long.
///
/// # Errors
/// When the system's certificates cannot be read.
pub(crate) fn client(timeout: Duration, is_local: bool) -> reqwest::Result<reqwest::Client> {
    ensure_crypto_provider();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("invite/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .timeout(timeout)
        .pool_idle_timeout(IDLE_TIMEOUT);
    if is_local {
        builder = builder.no_proxy();
    }
    builder.build()
}

/// Whether an address is on this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok().map(str::trim)
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Silence {
    /// No connection was made: the other side saw nothing of the request.
    #[error("no connection could be made")]
    NotSent(#[source] BoxError),
    /// The request was sent, at least in part.
    #[error("the answer did not arrive")]
    Lost(#[source] BoxError),
}

/// Sends a request and reads the whole answer.
pub(crate) async fn send(client: &reqwest::Client, request: reqwest::Request) -> Result<Answer, Silence> {
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
