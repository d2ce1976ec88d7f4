//! What became of a meeting at its provider, as the later steps and the report need it.

use serde::Serialize;

use crate::meeting::{JoinUrl, Meeting, OnlineLocation};
use crate::online::OnlineLink;

/// What was done at the provider of online meetings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum OnlineAction {
    /// A meeting was made.
    Created,
    /// It was told what had changed.
    Updated,
    /// It was in sync, and is there.
    Unchanged,
    /// It was not asked.
    Skipped,
    /// It was deleted, or was gone already.
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
    /// What was done.
    pub action: OnlineAction,
    /// The provider; `None` when there is no online meeting.
    #[serde(skip)]
    pub provider: Option<OnlineLocation>,
    /// What people call the provider.
    #[serde(skip)]
    pub provider_name: Option<String>,
    /// Whether the provider's id of it is something that people type.
    #[serde(skip)]
    pub shows_id: bool,
    /// The provider's id of it.
    pub meeting_id: Option<String>,
    /// The link to join, as invitations have it.
    pub join_url: Option<JoinUrl>,
}

/// What the push came to.
#[derive(Debug, Clone)]
pub(in crate::pipeline) struct Online {
    pub(in crate::pipeline) action: OnlineAction,
    pub(in crate::pipeline) link: Option<OnlineLink>,
    /// Whether the record's join URL is ours and leads to a meeting that is not online any more.
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

    /// What is recorded, where nobody was asked.
    pub(in crate::pipeline) fn as_recorded(link: Option<OnlineLink>) -> Self {
        Self {
            link,
            ..Self::skipped()
        }
    }

    /// The passcode to join with, where the provider told one.
    pub(in crate::pipeline) fn passcode(&self) -> Option<&str> {
        self.link.as_ref()?.passcode.as_deref()
    }

    /// The link to join that the record is to have.
    pub(in crate::pipeline) fn join_url(&self, meeting: &Meeting) -> Option<JoinUrl> {
        match &self.link {
            Some(link) => Some(link.join_url.clone()),
            None if self.withdrawn => None,
            None => meeting.join_url.clone(),
        }
    }
}
