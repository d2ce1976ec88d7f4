//! Requests to the meeting API: authorized, paced, and repeated if that is safe.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use super::refusal::{Task, Verdict, judge};
use super::source::{Access, TokenSource};
use super::{RetryPolicy, ZoomError, ZoomSettings};
use crate::chance::Chance;
use crate::clock::Clock;
use crate::http::{self, Answer, Silence};
use crate::online::{OnlineError, Outcome};

/// When to try again, if Zoom names no time and this program has stopped waiting.
const TRY_AGAIN_IN: TimeDelta = TimeDelta::minutes(1);
/// How many redirects are followed.
const LONGEST_DETOUR: u32 = 3;

/// The error of one request, with its outcome at Zoom.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) outcome: Outcome,
    pub(super) error: Box<ZoomError>,
}

impl Failure {
    fn new(outcome: Outcome, error: ZoomError) -> Self {
        Self {
            outcome,
            error: Box::new(error),
        }
    }

    pub(super) fn not_done(error: ZoomError) -> Self {
        Self::new(Outcome::NotDone, error)
    }
}

impl From<Failure> for OnlineError {
    fn from(failure: Failure) -> Self {
        Self::new(failure.outcome, *failure.error)
    }
}

/// Whether a request may be sent again after its answer was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Repeat {
    /// A second request has the same effect as one.
    Safe,
    /// A second request would create a second meeting.
    Never,
}

/// One request, before it is authorized.
struct Call<'a> {
    task: Task<'a>,
    method: Method,
    path: String,
    body: Option<Vec<u8>>,
}

impl Call<'_> {
    fn repeat(&self) -> Repeat {
        if self.method == Method::POST {
            Repeat::Never
        } else {
            Repeat::Safe
        }
    }

    /// The outcome at Zoom. `may_have_arrived`: an attempt may have reached Zoom, and its answer is not known.
    fn outcome(&self, may_have_arrived: bool) -> Outcome {
        if may_have_arrived && self.method != Method::GET {
            Outcome::Unknown
        } else {
            Outcome::NotDone
        }
    }
}

pub(super) struct Api {
    http: reqwest::Client,
    base: Url,
    retry: RetryPolicy,
    clock: Clock,
    chance: Chance,
    pub(super) tokens: TokenSource,
    /// After Zoom's per-second limit was hit, no task of this process sends before this moment.
    not_before: Mutex<Option<Instant>>,
}

impl Api {
    pub(super) fn new(settings: &ZoomSettings, http: reqwest::Client, tokens: TokenSource) -> Self {
        Self {
            http,
            base: settings.api_url.clone(),
            retry: settings.retry.clone(),
            clock: settings.clock.clone(),
            chance: settings.chance.clone(),
            tokens,
            not_before: Mutex::new(None),
        }
    }

    /// `GET`, with the JSON of the answer.
    pub(super) async fn get<T: DeserializeOwned>(&self, task: Task<'_>, path: String) -> Result<T, Failure> {
        let call = Call {
            task,
            method: Method::GET,
            path,
            body: None,
        };
        let answer = self.run(&call).await?;
        read(&call, &answer)
    }

    /// `POST`, with the JSON of the answer. The request is not repeated once it may have reached Zoom.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        task: Task<'_>,
        path: String,
        body: &impl Serialize,
    ) -> Result<T, Failure> {
        let call = Call {
            task,
            method: Method::POST,
            path,
            body: Some(encode(task, body)?),
        };
        let answer = self.run(&call).await?;
        read(&call, &answer)
    }

    /// `PATCH`, whose answer is empty.
    pub(super) async fn patch(
        &self,
        task: Task<'_>,
        path: String,
        body: &impl Serialize,
    ) -> Result<(), Failure> {
        let call = Call {
            task,
            method: Method::PATCH,
            path,
            body: Some(encode(task, body)?),
        };
        self.run(&call).await.map(drop)
    }

    /// `DELETE`, whose answer is empty.
    pub(super) async fn delete(&self, task: Task<'_>, path: String) -> Result<(), Failure> {
        let call = Call {
            task,
            method: Method::DELETE,
            path,
            body: None,
        };
        self.run(&call).await.map(drop)
    }

    async fn run(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        let result = self.ask(call).await;
        self.tokens
            .record(result.as_ref().err().map(|failure| &*failure.error))
            .await;
        result
    }

    async fn ask(&self, call: &Call<'_>) -> Result<Answer, Failure> {
        let doing = call.task.doing();
        let mut access = self.tokens.access(&doing).await.map_err(Failure::not_done)?;
        let mut renewed = false;
        let mut redirected: Option<Url> = None;
        let mut detours = 0;
        let mut attempt = 1;
        let mut pause = self.retry.first_pause;
        let mut may_have_arrived = false;
        loop {
            let attempts_left = attempt < self.retry.attempts;
            self.wait_for_my_turn().await;
            let request = self.request(call, &access, redirected.as_ref())?;
            let url = request.url().clone();
            let answer = match http::send(&self.http, request).await {
                Ok(answer) => answer,
                Err(silence) => {
                    may_have_arrived |= matches!(silence, Silence::Lost(_));
                    let safe = !may_have_arrived || call.repeat() == Repeat::Safe;
                    if !(safe && attempts_left) {
                        return Err(Failure::new(
                            call.outcome(may_have_arrived),
                            silent(silence, doing, &url),
                        ));
                    }
                    tracing::debug!(doing, attempt, error = %silence, "trying Zoom again");
                    tokio::time::sleep(self.chance.at_most(pause)).await;
                    attempt += 1;
                    pause *= 2;
                    continue;
                }
            };
            if answer.is_success() {
                tracing::debug!(doing, status = answer.status, "Zoom answered");
                return Ok(answer);
            }
            if let Some(to) = trusted_redirect(&answer, &url)
                && detours < LONGEST_DETOUR
            {
                detours += 1;
                redirected = Some(to);
                continue;
            }
            let fail = |may_have_arrived, error| Err(Failure::new(call.outcome(may_have_arrived), error));
            match judge(call.task, &answer, access.token.expose_secret(), self.clock.now()) {
                Verdict::Token(reply) if renewed => {
                    return fail(may_have_arrived, ZoomError::TokenRefused { doing, reply });
                }
                Verdict::Token(_) => {
                    renewed = true;
                    access = match self.tokens.other_than(access.version, &doing).await {
                        Ok(access) => access,
                        Err(error) => return fail(may_have_arrived, error),
                    };
                }
                Verdict::Slow(told, reply) => {
                    if !attempts_left || self.is_too_long(told) {
                        let until = told.and_then(|told| TimeDelta::from_std(told).ok());
                        let retry_at = self.clock.now() + until.unwrap_or(TRY_AGAIN_IN);
                        let error = ZoomError::RateLimited {
                            doing,
                            retry_at,
                            reply,
                        };
                        return fail(may_have_arrived, error);
                    }
                    self.let_all_wait(self.chance.at_least(told.unwrap_or(self.retry.limit_pause)));
                    attempt += 1;
                }
                Verdict::Fault(told, reply) => {
                    may_have_arrived = true;
                    if call.repeat() == Repeat::Never || !attempts_left || self.is_too_long(told) {
                        return fail(may_have_arrived, ZoomError::ServerFailed { doing, reply });
                    }
                    tracing::debug!(doing, attempt, %reply, "trying Zoom again");
                    let wait =
                        told.map_or_else(|| self.chance.at_most(pause), |told| self.chance.at_least(told));
                    tokio::time::sleep(wait).await;
                    attempt += 1;
                    pause *= 2;
                }
                Verdict::Final(error @ ZoomError::MeetingGone { .. }) => {
                    return Err(Failure::new(Outcome::Gone, error));
                }
                Verdict::Final(error) => return fail(may_have_arrived, error),
            }
        }
    }

    fn is_too_long(&self, told: Option<Duration>) -> bool {
        told.is_some_and(|told| told > self.retry.longest_wait)
    }

    fn request(
        &self,
        call: &Call<'_>,
        access: &Access,
        redirected: Option<&Url>,
    ) -> Result<reqwest::Request, Failure> {
        let internal = |reason: String| {
            Failure::not_done(ZoomError::Internal {
                doing: call.task.doing(),
                reason,
            })
        };
        let url = match redirected {
            Some(url) => url.clone(),
            None => {
                let base = self.base_for(access);
                Url::parse(&format!("{}{}", base.as_str().trim_end_matches('/'), call.path))
                    .map_err(|e| internal(e.to_string()))?
            }
        };
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", access.token.expose_secret()))
            .map_err(|_| internal("the access token cannot stand in a header".to_owned()))?;
        bearer.set_sensitive(true);
        let mut request = self
            .http
            .request(call.method.clone(), url)
            .header(ACCEPT, "application/json")
            .header(AUTHORIZATION, bearer);
        if let Some(body) = &call.body {
            request = request
                .header(CONTENT_TYPE, "application/json")
                .body(body.clone());
        }
        request.build().map_err(|e| internal(e.without_url().to_string()))
    }

    /// The API of the account's region, if Zoom named one and the configuration has the global API.
    fn base_for(&self, access: &Access) -> Url {
        if self.base.host_str() == Some("api.zoom.us")
            && let Some(regional) = &access.api_url
            && is_zooms(regional)
        {
            let mut url = regional.clone();
            url.set_path("/v2");
            url.set_query(None);
            return url;
        }
        self.base.clone()
    }

    fn let_all_wait(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut not_before = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        *not_before = Some(not_before.map_or(until, |earlier| earlier.max(until)));
    }

    async fn wait_for_my_turn(&self) {
        let until = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
        }
    }
}

fn silent(silence: Silence, doing: String, url: &Url) -> ZoomError {
    match silence {
        Silence::NotSent(source) => ZoomError::Unreachable {
            doing,
            server: url.host_str().unwrap_or("Zoom").to_owned(),
            source,
        },
        Silence::Lost(source) => ZoomError::AnswerLost { doing, source },
    }
}

fn encode(task: Task<'_>, body: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(body).map_err(|e| {
        Failure::not_done(ZoomError::Internal {
            doing: task.doing(),
            reason: e.to_string(),
        })
    })
}

fn read<T: DeserializeOwned>(call: &Call<'_>, answer: &Answer) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body).map_err(|e| {
        // The parser's message could repeat the answer, and the answer may contain a start URL.
        let reason = if answer.body.is_empty() {
            "it is empty".to_owned()
        } else {
            format!(
                "it is not the JSON that was expected (line {}, column {})",
                e.line(),
                e.column()
            )
        };
        let error = ZoomError::UnreadableAnswer {
            doing: call.task.doing(),
            status: answer.status,
            reason,
        };
        Failure::new(call.outcome(true), error)
    })
}

/// Whether an address belongs to Zoom, so that an access token may be sent there.
fn is_zooms(url: &Url) -> bool {
    url.scheme() == "https"
        && url.port().is_none()
        && url
            .host_str()
            .is_some_and(|host| host == "zoom.us" || host.ends_with(".zoom.us"))
}

/// The target of a redirect, if a token may be sent there: from Zoom to Zoom.
fn trusted_redirect(answer: &Answer, from: &Url) -> Option<Url> {
    if !matches!(answer.status, 301 | 302 | 307 | 308) {
        return None;
    }
    let to = from.join(answer.header("location")?).ok()?;
    (is_zooms(from) && is_zooms(&to)).then_some(to)
}

/// A text as one segment of a path. All characters except unreserved ones (RFC 3986 §2.3) and `@` are escaped.
pub(super) fn segment(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => {
                escaped.push(char::from(byte));
            }
            _ => {
                escaped.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_one_segment() {
        assert_eq!(segment("ana+zoom@acme.example"), "ana%2Bzoom@acme.example");
        assert_eq!(segment("a/b?c#d é"), "a%2Fb%3Fc%23d%20%C3%A9");
    }

    #[test]
    fn a_token_goes_to_zoom_only() {
        let answer = |to: &str| Answer {
            status: 307,
            headers: [(reqwest::header::LOCATION, to.parse().unwrap())]
                .into_iter()
                .collect(),
            body: Vec::new(),
        };
        let zoom: Url = "https://api.zoom.us/v2/meetings/1".parse().unwrap();
        let to = |location: &str| trusted_redirect(&answer(location), &zoom).map(String::from);
        assert_eq!(
            to("https://api-eu.zoom.us/v2/meetings/1").as_deref(),
            Some("https://api-eu.zoom.us/v2/meetings/1")
        );
        for foreign in [
            "https://zoom.us.example/",
            "http://api.zoom.us/",
            "https://evilzoom.us/",
            "https://zoom.us:8443/",
        ] {
            assert_eq!(to(foreign), None, "{foreign}");
        }
        let local: Url = "http://127.0.0.1:1/".parse().unwrap();
        assert!(trusted_redirect(&answer("https://api.zoom.us/"), &local).is_none());
    }
}
