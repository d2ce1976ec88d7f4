//! `invite zoom`: the connection, and single meetings at Zoom.

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::session::Session;
use super::terminal::{BAD, DIM, GOOD, STRONG, WARN, visible};
use super::zoom_push::Push;
use super::zoom_users::UsersCommand;
use super::{Actor, DONE, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::MeetingId;
use crate::online::LinkStore as _;
use crate::online::zoom::{
    AuthorizationRequest, Connection, ConnectionState, Disconnected, Loopback, OPTIONAL_SCOPES, ZoomClient,
    ZoomError,
};
use crate::pipeline::{PushOptions, PushReport};

/// How long `connect` waits for the administrator's consent.
const CONSENT: Duration = Duration::from_secs(600);

#[derive(Debug, Subcommand)]
pub(super) enum ZoomCommand {
    /// Connect to the organization's Zoom account, with an administrator's consent
    Connect(Connect),
    /// Show the connection: mode, scopes, expiry, how the last requests went
    #[command(after_help = "Example: invite zoom status")]
    Status,
    /// Revoke the connection and forget it
    #[command(after_help = "Example: invite zoom disconnect")]
    Disconnect,
    /// Who may have meetings at Zoom
    #[command(subcommand)]
    Users(UsersCommand),
    /// Push meetings to Zoom and write their links back
    Push(Push),
    /// Delete the Zoom meeting of a meeting that was called off
    Delete(Delete),
}

#[derive(Debug, Args)]
#[command(after_help = "Example: invite zoom connect --paste")]
pub(super) struct Connect {
    /// Do not open a browser
    #[arg(long)]
    no_browser: bool,
    /// Do not listen: read the address that the browser was sent back to from standard input
    #[arg(long)]
    paste: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "Example: invite zoom delete --meeting called-off")]
pub(super) struct Delete {
    /// The meeting's id
    #[arg(long, value_name = "ID")]
    meeting: MeetingId,
    #[command(flatten)]
    actor: Actor,
}

impl ZoomCommand {
    pub(super) async fn run(self, session: &Session<'_>) -> Outcome {
        let result = match self {
            Self::Connect(connect) => connect.run(session).await,
            Self::Status => status(session).await,
            Self::Disconnect => disconnect(session).await,
            Self::Users(users) => users.run(session).await,
            Self::Push(push) => push.run(session).await,
            Self::Delete(delete) => {
                let options = PushOptions {
                    actor: delete.actor.actor,
                };
                let report = session
                    .pipeline()
                    .await?
                    .delete_online(&delete.meeting, &options)
                    .await;
                report
                    .map_err(BoxFault::new)
                    .map(|report| show_report(session, &report))
            }
        };
        session.close().await;
        result
    }
}

pub(super) fn show_report(session: &Session<'_>, report: &PushReport) -> u8 {
    session.terminal.result(report, || {
        let text = super::send::online(&report.online, false);
        if text.is_empty() {
            "there is no Zoom meeting of it\n".to_owned()
        } else {
            text
        }
    });
    DONE
}

/// Why nobody consented.
#[derive(Debug, thiserror::Error)]
enum ConnectError {
    #[error("nobody consented within {} minutes", CONSENT.as_secs() / 60)]
    TooLate,
    #[error("nothing was pasted")]
    NothingPasted,
    #[error("cannot read what was pasted")]
    Unreadable(#[source] std::io::Error),
}

impl Fault for ConnectError {
    fn kind(&self) -> &'static str {
        "zoom.no_consent"
    }

    fn class(&self) -> Class {
        match self {
            Self::TooLate => Class::Temporary,
            Self::NothingPasted | Self::Unreadable(_) => Class::BadData,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some("run `invite zoom connect` again and open the address in a browser".into())
    }
}

impl Connect {
    async fn run(&self, session: &Session<'_>) -> Outcome {
        let zoom = session.zoom().await?;
        let connection = match zoom.begin_connect() {
            Ok(request) => {
                let redirected = self.consent(session, &request).await?;
                zoom.finish_connect(&request, &redirected).await
            }
            // A Server-to-Server app connects by itself.
            Err(ZoomError::InvalidSettings { .. }) => zoom.verify().await,
            Err(error) => Err(error),
        };
        let connection = connection.map_err(BoxFault::new)?;
        show_connection(session, &connection, &[]);
        Ok(if connection.missing_scopes.is_empty() {
            DONE
        } else {
            Class::Configuration.exit_code()
        })
    }

    /// Sends the administrator to the consent page, and answers where the browser was sent back to.
    async fn consent(
        &self,
        session: &Session<'_>,
        request: &AuthorizationRequest,
    ) -> Result<String, BoxFault> {
        let listener = if self.paste {
            None
        } else {
            Some(self.listen(session).await?)
        };
        // Not a note: without the address nothing can go on, however quiet it is to be.
        let terminal = session.terminal;
        terminal.error_line(&format!(
            "Open this address in a browser as an administrator of the Zoom account:\n\n{}\n",
            request.url
        ));
        if !self.no_browser
            && !self.paste
            && !session.is_sandbox()
            && open::that_detached(request.url.as_str()).is_err()
        {
            terminal.note("(no browser could be opened)");
        }
        let Some(listener) = listener else {
            terminal.error_line("Then paste the address that the browser was sent back to, and press Enter:");
            return paste().await;
        };
        match tokio::time::timeout(CONSENT, listener.receive(request)).await {
            Ok(received) => received.map_err(BoxFault::new),
            Err(_) => Err(BoxFault::new(ConnectError::TooLate)),
        }
    }

    async fn listen(&self, session: &Session<'_>) -> Result<Loopback, BoxFault> {
        let config = session.config().await?;
        let uri = match config.zoom.as_ref().map(|zoom| &zoom.auth) {
            Some(crate::online::zoom::Auth::AuthorizationCode { redirect_uri }) => redirect_uri.as_str(),
            _ => crate::sandbox::zoom::SANDBOX_REDIRECT_URI,
        };
        Loopback::bind(uri).await.map_err(BoxFault::new)
    }
}

async fn paste() -> Result<String, BoxFault> {
    let read = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).map(|_| line)
    });
    match read.await {
        Ok(Ok(line)) if !line.trim().is_empty() => Ok(line),
        Ok(Ok(_)) => Err(BoxFault::new(ConnectError::NothingPasted)),
        Ok(Err(error)) => Err(BoxFault::new(ConnectError::Unreadable(error))),
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

async fn status(session: &Session<'_>) -> Outcome {
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

async fn disconnect(session: &Session<'_>) -> Outcome {
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

fn show_connection(session: &Session<'_>, connection: &Connection, orphans: &[crate::online::Orphan]) {
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
