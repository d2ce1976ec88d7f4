//! The Zoom client against a scripted server, over real HTTP.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use invite::fault::{Act, BoxFault, Class, Fault, chain};
use invite::meeting::{Meeting, Person, When, Zone};
use invite::online::zoom::{
    Auth, ConnectionState, Disconnected, Grant, MemoryTokens, Mode, RefreshLease, RefreshLock, Replaced,
    StoredGrant, TokenKey, TokenStore, ZoomClient, ZoomError, ZoomSettings,
};
use invite::online::{
    Liveness, OnlineError, OnlineMeetingId, OnlineMeetings as _, OnlineSpec, Outcome, Search,
};
use secrecy::ExposeSecret as _;

use crate::scripted::{Reply, Server};

const SCOPES: &str = "meeting:delete:meeting:admin meeting:update:meeting:admin meeting:write:meeting:admin";
const SECRETS: [&str; 5] = ["acc-1", "ref-1", "acc-2", "ref-2", "cl1ent-secret"];
/// As recorded, with the link that must never be seen.
const MADE: &str = r#"{"uuid":"aDYlohsHRtCd4ii1uC2+hA==","id":85746065432,"host_id":"30R7kT7bTIKSNUFEuH_Qlg","host_email":"ana@acme.example","topic":"Kick-off","type":2,"status":"waiting","start_time":"2130-12-01T09:30:00Z","duration":45,"timezone":"Europe/Kiev","created_at":"2026-11-23T17:00:00Z","start_url":"https://us05web.zoom.us/s/85746065432?zak=st4rt","join_url":"https://us05web.zoom.us/j/85746065432?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1","password":"123456","settings":{"waiting_room":true}}"#;
const GONE: &str = r#"{"code":3001,"message":"Meeting does not exist: 85746065432."}"#;
const EXPIRED: &str = r#"{"code":124,"message":"Access token is expired."}"#;
const PER_SECOND: &str = r#"{"code":429,"message":"You have reached the maximum per-second rate limit for this API. Try again later."}"#;
const DEAD: &str = r#"{"reason":"Invalid Token!","error":"invalid_grant"}"#;

fn tokens(n: u32) -> String {
    format!(
        r#"{{"access_token":"acc-{n}","token_type":"bearer","refresh_token":"ref-{n}","expires_in":3599,"scope":"{SCOPES}","api_url":"https://api.zoom.us"}}"#
    )
}

fn settings(server: &Server) -> ZoomSettings {
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

fn key() -> TokenKey {
    TokenKey {
        mode: Mode::Development,
        client_id: "client-id".to_owned(),
    }
}

fn grant(n: u32, lives: TimeDelta, scopes: &str) -> Grant {
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
async fn connected(server: &Server, lives: TimeDelta) -> (ZoomClient, Arc<MemoryTokens>) {
    connected_with(server, lives, SCOPES).await
}

async fn connected_with(server: &Server, lives: TimeDelta, scopes: &str) -> (ZoomClient, Arc<MemoryTokens>) {
    let store = Arc::new(MemoryTokens::new());
    store.put(&key(), &grant(1, lives, scopes)).await.unwrap();
    let client = ZoomClient::new(settings(server), store.clone()).unwrap();
    (client, store)
}

const HOUR: TimeDelta = TimeDelta::hours(1);
const EXPIRING: TimeDelta = TimeDelta::seconds(-1);

fn spec() -> OnlineSpec {
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

fn id() -> OnlineMeetingId {
    OnlineMeetingId("85746065432".to_owned())
}

const CREATE: &str = "POST /v2/users/ana%2Bzoom@acme.example/meetings";
const PATCH: &str = "PATCH /v2/meetings/85746065432";
const DELETE: &str =
    "DELETE /v2/meetings/85746065432?schedule_for_reminder=false&cancel_meeting_reminder=false";
const TOKEN: &str = "POST /oauth/token";

/// What an error shows in any way; it must not hold a secret.
fn shown<E: Fault + std::fmt::Debug>(error: &E) -> String {
    let text = format!("{error:?}\n{}\n{:?}", chain(error), error.remedy());
    for secret in SECRETS.iter().chain(&["st4rt"]) {
        assert!(!text.contains(secret), "{secret} is shown: {text}");
    }
    text
}

async fn create_fails(client: &ZoomClient) -> OnlineError {
    let error = client.create(&spec(), "ref-mark").await.unwrap_err();
    shown(&error);
    error
}

async fn stored(store: &dyn TokenStore) -> StoredGrant {
    store.load(&key()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_creation_is_told_to_the_letter() {
    let server = Server::script([(CREATE, Reply::json(201, MADE))]).await;
    let (client, _) = connected(&server, HOUR).await;
    let made = client.create(&spec(), "kickoff-7f3a").await.unwrap();
    assert_eq!(made.id, id());
    assert_eq!(
        made.join_url.as_str(),
        "https://us05web.zoom.us/j/85746065432?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1"
    );
    assert_eq!(made.passcode.as_deref(), Some("123456"));
    let seen = server.finish();
    assert_eq!(
        seen[0].body,
        r#"{"topic":"Kick-off","type":2,"start_time":"2130-12-01T09:30:00Z","duration":45,"timezone":"Europe/Kiev","agenda":"Agenda:\n- scope\n\nRef. kickoff-7f3a","settings":{"join_before_host":false,"meeting_authentication":false,"waiting_room":true}}"#
    );
    assert_eq!(seen[0].header("authorization"), Some("Bearer acc-1"));
    assert_eq!(seen[0].header("accept"), Some("application/json"));
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert!(seen[0].header("user-agent").unwrap().starts_with("invite/"));
}

#[tokio::test]
async fn a_meeting_without_passcode_is_fine_and_one_can_be_asked_for() {
    let server = Server::script([(
        CREATE,
        Reply::json(
            201,
            r#"{"id":"857","join_url":"https://zoom.us/j/857","password":""}"#,
        ),
    )])
    .await;
    let store = Arc::new(MemoryTokens::new());
    store.put(&key(), &grant(1, HOUR, SCOPES)).await.unwrap();
    let mut settings = settings(&server);
    settings.meeting.passcode = Some(true);
    let client = ZoomClient::new(settings, store).unwrap();
    let when = When::timed(spec().start, spec().start + chrono::TimeDelta::minutes(45)).unwrap();
    let mut meeting = Meeting::new("m".parse().unwrap(), "Kick-off", when, Zone::utc()).unwrap();
    // What the meeting says wins over the organization.
    meeting.online_settings.passcode = Some(false);
    let address = Some("ana+zoom@acme.example".parse().unwrap());
    let mut ana = Person::new("user:ana".parse().unwrap(), "Ana", address);
    ana.user.as_mut().unwrap().zoom_enabled = true;
    let wanted = client.describe(&meeting, &ana).unwrap();
    let made = client.create(&wanted, "").await.unwrap();
    assert_eq!((made.id.0.as_str(), made.passcode), ("857", None));
    let body = &server.finish()[0].body;
    assert!(
        body.contains(r#""default_password":false"#) && !body.contains("Ref."),
        "{body}"
    );
}

#[tokio::test]
async fn a_change_says_only_what_changed() {
    let server = Server::script([
        (PATCH, Reply::empty(204)),
        (PATCH, Reply::empty(204)),
        (PATCH, Reply::empty(204)),
        (PATCH, Reply::empty(204)),
    ])
    .await;
    let (client, _) = connected(&server, HOUR).await;
    let told = spec();
    let mut moved = spec();
    moved.start = "2131-03-05T14:15:00Z".parse().unwrap();
    moved.settings.insert("waiting_room".into(), false.into());
    client.update(&id(), Some(&told), &moved, "m").await.unwrap();
    let mut reworded = spec();
    reworded.agenda = "New".to_owned();
    client.update(&id(), Some(&told), &reworded, "m").await.unwrap();
    let mut past = spec();
    past.start = "2020-01-01T00:00:00Z".parse().unwrap();
    client.update(&id(), Some(&told), &past, "m").await.unwrap();
    client.update(&id(), Some(&told), &told, "m").await.unwrap();
    let bodies: Vec<_> = server.finish().into_iter().map(|seen| seen.body).collect();
    assert_eq!(
        bodies,
        [
            r#"{"start_time":"2131-03-05T14:15:00Z","settings":{"waiting_room":false}}"#,
            r#"{"agenda":"New\n\nRef. m"}"#,
            r#"{"topic":"Kick-off"}"#,
            r#"{"topic":"Kick-off"}"#,
        ]
    );
}

#[tokio::test]
async fn a_meeting_that_is_gone_is_gone_and_deleting_it_is_done() {
    let server = Server::script([
        (PATCH, Reply::json(404, GONE)),
        (DELETE, Reply::json(404, GONE)),
        (DELETE, Reply::empty(204)),
        (DELETE, Reply::json(400, r#"{"code":3007,"message":"has ended"}"#)),
        (
            DELETE,
            Reply::json(400, r#"{"code":3002,"message":"in progress"}"#),
        ),
    ])
    .await;
    let (client, _) = connected(&server, HOUR).await;
    let error = client
        .update(&id(), Some(&spec()), &spec(), "m")
        .await
        .unwrap_err();
    assert_eq!(
        (error.outcome(), error.kind()),
        (Outcome::Gone, "zoom.meeting_gone")
    );
    for _ in 0..3 {
        client.delete(&id()).await.unwrap();
    }
    let error = client.delete(&id()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.class()),
        ("zoom.meeting_running", Class::Temporary)
    );
    server.finish();
}

#[tokio::test]
async fn whether_a_meeting_is_alive_is_read_or_else_tried() {
    let get = "GET /v2/meetings/85746065432";
    let server = Server::script([
        (get, Reply::json(200, MADE)),
        (get, Reply::json(404, GONE)),
        (PATCH, Reply::empty(204)),
        (PATCH, Reply::json(404, GONE)),
        (PATCH, Reply::json(400, r#"{"code":3000,"message":"You cannot update or delete meetings that have started using this method."}"#)),
    ])
    .await;
    let (reading, _) = connected_with(&server, HOUR, &format!("{SCOPES} meeting:read:meeting:admin")).await;
    let alive = reading.check(&id(), &spec()).await.unwrap();
    assert!(matches!(alive, Liveness::Alive(Some(url)) if url.as_str().contains("/j/85746065432")));
    assert_eq!(reading.check(&id(), &spec()).await.unwrap(), Liveness::Gone);
    let (writing, _) = connected(&server, HOUR).await;
    assert_eq!(
        writing.check(&id(), &spec()).await.unwrap(),
        Liveness::Alive(None)
    );
    assert_eq!(writing.check(&id(), &spec()).await.unwrap(), Liveness::Gone);
    assert_eq!(
        writing.check(&id(), &spec()).await.unwrap(),
        Liveness::Alive(None)
    );
    assert_eq!(server.finish()[2].body, r#"{"topic":"Kick-off"}"#);
}

#[tokio::test]
async fn a_meeting_is_found_by_its_marker() {
    let list = "GET /v2/users/ana%2Bzoom@acme.example/meetings?type=scheduled&page_size=300";
    let next =
        "GET /v2/users/ana%2Bzoom@acme.example/meetings?type=scheduled&page_size=300&next_page_token=p%3D2";
    let entry = |id: u64, start: &str, agenda: &str| {
        format!(
            r#"{{"id":{id},"start_time":"{start}","agenda":"{agenda}","join_url":"https://zoom.us/j/{id}"}}"#
        )
    };
    let page = |next: &str, entries: &[String]| {
        Reply::json(
            200,
            format!(
                r#"{{"next_page_token":"{next}","meetings":[{}]}}"#,
                entries.join(",")
            ),
        )
    };
    let at = "2130-12-01T09:30:00Z";
    let whole = |id: u64, agenda: &str| {
        Reply::json(
            200,
            format!(
                r#"{{"id":{id},"join_url":"https://zoom.us/j/{id}?pwd=x","password":"p","agenda":"{agenda}"}}"#
            ),
        )
    };
    let server = Server::script([
        (
            list,
            page(
                "p=2",
                &[entry(1, at, "x"), entry(2, "2130-12-01T10:30:00Z", "Ref. m")],
            ),
        ),
        ("GET /v2/meetings/1", whole(1, "x")),
        (next, page("", &[entry(3, at, "cut")])),
        ("GET /v2/meetings/3", whole(3, "long\\n\\nRef. m")),
        (list, page("", &[entry(1, at, "x")])),
        (list, page("", &[entry(1, at, &"x".repeat(250))])),
        (list, page("", &[entry(4, at, "Ref. m")])),
    ])
    .await;
    let lists = format!("{SCOPES} meeting:read:list_meetings:admin");
    let (both, _) = connected_with(&server, HOUR, &format!("{lists} meeting:read:meeting:admin")).await;
    let Search::Found(found) = both.find(&spec(), "m").await.unwrap() else {
        panic!("not found")
    };
    assert_eq!((found.id.0.as_str(), found.passcode.as_deref()), ("3", Some("p")));
    let (lists, _) = connected_with(&server, HOUR, &lists).await;
    assert_eq!(lists.find(&spec(), "m").await.unwrap(), Search::NotThere);
    assert_eq!(lists.find(&spec(), "m").await.unwrap(), Search::CannotLook);
    assert!(matches!(lists.find(&spec(), "m").await.unwrap(), Search::Found(m) if m.id.0 == "4"));
    let (neither, _) = connected(&server, HOUR).await;
    assert_eq!(neither.find(&spec(), "m").await.unwrap(), Search::CannotLook);
    server.finish();
}

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

#[cfg(feature = "command")]
mod with_command {
    use std::io::Write;

    use invite::online::zoom::Loopback;

    use super::*;
    use crate::scripted;

    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn no_secret_is_logged_however_much_is_logged() {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_writer(move || writer.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let server = Server::script([
            (CREATE, Reply::json(401, EXPIRED)),
            (TOKEN, Reply::Disconnect),
            (TOKEN, Reply::json(200, tokens(2))),
            (CREATE, Reply::json(201, MADE)),
            (CREATE, Reply::json(201, "")),
            ("POST /oauth/revoke", Reply::json(400, DEAD)),
        ])
        .await;
        let (client, _) = connected(&server, HOUR).await;
        client.create(&spec(), "m").await.unwrap();
        create_fails(&client).await;
        client.disconnect().await.unwrap();
        server.finish();
        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(text.contains("asking once more"), "nothing was logged: {text}");
        for secret in SECRETS
            .iter()
            .chain(&["st4rt", "Y2xpZW50LWlkOmNsMWVudC1zZWNyZXQ="])
        {
            assert!(!text.contains(secret), "{secret} is in the log");
        }
    }

    #[tokio::test]
    async fn the_loopback_listener_takes_the_answer_to_its_own_request_only() {
        let server = Server::script([]).await;
        let (client, _) = connected(&server, HOUR).await;
        let request = client.begin_connect().unwrap();
        let listener = Loopback::bind("http://127.0.0.1:0/zoom/callback").await.unwrap();
        let address = listener.addresses()[0];
        let expected = format!("code=c0de&state={}", request.state.expose_secret());
        let waiting = {
            let request = request.clone();
            tokio::spawn(async move { listener.receive(&request).await })
        };
        let get = |target: String| async move { scripted::get(address, &target).await };
        assert!(get("/favicon.ico".into()).await.starts_with("HTTP/1.1 404"));
        let foreign = get("/zoom/callback?code=x&state=%3Cscript%3E".into()).await;
        assert!(
            foreign.starts_with("HTTP/1.1 400") && !foreign.contains("script>"),
            "{foreign}"
        );
        let page = get(format!("/zoom/callback?{expected}")).await;
        assert!(
            page.starts_with("HTTP/1.1 200") && page.contains("close this window"),
            "{page}"
        );
        assert_eq!(waiting.await.unwrap().unwrap(), expected);
    }

    #[tokio::test]
    async fn a_redirect_uri_elsewhere_cannot_be_listened_on() {
        let taken = Loopback::bind("http://127.0.0.1:0/cb").await.unwrap();
        let taken_uri = format!("http://{}/cb", taken.addresses()[0]);
        for uri in [
            "https://acme.example/cb",
            "http://192.0.2.1/cb",
            "https://127.0.0.1:8765/cb",
            "cb",
            &taken_uri,
        ] {
            let error = Loopback::bind(uri).await.unwrap_err();
            assert_eq!(
                (error.kind(), error.class()),
                ("zoom.cannot_listen", Class::Configuration),
                "{uri}"
            );
            assert!(error.to_string().contains(uri));
        }
    }
}

#[test]
fn debug_of_everything_hides_the_secrets() {
    let now: DateTime<Utc> = Utc::now();
    let grant = grant(1, HOUR, SCOPES);
    let stored = StoredGrant {
        grant: grant.clone(),
        version: uuid::Uuid::new_v4(),
        lost: None,
    };
    let auth = Auth::ServerToServer {
        account_id: "x".to_owned(),
    };
    let settings = ZoomSettings::new(Mode::Production, auth, "id", "cl1ent-secret".into()).unwrap();
    let store = MemoryTokens::new();
    let client = ZoomClient::new(settings.clone(), Arc::new(MemoryTokens::new())).unwrap();
    let text = format!("{grant:?}{stored:?}{settings:?}{client:?}{store:?}{now}");
    for secret in SECRETS {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
