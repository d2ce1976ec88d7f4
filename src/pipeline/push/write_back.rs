//! Step 3: writing the join URL to the CRM's record, and deleting replaced online meetings.

use super::pusher::Pusher;
use crate::crm::CrmError;
use crate::meeting::{JoinUrl, Meeting, MeetingId};
use crate::pipeline::error::PipelineError;
use crate::pipeline::event::Happened;
use crate::pipeline::facts::Online;

impl Pusher {
    /// Writes the join URL to the CRM's record. Then deletes the online meeting that a new one replaced: no record points to
    /// it any more.
    pub(in crate::pipeline) async fn write_back(
        &self,
        meeting: &mut Meeting,
        online: &Online,
    ) -> Result<(), PipelineError> {
        let join_url = online.join_url(meeting);
        if join_url != meeting.join_url {
            self.write_join_url(meeting, join_url).await?;
        }
        if online.link.is_some() {
            self.delete_superseded(meeting.id()).await?;
        }
        Ok(())
    }

    /// Writes the join URL to the CRM's record, or clears it, and makes sure that the CRM kept it.
    pub(super) async fn write_join_url(
        &self,
        meeting: &mut Meeting,
        join_url: Option<JoinUrl>,
    ) -> Result<(), PipelineError> {
        let expected = meeting.join_url.as_ref();
        let kept = self
            .crm
            .set_join_url(meeting.id(), expected, join_url.as_ref())
            .await?;
        if kept != join_url {
            return Err(CrmError::NotKept {
                record: format!("meeting {:?}", meeting.id().as_str()),
                field: "join URL",
                kept: kept.map(|url| url.to_string()),
                remedy: None,
            }
            .into());
        }
        meeting.join_url = join_url;
        self.events.tell_of(meeting.id(), Happened::JoinUrlWritten);
        Ok(())
    }

    /// Deletes online meetings that were replaced. If a deletion fails, the next push tries it again.
    pub(super) async fn delete_superseded(&self, id: &MeetingId) -> Result<(), PipelineError> {
        for superseded in self.links.superseded(id).await? {
            let Some(provider) = self.providers.at(superseded.location) else {
                continue;
            };
            match provider.delete(&superseded.id).await {
                Ok(()) => self.links.forget_superseded(id, &superseded).await?,
                Err(error) => {
                    tracing::warn!(meeting = %id, online_meeting = %superseded.id, %error, "a replaced online meeting could not be deleted yet");
                }
            }
        }
        Ok(())
    }
}
