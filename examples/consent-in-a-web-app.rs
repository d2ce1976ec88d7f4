//! Consent in a web app: an administrator connects the organization's Zoom account in the browser.
//!
//! ```text
//! cargo run --example consent-in-a-web-app
//! ```
//! serves on a free port of this machine, and plays the administrator's browser itself: the app sends it to Zoom, Zoom sends it
//! back with a code, and the app exchanges the code for tokens. Zoom is the embedded one.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::{COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use invite::database::{Database, EncryptionKey, KeySource};
use invite::fault::chain;
use invite::online::zoom::{Auth, AuthorizationRequest, Mode, ZoomClient, ZoomSettings};
use invite::sandbox::zoom::{
    EmbeddedZoom, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, ZoomClient as ZoomApp, ZoomWorld,
};
use reqwest::redirect::Policy;
use url::Url;

#[derive(Clone)]
struct App {
    zoom: Arc<ZoomClient>,
    /// What was asked of Zoom in each browser session, until the browser comes back. A real app keeps it in the session of
    /// an administrator who has logged in.
    sessions: Arc<Mutex<HashMap<String, AuthorizationRequest>>>,
}

/// `GET /zoom/connect`: sends the browser to Zoom's consent page. The request has a state and a PKCE verifier; both stay here.
async fn connect(State(app): State<App>) -> Response {
    let request = match app.zoom.begin_connect() {
        Ok(request) => request,
        Err(error) => return (StatusCode::INTERNAL_SERVER_ERROR, chain(&error)).into_response(),
    };
    let session = uuid::Uuid::new_v4().to_string();
    let cookie = format!("session={session}; Path=/zoom; HttpOnly; SameSite=Lax");
    let to = Redirect::to(request.url.as_str());
    let mut sessions = app.sessions.lock().unwrap_or_else(PoisonError::into_inner);
    sessions.insert(session, request);
    ([(SET_COOKIE, cookie)], to).into_response()
}

/// `GET /zoom/callback`: where Zoom sends the browser back to. Only the session that asked may finish, and once:
/// `finish_connect` compares the state.
async fn callback(
    State(app): State<App>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> (StatusCode, String) {
    let cookie = headers.get(COOKIE).and_then(|cookie| cookie.to_str().ok());
    let session = cookie.and_then(|cookie| cookie.split("; ").find_map(|one| one.strip_prefix("session=")));
    let request = session.and_then(|session| {
        let mut sessions = app.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        sessions.remove(session)
    });
    let Some(request) = request else {
        return (
            StatusCode::BAD_REQUEST,
            "nobody asked Zoom in this browser".to_owned(),
        );
    };
    match app
        .zoom
        .finish_connect(&request, &query.unwrap_or_default())
        .await
    {
        Ok(connection) => {
            let scopes = connection.scopes.len();
            (StatusCode::OK, format!("connected, with {scopes} scopes"))
        }
        Err(error) => (StatusCode::BAD_REQUEST, chain(&error)),
    }
}

/// The administrator's browser: follows redirects, and keeps the cookie of the app.
async fn browse(app: &Url, mut to: Url) -> Result<String, Box<dyn Error>> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(Policy::none())
        .build()?;
    let mut cookie = String::new();
    loop {
        println!("the browser goes to {}", to.path());
        let mut get = client.get(to.clone());
        if to.origin() == app.origin() {
            get = get.header(COOKIE, &cookie);
        }
        let answer = get.send().await?;
        if let Some(set) = answer.headers().get(SET_COOKIE) {
            cookie = set.to_str()?.split(';').next().unwrap_or_default().to_owned();
        }
        match answer.headers().get(LOCATION) {
            Some(location) => to = to.join(location.to_str()?)?,
            None => return Ok(answer.text().await?),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    rustls::crypto::ring::default_provider().install_default().ok();
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let here = Url::parse(&format!("http://{}/", listener.local_addr()?))?;
    // The app as it is registered at Zoom: with the address that the browser is sent back to, to the letter.
    let redirect_uri = here.join("zoom/callback")?.to_string();
    let registered =
        ZoomApp::general(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET).with_redirect_uri(&redirect_uri);
    let zoom = EmbeddedZoom::start(ZoomWorld::sandbox().with_client(registered))?;

    let folder = tempfile::tempdir()?;
    let key = KeySource::Given(EncryptionKey::new([7; 32]));
    let database = Database::open(&folder.path().join("invite.db"), key).await?;
    let auth = Auth::AuthorizationCode { redirect_uri };
    let mut settings = ZoomSettings::new(
        Mode::Production,
        auth,
        SANDBOX_CLIENT_ID,
        SANDBOX_CLIENT_SECRET.into(),
    )?;
    settings.api_url = zoom.api_url().parse()?;
    settings.oauth_url = zoom.oauth_url().parse()?;
    // The tokens are sealed in the database; the same client is a pipeline's provider: `.online(client)`.
    let client = Arc::new(ZoomClient::new(settings, Arc::new(database.clone()))?);
    let app = App {
        zoom: client.clone(),
        sessions: Arc::default(),
    };
    let routes = Router::new()
        .route("/zoom/connect", get(connect))
        .route("/zoom/callback", get(callback))
        .with_state(app);
    let server = tokio::spawn(async move { axum::serve(listener, routes).await });

    println!("{}", browse(&here, here.join("zoom/connect")?).await?);
    let forged = here.join("zoom/callback?code=x&state=y")?;
    println!("a forged return: {}", browse(&here, forged).await?);
    println!("usable: {}", client.status().await?.is_usable());
    server.abort();
    Ok(())
}
