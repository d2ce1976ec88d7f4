//! The connection to Zoom: how it is made, told and ended.

use invite::sandbox::zoom::{
    Action, Change, Operation, SANDBOX_SERVER_CLIENT_ID, SANDBOX_SERVER_CLIENT_SECRET, ZoomClient,
};
use serde_json::json;

use crate::desk::Desk;
use crate::http::{ask, browse};
use crate::zoom::{CLIENT_ID, CLIENT_SECRET};

#[test]
fn by_pasting_the_address_that_the_browser_came_back_to() {
    let desk = Desk::unconnected();
    // Nobody listens at this address, as where Zoom wants https.
    let redirect_uri = "https://meet.acme.example/zoom/callback";
    let client = ZoomClient::general(CLIENT_ID, CLIENT_SECRET).with_redirect_uri(redirect_uri);
    desk.zoom.change(&Change::PutClient(Box::new(client)));
    desk.write(
        "invite.toml",
        &desk.configuration().replace(&desk.redirect_uri, redirect_uri),
    );
    let mut connecting = desk.start("zoom connect --paste -vv");
    let consent = connecting.consent_url();
    assert!(consent.contains("code_challenge_method=S256"), "{consent}");
    assert!(consent.contains("state="), "{consent}");
    let back = ask("GET", &consent, None);
    let back = back.header("location").unwrap().to_owned();
    assert!(back.starts_with(redirect_uri), "{back}");
    connecting.types(&back);
    let connected = connecting.finish().done();
    let code = back
        .split_once("code=")
        .unwrap()
        .1
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    assert!(!connected.err.contains(&code), "{connected:?}");
    let status = desk.json("zoom status");
    assert_eq!(status["state"], "connected");
    assert_eq!(status["scopes"].as_array().unwrap().len(), 3);

    // A code is good for once: pasting the same again does not connect, and does not disconnect.
    let mut again = desk.start("zoom connect --paste --format json");
    again.consent_url();
    again.types(&back);
    again.finish().fails(65, "zoom.state_mismatch");
    assert_eq!(desk.json("zoom status")["state"], "connected");
    let again = desk.start("zoom connect --paste --format json");
    again.consent_url();
    again.finish().fails(65, "zoom.no_consent");
}

#[test]
fn a_refused_consent_connects_nothing() {
    let desk = Desk::unconnected();
    desk.zoom.once(Operation::Authorize, Action::DenyConsent);
    let connecting = desk.start("zoom connect --no-browser --format json -vv");
    let page = browse(&connecting.consent_url());
    assert!(page.body.contains("Zoom was not connected"), "{page:?}");
    connecting.finish().fails(69, "zoom.consent_refused");
    assert_eq!(
        desk.run("zoom status --format json").ends(78).json()["state"],
        "not_connected"
    );
}

#[test]
fn a_strange_redirect_does_not_connect() {
    let desk = Desk::unconnected();
    let connecting = desk.start("zoom connect --no-browser");
    let consent = connecting.consent_url();
    let page = ask(
        "GET",
        &format!("{}?code=evil&state=evil", desk.redirect_uri),
        None,
    );
    assert_eq!(page.status, 400, "{page:?}");
    assert_eq!(
        ask("GET", &desk.redirect_uri.replace("callback", "else"), None).status,
        404
    );
    assert_eq!(browse(&consent).status, 200);
    connecting.finish().done();
    assert_eq!(desk.zoom.count(Operation::ExchangeCode), 1);
}

#[test]
fn a_port_that_is_taken_is_named() {
    let desk = Desk::unconnected();
    let _taken = std::net::TcpListener::bind(desk.redirect_uri[7..].split('/').next().unwrap()).unwrap();
    let error = desk.fails("zoom connect --no-browser", 78, "zoom.cannot_listen");
    assert!(
        error["message"].as_str().unwrap().contains(&desk.redirect_uri),
        "{error}"
    );
}

#[test]
fn ended_from_here_and_from_there() {
    let desk = Desk::new();
    assert_eq!(desk.json("zoom disconnect"), json!({"disconnected": "revoked"}));
    assert_eq!(desk.json("zoom disconnect"), json!({"disconnected": "nothing"}));
    desk.fails("zoom push --meeting kickoff", 78, "zoom.not_connected");

    desk.connect();
    desk.zoom.change(&Change::RevokeGrants);
    let before = desk.state();
    let error = desk.fails("send --meeting kickoff", 69, "zoom.grant_lost");
    assert!(
        error["hint"].as_str().unwrap().contains("invite zoom connect"),
        "{error}"
    );
    assert_eq!(desk.state(), before);
    let status = desk.run("zoom status --format json").ends(69).json();
    assert_eq!(status["state"], "lost");
    assert!(status["lost_reason"].is_string(), "{status}");
    assert_eq!(desk.json("zoom disconnect"), json!({"disconnected": "forgotten"}));

    desk.connect();
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
}

#[test]
fn an_old_token_is_renewed_by_itself() {
    let desk = Desk::new();
    desk.zoom.change(&Change::InvalidateAccessTokens);
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    assert_eq!(desk.zoom.count(Operation::RefreshToken), 1);
    assert_eq!(desk.zoom.meetings().len(), 1);
    // The refresh token was a new one too.
    desk.zoom.change(&Change::InvalidateAccessTokens);
    desk.run("meeting edit kickoff --name Renamed").done();
    assert_eq!(desk.json("send --meeting kickoff")["zoom"]["action"], "updated");
}

#[test]
fn a_missing_scope_is_named() {
    let desk = Desk::unconnected();
    let scopes = ["meeting:update:meeting:admin", "meeting:delete:meeting:admin"];
    desk.zoom.change(&Change::SetScopes {
        client: CLIENT_ID.to_owned(),
        scopes: scopes.map(str::to_owned).into(),
    });
    let connecting = desk.start("zoom connect --no-browser --format json");
    browse(&connecting.consent_url());
    let connected = connecting.finish().ends(78).json();
    let missing = json!(["meeting:write:meeting:admin"]);
    assert_eq!(connected["missing_scopes"], missing);
    assert_eq!(
        desk.run("zoom status --format json").ends(78).json()["missing_scopes"],
        missing
    );
    let error = desk.fails("send --meeting kickoff", 78, "zoom.scope_missing");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("meeting:write:meeting"),
        "{error}"
    );
    assert!(desk.mail.events().is_empty());
}

#[test]
fn server_to_server_needs_no_consent() {
    let desk = Desk::unconnected();
    let text = desk
        .configuration()
        .replace(
            "[zoom]\n",
            "[zoom]\nauth = \"server_to_server\"\naccount_id = \"sandbox-account\"\n",
        )
        .replace(CLIENT_ID, SANDBOX_SERVER_CLIENT_ID);
    desk.write("invite.toml", &text);
    desk.write_secret("zoom.secret", SANDBOX_SERVER_CLIENT_SECRET);
    assert_eq!(desk.json("zoom status")["state"], "on_demand");
    let sent = desk.json("send --meeting kickoff -vv");
    assert_eq!(
        (&sent["sent"], &sent["zoom"]["action"]),
        (&json!(3), &json!("created"))
    );
    assert_eq!(desk.zoom.count(Operation::AccountCredentials), 1);
    assert!(
        desk.mail
            .mail_to("lee@client.example")
            .text()
            .contains(&desk.zoom.meeting().join_url)
    );
    let connected = desk.json("zoom connect");
    assert_eq!(connected["missing_scopes"], json!([]));

    desk.write_secret("zoom.secret", "wrong-secret");
    desk.zoom.change(&Change::InvalidateAccessTokens);
    desk.run("meeting edit kickoff --name Renamed").done();
    let error = desk.fails("send --meeting kickoff", 78, "zoom.wrong_client");
    assert!(!error.to_string().contains("wrong-secret"));
    assert_eq!(desk.mail.mails().len(), 3);
    let text = text.replace("sandbox-account", "another-account");
    desk.write("invite.toml", &text);
    desk.write_secret("zoom.secret", SANDBOX_SERVER_CLIENT_SECRET);
    desk.fails("zoom push --meeting second", 78, "zoom.oauth_refused");
}
