//! State in a file, and the life of a server.

use std::path::Path;

use invite::sandbox::zoom::{Action, EmbeddedZoom, Operation, SANDBOX_CLIENT_ID, ZoomFault, ZoomWorld};
use reqwest::Method;

use super::desk::{ANA, Desk, granted, http, kickoff, world};

#[tokio::test]
async fn the_state_outlives_the_server() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zoom.json");
    let start = |file: &Path| EmbeddedZoom::start_persistent(file, world()).unwrap();
    let desk = Desk::at(start(&file));
    let tokens = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    let desk = Desk {
        token: tokens.access_token,
        ..desk
    };
    let id = desk.created().await;
    let before = desk.zoom.with_world(|world| world.clone()).unwrap();
    let Desk { zoom, http, token } = desk;
    drop(zoom);

    let zoom = start(&file);
    assert_eq!(zoom.with_world(|world| world.clone()).unwrap(), before);
    let desk = Desk { zoom, http, token };
    assert_eq!(desk.get(&format!("/meetings/{id}")).await.status, 200);
    granted(&desk.refresh(&tokens.refresh_token.unwrap()).await);
    assert_eq!(desk.zoom.with_world(|world| world.used_today(ANA)).unwrap(), 1);
}

#[tokio::test]
async fn two_servers_share_one_file_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zoom.json");
    let one = Desk::at(EmbeddedZoom::start_persistent(&file, world()).unwrap());
    let two = Desk {
        zoom: EmbeddedZoom::start_persistent(&file, ZoomWorld::new()).unwrap(),
        http: http(),
        token: one.token.clone(),
    };
    let creations = (0..20).map(|n| {
        let desk = if n % 2 == 0 { &one } else { &two };
        let request = desk.request(Method::POST, &format!("/users/{ANA}/meetings"));
        tokio::spawn(request.json(&kickoff()).send())
    });
    let creations: Vec<_> = creations.collect();
    for creation in creations {
        assert_eq!(creation.await.unwrap().unwrap().status().as_u16(), 201);
    }
    assert_eq!(one.zoom.meetings().unwrap().len(), 20);
    assert_eq!(one.zoom.meetings().unwrap(), two.zoom.meetings().unwrap());
    assert_eq!(two.zoom.with_world(|world| world.used_today(ANA)).unwrap(), 20);
}

#[test]
fn a_file_that_is_something_else_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("zoom.json");
    std::fs::write(&file, "[organization]").unwrap();
    let error = EmbeddedZoom::start_persistent(&file, ZoomWorld::new()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
    assert!(error.to_string().contains("zoom.json"), "{error}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "[organization]");
}

#[tokio::test]
async fn it_listens_on_loopback_and_stops_when_dropped() {
    let desk = Desk::new(world());
    assert!(desk.zoom.address().ip().is_loopback());
    let Desk { zoom, http, .. } = desk;
    zoom.order(ZoomFault::always(
        Operation::Any,
        Action::DelayBefore {
            milliseconds: 3_600_000,
        },
    ));
    let url = zoom.api_url();
    let waiting = tokio::spawn(http.get(&url).send());
    while zoom.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(zoom);
    assert!(waiting.await.unwrap().is_err());
    assert!(http.get(&url).send().await.is_err());
}
