//! What is refused, and in which words.

use invite::sandbox::zoom::{
    Change, License, MeetingState, SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, UserStatus, WRITE_SCOPES,
    ZoomClient, ZoomUser,
};
use reqwest::Method;
use serde_json::json;

use super::desk::{ANA, Desk, kickoff, world};

#[tokio::test]
async fn scopes_are_enforced_one_by_one() {
    for missing in WRITE_SCOPES {
        let scopes = WRITE_SCOPES.into_iter().filter(|scope| *scope != missing);
        let client = ZoomClient::general(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET).with_scopes(scopes);
        let desk = Desk::new(world().with_client(client));
        let host = desk
            .zoom
            .with_world(|world| world.user(ANA).unwrap().id.clone())
            .unwrap();
        let made = desk.create_for(&host, kickoff()).await;
        let id = made.json()["id"].as_u64().unwrap_or(1);
        let changed = desk.patch(id, json!({})).await;
        let deleted = desk.delete(id).await;
        for (scope, said) in [
            ("meeting:write:meeting:admin", made),
            ("meeting:update:meeting:admin", changed),
            ("meeting:delete:meeting:admin", deleted),
        ] {
            let text = format!("Invalid access token, does not contain scopes:[{scope}].");
            let refused = said.status == 400 && said.json()["code"] == 4711 && said.message() == text;
            assert_eq!(refused, scope == missing, "without {missing}: {}", said.text);
        }
    }
    let client = ZoomClient::general(SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET);
    let desk = Desk::new(world().with_client(client));
    for path in ["/users/me", "/meetings/1", "/users/me/meetings"] {
        assert_eq!(desk.get(path).await.error(), (400, 4711), "{path}");
    }
}

#[tokio::test]
async fn a_grant_keeps_the_scopes_it_was_made_with() {
    let desk = Desk::new(world());
    let change = Change::SetScopes {
        client: SANDBOX_CLIENT_ID.to_owned(),
        scopes: ["meeting:write:admin".to_owned()].into(),
    };
    desk.change(change);
    assert_eq!(desk.get("/users/me").await.status, 200);
    let token = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap().access_token;
    let desk = Desk { token, ..desk };
    assert_eq!(desk.get("/users/me").await.error(), (400, 4711));
    // The older, wider scope covers all that it covered.
    let id = desk.created().await;
    assert_eq!(desk.patch(id, json!({})).await.status, 204);
    assert_eq!(desk.delete(id).await.status, 204);
}

#[tokio::test]
async fn hosts_who_cannot_host_are_told_apart() {
    let desk = Desk::new(
        world()
            .with_user(ZoomUser::licensed("pending@acme.example").with_status(UserStatus::Pending))
            .with_user(ZoomUser::licensed("gone@acme.example").with_status(UserStatus::Inactive))
            .with_user(ZoomUser::licensed("none@acme.example").with_license(License::None))
            .with_user(ZoomUser::licensed("unassigned@acme.example").with_license(License::Unassigned))
            .with_user(ZoomUser::licensed("else@other.example").on_account("another-account")),
    );
    for (host, error, message) in [
        (
            "nobody@acme.example",
            (404, 1001),
            "User does not exist: nobody@acme.example.",
        ),
        (
            "gone@acme.example",
            (404, 1001),
            "User does not exist: gone@acme.example.",
        ),
        (
            "else@other.example",
            (400, 1010),
            "User not found on this account: sandbox-account",
        ),
        (
            "pending@acme.example",
            (400, 1000),
            "You can not access settings of users that are still in pending state.",
        ),
        (
            "none@acme.example",
            (400, 3161),
            "Your user account is not allowed meeting hosting and scheduling capabilities.",
        ),
        (
            "unassigned@acme.example",
            (400, 3161),
            "Your user account is not allowed meeting hosting and scheduling capabilities.",
        ),
    ] {
        let said = desk.create_for(host, kickoff()).await;
        assert_eq!(
            (said.error(), said.message().as_str()),
            (error, message),
            "{host}"
        );
    }
    assert!(desk.zoom.meetings().unwrap().is_empty());
    assert_eq!(desk.zoom.with_world(|world| world.used_today(ANA)).unwrap(), 0);
    assert_eq!(
        desk.get("/users/pending@acme.example").await.json()["status"],
        "pending"
    );
}

#[tokio::test]
async fn what_befalls_a_host_shows_at_the_meeting() {
    let desk = Desk::new(world());
    let id = desk.created().await;
    let user = || ANA.to_owned();
    let status = |status| Change::SetUserStatus { user: user(), status };
    desk.change(status(UserStatus::Pending));
    assert_eq!(desk.patch(id, json!({})).await.error(), (400, 1000));
    desk.change(status(UserStatus::Active));
    let license = |license| Change::SetLicense {
        user: user(),
        license,
    };
    desk.change(license(License::None));
    assert_eq!(desk.patch(id, json!({})).await.error(), (400, 3161));
    desk.change(license(License::Licensed));
    assert_eq!(desk.patch(id, json!({})).await.status, 204);
    desk.change(Change::RemoveUser { user: user() });
    assert_eq!(desk.delete(id).await.error(), (404, 1001));
}

#[tokio::test]
async fn bodies_and_fields_are_checked() {
    let desk = Desk::new(world());
    let path = format!("/users/{ANA}/meetings");
    for body in ["", "[]", "{\"topic\":", "topic=x"] {
        let request = desk
            .request(Method::POST, &path)
            .header("Content-Type", "application/json");
        let said = desk.send(request.body(body)).await;
        assert_eq!(said.error(), (400, 300), "{body}");
        assert_eq!(said.message(), "Request Body should be a valid JSON object.");
    }
    let request = desk.request(Method::POST, &path).body("{}");
    assert_eq!(desk.send(request).await.error(), (400, 300));
    let mut body = kickoff();
    body["topic"] = json!("x".repeat(201));
    body["settings"] = json!({"jbh_time": 7});
    let said = desk.create(body).await;
    assert_eq!(
        said.json(),
        json!({"code": 300, "message": "Validation Failed.", "errors": [
            {"field": "topic", "message": "Invalid field."},
            {"field": "settings.jbh_time", "message": "Invalid parameter: jbh_time."}
        ]})
    );
    let mut body = kickoff();
    body["timezone"] = json!("Europe/Kyiv");
    assert_eq!(
        desk.create(body.clone()).await.json()["errors"][0]["field"],
        "timezone"
    );
    desk.rules(|rules| rules.only_listed_time_zones = false);
    assert_eq!(desk.create(body).await.status, 201);
    let id = desk.created().await;
    let said = desk.patch(id, json!({"agenda": "x".repeat(2001)})).await;
    assert_eq!(said.json()["errors"][0]["field"], "agenda");
}

#[tokio::test]
async fn schedule_for_needs_a_privilege_and_two_licences() {
    let world = world();
    let ana = world.user(ANA).unwrap().id.clone();
    let desk = Desk::new(
        world
            .with_user(ZoomUser::licensed("willing@acme.example").scheduled_by(ana))
            .with_user(ZoomUser::licensed("unwilling@acme.example")),
    );
    let before = desk.create(kickoff()).await.json();
    let id = before["id"].as_u64().unwrap();
    let for_whom = |user: &str| json!({"schedule_for": user});
    let said = desk.patch(id, for_whom("unwilling@acme.example")).await;
    assert_eq!(said.error(), (400, 3000));
    assert_eq!(
        said.message(),
        "You cannot schedule a meeting for unwilling@acme.example"
    );
    assert_eq!(
        desk.patch(id, for_whom("nobody@acme.example")).await.error(),
        (400, 300)
    );
    assert_eq!(desk.patch(id, for_whom("willing@acme.example")).await.status, 204);
    let after = desk.get(&format!("/meetings/{id}")).await.json();
    assert_eq!(after["host_email"], "willing@acme.example");
    assert_eq!(after["join_url"], before["join_url"]);
    let instant = json!({"type": 1, "schedule_for": "willing@acme.example"});
    assert_eq!(desk.create(instant).await.error(), (400, 3000));
}

#[tokio::test]
async fn a_meeting_that_goes_on_cannot_be_changed() {
    let desk = Desk::new(world());
    let id = desk.created().await;
    let state = |state| Change::SetMeetingState { id: Some(id), state };
    desk.change(state(MeetingState::Started));
    assert_eq!(desk.patch(id, json!({"topic": "x"})).await.error(), (400, 3000));
    assert_eq!(desk.delete(id).await.error(), (400, 3002));
    desk.change(state(MeetingState::Ended));
    assert_eq!(desk.delete(id).await.error(), (400, 3007));
}

#[tokio::test]
async fn unknown_addresses_have_an_error_of_their_own() {
    let desk = Desk::new(world());
    assert_eq!(desk.get("/meetings/").await.error(), (404, 2300));
    assert_eq!(desk.get("/webinars/1").await.error(), (404, 2300));
    assert_eq!(desk.get("/meetings/abc").await.error(), (404, 3001));
    assert_eq!(desk.get("/_control/world").await.error(), (404, 2300));
}

#[tokio::test]
async fn errors_are_xml_for_who_does_not_ask_for_json() {
    let desk = Desk::new(world());
    let request = || {
        desk.http
            .get(format!("{}/meetings/1", desk.zoom.api_url()))
            .bearer_auth(&desk.token)
    };
    let said = desk.send(request()).await;
    assert!(said.headers["content-type"].starts_with("application/xml"));
    assert!(said.text.contains("<result><code>3001</code>"), "{}", said.text);
    desk.rules(|rules| rules.xml_without_accept = false);
    assert_eq!(desk.send(request()).await.error(), (404, 3001));
}
