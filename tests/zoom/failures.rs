//! Requests that fail: what is repeated, waited for, or told.

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use invite::fault::{Class, Fault};
use invite::online::zoom::{MemoryTokens, TokenStore, ZoomClient};
use invite::online::{OnlineMeetings as _, Outcome};

use crate::client::{
    CREATE, HOUR, MADE, PATCH, PER_SECOND, SCOPES, connected, create_fails, grant, id, key, settings, spec,
};
use crate::scripted::{Reply, Server};

#[tokio::test]
async fn a_creation_whose_answer_is_lost_is_never_repeated() {
    for reply in [
        Reply::Hang,
        Reply::Disconnect,
        Reply::json(500, ""),
        Reply::json(503, "<html>Service Unavailable</html>"),
        Reply::json(201, ""),
        Reply::json(201, "<result/>"),
        Reply::json(
            201,
            r#"{"id":1,"join_url":"javascript:alert(1)","start_url":"https://zoom.us/s/1?zak=st4rt"}"#,
        ),
    ] {
        let case = format!("{reply:?}");
        let server = Server::script([(CREATE, reply)]).await;
        let store = Arc::new(MemoryTokens::new());
        store.put(&key(), &grant(1, HOUR, SCOPES)).await.unwrap();
        let mut settings = settings(&server);
        if case == "Hang" {
            settings.timeout = Duration::from_secs(1);
        }
        let client = ZoomClient::new(settings, store).unwrap();
        let error = create_fails(&client).await;
        assert_eq!(error.outcome(), Outcome::Unknown, "{case}: {error}");
        server.finish();
    }
}

#[tokio::test]
async fn nothing_is_done_when_nobody_is_there() {
    let server = Server::script([]).await;
    let (client, _) = connected(&server, HOUR).await;
    server.close().await;
    let error = client
        .update(&id(), Some(&spec()), &spec(), "m")
        .await
        .unwrap_err();
    assert_eq!(
        (error.outcome(), error.kind()),
        (Outcome::NotDone, "zoom.unreachable")
    );
    let error = create_fails(&client).await;
    assert_eq!(
        (error.outcome(), error.kind(), error.class()),
        (Outcome::NotDone, "zoom.unreachable", Class::Unavailable)
    );
    assert!(error.to_string().contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_speak_tls_gets_nothing() {
    let server = Server::script([]).await;
    let store = Arc::new(MemoryTokens::new());
    store.put(&key(), &grant(1, HOUR, SCOPES)).await.unwrap();
    let mut settings = settings(&server);
    settings.api_url = format!("https{}/v2", server.url().trim_start_matches("http"))
        .parse()
        .unwrap();
    let client = ZoomClient::new(settings, store).unwrap();
    let error = create_fails(&client).await;
    assert_eq!(
        (error.outcome(), error.kind()),
        (Outcome::NotDone, "zoom.unreachable")
    );
    assert!(server.finish().is_empty());
}

#[tokio::test]
async fn what_is_safe_to_repeat_is_repeated_and_not_for_ever() {
    let server = Server::script([
        (PATCH, Reply::Disconnect),
        (PATCH, Reply::json(502, "<html>")),
        (PATCH, Reply::json(503, "").with("retry-after", "0")),
        (PATCH, Reply::empty(204)),
        (PATCH, Reply::json(500, "")),
        (PATCH, Reply::json(500, "")),
        (PATCH, Reply::json(500, "")),
        (PATCH, Reply::json(500, r#"{"code":500,"message":"Internal."}"#)),
    ])
    .await;
    let (client, _) = connected(&server, HOUR).await;
    client.update(&id(), Some(&spec()), &spec(), "m").await.unwrap();
    let good = client.status().await.unwrap().last;
    assert!(good.success.is_some() && good.error.is_none());
    let error = client
        .update(&id(), Some(&spec()), &spec(), "m")
        .await
        .unwrap_err();
    assert_eq!(
        (error.outcome(), error.kind(), error.class()),
        (Outcome::Unknown, "zoom.server_failed", Class::Temporary)
    );
    let last = client.status().await.unwrap().last;
    assert_eq!(
        (last.success, last.error.unwrap().1),
        (good.success, error.to_string())
    );
    server.finish();
}

#[tokio::test]
async fn limits_are_waited_for_or_told() {
    let qps = || Reply::json(429, PER_SECOND).with("x-ratelimit-type", "QPS");
    let server = Server::script([
        (CREATE, qps()),
        (CREATE, Reply::json(429, PER_SECOND).with("retry-after", "0")),
        (CREATE, Reply::json(201, MADE)),
        (CREATE, Reply::json(429, PER_SECOND).with("retry-after", "3600")),
        (CREATE, qps()),
        (CREATE, qps()),
        (CREATE, qps()),
        (CREATE, qps()),
        (CREATE, Reply::json(429, r#"{"code":429,"message":"You have exceeded the daily rate limit (100) of Meeting Create/Update API requests permitted for this particular user. You may resume these requests at GMT 00:00:00."}"#)),
    ])
    .await;
    let (client, _) = connected(&server, HOUR).await;
    client.create(&spec(), "m").await.unwrap();
    let before = Utc::now();
    let error = create_fails(&client).await;
    assert_eq!(
        (error.kind(), error.class(), error.outcome()),
        ("zoom.rate_limited", Class::Temporary, Outcome::NotDone)
    );
    assert!(error.retry_at().unwrap() >= before + TimeDelta::seconds(3590));
    let error = create_fails(&client).await;
    assert_eq!(error.kind(), "zoom.rate_limited");
    let error = create_fails(&client).await;
    assert_eq!(
        (error.kind(), error.class()),
        ("zoom.host_daily_limit", Class::Temporary)
    );
    assert!(
        error.remedy().unwrap().to_string().contains("00:00:00 UTC"),
        "{:?}",
        error.remedy()
    );
    server.finish();
}

#[tokio::test]
async fn errors_in_xml_or_without_words_are_understood() {
    let server = Server::script([
        (CREATE, Reply::json(400, "<?xml version=\"1.0\" encoding=\"UTF-8\"?><result><code>300</code><message>Invalid start.</message></result>")),
        (CREATE, Reply::json(400, "")),
        (CREATE, Reply::json(403, "<html>Forbidden</html>")),
        (CREATE, Reply::json(404, r#"{"code":1001,"message":"User does not exist: ana+zoom@acme.example."}"#)),
    ])
    .await;
    let (client, _) = connected(&server, HOUR).await;
    let error = create_fails(&client).await;
    assert_eq!(error.kind(), "zoom.invalid_field");
    assert!(
        error
            .to_string()
            .contains("\"Invalid start.\" (HTTP 400, code 300)"),
        "{error}"
    );
    for status in [400, 403] {
        let error = create_fails(&client).await;
        assert_eq!(error.kind(), "zoom.refused");
        assert!(error.to_string().ends_with(&format!("HTTP {status}")), "{error}");
    }
    let error = create_fails(&client).await;
    assert_eq!(
        (error.kind(), error.class().exit_code()),
        ("zoom.user_not_found", 69)
    );
    server.finish();
}
