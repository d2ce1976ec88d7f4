//! Beside the way of a send: how a meeting and its online meeting stand to each other, and ending the latter.

use serde::Serialize;

use crate::meeting::{Meeting, MeetingId, MeetingStatus, Person};
use crate::online::{OnlineLink, OnlineSpec};
use crate::pipeline::facts::{OnlineAction, OnlineReport};
use crate::pipeline::{Happened, Pipeline, PipelineError, PushOptions, PushReport};

/// Whether the provider was last told what the meeting says now. Computed by comparing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "state")]
#[non_exhaustive]
pub enum SyncState {
    /// It has no online location.
    NotOnline,
    /// There is no online meeting yet.
    NotPushed,
    /// The provider knows what the meeting says.
    InSync,
    /// The meeting says something else now.
    OutOfSync {
        /// What differs: `host`, `topic`, `agenda`, `start`, `duration`, `time_zone`, `settings`; or `answer_lost`
        /// when it is not known what the provider was told last.
        differs: Vec<&'static str>,
    },
    /// It cannot be pushed.
    CannotBePushed {
        /// Why.
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

impl Pipeline {
    /// How a meeting and its online meeting stand to each other. The provider is not asked.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], and when the CRM or the store cannot be read.
    pub async fn sync_state(&self, id: &MeetingId) -> Result<(SyncState, Option<OnlineLink>), PipelineError> {
        let meeting = self.load_meeting(id).await?;
        let link = self.links.link(id).await?;
        if meeting.online_location.is_none() {
            return Ok((SyncState::NotOnline, link));
        }
        let state = match self.load_organizer(&meeting).await {
            Ok(organizer) => self.compare(&meeting, &organizer, link.as_ref()).await,
            Err(
                error @ (PipelineError::NoAssignedUser { .. } | PipelineError::AssignedUserMissing { .. }),
            ) => SyncState::CannotBePushed {
                reason: error.to_string(),
            },
            Err(error) => return Err(error),
        };
        Ok((state, link))
    }

    async fn compare(&self, meeting: &Meeting, organizer: &Person, link: Option<&OnlineLink>) -> SyncState {
        let spec = match self.provider(meeting) {
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

    /// Deletes the online meeting of a meeting that was called off, and clears its join URL. One that is gone
    /// already counts as deleted; where there is none, nothing is done ([`OnlineAction::Skipped`]).
    ///
    /// # Errors
    /// [`PipelineError::WrongStatus`] unless the meeting is `NotHeld`, and as of [`Pipeline::push`].
    pub async fn delete_online(
        &self,
        id: &MeetingId,
        options: &PushOptions,
    ) -> Result<PushReport, PipelineError> {
        let mut meeting = self.load_meeting(id).await?;
        self.permit(
            &meeting,
            options.actor.as_ref(),
            true,
            "delete the online meeting of",
        )
        .await?;
        if meeting.status != MeetingStatus::NotHeld {
            return Err(PipelineError::WrongStatus {
                meeting: meeting.name().to_owned(),
                doing: "taken offline",
                status: meeting.status,
            });
        }
        let provider = self.provider(&meeting)?;
        let (right, left_over) = self.begin_push(&meeting).await?;
        let deleting = async {
            if let Some(intent) = left_over {
                self.settle(provider, right.lease(), &intent).await?;
            }
            let link = self.links.link(id).await?;
            if let Some(link) = &link {
                provider.delete(&link.id).await?;
            }
            // The record first: if what follows fails, the link is still known and deleting is done again.
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
            self.tell_of(id, Happened::Pushed { action });
        }
        Ok(PushReport {
            meeting: id.clone(),
            online: match deleted {
                Some(link) => OnlineReport {
                    join_url: None,
                    ..self.link_report(OnlineAction::Deleted, Some(&link))
                },
                None => self.link_report(OnlineAction::Skipped, None),
            },
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
