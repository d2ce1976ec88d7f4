//! The name and the severity of each error, and the next step after it.

use chrono::{DateTime, Utc};

use super::ZoomError;
use crate::fault::{Act, Class, Fault, Moment, Remedy};

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
            Self::HostHidden { .. } => "zoom.host_hidden",
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
            Self::HostNotUser { .. } | Self::HostNotEnabled { .. } | Self::HostHidden { .. } => {
                Class::NotPermitted
            }
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

    fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Self::InvalidSettings { key, .. } => Remedy::says(format!("correct {key} in the configuration")),
            Self::NotConnected { .. } => {
                Remedy::act(Act::ConnectZoom).and(", signed in to Zoom as an administrator of the account")
            }
            Self::GrantLost { .. } => Remedy::act(Act::ReconnectZoom)
                .and("; meetings and what was sent so far are not affected"),
            Self::TokenRefused { .. } => Remedy::says(
                "check in the Zoom App Marketplace that the app is still activated, then ",
            )
            .then(Act::ConnectZoom),
            Self::WrongClient { mode, .. } => Remedy::act(Act::CompareZoomClient { mode: mode.as_str() })
                .and(" in the Zoom App Marketplace; the stored connection is kept"),
            Self::OauthRefused { .. } => {
                Remedy::act(Act::CheckZoomAuthorization)
                    .and(" the kind of app that these credentials belong to")
            }
            Self::TokenBusy { .. } => Remedy::act(Act::Again(Moment::InAMinute)),
            Self::ConsentRefused { .. } => Remedy::act(Act::ConnectZoom)
                .and(" again and allow it, signed in as an administrator of the Zoom account"),
            Self::NoCode => "paste the whole address that the browser shows after Zoom's consent page, with \
                             everything after the question mark"
                .into(),
            Self::StateMismatch => Remedy::act(Act::ConnectZoom).and(" again, and use the newest link only"),
            Self::CodeRejected { .. } => Remedy::says("a code lives five minutes and works once: ")
                .then(Act::ConnectZoom)
                .and(
                    " again; if it persists, compare redirect_uri with the one that the app has, to the letter",
                ),
            Self::Listen { .. } => Remedy::says(
                "free that port, or set zoom.redirect_uri (here and in the Zoom app) to another, or ",
            )
            .then(Act::ConnectZoomByPasting),
            Self::HostNotUser { .. } => {
                "assign the meeting to a user of the CRM who is enabled for Zoom".into()
            }
            Self::HostNotEnabled { user, .. } => {
                Remedy::act(Act::EnableZoomUser { user: user.clone() })
                    .and(", or assign the meeting to somebody who is enabled")
            }
            Self::HostWithoutId { user, .. } => Remedy::says("give the user an email address in the CRM, or ")
                .then(Act::GiveZoomId { user: user.clone() }),
            Self::HostHidden { user, .. } => {
                Remedy::says("let the CRM's user for this program read email addresses, or ")
                    .then(Act::GiveZoomId { user: user.clone() })
            }
            Self::UserNotFound { host, .. } => Remedy::says("if this person signs in to Zoom with another address, ")
                .then(Act::GiveZoomAddress)
                .and(format!(
                    "; else add {host} under User Management of the Zoom account, or activate the user there"
                )),
            Self::UserPending { host, .. } => Remedy::says(format!(
                "{host} must accept Zoom's invitation mail, or be activated again under User Management of the \
                 Zoom account"
            )),
            Self::NoLicence { host, .. } => Remedy::says(format!(
                "assign {host} a Zoom Meetings licence (Basic or Licensed) under User Management of the Zoom \
                 account, or assign the meeting to another user"
            )),
            Self::NotAllowed { .. } => Remedy::says(
                "the plan of the Zoom account, or the role of the administrator who connected it, does not include \
                 this; change that at Zoom, then ",
            )
            .then(Act::ConnectZoom),
            Self::ScopeMissing { scopes, .. } => {
                let what = if scopes.is_empty() {
                    format!("the scopes {}", super::scopes::REQUIRED.join(", "))
                } else {
                    scopes.join(", ")
                };
                Remedy::says(format!(
                    "add {what} to the app under Scopes in the Zoom App Marketplace, then "
                ))
                .then(Act::ConnectZoom)
                .and(" so that a new grant includes it")
            }
            Self::InvalidField { .. } => {
                Remedy::says("change that in the meeting (or in ")
                    .then(Act::ChangeZoomDefaults)
                    .and(") and push again")
            }
            Self::MeetingGone { .. } => "push the meeting again: a new Zoom meeting is made".into(),
            Self::MeetingRunning { .. } => {
                "Zoom does not change or delete a meeting while it runs; try again when it has ended".into()
            }
            Self::MeetingEnded { .. } => "there is nothing to change any more".into(),
            Self::PersonalRoom { .. } => {
                "clear the join URL of the meeting in the CRM, and push it again to make a meeting of its own"
                    .into()
            }
            Self::NotHost { .. } => {
                Remedy::act(Act::ConnectZoom)
                    .and(" as an administrator of the account that the meeting's host belongs to")
            }
            Self::NoSuchApi { .. } => {
                "correct zoom.api_url in the configuration; Zoom's own is https://api.zoom.us/v2".into()
            }
            Self::Refused { .. } | Self::UnreadableAnswer { .. } => {
                "if Zoom's words do not explain it, look the code up in Zoom's developer forum, or try again later"
                    .into()
            }
            Self::RateLimited { retry_at, .. }
            | Self::DailyLimit { retry_at, .. }
            | Self::HostDailyLimit { retry_at, .. } => Remedy::act(Act::Again(Moment::After(*retry_at))),
            Self::Unreachable { .. } => {
                Remedy::says("check the network, the proxy and https://status.zoom.us, then ")
                    .then(Act::Again(Moment::Now))
            }
            Self::AnswerLost { .. } => {
                Remedy::act(Act::Again(Moment::Now))
                    .and(": it first looks at what became of this attempt")
            }
            Self::ServerFailed { .. } => {
                Remedy::says("see https://status.zoom.us, and ").then(Act::Again(Moment::Later))
            }
            Self::Store(fault) => return fault.remedy(),
            Self::TokenNotStored { .. } => Remedy::says("make the database writable and ")
                .then(Act::Again(Moment::Now))
                .and("; if Zoom then refuses the old token, ")
                .then(Act::ConnectZoom),
            Self::Internal { .. } => "please report it".into(),
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
