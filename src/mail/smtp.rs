//! The SMTP transport (RFC 5321), over lettre's connection.
//!
//! lettre's own pooled transport is not used: it stops at the first refused recipient, asks NOOP before
//! every message, and its sockets leave Nagle's algorithm on, which costs 40 ms a message. Here each
//! delivering task owns one connection and keeps it for as long as there are messages.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::{Error as SmtpError, response::Response};
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::transport::{Connection, Envelope, Receipt, Transport, TransportError};
use crate::crypto::ensure_crypto_provider;
use crate::fault::{Class, Fault};
use crate::meeting::EmailAddress;

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

/// Keeps messages apart, over all connections of a transport.
#[derive(Debug)]
struct Pace {
    apart: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    fn new(per_second: NonZeroU32) -> Self {
        Self {
            apart: Duration::from_secs(1) / per_second.get(),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Waits for one's turn.
    async fn wait(&self) {
        let turn = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let turn = (*next).max(Instant::now());
            *next = turn + self.apart;
            turn
        };
        tokio::time::sleep_until(turn).await;
    }
}

/// TLS as both ways of encrypting need it.
#[derive(Clone)]
struct Tls {
    implicit: TlsConnector,
    starttls: TlsParameters,
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
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
            _ => Some(prepare_tls(&settings.host)?),
        };
        let pace = settings
            .max_per_second
            .map(|per_second| Arc::new(Pace::new(per_second)));
        Ok(Self { settings, tls, pace })
    }

    fn server(&self) -> String {
        format!("{}:{}", self.settings.host, self.settings.port)
    }

    async fn open(&self) -> Result<AsyncSmtpConnection, TransportError> {
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
        Ok(connection)
    }
}

fn prepare_tls(host: &str) -> Result<Tls, SmtpSetupError> {
    let failed = |source: crate::fault::BoxError| SmtpSetupError::Tls {
        host: host.to_owned(),
        source,
    };
    let config = rustls::ClientConfig::builder()
        .with_platform_verifier()
        .map_err(|e| failed(e.into()))?
        .with_no_client_auth();
    Ok(Tls {
        implicit: TlsConnector::from(Arc::new(config)),
        starttls: TlsParameters::new(host.to_owned()).map_err(|e| failed(e.into()))?,
    })
}

#[async_trait]
impl Transport for SmtpTransport {
    fn connections(&self) -> usize {
        self.settings.connections.max(1)
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        let timed = tokio::time::timeout(self.settings.timeout, self.open()).await;
        let smtp = timed.map_err(|elapsed| TransportError::Unreachable {
            server: self.server(),
            source: elapsed.into(),
        })??;
        Ok(Box::new(SmtpConnection {
            smtp,
            server: self.server(),
            timeout: self.settings.timeout,
            pace: self.pace.clone(),
            used: false,
        }))
    }
}

struct SmtpConnection {
    smtp: AsyncSmtpConnection,
    server: String,
    timeout: Duration,
    pace: Option<Arc<Pace>>,
    /// Whether a transaction may be half open, so that the next one begins with RSET.
    used: bool,
}

/// How far a transaction had come when something failed.
#[derive(Clone, Copy, PartialEq)]
enum Stage {
    Envelope,
    Message,
}

impl SmtpConnection {
    async fn ask<C: fmt::Display>(
        &mut self,
        command: C,
        to: &EmailAddress,
    ) -> Result<Response, TransportError> {
        let answer = tokio::time::timeout(self.timeout, self.smtp.command(command)).await;
        self.understand(answer, to, Stage::Envelope)
    }

    fn understand(
        &self,
        answer: Result<Result<Response, SmtpError>, tokio::time::error::Elapsed>,
        to: &EmailAddress,
        stage: Stage,
    ) -> Result<Response, TransportError> {
        let lost = |source: crate::fault::BoxError| match stage {
            Stage::Envelope => TransportError::Unreachable {
                server: self.server.clone(),
                source,
            },
            Stage::Message => TransportError::AnswerLost {
                server: self.server.clone(),
                source,
            },
        };
        let error = match answer {
            Ok(Ok(response)) => return Ok(response),
            Ok(Err(error)) => error,
            Err(elapsed) => return Err(lost(elapsed.into())),
        };
        let Some(code) = error.status() else {
            return Err(lost(error.into()));
        };
        let (code, answer) = (u16::from(code), answer_of(&error));
        Err(match code {
            // RFC 4954 §6, RFC 5321 §3.8: about us, not about this recipient.
            530 | 534 | 535 | 538 | 554 if self.is_before_recipient(&error) => TransportError::Unwelcome {
                server: self.server.clone(),
                answer,
            },
            500..=599 => TransportError::Refused {
                to: to.clone(),
                answer,
            },
            _ => TransportError::PutOff {
                to: to.clone(),
                answer,
                closing: code == 421,
            },
        })
    }

    /// Whether an answer concerns the session: log-in codes always do; 554 only says "no SMTP service here"
    /// as a greeting, which `open` sees.
    fn is_before_recipient(&self, error: &SmtpError) -> bool {
        error.status().is_some_and(|code| u16::from(code) != 554)
    }
}

#[async_trait]
impl Connection for SmtpConnection {
    async fn send(&mut self, envelope: &Envelope, message: &[u8]) -> Result<Receipt, TransportError> {
        let to = &envelope.to;
        let mut parameters = Vec::new();
        let is_ascii =
            envelope.to.as_str().is_ascii() && envelope.from.as_str().is_ascii() && message.is_ascii();
        if !is_ascii {
            if !self.smtp.server_info().supports_feature(Extension::SmtpUtfEight) {
                return Err(TransportError::Refused {
                    to: to.clone(),
                    answer: format!(
                        "{} does not offer SMTPUTF8 (RFC 6531), which this address needs",
                        self.server
                    ),
                });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let refused = |reason: lettre::address::AddressError| TransportError::Refused {
            to: to.clone(),
            answer: reason.to_string(),
        };
        let from: lettre::Address = envelope.from.as_str().parse().map_err(refused)?;
        let recipient: lettre::Address = to.as_str().parse().map_err(refused)?;
        if let Some(pace) = &self.pace {
            pace.wait().await;
        }
        if std::mem::replace(&mut self.used, true) {
            self.ask(Rset, to).await?;
        }
        self.ask(Mail::new(Some(from), parameters), to).await?;
        self.ask(Rcpt::new(recipient, Vec::new()), to).await?;
        self.ask(Data, to).await?;
        // lettre ends the data with CRLF "." CRLF of its own, so the message's last line end is left out.
        let body = message.strip_suffix(b"\r\n").unwrap_or(message);
        let answer = tokio::time::timeout(self.timeout, self.smtp.message(body)).await;
        let response = self.understand(answer, to, Stage::Message)?;
        self.used = false;
        Ok(Receipt {
            answer: words(
                u16::from(response.code()),
                &response.message().collect::<Vec<_>>().join(" "),
            ),
            file: None,
        })
    }

    async fn close(mut self: Box<Self>) {
        // A goodbye that gets no answer harms nobody.
        let _ = tokio::time::timeout(Duration::from_secs(2), self.smtp.quit()).await;
    }
}

fn greeting_error(server: &str, error: SmtpError) -> TransportError {
    match error.status() {
        Some(code) if (500..600).contains(&u16::from(code)) => TransportError::Unwelcome {
            server: server.to_owned(),
            answer: answer_of(&error),
        },
        _ => TransportError::Unreachable {
            server: server.to_owned(),
            source: error.into(),
        },
    }
}

/// The server's own words: the code and the text, on one line.
fn answer_of(error: &SmtpError) -> String {
    let text = std::error::Error::source(error)
        .map(ToString::to_string)
        .unwrap_or_default();
    error
        .status()
        .map_or_else(|| error.to_string(), |code| words(u16::from(code), &text))
}

fn words(code: u16, text: &str) -> String {
    crate::meeting::one_line(&format!("{code} {text}"))
}

/// A TLS stream as lettre wants it.
#[derive(Debug)]
struct Encrypted(TlsStream<TcpStream>);

impl AsyncTokioStream for Encrypted {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn messages_are_kept_apart_over_all_connections() {
        let pace = Arc::new(Pace::new(NonZeroU32::new(10).unwrap()));
        let began = Instant::now();
        let connections: Vec<_> = (0..4)
            .map(|_| {
                let pace = Arc::clone(&pace);
                tokio::spawn(async move {
                    for _ in 0..5 {
                        pace.wait().await;
                    }
                })
            })
            .collect();
        for connection in connections {
            connection.await.unwrap();
        }
        // The twentieth message has waited for nineteen others.
        let took = began.elapsed();
        assert!((1900..2000).contains(&took.as_millis()), "{took:?}");
    }
}
