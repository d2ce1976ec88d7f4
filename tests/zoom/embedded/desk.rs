//! Somebody who talks to an embedded Zoom.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use invite::sandbox::zoom::{
    Change, EmbeddedZoom, Granted, Rules, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_REDIRECT_URI,
    ZoomClient, ZoomWorld,
};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

pub(crate) const ANA: &str = "ana@acme.example";
pub(crate) const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters-1";

pub(crate) fn http() -> Client {
    rustls::crypto::ring::default_provider().install_default().ok();
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap()
}

pub(crate) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// The sandbox's world at a fixed time, its Production client with read scopes too.
pub(crate) fn world() -> ZoomWorld {
    let client = ZoomClient::general(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET).with_read_scopes();
    ZoomWorld::sandbox()
        .with_client(client)
        .at(instant("2026-11-23T12:00:00Z"))
}

/// An embedded Zoom and somebody who talks to it.
pub(crate) struct Desk {
    pub(crate) zoom: EmbeddedZoom,
    pub(crate) http: Client,
    pub(crate) token: String,
}

/// Status, headers, body.
pub(crate) struct Said {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Said {
    pub(crate) async fn of(response: Response) -> Self {
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

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {:?}", self.text))
    }

    /// The status, and the code of Zoom's error body.
    pub(crate) fn error(&self) -> (u16, i64) {
        (self.status, self.json()["code"].as_i64().unwrap_or_default())
    }

    pub(crate) fn message(&self) -> String {
        self.json()["message"].as_str().unwrap_or_default().to_owned()
    }
}

impl Desk {
    pub(crate) fn new(world: ZoomWorld) -> Self {
        Self::at(EmbeddedZoom::start(world).unwrap())
    }

    pub(crate) fn at(zoom: EmbeddedZoom) -> Self {
        let token = zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap().access_token;
        Self {
            zoom,
            http: http(),
            token,
        }
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.zoom.api_url()))
            .header("Accept", "application/json")
            .bearer_auth(&self.token)
    }

    pub(crate) async fn send(&self, request: RequestBuilder) -> Said {
        Said::of(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Said {
        self.send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn create_for(&self, host: &str, body: Value) -> Said {
        let request = self.request(Method::POST, &format!("/users/{host}/meetings"));
        self.send(request.json(&body)).await
    }

    pub(crate) async fn create(&self, body: Value) -> Said {
        self.create_for(ANA, body).await
    }

    pub(crate) async fn created(&self) -> u64 {
        let said = self.create(kickoff()).await;
        assert_eq!(said.status, 201, "{}", said.text);
        said.json()["id"].as_u64().unwrap()
    }

    pub(crate) async fn patch(&self, id: u64, body: Value) -> Said {
        let request = self.request(Method::PATCH, &format!("/meetings/{id}"));
        self.send(request.json(&body)).await
    }

    pub(crate) async fn delete(&self, id: u64) -> Said {
        self.send(self.request(Method::DELETE, &format!("/meetings/{id}")))
            .await
    }

    pub(crate) async fn oauth(
        &self,
        path: &str,
        client: Option<(&str, &str)>,
        form: &[(&str, &str)],
    ) -> Said {
        let mut request = self
            .http
            .post(format!("{}/{path}", self.zoom.oauth_url()))
            .form(form);
        if let Some((id, secret)) = client {
            request = request.basic_auth(id, Some(secret));
        }
        self.send(request).await
    }

    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Said {
        self.oauth("token", Some((SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET)), form)
            .await
    }

    pub(crate) async fn refresh(&self, token: &str) -> Said {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)])
            .await
    }

    pub(crate) async fn authorize(&self, query: &[(&str, &str)]) -> Said {
        let url = Url::parse_with_params(&format!("{}/authorize", self.zoom.oauth_url()), query).unwrap();
        self.send(self.http.get(url)).await
    }

    /// A code for the Production client, with this challenge.
    pub(crate) async fn code(&self, challenge: &[(&str, &str)]) -> String {
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

    pub(crate) async fn exchange(&self, code: &str, verifier: Option<&str>) -> Said {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", SANDBOX_REDIRECT_URI),
        ];
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        self.token(&form).await
    }

    pub(crate) fn change(&self, change: Change) {
        self.zoom.change(&change).unwrap();
    }

    pub(crate) fn rules(&self, set: impl FnOnce(&mut Rules)) {
        self.zoom.with_world(|world| set(&mut world.rules)).unwrap();
    }
}

pub(crate) fn kickoff() -> Value {
    json!({"topic": "Kick-off", "type": 2, "start_time": "2026-12-01T09:00:00Z", "timezone": "Europe/Berlin",
        "duration": 45, "agenda": "Agenda:\n- scope", "settings": {"waiting_room": true}})
}

pub(crate) fn granted(said: &Said) -> Granted {
    assert_eq!(said.status, 200, "{}", said.text);
    serde_json::from_str(&said.text).unwrap()
}

pub(crate) fn oauth_error(said: &Said) -> (u16, String, String) {
    let body = said.json();
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    (said.status, text("error"), text("reason"))
}

pub(crate) fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}
