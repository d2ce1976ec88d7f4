//! What can be ordered to go wrong.

use invite::sandbox::zoom::{Action, Change, Operation, RateLimit, ZoomFault};
use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{ANA, Desk, kickoff, world};

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
    // So that the connection dropped is one in use already.
    assert_eq!(desk.get("/users/me").await.status, 200);
    desk.zoom.forget_requests();
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
    call.abort();
    call.await.ok();
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
