//! Zoom's authorization server: consent, tokens, revocation.
//!
//! Zoom's refusals have the form `{"reason": "Invalid Token!", "error": "invalid_grant"}`, which is not RFC 6749's.
//! Their HTTP status has changed over the years, so only the body decides the meaning of a refusal.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use chrono::{DateTime, TimeDelta, Utc};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AsyncHttpClient, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, StandardRevocableToken, StandardTokenResponse,
    TokenResponse, TokenUrl,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::consent::{AuthorizationRequest, Redirected};
use super::error::presentable;
use super::{Auth, Grant, Mode, Reply, ZoomError, ZoomSettings};
use crate::clock::Clock;
use crate::fault::BoxError;
use crate::http::{self, Silence};

/// Zoom's additions to the fields of RFC 6749.
#[derive(Debug, Serialize, Deserialize)]
struct ZoomFields {
    api_url: Option<String>,
}

impl ExtraTokenFields for ZoomFields {}

type ZoomTokens = StandardTokenResponse<ZoomFields, BasicTokenType>;

type Client = oauth2::Client<
    BasicErrorResponse,
    ZoomTokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// Why the authorization server issued no token.
#[derive(Debug)]
pub(super) enum TokenFault {
    /// The refresh token or code cannot be used any more.
    Dead { reason: String },
    /// The client id and secret were not accepted.
    WrongClient { reason: String },
    /// Zoom refused for another reason.
    Refused { error: String, reason: String },
    /// Zoom failed, or asked to wait. This says nothing about the grant.
    Failed(Reply),
    /// No connection could be made. Nothing was sent.
    Unreachable(BoxError),
    /// The request was sent, and its answer was lost.
    Lost(BoxError),
    /// Zoom's answer contains no token.
    Unreadable { status: u16, reason: &'static str },
}

/// Zoom's authorization server, for one app.
pub(super) struct Oauth {
    http: reqwest::Client,
    client: Client,
    mode: Mode,
    auth: Auth,
    client_id: String,
    client_secret: SecretString,
    base: Url,
    clock: Clock,
}

impl fmt::Debug for Oauth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oauth")
            .field("mode", &self.mode)
            .field("auth", &self.auth)
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

impl Oauth {
    pub(super) fn new(settings: &ZoomSettings, http: reqwest::Client) -> Self {
        let base = &settings.oauth_url;
        let mut client = oauth2::Client::new(ClientId::new(settings.client_id.clone()))
            .set_client_secret(ClientSecret::new(
                settings.client_secret.expose_secret().to_owned(),
            ))
            .set_auth_uri(AuthUrl::from_url(endpoint(base, "authorize")))
            .set_token_uri(TokenUrl::from_url(endpoint(base, "token")));
        if let Auth::AuthorizationCode { redirect_uri } = &settings.auth
            && let Ok(redirect) = RedirectUrl::new(redirect_uri.clone())
        {
            client = client.set_redirect_uri(redirect);
        }
        Self {
            http,
            client,
            mode: settings.mode,
            auth: settings.auth.clone(),
            client_id: settings.client_id.clone(),
            client_secret: settings.client_secret.clone(),
            base: base.clone(),
            clock: settings.clock.clone(),
        }
    }

    pub(super) fn auth(&self) -> &Auth {
        &self.auth
    }

    /// A new request for consent, with its own state and PKCE verifier.
    pub(super) fn authorize(&self) -> AuthorizationRequest {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let (url, state) = self
            .client
            .authorize_url(CsrfToken::new_random)
            .set_pkce_challenge(challenge)
            .url();
        AuthorizationRequest {
            url,
            state: state.into_secret().into(),
            verifier: verifier.into_secret().into(),
        }
    }

    /// Exchanges the redirect that answers a request for consent for a grant.
    pub(super) async fn exchange(
        &self,
        request: &AuthorizationRequest,
        redirected: &str,
    ) -> Result<Grant, ZoomError> {
        let doing = "connecting to Zoom";
        let redirected = Redirected::read(redirected);
        if redirected.state.is_some() && !redirected.answers(request) {
            return Err(ZoomError::StateMismatch);
        }
        if let Some(reason) = redirected.error {
            return Err(ZoomError::ConsentRefused { reason });
        }
        let code = redirected.code.ok_or(ZoomError::NoCode)?;
        if redirected.state.is_none() {
            return Err(ZoomError::StateMismatch);
        }
        let asked_at = self.clock.now();
        let answer = self
            .client
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(request.verifier.expose_secret().to_owned()))
            .request_async(&Bridge(&self.http))
            .await;
        let secrets = [code.expose_secret(), request.verifier.expose_secret()];
        let grant = understand(answer, asked_at, &secrets).map_err(|fault| match fault {
            TokenFault::Dead { reason } => ZoomError::CodeRejected { reason },
            TokenFault::Refused { error, reason } if error == "invalid_request" => {
                ZoomError::CodeRejected { reason }
            }
            other => self.explain(other, doing),
        })?;
        if grant.refresh_token.is_none() {
            return Err(ZoomError::UnreadableAnswer {
                doing: doing.to_owned(),
                status: 200,
                reason: "there is no refresh token in it".to_owned(),
            });
        }
        Ok(grant)
    }

    /// Exchanges a refresh token for the next pair of tokens.
    pub(super) async fn refresh(&self, refresh_token: &SecretString) -> Result<Grant, TokenFault> {
        let asked_at = self.clock.now();
        let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
        let answer = self
            .client
            .exchange_refresh_token(&token)
            .request_async(&Bridge(&self.http))
            .await;
        let mut grant = understand(answer, asked_at, &[refresh_token.expose_secret()])?;
        // RFC 6749 §6: if the answer has no new refresh token, the old one stays valid.
        grant.refresh_token.get_or_insert_with(|| refresh_token.clone());
        Ok(grant)
    }

    /// Requests a token for a Server-to-Server app. The grant type is Zoom's own; the `oauth2` crate does not know it.
    pub(super) async fn account_credentials(&self, account_id: &str) -> Result<Grant, TokenFault> {
        let asked_at = self.clock.now();
        let body = [("grant_type", "account_credentials"), ("account_id", account_id)];
        let answer = self.post("token", &body).await.map_err(HttpFault::Silence);
        let answer = answer.and_then(accept).map_err(|fault| fault.classify(&[]))?;
        let tokens =
            serde_json::from_slice::<ZoomTokens>(&answer.body).map_err(|_| TokenFault::Unreadable {
                status: answer.status,
                reason: NO_TOKEN,
            })?;
        Ok(grant(&tokens, asked_at))
    }

    /// Revokes a grant by its access token. `Ok(false)`: Zoom does not know the token any more.
    pub(super) async fn revoke(&self, access_token: &SecretString) -> Result<bool, TokenFault> {
        let body = [("token", access_token.expose_secret())];
        let answer = self.post("revoke", &body).await.map_err(HttpFault::Silence);
        match answer
            .and_then(accept)
            .map_err(|fault| fault.classify(&[access_token.expose_secret()]))
        {
            Ok(_) => Ok(true),
            Err(TokenFault::Dead { .. }) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<http::Answer, Silence> {
        let request = self
            .http
            .post(endpoint(&self.base, path))
            .basic_auth(&self.client_id, Some(self.client_secret.expose_secret()))
            .header(reqwest::header::ACCEPT, "application/json")
            .form(form)
            .build()
            .map_err(|e| Silence::NotSent(Box::new(e.without_url())))?;
        http::send(&self.http, request).await
    }

    /// The error for a fault. For a dead grant, the caller has a better one.
    pub(super) fn explain(&self, fault: TokenFault, doing: &str) -> ZoomError {
        let doing = doing.to_owned();
        match fault {
            TokenFault::Dead { reason } => ZoomError::GrantLost {
                doing,
                mode: self.mode,
                reason,
                at: self.clock.now(),
            },
            TokenFault::WrongClient { reason } => ZoomError::WrongClient {
                doing,
                mode: self.mode,
                reason,
            },
            TokenFault::Refused { error, reason } => ZoomError::OauthRefused { doing, error, reason },
            TokenFault::Failed(reply) => ZoomError::ServerFailed { doing, reply },
            TokenFault::Unreachable(source) => ZoomError::Unreachable {
                doing,
                server: self.base.host_str().unwrap_or("Zoom").to_owned(),
                source,
            },
            TokenFault::Lost(source) => ZoomError::AnswerLost { doing, source },
            TokenFault::Unreadable { status, reason } => ZoomError::UnreadableAnswer {
                doing,
                status,
                reason: reason.to_owned(),
            },
        }
    }
}

const NO_TOKEN: &str = "there is no token in it";

fn endpoint(base: &Url, name: &str) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(name);
    }
    url
}

fn grant(tokens: &ZoomTokens, asked_at: DateTime<Utc>) -> Grant {
    let lifetime = tokens.expires_in().map_or(3600, |lifetime| lifetime.as_secs());
    let lifetime = i64::try_from(lifetime).unwrap_or(3600).clamp(0, 366 * 86_400);
    Grant {
        access_token: tokens.access_token().secret().as_str().into(),
        refresh_token: tokens.refresh_token().map(|token| token.secret().as_str().into()),
        expires_at: asked_at + TimeDelta::seconds(lifetime),
        scopes: tokens
            .scopes()
            .map(|scopes| scopes.iter().map(|scope| scope.as_str().to_owned()).collect())
            .unwrap_or_default(),
        api_url: tokens
            .extra_fields()
            .api_url
            .as_deref()
            .and_then(|url| Url::parse(url).ok()),
        obtained_at: asked_at,
    }
}

fn understand(
    answer: Result<ZoomTokens, RequestTokenError<HttpFault, BasicErrorResponse>>,
    asked_at: DateTime<Utc>,
    secrets: &[&str],
) -> Result<Grant, TokenFault> {
    match answer {
        Ok(tokens) => Ok(grant(&tokens, asked_at)),
        Err(RequestTokenError::Request(fault)) => Err(fault.classify(secrets)),
        // An answer that cannot be parsed may contain tokens, so nothing of it is repeated.
        Err(_) => Err(TokenFault::Unreadable {
            status: 200,
            reason: NO_TOKEN,
        }),
    }
}

/// Lets the `oauth2` crate send over our HTTP client.
struct Bridge<'a>(&'a reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Bridge<'_> {
    type Error = HttpFault;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpFault>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let request = reqwest::Request::try_from(request)
                .map_err(|e| HttpFault::Silence(Silence::NotSent(Box::new(e.without_url()))))?;
            let answer = http::send(self.0, request).await.map_err(HttpFault::Silence)?;
            let answer = accept(answer)?;
            Ok(HttpResponse::new(answer.body))
        })
    }
}

#[derive(Debug, thiserror::Error)]
enum HttpFault {
    #[error(transparent)]
    Silence(Silence),
    #[error("HTTP {status}")]
    Refused { status: u16, body: Vec<u8> },
}

fn accept(answer: http::Answer) -> Result<http::Answer, HttpFault> {
    if answer.status == 200 {
        Ok(answer)
    } else {
        Err(HttpFault::Refused {
            status: answer.status,
            body: answer.body,
        })
    }
}

/// The refusals of the authorization server, in its two forms.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Refusal {
    reason: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
    #[serde(rename = "errorCode", alias = "code")]
    code: Option<i64>,
    #[serde(rename = "errorMessage", alias = "message")]
    message: Option<String>,
}

impl HttpFault {
    fn classify(self, secrets: &[&str]) -> TokenFault {
        let (status, body) = match self {
            Self::Silence(Silence::NotSent(source)) => return TokenFault::Unreachable(source),
            Self::Silence(Silence::Lost(source)) => return TokenFault::Lost(source),
            Self::Refused { status, body } => (status, body),
        };
        let refusal = serde_json::from_slice::<Refusal>(&body).unwrap_or_default();
        let error = refusal.error.unwrap_or_default();
        let words = [refusal.reason, refusal.error_description, refusal.message];
        let reason = words.into_iter().flatten().find(|text| !text.trim().is_empty());
        let reason = presentable(&reason.unwrap_or_else(|| format!("HTTP {status}")), secrets);
        if status >= 500 || status == 429 || status == 408 {
            let message = if reason == format!("HTTP {status}") {
                String::new()
            } else {
                reason
            };
            return TokenFault::Failed(Reply {
                message,
                code: refusal.code,
                ..Reply::bare(status)
            });
        }
        match (&*error, refusal.code) {
            ("invalid_grant", _) | (_, Some(4735 | 4738 | 4740 | 4741 | 4717 | 4733 | 4734)) => {
                TokenFault::Dead { reason }
            }
            _ if reason.to_ascii_lowercase().contains("invalid token") => TokenFault::Dead { reason },
            ("invalid_client", _) | (_, Some(4702 | 4704)) => TokenFault::WrongClient { reason },
            ("", None) => TokenFault::Failed(Reply::bare(status)),
            ("", Some(code)) => TokenFault::Refused {
                error: format!("code {code}"),
                reason,
            },
            _ => TokenFault::Refused {
                error: presentable(&error, secrets),
                reason,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classify(status: u16, body: &str) -> TokenFault {
        HttpFault::Refused {
            status,
            body: body.as_bytes().to_vec(),
        }
        .classify(&["s3cret"])
    }

    #[test]
    fn the_body_decides_what_a_refusal_means() {
        let dead = |fault| matches!(fault, TokenFault::Dead { .. });
        for status in [400, 401] {
            assert!(dead(classify(
                status,
                r#"{"reason":"Invalid Token!","error":"invalid_grant"}"#
            )));
            assert!(dead(classify(
                status,
                r#"{"reason":"Invalid Token!","error":"invalid_request"}"#
            )));
            let wrong = classify(
                status,
                r#"{"reason":"Invalid client_id or client_secret","error":"invalid_client"}"#,
            );
            assert!(matches!(wrong, TokenFault::WrongClient { .. }));
        }
        assert!(dead(classify(
            400,
            r#"{"status":false,"errorCode":4735,"errorMessage":"The token's owner does not exist.","result":null}"#
        )));
        for body in ["", "<html>Bad Gateway</html>", r#"{"error":"invalid_grant"}"#] {
            assert!(matches!(classify(502, body), TokenFault::Failed(_)), "{body}");
        }
        for body in ["", "<html></html>", "[]", "{}"] {
            assert!(matches!(classify(400, body), TokenFault::Failed(_)), "{body}");
        }
        assert!(matches!(
            classify(400, r#"{"reason":"grant type X is not supported from token endpoint","error":"unsupported_grant_type"}"#),
            TokenFault::Refused { error, .. } if error == "unsupported_grant_type"
        ));
    }

    #[test]
    fn a_secret_that_zoom_repeats_is_not_shown() {
        let shown = format!(
            "{:?}",
            classify(
                400,
                r#"{"reason":"Invalid authorization code s3cret","error":"invalid_request"}"#
            )
        );
        assert!(shown.contains("Invalid authorization code [redacted]"), "{shown}");
    }

    #[test]
    fn a_redirect_is_read_as_people_paste_it() {
        for text in [
            "https://acme.example/zoom?code=c%2B1&state=s",
            " acme.example/zoom?state=s&code=c%2B1#top ",
            "code=c%2B1&state=s",
            "<https://acme.example/zoom?code=c%2B1&state=s>",
        ] {
            let read = Redirected::read(text);
            assert_eq!(read.code.unwrap().expose_secret(), "c+1", "{text}");
            assert_eq!(read.state.unwrap().expose_secret(), "s", "{text}");
        }
        assert!(Redirected::read("https://acme.example/zoom").code.is_none());
        let denied = Redirected::read("?error=access_denied&error_description=The+user+said+no&state=s");
        assert_eq!(denied.error.as_deref(), Some("access_denied: The user said no"));
    }
}
