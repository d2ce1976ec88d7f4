//! The result of a push, as the later steps and the report need it.

use serde::Serialize;

use crate::meeting::{JoinUrl, Meeting, OnlineLocation};
use crate::online::OnlineLink;

/// The action at the provider of online meetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnlineAction {
    /// An online meeting was created.
    Created,
    /// The online meeting was updated.
    Updated,
    /// The online meeting was in sync, and exists.
    Unchanged,
    /// The provider was not asked.
    Skipped,
    /// The online meeting was deleted, or was gone already.
    Deleted,
}

impl OnlineAction {
    /// The action as one lowercase word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Skipped => "skipped",
            Self::Deleted => "deleted",
        }
    }
}

/// The online meeting after the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OnlineReport {
    /// The action.
    pub action: OnlineAction,
    /// The provider; `None` when there is no online meeting.
    #[serde(skip)]
    pub provider: Option<OnlineLocation>,
    /// The name of the provider, as people know it.
    #[serde(skip)]
    pub provider_name: Option<String>,
    /// Whether people type the provider's id to join.
    #[serde(skip)]
    pub shows_id: bool,
    /// The provider's id of the online meeting.
    pub meeting_id: Option<String>,
    /// The link to join, as invitations have it.
    pub join_url: Option<JoinUrl>,
}

/// The result of a push.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct Online {
    pub(in crate::pipeline) action: OnlineAction,
    pub(in crate::pipeline) link: Option<OnlineLink>,
    /// Whether the record's join URL is ours, and the meeting has no online location any more.
    pub(in crate::pipeline) withdrawn: bool,
}

impl Online {
    pub(in crate::pipeline) fn skipped() -> Self {
        Self {
            action: OnlineAction::Skipped,
            link: None,
            withdrawn: false,
        }
    }

    pub(in crate::pipeline) fn done(action: OnlineAction, link: OnlineLink) -> Self {
        Self {
            action,
            link: Some(link),
            withdrawn: false,
        }
    }

    /// The recorded link, without asking the provider.
    pub(in crate::pipeline) fn as_recorded(link: Option<OnlineLink>) -> Self {
        Self {
            link,
            ..Self::skipped()
        }
    }

    /// The passcode to join, if the provider has one.
    pub(in crate::pipeline) fn passcode(&self) -> Option<&str> {
        self.link.as_ref()?.passcode.as_deref()
    }

    /// The join URL that the CRM's record is to have.
    pub(in crate::pipeline) fn join_url(&self, meeting: &Meeting) -> Option<JoinUrl> {
        match &self.link {
            Some(link) => Some(link.join_url.clone()),
            None if self.withdrawn => None,
            None => meeting.join_url.clone(),
        }
    }
}
