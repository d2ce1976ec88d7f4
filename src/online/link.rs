//! What we remember of an online meeting: the link between a CRM meeting and the provider's.

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{OnlineMeetingId, OnlineSpec};
use crate::fault::BoxFault;
use crate::lease::Holder;
use crate::meeting::{JoinUrl, MeetingId, OnlineLocation};

/// The link between a meeting of the CRM and its online meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineLink {
    /// The provider.
    pub location: OnlineLocation,
    /// The provider's id.
    pub id: OnlineMeetingId,
    /// The link to join, to the letter.
    pub join_url: JoinUrl,
    /// The passcode, where there is one.
    pub passcode: Option<String>,
    /// The text by which it can be recognised at the provider.
    pub marker: String,
    /// What the provider was last told.
    pub told: OnlineSpec,
    /// Set while a change is under way, and left behind when its answer was lost: then the provider may have
    /// been told something newer than `told`.
    pub unsure: bool,
    /// When the provider last confirmed that it exists, by making, changing or showing it.
    pub seen_at: DateTime<Utc>,
}

/// A creation that was begun, recorded before the provider is asked. Found by a later run, it says that an
/// online meeting may exist that nobody knows the id of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushIntent {
    /// The text by which the online meeting can be recognised.
    pub marker: String,
    /// The provider.
    pub location: OnlineLocation,
    /// What the provider was to be told.
    pub spec: OnlineSpec,
    /// When.
    pub begun_at: DateTime<Utc>,
}

/// The right to push one meeting; nobody else pushes it until the lease is released or has run out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushLease {
    /// The meeting.
    pub meeting: MeetingId,
    /// The holder; a result is recorded only for the current one.
    pub holder: Holder,
}

/// What becomes of an earlier online meeting when a new one takes its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// It is gone at the provider.
    Gone,
    /// It is still there and has to be deleted once nothing points to it any more.
    ToDelete,
}

/// An online meeting that a newer one has replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Superseded {
    /// The provider.
    pub location: OnlineLocation,
    /// The provider's id.
    pub id: OnlineMeetingId,
}

/// An online meeting that may exist at the provider without anybody knowing its id: its creation was begun
/// and never answered, and the connection has no permission to look for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// The meeting it was made for.
    pub meeting: MeetingId,
    /// What is known of it.
    pub intent: PushIntent,
}

/// What [`LinkStore::begin_push`] answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// The push is ours. Beside the lease: an intent that an earlier run left behind.
    Ours(PushLease, Option<Box<PushIntent>>),
    /// Somebody else is pushing this meeting, at the latest until then.
    Busy(DateTime<Utc>),
}

/// Where links and intents are kept. Every call is one transaction.
#[async_trait]
pub trait LinkStore: Send + Sync {
    /// The link of a meeting, if it has one.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn link(&self, meeting: &MeetingId) -> Result<Option<OnlineLink>, BoxFault>;

    /// Asks for the right to push a meeting.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn begin_push(&self, meeting: &MeetingId) -> Result<Begun, BoxFault>;

    /// Records that an online meeting is about to be made.
    ///
    /// # Errors
    /// When the store cannot be written, or the lease was taken over.
    async fn record_intent(&self, lease: &PushLease, intent: &PushIntent) -> Result<(), BoxFault>;

    /// Ends an intent. `orphan` says that an online meeting may have come of it all the same: it is then kept
    /// in [`LinkStore::orphans`].
    ///
    /// # Errors
    /// When the store cannot be written, or the lease was taken over.
    async fn end_intent(&self, lease: &PushLease, orphan: bool) -> Result<(), BoxFault>;

    /// Records a link and ends the intent that led to it. A link to another online meeting that the meeting
    /// had before is forgotten, or kept in [`LinkStore::superseded`].
    ///
    /// # Errors
    /// When the store cannot be written, or the lease was taken over.
    async fn record_link(
        &self,
        lease: &PushLease,
        link: &OnlineLink,
        before: Replaced,
    ) -> Result<(), BoxFault>;

    /// Forgets the link: the online meeting was deleted.
    ///
    /// # Errors
    /// When the store cannot be written, or the lease was taken over.
    async fn forget_link(&self, lease: &PushLease) -> Result<(), BoxFault>;

    /// The online meetings of a meeting that a newer one has replaced and that are still to be deleted.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn superseded(&self, meeting: &MeetingId) -> Result<Vec<Superseded>, BoxFault>;

    /// Forgets a superseded online meeting: it was deleted.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn forget_superseded(&self, meeting: &MeetingId, superseded: &Superseded) -> Result<(), BoxFault>;

    /// Online meetings that may exist without anybody knowing them.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn orphans(&self) -> Result<Vec<Orphan>, BoxFault>;

    /// Gives the lease back.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn end_push(&self, lease: PushLease) -> Result<(), BoxFault>;
}
