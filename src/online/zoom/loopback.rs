//! Waits for the redirect of the browser from the consent page.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use url::Url;

use super::consent::Redirected;
use super::{AuthorizationRequest, ZoomError};
use crate::http::is_loopback;

/// How long open connections may take to close after the redirect has come.
const FAREWELL: Duration = Duration::from_secs(2);

/// A listener at a redirect URI on this machine, such as `http://127.0.0.1:8765/zoom/callback`.
#[derive(Debug)]
pub struct Loopback {
    listeners: Vec<TcpListener>,
    path: String,
}

#[derive(Clone)]
struct Waiting {
    path: Arc<str>,
    request: AuthorizationRequest,
    found: Arc<Mutex<Option<oneshot::Sender<String>>>>,
}

impl Loopback {
    /// Begins to listen, so that no other program has the port when the browser comes back. `localhost` listens on both
    /// kinds of address, as far as the machine has them.
    ///
    /// # Errors
    /// [`ZoomError::Listen`] when the URI is not an `http` address on this machine, or its port is taken.
    pub async fn bind(redirect_uri: &str) -> Result<Self, ZoomError> {
        let refuse = |reason: String| ZoomError::Listen {
            redirect_uri: redirect_uri.to_owned(),
            reason,
        };
        let url = Url::parse(redirect_uri).map_err(|e| refuse(e.to_string()))?;
        if url.scheme() != "http" || !is_loopback(&url) {
            return Err(refuse("it is not an http address on this machine".to_owned()));
        }
        let mut addresses = url.socket_addrs(|| Some(80)).map_err(|e| refuse(e.to_string()))?;
        // A hosts file may name the same address twice.
        addresses.sort_unstable();
        addresses.dedup();
        let mut listeners = Vec::new();
        let mut problem = None;
        for address in addresses {
            match TcpListener::bind(address).await {
                Ok(listener) => listeners.push(listener),
                Err(e) => problem = Some(e),
            }
        }
        match problem {
            Some(e) if listeners.is_empty() || e.kind() == std::io::ErrorKind::AddrInUse => {
                Err(refuse(e.to_string()))
            }
            _ => Ok(Self {
                listeners,
                path: url.path().to_owned(),
            }),
        }
    }

    /// The addresses that the listener listens on.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.listeners
            .iter()
            .filter_map(|l| l.local_addr().ok())
            .collect()
    }

    /// Waits for the redirect that answers this request, and returns its query. Other requests (a favicon, a redirect
    /// with another state) are answered and ignored. The call has no time limit: wrap it in a timeout.
    ///
    /// # Errors
    /// [`ZoomError::Listen`] when listening fails.
    pub async fn receive(self, request: &AuthorizationRequest) -> Result<String, ZoomError> {
        let (sender, receiver) = oneshot::channel();
        let waiting = Waiting {
            path: self.path.as_str().into(),
            request: request.clone(),
            found: Arc::new(Mutex::new(Some(sender))),
        };
        let router = Router::new().fallback(answer).with_state(waiting);
        let (stop, _) = tokio::sync::watch::channel(false);
        let mut servers = tokio::task::JoinSet::new();
        for listener in self.listeners {
            let mut stopped = stop.subscribe();
            let serve = axum::serve(listener, router.clone()).with_graceful_shutdown(async move {
                // An error means that the other side does not wait any more.
                let _ = stopped.wait_for(|stop| *stop).await;
            });
            servers.spawn(async move { serve.await });
        }
        drop(router);
        let query = receiver.await.map_err(|_| ZoomError::Listen {
            redirect_uri: self.path,
            reason: "the listener ended".to_owned(),
        });
        let _ = stop.send(true);
        let _ = tokio::time::timeout(FAREWELL, async { while servers.join_next().await.is_some() {} }).await;
        query
    }
}

async fn answer(State(waiting): State<Waiting>, request: Request) -> Response {
    if request.uri().path() != &*waiting.path {
        return StatusCode::NOT_FOUND.into_response();
    }
    if request.method() != Method::GET {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let query = request.uri().query().unwrap_or_default().to_owned();
    let redirected = Redirected::read(&format!("?{query}"));
    let answers = redirected.answers(&waiting.request);
    let page = if !answers {
        (
            StatusCode::BAD_REQUEST,
            "This link is not the newest one",
            "Connect to Zoom again, and use the newest link only. You can close this window.",
        )
    } else if redirected.error.is_some() {
        (
            StatusCode::OK,
            "Zoom was not connected",
            "The program that asked for the connection says why. You can close this window.",
        )
    } else {
        (
            StatusCode::OK,
            "Back from Zoom",
            "The program that asked for the connection finishes it. You can close this window.",
        )
    };
    if answers {
        let sender = waiting
            .found
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(sender) = sender {
            // An error means that the other side does not wait any more.
            let _ = sender.send(query);
        }
    }
    let (status, title, text) = page;
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><body style=\"font-family:system-ui,sans-serif;max-width:32rem;margin:15vh auto;padding:0 1rem\">\
         <h1>{title}</h1><p>{text}</p></body></html>"
    );
    let headers = [
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONNECTION, "close"),
    ];
    (status, headers, Html(html)).into_response()
}
