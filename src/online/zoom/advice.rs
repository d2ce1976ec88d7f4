//! What each error is called, how bad it is, and what to do next.

use chrono::{DateTime, Utc};

use super::ZoomError;
use crate::fault::{Class, Fault};

const CONNECT: &str = "run `invite zoom connect`";

fn when(at: &DateTime<Utc>) -> String {
    format!("try again after {}", at.format("%Y-%m-%d %H:%M:%S UTC"))
}

impl Fault for ZoomError {
    fn kind(&self) -> &'static str {
        match self {
            Self::InvalidSettings { .. } => "zoom.invalid_settings",
            Self::NotConnected { .. } => "zoom.not_connected",
            Self::GrantLost { .. } => "zoom.grant_lost",
            Self::TokenRefused { .. } => "zoom.token_refused",
            Self::WrongClient { .. } => "zoom.wrong_client",
            Self::OauthRefused { .. } => "zoom.oauth_refused",
            Self::TokenBusy { .. } => "zoom.token_busy",
            Self::ConsentRefused { .. } => "zoom.consent_refused",
            Self::NoCode => "zoom.no_code",
            Self::StateMismatch => "zoom.state_mismatch",
            Self::CodeRejected { .. } => "zoom.code_rejected",
            Self::Listen { .. } => "zoom.cannot_listen",
            Self::HostNotUser { .. } => "zoom.host_not_user",
            Self::HostNotEnabled { .. } => "zoom.user_not_enabled",
            Self::HostWithoutId { .. } => "zoom.no_zoom_id",
            Self::UserNotFound { .. } => "zoom.user_not_found",
            Self::UserPending { .. } => "zoom.user_pending",
            Self::NoLicence { .. } => "zoom.no_licence",
            Self::NotAllowed { .. } => "zoom.not_allowed",
            Self::ScopeMissing { .. } => "zoom.scope_missing",
            Self::InvalidField { .. } => "zoom.invalid_field",
            Self::MeetingGone { .. } => "zoom.meeting_gone",
            Self::MeetingRunning { .. } => "zoom.meeting_running",
            Self::MeetingEnded { .. } => "zoom.meeting_ended",
            Self::PersonalRoom { .. } => "zoom.personal_room",
            Self::NotHost { .. } => "zoom.not_host",
            Self::NoSuchApi { .. } => "zoom.no_such_api",
            Self::Refused { .. } => "zoom.refused",
            Self::RateLimited { .. } => "zoom.rate_limited",
            Self::DailyLimit { .. } => "zoom.daily_limit",
            Self::HostDailyLimit { .. } => "zoom.host_daily_limit",
            Self::Unreachable { .. } => "zoom.unreachable",
            Self::AnswerLost { .. } => "zoom.answer_lost",
            Self::ServerFailed { .. } => "zoom.server_failed",
            Self::UnreadableAnswer { .. } => "zoom.unreadable_answer",
            Self::Store(fault) => fault.kind(),
            Self::TokenNotStored { .. } => "zoom.token_not_stored",
            Self::Internal { .. } => "zoom.internal",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::InvalidSettings { .. }
            | Self::NotConnected { .. }
            | Self::WrongClient { .. }
            | Self::OauthRefused { .. }
            | Self::ScopeMissing { .. }
            | Self::NoSuchApi { .. }
            | Self::Listen { .. } => Class::Configuration,
            Self::NoCode | Self::StateMismatch | Self::InvalidField { .. } | Self::HostWithoutId { .. } => {
                Class::BadData
            }
            Self::HostNotUser { .. } | Self::HostNotEnabled { .. } => Class::NotPermitted,
            Self::TokenBusy { .. }
            | Self::RateLimited { .. }
            | Self::DailyLimit { .. }
            | Self::HostDailyLimit { .. }
            | Self::MeetingRunning { .. }
            | Self::AnswerLost { .. }
            | Self::ServerFailed { .. }
            | Self::TokenNotStored { .. } => Class::Temporary,
            Self::Store(fault) => fault.class(),
            Self::Internal { .. } => Class::Internal,
            Self::GrantLost { .. }
            | Self::TokenRefused { .. }
            | Self::ConsentRefused { .. }
            | Self::CodeRejected { .. }
            | Self::UserNotFound { .. }
            | Self::UserPending { .. }
            | Self::NoLicence { .. }
            | Self::NotAllowed { .. }
            | Self::MeetingGone { .. }
            | Self::MeetingEnded { .. }
            | Self::PersonalRoom { .. }
            | Self::NotHost { .. }
            | Self::Refused { .. }
            | Self::Unreachable { .. }
            | Self::UnreadableAnswer { .. } => Class::Unavailable,
        }
    }

    fn hint(&self) -> Option<String> {
        Some(match self {
            Self::InvalidSettings { key, .. } => format!("correct {key} in the configuration"),
            Self::NotConnected { .. } => {
                format!("{CONNECT}, signed in to Zoom as an administrator of the account")
            }
            Self::GrantLost { .. } => format!(
                "{CONNECT} to connect again; meetings and what was sent so far are not affected"
            ),
            Self::TokenRefused { .. } => format!(
                "check in the Zoom App Marketplace that the app is still activated, then {CONNECT}"
            ),
            Self::WrongClient { mode, .. } => format!(
                "compare client_id and client_secret under [zoom.{mode}] with the app's {mode} credentials in the \
                 Zoom App Marketplace; the stored connection is kept"
            ),
            Self::OauthRefused { .. } => {
                "check that `auth` and `redirect_uri` under [zoom] fit the kind of app that these credentials \
                 belong to"
                    .to_owned()
            }
            Self::TokenBusy { .. } => "run the same command again in a minute".to_owned(),
            Self::ConsentRefused { .. } => format!(
                "{CONNECT} again and allow it, signed in as an administrator of the Zoom account"
            ),
            Self::NoCode => "paste the whole address that the browser shows after Zoom's consent page, with \
                             everything after the question mark"
                .to_owned(),
            Self::StateMismatch => format!("{CONNECT} again, and use the newest link only"),
            Self::CodeRejected { .. } => format!(
                "a code lives five minutes and works once: {CONNECT} again; if it persists, compare redirect_uri \
                 with the one that the app has, to the letter"
            ),
            Self::Listen { .. } => "free that port, or set zoom.redirect_uri (here and in the Zoom app) to \
                                    another, or run `invite zoom connect --paste`"
                .to_owned(),
            Self::HostNotUser { .. } => {
                "assign the meeting to a user of the CRM who is enabled for Zoom".to_owned()
            }
            Self::HostNotEnabled { user, .. } => {
                format!("run `invite zoom users enable {user}`, or assign the meeting to somebody who is enabled")
            }
            Self::HostWithoutId { user, .. } => format!(
                "give the user an email address in the CRM, or run `invite zoom users enable {user} --zoom-id ID`"
            ),
            Self::UserNotFound { host, .. } => format!(
                "if this person signs in to Zoom with another address, run `invite zoom users enable USER --zoom-id \
                 ADDRESS`; else add {host} under User Management of the Zoom account, or activate the user there"
            ),
            Self::UserPending { host, .. } => format!(
                "{host} must accept Zoom's invitation mail, or be activated again under User Management of the \
                 Zoom account"
            ),
            Self::NoLicence { host, .. } => format!(
                "assign {host} a Zoom Meetings licence (Basic or Licensed) under User Management of the Zoom \
                 account, or assign the meeting to another user"
            ),
            Self::NotAllowed { .. } => format!(
                "the plan of the Zoom account, or the role of the administrator who connected it, does not include \
                 this; change that at Zoom, then {CONNECT}"
            ),
            Self::ScopeMissing { scopes, .. } => {
                let what = if scopes.is_empty() {
                    format!("the scopes {}", super::scopes::REQUIRED.join(", "))
                } else {
                    scopes.join(", ")
                };
                format!(
                    "add {what} to the app under Scopes in the Zoom App Marketplace, then {CONNECT} so that a new \
                     grant includes it"
                )
            }
            Self::InvalidField { .. } => {
                "change that in the meeting (or in [zoom.meeting] of the configuration) and push again".to_owned()
            }
            Self::MeetingGone { .. } => "push the meeting again: a new Zoom meeting is made".to_owned(),
            Self::MeetingRunning { .. } => {
                "Zoom does not change or delete a meeting while it runs; try again when it has ended".to_owned()
            }
            Self::MeetingEnded { .. } => "there is nothing to change any more".to_owned(),
            Self::PersonalRoom { .. } => {
                "clear the join URL of the meeting in the CRM, and push it again to make a meeting of its own"
                    .to_owned()
            }
            Self::NotHost { .. } => {
                format!("{CONNECT} as an administrator of the account that the meeting's host belongs to")
            }
            Self::NoSuchApi { .. } => {
                "correct zoom.api_url in the configuration; Zoom's own is https://api.zoom.us/v2".to_owned()
            }
            Self::Refused { .. } | Self::UnreadableAnswer { .. } => {
                "if Zoom's words do not explain it, look the code up in Zoom's developer forum, or try again later"
                    .to_owned()
            }
            Self::RateLimited { retry_at, .. }
            | Self::DailyLimit { retry_at, .. }
            | Self::HostDailyLimit { retry_at, .. } => when(retry_at),
            Self::Unreachable { .. } => {
                "check the network, the proxy and https://status.zoom.us, then run the same command again".to_owned()
            }
            Self::AnswerLost { .. } => {
                "run the same command again: it first looks at what became of this attempt".to_owned()
            }
            Self::ServerFailed { .. } => {
                "see https://status.zoom.us, and run the same command again later".to_owned()
            }
            Self::Store(fault) => return fault.hint(),
            Self::TokenNotStored { .. } => format!(
                "make the database writable and run the same command again; if Zoom then refuses the old token, {CONNECT}"
            ),
            Self::Internal { .. } => "please report it".to_owned(),
        })
    }

    fn retry_at(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::RateLimited { retry_at, .. }
            | Self::DailyLimit { retry_at, .. }
            | Self::HostDailyLimit { retry_at, .. } => Some(*retry_at),
            Self::Store(fault) => fault.retry_at(),
            _ => None,
        }
    }
}
