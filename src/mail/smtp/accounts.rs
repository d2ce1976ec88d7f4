//! The accounts of users: SMTP servers of their own, as a store keeps them. Implements the port [`Accounts`].

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::super::accounts::{Account, Accounts};
use super::super::draft::Mailbox;
use super::super::pacing::Pacing;
use super::settings::{Encryption, Login, SmtpSettings, SmtpSetupError};
use super::transport::SmtpTransport;
use crate::fault::BoxFault;
use crate::meeting::{EmailAddress, PersonId};

/// A user's SMTP server, and how to log in to it.
#[derive(Debug, Clone)]
pub struct AccountSettings {
    /// The sender of the mails.
    pub from: Mailbox,
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub encryption: Encryption,
    /// The name to greet the server with (EHLO); this machine's own when `None`.
    pub hello_name: Option<String>,
    /// The user name and the password, if the server needs them.
    pub login: Option<(String, SecretString)>,
}

/// An account as it is stored, in JSON.
#[derive(Serialize, Deserialize)]
struct PlainAccount {
    from_name: Option<String>,
    from_address: EmailAddress,
    host: String,
    port: u16,
    encryption: Encryption,
    hello_name: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

impl Drop for PlainAccount {
    fn drop(&mut self) {
        use zeroize::Zeroize as _;
        self.password.zeroize();
    }
}

/// A text is not an account that [`AccountSettings::to_secret_json`] wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the stored SMTP account cannot be read")]
pub struct UnreadableAccount;

impl AccountSettings {
    /// The server as it is written in a configuration, without the log-in: `smtp://mail.acme.example:587?tls=required`.
    #[must_use]
    pub fn url(&self) -> String {
        let (scheme, tls) = match self.encryption {
            Encryption::Implicit => ("smtps", ""),
            Encryption::Required => ("smtp", "?tls=required"),
            Encryption::Opportunistic => ("smtp", "?tls=opportunistic"),
            Encryption::None => ("smtp", ""),
        };
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        let hello = self.hello_name.as_deref().map(|name| format!("/{name}"));
        format!(
            "{scheme}://{host}:{}{}{tls}",
            self.port,
            hello.unwrap_or_default()
        )
    }

    /// The whole account as JSON, with its password. The store must encrypt it.
    #[must_use]
    pub fn to_secret_json(&self) -> SecretString {
        let plain = PlainAccount {
            from_name: self.from.name.clone(),
            from_address: self.from.address.clone(),
            host: self.host.clone(),
            port: self.port,
            encryption: self.encryption,
            hello_name: self.hello_name.clone(),
            username: self.login.as_ref().map(|(user, _)| user.clone()),
            password: self
                .login
                .as_ref()
                .map(|(_, password)| password.expose_secret().to_owned()),
        };
        // Strings and a number can always be written as JSON.
        serde_json::to_string(&plain).unwrap_or_default().into()
    }

    /// Reads an account that [`AccountSettings::to_secret_json`] wrote.
    ///
    /// # Errors
    /// [`UnreadableAccount`] if the text is no such account.
    pub fn from_secret_json(json: &str) -> Result<Self, UnreadableAccount> {
        let mut plain: PlainAccount = serde_json::from_str(json).map_err(|_| UnreadableAccount)?;
        let password = plain.password.take().map(SecretString::from);
        Ok(Self {
            from: Mailbox::new(
                plain.from_name.as_deref().unwrap_or_default(),
                plain.from_address.clone(),
            ),
            host: std::mem::take(&mut plain.host),
            port: plain.port,
            encryption: plain.encryption,
            hello_name: plain.hello_name.take(),
            login: plain.username.take().zip(password),
        })
    }

    /// The settings for sending over the account.
    fn smtp(&self, limits: &AccountLimits) -> SmtpSettings {
        SmtpSettings {
            host: self.host.clone(),
            port: self.port,
            encryption: self.encryption,
            hello_name: self.hello_name.clone(),
            login: self
                .login
                .clone()
                .map(|(user, password)| (user, Login::Password(password))),
            connections: limits.connections,
            max_per_second: limits.max_per_second,
            max_per_connection: limits.max_per_connection,
            timeout: limits.timeout,
        }
    }
}

/// The port that keeps the accounts of users.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// The account of a user; `None` if the user has no account.
    ///
    /// When the account cannot be read, for example because it was encrypted with another key.
    /// When there is one that cannot be read: also when it was encrypted with another key.
    async fn smtp_account(&self, user: &PersonId) -> Result<Option<AccountSettings>, BoxFault>;
}

/// The limits that hold for each account by itself.
#[derive(Debug, Clone, Copy)]
pub struct AccountLimits {
    /// How many connections may be open at once.
    pub connections: usize,
    /// How many messages leave in a second at most; `None` for no limit.
    pub max_per_second: Option<NonZeroU32>,
    /// How many messages a connection carries before it is replaced by a new one; `None` for no limit.
    pub max_per_connection: Option<NonZeroU32>,
    /// How long to wait for a connection and for each answer.
    pub timeout: Duration,
}

/// The accounts of a store, each with one transport for as long as its settings stay the same.
pub struct SmtpAccounts {
    store: Arc<dyn AccountStore>,
    limits: AccountLimits,
    pacing: Option<Arc<dyn Pacing>>,
    known: Mutex<HashMap<PersonId, Known>>,
}

/// An account, and the settings that its transport was made from.
struct Known {
    settings: SecretString,
    transport: Arc<SmtpTransport>,
}

impl fmt::Debug for SmtpAccounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpAccounts")
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}

impl SmtpAccounts {
    /// The accounts of a store.
    #[must_use]
    pub fn new(store: Arc<dyn AccountStore>, limits: AccountLimits) -> Self {
        Self {
            store,
            limits,
            pacing: None,
            known: Mutex::default(),
        }
    }

    /// The same accounts, with limits that hold for all processes together. The processes take turns from `pacing`.
    #[must_use]
    pub fn paced_by(mut self, pacing: Arc<dyn Pacing>) -> Self {
        self.pacing = Some(pacing);
        self
    }

    /// A user's account with its own transport. `None`: the user has no account.
    ///
    /// # Errors
    /// When the user's account cannot be read or used.
    pub async fn of(
        &self,
        user: &PersonId,
    ) -> Result<Option<(AccountSettings, Arc<SmtpTransport>)>, BoxFault> {
        let Some(settings) = self.store.smtp_account(user).await? else {
            self.known.lock().await.remove(user);
            return Ok(None);
        };
        let secret = settings.to_secret_json();
        let mut known = self.known.lock().await;
        if let Some(known) = known.get(user)
            && known.settings.expose_secret() == secret.expose_secret()
        {
            return Ok(Some((settings, Arc::clone(&known.transport))));
        }
        let transport = Arc::new(self.transport(&settings).map_err(BoxFault::new)?);
        let new = Known {
            settings: secret,
            transport: Arc::clone(&transport),
        };
        known.insert(user.clone(), new);
        Ok(Some((settings, transport)))
    }

    fn transport(&self, settings: &AccountSettings) -> Result<SmtpTransport, SmtpSetupError> {
        let transport = SmtpTransport::new(settings.smtp(&self.limits))?;
        Ok(match &self.pacing {
            Some(pacing) => transport.paced_by(Arc::clone(pacing)),
            None => transport,
        })
    }
}

#[async_trait]
impl Accounts for SmtpAccounts {
    async fn account(&self, user: &PersonId) -> Result<Option<Account>, BoxFault> {
        let found = self.of(user).await?;
        Ok(found.map(|(settings, transport)| Account {
            from: settings.from,
            transport,
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex as Cell;

    use super::*;

    fn settings(encryption: Encryption, host: &str) -> AccountSettings {
        AccountSettings {
            from: Mailbox::new("Ana", "ana@acme.example".parse().unwrap()),
            host: host.to_owned(),
            port: 587,
            encryption,
            hello_name: None,
            login: Some(("ana".to_owned(), "s3cret".into())),
        }
    }

    #[test]
    fn what_is_stored_reads_back_and_shows_no_password() {
        let ana = AccountSettings {
            hello_name: Some("here.example".to_owned()),
            ..settings(Encryption::Required, "mail.acme.example")
        };
        let json = ana.to_secret_json();
        let read = AccountSettings::from_secret_json(json.expose_secret()).unwrap();
        assert_eq!(read.from, ana.from);
        assert_eq!(
            read.url(),
            "smtp://mail.acme.example:587/here.example?tls=required"
        );
        let (user, password) = read.login.as_ref().unwrap();
        assert_eq!((user.as_str(), password.expose_secret()), ("ana", "s3cret"));
        assert!(!format!("{read:?} {json:?}").contains("s3cret"));
        assert_eq!(
            AccountSettings::from_secret_json("{}").unwrap_err(),
            UnreadableAccount
        );
    }

    #[test]
    fn a_server_is_written_as_in_a_configuration() {
        let url = |encryption, host| settings(encryption, host).url();
        assert_eq!(url(Encryption::Implicit, "a.example"), "smtps://a.example:587");
        assert_eq!(url(Encryption::None, "::1"), "smtp://[::1]:587");
        assert_eq!(
            url(Encryption::Opportunistic, "a.example"),
            "smtp://a.example:587?tls=opportunistic"
        );
    }

    struct One(Cell<Option<AccountSettings>>);

    #[async_trait]
    impl AccountStore for One {
        async fn smtp_account(&self, _: &PersonId) -> Result<Option<AccountSettings>, BoxFault> {
            Ok(self.0.lock().unwrap().clone())
        }
    }

    #[tokio::test]
    async fn a_transport_is_kept_until_the_account_is_another() {
        let store = Arc::new(One(Cell::new(Some(settings(Encryption::None, "127.0.0.1")))));
        let limits = AccountLimits {
            connections: 1,
            max_per_second: None,
            max_per_connection: None,
            timeout: Duration::from_secs(1),
        };
        let accounts = SmtpAccounts::new(Arc::clone(&store) as Arc<dyn AccountStore>, limits);
        let ana: PersonId = "ana".parse().unwrap();
        let transport = async || accounts.account(&ana).await.unwrap().unwrap().transport;
        let first = transport().await;
        assert!(Arc::ptr_eq(&first, &transport().await));
        // Another password is another account.
        store.0.lock().unwrap().as_mut().unwrap().login = Some(("ana".to_owned(), "an0ther".into()));
        let second = transport().await;
        assert!(!Arc::ptr_eq(&first, &second));
        *store.0.lock().unwrap() = None;
        assert!(accounts.account(&ana).await.unwrap().is_none());
    }
}
