//! Online meetings: the port that a provider such as Zoom implements.

mod jitsi;
mod link;
mod users;
pub mod zoom;

use std::fmt;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::{JoinUrl, Meeting, OnlineLocation, Person};

pub use jitsi::Jitsi;
pub use link::{Begun, LinkStore, OnlineLink, Orphan, PushIntent, PushLease, Replaced, Superseded};
pub use users::{OnlineUser, OnlineUsers};

/// The online locations that providers of this crate serve.
pub static BUILT_IN: [OnlineLocation; 2] = [zoom::LOCATION, Jitsi::LOCATION];

/// The provider's own id of an online meeting. For Zoom, the digits of the meeting id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OnlineMeetingId(pub String);

impl fmt::Display for OnlineMeetingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a provider is told about a meeting, in the provider's own limits (a topic already cut, a duration
/// already rounded). Stored when it was told, and compared with what the meeting says now: equal is in sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineSpec {
    /// The host as the provider knows him; for Zoom the user's Zoom ID.
    pub host: String,
    /// The meeting's name.
    pub topic: String,
    /// What it is about, as plain text; may be empty.
    pub agenda: String,
    /// When it starts.
    pub start: DateTime<Utc>,
    /// How long it lasts, in minutes; at least 1.
    pub duration: u32,
    /// The name of the time zone in which the provider shows it.
    pub time_zone: String,
    /// Settings of the provider (waiting room, passcode …) as it was told them.
    #[serde(default)]
    pub settings: serde_json::Map<String, serde_json::Value>,
}

/// An online meeting as its provider answered when it was made or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineMeeting {
    /// Its id.
    pub id: OnlineMeetingId,
    /// The link to join.
    pub join_url: JoinUrl,
    /// The passcode to type when joining without the link.
    pub passcode: Option<String>,
}

/// Whether an online meeting is still there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Liveness {
    /// It is there. The link to join, where the provider told it again.
    Alive(Option<JoinUrl>),
    /// It is gone.
    Gone,
}

/// Where online meetings are made. One implementation per provider.
#[async_trait]
pub trait OnlineMeetings: Send + Sync {
    /// Which online location of a meeting this provider serves. Links are stored under it, so it stays the same for ever.
    fn location(&self) -> OnlineLocation;

    /// What people call the provider, such as `Zoom`.
    fn name(&self) -> &str;

    /// The scope that one of a user's roles must have ([`UserFacts::scopes`](crate::meeting::UserFacts::scopes)) for a
    /// push on behalf of the user; `None`: whoever may edit the meeting may push it.
    fn required_scope(&self) -> Option<&str>;

    /// Whether the provider's id of a meeting is something that people type to join it. Mails and reports show it then.
    fn shows_id(&self) -> bool;

    /// Stands for a link that does not exist yet, where a run only shows what it would do. It must lead nowhere, as
    /// all that is below `example` does (RFC 2606).
    fn placeholder(&self) -> Option<JoinUrl> {
        let host = self.location();
        JoinUrl::new(format!("https://{host}.example/j/link-of-the-meeting-to-be-made")).ok()
    }

    /// What this provider would be told about a meeting. `marker` is a text by which the meeting can be
    /// recognised later (see [`OnlineMeetings::find`]); a provider may put it where people do not mind it.
    ///
    /// # Errors
    /// [`OnlineError`] when the host cannot have meetings: not enabled, or without an address.
    async fn describe(&self, meeting: &Meeting, host: &Person) -> Result<OnlineSpec, OnlineError>;

    /// Makes an online meeting. Never repeated by itself: an answer that was lost is
    /// [`Outcome::Unknown`].
    ///
    /// # Errors
    /// [`OnlineError`]; its [`outcome`](OnlineError::outcome) says whether the meeting may exist all the same.
    async fn create(&self, spec: &OnlineSpec, marker: &str) -> Result<OnlineMeeting, OnlineError>;

    /// Changes an online meeting from what the provider was last told to what it is to be. `told` is `None`
    /// when that is not known for sure, because an answer was lost: then everything is said again.
    ///
    /// # Errors
    /// [`OnlineError`], with [`Outcome::Gone`] when there is no such meeting any more.
    async fn update(
        &self,
        id: &OnlineMeetingId,
        told: Option<&OnlineSpec>,
        spec: &OnlineSpec,
        marker: &str,
    ) -> Result<(), OnlineError>;

    /// Deletes an online meeting. One already gone counts as deleted.
    ///
    /// # Errors
    /// [`OnlineError`] when it may still be there.
    async fn delete(&self, id: &OnlineMeetingId) -> Result<(), OnlineError>;

    /// Makes sure that an online meeting is still there, without changing it.
    ///
    /// # Errors
    /// [`OnlineError`] when the provider cannot be asked.
    async fn check(&self, id: &OnlineMeetingId, told: &OnlineSpec) -> Result<Liveness, OnlineError>;

    /// Looks for a meeting that [`OnlineMeetings::create`] may have made with this marker.
    ///
    /// # Errors
    /// [`OnlineError`] when the provider cannot be asked.
    async fn find(&self, spec: &OnlineSpec, marker: &str) -> Result<Search, OnlineError>;
}

/// The result of looking for a meeting by its marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// Here it is.
    Found(OnlineMeeting),
    /// There is none.
    NotThere,
    /// The connection lacks the permission to look.
    CannotLook,
}

/// What is known of the provider's state after an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nothing was done.
    NotDone,
    /// It may have been done: the answer was lost.
    Unknown,
    /// The online meeting does not exist any more.
    Gone,
}

/// Why a provider did not do what it was asked.
#[derive(Debug)]
pub struct OnlineError {
    outcome: Outcome,
    fault: BoxFault,
}

impl OnlineError {
    /// Wraps a provider's own error.
    pub fn new(outcome: Outcome, fault: impl Fault + Send + Sync + 'static) -> Self {
        Self {
            outcome,
            fault: BoxFault::new(fault),
        }
    }

    /// What is known of the provider's state.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }
}

impl fmt::Display for OnlineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.fault, f)
    }
}

impl std::error::Error for OnlineError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.fault.source()
    }
}

impl Fault for OnlineError {
    fn kind(&self) -> &'static str {
        self.fault.kind()
    }

    fn class(&self) -> Class {
        self.fault.class()
    }

    fn remedy(&self) -> Option<Remedy> {
        self.fault.remedy()
    }

    fn retry_at(&self) -> Option<DateTime<Utc>> {
        self.fault.retry_at()
    }
}
