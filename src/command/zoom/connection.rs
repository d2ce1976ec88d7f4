//! `invite zoom status` and `invite zoom disconnect`, and how a connection is shown.

use serde_json::{Value, json};

use crate::command::session::Session;
use crate::command::terminal::{BAD, DIM, GOOD, STRONG, WARN, visible};
use crate::command::{DONE, Outcome};
use crate::fault::{BoxFault, Class};
use crate::online::LinkStore as _;
use crate::online::zoom::{Connection, ConnectionState, Disconnected, OPTIONAL_SCOPES, ZoomClient};

pub(super) async fn status(session: &Session<'_>) -> Outcome {
    let zoom: std::sync::Arc<ZoomClient> = session.zoom().await?;
    let connection = zoom.status().await.map_err(BoxFault::new)?;
    let orphans = session.database().await?.orphans().await?;
    show_connection(session, &connection, &orphans);
    Ok(match connection.state {
        ConnectionState::NotConnected => Class::Configuration.exit_code(),
        ConnectionState::Lost(_) => Class::Unavailable.exit_code(),
        _ if !connection.missing_scopes.is_empty() => Class::Configuration.exit_code(),
        ConnectionState::Connected | ConnectionState::OnDemand => DONE,
    })
}

pub(super) async fn disconnect(session: &Session<'_>) -> Outcome {
    let zoom = session.zoom().await?;
    let disconnected = zoom.disconnect().await.map_err(BoxFault::new)?;
    let (word, text) = match disconnected {
        Disconnected::Revoked => ("revoked", "the connection is revoked at Zoom and forgotten here"),
        Disconnected::Forgotten => (
            "forgotten",
            "Zoom knew nothing of it any more; the connection is forgotten here",
        ),
        Disconnected::Nothing => ("nothing", "there was no connection"),
    };
    session
        .terminal
        .result(&json!({"disconnected": word}), || format!("{text}\n"));
    Ok(DONE)
}

fn state_word(state: &ConnectionState) -> &'static str {
    match state {
        ConnectionState::Connected => "connected",
        ConnectionState::OnDemand => "on_demand",
        ConnectionState::NotConnected => "not_connected",
        ConnectionState::Lost(_) => "lost",
    }
}

pub(super) fn show_connection(
    session: &Session<'_>,
    connection: &Connection,
    orphans: &[crate::online::Orphan],
) {
    let lost = match &connection.state {
        ConnectionState::Lost(loss) => Some(loss),
        _ => None,
    };
    let orphan = |orphan: &crate::online::Orphan| -> Value {
        json!({
            "meeting": orphan.meeting, "host": orphan.intent.spec.host, "topic": orphan.intent.spec.topic,
            "start": orphan.intent.spec.start, "marker": orphan.intent.marker,
        })
    };
    let document = json!({
        "mode": connection.mode,
        "client_id": connection.client_id,
        "state": state_word(&connection.state),
        "scopes": connection.scopes,
        "missing_scopes": connection.missing_scopes,
        "expires_at": connection.expires_at,
        "renewed_at": connection.renewed_at,
        "lost_reason": lost.map(|loss| &loss.reason),
        "last_success_at": connection.last.success,
        "last_error": connection.last.error.as_ref().map(|(at, message)| json!({"at": at, "message": message})),
        "maybe_left_over": orphans.iter().map(orphan).collect::<Vec<_>>(),
    });
    session
        .terminal
        .result(&document, || connection_text(connection, orphans));
}

fn connection_text(connection: &Connection, orphans: &[crate::online::Orphan]) -> String {
    const TIME: &str = "%Y-%m-%d %H:%M UTC";
    let mut text = match &connection.state {
        ConnectionState::Connected => format!("{GOOD}connected{GOOD:#}"),
        ConnectionState::OnDemand => "connects by itself with the first request".to_owned(),
        ConnectionState::NotConnected => format!("{WARN}not connected{WARN:#}: run `invite zoom connect`"),
        ConnectionState::Lost(loss) => format!(
            "{BAD}lost{BAD:#} since {}: {}\nrun `invite zoom connect` to connect anew",
            loss.at.format(TIME),
            visible(&loss.reason)
        ),
    };
    text.push_str(&format!(
        "\n{DIM}{} credentials, client {}{DIM:#}\n",
        connection.mode,
        visible(&connection.client_id)
    ));
    for scope in &connection.scopes {
        text.push_str(&format!("  {GOOD}granted{GOOD:#}  {}\n", visible(scope)));
    }
    for scope in &connection.missing_scopes {
        text.push_str(&format!("  {BAD}missing{BAD:#}  {scope}\n"));
    }
    if !connection.missing_scopes.is_empty() {
        text.push_str(
            "add what is missing to the app (https://marketplace.zoom.us/ → Manage → your app → Scopes), \
             then run `invite zoom connect` again\n",
        );
    }
    if !connection.scopes.is_empty() {
        for scope in OPTIONAL_SCOPES
            .iter()
            .filter(|scope| !connection.scopes.iter().any(|s| s == *scope))
        {
            text.push_str(&format!("  {DIM}useful   {scope}{DIM:#}\n"));
        }
    }
    if let Some(at) = connection.expires_at {
        text.push_str(&format!(
            "the token ends {}, and is renewed by itself\n",
            at.format(TIME)
        ));
    }
    if let Some(at) = connection.last.success {
        text.push_str(&format!("the last request went well {}\n", at.format(TIME)));
    }
    if let Some((at, message)) = &connection.last.error {
        text.push_str(&format!(
            "the last failure {}: {}\n",
            at.format(TIME),
            visible(message)
        ));
    }
    for orphan in orphans {
        text.push_str(&format!(
            "{WARN}maybe left over{WARN:#} in the account of {}: {STRONG}{}{STRONG:#}, {} (Ref. {})\n",
            visible(&orphan.intent.spec.host),
            visible(&orphan.intent.spec.topic),
            orphan.intent.spec.start.format(TIME),
            orphan.intent.marker,
        ));
    }
    text
}
