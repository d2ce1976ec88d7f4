//! All errors of Zoom, in words for administrators.

use std::fmt;

use chrono::{DateTime, Utc};

use super::Mode;
use crate::fault::{BoxError, BoxFault};
use crate::meeting::{PersonId, one_line};

/// Zoom's answer to a request that it refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Zoom's own code, if the answer had one.
    pub code: Option<i64>,
    /// Zoom's message, on one line; may be empty.
    pub message: String,
    /// The fields that Zoom did not accept, as `name: message`.
    pub fields: Vec<String>,
}

impl Reply {
    /// An answer without a message.
    pub(super) fn bare(status: u16) -> Self {
        Self {
            status,
            code: None,
            message: String::new(),
            fields: Vec::new(),
        }
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() {
            write!(f, "HTTP {}", self.status)?;
        } else {
            write!(f, "\"{}\" (HTTP {}", self.message, self.status)?;
            if let Some(code) = self.code {
                write!(f, ", code {code}")?;
            }
            f.write_str(")")?;
        }
        if !self.fields.is_empty() {
            write!(f, " [{}]", self.fields.join("; "))?;
        }
        Ok(())
    }
}

/// A text from another program, made fit to be shown: on one line, of limited length, and without the given secrets.
pub(super) fn presentable(text: &str, secrets: &[&str]) -> String {
    let mut line = one_line(text);
    for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
        line = line.replace(secret, "[redacted]");
    }
    match line.char_indices().nth(400) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// Why Zoom did not carry out a request, or was not asked at all.
///
/// `doing` is the request in words, such as `making the Zoom meeting for ana@acme.example`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ZoomError {
    /// A setting cannot work.
    #[error("the setting {key} cannot be used: {reason}")]
    InvalidSettings {
        /// The key in the configuration.
        key: String,
        /// The reason.
        reason: String,
    },
    /// There is no grant.
    #[error("{doing} failed: there is no connection to Zoom yet with the {mode} credentials")]
    NotConnected {
        /// The request, in words.
        doing: String,
        /// The set of credentials.
        mode: Mode,
    },
    /// The grant cannot be used any more: it was revoked, was not used for too long, or its last renewal was lost.
    #[error("{doing} failed: the connection to Zoom ({mode} credentials) was lost at {}: {reason}", at.format("%Y-%m-%d %H:%M UTC"))]
    GrantLost {
        /// The request, in words.
        doing: String,
        /// The set of credentials.
        mode: Mode,
        /// Zoom's message.
        reason: String,
        /// When the loss was first noticed.
        at: DateTime<Utc>,
    },
    /// A new access token was refused like the one before it.
    #[error("{doing} failed: Zoom refuses the access token, even a fresh one: {reply}")]
    TokenRefused {
        /// The request, in words.
        doing: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// Client id and secret do not belong together, or not to the grant.
    #[error("{doing} failed: Zoom does not accept the {mode} client id and secret: {reason}")]
    WrongClient {
        /// The request, in words.
        doing: String,
        /// The set of credentials.
        mode: Mode,
        /// Zoom's message.
        reason: String,
    },
    /// The authorization server refused for another reason.
    #[error("{doing} failed: Zoom's authorization server refused: {reason} ({error})")]
    OauthRefused {
        /// The request, in words.
        doing: String,
        /// Zoom's short name of the error.
        error: String,
        /// Zoom's message.
        reason: String,
    },
    /// Another task or process has been renewing the token for too long.
    #[error("{doing} failed: another process has been renewing the Zoom token since before {}", since.format("%H:%M:%S UTC"))]
    TokenBusy {
        /// The request, in words.
        doing: String,
        /// When this process began to wait.
        since: DateTime<Utc>,
    },
    /// The administrator or Zoom refused on the consent page.
    #[error("Zoom did not grant the connection: {reason}")]
    ConsentRefused {
        /// The error in the redirect.
        reason: String,
    },
    /// The redirected URL has no authorization code in it.
    #[error("there is no authorization code in that address")]
    NoCode,
    /// The redirected URL answers another request.
    #[error("that address does not answer this connection attempt: its state differs")]
    StateMismatch,
    /// Zoom does not accept the authorization code.
    #[error("Zoom does not accept the authorization code: {reason}")]
    CodeRejected {
        /// Zoom's message.
        reason: String,
    },
    /// This program cannot listen on the loopback address of the redirect.
    #[error("cannot wait for Zoom's redirect at {redirect_uri}: {reason}")]
    Listen {
        /// The redirect URI.
        redirect_uri: String,
        /// The reason.
        reason: String,
    },

    /// The meeting has no assigned user who could host it, or the host is no CRM user.
    #[error("{name} cannot host a Zoom meeting: not a user of the CRM")]
    HostNotUser {
        /// The person's name.
        name: String,
    },
    /// The assigned user is not enabled for Zoom.
    #[error("{name} is not enabled for Zoom meetings")]
    HostNotEnabled {
        /// The CRM user.
        user: PersonId,
        /// The user's name.
        name: String,
    },
    /// The assigned user has neither a Zoom ID nor an email address.
    #[error(
        "{name} has neither a Zoom ID nor an email address, so there is no Zoom user to host the meeting"
    )]
    HostWithoutId {
        /// The CRM user.
        user: PersonId,
        /// The user's name.
        name: String,
    },
    /// The assigned user has no Zoom ID, and the CRM hides the email address.
    #[error(
        "{name} has no Zoom ID, and the CRM does not show the email address, so the Zoom user to host the meeting is not known"
    )]
    HostHidden {
        /// The CRM user.
        user: PersonId,
        /// The user's name.
        name: String,
    },

    /// Zoom has no such user on this account.
    #[error("{doing} failed: the connected Zoom account has no user {host}: {reply}")]
    UserNotFound {
        /// The request, in words.
        doing: String,
        /// The host, as Zoom was told.
        host: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// The user has not accepted Zoom's invitation yet, or was deactivated.
    #[error("{doing} failed: the Zoom user {host} is not active: {reply}")]
    UserPending {
        /// The request, in words.
        doing: String,
        /// The host.
        host: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// The user has no licence to hold meetings.
    #[error("{doing} failed: the Zoom user {host} has no licence for meetings: {reply}")]
    NoLicence {
        /// The request, in words.
        doing: String,
        /// The host.
        host: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// The plan of the account, or the role of the user who connected it, does not allow the request.
    #[error("{doing} failed: Zoom does not allow it: {reply}")]
    NotAllowed {
        /// The request, in words.
        doing: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// The app lacks a permission.
    #[error("{doing} failed: the connection lacks {}: {reply}", if scopes.is_empty() { "a scope".to_owned() } else { format!("the scope {}", scopes.join(", ")) })]
    ScopeMissing {
        /// The request, in words.
        doing: String,
        /// The missing scopes, as far as Zoom named them.
        scopes: Vec<String>,
        /// Zoom's message.
        reply: Reply,
    },
    /// A field was not accepted.
    #[error("{doing} failed: Zoom does not accept what it was told: {reply}")]
    InvalidField {
        /// The request, in words.
        doing: String,
        /// Zoom's answer; its `fields` name the fields that were not accepted.
        reply: Reply,
    },
    /// There is no such meeting (any more).
    #[error("{doing} failed: it does not exist any more: {reply}")]
    MeetingGone {
        /// The request, in words.
        doing: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// The meeting is running.
    #[error("{doing} failed: it is running now: {reply}")]
    MeetingRunning {
        /// The request, in words.
        doing: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// The meeting is over.
    #[error("{doing} failed: it has already ended: {reply}")]
    MeetingEnded {
        /// The request, in words.
        doing: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// The meeting is a user's personal room, which can be neither created nor deleted.
    #[error("{doing} failed: it is a personal meeting room: {reply}")]
    PersonalRoom {
        /// The request, in words.
        doing: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// The meeting belongs to a user whom the connection cannot reach.
    #[error("{doing} failed: the connection is not the host's: {reply}")]
    NotHost {
        /// The request, in words.
        doing: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// There is no such API at that address.
    #[error("{doing} failed: there is no Zoom API at that address: {reply}")]
    NoSuchApi {
        /// The request, in words.
        doing: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// Zoom refused with a code that this program does not know.
    #[error("{doing} failed: Zoom refused: {reply}")]
    Refused {
        /// The request, in words.
        doing: String,
        /// Zoom's message.
        reply: Reply,
    },

    /// There were too many requests in too short a time.
    #[error("{doing} failed: Zoom's rate limit was met: {reply}")]
    RateLimited {
        /// The request, in words.
        doing: String,
        /// When to try again.
        retry_at: DateTime<Utc>,
        /// Zoom's message.
        reply: Reply,
    },
    /// The account has used up its requests of the day.
    #[error("{doing} failed: the Zoom account has used up its API requests of the day: {reply}")]
    DailyLimit {
        /// The request, in words.
        doing: String,
        /// When to try again.
        retry_at: DateTime<Utc>,
        /// Zoom's message.
        reply: Reply,
    },
    /// The host has used up the 100 creations and updates of the day.
    #[error(
        "{doing} failed: Zoom allows 100 creations and updates of meetings per host and day, and they are used up: {reply}"
    )]
    HostDailyLimit {
        /// The request, in words.
        doing: String,
        /// When to try again: the next midnight in UTC.
        retry_at: DateTime<Utc>,
        /// Zoom's message.
        reply: Reply,
    },
    /// No connection could be made. Nothing was sent.
    #[error("{doing} failed: {server} cannot be reached")]
    Unreachable {
        /// The request, in words.
        doing: String,
        /// The server's name.
        server: String,
        /// The reason.
        source: BoxError,
    },
    /// The request was sent, but its answer did not arrive: Zoom may have carried it out.
    #[error("{doing}: Zoom's answer did not arrive, so it may or may not be done")]
    AnswerLost {
        /// The request, in words.
        doing: String,
        /// The error while waiting for the answer.
        source: BoxError,
    },
    /// Zoom itself failed (HTTP 5xx).
    #[error("{doing} failed: Zoom has a fault of its own: {reply}")]
    ServerFailed {
        /// The request, in words.
        doing: String,
        /// Zoom's message.
        reply: Reply,
    },
    /// Zoom reported success, but the answer cannot be understood.
    #[error("{doing}: Zoom's answer cannot be understood (HTTP {status}): {reason}")]
    UnreadableAnswer {
        /// The request, in words.
        doing: String,
        /// The HTTP status.
        status: u16,
        /// The fault in the answer.
        reason: String,
    },
    /// The store of tokens failed.
    #[error(transparent)]
    Store(BoxFault),
    /// Zoom renewed the token, but the new token could not be stored.
    #[error("Zoom renewed the token, but the new one could not be stored")]
    TokenNotStored {
        /// The reason.
        source: BoxError,
    },
    /// A fault of this program.
    #[error("{doing} failed for a reason that lies in this program: {reason}")]
    Internal {
        /// The request, in words.
        doing: String,
        /// The error.
        reason: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_shows_zooms_own_words_and_code() {
        let reply = Reply {
            status: 404,
            code: Some(1001),
            message: "User does not exist: ana@acme.example.".into(),
            fields: vec![],
        };
        assert_eq!(
            reply.to_string(),
            "\"User does not exist: ana@acme.example.\" (HTTP 404, code 1001)"
        );
        assert_eq!(Reply::bare(502).to_string(), "HTTP 502");
    }

    #[test]
    fn words_of_the_other_side_are_made_fit_to_be_shown() {
        assert_eq!(
            presentable("code abc123\r\nis used", &["abc123", ""]),
            "code [redacted] is used"
        );
        assert_eq!(presentable(&"é".repeat(500), &[]).chars().count(), 401);
    }
}
