//! Access tokens for the log-in by XOAUTH2, renewed before they expire (RFC 6749 §4.4, §6).

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::super::transport::TransportError;
use crate::clock::Clock;
use crate::fault::BoxError;
use crate::http;
use crate::meeting::one_line;

/// A token counts as expired this long before its end.
const MARGIN: Duration = Duration::from_secs(60);
/// How long a token is used if the authorization server gives no lifetime.
const UNSAID: Duration = Duration::from_secs(600);

/// The longest time that a token is kept.
const LONGEST: Duration = Duration::from_secs(30 * 86_400);

/// The authorization server that issues access tokens for a mailbox, and the credentials for it.
#[derive(Debug, Clone)]
pub struct TokenSettings {
    /// The token endpoint of the authorization server.
    pub url: Url,
    /// The id of the client that is registered there.
    pub client_id: String,
    /// The client's secret, if it has one.
    pub client_secret: Option<SecretString>,
    /// The refresh token that the mailbox's owner consented to; `None` for a client that acts by itself (the client
    /// credentials grant).
    pub refresh_token: Option<SecretString>,
    /// The scope to ask for, if the authorization server needs one.
    pub scope: Option<String>,
}

/// A token, kept until it expires.
#[derive(Debug)]
pub(super) struct Tokens {
    settings: TokenSettings,
    http: reqwest::Client,
    current: Mutex<Option<Current>>,
    clock: Clock,
}

#[derive(Debug)]
struct Current {
    token: SecretString,
    until: DateTime<Utc>,
}

/// A successful answer (RFC 6749 §5.1).
#[derive(Deserialize)]
struct Granted {
    access_token: SecretString,
    expires_in: Option<u64>,
}

/// An unsuccessful answer (RFC 6749 §5.2).
#[derive(Deserialize)]
struct Refused {
    error: String,
    error_description: Option<String>,
}

impl Tokens {
    pub(super) fn new(settings: TokenSettings, timeout: Duration) -> Result<Self, BoxError> {
        let http = http::client(timeout, http::is_loopback(&settings.url))?;
        Ok(Self {
            settings,
            http,
            current: Mutex::default(),
            clock: Clock::default(),
        })
    }

    pub(super) fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    /// A valid token. If several connections need a new one, one connection requests it and the others wait.
    pub(super) async fn access(&self) -> Result<SecretString, TransportError> {
        let mut current = self.current.lock().await;
        if let Some(known) = current.as_ref().filter(|known| self.clock.now() < known.until) {
            return Ok(known.token.clone());
        }
        let granted = self.ask().await?;
        let lasts = granted.expires_in.map_or(UNSAID, Duration::from_secs);
        // A very long lifetime is cut.
        let lasts = lasts.saturating_sub(MARGIN).min(LONGEST);
        let until = self.clock.now() + TimeDelta::from_std(lasts).unwrap_or_default();
        let token = granted.access_token.clone();
        *current = Some(Current {
            token: granted.access_token,
            until,
        });
        Ok(token)
    }

    /// Whether a token of an earlier connection is kept.
    pub(super) async fn has_one(&self) -> bool {
        self.current.lock().await.is_some()
    }

    /// Forgets a token that the mail server refused, so that the next connection requests another one.
    pub(super) async fn forget(&self, token: &SecretString) {
        let mut current = self.current.lock().await;
        current.take_if(|known| known.token.expose_secret() == token.expose_secret());
    }

    async fn ask(&self) -> Result<Granted, TransportError> {
        let settings = &self.settings;
        let server = settings.url.host_str().unwrap_or_default().to_owned();
        let mut form = vec![("client_id", settings.client_id.as_str())];
        if let Some(secret) = &settings.client_secret {
            form.push(("client_secret", secret.expose_secret()));
        }
        match &settings.refresh_token {
            Some(token) => {
                form.push(("grant_type", "refresh_token"));
                form.push(("refresh_token", token.expose_secret()));
            }
            None => form.push(("grant_type", "client_credentials")),
        }
        if let Some(scope) = &settings.scope {
            form.push(("scope", scope));
        }
        let unreachable = |source: BoxError| TransportError::Unreachable {
            server: server.clone(),
            source,
        };
        let request = self.http.post(settings.url.clone()).form(&form).build();
        let request = request.map_err(|error| unreachable(error.without_url().into()))?;
        let answer = http::send(&self.http, request)
            .await
            .map_err(|silence| unreachable(silence.into()))?;
        if answer.is_success()
            && let Ok(granted) = serde_json::from_slice(&answer.body)
        {
            return Ok(granted);
        }
        // Only the standard's fields are shown: the rest of an answer may contain a secret.
        let said = match serde_json::from_slice::<Refused>(&answer.body) {
            Ok(refused) => {
                let described = refused.error_description.unwrap_or_default();
                let text = one_line(&format!("{} {described}", refused.error));
                format!("{} {}", answer.status, text.trim())
            }
            Err(_) => format!("{}, without a token", answer.status),
        };
        if answer.status >= 500 || answer.status == 429 {
            return Err(unreachable(format!("it answered {said}").into()));
        }
        Err(TransportError::NoToken { server, answer: said })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers each request with a token for 1 hour: `token-1`, `token-2` …
    async fn authorization_server() -> Url {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/token", listener.local_addr().unwrap());
        tokio::spawn(async move {
            for number in 1.. {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut asked = Vec::new();
                // The form is short and ends with the grant type.
                while !asked.ends_with(b"grant_type=client_credentials") {
                    asked.push(stream.read_u8().await.unwrap());
                }
                let body = format!(r#"{{"access_token": "token-{number}", "expires_in": 3600}}"#);
                let answer = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                    body.len()
                );
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        });
        url.parse().unwrap()
    }

    #[tokio::test]
    async fn a_token_is_kept_until_a_minute_before_its_end() {
        crate::crypto::ensure_crypto_provider();
        let settings = TokenSettings {
            url: authorization_server().await,
            client_id: "invite".to_owned(),
            client_secret: None,
            refresh_token: None,
            scope: None,
        };
        let clock = Clock::manual("2031-07-01T10:00:00Z".parse().unwrap());
        let mut tokens = Tokens::new(settings, Duration::from_secs(10)).unwrap();
        tokens.set_clock(clock.clone());
        let access = async || tokens.access().await.unwrap().expose_secret().to_owned();
        assert_eq!(access().await, "token-1");
        clock.advance(TimeDelta::seconds(3539));
        assert_eq!(access().await, "token-1");
        clock.advance(TimeDelta::seconds(1));
        assert_eq!(access().await, "token-2");
    }
}
