//! The methods of [`Pipeline`] beside the way of a send. Each calls one to four parts.

use super::plan::Aim;
use super::render;
use super::{
    AnswerReport, NotificationReport, Pick, Pipeline, PipelineError, PushOptions, PushReport, SendOptions,
    SyncState, Trials,
};
use crate::calendar::Method;
use crate::dsn::Notification;
use crate::imip::Answer;
use crate::meeting::{MeetingId, OnlineLocation, PersonId};
use crate::online::OnlineLink;
use crate::template::Sample;

impl Pipeline {
    /// Refuses a meeting that the user may not edit. The administrator (`None`) may edit all meetings.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], [`PipelineError::NoActor`], [`PipelineError::NotPermitted`].
    pub async fn permit_edit(&self, id: &MeetingId, actor: Option<&PersonId>) -> Result<(), PipelineError> {
        self.loader.permit_edit(id, actor).await
    }

    /// The calendar object of a meeting as an invitee has it or would get it now, for one attendee: the first
    /// with an address, if none is named. Nothing is pushed and nothing is recorded. With [`Method::Publish`] it is for
    /// nobody in particular: for the organizer's own calendar, or anybody's (RFC 5546 §3.2.1).
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], [`PipelineError::NotInvited`], [`PipelineError::HoldsMeeting`],
    /// [`PipelineError::NoRecipients`], and when the object cannot be written.
    pub async fn calendar_object(
        &self,
        id: &MeetingId,
        method: Method,
        to: Option<&Pick>,
    ) -> Result<String, PipelineError> {
        let case = self.loader.to_mail(id).await?;
        let owner = render::owner(&case, method, to)?;
        let plan = self.plan_for(&case, Aim::Send(&SendOptions::default()));
        let link = self.pusher.link_in_record(&case.meeting).await?;
        self.letterhead.calendar_object(&case, plan, link, method, owner)
    }

    /// A meeting as a template is told of it, for one attendee: the first who is not the organizer, if none is named.
    /// Nothing is pushed and nothing is recorded; the link is the one that the CRM has.
    ///
    /// # Errors
    /// [`PipelineError::NoMeeting`], [`PipelineError::NotInvited`], [`PipelineError::NoRecipients`], and when the CRM
    /// or the store fails.
    pub async fn sample(&self, id: &MeetingId, to: Option<&Pick>) -> Result<Sample, PipelineError> {
        let case = self.loader.case(id).await?;
        let invitee = render::invitee(&case, to)?;
        let plan = self.plan_for(&case, Aim::Send(&SendOptions::default()));
        let link = self.pusher.link_in_record(&case.meeting).await?;
        Ok(self.letterhead.sample(&case, plan.present(), link, invitee))
    }

    /// Makes mails about samples, as this pipeline would.
    #[must_use]
    pub fn trials(&self) -> Trials {
        self.letterhead.trials()
    }

    /// Does what an answer to an invitation asks for: sets the attendee's status.
    ///
    /// The sender of the answer must be the attendee, unless `trust` is set; a calendar object alone has no sender. An answer
    /// that is older than another answer of the same attendee, or is to another time of the meeting, changes nothing.
    ///
    /// # Errors
    /// [`PipelineError::UnknownUid`], [`PipelineError::NotInvited`], [`PipelineError::Stranger`],
    /// [`PipelineError::NoAnswers`], and when the CRM or the store fails.
    pub async fn receive_answer(&self, answer: &Answer, trust: bool) -> Result<AnswerReport, PipelineError> {
        self.answers.take(answer, trust).await
    }

    /// Records a mail server's notification about an invitation.
    ///
    /// A notification that is older than the known one, or tells of a delay when the end is known, changes nothing: see
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

    /// The name of the provider of an online location, such as `Zoom`, also without a provider for it.
    #[must_use]
    pub fn provider_name(&self, location: OnlineLocation) -> String {
        self.letterhead.providers.name(location)
    }

    /// Compares a meeting with its online meeting. The provider is not asked.
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

    /// Deletes the online meeting of a meeting that was called off, and clears its join URL. An online meeting that is gone
    /// already counts as deleted. Without an online meeting, nothing is done ([`OnlineAction::Skipped`](super::OnlineAction)).
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
