//! HTTP requests to other servers, with the same rules for all: limited in time and length, without following
//! redirects, without repeating.

use std::time::Duration;

use url::Url;

use crate::crypto::ensure_crypto_provider;
use crate::fault::BoxError;

/// How long opening a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long an idle connection is kept. The time is short, so that a request is seldom written to a connection that the
/// server is just closing. For a creation, the outcome would be unknown.
const IDLE_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest answer, in octets. The APIs that are asked have shorter ones.
const LONGEST_BODY: usize = 4 << 20;

/// A client. `is_local`: all its servers are on this machine, so no proxy is used. `timeout` is the longest time for
/// one request.
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

/// The answer of a server.
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

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Silence {
    /// No connection was made: the server received nothing of the request.
    #[error("no connection could be made")]
    NotSent(#[source] BoxError),
    /// The request was sent at least in part, so the server may have carried it out.
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
