//! Links: our records of the online meetings at a provider.

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
    /// The join link, exactly as the provider gave it.
    pub join_url: JoinUrl,
    /// The passcode, if there is one.
    pub passcode: Option<String>,
    /// The text by which the online meeting can be recognised at the provider.
    pub marker: String,
    /// The facts that the provider was last told.
    pub told: OnlineSpec,
    /// Set while an update is under way. It stays set if the answer is lost: the provider may then have newer facts
    /// than `told`.
    pub unsure: bool,
    /// When the provider last confirmed that the online meeting exists, by creating, changing or showing it.
    pub seen_at: DateTime<Utc>,
}

/// A creation that was begun. It is recorded before the provider is asked. If a later run finds it, an online meeting
/// may exist whose id is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushIntent {
    /// The text by which the online meeting can be recognised.
    pub marker: String,
    /// The provider.
    pub location: OnlineLocation,
    /// The facts that the provider was to be told.
    pub spec: OnlineSpec,
    /// When the creation was begun.
    pub begun_at: DateTime<Utc>,
}

/// The right to push one meeting. No other process pushes the meeting until the lease is released or has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushLease {
    /// The meeting.
    pub meeting: MeetingId,
    /// The holder. Results are recorded only for the current holder.
    pub holder: Holder,
}

/// The fate of an earlier online meeting that a new one replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// The online meeting is gone at the provider.
    Gone,
    /// The online meeting still exists. It has to be deleted as soon as no record points to it.
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

/// An online meeting that may exist at the provider although its id is not known: the answer to its creation was lost,
/// and the connection has no permission to look for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Orphan {
    /// The meeting that it was created for.
    pub meeting: MeetingId,
    /// The record of its creation.
    pub intent: PushIntent,
}

/// The result of [`LinkStore::begin_push`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// This process may push. Beside the lease: an intent that an earlier run left behind.
    Ours(PushLease, Option<Box<PushIntent>>),
    /// Another process is pushing this meeting. Its lease ends at this moment at the latest.
    Busy(DateTime<Utc>),
}

/// The port that keeps links and intents. Every call is one transaction.
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

    /// Records that an online meeting is about to be created.
    ///
    /// # Errors
    /// When the store cannot be written, or the lease was taken over.
    async fn record_intent(&self, lease: &PushLease, intent: &PushIntent) -> Result<(), BoxFault>;

    /// Ends an intent. With `orphan`, the online meeting may exist all the same, and is kept in [`LinkStore::orphans`].
    ///
    /// # Errors
    /// When the store cannot be written, or the lease was taken over.
    async fn end_intent(&self, lease: &PushLease, orphan: bool) -> Result<(), BoxFault>;

    /// Records a link and ends the intent that led to it. An earlier link to another online meeting is forgotten, or
    /// kept in [`LinkStore::superseded`].
    ///
    /// # Errors
    /// When the store cannot be written, or the lease was taken over.
    async fn record_link(
        &self,
        lease: &PushLease,
        link: &OnlineLink,
        before: Replaced,
    ) -> Result<(), BoxFault>;

    /// Forgets the link, because the online meeting was deleted.
    ///
    /// # Errors
    /// When the store cannot be written, or the lease was taken over.
    async fn forget_link(&self, lease: &PushLease) -> Result<(), BoxFault>;

    /// The replaced online meetings of a meeting that are still to be deleted.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn superseded(&self, meeting: &MeetingId) -> Result<Vec<Superseded>, BoxFault>;

    /// Forgets a superseded online meeting, because it was deleted.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn forget_superseded(&self, meeting: &MeetingId, superseded: &Superseded) -> Result<(), BoxFault>;

    /// Online meetings that may exist although their ids are not known.
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
