//! Pushes to a provider, one at a time, and their intents.

use super::home::Home;
use super::kickoff;
use crate::database::Database;
use crate::fault::{Class, Fault as _};
use crate::meeting::JoinUrl;
use crate::online::{
    Begun, LinkStore as _, OnlineLink, OnlineMeetingId, OnlineSpec, PushIntent, PushLease, Replaced, zoom,
};

pub(super) fn spec() -> OnlineSpec {
    OnlineSpec {
        host: "ana@acme.example".into(),
        topic: "Kick-off".into(),
        agenda: String::new(),
        start: "2026-12-01T09:00:00Z".parse().unwrap(),
        duration: 45,
        time_zone: "Europe/Berlin".into(),
        settings: serde_json::Map::from_iter([("waiting_room".to_owned(), true.into())]),
    }
}

pub(super) fn intent(marker: &str) -> PushIntent {
    PushIntent {
        marker: marker.into(),
        location: zoom::LOCATION,
        spec: spec(),
        begun_at: "2026-11-23T12:00:00Z".parse().unwrap(),
    }
}

pub(super) fn link(id: &str) -> OnlineLink {
    OnlineLink {
        location: zoom::LOCATION,
        id: OnlineMeetingId(id.into()),
        join_url: JoinUrl::new(format!("https://acme.zoom.us/j/{id}")).unwrap(),
        passcode: Some("123456".into()),
        marker: "m".into(),
        told: spec(),
        unsure: false,
        seen_at: "2026-11-23T12:00:01Z".parse().unwrap(),
    }
}

pub(super) async fn begin(database: &Database) -> (PushLease, Option<PushIntent>) {
    match database.begin_push(&kickoff()).await.unwrap() {
        Begun::Ours(lease, intent) => (lease, intent.map(|intent| *intent)),
        Begun::Busy(until) => panic!("busy until {until}"),
    }
}

pub(super) async fn one_pushes_at_a_time_and_an_intent_outlives_its_process(home: &Home) {
    let database = home.open().await;
    let (lease, none) = begin(&database).await;
    assert_eq!(none, None);
    assert!(matches!(
        database.begin_push(&kickoff()).await.unwrap(),
        Begun::Busy(_)
    ));
    database.record_intent(&lease, &intent("m-1")).await.unwrap();
    database.end_push(lease.clone()).await.unwrap();
    // Whoever comes next learns what was begun; the holder of an old lease can write nothing any more.
    let (next, left_over) = begin(&database).await;
    assert_eq!(left_over, Some(intent("m-1")));
    let error = database
        .record_link(&lease, &link("1"), Replaced::Gone)
        .await
        .unwrap_err();
    assert_eq!(error.class(), Class::Temporary);
    assert_eq!(database.link(&kickoff()).await.unwrap(), None);
    database
        .record_link(&next, &link("1"), Replaced::Gone)
        .await
        .unwrap();
    database.end_push(next).await.unwrap();
    assert_eq!(database.link(&kickoff()).await.unwrap(), Some(link("1")));
    let (last, ended) = begin(&database).await;
    assert_eq!(ended, None);
    database
        .record_link(&last, &link("2"), Replaced::ToDelete)
        .await
        .unwrap();
    let superseded = database.superseded(&kickoff()).await.unwrap();
    assert_eq!(superseded[0].id, OnlineMeetingId("1".into()));
    database
        .forget_superseded(&kickoff(), &superseded[0])
        .await
        .unwrap();
    assert!(database.superseded(&kickoff()).await.unwrap().is_empty());
    database.record_intent(&last, &intent("m-2")).await.unwrap();
    database.end_intent(&last, true).await.unwrap();
    assert_eq!(database.orphans().await.unwrap()[0].intent, intent("m-2"));
    database.forget_link(&last).await.unwrap();
    assert_eq!(database.link(&kickoff()).await.unwrap(), None);
}
