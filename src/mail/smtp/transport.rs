//! The transport: how a connection to the mail server is opened, and logged in to.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::Ehlo;
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpStream;

use super::super::pacing::Pacing;
use super::super::transport::{Connection, Transport, TransportError};
use super::answers::{answer_of, greeting_error, said};
use super::connection::SmtpConnection;
use super::oauth::Tokens;
use super::offer::Offer;
use super::pace::Pace;
use super::settings::{Encryption, Login, SmtpSettings, SmtpSetupError};
use super::tls::{Encrypted, Tls};
use crate::clock::Clock;
use crate::crypto::ensure_crypto_provider;

/// Sends over SMTP.
#[derive(Debug)]
pub struct SmtpTransport {
    settings: SmtpSettings,
    tls: Option<Tls>,
    /// The user name, with the password or the source of tokens.
    login: Option<(String, Proof)>,
    pace: Option<Arc<Pace>>,
}

/// A connection on which messages can be sent.
struct Opened {
    smtp: AsyncSmtpConnection,
    offer: Offer,
    /// The server's reply to the log-in, or its greeting.
    said: String,
}

#[derive(Debug)]
enum Proof {
    Password(SecretString),
    Tokens(Box<Tokens>),
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
        let proof = |login| {
            Ok(match login {
                Login::Password(password) => Proof::Password(password),
                Login::OAuth(tokens) => Proof::Tokens(
                    Tokens::new(tokens, settings.timeout)
                        .map(Box::new)
                        .map_err(|source| SmtpSetupError::OAuth {
                            host: settings.host.clone(),
                            source,
                        })?,
                ),
            })
        };
        let login = settings.login.clone();
        let login = login.map(|(user, login)| Ok((user, proof(login)?))).transpose()?;
        Ok(Self {
            settings,
            tls,
            login,
            pace,
        })
    }

    /// The same transport, with a limit that holds for all processes together. The processes take turns from `pacing`
    /// for this server and user. Without `pacing`, the limit holds for this transport alone.
    #[must_use]
    pub fn paced_by(mut self, pacing: Arc<dyn Pacing>) -> Self {
        let server = match &self.login {
            Some((user, _)) => format!("{user} at {}", self.server()),
            None => self.server(),
        };
        let shared = |per_second| Arc::new(Pace::shared(per_second, pacing, server));
        self.pace = self.settings.max_per_second.map(shared);
        self
    }

    /// The same transport, with this clock for the expiry of access tokens. Without a call, the machine's clock counts.
    #[must_use]
    pub fn timed_by(mut self, clock: Clock) -> Self {
        if let Some((_, Proof::Tokens(tokens))) = &mut self.login {
            tokens.set_clock(clock);
        }
        self
    }

    async fn has_token(&self) -> bool {
        match &self.login {
            Some((_, Proof::Tokens(tokens))) => tokens.has_one().await,
            Some((_, Proof::Password(_))) | None => false,
        }
    }

    fn server(&self) -> String {
        format!("{}:{}", self.settings.host, self.settings.port)
    }

    /// Connects, logs in and quits. Returns the server's answer to the log-in, or its greeting if there is no log-in.
    ///
    /// # Errors
    /// [`TransportError`] if the server cannot be reached, or refuses this program.
    pub async fn check(&self) -> Result<String, TransportError> {
        let mut opened = self.open_in_time().await?;
        // A missing answer to QUIT does no harm.
        let _ = tokio::time::timeout(Duration::from_secs(2), opened.smtp.quit()).await;
        Ok(opened.said)
    }

    /// Opens a connection, or gives up after the time limit.
    async fn open_in_time(&self) -> Result<Opened, TransportError> {
        let had_token = self.has_token().await;
        let opening = async {
            match self.open().await {
                // The server refused the kept token: it may have been revoked.
                Err(TransportError::Unwelcome { .. }) if had_token && !self.has_token().await => {
                    self.open().await
                }
                opened => opened,
            }
        };
        let timed = tokio::time::timeout(self.settings.timeout, opening).await;
        timed.map_err(|elapsed| TransportError::Unreachable {
            server: self.server(),
            source: elapsed.into(),
        })?
    }

    async fn open(&self) -> Result<Opened, TransportError> {
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
        let welcome = self.log_in(&mut connection).await?;
        // lettre does not expose all extensions that the server offers.
        let answer = connection.command(Ehlo::new(hello)).await.map_err(refused)?;
        Ok(Opened {
            smtp: connection,
            offer: Offer::read(answer.message()),
            said: said(welcome.as_ref().unwrap_or(&answer)),
        })
    }

    /// Logs in if there are credentials. Returns the server's answer.
    async fn log_in(&self, connection: &mut AsyncSmtpConnection) -> Result<Option<Response>, TransportError> {
        let Some((user, proof)) = &self.login else {
            return Ok(None);
        };
        let (secret, mechanisms, missing) = match proof {
            Proof::Password(password) => (
                password.clone(),
                &[Mechanism::Plain, Mechanism::Login][..],
                "it offers neither AUTH PLAIN nor AUTH LOGIN, and there is a user name to log in with",
            ),
            Proof::Tokens(tokens) => (
                tokens.access().await?,
                &[Mechanism::Xoauth2][..],
                "it does not offer AUTH XOAUTH2, and `[smtp.oauth]` is set",
            ),
        };
        let can = mechanisms
            .iter()
            .any(|mechanism| connection.server_info().supports_auth_mechanism(*mechanism));
        let server = self.server();
        if !can {
            connection.abort().await;
            return Err(TransportError::Unwelcome {
                server,
                answer: missing.to_owned(),
            });
        }
        let credentials = Credentials::new(user.clone(), secret.expose_secret().to_owned());
        let error = match connection.auth(mechanisms, &credentials).await {
            Ok(welcome) => return Ok(Some(welcome)),
            Err(error) => error,
        };
        if let Proof::Tokens(tokens) = proof {
            tokens.forget(&secret).await;
        }
        Err(match error.status() {
            Some(_) => TransportError::Unwelcome {
                server,
                answer: answer_of(&error),
            },
            // A challenge, which says in JSON why the token was refused. lettre does not answer it.
            None if error.is_client() => TransportError::Unwelcome {
                server,
                answer: "it does not take the access token for this user".to_owned(),
            },
            None => TransportError::Unreachable {
                server,
                source: error.into(),
            },
        })
    }
}

#[async_trait]
impl Transport for SmtpTransport {
    fn connections(&self) -> usize {
        self.settings.connections.max(1)
    }

    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError> {
        let opened = self.open_in_time().await?;
        Ok(Box::new(SmtpConnection::new(
            opened.smtp,
            opened.offer,
            self.server(),
            &self.settings,
            self.pace.clone(),
        )))
    }
}
