//! A request, parsed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::form_urlencoded;

/// The operation of a request, by method and path. [`Operation::Any`] and [`Operation::Token`] match several
/// operations; they are only used for faults.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// Every operation (only to match).
    Any,
    /// `POST /oauth/token`, with any grant type.
    Token,
    /// `GET /oauth/authorize`.
    Authorize,
    /// `POST /oauth/token` with an authorization code.
    ExchangeCode,
    /// `POST /oauth/token` with a refresh token.
    RefreshToken,
    /// `POST /oauth/token` with account credentials (Server-to-Server).
    AccountCredentials,
    /// `POST /oauth/revoke`.
    Revoke,
    /// `POST /v2/users/{userId}/meetings`.
    CreateMeeting,
    /// `GET /v2/users/{userId}/meetings`.
    ListMeetings,
    /// `GET /v2/meetings/{meetingId}`.
    GetMeeting,
    /// `PATCH /v2/meetings/{meetingId}`.
    UpdateMeeting,
    /// `DELETE /v2/meetings/{meetingId}`.
    DeleteMeeting,
    /// `GET /v2/users/{userId}`.
    GetUser,
    /// A request that this Zoom does not know.
    Unknown,
}

impl Operation {
    /// Whether `self` matches a request whose operation is `actual`.
    #[must_use]
    pub fn covers(self, actual: Self) -> bool {
        match self {
            Self::Any => true,
            Self::Token => matches!(
                actual,
                Self::Token | Self::ExchangeCode | Self::RefreshToken | Self::AccountCredentials
            ),
            _ => self == actual,
        }
    }
}

/// A request.
#[derive(Debug, Clone, Default)]
pub(super) struct Call {
    pub(super) method: String,
    /// The path as it was sent, still percent-encoded.
    pub(super) path: String,
    pub(super) query: String,
    /// The headers, with names in lowercase.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: String,
}

impl Call {
    pub(super) fn operation(&self) -> Operation {
        let segments = self.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (self.method.as_str(), segments.as_slice()) {
            ("GET", ["oauth", "authorize"]) => Operation::Authorize,
            ("POST", ["oauth", "token"]) => match self.parameter("grant_type").as_deref() {
                Some("authorization_code") => Operation::ExchangeCode,
                Some("refresh_token") => Operation::RefreshToken,
                Some("account_credentials") => Operation::AccountCredentials,
                _ => Operation::Token,
            },
            ("POST", ["oauth", "revoke"]) => Operation::Revoke,
            ("POST", ["v2", "users", user, "meetings"]) if !user.is_empty() => Operation::CreateMeeting,
            ("GET", ["v2", "users", user, "meetings"]) if !user.is_empty() => Operation::ListMeetings,
            ("GET", ["v2", "users", user]) if !user.is_empty() => Operation::GetUser,
            ("GET", ["v2", "meetings", meeting]) if !meeting.is_empty() => Operation::GetMeeting,
            ("PATCH", ["v2", "meetings", meeting]) if !meeting.is_empty() => Operation::UpdateMeeting,
            ("DELETE", ["v2", "meetings", meeting]) if !meeting.is_empty() => Operation::DeleteMeeting,
            _ => Operation::Unknown,
        }
    }

    /// The segments of the path, each decoded once.
    pub(super) fn segments(&self) -> Vec<String> {
        let path = self.path.strip_prefix('/').unwrap_or(&self.path);
        path.split('/').map(decoded).collect()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// Whether the caller accepts JSON by name.
    pub(super) fn accepts_json(&self) -> bool {
        self.header("accept")
            .is_some_and(|accept| accept.to_ascii_lowercase().contains("application/json"))
    }

    pub(super) fn query(&self, name: &str) -> Option<String> {
        find(&self.query, name)
    }

    /// A parameter of the form in the body.
    pub(super) fn form(&self, name: &str) -> Option<String> {
        find(&self.body, name)
    }

    /// A parameter of the token endpoint: from the body or, if it is no token, from the query.
    pub(super) fn parameter(&self, name: &str) -> Option<String> {
        let secret = matches!(name, "refresh_token" | "token" | "code_verifier");
        self.form(name)
            .or_else(|| if secret { None } else { self.query(name) })
    }
}

fn find(encoded: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(encoded.as_bytes())
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.into_owned())
}

/// A segment of a path, percent-decoded. A `+` stays a `+`: only forms use it for a space.
fn decoded(segment: &str) -> String {
    let bytes = segment.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|b| char::from(*b).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == b'%'
            && let (Some(high), Some(low)) = (digit(at + 1), digit(at + 2))
        {
            out.extend(u8::try_from(high * 16 + low));
            at += 3;
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(method: &str, path: &str) -> Call {
        Call {
            method: method.to_owned(),
            path: path.to_owned(),
            ..Call::default()
        }
    }

    #[test]
    fn a_path_is_taken_apart_before_it_is_decoded() {
        let call = call("POST", "/v2/users/a%2Fb+c%40x.example/meetings");
        assert_eq!(call.operation(), Operation::CreateMeeting);
        assert_eq!(call.segments()[2], "a/b+c@x.example");
        assert_eq!(decoded("%4g%"), "%4g%");
    }

    #[test]
    fn paths_without_an_id_are_not_known() {
        assert_eq!(
            call("POST", "/v2/users//meetings").operation(),
            Operation::Unknown
        );
        assert_eq!(call("GET", "/v2/meetings/").operation(), Operation::Unknown);
        assert_eq!(call("PUT", "/v2/meetings/1").operation(), Operation::Unknown);
    }

    #[test]
    fn tokens_in_the_query_do_not_count() {
        let call = Call {
            query: "grant_type=refresh_token&refresh_token=x".to_owned(),
            ..call("POST", "/oauth/token")
        };
        assert_eq!(call.operation(), Operation::RefreshToken);
        assert_eq!(call.parameter("refresh_token"), None);
    }
}
