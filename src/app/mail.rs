//! How mail leaves, from `[smtp]`: the organization's way, and those of users.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use crate::config::Smtp;
use crate::fault::BoxFault;
use crate::mail::{AccountLimits, DkimSigner, Mailbox, SmtpAccounts, SmtpSettings, SmtpTransport, Transport};

/// How long to wait for a mail server's connection and for each of its answers (RFC 5321 §4.5.3.2 allows
/// minutes; a person at a terminal does not).
const SMTP_TIMEOUT: Duration = Duration::from_secs(60);
/// How many connections a user's account has: it is made for one person, and its server may take few of one.
const ACCOUNT_CONNECTIONS: usize = 2;

impl App {
    /// From whom mails come.
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

    /// The way for mails to leave.
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

    /// What signs mails, as configured. In the sandbox nothing does.
    ///
    /// # Errors
    /// [`DkimError`](crate::mail::DkimError) when a key is none.
    pub fn signers(&self) -> Result<Vec<DkimSigner>, BoxFault> {
        let keys = self.config.smtp.as_ref().map_or(&[][..], |smtp| &smtp.dkim);
        keys.iter()
            .map(|dkim| DkimSigner::new(&dkim.domain, &dkim.selector, &dkim.key).map_err(BoxFault::new))
            .collect()
    }
}

/// Where and how the organization's mails are handed over.
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

/// From whom the organization's mails come.
#[must_use]
pub fn sender_of(smtp: &Smtp) -> Mailbox {
    let name = smtp.from.name.as_deref().unwrap_or_default();
    Mailbox::new(name, smtp.from.address.clone())
}
