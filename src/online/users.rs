//! The users who may have meetings at a provider, and the provider's ids of them. An administrator records them here,
//! because CRMs have no field for it.

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
    /// The provider's id of the user, if it is not the primary email address.
    pub online_id: Option<String>,
}

/// The port that keeps which users may have meetings at which provider. A provider that needs to know it asks when it
/// describes a meeting ([`OnlineMeetings::describe`](super::OnlineMeetings::describe)). Every call is one transaction.
#[async_trait]
pub trait OnlineUsers: Send + Sync {
    /// A user at a provider. `None`: nothing is recorded of the user.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn online_user(
        &self,
        provider: OnlineLocation,
        user: &PersonId,
    ) -> Result<Option<OnlineUser>, BoxFault>;

    /// All recorded users of a provider, by their ids.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn online_users(&self, provider: OnlineLocation) -> Result<Vec<OnlineUser>, BoxFault>;

    /// Records a user at a provider, in place of an earlier record. The store does not check whether the CRM has such a
    /// user.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn set_online_user(&self, user: &OnlineUser) -> Result<(), BoxFault>;
}
