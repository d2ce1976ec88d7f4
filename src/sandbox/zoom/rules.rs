//! Settings for the behaviour of the embedded Zoom.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::Rotation;

/// The settings of an embedded Zoom. The defaults are the strict reading of Zoom's documents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// The behaviour of a refresh token after its use.
    pub rotation: Rotation,
    /// Whether a new Server-to-Server token makes the earlier one void, as Zoom did for apps without a raised "token
    /// index tolerance".
    pub single_server_token: bool,
    /// The lifetime of an access token, in seconds. The answer states 1 second less, as Zoom's does.
    pub access_token_seconds: u32,
    /// The lifetime of a refresh token, in days.
    pub refresh_token_days: u32,
    /// The lifetime of an authorization code, in seconds.
    pub code_seconds: u32,
    /// Whether the token answer contains an `api_url`.
    pub tell_api_url: bool,
    /// The user who consents at `/oauth/authorize`, by address or user id. Without a setting: the first active user of
    /// the client's account.
    pub consenting_user: Option<String>,
    /// How many creations and updates a host has in one UTC day.
    pub host_daily_limit: u32,
    /// How many calls an account has in one UTC day. `None`: no limit.
    pub account_daily_limit: Option<u32>,
    /// How many calls an account has in any second. `None`: no limit.
    pub per_second_limit: Option<u32>,
    /// The `code` in the body of a per-second 429: Zoom's documents have both 429 and 4001.
    pub per_second_code: u32,
    /// The rate limit headers in answers.
    pub limit_headers: LimitHeaders,
    /// Whether API errors are XML if the call does not accept `application/json` by name.
    pub xml_without_accept: bool,
    /// Whether the answer to a creation has `uuid`, `host_id` and `status`. Zoom's documents leave them out, but its
    /// real answers have them.
    pub creation_tells_uuid: bool,
    /// Whether hosts' settings require a passcode when a meeting is scheduled.
    pub passcode_required: bool,
    /// The longest accepted duration, in minutes.
    pub longest_duration: u32,
    /// Whether only the time zones in Zoom's list are accepted, instead of every IANA name.
    pub only_listed_time_zones: bool,
    /// The names of the account's tracking fields. Other fields are dropped silently.
    pub tracking_fields: Vec<String>,
    /// The beginning of join URLs.
    pub join_base: String,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            rotation: Rotation::Strict,
            single_server_token: false,
            access_token_seconds: 3600,
            refresh_token_days: 90,
            code_seconds: 300,
            tell_api_url: true,
            consenting_user: None,
            host_daily_limit: 100,
            account_daily_limit: None,
            per_second_limit: None,
            per_second_code: 429,
            limit_headers: LimitHeaders::Category,
            xml_without_accept: true,
            creation_tells_uuid: true,
            passcode_required: true,
            longest_duration: 1440,
            only_listed_time_zones: true,
            tracking_fields: Vec::new(),
            join_base: "https://us05web.zoom.us".to_owned(),
        }
    }
}

/// The rate limit headers of an answer. Zoom has sent each of these sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitHeaders {
    /// No headers.
    None,
    /// Only `X-RateLimit-Category`.
    Category,
    /// Category, type, limit and the rest of it.
    Full,
}

/// The time in the embedded Zoom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// The machine's time, put forward by this many seconds (back, if negative).
    System {
        /// The seconds.
        ahead: i64,
    },
    /// A time that stands still until a test moves it.
    Fixed {
        /// The time.
        at: DateTime<Utc>,
    },
}

impl Default for Clock {
    fn default() -> Self {
        Self::System { ahead: 0 }
    }
}

impl Clock {
    /// The present time.
    #[must_use]
    pub fn now(self) -> DateTime<Utc> {
        match self {
            Self::System { ahead } => moved(Utc::now(), ahead),
            Self::Fixed { at } => at,
        }
    }

    /// The clock, put forward by this many seconds.
    #[must_use]
    pub fn advanced(self, seconds: i64) -> Self {
        match self {
            Self::System { ahead } => Self::System {
                ahead: ahead.saturating_add(seconds),
            },
            Self::Fixed { at } => Self::Fixed {
                at: moved(at, seconds),
            },
        }
    }
}

fn moved(at: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    TimeDelta::try_seconds(seconds)
        .and_then(|delta| at.checked_add_signed(delta))
        .unwrap_or(at)
}
