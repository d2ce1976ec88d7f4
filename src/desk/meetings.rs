//! What templates can be tried on beside the samples: the CRM's meetings, those of a file.

use async_trait::async_trait;

use crate::fault::BoxFault;
use crate::meeting::{Meeting, MeetingId, Person};
use crate::organization::Organization;
use crate::pipeline::Pick;
use crate::template::Sample;

/// A place that has meetings.
#[async_trait]
pub(crate) trait Meetings: Send + Sync {
    /// What the place is called, such as `CRM`.
    fn title(&self) -> String;

    /// Its meetings.
    async fn list(&self) -> Result<Vec<Choice>, BoxFault>;

    /// The possible readers of the mail about a meeting; empty when there is no such meeting.
    async fn people(&self, id: &MeetingId) -> Result<Vec<Person>, BoxFault>;

    /// One of them, as a template is told of it.
    async fn sample(
        &self,
        id: &MeetingId,
        to: Option<&Pick>,
        organization: &Organization,
    ) -> Result<Sample, BoxFault>;
}

/// A meeting that can be chosen.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) id: MeetingId,
    pub(crate) title: String,
}

impl Choice {
    pub(crate) fn of(meeting: &Meeting) -> Self {
        Self {
            id: meeting.id().clone(),
            title: meeting.name().to_owned(),
        }
    }
}
