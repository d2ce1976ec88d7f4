//! The SMTP transport (RFC 5321), over lettre's connection.
//!
//! lettre's own pooled transport is not used: it stops at the first refused recipient, asks NOOP before
//! every message, and its sockets leave Nagle's algorithm on, which costs 40 ms a message. Here each
//! delivering task owns one connection and keeps it for as long as there are messages.

mod answers;
mod connection;
mod offer;
mod pace;
mod tls;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;

use self::answers::{answer_of, greeting_error};
use self::connection::SmtpConnection;
use self::offer::Offer;
use self::pace::Pace;
use self::tls::{Encrypted, Tls};
use super::transport::{Connection, Transport, TransportError};
use crate::crypto::ensure_crypto_provider;
use crate::fault::{Class, Fault};

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// Not at all: for a server on this machine.
    None,
    /// By STARTTLS (RFC 3207) where the server offers it.
    Opportunistic,
    /// By STARTTLS; without it nothing is sent.
    Required,
    /// From the first byte on (RFC 8314).
    Implicit,
}

/// Where and how messages are handed over.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// The name to greet the server with (EHLO); this machine's own when `None`.
    pub hello_name: Option<String>,
    /// User name and password, where the server wants them.
    pub credentials: Option<(String, SecretString)>,
    /// How many connections may be open at once.
    pub connections: usize,
    /// How many messages leave in a second at most, over all connections; `None` for no limit.
    pub max_per_second: Option<NonZeroU32>,
    /// How many messages a connection carries before it is replaced by a new one; `None` for no limit.
    pub max_per_connection: Option<NonZeroU32>,
    /// How long to wait for a connection and for each answer.
    pub timeout: Duration,
}

/// Sends over SMTP.
#[derive(Debug)]
pub struct SmtpTransport {
    settings: SmtpSettings,
    tls: Option<Tls>,
    pace: Option<Arc<Pace>>,
}

/// Why the SMTP transport could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum SmtpSetupError {
    /// The system's certificates cannot be used.
    #[error("cannot prepare TLS for the mail server {host}")]
    Tls {
        /// The server.
        host: String,
        /// Why.
        source: crate::fault::BoxError,
    },
}

impl Fault for SmtpSetupError {
    fn kind(&self) -> &'static str {
        "smtp.tls"
    }

    fn class(&self) -> Class {
        Class::Configuration
    }

    fn hint(&self) -> Option<String> {
        Some("check the host in `[smtp] url` and this machine's certificate store".to_owned())
    }
}

impl SmtpTransport {
    /// Prepares the transport. Nothing is sent yet.
    ///
    /// # Errors
    /// [`SmtpSetupError`] when the system's certificate store cannot be read.
    pub fn new(settings: SmtpSettings) -> Result<Self, SmtpSetupError> {
        ensure_crypto_provider();
        let tls = match settings.encryption {
            Encryption::None => None,
            _ => Some(Tls::to(&settings.host)?),
        };
        let pace = settings
            .max_per_second
            .map(|per_second| Arc::new(Pace::new(per_second)));
        Ok(Self { settings, tls, pace })
    }

    fn server(&self) -> String {
        format!("{}:{}", self.settings.host, self.settings.port)
    }

    async fn open(&self) -> Result<(AsyncSmtpConnection, Offer), TransportError> {
        let server = self.server();
        let unreachable = |source: crate::fault::BoxError| TransportError::Unreachable {
            server: self.server(),
            source,
        };
        let tcp = TcpStream::connect((self.settings.host.as_str(), self.settings.port))
            .await
            .map_err(|e| unreachable(e.into()))?;
        tcp.set_nodelay(true).map_err(|e| unreachable(e.into()))?;
        let hello = match &self.settings.hello_name {
            Some(name) => ClientId::Domain(name.clone()),
            None => ClientId::default(),
        };
        let refused = |e: SmtpError| greeting_error(&server, e);
        let mut connection = match (&self.tls, self.settings.encryption) {
            (Some(tls), Encryption::Implicit) => {
                let name = rustls::pki_types::ServerName::try_from(self.settings.host.clone())
                    .map_err(|e| unreachable(e.into()))?;
                let stream = tls
                    .implicit
                    .connect(name, tcp)
                    .await
                    .map_err(|e| unreachable(e.into()))?;
                AsyncSmtpConnection::connect_with_transport(Box::new(Encrypted(stream)), &hello)
                    .await
                    .map_err(refused)?
            }
            _ => AsyncSmtpConnection::connect_with_transport(Box::new(tcp), &hello)
                .await
                .map_err(refused)?,
        };
        if let (Some(tls), Encryption::Required | Encryption::Opportunistic) =
            (&self.tls, self.settings.encryption)
        {
            if connection.can_starttls() {
                connection
                    .starttls(tls.starttls.clone(), &hello)
                    .await
                    .map_err(refused)?;
            } else if self.settings.encryption == Encryption::Required {
                connection.abort().await;
                return Err(TransportError::Unwelcome {
                    server,
                    answer: "it does not offer STARTTLS, and `tls=required` asks for it".to_owned(),
                });
            }
        }
        if let Some((user, password)) = &self.settings.credentials {
            let credentials = Credentials::new(user.clone(), password.expose_secret().to_owned());
            connection
                .auth(&[Mechanism::Plain, Mechanism::Login], &credentials)
                .await
                .map_err(|e| match e.status() {
                    Some(_) => TransportError::Unwelcome {
                        server: server.clone(),
                        answer: answer_of(&e),
                    },
                    None if e.is_client() => TransportError::Unwelcome {
                        server: server.clone(),
                        answer: "it offers neither AUTH PLAIN nor AUTH LOGIN, and `[smtp] username` is set"
                            .to_owned(),
                    },
                    None => unreachable(e.into()),
                })?;
        }
        // lettre keeps too little of what the server said it can do.
        let offer = match connection.command(Ehlo::new(hello)).await {
            Ok(answer) => Offer::read(answer.message()),
            Err(error) => return Err(refused(error)),
        };
        Ok((connection, offer))
    }
}

#[async_trait]
impl Transport for SmtpTransport {
    fn connections(&self) -> usize {
        self.settings.connections.max(1)
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        let timed = tokio::time::timeout(self.settings.timeout, self.open()).await;
        let (smtp, offer) = timed.map_err(|elapsed| TransportError::Unreachable {
            server: self.server(),
            source: elapsed.into(),
        })??;
        Ok(Box::new(SmtpConnection::new(
            smtp,
            offer,
            self.server(),
            &self.settings,
            self.pace.clone(),
        )))
    }
}
