//! Meetings that are made, changed, deleted and found.

use std::sync::Arc;

use async_trait::async_trait;
use invite::fault::{BoxFault, Class, Fault};
use invite::meeting::{Meeting, OnlineLocation, Person, PersonId, When, Zone};
use invite::online::zoom::{MemoryTokens, TokenStore, ZoomClient};
use invite::online::{Liveness, OnlineMeetings as _, OnlineUser, OnlineUsers, Outcome, Search};

use crate::client::{
    CREATE, DELETE, GONE, HOUR, MADE, PATCH, SCOPES, connected, connected_with, grant, id, key, settings,
    spec,
};
use crate::scripted::{Reply, Server};

/// Every user of the CRM may have meetings at Zoom.
struct Everybody;

#[async_trait]
impl OnlineUsers for Everybody {
    async fn online_user(
        &self,
        provider: OnlineLocation,
        user: &PersonId,
    ) -> Result<Option<OnlineUser>, BoxFault> {
        Ok(Some(OnlineUser {
            provider,
            user: user.clone(),
            enabled: true,
            online_id: None,
        }))
    }

    async fn online_users(&self, _: OnlineLocation) -> Result<Vec<OnlineUser>, BoxFault> {
        Ok(Vec::new())
    }

    async fn set_online_user(&self, _: &OnlineUser) -> Result<(), BoxFault> {
        Ok(())
    }
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
    let ana = Person::new("user:ana".parse().unwrap(), "Ana", address);
    let refused = client.describe(&meeting, &ana).await.unwrap_err();
    assert_eq!(refused.kind(), "zoom.user_not_enabled");
    let client = client.with_users(Arc::new(Everybody));
    let wanted = client.describe(&meeting, &ana).await.unwrap();
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
