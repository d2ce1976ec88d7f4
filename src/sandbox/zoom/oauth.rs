//! Authorization, tokens, revocation.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::answer::{Answer, oauth_error};
use super::call::Call;
use super::grants::{ChallengeMethod, Code, random};
use super::{ClientKind, Granted, Operation, ZoomClient, ZoomWorld};

/// `GET /oauth/authorize`: consents at once, as the consenting user.
pub(super) fn authorize(world: &mut ZoomWorld, call: &Call, consents: bool) -> Answer {
    let Some(client) = call
        .query("client_id")
        .and_then(|id| world.client(&id).cloned())
        .filter(|client| client.kind == ClientKind::General)
    else {
        let id = call.query("client_id").unwrap_or_default();
        return refused_page(4702, &format!("Invalid client_id: {id}"));
    };
    let uri = call.query("redirect_uri").unwrap_or_default();
    if !client.redirect_uris.contains(&uri) {
        return refused_page(4700, &format!("Invalid redirect: {uri}"));
    }
    let Ok(mut target) = Url::parse(&uri) else {
        return refused_page(4700, &format!("Invalid redirect: {uri}"));
    };
    if call.query("response_type").as_deref() != Some("code") {
        return refused_page(4700, "Invalid response_type");
    }
    let method = match call.query("code_challenge_method").as_deref() {
        None | Some("plain") => ChallengeMethod::Plain,
        Some("S256") => ChallengeMethod::S256,
        Some(other) => return refused_page(4700, &format!("Invalid code_challenge_method: {other}")),
    };
    let challenge = call.query("code_challenge").map(|challenge| (method, challenge));
    if client.secret.is_none() && challenge.is_none() {
        return refused_page(4700, "code_challenge is required");
    }
    let owner = world
        .consenting_user(&client.account_id)
        .map(|user| user.id.clone());
    let Some(owner) = owner.filter(|_| consents) else {
        target.query_pairs_mut().append_pair("error", "access_denied");
        return redirect(target, call.query("state"));
    };
    let code = random();
    target.query_pairs_mut().append_pair("code", &code);
    let now = world.now();
    world
        .codes
        .retain(|known| known.expires_at > now - TimeDelta::days(1));
    world.codes.push(Code {
        code,
        client_id: client.id,
        owner,
        redirect_uri: uri,
        challenge,
        expires_at: now + TimeDelta::seconds(world.rules.code_seconds.into()),
        used: false,
    });
    redirect(target, call.query("state"))
}

fn redirect(mut target: Url, state: Option<String>) -> Answer {
    if let Some(state) = state {
        target.query_pairs_mut().append_pair("state", &state);
    }
    Answer {
        status: 302,
        headers: vec![("Location".to_owned(), target.into())],
        body: String::new(),
    }
}

fn refused_page(code: u32, message: &str) -> Answer {
    let body = json!({"status": false, "errorCode": code, "errorMessage": message, "result": null});
    Answer::json(400, &body)
}

/// `POST /oauth/token`.
pub(super) fn token(world: &mut ZoomWorld, origin: &str, call: &Call) -> Answer {
    let client = match authenticated(world, call) {
        Ok(client) => client,
        Err(answer) => return *answer,
    };
    let granted = match (call.operation(), client.kind) {
        (Operation::ExchangeCode, ClientKind::General) => exchange(world, &client, call),
        (Operation::RefreshToken, ClientKind::General) => refresh(world, &client, call),
        (Operation::AccountCredentials, ClientKind::ServerToServer) => {
            if call.parameter("account_id").as_deref() == Some(client.account_id.as_str()) {
                Ok(world.issue_server_token(&client))
            } else {
                Err(oauth_error(400, "invalid_request", "Bad Request"))
            }
        }
        _ => {
            let grant = call.parameter("grant_type").unwrap_or_default();
            let reason = format!("grant type {grant} is not supported from token endpoint");
            Err(oauth_error(400, "unsupported_grant_type", reason))
        }
    };
    match granted {
        Ok(mut granted) => {
            granted.api_url = world.rules.tell_api_url.then(|| origin.to_owned());
            Answer::json(200, &json!(granted))
        }
        Err(answer) => answer,
    }
}

/// `POST /oauth/revoke`.
pub(super) fn revoke(world: &mut ZoomWorld, call: &Call) -> Answer {
    let client = match authenticated(world, call) {
        Ok(client) => client,
        Err(answer) => return *answer,
    };
    if world.revoke(&client.id, &call.form("token").unwrap_or_default()) {
        Answer::json(200, &json!({"status": "success"}))
    } else {
        oauth_error(400, "invalid_request", "Invalid Token!")
    }
}

/// The client with these Basic credentials. A public client is found by the `client_id` in the body.
fn authenticated(world: &ZoomWorld, call: &Call) -> Result<ZoomClient, Box<Answer>> {
    let found = match basic_credentials(call) {
        Some((id, secret)) => world
            .client(&id)
            .filter(|client| client.secret.as_ref() == Some(&secret)),
        None => call
            .form("client_id")
            .and_then(|id| world.client(&id))
            .filter(|client| client.secret.is_none()),
    };
    found.cloned().ok_or_else(|| {
        Box::new(oauth_error(
            401,
            "invalid_client",
            "Invalid client_id or client_secret",
        ))
    })
}

pub(super) fn basic_credentials(call: &Call) -> Option<(String, String)> {
    let (scheme, encoded) = call.header("authorization")?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

fn exchange(world: &mut ZoomWorld, client: &ZoomClient, call: &Call) -> Result<Granted, Answer> {
    let now = world.now();
    let sent = call.parameter("code").unwrap_or_default();
    let known = world.codes.iter().position(|known| {
        known.code == sent && known.client_id == client.id && !known.used && known.expires_at > now
    });
    let Some(index) = known else {
        let reason = format!("Invalid authorization code {sent}");
        return Err(oauth_error(400, "invalid_request", reason));
    };
    let code = world.codes[index].clone();
    if call.parameter("redirect_uri").as_deref() != Some(code.redirect_uri.as_str()) {
        return Err(oauth_error(400, "invalid_request", "Redirect URI mismatch."));
    }
    if let Some((method, challenge)) = &code.challenge {
        let verifier = call.parameter("code_verifier").unwrap_or_default();
        let computed = match method {
            ChallengeMethod::Plain => verifier.clone(),
            ChallengeMethod::S256 => URL_SAFE_NO_PAD.encode(Sha256::digest(&verifier)),
        };
        if !(43..=128).contains(&verifier.len()) || computed != *challenge {
            return Err(oauth_error(400, "invalid_request", "Invalid code_verifier"));
        }
    }
    world.codes[index].used = true;
    Ok(world.issue_grant(client, &code.owner))
}

fn refresh(world: &mut ZoomWorld, client: &ZoomClient, call: &Call) -> Result<Granted, Answer> {
    let sent = call.parameter("refresh_token").unwrap_or_default();
    if world.holder_of(&sent).is_some_and(|holder| holder != client.id) {
        return Err(oauth_error(
            401,
            "invalid_client",
            "Invalid client_id or client_secret",
        ));
    }
    world
        .refresh(&client.id, &sent)
        .ok_or_else(|| oauth_error(400, "invalid_grant", "Invalid Token!"))
}
