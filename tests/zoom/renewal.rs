//! Tokens are renewed: once, by one of many, and kept before they are used.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use invite::fault::{Act, BoxFault, Class, Fault};
use invite::online::zoom::{
    ConnectionState, Grant, MemoryTokens, RefreshLease, RefreshLock, Replaced, StoredGrant, TokenKey,
    TokenStore, ZoomClient,
};
use invite::online::{OnlineMeetings as _, Outcome};
use secrecy::ExposeSecret as _;

use crate::client::{
    CREATE, DEAD, DELETE, EXPIRED, EXPIRING, HOUR, MADE, SCOPES, TOKEN, connected, create_fails, grant, id,
    key, settings, shown, spec, stored, tokens,
};
use crate::scripted::{Reply, Server};

#[tokio::test]
async fn a_refused_token_is_renewed_and_the_request_repeated_once() {
    let server = Server::script([
        (CREATE, Reply::json(401, EXPIRED)),
        (TOKEN, Reply::json(200, tokens(2))),
        (CREATE, Reply::json(201, MADE)),
        (CREATE, Reply::json(401, EXPIRED)),
        (TOKEN, Reply::json(200, tokens(3))),
        (CREATE, Reply::json(401, EXPIRED)),
    ])
    .await;
    let (client, store) = connected(&server, HOUR).await;
    client.create(&spec(), "m").await.unwrap();
    let error = create_fails(&client).await;
    assert_eq!(
        (error.kind(), error.outcome()),
        ("zoom.token_refused", Outcome::NotDone)
    );
    let seen = server.finish();
    assert_eq!(seen[1].body, "grant_type=refresh_token&refresh_token=ref-1");
    // client-id:cl1ent-secret
    assert_eq!(
        seen[1].header("authorization"),
        Some("Basic Y2xpZW50LWlkOmNsMWVudC1zZWNyZXQ=")
    );
    assert_eq!(seen[2].header("authorization"), Some("Bearer acc-2"));
    assert_eq!(
        seen[4].body, "grant_type=refresh_token&refresh_token=ref-2",
        "the rotated token is used"
    );
    assert_eq!(stored(&*store).await.grant.access_token.expose_secret(), "acc-3");
}

#[tokio::test]
async fn however_many_want_a_token_zoom_is_asked_once() {
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let server = Server::answering(move |seen| {
        if seen.line == TOKEN {
            counted.fetch_add(1, Ordering::SeqCst);
            assert_eq!(seen.body, "grant_type=refresh_token&refresh_token=ref-1");
            Reply::json(200, tokens(2))
        } else if seen.header("authorization") == Some("Bearer acc-2") {
            Reply::empty(204)
        } else {
            Reply::json(401, EXPIRED)
        }
    })
    .await;
    for lives in [EXPIRING, HOUR] {
        calls.store(0, Ordering::SeqCst);
        let (first, store) = connected(&server, lives).await;
        // Two clients on one store are to each other what two processes are.
        let second = ZoomClient::new(settings(&server), store.clone()).unwrap();
        let clients = [Arc::new(first), Arc::new(second)];
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..8 {
            let client = Arc::clone(&clients[n % 2]);
            tasks.spawn(async move { client.delete(&id()).await });
        }
        while let Some(done) = tasks.join_next().await {
            done.unwrap().unwrap();
        }
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        assert!(stored(&*store).await.lost.is_none());
    }
}

#[tokio::test]
async fn who_finds_another_process_renewing_waits_and_uses_its_token() {
    let server = Server::script([(DELETE, Reply::empty(204))]).await;
    let (client, store) = connected(&server, EXPIRING).await;
    let RefreshLock::Ours(lease, _) = store.lock_refresh(&key(), Duration::from_secs(60)).await.unwrap()
    else {
        panic!("busy");
    };
    let waiting = tokio::spawn(async move { client.delete(&id()).await });
    tokio::task::yield_now().await;
    store.replace(&lease, &grant(7, HOUR, SCOPES)).await.unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(server.finish()[0].header("authorization"), Some("Bearer acc-7"));
}

#[tokio::test]
async fn a_dead_grant_is_lost_once_and_for_all_until_one_connects_again() {
    let server = Server::script([
        (TOKEN, Reply::json(400, DEAD)),
        (TOKEN, Reply::json(200, tokens(2))),
        (CREATE, Reply::json(201, MADE)),
    ])
    .await;
    let (client, _) = connected(&server, EXPIRING).await;
    for _ in 0..3 {
        let error = create_fails(&client).await;
        assert_eq!(
            (error.kind(), error.outcome()),
            ("zoom.grant_lost", Outcome::NotDone)
        );
        let remedy = error.remedy().unwrap();
        assert!(remedy.acts().any(|act| *act == Act::ReconnectZoom), "{remedy}");
    }
    assert!(
        matches!(client.status().await.unwrap().state, ConnectionState::Lost(loss) if loss.reason == "Invalid Token!")
    );
    let request = client.begin_connect().unwrap();
    let redirected = format!(
        "http://127.0.0.1:8765/zoom/callback?code=c0de&state={}",
        request.state.expose_secret()
    );
    client.finish_connect(&request, &redirected).await.unwrap();
    client.create(&spec(), "m").await.unwrap();
    server.finish();
}

#[tokio::test]
async fn tokens_survive_what_is_not_their_fault() {
    for (reply, kind, class) in [
        (
            Reply::json(
                401,
                r#"{"reason":"Invalid client_id or client_secret","error":"invalid_client"}"#,
            ),
            "zoom.wrong_client",
            Class::Configuration,
        ),
        (Reply::json(503, "<html>"), "zoom.server_failed", Class::Temporary),
        (Reply::json(500, DEAD), "zoom.server_failed", Class::Temporary),
        (
            Reply::json(200, "<html>acc-1</html>"),
            "zoom.unreadable_answer",
            Class::Unavailable,
        ),
        (
            Reply::json(
                400,
                r#"{"reason":"grant type X is not supported","error":"unsupported_grant_type"}"#,
            ),
            "zoom.oauth_refused",
            Class::Configuration,
        ),
    ] {
        let server = Server::script([
            (TOKEN, reply),
            (TOKEN, Reply::json(200, tokens(2))),
            (DELETE, Reply::empty(204)),
        ])
        .await;
        let (client, store) = connected(&server, EXPIRING).await;
        let error = create_fails(&client).await;
        assert_eq!(
            (error.kind(), error.class(), error.outcome()),
            (kind, class, Outcome::NotDone)
        );
        assert!(stored(&*store).await.lost.is_none());
        client.delete(&id()).await.unwrap();
        server.finish();
    }
}

#[tokio::test]
async fn a_token_that_still_lives_is_used_when_it_cannot_be_renewed_ahead_of_time() {
    let server = Server::script([(TOKEN, Reply::json(503, "")), (DELETE, Reply::empty(204))]).await;
    let (client, _) = connected(&server, TimeDelta::seconds(50)).await;
    client.delete(&id()).await.unwrap();
    assert_eq!(server.finish()[1].header("authorization"), Some("Bearer acc-1"));
}

#[tokio::test]
async fn a_lost_answer_to_a_renewal_is_asked_for_once_more() {
    let server = Server::script([
        (TOKEN, Reply::Disconnect),
        (TOKEN, Reply::json(200, tokens(2))),
        (DELETE, Reply::empty(204)),
    ])
    .await;
    let (client, _) = connected(&server, EXPIRING).await;
    client.delete(&id()).await.unwrap();
    assert_eq!(
        server.finish()[1].body,
        "grant_type=refresh_token&refresh_token=ref-1"
    );

    let server = Server::script([(TOKEN, Reply::Disconnect), (TOKEN, Reply::json(400, DEAD))]).await;
    let (client, store) = connected(&server, EXPIRING).await;
    let error = create_fails(&client).await;
    assert_eq!(error.kind(), "zoom.grant_lost");
    assert!(
        error.to_string().contains("answer to its renewal was lost"),
        "{error}"
    );
    assert!(stored(&*store).await.lost.is_some());
    server.finish();

    let server = Server::script([(TOKEN, Reply::Disconnect), (TOKEN, Reply::Disconnect)]).await;
    let (client, store) = connected(&server, EXPIRING).await;
    assert_eq!(create_fails(&client).await.kind(), "zoom.answer_lost");
    assert!(stored(&*store).await.lost.is_none());
    server.finish();
}

#[tokio::test]
async fn a_caller_that_gives_up_takes_no_token_with_it() {
    let (asked, mut is_asked) = tokio::sync::mpsc::unbounded_channel();
    let (go, wait) = tokio::sync::oneshot::channel::<()>();
    let mut wait = Some(wait);
    let server = Server::answering(move |_| {
        asked.send(()).unwrap();
        Reply::json(200, tokens(2)).after(wait.take().unwrap())
    })
    .await;
    let (client, store) = connected(&server, EXPIRING).await;
    let client = Arc::new(client);
    let calling = Arc::clone(&client);
    let caller = tokio::spawn(async move { calling.delete(&id()).await });
    is_asked.recv().await.unwrap();
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    go.send(()).unwrap();
    client.settle().await;
    assert_eq!(stored(&*store).await.grant.access_token.expose_secret(), "acc-2");
}

/// A store whose first `failures` replacements fail, and whose first looks are `stale`.
#[derive(Default)]
struct Flaky {
    inner: MemoryTokens,
    failures: AtomicUsize,
    stale: Mutex<Vec<StoredGrant>>,
}

#[derive(Debug, thiserror::Error)]
#[error("the disk is full")]
struct DiskFull;

impl Fault for DiskFull {
    fn kind(&self) -> &'static str {
        "test.disk_full"
    }
    fn class(&self) -> Class {
        Class::CannotCreate
    }
}

#[async_trait]
impl TokenStore for Flaky {
    async fn load(&self, key: &TokenKey) -> Result<Option<StoredGrant>, BoxFault> {
        let stale = self.stale.lock().unwrap().pop();
        if stale.is_some() {
            return Ok(stale);
        }
        self.inner.load(key).await
    }
    async fn put(&self, key: &TokenKey, grant: &Grant) -> Result<(), BoxFault> {
        self.inner.put(key, grant).await
    }
    async fn lock_refresh(&self, key: &TokenKey, lasting: Duration) -> Result<RefreshLock, BoxFault> {
        self.inner.lock_refresh(key, lasting).await
    }
    async fn replace(&self, lease: &RefreshLease, grant: &Grant) -> Result<Replaced, BoxFault> {
        if self
            .failures
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
            .is_ok()
        {
            return Err(BoxFault::new(DiskFull));
        }
        self.inner.replace(lease, grant).await
    }
    async fn mark_lost(&self, lease: &RefreshLease, reason: &str) -> Result<bool, BoxFault> {
        self.inner.mark_lost(lease, reason).await
    }
    async fn release(&self, lease: &RefreshLease) -> Result<(), BoxFault> {
        self.inner.release(lease).await
    }
    async fn forget(&self, key: &TokenKey) -> Result<(), BoxFault> {
        self.inner.forget(key).await
    }
}

#[tokio::test]
async fn who_gets_the_lease_after_another_has_renewed_does_not_renew_again() {
    let server = Server::script([(DELETE, Reply::empty(204))]).await;
    let store = Flaky::default();
    store.put(&key(), &grant(1, EXPIRING, SCOPES)).await.unwrap();
    let before = stored(&store).await;
    // The other process renews after each of our looks, and before our lease.
    store.stale.lock().unwrap().extend([before.clone(), before]);
    store.inner.put(&key(), &grant(7, HOUR, SCOPES)).await.unwrap();
    let client = ZoomClient::new(settings(&server), Arc::new(store)).unwrap();
    client.delete(&id()).await.unwrap();
    assert_eq!(server.finish()[0].header("authorization"), Some("Bearer acc-7"));
}

#[tokio::test]
async fn a_new_pair_is_stored_before_it_is_used() {
    for (failures, works) in [(2, true), (99, false)] {
        let mut script = vec![(TOKEN, Reply::json(200, tokens(2)))];
        if works {
            script.push((DELETE, Reply::empty(204)));
        }
        let server = Server::script(script).await;
        let inner = MemoryTokens::new();
        inner.put(&key(), &grant(1, EXPIRING, SCOPES)).await.unwrap();
        let store = Flaky {
            inner,
            failures: AtomicUsize::new(failures),
            ..Flaky::default()
        };
        let client = ZoomClient::new(settings(&server), Arc::new(store)).unwrap();
        let result = client.delete(&id()).await;
        if works {
            result.unwrap();
        } else {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), "zoom.token_not_stored");
            assert!(shown(&error).contains("the disk is full"));
        }
        server.finish();
    }
}
