//! Codes, grants, tokens.

use invite::sandbox::zoom::{
    Action, Change, ClientKind, Operation, Rotation, SANDBOX_ACCOUNT_ID, SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET, SANDBOX_DEVELOPMENT_CLIENT_ID, SANDBOX_DEVELOPMENT_CLIENT_SECRET,
    SANDBOX_REDIRECT_URI, SANDBOX_SERVER_CLIENT_ID, SANDBOX_SERVER_CLIENT_SECRET, ZoomClient, ZoomFault,
};
use serde_json::json;
use url::Url;

use super::desk::{Desk, VERIFIER, granted, kickoff, oauth_error, s256, world};

#[tokio::test]
async fn a_code_is_exchanged_once_with_its_verifier() {
    let desk = Desk::new(world());
    let challenge = s256(VERIFIER);
    let pkce = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let code = desk.code(&pkce).await;
    for wrong in [
        None,
        Some("another-verifier-of-at-least-forty-three-chars"),
        Some(&*challenge),
    ] {
        let said = desk.exchange(&code, wrong).await;
        assert_eq!(oauth_error(&said).1, "invalid_request", "{wrong:?}");
    }
    let tokens = granted(&desk.exchange(&code, Some(VERIFIER)).await);
    assert_eq!((tokens.token_type.as_str(), tokens.expires_in), ("bearer", 3599));
    assert!(tokens.scope.split(' ').count() == 6 && tokens.scope.contains("meeting:write:meeting:admin"));
    assert_eq!(tokens.api_url.map(|url| url + "/v2"), Some(desk.zoom.api_url()));
    let again = desk.exchange(&code, Some(VERIFIER)).await;
    let (status, error, reason) = oauth_error(&again);
    assert_eq!((status, error.as_str()), (400, "invalid_request"));
    assert!(reason.starts_with("Invalid authorization code"), "{reason}");
}

#[tokio::test]
async fn a_challenge_without_a_method_is_plain() {
    let desk = Desk::new(world());
    let code = desk.code(&[("code_challenge", VERIFIER)]).await;
    granted(&desk.exchange(&code, Some(VERIFIER)).await);
}

#[tokio::test]
async fn a_code_lives_five_minutes() {
    let desk = Desk::new(world());
    let (early, late) = (desk.code(&[]).await, desk.code(&[]).await);
    desk.change(Change::Advance { seconds: 299 });
    granted(&desk.exchange(&early, None).await);
    desk.change(Change::Advance { seconds: 1 });
    assert_eq!(desk.exchange(&late, None).await.status, 400);
}

#[tokio::test]
async fn the_redirect_uri_is_compared_to_the_letter() {
    let desk = Desk::new(world());
    let slash = format!("{SANDBOX_REDIRECT_URI}/");
    let query = [
        ("response_type", "code"),
        ("client_id", SANDBOX_CLIENT_ID),
        ("redirect_uri", &slash),
    ];
    let said = desk.authorize(&query).await;
    assert_eq!(said.json()["errorCode"], 4700);
    assert_eq!(said.json()["errorMessage"], format!("Invalid redirect: {slash}"));
    let code = desk.code(&[]).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &slash),
    ];
    assert_eq!(desk.token(&form).await.status, 400);
    granted(&desk.exchange(&code, None).await);
}

#[tokio::test]
async fn consent_can_be_denied_and_unknown_clients_get_a_page() {
    let desk = Desk::new(world());
    desk.zoom
        .order(ZoomFault::once(Operation::Authorize, Action::DenyConsent));
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", SANDBOX_CLIENT_ID),
        ("redirect_uri", SANDBOX_REDIRECT_URI),
        ("state", "x"),
    ];
    let said = desk.authorize(&query).await;
    assert_eq!(
        said.headers["location"],
        format!("{SANDBOX_REDIRECT_URI}?error=access_denied&state=x")
    );
    query[1].1 = "nobody";
    assert_eq!(desk.authorize(&query).await.json()["errorCode"], 4702);
}

#[tokio::test]
async fn a_used_refresh_token_is_dead() {
    let desk = Desk::new(world());
    let first = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    let old = first.refresh_token.unwrap();
    let second = granted(&desk.refresh(&old).await);
    assert_ne!(second.refresh_token.as_ref(), Some(&old));
    let dead = (400, "invalid_grant".to_owned(), "Invalid Token!".to_owned());
    assert_eq!(oauth_error(&desk.refresh(&old).await), dead);
    granted(&desk.refresh(&second.refresh_token.unwrap()).await);
}

#[tokio::test]
async fn grace_ends() {
    let desk = Desk::new(world());
    desk.rules(|rules| rules.rotation = Rotation::Grace { seconds: 60 });
    let first = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    let old = first.refresh_token.unwrap();
    granted(&desk.refresh(&old).await);
    desk.change(Change::Advance { seconds: 60 });
    granted(&desk.refresh(&old).await);
    desk.change(Change::Advance { seconds: 1 });
    assert_eq!(oauth_error(&desk.refresh(&old).await).1, "invalid_grant");
}

#[tokio::test]
async fn refresh_tokens_live_ninety_days() {
    let desk = Desk::new(world());
    let tokens = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    desk.change(Change::Advance { seconds: 90 * 86_400 });
    let said = desk.refresh(&tokens.refresh_token.unwrap()).await;
    assert_eq!(oauth_error(&said).1, "invalid_grant");
}

#[tokio::test]
async fn a_lost_refresh_answer_has_rotated_the_token() {
    let desk = Desk::new(world());
    let token = desk
        .zoom
        .grant(SANDBOX_CLIENT_ID)
        .unwrap()
        .unwrap()
        .refresh_token
        .unwrap();
    desk.zoom
        .order(ZoomFault::once(Operation::RefreshToken, Action::DropAfter));
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    let lost = desk
        .http
        .post(format!("{}/token", desk.zoom.oauth_url()))
        .basic_auth(SANDBOX_CLIENT_ID, Some(SANDBOX_CLIENT_SECRET))
        .form(&form)
        .send()
        .await;
    assert!(lost.is_err());
    assert_eq!(oauth_error(&desk.refresh(&token).await).1, "invalid_grant");
}

#[tokio::test]
async fn another_client_cannot_refresh_or_revoke() {
    let desk = Desk::new(world());
    let token = desk
        .zoom
        .grant(SANDBOX_CLIENT_ID)
        .unwrap()
        .unwrap()
        .refresh_token
        .unwrap();
    let development = Some((SANDBOX_DEVELOPMENT_CLIENT_ID, SANDBOX_DEVELOPMENT_CLIENT_SECRET));
    let form = [("grant_type", "refresh_token"), ("refresh_token", token.as_str())];
    let (status, error, _) = oauth_error(&desk.oauth("token", development, &form).await);
    assert_eq!((status, error.as_str()), (401, "invalid_client"));
    let said = desk.oauth("revoke", development, &[("token", &token)]).await;
    assert_eq!(said.status, 400);
    granted(&desk.refresh(&token).await);
}

#[tokio::test]
async fn wrong_credentials_and_grants_are_refused() {
    let desk = Desk::new(world());
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    for client in [None, Some((SANDBOX_CLIENT_ID, "wrong")), Some(("nobody", "x"))] {
        let said = desk.oauth("token", client, &form).await;
        let expected = (
            401,
            "invalid_client".to_owned(),
            "Invalid client_id or client_secret".to_owned(),
        );
        assert_eq!(oauth_error(&said), expected, "{client:?}");
    }
    for grant in ["password", "account_credentials", ""] {
        let (status, error, reason) = oauth_error(&desk.token(&[("grant_type", grant)]).await);
        assert_eq!((status, error.as_str()), (400, "unsupported_grant_type"));
        assert_eq!(
            reason,
            format!("grant type {grant} is not supported from token endpoint")
        );
    }
}

#[tokio::test]
async fn server_to_server_tokens_need_the_account_and_may_replace_each_other() {
    let mut desk = Desk::new(world());
    let client = Some((SANDBOX_SERVER_CLIENT_ID, SANDBOX_SERVER_CLIENT_SECRET));
    let form = |account| [("grant_type", "account_credentials"), ("account_id", account)];
    assert_eq!(desk.oauth("token", client, &form("other")).await.status, 400);
    let first = granted(&desk.oauth("token", client, &form(SANDBOX_ACCOUNT_ID)).await);
    assert_eq!(first.refresh_token, None);
    granted(&desk.oauth("token", client, &form(SANDBOX_ACCOUNT_ID)).await);
    desk.token = first.access_token.clone();
    desk.created().await;
    desk.rules(|rules| rules.single_server_token = true);
    let last = granted(&desk.oauth("token", client, &form(SANDBOX_ACCOUNT_ID)).await);
    assert_eq!(desk.create(kickoff()).await.error(), (401, 124));
    desk.token = last.access_token;
    desk.created().await;
}

#[tokio::test]
async fn a_public_client_must_prove_itself_by_pkce() {
    let client = ZoomClient::general("public", "").public();
    assert_eq!((client.kind, &client.secret), (ClientKind::General, &None));
    let desk = Desk::new(world().with_client(client));
    let challenge = s256(VERIFIER);
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", "public"),
        ("redirect_uri", SANDBOX_REDIRECT_URI),
    ];
    assert_eq!(desk.authorize(&query).await.status, 400);
    query.extend([("code_challenge", &*challenge), ("code_challenge_method", "S256")]);
    let said = desk.authorize(&query).await;
    let target = Url::parse(&said.headers["location"]).unwrap();
    let code = target.query_pairs().next().unwrap().1.into_owned();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "public"),
        ("code", &code),
        ("redirect_uri", SANDBOX_REDIRECT_URI),
        ("code_verifier", VERIFIER),
    ];
    granted(&desk.oauth("token", None, &form).await);
}

#[tokio::test]
async fn revoking_ends_access_and_refresh() {
    let desk = Desk::new(world());
    let tokens = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    let client = Some((SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET));
    let said = desk
        .oauth("revoke", client, &[("token", &tokens.access_token)])
        .await;
    assert_eq!((said.status, said.json()), (200, json!({"status": "success"})));
    let desk = Desk {
        token: tokens.access_token,
        ..desk
    };
    assert_eq!(desk.get("/users/me").await.error(), (401, 124));
    let said = desk.refresh(&tokens.refresh_token.unwrap()).await;
    assert_eq!(oauth_error(&said).1, "invalid_grant");
}

#[tokio::test]
async fn a_new_grant_of_the_same_user_voids_the_old_one() {
    let desk = Desk::new(world());
    let old = desk.zoom.grant(SANDBOX_CLIENT_ID).unwrap().unwrap();
    let code = desk.code(&[]).await;
    granted(&desk.exchange(&code, None).await);
    let said = desk.refresh(&old.refresh_token.unwrap()).await;
    assert_eq!(oauth_error(&said).1, "invalid_grant");
}

#[tokio::test]
async fn access_tokens_end_in_three_ways() {
    let desk = Desk::new(world());
    assert_eq!(desk.get("/users/me").await.status, 200);
    desk.change(Change::Advance { seconds: 3600 });
    let said = desk.get("/users/me").await;
    assert_eq!(
        (said.error(), said.message().as_str()),
        ((401, 124), "Access token is expired.")
    );
    desk.change(Change::InvalidateAccessTokens);
    assert_eq!(desk.get("/users/me").await.message(), "Invalid access token.");
    let said = desk
        .http
        .get(format!("{}/users/me", desk.zoom.api_url()))
        .header("Accept", "application/json");
    let said = desk.send(said).await;
    assert_eq!(said.error(), (401, 4700));
}
