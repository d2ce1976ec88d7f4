//! Beside the way of a send: whether a meeting and its online meeting are in sync, and deleting the online meeting.

use serde::Serialize;

use super::pusher::Pusher;
use crate::meeting::{Meeting, Person};
use crate::online::{OnlineLink, OnlineSpec};
use crate::pipeline::error::PipelineError;
use crate::pipeline::event::Happened;
use crate::pipeline::facts::{OnlineAction, OnlineReport};

/// Whether the provider has the present facts of the meeting. Computed by comparing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[non_exhaustive]
pub enum SyncState {
    /// The meeting has no online location.
    NotOnline,
    /// There is no online meeting yet.
    NotPushed,
    /// The provider has the present facts of the meeting.
    InSync,
    /// The provider has other facts than the meeting.
    OutOfSync {
        /// The facts that differ: `host`, `topic`, `agenda`, `start`, `duration`, `time_zone`, `settings`; or `answer_lost`
        /// if the answer to the last update was lost.
        differs: Vec<&'static str>,
    },
    /// The meeting cannot be pushed.
    CannotBePushed {
        /// The reason.
        reason: String,
    },
}

fn differences(link: &OnlineLink, spec: &OnlineSpec) -> Vec<&'static str> {
    let told = &link.told;
    [
        ("host", told.host != spec.host),
        ("topic", told.topic != spec.topic),
        ("agenda", told.agenda != spec.agenda),
        ("start", told.start != spec.start),
        ("duration", told.duration != spec.duration),
        ("time_zone", told.time_zone != spec.time_zone),
        ("settings", told.settings != spec.settings),
        ("answer_lost", link.unsure),
    ]
    .into_iter()
    .filter_map(|(what, differs)| differs.then_some(what))
    .collect()
}

impl Pusher {
    /// Compares a meeting with its recorded link. The provider is not asked.
    pub(in crate::pipeline) async fn compare(
        &self,
        meeting: &Meeting,
        organizer: &Person,
        link: Option<&OnlineLink>,
    ) -> SyncState {
        let spec = match self.providers.of(meeting) {
            Ok(provider) => {
                let spec = provider.describe(meeting, organizer).await;
                spec.map_err(PipelineError::from)
            }
            Err(error) => Err(error),
        };
        match (spec, link) {
            (Err(error), _) => SyncState::CannotBePushed {
                reason: crate::fault::chain(&error),
            },
            (Ok(_), None) => SyncState::NotPushed,
            (Ok(spec), Some(link)) => match differences(link, &spec) {
                none if none.is_empty() => SyncState::InSync,
                differs => SyncState::OutOfSync { differs },
            },
        }
    }

    /// Deletes the online meeting of a meeting, and clears its join URL. An online meeting that is gone already counts as
    /// deleted. Without an online meeting, nothing is done.
    pub(in crate::pipeline) async fn delete(
        &self,
        mut meeting: Meeting,
    ) -> Result<OnlineReport, PipelineError> {
        let id = &meeting.id().clone();
        let provider = self.providers.of(&meeting)?;
        let (right, left_over) = self.begin(&meeting).await?;
        let deleting = async {
            if let Some(intent) = left_over {
                self.under(right.lease(), provider).settle(&intent).await?;
            }
            let link = self.links.link(id).await?;
            if let Some(link) = &link {
                provider.delete(&link.id).await?;
            }
            // The record first: if a later step fails, the link is still known and deleting is done again.
            if meeting.join_url.is_some() {
                self.write_join_url(&mut meeting, None).await?;
            }
            if link.is_some() {
                self.links.forget_link(right.lease()).await?;
            }
            Ok::<_, PipelineError>(link)
        };
        let deleted = deleting.await;
        let ended = right.end().await;
        let deleted = deleted?;
        ended?;
        self.delete_superseded(id).await?;
        if deleted.is_some() {
            let action = OnlineAction::Deleted;
            self.events.tell_of(id, Happened::Pushed { action });
        }
        Ok(match deleted {
            Some(link) => OnlineReport {
                join_url: None,
                ..self.providers.report_of_link(OnlineAction::Deleted, Some(&link))
            },
            None => self.providers.report_of_link(OnlineAction::Skipped, None),
        })
    }
}

impl SyncState {
    /// The state as one lowercase word.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::NotOnline => "not_online",
            Self::NotPushed => "not_pushed",
            Self::InSync => "in_sync",
            Self::OutOfSync { .. } => "out_of_sync",
            Self::CannotBePushed { .. } => "cannot_be_pushed",
        }
    }
}
