//! The requests that the desk answers, and the permissions that browsers give to its pages.

use std::net::SocketAddr;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// The permissions of the desk's own page: show its frames, run its one script, send requests to its own server.
const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; \
                    img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The permissions of a mail within its frame: styles and pictures, as in a mail program, and nothing else.
pub(super) const MAIL: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; form-action 'none'; \
                               frame-ancestors 'self'; sandbox allow-same-origin";

/// Answers only GET requests with the desk's own address in the Host header.
pub(super) async fn guard(State(address): State<SocketAddr>, request: Request, next: Next) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, "the desk is only looked at").into_response();
    }
    let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let port = address.port();
    let own = [format!("127.0.0.1:{port}"), format!("localhost:{port}")];
    if !host.is_some_and(|host| own.iter().any(|own| own == host)) {
        return (
            StatusCode::MISDIRECTED_REQUEST,
            "the desk answers to its own address only",
        )
            .into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, PAGE);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "no-referrer");
    set(CACHE_CONTROL, "no-store");
    set(
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    );
    response
}
