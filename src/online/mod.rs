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

/// The online locations of this crate's own providers.
pub static BUILT_IN: [OnlineLocation; 2] = [zoom::LOCATION, Jitsi::LOCATION];

/// The scope that a push to one of this crate's own providers needs, also if the provider is not configured. For a
/// configured one, the provider itself says it ([`OnlineMeetings::required_scope`]).
pub(crate) fn built_in_scope(location: OnlineLocation) -> Option<&'static str> {
    (location == zoom::LOCATION).then_some(zoom::SCOPE)
}

/// The provider's own id of an online meeting. For Zoom: the digits of the meeting id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OnlineMeetingId(pub String);

impl fmt::Display for OnlineMeetingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The facts that a provider is told about a meeting, within the provider's limits (the topic is cut, the duration is
/// rounded). They are stored when they were told. A push compares them with the meeting's present facts: equal means in
/// sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnlineSpec {
    /// The host as the provider knows the host. For Zoom: the user's Zoom ID.
    pub host: String,
    /// The meeting's name.
    pub topic: String,
    /// The description, as plain text; may be empty.
    pub agenda: String,
    /// The start.
    pub start: DateTime<Utc>,
    /// The duration in minutes; at least 1.
    pub duration: u32,
    /// The name of the time zone in which the provider shows the start.
    pub time_zone: String,
    /// The provider's settings (waiting room, passcode …) that it was told.
    #[serde(default)]
    pub settings: serde_json::Map<String, serde_json::Value>,
}

/// An online meeting, from the provider's answer when it was created or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineMeeting {
    /// The provider's id.
    pub id: OnlineMeetingId,
    /// The join link.
    pub join_url: JoinUrl,
    /// The passcode to type when joining without the link.
    pub passcode: Option<String>,
}

/// Whether an online meeting still exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Liveness {
    /// The online meeting exists. Beside it the join link, if the provider sent it again.
    Alive(Option<JoinUrl>),
    /// The online meeting is gone.
    Gone,
}

/// The port to a provider of online meetings. Each provider has one implementation.
#[async_trait]
pub trait OnlineMeetings: Send + Sync {
    /// The online location of this provider's meetings. Links are stored under it, so it must never change.
    fn location(&self) -> OnlineLocation;

    /// The name of the provider for people, such as `Zoom`.
    fn name(&self) -> &str;

    /// The scope that one of a user's roles must have ([`UserFacts::scopes`](crate::meeting::UserFacts::scopes)) for a
    /// push on behalf of the user. `None`: every user who may edit the meeting may push it.
    fn required_scope(&self) -> Option<&str>;

    /// Whether people can type the provider's id of a meeting to join it. Mails and reports then show the id.
    fn shows_id(&self) -> bool;

    /// A stand-in for a join link that does not exist yet, for runs that only show what they would do. The link must
    /// lead nowhere, as all names below `example` do (RFC 2606).
    fn placeholder(&self) -> Option<JoinUrl> {
        let host = self.location();
        JoinUrl::new(format!("https://{host}.example/j/link-of-the-meeting-to-be-made")).ok()
    }

    /// The facts that this provider would be told about a meeting.
    ///
    /// # Errors
    /// [`OnlineError`] when the host cannot have meetings: not enabled, or without an address.
    async fn describe(&self, meeting: &Meeting, host: &Person) -> Result<OnlineSpec, OnlineError>;

    /// Creates an online meeting. `marker` is a text by which the meeting can be found later (see
    /// [`OnlineMeetings::find`]). A provider may put it where it does not disturb readers. The pipeline never repeats
    /// the call by itself: a lost answer is [`Outcome::Unknown`].
    ///
    /// # Errors
    /// [`OnlineError`]; its [`outcome`](OnlineError::outcome) says whether the meeting may exist all the same.
    async fn create(&self, spec: &OnlineSpec, marker: &str) -> Result<OnlineMeeting, OnlineError>;

    /// Changes an online meeting from the facts that the provider was last told to new facts. `told` is `None` if these
    /// facts are not certain, because an answer was lost. All facts are then sent again.
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

    /// Deletes an online meeting. A meeting that is gone already counts as deleted.
    ///
    /// # Errors
    /// [`OnlineError`] if the online meeting may still exist.
    async fn delete(&self, id: &OnlineMeetingId) -> Result<(), OnlineError>;

    /// Checks that an online meeting still exists, without changing it.
    ///
    /// # Errors
    /// [`OnlineError`] when the provider cannot be asked.
    async fn check(&self, id: &OnlineMeetingId, told: &OnlineSpec) -> Result<Liveness, OnlineError>;

    /// Looks for a meeting that [`OnlineMeetings::create`] may have created with this marker.
    ///
    /// # Errors
    /// [`OnlineError`] when the provider cannot be asked.
    async fn find(&self, spec: &OnlineSpec, marker: &str) -> Result<Search, OnlineError>;
}

/// The result of looking for a meeting by its marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Search {
    /// The meeting was found.
    Found(OnlineMeeting),
    /// There is no such meeting.
    NotThere,
    /// The connection lacks the permission to look.
    CannotLook,
}

/// The provider's state after an error, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The request was not carried out.
    NotDone,
    /// The request may have been carried out: the answer was lost.
    Unknown,
    /// The online meeting does not exist any more.
    Gone,
}

/// Why a provider did not carry out a request.
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

    /// The provider's state, as far as it is known.
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
