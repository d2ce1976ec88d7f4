//! Users who have a mail server of their own: the address and the transport of the mails of their meetings.

use std::sync::Arc;

use super::error::PipelineError;
use crate::mail::{Account, Accounts};
use crate::meeting::PersonId;

/// The users' accounts, if there are any.
#[derive(Clone)]
pub(super) struct UserAccounts(Option<Arc<dyn Accounts>>);

impl UserAccounts {
    pub(super) fn new(accounts: Option<Arc<dyn Accounts>>) -> Self {
        Self(accounts)
    }

    /// The account of a user, if the user has one.
    pub(super) async fn of(&self, user: &PersonId) -> Result<Option<Account>, PipelineError> {
        let Some(accounts) = &self.0 else {
            return Ok(None);
        };
        let account = accounts.account(user).await;
        account.map_err(|source| PipelineError::Account {
            user: user.clone(),
            source,
        })
    }

    /// The account over which mails wait to leave.
    pub(super) async fn with_mails(&self, user: &PersonId) -> Result<Account, PipelineError> {
        let account = self.of(user).await?;
        account.ok_or_else(|| PipelineError::NoAccount { user: user.clone() })
    }
}
