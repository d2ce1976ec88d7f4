//! The arguments of `invite smtp users set`, made into an account.

use std::io::{IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::command::terminal::Terminal;
use crate::config::{Sender, SmtpServer, is_public};
use crate::fault::{Class, Fault, Remedy};
use crate::mail::{AccountSettings, Mailbox};

/// An account, as arguments say it.
#[derive(Debug, Args)]
pub(in crate::command) struct AccountArguments {
    /// The mail server, as smtp.url in the configuration: smtps://HOST or smtp://HOST?tls=required
    #[arg(long, value_name = "URL")]
    url: String,
    /// From whom the mails come: 'NAME <ADDRESS>' or an address alone
    #[arg(long, value_name = "SENDER")]
    from: String,
    /// The user name to log in with; then the password is read from standard input, or --password-file
    #[arg(long, value_name = "NAME")]
    username: Option<String>,
    /// The file with the password
    #[arg(long, value_name = "FILE", requires = "username")]
    password_file: Option<PathBuf>,
    /// Let mail and password travel unencrypted to another machine
    #[arg(long)]
    allow_plaintext: bool,
}

/// Why no account can be made of the arguments.
#[derive(Debug, thiserror::Error)]
pub(super) enum AccountError {
    // The address may have a password in it, and is not shown.
    #[error("--url cannot be used: {0}")]
    Url(String),
    #[error("--from cannot be used: {0}")]
    From(String),
    #[error("the password is empty")]
    NoPassword,
    #[error("the password cannot be read from {place}")]
    Unreadable { place: String, source: std::io::Error },
}

impl Fault for AccountError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Url(_) | Self::From(_) | Self::NoPassword => "usage",
            Self::Unreadable { .. } => "smtp.unreadable_password",
        }
    }

    fn class(&self) -> Class {
        match self {
            Self::Url(_) | Self::From(_) | Self::NoPassword => Class::Usage,
            Self::Unreadable { .. } => Class::NotFound,
        }
    }

    fn remedy(&self) -> Option<Remedy> {
        Some(
            match self {
                Self::Url(_) => {
                    "write smtps://mail.acme.example or smtp://mail.acme.example:587?tls=required, and give the log-in as \
                     --username and --password-file"
                }
                Self::From(_) => "write 'Ana Núñez <ana@acme.example>' or ana@acme.example",
                Self::NoPassword => "give it on standard input or in --password-file; leave --username out where the server wants no log-in",
                Self::Unreadable { .. } => "check the path, and that you may read it",
            }
            .into(),
        )
    }
}

impl AccountArguments {
    pub(super) fn settings(&self, terminal: &Terminal) -> Result<AccountSettings, AccountError> {
        let server: SmtpServer = self.url.parse().map_err(AccountError::Url)?;
        let from: Sender = self.from.parse().map_err(AccountError::From)?;
        if server.is_open() && !self.allow_plaintext {
            let reason = "mail and password would travel unencrypted; use smtps:// or ?tls=required, or give \
                          --allow-plaintext";
            return Err(AccountError::Url(reason.to_owned()));
        }
        let login = match &self.username {
            Some(username) => Some((username.clone(), self.password(username, terminal)?)),
            None => None,
        };
        if login.is_some() && server.may_be_open() {
            terminal.note(
                "warning: --url has ?tls=opportunistic, so the password travels unencrypted when somebody on the way \
                 wants it to; use ?tls=required",
            );
        }
        Ok(AccountSettings {
            from: Mailbox::new(from.name.as_deref().unwrap_or_default(), from.address),
            host: server.host,
            port: server.port,
            encryption: server.tls,
            hello_name: server.hello_name,
            login,
        })
    }

    fn password(&self, username: &str, terminal: &Terminal) -> Result<SecretString, AccountError> {
        let (place, read) = match &self.password_file {
            Some(file) => {
                warn_if_public(file, terminal);
                (file.display().to_string(), std::fs::read_to_string(file))
            }
            None => ("standard input".to_owned(), typed(username, terminal)),
        };
        let text = Zeroizing::new(read.map_err(|source| AccountError::Unreadable { place, source })?);
        let password = text.trim_end_matches(['\r', '\n']);
        if password.trim().is_empty() {
            return Err(AccountError::NoPassword);
        }
        Ok(SecretString::from(password))
    }
}

fn warn_if_public(file: &Path, terminal: &Terminal) {
    if is_public(file) {
        terminal.note(&format!(
            "warning: everybody on this machine can read {0}; run `chmod 600 {0}`",
            file.display()
        ));
    }
}

/// The line that a person types, or the whole input if another program gives it.
fn typed(username: &str, terminal: &Terminal) -> std::io::Result<String> {
    let mut text = String::new();
    if std::io::stdin().is_terminal() {
        terminal.error_line(&format!(
            "the password of {username}, which shows as it is typed:"
        ));
        std::io::stdin().read_line(&mut text)?;
    } else {
        std::io::stdin().read_to_string(&mut text)?;
    }
    Ok(text)
}
