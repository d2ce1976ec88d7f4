//! The port that sends messages.

use std::io;
use std::path::PathBuf;

use async_trait::async_trait;

use crate::fault::{Act, BoxError, BoxFault, Class, Fault, Moment, Remedy, Setting};
use crate::meeting::EmailAddress;

/// The sender and the recipient of a message, as the transport sees them (RFC 5321 §2.3.1). A message has one
/// recipient, so that a refused recipient affects no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The sender, to which bounces go.
    pub from: EmailAddress,
    /// The one recipient.
    pub to: EmailAddress,
}

/// A message on its way out.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The message's sender and recipient.
    pub envelope: &'a Envelope,
    /// The message's octets, with CRLF line ends and not dot-stuffed.
    pub message: &'a [u8],
}

/// The result for a message that the server took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The server's answer, such as `250 2.0.0 Ok: queued as 4F1`.
    pub answer: String,
    /// The file that the message was written to, for transports that write files.
    pub file: Option<PathBuf>,
}

/// A way to send messages.
#[async_trait]
pub trait Transport: Send + Sync {
    /// How many connections may be open at once; at least 1.
    fn connections(&self) -> usize;

    /// Opens a connection, which then sends any number of messages one after another.
    ///
    /// # Errors
    /// [`TransportError`] if the server cannot be reached, or refuses this program.
    async fn connect(&self) -> Result<Box<dyn Connection>, TransportError>;
}

/// An open connection.
#[async_trait]
pub trait Connection: Send {
    /// Sends one message. `next` is the message that will follow over this connection, if there is one: the transport
    /// may already announce it to the server. A caller that names a next message must send it next, or close the
    /// connection.
    ///
    /// # Errors
    /// [`TransportError`]. After an error with [`TransportError::is_connection_lost`], this connection cannot be used
    /// any more.
    async fn send(
        &mut self,
        mail: Outgoing<'_>,
        next: Option<Outgoing<'_>>,
    ) -> Result<Receipt, TransportError>;

    /// Whether the connection has sent its largest number of messages.
    fn is_spent(&self) -> bool {
        false
    }

    /// Ends the session and closes the connection.
    async fn close(self: Box<Self>);
}

/// Why a message did not leave.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The server cannot be reached, or the connection broke before the message was complete: the server has not taken
    /// the message.
    #[error("the mail server {server} cannot be reached")]
    Unreachable {
        /// The server, as `host:port`.
        server: String,
        /// Why.
        source: BoxError,
    },
    /// The connection broke between the end of the message and the answer: the server may have taken the message.
    #[error(
        "the connection to the mail server {server} broke before it answered whether it took the message"
    )]
    AnswerLost {
        /// The server, as `host:port`.
        server: String,
        /// Why.
        source: BoxError,
    },
    /// The server refuses this program: log-in, encryption or policy. Every further message would fail in the same way.
    #[error("the mail server {server} refuses us: {answer}")]
    Unwelcome {
        /// The server, as `host:port`.
        server: String,
        /// The server's answer.
        answer: String,
    },
    /// The authorization server issues no access token for the log-in. Every further message would fail in the same
    /// way.
    #[error("no access token to log in to the mail server with: {server} answered {answer}")]
    NoToken {
        /// The authorization server.
        server: String,
        /// The authorization server's error code and description (RFC 6749 §5.2).
        answer: String,
    },
    /// The server refuses this message or this recipient for good (5yz).
    #[error("the mail server refused the message to {to}: {answer}")]
    Refused {
        /// The recipient.
        to: EmailAddress,
        /// The server's answer.
        answer: String,
    },
    /// The server refuses this message or this recipient for now (4yz).
    #[error("the mail server put off the message to {to}: {answer}")]
    PutOff {
        /// The recipient.
        to: EmailAddress,
        /// The server's answer.
        answer: String,
        /// Whether the server closed the connection with this answer (421).
        closing: bool,
    },
    /// No turn to send could be reserved. Nothing was sent, because the server's limit would not be kept.
    #[error("no turn to send over the mail server {server} can be had")]
    NoTurn {
        /// The server, as `host:port`.
        server: String,
        /// Why.
        source: BoxFault,
    },
    /// The message cannot be signed. Every further message would fail in the same way.
    #[error("the message to {to} cannot be signed")]
    CannotSign {
        /// The recipient.
        to: EmailAddress,
        /// Why.
        source: BoxError,
    },
    /// A mailbox folder or file cannot be written.
    #[error("cannot write the message to {}", path.display())]
    CannotWrite {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl TransportError {
    /// Whether the connection cannot be used any more.
    #[must_use]
    pub fn is_connection_lost(&self) -> bool {
        match self {
            Self::Unreachable { .. }
            | Self::AnswerLost { .. }
            | Self::Unwelcome { .. }
            | Self::NoToken { .. }
            | Self::CannotSign { .. } => true,
            Self::PutOff { closing, .. } => *closing,
            Self::Refused { .. } | Self::NoTurn { .. } | Self::CannotWrite { .. } => false,
        }
    }

    /// Whether the server refuses the log-in. Retrying does not help until the configuration or the account is
    /// corrected.
    #[must_use]
    pub fn is_about_log_in(&self) -> bool {
        matches!(self, Self::Unwelcome { .. } | Self::NoToken { .. })
    }

    /// Whether the server may take the same message later.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        !matches!(self, Self::Refused { .. })
    }
}

impl Fault for TransportError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "smtp.unreachable",
            Self::AnswerLost { .. } => "smtp.answer_lost",
            Self::Unwelcome { .. } => "smtp.unwelcome",
            Self::NoToken { .. } => "smtp.no_token",
            Self::Refused { .. } => "smtp.refused",
            Self::PutOff { .. } => "smtp.put_off",
            Self::NoTurn { source, .. } => source.kind(),
            Self::CannotSign { .. } => "dkim.cannot_sign",
            Self::CannotWrite { .. } => "mailbox.cannot_write",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Unreachable { .. } | Self::Unwelcome { .. } | Self::Refused { .. } => Class::Unavailable,
            Self::AnswerLost { .. } | Self::PutOff { .. } => Class::Temporary,
            Self::CannotSign { .. } | Self::NoToken { .. } => Class::Configuration,
            Self::NoTurn { source, .. } => source.class(),
            Self::CannotWrite { .. } => Class::CannotCreate,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(match self {
            Self::Unreachable { .. } => Remedy::says("check ")
                .then(Act::Setting(Setting::MAIL_SERVER))
                .and(" and that the server runs; the invitations are in the outbox, and ")
                .then(Act::SendAgain),
            Self::AnswerLost { .. } | Self::PutOff { .. } => {
                Remedy::says("the invitation stays in the outbox; ").then(Act::Again(Moment::Later))
            }
            Self::Unwelcome { .. } => {
                Remedy::act(Act::CheckMailLogin).and(" with the server's administrator")
            }
            Self::NoToken { .. } => {
                Remedy::act(Act::CheckMailOAuth).and("; the invitations are in the outbox")
            }
            Self::NoTurn { source, .. } => return source.remedy(),
            Self::Refused { .. } => "check the address; the server's words say what it disliked".into(),
            Self::CannotSign { .. } => Remedy::says("check the key of ")
                .then(Act::Setting(Setting::DKIM))
                .and("; the invitation stays in the outbox"),
            Self::CannotWrite { source, .. } => {
                let first = match source.kind() {
                    io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                        "a file is where the folder should be: choose another folder, or move the file away and "
                    }
                    io::ErrorKind::IsADirectory => {
                        "a folder is where the file should be: choose another folder, or move this one away and "
                    }
                    _ => "make the folder writable, then ",
                };
                Remedy::says(first).then(Act::Again(Moment::Now))
            }
        })
    }
}
