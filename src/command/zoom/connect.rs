//! `invite zoom connect`: an administrator's consent.

use std::time::Duration;

use clap::Args;

use super::connection::show_connection;
use crate::command::session::Session;
use crate::command::{DONE, Outcome};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::online::zoom::{AuthorizationRequest, Loopback, ZoomError};

/// How long `connect` waits for the administrator's consent.
const CONSENT: Duration = Duration::from_secs(600);

#[derive(Debug, Args)]
#[command(after_help = "Example: invite zoom connect --paste")]
pub(in crate::command) struct Connect {
    /// Do not open a browser
    #[arg(long)]
    no_browser: bool,
    /// Do not listen: read the address that the browser was sent back to from standard input
    #[arg(long)]
    paste: bool,
}

/// The reason why there is no consent.
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
    pub(super) async fn run(&self, session: &Session<'_>) -> Outcome {
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
        // This is no note: without the address the administrator cannot go on, also with `--quiet`.
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
