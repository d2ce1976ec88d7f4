//! The listener on loopback that takes the answer to a request for consent.

use invite::fault::{Class, Fault as _};
use invite::online::zoom::Loopback;
use secrecy::ExposeSecret as _;

use crate::client::{HOUR, connected};
use crate::scripted::{self, Server};

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
    assert!(foreign.contains("use the newest link only"), "{foreign}");
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
