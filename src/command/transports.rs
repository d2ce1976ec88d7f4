//! How a session mails: the organization's way for mails to leave, and those of users.

use std::sync::Arc;
use std::time::Duration;

use super::session::Session;
use crate::config::{SmtpCredentials, SmtpSecret, SmtpTls};
use crate::fault::BoxFault;
use crate::mail::{
    AccountLimits, Encryption, Login, MailboxFolder, SmtpAccounts, SmtpSettings, SmtpTransport,
    TokenSettings, Transport,
};

/// How long to wait for a mail server's connection and for each of its answers (RFC 5321 §4.5.3.2 allows
/// minutes; a person at a terminal does not).
const SMTP_TIMEOUT: Duration = Duration::from_secs(60);
/// How many connections a user's account has: it is made for one person, and its server may take few of one.
const ACCOUNT_CONNECTIONS: usize = 2;

impl Session<'_> {
    /// The way for mails to leave.
    pub(super) async fn transport(&self) -> Result<Arc<dyn Transport>, BoxFault> {
        if self.is_sandbox() {
            return Ok(Arc::new(MailboxFolder::new(self.sandbox_folder().join("outbox"))));
        }
        let smtp = self.config().await?.require_smtp().map_err(BoxFault::new)?;
        let settings = SmtpSettings {
            host: smtp.server.host.clone(),
            port: smtp.server.port,
            encryption: encryption_of(smtp.server.tls),
            hello_name: smtp.server.hello_name.clone(),
            login: smtp.credentials.as_ref().map(login_of),
            connections: usize::try_from(smtp.connections).unwrap_or(1),
            max_per_second: smtp.max_per_second,
            max_per_connection: smtp.max_per_connection,
            timeout: SMTP_TIMEOUT,
        };
        let is_paced = settings.max_per_second.is_some();
        let transport = SmtpTransport::new(settings).map_err(BoxFault::new)?;
        let transport = transport.timed_by(self.clock.clone());
        Ok(Arc::new(match is_paced {
            true => transport.paced_by(Arc::new(self.database().await?.clone())),
            false => transport,
        }))
    }

    /// The accounts of users. The limits of `[smtp]` hold for each of them.
    pub(super) async fn accounts(&self) -> Result<Arc<SmtpAccounts>, BoxFault> {
        let smtp = self.config().await?.smtp.as_ref();
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
}

pub(super) const fn encryption_of(tls: SmtpTls) -> Encryption {
    match tls {
        SmtpTls::Wrapped => Encryption::Implicit,
        SmtpTls::Required => Encryption::Required,
        SmtpTls::Opportunistic => Encryption::Opportunistic,
        SmtpTls::None => Encryption::None,
    }
}

fn login_of(credentials: &SmtpCredentials) -> (String, Login) {
    let login = match &credentials.secret {
        SmtpSecret::Password(password) => Login::Password(password.clone()),
        SmtpSecret::OAuth(oauth) => Login::OAuth(TokenSettings {
            url: oauth.token_url.clone(),
            client_id: oauth.client_id.clone(),
            client_secret: oauth.client_secret.clone(),
            refresh_token: oauth.refresh_token.clone(),
            scope: oauth.scope.clone(),
        }),
    };
    (credentials.username.clone(), login)
}
