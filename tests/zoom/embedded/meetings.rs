//! Meetings and users, when all is well.

use invite::sandbox::zoom::{Change, License, SANDBOX_CLIENT_ID, ZoomUser};
use serde_json::{Value, json};

use super::desk::{ANA, Desk, instant, kickoff, world};

#[tokio::test]
async fn a_meeting_is_made_shown_changed_and_deleted() {
    let desk = Desk::new(world());
    let said = desk.create(kickoff()).await;
    assert_eq!(said.status, 201);
    let made = said.json();
    let id = made["id"].as_u64().unwrap();
    assert_eq!(id.to_string().len(), 11);
    for (field, expected) in [
        ("topic", json!("Kick-off")),
        ("type", json!(2)),
        ("start_time", json!("2026-12-01T09:00:00Z")),
        ("timezone", json!("Europe/Berlin")),
        ("duration", json!(45)),
        ("status", json!("waiting")),
        ("host_email", json!(ANA)),
        ("created_at", json!("2026-11-23T12:00:00Z")),
    ] {
        assert_eq!(made[field], expected, "{field}");
    }
    assert_eq!(made["settings"]["waiting_room"], true);
    let passcode = made["password"].as_str().unwrap();
    assert!(passcode.len() == 6 && passcode.bytes().all(|byte| byte.is_ascii_digit()));
    let encrypted = made["encrypted_password"].as_str().unwrap();
    assert!(encrypted.ends_with(".1"));
    assert_eq!(
        made["join_url"],
        format!("https://us05web.zoom.example/j/{id}?pwd={encrypted}")
    );
    let start_url = made["start_url"].as_str().unwrap();
    assert!(start_url.contains(&format!("/s/{id}?zak=eyJ")));

    let shown = desk.get(&format!("/meetings/{id}")).await.json();
    assert_eq!(shown["join_url"], made["join_url"]);
    assert_ne!(shown["start_url"], made["start_url"]);

    let said = desk
        .patch(
            id,
            json!({"topic": "Kick-off!", "start_time": "2026-12-02T10:00:00Z"}),
        )
        .await;
    assert_eq!((said.status, said.text.as_str()), (204, ""));
    let shown = desk.get(&format!("/meetings/{id}")).await.json();
    assert_eq!(
        (
            &shown["topic"],
            &shown["start_time"],
            &shown["duration"],
            &shown["join_url"]
        ),
        (
            &json!("Kick-off!"),
            &json!("2026-12-02T10:00:00Z"),
            &json!(45),
            &made["join_url"]
        )
    );

    let said = desk.delete(id).await;
    assert_eq!((said.status, said.text.as_str()), (204, ""));
    let again = desk.delete(id).await;
    assert_eq!(again.error(), (404, 3001));
    assert_eq!(again.message(), format!("Meeting does not exist: {id}."));
    assert_eq!(desk.patch(id, json!({})).await.error(), (404, 3001));
    assert_eq!(desk.get(&format!("/meetings/{id}")).await.error(), (404, 3001));
    assert!(desk.zoom.meetings().unwrap().is_empty());
    assert_eq!(desk.zoom.with_world(|world| world.meetings.len()).unwrap(), 1);
}

#[tokio::test]
async fn a_start_in_the_past_is_ignored_in_silence() {
    let desk = Desk::new(world());
    let id = desk.created().await;
    let body = json!({"topic": "Moved", "start_time": "2026-11-23T11:59:00Z"});
    assert_eq!(desk.patch(id, body).await.status, 204);
    let meeting = &desk.zoom.meetings().unwrap()[0];
    assert_eq!(meeting.topic, "Moved");
    assert_eq!(meeting.start_time, Some(instant("2026-12-01T09:00:00Z")));
}

#[tokio::test]
async fn a_scheduled_meeting_without_a_start_is_an_instant_one() {
    let desk = Desk::new(world());
    let made = desk.create(json!({"topic": "Now", "type": 2})).await.json();
    assert_eq!((&made["type"], made.get("start_time")), (&json!(1), None));
    assert_eq!(made["timezone"], "Europe/Madrid");
}

#[tokio::test]
async fn passcodes_follow_the_documents() {
    let desk = Desk::new(world());
    let mut body = kickoff();
    body["default_password"] = json!(false);
    let made = desk.create(body.clone()).await.json();
    assert_eq!(made.get("password"), None);
    assert!(!made["join_url"].as_str().unwrap().contains("pwd"));
    body["password"] = json!("abc-1");
    let made = desk.create(body).await.json();
    assert_eq!(made["password"], "abc-1");
    let id = made["id"].as_u64().unwrap();
    assert_eq!(desk.patch(id, json!({"password": "abc-1"})).await.status, 204);
    let same = desk.get(&format!("/meetings/{id}")).await.json();
    assert_eq!(same["join_url"], made["join_url"]);
    assert_eq!(desk.patch(id, json!({"password": "other"})).await.status, 204);
    let other = desk.get(&format!("/meetings/{id}")).await.json();
    assert_ne!(other["join_url"], made["join_url"]);
    let change = Change::ChangePasscode {
        id: Some(id),
        passcode: None,
    };
    desk.change(change);
    let shown = desk.get(&format!("/meetings/{id}")).await.json();
    assert_eq!(shown.get("password"), None);
}

#[tokio::test]
async fn settings_are_taken_dropped_or_overruled() {
    let desk =
        Desk::new(world().with_user(ZoomUser::licensed("basic@acme.example").with_license(License::Basic)));
    let mut body = kickoff();
    body["settings"] = json!({"waiting_room": true, "join_before_host": true, "breakout_room": {"enable": true},
        "nonsense": 1, "approval_type": 0, "alternative_hosts": ANA});
    let made = desk.create_for("basic@acme.example", body).await.json();
    assert_eq!(made["settings"]["join_before_host"], false);
    assert_eq!(made["settings"]["approval_type"], 2);
    assert_eq!(made["settings"].get("nonsense"), None);
    let mut body = kickoff();
    body["settings"] = json!({"alternative_hosts": format!("{ANA};basic@acme.example")});
    let said = desk.create(body).await;
    assert_eq!(said.json()["errors"][0]["field"], "settings.alternative_hosts");
}

#[tokio::test]
async fn a_list_has_pages() {
    let desk = Desk::new(world());
    for day in 1..=5 {
        let mut body = kickoff();
        body["start_time"] = json!(format!("2026-12-0{day}T09:00:00Z"));
        body["agenda"] = json!("ä".repeat(300));
        assert_eq!(desk.create(body).await.status, 201);
    }
    let path = format!("/users/{ANA}/meetings?type=upcoming&page_size=2");
    let first = desk.get(&path).await.json();
    assert_eq!(
        (&first["total_records"], &first["page_count"], &first["page_size"]),
        (&json!(5), &json!(3), &json!(2))
    );
    let agenda = first["meetings"][0]["agenda"].as_str().unwrap();
    assert_eq!(agenda.chars().count(), 250);
    let mut seen = Vec::new();
    let mut page = first;
    loop {
        let meetings = page["meetings"].as_array().unwrap();
        seen.extend(meetings.iter().map(|meeting| meeting["start_time"].clone()));
        assert!(meetings.iter().all(|meeting| meeting.get("start_url").is_none()));
        let token = page["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            break;
        }
        page = desk.get(&format!("{path}&next_page_token={token}")).await.json();
    }
    let days: Vec<Value> = (1..=5)
        .map(|day| json!(format!("2026-12-0{day}T09:00:00Z")))
        .collect();
    assert_eq!(seen, days);
    let token = desk.get(&path).await.json()["next_page_token"]
        .as_str()
        .unwrap()
        .to_owned();
    desk.change(Change::Advance { seconds: 901 });
    assert_eq!(
        desk.get(&format!("{path}&next_page_token={token}")).await.status,
        400
    );
    let some = desk
        .get(&format!("/users/{ANA}/meetings?from=2026-12-02&to=2026-12-03"))
        .await
        .json();
    assert_eq!(some["total_records"], 2);
}

#[tokio::test]
async fn a_meeting_id_expires_thirty_days_after_the_meeting() {
    let desk = Desk::new(world());
    let id = desk.created().await;
    desk.rules(|rules| rules.access_token_seconds = u32::MAX);
    let at = instant("2026-12-31T09:00:00Z");
    desk.change(Change::SetClock { at });
    let token = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap().access_token;
    let desk = Desk { token, ..desk };
    assert_eq!(desk.get(&format!("/meetings/{id}")).await.status, 200);
    desk.change(Change::Advance { seconds: 1 });
    assert_eq!(desk.get(&format!("/meetings/{id}")).await.error(), (404, 3001));
}

#[tokio::test]
async fn users_are_found_by_id_and_encoded_address() {
    let odd = "a+b/c@acme.example";
    let desk = Desk::new(world().with_user(ZoomUser::licensed(odd)));
    let user = desk.get("/users/a%2Bb%2Fc%40acme.example").await.json();
    assert_eq!(
        (&user["email"], &user["type"], &user["status"]),
        (&json!(odd), &json!(2), &json!("active"))
    );
    let id = user["id"].as_str().unwrap();
    assert_eq!(desk.get(&format!("/users/{id}")).await.json()["email"], odd);
    assert_eq!(desk.create_for("ANA@acme.example", kickoff()).await.status, 201);
}
