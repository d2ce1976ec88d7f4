//! Limits per second and per day.

use invite::sandbox::zoom::{Change, LimitHeaders, SANDBOX_CLIENT_ID, ZoomUser};
use serde_json::json;

use super::desk::{ANA, Desk, instant, kickoff, world};

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
