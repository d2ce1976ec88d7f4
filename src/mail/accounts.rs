//! The port that knows which users have a mail server of their own.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use super::{Mailbox, Transport};
use crate::fault::BoxFault;
use crate::meeting::PersonId;

/// A user's own way for mails to leave.
#[derive(Clone)]
pub struct Account {
    /// From whom the mails come. Bounces go to its address.
    pub from: Mailbox,
    /// The way that they take.
    pub transport: Arc<dyn Transport>,
}

impl fmt::Debug for Account {
    // What a transport shows may come to have a password in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("from", &self.from)
            .finish_non_exhaustive()
    }
}

/// Which users have an account of their own. The invitations of the meetings that are assigned to such a user come from
/// the account's mailbox and leave over its server; all others are the organization's.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// The account of a user; `None` for one who has none.
    ///
    /// Whoever asks again gets the same transport, so that its limits hold over all mails of the user; unless the
    /// account was changed meanwhile.
    ///
    /// # Errors
    /// When there is one, but it cannot be read or used.
    async fn account(&self, user: &PersonId) -> Result<Option<Account>, BoxFault>;
}
