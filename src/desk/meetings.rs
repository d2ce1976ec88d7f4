//! Sources of meetings that templates can be tried on, beside the samples: the CRM, and a file of records.

use async_trait::async_trait;

use crate::fault::BoxFault;
use crate::meeting::{Meeting, MeetingId, Person};
use crate::organization::Organization;
use crate::pipeline::Pick;
use crate::template::Sample;

/// A source of meetings.
#[async_trait]
pub(crate) trait Meetings: Send + Sync {
    /// The name of the source, such as `CRM`.
    fn title(&self) -> String;

    /// The meetings of the source.
    async fn list(&self) -> Result<Vec<Choice>, BoxFault>;

    /// The possible readers of the mail about a meeting. Empty: there is no such meeting.
    async fn people(&self, id: &MeetingId) -> Result<Vec<Person>, BoxFault>;

    /// The sample for a meeting and one of its readers.
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
