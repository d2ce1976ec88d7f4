//! The port that knows which users have a mail server of their own.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Mailbox, Transport};
use crate::fault::BoxFault;
use crate::meeting::PersonId;

/// A user's own mail account: the sender and the way for mails to leave.
#[derive(Clone)]
pub struct Account {
    /// The sender of the mails. Bounces go to its address.
    pub from: Mailbox,
    /// The transport over which the mails leave.
    pub transport: Arc<dyn Transport>,
}

impl fmt::Debug for Account {
    // A transport's own `Debug` could show a password one day.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// The port that knows which users have an account. The mails about meetings assigned to such a user come from the
/// account's mailbox and leave over the account's server. All other mails are the organization's.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// The account of a user; `None` if the user has no account.
    ///
    /// Each call for a user returns the same transport, so that its limits hold for all mails of the user. After the
    /// account was changed, a call returns a new transport.
    ///
    /// # Errors
    /// When the user's account cannot be read or used.
    async fn account(&self, user: &PersonId) -> Result<Option<Account>, BoxFault>;
}
