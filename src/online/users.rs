//! Which users may have meetings at a provider, and how the provider knows them. An administrator says so; no CRM has a
//! place for it.

use async_trait::async_trait;

use crate::fault::BoxFault;
use crate::meeting::{OnlineLocation, PersonId};

/// A user of the CRM at a provider of online meetings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineUser {
    /// The provider.
    pub provider: OnlineLocation,
    /// The user of the CRM.
    pub user: PersonId,
    /// Whether the user may have meetings there.
    pub enabled: bool,
    /// The provider's id of the user, where it is not the primary email address.
    pub online_id: Option<String>,
}

/// Where it is kept who may have meetings at which provider. A provider asks for it when it describes a meeting
/// ([`OnlineMeetings::describe`](super::OnlineMeetings::describe)), if it needs that. Every call is one transaction.
#[async_trait]
pub trait OnlineUsers: Send + Sync {
    /// A user at a provider; `None` when nobody has said anything of the user.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn online_user(
        &self,
        provider: OnlineLocation,
        user: &PersonId,
    ) -> Result<Option<OnlineUser>, BoxFault>;

    /// All users of a provider of whom anything was said, by their ids.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn online_users(&self, provider: OnlineLocation) -> Result<Vec<OnlineUser>, BoxFault>;

    /// Records a user at a provider, in place of what was recorded before. Whether the CRM has such a user is not asked.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn set_online_user(&self, user: &OnlineUser) -> Result<(), BoxFault>;
}
