//! The SMTP transport (RFC 5321), over lettre's connection.
//!
//! lettre's own pooled transport is not used: it stops at the first refused recipient, asks NOOP before
//! every message, and its sockets leave Nagle's algorithm on, which costs 40 ms a message. Here each
//! delivering task owns one connection and keeps it for as long as there are messages.

mod accounts;
mod answers;
mod connection;
mod oauth;
mod offer;
mod pace;
mod settings;
mod tls;
mod transport;

pub use accounts::{AccountLimits, AccountSettings, AccountStore, SmtpAccounts, UnreadableAccount};
pub use oauth::TokenSettings;
pub use settings::{Encryption, Login, SmtpSettings, SmtpSetupError};
pub use transport::SmtpTransport;
