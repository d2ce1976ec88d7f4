//! The embedded Zoom, over real HTTP: what a client of Zoom may rely on, and what it must be ready for.
#![cfg(feature = "sandbox")]

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use invite::sandbox::zoom::{
    Action, Change, ClientKind, Clock, EmbeddedZoom, Granted, License, LimitHeaders, MeetingState, Operation,
    RateLimit, Rotation, Rules, SANDBOX_ACCOUNT_ID, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET,
    SANDBOX_DEVELOPMENT_CLIENT_ID, SANDBOX_DEVELOPMENT_CLIENT_SECRET, SANDBOX_REDIRECT_URI,
    SANDBOX_SERVER_CLIENT_ID, SANDBOX_SERVER_CLIENT_SECRET, UserStatus, WRITE_SCOPES, ZoomClient, ZoomFault,
    ZoomUser, ZoomWorld,
};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

const ANA: &str = "ana@acme.example";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-1";

fn http() -> Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The sandbox's world at a fixed time, its Production client with read scopes too.
fn world() -> ZoomWorld {
    let client = ZoomClient::general(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET).with_read_scopes();
    ZoomWorld::sandbox()
        .with_client(client)
        .at(instant("2026-11-23T12:00:00Z"))
}

/// An embedded Zoom and somebody who talks to it.
struct Desk {
    zoom: EmbeddedZoom,
    http: Client,
    token: String,
}

/// Status, headers, body.
struct Said {
    status: u16,
    headers: BTreeMap<String, String>,
    text: String,
}

impl Said {
    async fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let text = response.text().await.unwrap();
        Self {
            status,
            headers,
            text,
        }
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {:?}", self.text))
    }

    /// The status, and the code of Zoom's error body.
    fn error(&self) -> (u16, i64) {
        (self.status, self.json()["code"].as_i64().unwrap_or_default())
    }

    fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }
}

impl Desk {
    fn new(world: ZoomWorld) -> Self {
        Self::at(EmbeddedZoom::start(world).unwrap())
    }

    fn at(zoom: EmbeddedZoom) -> Self {
        let token = zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap().access_token;
        Self {
            zoom,
            http: http(),
            token,
        }
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.zoom.api_url()))
            .header("Accept", "application/json")
            .bearer_auth(&self.token)
    }

    async fn send(&self, request: RequestBuilder) -> Said {
        Said::of(request.send().await.unwrap()).await
    }

    async fn get(&self, path: &str) -> Said {
        self.send(self.request(Method::GET, path)).await
    }

    async fn create_for(&self, host: &str, body: Value) -> Said {
        let request = self.request(Method::POST, &format!("/users/{host}/meetings"));
        self.send(request.json(&body)).await
    }

    async fn create(&self, body: Value) -> Said {
        self.create_for(ANA, body).await
    }

    async fn created(&self) -> u64 {
        let said = self.create(kickoff()).await;
        assert_eq!(said.status, 201, "{}", said.text);
        said.json()["id"].as_u64().unwrap()
    }

    async fn patch(&self, id: u64, body: Value) -> Said {
        let request = self.request(Method::PATCH, &format!("/meetings/{id}"));
        self.send(request.json(&body)).await
    }

    async fn delete(&self, id: u64) -> Said {
        self.send(self.request(Method::DELETE, &format!("/meetings/{id}")))
            .await
    }

    async fn oauth(&self, path: &str, client: Option<(&str, &str)>, form: &[(&str, &str)]) -> Said {
        let mut request = self
            .http
            .post(format!("{}/{path}", self.zoom.oauth_url()))
            .form(form);
        if let Some((id, secret)) = client {
            request = request.basic_auth(id, Some(secret));
        }
        self.send(request).await
    }

    async fn token(&self, form: &[(&str, &str)]) -> Said {
        self.oauth("token", Some((SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET)), form)
            .await
    }

    async fn refresh(&self, token: &str) -> Said {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
            .await
    }

    async fn authorize(&self, query: &[(&str, &str)]) -> Said {
        let url = Url::parse_with_params(&format!("{}/authorize", self.zoom.oauth_url()), query).unwrap();
        self.send(self.http.get(url)).await
    }

    /// A code for the Production client, with this challenge.
    async fn code(&self, challenge: &[(&str, &str)]) -> String {
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", SANDBOX_CLIENT_ID),
            ("redirect_uri", SANDBOX_REDIRECT_URI),
            ("state", "s t&te"),
        ];
        query.extend(challenge);
        let said = self.authorize(&query).await;
        assert_eq!(said.status, 302, "{}", said.text);
        let target = Url::parse(&said.headers["location"]).unwrap();
        let answer: BTreeMap<String, String> = target.query_pairs().into_owned().collect();
        assert_eq!(answer["state"], "s t&te");
        answer["code"].clone()
    }

    async fn exchange(&self, code: &str, verifier: Option<&str>) -> Said {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", SANDBOX_REDIRECT_URI),
        ];
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        self.token(&form).await
    }

    fn change(&self, change: Change) {
        self.zoom.change(&change).unwrap();
    }

    fn rules(&self, set: impl FnOnce(&mut Rules)) {
        self.zoom.with_world(|world| set(&mut world.rules)).unwrap();
    }
}

fn kickoff() -> Value {
    json!({"topic": "Kick-off", "type": 2, "start_time": "2026-12-01T09:00:00Z", "timezone": "Europe/Berlin",
        "duration": 45, "agenda": "Agenda:\n- scope", "settings": {"waiting_room": true}})
}

fn granted(said: &Said) -> Granted {
    assert_eq!(said.status, 200, "{}", said.text);
    serde_json::from_str(&said.text).unwrap()
}

fn oauth_error(said: &Said) -> (u16, String, String) {
    let body = said.json();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (said.status, text("error"), text("reason"))
}

fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

// --- OAuth

#[tokio::test]
async fn a_code_is_exchanged_once_with_its_verifier() {
    let desk = Desk::new(world());
    let challenge = s256(VERIFIER);
    let pkce = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let code = desk.code(&pkce).await;
    for wrong in [
        None,
        Some("another-verifier-of-at-least-forty-three-chars"),
        Some(&*challenge),
    ] {
        let said = desk.exchange(&code, wrong).await;
        assert_eq!(oauth_error(&said).1, "invalid_request", "{wrong:?}");
    }
    let tokens = granted(&desk.exchange(&code, Some(VERIFIER)).await);
    assert_eq!((tokens.token_type.as_str(), tokens.expires_in), ("bearer", 3599));
    assert!(tokens.scope.split(' ').count() == 6 && tokens.scope.contains("meeting:write:meeting:admin"));
    assert_eq!(tokens.api_url.map(|url| url + "/v2"), Some(desk.zoom.api_url()));
    let again = desk.exchange(&code, Some(VERIFIER)).await;
    let (status, error, reason) = oauth_error(&again);
    assert_eq!((status, error.as_str()), (400, "invalid_request"));
    assert!(reason.starts_with("Invalid authorization code"), "{reason}");
}

#[tokio::test]
async fn a_challenge_without_a_method_is_plain() {
    let desk = Desk::new(world());
    let code = desk.code(&[("code_challenge", VERIFIER)]).await;
    granted(&desk.exchange(&code, Some(VERIFIER)).await);
}

#[tokio::test]
async fn a_code_lives_five_minutes() {
    let desk = Desk::new(world());
    let (early, late) = (desk.code(&[]).await, desk.code(&[]).await);
    desk.change(Change::Advance { seconds: 299 });
    granted(&desk.exchange(&early, None).await);
    desk.change(Change::Advance { seconds: 1 });
    assert_eq!(desk.exchange(&late, None).await.status, 400);
}

#[tokio::test]
async fn the_redirect_uri_is_compared_to_the_letter() {
    let desk = Desk::new(world());
    let slash = format!("{SANDBOX_REDIRECT_URI}/");
    let query = [
        ("response_type", "code"),
        ("client_id", SANDBOX_CLIENT_ID),
        ("redirect_uri", &slash),
    ];
    let said = desk.authorize(&query).await;
    assert_eq!(said.json()["errorCode"], 4700);
    assert_eq!(said.json()["errorMessage"], format!("Invalid redirect: {slash}"));
    let code = desk.code(&[]).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &slash),
    ];
    assert_eq!(desk.token(&form).await.status, 400);
    granted(&desk.exchange(&code, None).await);
}

#[tokio::test]
async fn consent_can_be_denied_and_unknown_clients_get_a_page() {
    let desk = Desk::new(world());
    desk.zoom
        .order(ZoomFault::once(Operation::Authorize, Action::DenyConsent));
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", SANDBOX_CLIENT_ID),
        ("redirect_uri", SANDBOX_REDIRECT_URI),
        ("state", "x"),
    ];
    let said = desk.authorize(&query).await;
    assert_eq!(
        said.headers["location"],
        format!("{SANDBOX_REDIRECT_URI}?error=access_denied&state=x")
    );
    query[1].1 = "nobody";
    assert_eq!(desk.authorize(&query).await.json()["errorCode"], 4702);
}

#[tokio::test]
async fn a_used_refresh_token_is_dead() {
    let desk = Desk::new(world());
    let first = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    let old = first.refresh_token.unwrap();
    let second = granted(&desk.refresh(&old).await);
    assert_ne!(second.refresh_token.as_ref(), Some(&old));
    let dead = (400, "invalid_grant".to_owned(), "Invalid Token!".to_owned());
    assert_eq!(oauth_error(&desk.refresh(&old).await), dead);
    granted(&desk.refresh(&second.refresh_token.unwrap()).await);
}

#[tokio::test]
async fn grace_ends() {
    let desk = Desk::new(world());
    desk.rules(|rules| rules.rotation = Rotation::Grace { seconds: 60 });
    let first = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    let old = first.refresh_token.unwrap();
    granted(&desk.refresh(&old).await);
    desk.change(Change::Advance { seconds: 60 });
    granted(&desk.refresh(&old).await);
    desk.change(Change::Advance { seconds: 1 });
    assert_eq!(oauth_error(&desk.refresh(&old).await).1, "invalid_grant");
}

#[tokio::test]
async fn refresh_tokens_live_ninety_days() {
    let desk = Desk::new(world());
    let tokens = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    desk.change(Change::Advance { seconds: 90 * 86_400 });
    let said = desk.refresh(&tokens.refresh_token.unwrap()).await;
    assert_eq!(oauth_error(&said).1, "invalid_grant");
}

#[tokio::test]
async fn a_lost_refresh_answer_has_rotated_the_token() {
    let desk = Desk::new(world());
    let token = desk
        .zoom
        .grant(SANDBOX_CLIENT_ID)
        .unwrap()
        .unwrap()
        .refresh_token
        .unwrap();
    desk.zoom
        .order(ZoomFault::once(Operation::RefreshToken, Action::DropAfter));
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    let lost = desk
        .http
        .post(format!("{}/token", desk.zoom.oauth_url()))
        .basic_auth(SANDBOX_CLIENT_ID, Some(SANDBOX_CLIENT_SECRET))
        .form(&form)
        .send()
        .await;
    assert!(lost.is_err());
    assert_eq!(oauth_error(&desk.refresh(&token).await).1, "invalid_grant");
}

#[tokio::test]
async fn another_client_cannot_refresh_or_revoke() {
    let desk = Desk::new(world());
    let token = desk
        .zoom
        .grant(SANDBOX_CLIENT_ID)
        .unwrap()
        .unwrap()
        .refresh_token
        .unwrap();
    let development = Some((SANDBOX_DEVELOPMENT_CLIENT_ID, SANDBOX_DEVELOPMENT_CLIENT_SECRET));
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    let (status, error, _) = oauth_error(&desk.oauth("token", development, &form).await);
    assert_eq!((status, error.as_str()), (401, "invalid_client"));
    let said = desk.oauth("revoke", development, &[("token", &token)]).await;
    assert_eq!(said.status, 400);
    granted(&desk.refresh(&token).await);
}

#[tokio::test]
async fn wrong_credentials_and_grants_are_refused() {
    let desk = Desk::new(world());
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    for client in [None, Some((SANDBOX_CLIENT_ID, "wrong")), Some(("nobody", "x"))] {
        let said = desk.oauth("token", client, &form).await;
        let expected = (
            401,
            "invalid_client".to_owned(),
            "Invalid client_id or client_secret".to_owned(),
        );
        assert_eq!(oauth_error(&said), expected, "{client:?}");
    }
    for grant in ["password", "account_credentials", ""] {
        let (status, error, reason) = oauth_error(&desk.token(&[("grant_type", grant)]).await);
        assert_eq!((status, error.as_str()), (400, "unsupported_grant_type"));
        assert_eq!(
            reason,
            format!("grant type {grant} is not supported from token endpoint")
        );
    }
}

#[tokio::test]
async fn server_to_server_tokens_need_the_account_and_may_replace_each_other() {
    let mut desk = Desk::new(world());
    let client = Some((SANDBOX_SERVER_CLIENT_ID, SANDBOX_SERVER_CLIENT_SECRET));
    let form = |account| [("grant_type", "account_credentials"), ("account_id", account)];
    assert_eq!(desk.oauth("token", client, &form("other")).await.status, 400);
    let first = granted(&desk.oauth("token", client, &form(SANDBOX_ACCOUNT_ID)).await);
    assert_eq!(first.refresh_token, None);
    granted(&desk.oauth("token", client, &form(SANDBOX_ACCOUNT_ID)).await);
    desk.token = first.access_token.clone();
    desk.created().await;
    desk.rules(|rules| rules.single_server_token = true);
    let last = granted(&desk.oauth("token", client, &form(SANDBOX_ACCOUNT_ID)).await);
    assert_eq!(desk.create(kickoff()).await.error(), (401, 124));
    desk.token = last.access_token;
    desk.created().await;
}

#[tokio::test]
async fn a_public_client_must_prove_itself_by_pkce() {
    let client = ZoomClient::general("public", "").public();
    assert_eq!((client.kind, &client.secret), (ClientKind::General, &None));
    let desk = Desk::new(world().with_client(client));
    let challenge = s256(VERIFIER);
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", "public"),
        ("redirect_uri", SANDBOX_REDIRECT_URI),
    ];
    assert_eq!(desk.authorize(&query).await.status, 400);
    query.extend([("code_challenge", &*challenge), ("code_challenge_method", "S256")]);
    let said = desk.authorize(&query).await;
    let target = Url::parse(&said.headers["location"]).unwrap();
    let code = target.query_pairs().next().unwrap().1.into_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "public"),
        ("code", &code),
        ("redirect_uri", SANDBOX_REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    granted(&desk.oauth("token", None, &form).await);
}

#[tokio::test]
async fn revoking_ends_access_and_refresh() {
    let desk = Desk::new(world());
    let tokens = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    let client = Some((SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET));
    let said = desk
        .oauth("revoke", client, &[("token", &tokens.access_token)])
        .await;
    assert_eq!((said.status, said.json()), (200, json!({"status": "success"})));
    let desk = Desk {
        token: tokens.access_token,
        ..desk
    };
    assert_eq!(desk.get("/users/me").await.error(), (401, 124));
    let said = desk.refresh(&tokens.refresh_token.unwrap()).await;
    assert_eq!(oauth_error(&said).1, "invalid_grant");
}

#[tokio::test]
async fn a_new_grant_of_the_same_user_voids_the_old_one() {
    let desk = Desk::new(world());
    let old = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    let code = desk.code(&[]).await;
    granted(&desk.exchange(&code, None).await);
    let said = desk.refresh(&old.refresh_token.unwrap()).await;
    assert_eq!(oauth_error(&said).1, "invalid_grant");
}

#[tokio::test]
async fn access_tokens_end_in_three_ways() {
    let desk = Desk::new(world());
    assert_eq!(desk.get("/users/me").await.status, 200);
    desk.change(Change::Advance { seconds: 3600 });
    let said = desk.get("/users/me").await;
    assert_eq!(
        (said.error(), said.message().as_str()),
        ((401, 124), "Access token is expired.")
    );
    desk.change(Change::InvalidateAccessTokens);
    assert_eq!(desk.get("/users/me").await.message(), "Invalid access token.");
    let said = desk
        .http
        .get(format!("{}/users/me", desk.zoom.api_url()))
        .header("Accept", "application/json");
    let said = desk.send(said).await;
    assert_eq!(said.error(), (401, 4700));
}

// --- meetings

#[tokio::test]
async fn a_meeting_is_made_shown_changed_and_deleted() {
    let desk = Desk::new(world());
    let said = desk.create(kickoff()).await;
    assert_eq!(said.status, 201);
    let made = said.json();
    let id = made["id"].as_u64().unwrap();
    assert_eq!(id.to_string().len(), 11);
    for (field, expected) in [
        ("topic", json!("Kick-off")),
        ("type", json!(2)),
        ("start_time", json!("2026-12-01T09:00:00Z")),
        ("timezone", json!("Europe/Berlin")),
        ("duration", json!(45)),
        ("status", json!("waiting")),
        ("host_email", json!(ANA)),
        ("created_at", json!("2026-11-23T12:00:00Z")),
    ] {
        assert_eq!(made[field], expected, "{field}");
    }
    assert_eq!(made["settings"]["waiting_room"], true);
    let passcode = made["password"].as_str().unwrap();
    assert!(passcode.len() == 6 && passcode.bytes().all(|byte| byte.is_ascii_digit()));
    let encrypted = made["encrypted_password"].as_str().unwrap();
    assert!(encrypted.ends_with(".1"));
    assert_eq!(
        made["join_url"],
        format!("https://us05web.zoom.example/j/{id}?pwd={encrypted}")
    );
    let start_url = made["start_url"].as_str().unwrap();
    assert!(start_url.contains(&format!("/s/{id}?zak=eyJ")));

    let shown = desk.get(&format!("/meetings/{id}")).await.json();
    assert_eq!(shown["join_url"], made["join_url"]);
    assert_ne!(shown["start_url"], made["start_url"]);

    let said = desk
        .patch(
            id,
            json!({"topic": "Kick-off!", "start_time": "2026-12-02T10:00:00Z"}),
        )
        .await;
    assert_eq!((said.status, said.text.as_str()), (204, ""));
    let shown = desk.get(&format!("/meetings/{id}")).await.json();
    assert_eq!(
        (
            &shown["topic"],
            &shown["start_time"],
            &shown["duration"],
            &shown["join_url"]
        ),
        (
            &json!("Kick-off!"),
            &json!("2026-12-02T10:00:00Z"),
            &json!(45),
            &made["join_url"]
        )
    );

    let said = desk.delete(id).await;
    assert_eq!((said.status, said.text.as_str()), (204, ""));
    let again = desk.delete(id).await;
    assert_eq!(again.error(), (404, 3001));
    assert_eq!(again.message(), format!("Meeting does not exist: {id}."));
    assert_eq!(desk.patch(id, json!({})).await.error(), (404, 3001));
    assert_eq!(desk.get(&format!("/meetings/{id}")).await.error(), (404, 3001));
    assert!(desk.zoom.meetings().unwrap().is_empty());
    assert_eq!(desk.zoom.with_world(|world| world.meetings.len()).unwrap(), 1);
}

#[tokio::test]
async fn a_start_in_the_past_is_ignored_in_silence() {
    let desk = Desk::new(world());
    let id = desk.created().await;
    let body = json!({"topic": "Moved", "start_time": "2026-11-23T11:59:00Z"});
    assert_eq!(desk.patch(id, body).await.status, 204);
    let meeting = &desk.zoom.meetings().unwrap()[0];
    assert_eq!(meeting.topic, "Moved");
    assert_eq!(meeting.start_time, Some(instant("2026-12-01T09:00:00Z")));
}

#[tokio::test]
async fn a_scheduled_meeting_without_a_start_is_an_instant_one() {
    let desk = Desk::new(world());
    let made = desk.create(json!({"topic": "Now", "type": 2})).await.json();
    assert_eq!((&made["type"], made.get("start_time")), (&json!(1), None));
    assert_eq!(made["timezone"], "Europe/Madrid");
}

#[tokio::test]
async fn passcodes_follow_the_documents() {
    let desk = Desk::new(world());
    let mut body = kickoff();
    body["default_password"] = json!(false);
    let made = desk.create(body.clone()).await.json();
    assert_eq!(made.get("password"), None);
    assert!(!made["join_url"].as_str().unwrap().contains("pwd"));
    body["password"] = json!("abc-1");
    let made = desk.create(body).await.json();
    assert_eq!(made["password"], "abc-1");
    let id = made["id"].as_u64().unwrap();
    assert_eq!(desk.patch(id, json!({"password": "abc-1"})).await.status, 204);
    let same = desk.get(&format!("/meetings/{id}")).await.json();
    assert_eq!(same["join_url"], made["join_url"]);
    assert_eq!(desk.patch(id, json!({"password": "other"})).await.status, 204);
    let other = desk.get(&format!("/meetings/{id}")).await.json();
    assert_ne!(other["join_url"], made["join_url"]);
    let change = Change::ChangePasscode {
        id: Some(id),
        passcode: None,
    };
    desk.change(change);
    let shown = desk.get(&format!("/meetings/{id}")).await.json();
    assert_eq!(shown.get("password"), None);
}

#[tokio::test]
async fn settings_are_taken_dropped_or_overruled() {
    let desk =
        Desk::new(world().with_user(ZoomUser::licensed("basic@acme.example").with_license(License::Basic)));
    let mut body = kickoff();
    body["settings"] = json!({"waiting_room": true, "join_before_host": true, "breakout_room": {"enable": true},
        "nonsense": 1, "approval_type": 0, "alternative_hosts": ANA});
    let made = desk.create_for("basic@acme.example", body).await.json();
    assert_eq!(made["settings"]["join_before_host"], false);
    assert_eq!(made["settings"]["approval_type"], 2);
    assert_eq!(made["settings"].get("nonsense"), None);
    let mut body = kickoff();
    body["settings"] = json!({"alternative_hosts": format!("{ANA};basic@acme.example")});
    let said = desk.create(body).await;
    assert_eq!(said.json()["errors"][0]["field"], "settings.alternative_hosts");
}

#[tokio::test]
async fn a_list_has_pages() {
    let desk = Desk::new(world());
    for day in 1..=5 {
        let mut body = kickoff();
        body["start_time"] = json!(format!("2026-12-0{day}T09:00:00Z"));
        body["agenda"] = json!("ä".repeat(300));
        assert_eq!(desk.create(body).await.status, 201);
    }
    let path = format!("/users/{ANA}/meetings?type=upcoming&page_size=2");
    let first = desk.get(&path).await.json();
    assert_eq!(
        (&first["total_records"], &first["page_count"], &first["page_size"]),
        (&json!(5), &json!(3), &json!(2))
    );
    let agenda = first["meetings"][0]["agenda"].as_str().unwrap();
    assert_eq!(agenda.chars().count(), 250);
    let mut seen = Vec::new();
    let mut page = first;
    loop {
        let meetings = page["meetings"].as_array().unwrap();
        seen.extend(meetings.iter().map(|meeting| meeting["start_time"].clone()));
        assert!(meetings.iter().all(|meeting| meeting.get("start_url").is_none()));
        let token = page["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
        page = desk.get(&format!("{path}&next_page_token={token}")).await.json();
    }
    let days: Vec<Value> = (1..=5)
        .map(|day| json!(format!("2026-12-0{day}T09:00:00Z")))
        .collect();
    assert_eq!(seen, days);
    let token = desk.get(&path).await.json()["next_page_token"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.change(Change::Advance { seconds: 901 });
    assert_eq!(
        desk.get(&format!("{path}&next_page_token={token}")).await.status,
        400
    );
    let some = desk
        .get(&format!("/users/{ANA}/meetings?from=2026-12-02&to=2026-12-03"))
        .await
        .json();
    assert_eq!(some["total_records"], 2);
}

#[tokio::test]
async fn a_meeting_id_expires_thirty_days_after_the_meeting() {
    let desk = Desk::new(world());
    let id = desk.created().await;
    desk.rules(|rules| rules.access_token_seconds = u32::MAX);
    let at = instant("2026-12-31T09:00:00Z");
    desk.change(Change::SetClock { at });
    let token = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap().access_token;
    let desk = Desk { token, ..desk };
    assert_eq!(desk.get(&format!("/meetings/{id}")).await.status, 200);
    desk.change(Change::Advance { seconds: 1 });
    assert_eq!(desk.get(&format!("/meetings/{id}")).await.error(), (404, 3001));
}

#[tokio::test]
async fn users_are_found_by_id_and_encoded_address() {
    let odd = "a+b/c@acme.example";
    let desk = Desk::new(world().with_user(ZoomUser::licensed(odd)));
    let user = desk.get("/users/a%2Bb%2Fc%40acme.example").await.json();
    assert_eq!(
        (&user["email"], &user["type"], &user["status"]),
        (&json!(odd), &json!(2), &json!("active"))
    );
    let id = user["id"].as_str().unwrap();
    assert_eq!(desk.get(&format!("/users/{id}")).await.json()["email"], odd);
    assert_eq!(desk.create_for("ANA@acme.example", kickoff()).await.status, 201);
}

// --- errors

#[tokio::test]
async fn scopes_are_enforced_one_by_one() {
    for missing in WRITE_SCOPES {
        let scopes = WRITE_SCOPES.into_iter().filter(|scope| *scope != missing);
        let client = ZoomClient::general(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET).with_scopes(scopes);
        let desk = Desk::new(world().with_client(client));
        let host = desk
            .zoom
            .with_world(|world| world.user(ANA).unwrap().id.clone())
            .unwrap();
        let made = desk.create_for(&host, kickoff()).await;
        let id = made.json()["id"].as_u64().unwrap_or(1);
        let changed = desk.patch(id, json!({})).await;
        let deleted = desk.delete(id).await;
        for (scope, said) in [
            ("meeting:write:meeting:admin", made),
            ("meeting:update:meeting:admin", changed),
            ("meeting:delete:meeting:admin", deleted),
        ] {
            let text = format!("Invalid access token, does not contain scopes:[{scope}].");
            let refused = said.status == 400 && said.json()["code"] == 4711 && said.message() == text;
            assert_eq!(refused, scope == missing, "without {missing}: {}", said.text);
        }
    }
    let client = ZoomClient::general(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET);
    let desk = Desk::new(world().with_client(client));
    for path in ["/users/me", "/meetings/1", "/users/me/meetings"] {
        assert_eq!(desk.get(path).await.error(), (400, 4711), "{path}");
    }
}

#[tokio::test]
async fn a_grant_keeps_the_scopes_it_was_made_with() {
    let desk = Desk::new(world());
    let change = Change::SetScopes {
        client: SANDBOX_CLIENT_ID.to_owned(),
        scopes: ["meeting:write:admin".to_owned()].into(),
    };
    desk.change(change);
    assert_eq!(desk.get("/users/me").await.status, 200);
    let token = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap().access_token;
    let desk = Desk { token, ..desk };
    assert_eq!(desk.get("/users/me").await.error(), (400, 4711));
    // The older, wider scope covers all that it covered.
    let id = desk.created().await;
    assert_eq!(desk.patch(id, json!({})).await.status, 204);
    assert_eq!(desk.delete(id).await.status, 204);
}

#[tokio::test]
async fn hosts_who_cannot_host_are_told_apart() {
    let desk = Desk::new(
        world()
            .with_user(ZoomUser::licensed("pending@acme.example").with_status(UserStatus::Pending))
            .with_user(ZoomUser::licensed("gone@acme.example").with_status(UserStatus::Inactive))
            .with_user(ZoomUser::licensed("none@acme.example").with_license(License::None))
            .with_user(ZoomUser::licensed("unassigned@acme.example").with_license(License::Unassigned))
            .with_user(ZoomUser::licensed("else@other.example").on_account("another-account")),
    );
    for (host, error, message) in [
        (
            "nobody@acme.example",
            (404, 1001),
            "User does not exist: nobody@acme.example.",
        ),
        (
            "gone@acme.example",
            (404, 1001),
            "User does not exist: gone@acme.example.",
        ),
        (
            "else@other.example",
            (400, 1010),
            "User not found on this account: sandbox-account",
        ),
        (
            "pending@acme.example",
            (400, 1000),
            "You can not access settings of users that are still in pending state.",
        ),
        (
            "none@acme.example",
            (400, 3161),
            "Your user account is not allowed meeting hosting and scheduling capabilities.",
        ),
        (
            "unassigned@acme.example",
            (400, 3161),
            "Your user account is not allowed meeting hosting and scheduling capabilities.",
        ),
    ] {
        let said = desk.create_for(host, kickoff()).await;
        assert_eq!(
            (said.error(), said.message().as_str()),
            (error, message),
            "{host}"
        );
    }
    assert!(desk.zoom.meetings().unwrap().is_empty());
    assert_eq!(desk.zoom.with_world(|world| world.used_today(ANA)).unwrap(), 0);
    assert_eq!(
        desk.get("/users/pending@acme.example").await.json()["status"],
        "pending"
    );
}

#[tokio::test]
async fn what_befalls_a_host_shows_at_the_meeting() {
    let desk = Desk::new(world());
    let id = desk.created().await;
    let user = || ANA.to_owned();
    let status = |status| Change::SetUserStatus { user: user(), status };
    desk.change(status(UserStatus::Pending));
    assert_eq!(desk.patch(id, json!({})).await.error(), (400, 1000));
    desk.change(status(UserStatus::Active));
    let license = |license| Change::SetLicense {
        user: user(),
        license,
    };
    desk.change(license(License::None));
    assert_eq!(desk.patch(id, json!({})).await.error(), (400, 3161));
    desk.change(license(License::Licensed));
    assert_eq!(desk.patch(id, json!({})).await.status, 204);
    desk.change(Change::RemoveUser { user: user() });
    assert_eq!(desk.delete(id).await.error(), (404, 1001));
}

#[tokio::test]
async fn bodies_and_fields_are_checked() {
    let desk = Desk::new(world());
    let path = format!("/users/{ANA}/meetings");
    for body in ["", "[]", "{\"topic\":", "topic=x"] {
        let request = desk
            .request(Method::POST, &path)
            .header("Content-Type", "application/json");
        let said = desk.send(request.body(body)).await;
        assert_eq!(said.error(), (400, 300), "{body}");
        assert_eq!(said.message(), "Request Body should be a valid JSON object.");
    }
    let request = desk.request(Method::POST, &path).body("{}");
    assert_eq!(desk.send(request).await.error(), (400, 300));
    let mut body = kickoff();
    body["topic"] = json!("x".repeat(201));
    body["settings"] = json!({"jbh_time": 7});
    let said = desk.create(body).await;
    assert_eq!(
        said.json(),
        json!({"code": 300, "message": "Validation Failed.", "errors": [
            {"field": "topic", "message": "Invalid field."},
            {"field": "settings.jbh_time", "message": "Invalid parameter: jbh_time."}
        ]})
    );
    let mut body = kickoff();
    body["timezone"] = json!("Europe/Kyiv");
    assert_eq!(
        desk.create(body.clone()).await.json()["errors"][0]["field"],
        "timezone"
    );
    desk.rules(|rules| rules.only_listed_time_zones = false);
    assert_eq!(desk.create(body).await.status, 201);
    let id = desk.created().await;
    let said = desk.patch(id, json!({"agenda": "x".repeat(2001)})).await;
    assert_eq!(said.json()["errors"][0]["field"], "agenda");
}

#[tokio::test]
async fn schedule_for_needs_a_privilege_and_two_licences() {
    let world = world();
    let ana = world.user(ANA).unwrap().id.clone();
    let desk = Desk::new(
        world
            .with_user(ZoomUser::licensed("willing@acme.example").scheduled_by(ana))
            .with_user(ZoomUser::licensed("unwilling@acme.example")),
    );
    let before = desk.create(kickoff()).await.json();
    let id = before["id"].as_u64().unwrap();
    let for_whom = |user: &str| json!({"schedule_for": user});
    let said = desk.patch(id, for_whom("unwilling@acme.example")).await;
    assert_eq!(said.error(), (400, 3000));
    assert_eq!(
        said.message(),
        "You cannot schedule a meeting for unwilling@acme.example"
    );
    assert_eq!(
        desk.patch(id, for_whom("nobody@acme.example")).await.error(),
        (400, 300)
    );
    assert_eq!(desk.patch(id, for_whom("willing@acme.example")).await.status, 204);
    let after = desk.get(&format!("/meetings/{id}")).await.json();
    assert_eq!(after["host_email"], "willing@acme.example");
    assert_eq!(after["join_url"], before["join_url"]);
    let instant = json!({"type": 1, "schedule_for": "willing@acme.example"});
    assert_eq!(desk.create(instant).await.error(), (400, 3000));
}

#[tokio::test]
async fn a_meeting_that_goes_on_cannot_be_changed() {
    let desk = Desk::new(world());
    let id = desk.created().await;
    let state = |state| Change::SetMeetingState { id: Some(id), state };
    desk.change(state(MeetingState::Started));
    assert_eq!(desk.patch(id, json!({"topic": "x"})).await.error(), (400, 3000));
    assert_eq!(desk.delete(id).await.error(), (400, 3002));
    desk.change(state(MeetingState::Ended));
    assert_eq!(desk.delete(id).await.error(), (400, 3007));
}

#[tokio::test]
async fn unknown_addresses_have_an_error_of_their_own() {
    let desk = Desk::new(world());
    assert_eq!(desk.get("/meetings/").await.error(), (404, 2300));
    assert_eq!(desk.get("/webinars/1").await.error(), (404, 2300));
    assert_eq!(desk.get("/meetings/abc").await.error(), (404, 3001));
    assert_eq!(desk.get("/_control/world").await.error(), (404, 2300));
}

#[tokio::test]
async fn errors_are_xml_for_who_does_not_ask_for_json() {
    let desk = Desk::new(world());
    let request = || {
        desk.http
            .get(format!("{}/meetings/1", desk.zoom.api_url()))
            .bearer_auth(&desk.token)
    };
    let said = desk.send(request()).await;
    assert!(said.headers["content-type"].starts_with("application/xml"));
    assert!(said.text.contains("<result><code>3001</code>"), "{}", said.text);
    desk.rules(|rules| rules.xml_without_accept = false);
    assert_eq!(desk.send(request()).await.error(), (404, 3001));
}

// --- limits

#[tokio::test]
async fn a_host_has_a_hundred_changes_a_day() {
    let desk = Desk::new(world().with_user(ZoomUser::licensed("ben@acme.example")));
    let id = desk.created().await;
    for _ in 0..98 {
        assert_eq!(desk.patch(id, json!({"topic": "x"})).await.status, 204);
    }
    assert_eq!(
        desk.patch(id, json!({"topic": "x".repeat(201)})).await.error(),
        (400, 300)
    );
    let other = desk.created().await;
    let said = desk.patch(id, json!({"topic": "y"})).await;
    assert_eq!(said.error(), (429, 429));
    assert!(
        said.message()
            .starts_with("You have exceeded the daily rate limit (100)")
    );
    assert_eq!(said.headers.get("retry-after"), None);
    assert_eq!(said.headers.get("x-ratelimit-type"), None);
    assert_eq!(said.headers["x-ratelimit-remaining"], "5893");
    assert_eq!(desk.create(kickoff()).await.status, 429);
    assert_eq!(desk.zoom.meetings().unwrap().len(), 2);
    assert_eq!(desk.create_for("ben@acme.example", kickoff()).await.status, 201);
    assert_eq!(desk.get(&format!("/meetings/{id}")).await.status, 200);
    assert_eq!(desk.delete(other).await.status, 204);
    desk.rules(|rules| rules.access_token_seconds = 100_000);
    let token = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap().access_token;
    let desk = Desk { token, ..desk };
    let midnight = instant("2026-11-24T00:00:00Z");
    desk.change(Change::SetClock {
        at: midnight - chrono::TimeDelta::seconds(1),
    });
    assert_eq!(desk.patch(id, json!({})).await.status, 429);
    desk.change(Change::SetClock { at: midnight });
    assert_eq!(desk.patch(id, json!({})).await.status, 204);
    assert_eq!(desk.zoom.with_world(|world| world.used_today(ANA)).unwrap(), 1);
}

#[tokio::test]
async fn an_account_has_limits_per_second_and_day() {
    let desk = Desk::new(world());
    desk.rules(|rules| {
        rules.per_second_limit = Some(2);
        rules.per_second_code = 4001;
        rules.account_daily_limit = Some(3);
        rules.limit_headers = LimitHeaders::Full;
    });
    let said = desk.get("/users/me").await;
    assert_eq!(said.headers["x-ratelimit-category"], "Light");
    assert_eq!(said.headers["x-ratelimit-remaining"], "2");
    assert_eq!(desk.get("/users/me").await.status, 200);
    let said = desk.get("/users/me").await;
    assert_eq!(said.error(), (429, 4001));
    assert_eq!(said.headers["x-ratelimit-type"], "QPS");
    assert_eq!(said.headers.get("retry-after"), None);
    desk.change(Change::Advance { seconds: 1 });
    assert_eq!(desk.get("/users/me").await.status, 200);
    let said = desk.get("/users/me").await;
    assert_eq!(said.error(), (429, 429));
    assert_eq!(said.headers["x-ratelimit-type"], "Daily-limit");
    assert_eq!(said.headers["retry-after"], "2026-11-24T00:00:00Z");
}

// --- faults

#[tokio::test]
async fn each_way_of_429_can_be_ordered() {
    let desk = Desk::new(world());
    for (limit, status, header) in [
        (
            RateLimit::PerSecond { code: 4001 },
            429,
            ("x-ratelimit-type", Some("QPS")),
        ),
        (
            RateLimit::RetryAfter { seconds: 7 },
            429,
            ("retry-after", Some("7")),
        ),
        (
            RateLimit::AccountDaily,
            429,
            ("retry-after", Some("2026-11-24T00:00:00Z")),
        ),
        (RateLimit::HostDaily, 429, ("retry-after", None)),
        (RateLimit::Concurrent, 429, ("x-ratelimit-type", None)),
        (RateLimit::Status300, 300, ("x-ratelimit-category", Some("Light"))),
    ] {
        let fault = ZoomFault::once(Operation::CreateMeeting, Action::RateLimited(limit));
        desk.zoom.order(fault);
        let said = desk.create(kickoff()).await;
        assert_eq!(said.status, status, "{limit:?}");
        assert_eq!(
            said.headers.get(header.0).map(String::as_str),
            header.1,
            "{limit:?}"
        );
    }
    assert!(desk.zoom.meetings().unwrap().is_empty());
    assert_eq!(desk.create(kickoff()).await.status, 201);
}

#[tokio::test]
async fn errors_of_the_server_come_in_three_forms() {
    let desk = Desk::new(world());
    desk.zoom
        .order(ZoomFault::once(Operation::GetUser, Action::error_json(500)));
    desk.zoom
        .order(ZoomFault::once(Operation::GetUser, Action::error_html(502)));
    desk.zoom
        .order(ZoomFault::times(2, Operation::GetUser, Action::error_empty(503)));
    let said = desk.get("/users/me").await;
    assert_eq!((said.status, said.error().0), (500, 500));
    let said = desk.get("/users/me").await;
    assert!(said.status == 502 && said.text.starts_with("<html>"));
    for _ in 0..2 {
        let said = desk.get("/users/me").await;
        assert_eq!((said.status, said.text.as_str()), (503, ""));
    }
    assert_eq!(desk.get("/users/me").await.status, 200);
}

#[tokio::test]
async fn a_connection_is_dropped_before_or_after_the_act() {
    let desk = Desk::new(world());
    let create = || {
        desk.request(Method::POST, &format!("/users/{ANA}/meetings"))
            .json(&kickoff())
    };
    desk.zoom
        .order(ZoomFault::once(Operation::CreateMeeting, Action::DropBefore));
    assert!(create().send().await.is_err());
    assert_eq!(desk.zoom.meetings().unwrap().len(), 0);
    desk.zoom
        .order(ZoomFault::once(Operation::CreateMeeting, Action::DropAfter));
    assert!(create().send().await.is_err());
    assert_eq!(desk.zoom.meetings().unwrap().len(), 1);
    let fault = Action::ActThenAnswer {
        status: 504,
        content_type: "text/html".to_owned(),
        body: "<h1>Gateway Timeout</h1>".to_owned(),
    };
    desk.zoom.order(ZoomFault::once(Operation::CreateMeeting, fault));
    assert_eq!(desk.create(kickoff()).await.status, 504);
    assert_eq!(desk.zoom.meetings().unwrap().len(), 2);
    let log = desk.zoom.requests();
    let seen: Vec<_> = log.iter().map(|record| (record.acted, record.status)).collect();
    assert_eq!(seen, [(false, None), (true, None), (true, Some(504))]);
    assert_eq!(serde_json::from_str::<Value>(&log[0].body).unwrap(), kickoff());
}

#[tokio::test]
async fn what_arrived_is_done_though_the_caller_hangs_up() {
    let desk = Desk::new(world());
    let delay = Action::DelayBefore { milliseconds: 200 };
    desk.zoom.order(ZoomFault::once(Operation::CreateMeeting, delay));
    let request = desk.request(Method::POST, &format!("/users/{ANA}/meetings"));
    let call = tokio::spawn(request.json(&kickoff()).send());
    while desk.zoom.count(Operation::CreateMeeting) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(desk.zoom.meetings().unwrap().is_empty());
    call.abort();
    assert!(call.await.is_err());
    while desk.zoom.meetings().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_world_can_change_between_two_calls_of_a_client() {
    let desk = Desk::new(world());
    let id = desk.created().await;
    let gone = Action::Change(Change::DeleteMeeting { id: None });
    desk.zoom.order(ZoomFault::once(Operation::UpdateMeeting, gone));
    assert_eq!(desk.patch(id, json!({})).await.error(), (404, 3001));
    let revoked = Action::Change(Change::RevokeGrants);
    desk.zoom
        .order(ZoomFault::once(Operation::CreateMeeting, revoked).after(1));
    assert_eq!(desk.create(kickoff()).await.status, 201);
    assert_eq!(desk.create(kickoff()).await.error(), (401, 124));
}

#[tokio::test]
async fn any_error_of_zoom_can_be_ordered() {
    let desk = Desk::new(world());
    let action = Action::zoom_error(400, 3000, "Cannot access webinar info.");
    desk.zoom.order(ZoomFault::always(Operation::Any, action));
    for _ in 0..3 {
        assert_eq!(desk.get("/meetings/1").await.error(), (400, 3000));
    }
    assert_eq!(desk.zoom.outstanding_faults().len(), 1);
    desk.zoom.clear_faults();
    assert_eq!(desk.get("/meetings/1").await.error(), (404, 3001));
}

// --- state

#[tokio::test]
async fn the_state_outlives_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zoom.json");
    let start = |file: &Path| EmbeddedZoom::start_persistent(file, world()).unwrap();
    let desk = Desk::at(start(&file));
    let tokens = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    let desk = Desk {
        token: tokens.access_token,
        ..desk
    };
    let id = desk.created().await;
    let before = desk.zoom.with_world(|world| world.clone()).unwrap();
    let Desk { zoom, http, token } = desk;
    drop(zoom);

    let zoom = start(&file);
    assert_eq!(zoom.with_world(|world| world.clone()).unwrap(), before);
    let desk = Desk { zoom, http, token };
    assert_eq!(desk.get(&format!("/meetings/{id}")).await.status, 200);
    granted(&desk.refresh(&tokens.refresh_token.unwrap()).await);
    assert_eq!(desk.zoom.with_world(|world| world.used_today(ANA)).unwrap(), 1);
}

#[tokio::test]
async fn two_servers_share_one_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zoom.json");
    let one = Desk::at(EmbeddedZoom::start_persistent(&file, world()).unwrap());
    let two = Desk {
        zoom: EmbeddedZoom::start_persistent(&file, ZoomWorld::new()).unwrap(),
        http: http(),
        token: one.token.clone(),
    };
    let creations = (0..20).map(|n| {
        let desk = if n % 2 == 0 { &one } else { &two };
        let request = desk.request(Method::POST, &format!("/users/{ANA}/meetings"));
        tokio::spawn(request.json(&kickoff()).send())
    });
    let creations: Vec<_> = creations.collect();
    for creation in creations {
        assert_eq!(creation.await.unwrap().unwrap().status().as_u16(), 201);
    }
    assert_eq!(one.zoom.meetings().unwrap().len(), 20);
    assert_eq!(one.zoom.meetings().unwrap(), two.zoom.meetings().unwrap());
    assert_eq!(two.zoom.with_world(|world| world.used_today(ANA)).unwrap(), 20);
}

#[test]
fn a_file_that_is_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zoom.json");
    std::fs::write(&file, "[organization]").unwrap();
    let error = EmbeddedZoom::start_persistent(&file, ZoomWorld::new()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    assert!(error.to_string().contains("zoom.json"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "[organization]");
}

#[tokio::test]
async fn it_listens_on_loopback_and_stops_when_dropped() {
    let desk = Desk::new(world());
    assert!(desk.zoom.address().ip().is_loopback());
    let Desk { zoom, http, .. } = desk;
    zoom.order(ZoomFault::always(
        Operation::Any,
        Action::DelayBefore {
            milliseconds: 3_600_000,
        },
    ));
    let url = zoom.api_url();
    let waiting = tokio::spawn(http.get(&url).send());
    while zoom.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(zoom);
    assert!(waiting.await.unwrap().is_err());
    assert!(http.get(&url).send().await.is_err());
}

// --- another process

/// The example program, running.
struct Process {
    child: std::process::Child,
    urls: Value,
}

impl Process {
    fn start(state: &Path) -> Self {
        // `cargo test` builds the examples; `cargo test --test …` alone does not.
        let folder = Path::new(env!("CARGO_BIN_EXE_invite")).parent().unwrap();
        let program = folder.join("examples").join("embedded-zoom");
        assert!(program.exists(), "build it first: cargo build --example embedded-zoom");
        let mut child = std::process::Command::new(program)
            .args(["--control", "--state"])
            .arg(state)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
        let urls = serde_json::from_str(&line).unwrap();
        Self { child, urls }
    }

    fn url(&self, name: &str, path: &str) -> String {
        format!("{}{path}", self.urls[name].as_str().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test]
async fn another_process_is_ruled_by_its_control_routes() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(&folder.path().join("zoom.json"));
    let http = http();
    let control = |method: Method, path: &str| http.request(method, process.url("control_url", path));
    let done = |request: RequestBuilder| async { Said::of(request.send().await.unwrap()).await };

    let tokens: Granted = serde_json::from_str(
        &done(control(Method::POST, &format!("/grants/{SANDBOX_CLIENT_ID}")))
            .await
            .text,
    )
    .unwrap();
    let create = || {
        http.post(process.url("api_url", &format!("/users/{ANA}/meetings")))
            .bearer_auth(&tokens.access_token)
            .header("Accept", "application/json")
            .json(&kickoff())
    };
    let fault = json!({"on": "create_meeting", "times": 1, "action": "drop_after"});
    assert_eq!(
        done(control(Method::POST, "/faults").json(&fault)).await.status,
        204
    );
    assert!(create().send().await.is_err());
    assert_eq!(done(control(Method::GET, "/faults")).await.json(), json!([]));
    let meetings = done(control(Method::GET, "/meetings")).await.json();
    assert_eq!(meetings.as_array().unwrap().len(), 1);
    let rules = json!({"host_daily_limit": 1});
    assert_eq!(
        done(control(Method::PATCH, "/rules").json(&rules)).await.status,
        204
    );
    assert_eq!(done(create()).await.status, 429);
    let change = json!({"set_user_status": {"user": ANA, "status": "pending"}});
    assert_eq!(
        done(control(Method::POST, "/changes").json(&change)).await.status,
        204
    );
    assert_eq!(done(create()).await.error(), (400, 1000));
    assert_eq!(
        done(control(Method::POST, "/changes").json(&json!("revoke_grants")))
            .await
            .status,
        204
    );
    assert_eq!(done(create()).await.error(), (401, 124));
    let requests = done(control(Method::GET, "/requests")).await.json();
    let statuses: Vec<&Value> = requests
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["status"])
        .collect();
    assert_eq!(statuses, [&json!(null), &json!(429), &json!(400), &json!(401)]);
    for (method, path) in [(Method::PATCH, "/rules"), (Method::POST, "/faults")] {
        let said = done(control(method, path).json(&json!({"unheard_of": 1}))).await;
        assert_eq!(said.status, 400, "{}", said.text);
    }
    let mut world = done(control(Method::GET, "/world")).await.json();
    world["meetings"] = json!([]);
    assert_eq!(
        done(control(Method::PUT, "/world").json(&world)).await.status,
        204
    );
    assert_eq!(done(control(Method::GET, "/meetings")).await.json(), json!([]));

    // It ends by itself when its standard input is closed.
    drop(process.child.stdin.take());
    assert!(process.child.wait().unwrap().success());
}

#[test]
fn a_clock_moves() {
    let at = instant("2026-11-23T12:00:00Z");
    assert_eq!(
        Clock::Fixed { at }.advanced(60).now(),
        instant("2026-11-23T12:01:00Z")
    );
    assert_eq!(
        Clock::default().advanced(5).advanced(-2),
        Clock::System { ahead: 3 }
    );
}
