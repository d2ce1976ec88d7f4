//! The settings of the client for Zoom.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

use super::ZoomError;
use crate::chance::Chance;
use crate::clock::Clock;
use crate::http::is_loopback;
use crate::meeting::OnlineSettings;

/// The set of an app's credentials. An app has two sets, and each is an OAuth client of its own: a grant for one cannot
/// be used with the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// The credentials of the published or account-wide app.
    Production,
    /// The credentials with which developers test the app.
    Development,
}

impl Mode {
    /// The mode as one lowercase word, as the configuration writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Production => "production",
            Self::Development => "development",
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The way to get access tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// An administrator consents in the browser (an admin-managed General App).
    AuthorizationCode {
        /// The address to which Zoom redirects the browser. It must be exactly the one in the app's settings, including
        /// slashes.
        redirect_uri: String,
    },
    /// A Server-to-Server app gets tokens without consent.
    ServerToServer {
        /// The Zoom account.
        account_id: String,
    },
}

/// Whether and where Zoom records a meeting automatically.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AutoRecording {
    /// On the host's machine.
    Local,
    /// At Zoom.
    Cloud,
    /// No recording.
    None,
}

/// The settings that every Zoom meeting is created with. `None` means the Zoom account's default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MeetingSettings {
    /// Guests wait until the host lets them in.
    pub waiting_room: bool,
    /// Guests may enter before the host does. Zoom ignores this setting if there is a waiting room.
    pub join_before_host: bool,
    /// How many minutes before the start guests may enter, with `join_before_host`: 0 (at any time), 5, 10
    /// or 15.
    pub jbh_time: Option<u8>,
    /// The host's camera is on at first.
    pub host_video: Option<bool>,
    /// The guests' cameras are on at first.
    pub participant_video: Option<bool>,
    /// Guests enter muted.
    pub mute_upon_entry: Option<bool>,
    /// Whether Zoom records automatically.
    pub auto_recording: Option<AutoRecording>,
    /// Whether Zoom gives a new meeting a passcode. An account that requires passcodes gives one in any case.
    pub passcode: Option<bool>,
}

impl MeetingSettings {
    /// These settings, replaced by the meeting's own where it has some.
    pub(super) fn for_meeting(&self, own: &OnlineSettings) -> Self {
        let mut settings = self.clone();
        if let Some(join_before_host) = own.join_before_host {
            settings.join_before_host = join_before_host;
            if join_before_host {
                // Zoom ignores early entry together with a waiting room.
                settings.waiting_room = false;
            }
        }
        if let Some(waiting_room) = own.waiting_room {
            settings.waiting_room = waiting_room;
            if waiting_room {
                settings.join_before_host = false;
            }
        }
        settings.passcode = own.passcode.or(settings.passcode);
        settings.host_video = own.host_video.or(settings.host_video);
        settings.participant_video = own.participant_video.or(settings.participant_video);
        settings.mute_upon_entry = own.mute_upon_entry.or(settings.mute_upon_entry);
        settings
    }
}

impl Default for MeetingSettings {
    fn default() -> Self {
        Self {
            waiting_room: true,
            join_before_host: false,
            jbh_time: None,
            host_video: None,
            participant_video: None,
            mute_upon_entry: None,
            auto_recording: None,
            passcode: None,
        }
    }
}

/// How often, and after which pauses, a request is repeated that is safe to repeat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryPolicy {
    /// The most times that a request is sent; at least 1.
    pub attempts: u32,
    /// The pause after the first failure. It doubles each time, and up to half of it is random.
    pub first_pause: Duration,
    /// The pause after Zoom's per-second limit was hit. Up to as much again is added at random.
    pub limit_pause: Duration,
    /// The longest `Retry-After` that is waited for. For a longer one the request fails, and its error says when to try
    /// again.
    pub longest_wait: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(300),
            limit_pause: Duration::from_secs(1),
            longest_wait: Duration::from_secs(15),
        }
    }
}

/// The settings of the client for Zoom.
#[derive(Debug, Clone)]
pub struct ZoomSettings {
    /// The set of credentials.
    pub mode: Mode,
    /// The way to get access tokens.
    pub auth: Auth,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: SecretString,
    /// The address of the meeting API: [`ZoomSettings::API_URL`], except for another server, such as the embedded Zoom.
    pub api_url: Url,
    /// The address to which `/authorize`, `/token` and `/revoke` are appended: [`ZoomSettings::OAUTH_URL`], except for
    /// another server, such as the embedded Zoom.
    pub oauth_url: Url,
    /// The settings of each meeting.
    pub meeting: MeetingSettings,
    /// How long one request may take.
    pub timeout: Duration,
    /// How requests are repeated.
    pub retry: RetryPolicy,
    /// The clock that decides whether a token is still valid.
    pub clock: Clock,
    /// The source of randomness for pauses between requests.
    pub chance: Chance,
}

impl ZoomSettings {
    /// Zoom's global API.
    pub const API_URL: &'static str = "https://api.zoom.us/v2";
    /// Zoom's authorization server.
    pub const OAUTH_URL: &'static str = "https://zoom.us/oauth";

    /// Settings for Zoom itself: the default meeting settings, 30 seconds for each request, this machine's clock.
    ///
    /// # Errors
    /// Never in practice: the two addresses are constants.
    pub fn new(
        mode: Mode,
        auth: Auth,
        client_id: impl Into<String>,
        client_secret: SecretString,
    ) -> Result<Self, ZoomError> {
        let constant = |text: &str| {
            Url::parse(text).map_err(|e| ZoomError::InvalidSettings {
                key: "api_url".to_owned(),
                reason: e.to_string(),
            })
        };
        Ok(Self {
            mode,
            auth,
            client_id: client_id.into(),
            client_secret,
            api_url: constant(Self::API_URL)?,
            oauth_url: constant(Self::OAUTH_URL)?,
            meeting: MeetingSettings::default(),
            timeout: Duration::from_secs(30),
            retry: RetryPolicy::default(),
            clock: Clock::default(),
            chance: Chance::default(),
        })
    }

    /// Checks that these settings can work.
    ///
    /// # Errors
    /// [`ZoomError::InvalidSettings`], with the wrong key of the configuration.
    pub fn check(&self) -> Result<(), ZoomError> {
        let refuse = |key: String, reason: &str| {
            Err(ZoomError::InvalidSettings {
                key,
                reason: reason.to_owned(),
            })
        };
        if self.client_id.trim().is_empty() {
            return refuse(format!("zoom.{}.client_id", self.mode), "it is empty");
        }
        if self.client_secret.expose_secret().trim().is_empty() {
            return refuse(format!("zoom.{}.client_secret", self.mode), "it is empty");
        }
        for (key, url) in [
            ("zoom.api_url", &self.api_url),
            ("zoom.oauth_url", &self.oauth_url),
        ] {
            if url.cannot_be_a_base() || url.host().is_none() {
                return refuse(key.to_owned(), "it is not a web address");
            }
            if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
                return refuse(
                    key.to_owned(),
                    "secrets are sent there, so it must begin with https:// (http:// only on this machine)",
                );
            }
        }
        match &self.auth {
            Auth::AuthorizationCode { redirect_uri } if Url::parse(redirect_uri).is_err() => {
                return refuse("zoom.redirect_uri".to_owned(), "it is not a web address");
            }
            Auth::ServerToServer { account_id } if account_id.trim().is_empty() => {
                return refuse("zoom.account_id".to_owned(), "it is empty");
            }
            _ => {}
        }
        if self.meeting.waiting_room && self.meeting.join_before_host {
            return refuse(
                "zoom.meeting.join_before_host".to_owned(),
                "Zoom ignores it together with waiting_room = true; choose one of the two",
            );
        }
        if self
            .meeting
            .jbh_time
            .is_some_and(|minutes| ![0, 5, 10, 15].contains(&minutes))
        {
            return refuse("zoom.meeting.jbh_time".to_owned(), "it must be 0, 5, 10 or 15");
        }
        if self.retry.attempts == 0 {
            return refuse("zoom.retry.attempts".to_owned(), "it must be at least 1");
        }
        Ok(())
    }

    /// Whether both servers are on this machine. No proxy is used for them.
    pub(super) fn is_local(&self) -> bool {
        is_loopback(&self.api_url) && is_loopback(&self.oauth_url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> ZoomSettings {
        let auth = Auth::ServerToServer {
            account_id: "acc".to_owned(),
        };
        ZoomSettings::new(Mode::Production, auth, "id", "s3cret".into()).unwrap()
    }

    fn refused(settings: &ZoomSettings) -> String {
        settings.check().unwrap_err().to_string()
    }

    #[test]
    fn each_wrong_setting_is_named() {
        assert!(settings().check().is_ok());
        let mut wrong = settings();
        wrong.client_id = " ".into();
        assert!(refused(&wrong).contains("zoom.production.client_id"));
        let mut wrong = settings();
        wrong.oauth_url = "http://zoom.us/oauth".parse().unwrap();
        assert!(refused(&wrong).contains("zoom.oauth_url"));
        let mut wrong = settings();
        wrong.meeting.join_before_host = true;
        assert!(refused(&wrong).contains("join_before_host"));
        let mut wrong = settings();
        wrong.meeting.jbh_time = Some(7);
        assert!(refused(&wrong).contains("jbh_time"));
        let mut local = settings();
        local.oauth_url = "http://127.0.0.1:1/oauth".parse().unwrap();
        local.api_url = "http://[::1]:1/v2".parse().unwrap();
        assert!(local.check().is_ok() && local.is_local());
    }

    #[test]
    fn what_a_meeting_says_wins_and_never_asks_for_what_excludes_each_other() {
        let own = |waiting_room, join_before_host| OnlineSettings {
            waiting_room,
            join_before_host,
            ..OnlineSettings::default()
        };
        let usual = MeetingSettings::default();
        assert_eq!(usual.for_meeting(&OnlineSettings::default()), usual);
        let open = usual.for_meeting(&own(None, Some(true)));
        assert_eq!((open.waiting_room, open.join_before_host), (false, true));
        let waiting = open.for_meeting(&own(Some(true), None));
        assert_eq!((waiting.waiting_room, waiting.join_before_host), (true, false));
        assert!(own(Some(true), Some(true)).check().is_err());
    }

    #[test]
    fn the_secret_is_not_shown() {
        assert!(!format!("{:?}", settings()).contains("s3cret"));
    }
}
