//! Sending of mail as `[smtp]` configures it: over the organization's server, and over users' accounts.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use crate::config::Smtp;
use crate::fault::BoxFault;
use crate::mail::{AccountLimits, DkimSigner, Mailbox, SmtpAccounts, SmtpSettings, SmtpTransport, Transport};

/// How long to wait for a connection to a mail server and for each of its answers. RFC 5321 §4.5.3.2 allows minutes,
/// but a person at a terminal does not wait so long.
const SMTP_TIMEOUT: Duration = Duration::from_secs(60);
/// How many connections a user's account has. It is made for one person, and its server may accept only a few.
const ACCOUNT_CONNECTIONS: usize = 2;

impl App {
    /// The sender of the organization's mails.
    ///
    /// # Errors
    /// When no mail server is configured.
    pub fn sender(&self) -> Result<Mailbox, BoxFault> {
        #[cfg(feature = "sandbox")]
        if self.is_sandbox() {
            return Self::example_sender();
        }
        Ok(sender_of(self.config.require_smtp().map_err(BoxFault::new)?))
    }

    /// The transport for the organization's mails.
    ///
    /// # Errors
    /// When no mail server is configured, or the database is needed and cannot be opened.
    pub async fn transport(&self) -> Result<Arc<dyn Transport>, BoxFault> {
        #[cfg(feature = "sandbox")]
        if let Some(folder) = &self.folder {
            return Ok(Arc::new(crate::mail::MailboxFolder::new(folder.join("outbox"))));
        }
        let settings = smtp_settings(self.config.require_smtp().map_err(BoxFault::new)?);
        let is_paced = settings.max_per_second.is_some();
        let transport = SmtpTransport::new(settings).map_err(BoxFault::new)?;
        let transport = transport.timed_by(self.clock.clone());
        Ok(Arc::new(match is_paced {
            true => transport.paced_by(Arc::new(self.database().await?.clone())),
            false => transport,
        }))
    }

    /// The accounts of users. The limits of `[smtp]` hold for each of them.
    ///
    /// # Errors
    /// When the database cannot be opened.
    pub async fn accounts(&self) -> Result<Arc<SmtpAccounts>, BoxFault> {
        let smtp = self.config.smtp.as_ref();
        let limits = AccountLimits {
            connections: ACCOUNT_CONNECTIONS,
            max_per_second: smtp.and_then(|smtp| smtp.max_per_second),
            max_per_connection: smtp.and_then(|smtp| smtp.max_per_connection),
            timeout: SMTP_TIMEOUT,
        };
        let database = Arc::new(self.database().await?.clone());
        let accounts = SmtpAccounts::new(Arc::clone(&database) as _, limits);
        Ok(Arc::new(accounts.paced_by(database)))
    }

    /// The signers of mails, as configured. The sandbox has none.
    ///
    /// # Errors
    /// [`DkimError`](crate::mail::DkimError) if a key is not valid.
    pub fn signers(&self) -> Result<Vec<DkimSigner>, BoxFault> {
        let keys = self.config.smtp.as_ref().map_or(&[][..], |smtp| &smtp.dkim);
        keys.iter()
            .map(|dkim| DkimSigner::new(&dkim.domain, &dkim.selector, &dkim.key).map_err(BoxFault::new))
            .collect()
    }
}

/// The organization's mail server, and how to send over it.
#[must_use]
pub fn smtp_settings(smtp: &Smtp) -> SmtpSettings {
    let login = smtp.credentials.as_ref();
    SmtpSettings {
        host: smtp.server.host.clone(),
        port: smtp.server.port,
        encryption: smtp.server.tls,
        hello_name: smtp.server.hello_name.clone(),
        login: login.map(|credentials| (credentials.username.clone(), credentials.login.clone())),
        connections: usize::try_from(smtp.connections).unwrap_or(1),
        max_per_second: smtp.max_per_second,
        max_per_connection: smtp.max_per_connection,
        timeout: SMTP_TIMEOUT,
    }
}

/// The sender of the organization's mails.
#[must_use]
pub fn sender_of(smtp: &Smtp) -> Mailbox {
    let name = smtp.from.name.as_deref().unwrap_or_default();
    Mailbox::new(name, smtp.from.address.clone())
}
