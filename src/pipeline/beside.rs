//! What [`Pipeline`] does beside the way of a send. Each is a few calls to the rooms.

use super::{Pipeline, PipelineError, PushOptions, PushReport, SyncState};
use crate::meeting::{MeetingId, OnlineLocation, PersonId};
use crate::online::OnlineLink;

impl Pipeline {
    /// Refuses what a user may not change. The administrator (`None`) may change everything.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], [`PipelineError::NoActor`], [`PipelineError::NotPermitted`].
    pub async fn permit_edit(&self, id: &MeetingId, actor: Option<&PersonId>) -> Result<(), PipelineError> {
        self.loader.permit_edit(id, actor).await
    }

    /// What people call the provider of an online location, such as `Zoom`, also where none serves it.
    #[must_use]
    pub fn provider_name(&self, location: OnlineLocation) -> String {
        self.pusher.providers.name(location)
    }

    /// How a meeting and its online meeting stand to each other. The provider is not asked.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], and when the CRM or the store cannot be read.
    pub async fn sync_state(&self, id: &MeetingId) -> Result<(SyncState, Option<OnlineLink>), PipelineError> {
        let meeting = self.loader.meeting(id).await?;
        let link = self.pusher.link(id).await?;
        if meeting.online_location.is_none() {
            return Ok((SyncState::NotOnline, link));
        }
        let state = match self.loader.organizer(&meeting).await {
            Ok(organizer) => self.pusher.compare(&meeting, &organizer, link.as_ref()).await,
            Err(
                error @ (PipelineError::NoAssignedUser { .. } | PipelineError::AssignedUserMissing { .. }),
            ) => SyncState::CannotBePushed {
                reason: error.to_string(),
            },
            Err(error) => return Err(error),
        };
        Ok((state, link))
    }

    /// Deletes the online meeting of a meeting that was called off, and clears its join URL. One that is gone
    /// already counts as deleted; where there is none, nothing is done ([`OnlineAction::Skipped`](super::OnlineAction)).
    ///
    /// # Errors
    /// [`PipelineError::WrongStatus`] unless the meeting is `NotHeld`, and as of [`Pipeline::push`].
    pub async fn delete_online(
        &self,
        id: &MeetingId,
        options: &PushOptions,
    ) -> Result<PushReport, PipelineError> {
        let meeting = self.loader.for_deletion(id, options).await?;
        Ok(PushReport {
            meeting: id.clone(),
            online: self.pusher.delete(meeting).await?,
        })
    }
}
