//! Connecting to Zoom and disconnecting again.

use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use invite::fault::{Class, Fault};
use invite::online::OnlineMeetings as _;
use invite::online::zoom::{
    Auth, ConnectionState, Disconnected, MemoryTokens, TokenStore, ZoomClient, ZoomError,
};
use secrecy::ExposeSecret as _;

use crate::client::{
    DEAD, DELETE, EXPIRED, EXPIRING, HOUR, SCOPES, TOKEN, connected, connected_with, create_fails, grant, id,
    key, settings, shown, stored, tokens,
};
use crate::scripted::{Reply, Server};

#[tokio::test]
async fn consent_goes_out_and_comes_back() {
    let server = Server::script([(TOKEN, Reply::json(200, tokens(1)))]).await;
    let store = Arc::new(MemoryTokens::new());
    let client = ZoomClient::new(settings(&server), store.clone()).unwrap();
    assert_eq!(
        client.status().await.unwrap().state,
        ConnectionState::NotConnected
    );
    let error = create_fails(&client).await;
    assert_eq!(
        (error.kind(), error.class()),
        ("zoom.not_connected", Class::Configuration)
    );

    let request = client.begin_connect().unwrap();
    let query: std::collections::HashMap<_, _> = request.url.query_pairs().into_owned().collect();
    assert_eq!(request.url.path(), "/oauth/authorize");
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["client_id"], "client-id");
    assert_eq!(query["redirect_uri"], "http://127.0.0.1:8765/zoom/callback");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["state"], request.state.expose_secret());
    assert!(!query.contains_key("scope"));
    assert_ne!(
        query["state"],
        client.begin_connect().unwrap().state.expose_secret()
    );
    assert!(!format!("{request:?}").contains(request.state.expose_secret()));

    let state = request.state.expose_secret();
    for (redirected, kind) in [
        (
            "https://acme.example/cb?code=c&state=other".to_owned(),
            "zoom.state_mismatch",
        ),
        ("https://acme.example/cb?code=c".to_owned(), "zoom.state_mismatch"),
        (format!("https://acme.example/cb?state={state}"), "zoom.no_code"),
        ("https://acme.example/".to_owned(), "zoom.no_code"),
        (
            format!("https://acme.example/cb?error=access_denied&state={state}"),
            "zoom.consent_refused",
        ),
    ] {
        let error = client.finish_connect(&request, &redirected).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{redirected}");
        shown(&error);
    }
    let connection = client
        .finish_connect(&request, &format!("code=c0de&state={state}"))
        .await
        .unwrap();
    assert_eq!(connection.state, ConnectionState::Connected);
    assert!(connection.missing_scopes.is_empty() && connection.is_usable());
    assert!(connection.expires_at.unwrap() > Utc::now() + TimeDelta::minutes(50));
    let seen = server.finish();
    let verifier = request.verifier.expose_secret();
    assert_eq!(
        seen[0].body,
        format!(
            "grant_type=authorization_code&code=c0de&code_verifier={verifier}&redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fzoom%2Fcallback"
        )
    );
    assert_eq!(
        seen[0].header("authorization"),
        Some("Basic Y2xpZW50LWlkOmNsMWVudC1zZWNyZXQ=")
    );
    assert_eq!(
        stored(&*store).await.grant.refresh_token.unwrap().expose_secret(),
        "ref-1"
    );
}

#[tokio::test]
async fn a_code_that_zoom_does_not_accept_leaves_the_old_grant() {
    let server = Server::script([
        (
            TOKEN,
            Reply::json(
                400,
                r#"{"reason":"Invalid authorization code c0de","error":"invalid_request"}"#,
            ),
        ),
        (
            TOKEN,
            Reply::json(
                200,
                r#"{"access_token":"acc-2","token_type":"bearer","expires_in":3599,"scope":"x"}"#,
            ),
        ),
    ])
    .await;
    let (client, store) = connected(&server, HOUR).await;
    for kind in ["zoom.code_rejected", "zoom.unreadable_answer"] {
        let request = client.begin_connect().unwrap();
        let query = format!("code=c0de&state={}", request.state.expose_secret());
        let error = client.finish_connect(&request, &query).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert!(!shown(&error).contains("c0de"));
    }
    assert_eq!(stored(&*store).await.grant.access_token.expose_secret(), "acc-1");
    server.finish();
}

#[tokio::test]
async fn missing_scopes_are_named() {
    let server = Server::script([]).await;
    let (client, _) = connected_with(&server, HOUR, "meeting:write:meeting:admin").await;
    let connection = client.status().await.unwrap();
    assert_eq!(
        connection.missing_scopes,
        ["meeting:update:meeting:admin", "meeting:delete:meeting:admin"]
    );
    assert!(!connection.is_usable());
}

#[tokio::test]
async fn a_server_to_server_app_makes_its_own_tokens() {
    let token = |n: u32| {
        format!(r#"{{"access_token":"acc-{n}","token_type":"bearer","expires_in":3600,"scope":"{SCOPES}"}}"#)
    };
    let server = Server::script([
        (TOKEN, Reply::json(200, token(1))),
        (DELETE, Reply::json(401, EXPIRED)),
        (TOKEN, Reply::json(200, token(2))),
        (DELETE, Reply::empty(204)),
        (DELETE, Reply::empty(204)),
    ])
    .await;
    let mut settings = settings(&server);
    settings.auth = Auth::ServerToServer {
        account_id: "acc ount".to_owned(),
    };
    let client = ZoomClient::new(settings, Arc::new(MemoryTokens::new())).unwrap();
    assert_eq!(client.status().await.unwrap().state, ConnectionState::OnDemand);
    assert!(matches!(
        client.begin_connect(),
        Err(ZoomError::InvalidSettings { .. })
    ));
    client.delete(&id()).await.unwrap();
    client.delete(&id()).await.unwrap();
    let seen = server.finish();
    assert_eq!(seen[0].body, "grant_type=account_credentials&account_id=acc+ount");
    assert_eq!(seen[4].header("authorization"), Some("Bearer acc-2"));
}

#[tokio::test]
async fn disconnecting_revokes_and_forgets() {
    let revoke = "POST /oauth/revoke";
    let server = Server::script([
        (revoke, Reply::json(503, "")),
        (revoke, Reply::json(200, r#"{"status":"success"}"#)),
        (revoke, Reply::json(400, DEAD)),
        (TOKEN, Reply::json(400, DEAD)),
    ])
    .await;
    let (client, store) = connected(&server, HOUR).await;
    shown(&client.disconnect().await.unwrap_err());
    assert!(
        store.load(&key()).await.unwrap().is_some(),
        "forgotten though not revoked"
    );
    assert_eq!(client.disconnect().await.unwrap(), Disconnected::Revoked);
    assert!(store.load(&key()).await.unwrap().is_none());
    assert_eq!(client.disconnect().await.unwrap(), Disconnected::Nothing);
    store.put(&key(), &grant(1, HOUR, SCOPES)).await.unwrap();
    assert_eq!(client.disconnect().await.unwrap(), Disconnected::Forgotten);
    store.put(&key(), &grant(1, EXPIRING, SCOPES)).await.unwrap();
    assert_eq!(client.disconnect().await.unwrap(), Disconnected::Forgotten);
    let seen = server.finish();
    assert_eq!(seen[1].body, "token=acc-1");
    assert_eq!(
        seen[1].header("authorization"),
        Some("Basic Y2xpZW50LWlkOmNsMWVudC1zZWNyZXQ=")
    );
}
