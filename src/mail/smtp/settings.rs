//! Where and how messages are handed over, and why that could not be set up.

use std::num::NonZeroU32;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::oauth::TokenSettings;
use crate::fault::{Act, Class, Fault, Remedy, Setting};

/// How a connection is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encryption {
    /// Without encryption: for a server on this machine.
    None,
    /// By STARTTLS (RFC 3207), if the server offers it.
    Opportunistic,
    /// By STARTTLS. Without STARTTLS nothing is sent.
    Required,
    /// From the first byte on (RFC 8314).
    Implicit,
}

/// The way to log in.
#[derive(Debug, Clone)]
pub enum Login {
    /// By AUTH PLAIN or LOGIN.
    Password(SecretString),
    /// By AUTH XOAUTH2. Access tokens are requested when they are needed.
    OAuth(TokenSettings),
}

/// The mail server, and how to send over it.
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
    /// The user name and the way to log in, if the server needs a log-in.
    pub login: Option<(String, Login)>,
    /// How many connections may be open at once.
    pub connections: usize,
    /// How many messages leave in a second at most, over all connections; `None` for no limit.
    pub max_per_second: Option<NonZeroU32>,
    /// How many messages a connection carries before it is replaced by a new one; `None` for no limit.
    pub max_per_connection: Option<NonZeroU32>,
    /// How long to wait for a connection and for each answer.
    pub timeout: Duration,
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
    /// Requests for access tokens cannot be made.
    #[error("cannot prepare the log-in by OAuth to the mail server {host}")]
    OAuth {
        /// The server.
        host: String,
        /// Why.
        source: crate::fault::BoxError,
    },
}

impl Fault for SmtpSetupError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Tls { .. } => "smtp.tls",
            Self::OAuth { .. } => "smtp.oauth",
        }
    }

    fn class(&self) -> Class {
        Class::Configuration
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(
            Remedy::says("check the host in ")
                .then(Act::Setting(Setting::MAIL_SERVER))
                .and(" and this machine's certificate store"),
        )
    }
}
