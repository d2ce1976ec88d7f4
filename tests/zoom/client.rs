//! Our client of Zoom, what it asks for, and what the script of the server answers.

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use invite::fault::{Fault, chain};
use invite::online::zoom::{
    Auth, Grant, MemoryTokens, Mode, StoredGrant, TokenKey, TokenStore, ZoomClient, ZoomSettings,
};
use invite::online::{OnlineError, OnlineMeetingId, OnlineMeetings as _, OnlineSpec};

use crate::scripted::Server;

pub(crate) const SCOPES: &str =
    "meeting:delete:meeting:admin meeting:update:meeting:admin meeting:write:meeting:admin";

pub(crate) const SECRETS: [&str; 5] = ["acc-1", "ref-1", "acc-2", "ref-2", "cl1ent-secret"];

/// As recorded, with the link that must never be seen.
pub(crate) const MADE: &str = r#"{"uuid":"aDYlohsHRtCd4ii1uC2+hA==","id":85746065432,"host_id":"30R7kT7bTIKSNUFEuH_Qlg","host_email":"ana@acme.example","topic":"Kick-off","type":2,"status":"waiting","start_time":"2130-12-01T09:30:00Z","duration":45,"timezone":"Europe/Kiev","created_at":"2026-11-23T17:00:00Z","start_url":"https://us05web.zoom.us/s/85746065432?zak=st4rt","join_url":"https://us05web.zoom.us/j/85746065432?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1","password":"123456","settings":{"waiting_room":true}}"#;

pub(crate) const GONE: &str = r#"{"code":3001,"message":"Meeting does not exist: 85746065432."}"#;

pub(crate) const EXPIRED: &str = r#"{"code":124,"message":"Access token is expired."}"#;

pub(crate) const PER_SECOND: &str = r#"{"code":429,"message":"You have reached the maximum per-second rate limit for this API. Try again later."}"#;

pub(crate) const DEAD: &str = r#"{"reason":"Invalid Token!","error":"invalid_grant"}"#;

pub(crate) fn tokens(n: u32) -> String {
    format!(
        r#"{{"access_token":"acc-{n}","token_type":"bearer","refresh_token":"ref-{n}","expires_in":3599,"scope":"{SCOPES}","api_url":"https://api.zoom.us"}}"#
    )
}

pub(crate) fn settings(server: &Server) -> ZoomSettings {
    let auth = Auth::AuthorizationCode {
        redirect_uri: "http://127.0.0.1:8765/zoom/callback".to_owned(),
    };
    let mut settings =
        ZoomSettings::new(Mode::Development, auth, "client-id", "cl1ent-secret".into()).unwrap();
    settings.api_url = format!("{}/v2", server.url()).parse().unwrap();
    settings.oauth_url = format!("{}/oauth", server.url()).parse().unwrap();
    settings.retry.first_pause = Duration::from_millis(1);
    settings.retry.limit_pause = Duration::from_millis(1);
    settings
}

pub(crate) fn key() -> TokenKey {
    TokenKey {
        mode: Mode::Development,
        client_id: "client-id".to_owned(),
    }
}

pub(crate) fn grant(n: u32, lives: TimeDelta, scopes: &str) -> Grant {
    Grant {
        access_token: format!("acc-{n}").into(),
        refresh_token: Some(format!("ref-{n}").into()),
        expires_at: Utc::now() + lives,
        scopes: scopes.split(' ').map(str::to_owned).collect(),
        api_url: None,
        obtained_at: Utc::now(),
    }
}

/// A client with a grant, number 1, that lives so long yet.
pub(crate) async fn connected(server: &Server, lives: TimeDelta) -> (ZoomClient, Arc<MemoryTokens>) {
    connected_with(server, lives, SCOPES).await
}

pub(crate) async fn connected_with(
    server: &Server,
    lives: TimeDelta,
    scopes: &str,
) -> (ZoomClient, Arc<MemoryTokens>) {
    let store = Arc::new(MemoryTokens::new());
    store.put(&key(), &grant(1, lives, scopes)).await.unwrap();
    let client = ZoomClient::new(settings(server), store.clone()).unwrap();
    (client, store)
}

pub(crate) const HOUR: TimeDelta = TimeDelta::hours(1);

pub(crate) const EXPIRING: TimeDelta = TimeDelta::seconds(-1);

pub(crate) fn spec() -> OnlineSpec {
    let settings =
        serde_json::json!({"join_before_host": false, "meeting_authentication": false, "waiting_room": true});
    OnlineSpec {
        host: "ana+zoom@acme.example".to_owned(),
        topic: "Kick-off".to_owned(),
        agenda: "Agenda:\n- scope".to_owned(),
        start: "2130-12-01T09:30:00Z".parse().unwrap(),
        duration: 45,
        time_zone: "Europe/Kiev".to_owned(),
        settings: settings.as_object().unwrap().clone(),
    }
}

pub(crate) fn id() -> OnlineMeetingId {
    OnlineMeetingId("85746065432".to_owned())
}

pub(crate) const CREATE: &str = "POST /v2/users/ana%2Bzoom@acme.example/meetings";

pub(crate) const PATCH: &str = "PATCH /v2/meetings/85746065432";

pub(crate) const DELETE: &str =
    "DELETE /v2/meetings/85746065432?schedule_for_reminder=false&cancel_meeting_reminder=false";

pub(crate) const TOKEN: &str = "POST /oauth/token";

/// What an error shows in any way; it must not hold a secret.
pub(crate) fn shown<E: Fault + std::fmt::Debug>(error: &E) -> String {
    let text = format!("{error:?}\n{}\n{:?}", chain(error), error.remedy());
    for secret in SECRETS.iter().chain(&["st4rt"]) {
        assert!(!text.contains(secret), "{secret} is shown: {text}");
    }
    text
}

pub(crate) async fn create_fails(client: &ZoomClient) -> OnlineError {
    let error = client.create(&spec(), "ref-mark").await.unwrap_err();
    shown(&error);
    error
}

pub(crate) async fn stored(store: &dyn TokenStore) -> StoredGrant {
    store.load(&key()).await.unwrap().unwrap()
}
