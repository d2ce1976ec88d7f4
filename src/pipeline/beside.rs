//! What [`Pipeline`] does beside the way of a send. Each is a few calls to the rooms.

use super::{AnswerReport, NotificationReport, Pipeline, PipelineError, PushOptions, PushReport, SyncState};
use crate::dsn::Notification;
use crate::imip::Answer;
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

    /// Does what an answer to an invitation asks for: sets the attendee's status.
    ///
    /// Who sent the answer must be who answers, unless `trust` is set; a calendar object alone has no sender. An
    /// answer that is older than another of the same attendee, or is to another time of the meeting, changes
    /// nothing.
    ///
    /// # Errors
    /// [`PipelineError::UnknownUid`], [`PipelineError::NotInvited`], [`PipelineError::Stranger`],
    /// [`PipelineError::NoAnswers`], and when the CRM or the store fails.
    pub async fn receive_answer(&self, answer: &Answer, trust: bool) -> Result<AnswerReport, PipelineError> {
        self.answers.take(answer, trust).await
    }

    /// Records what a mail server says became of an invitation.
    ///
    /// One that is older than what is known, or tells of a delay when the end is known, changes nothing: see
    /// [`Notice::supersedes`](crate::mail::Notice::supersedes). Whether to invite again, and to which address, is up to people.
    ///
    /// # Errors
    /// [`PipelineError::UnknownMessage`], [`PipelineError::StillSending`], [`PipelineError::NoNotifications`], and when
    /// the CRM or the store fails.
    pub async fn receive_notification(
        &self,
        notification: &Notification,
    ) -> Result<NotificationReport, PipelineError> {
        self.notifications.take(notification).await
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
