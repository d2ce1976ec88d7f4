//! What templates can be tried on: the samples, the CRM's meetings, those of a file.

use async_trait::async_trait;

use crate::fault::BoxFault;
use crate::meeting::{MeetingId, Person};
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
    /// Who can get the mail: `contact:lee`, and the name.
    pub(crate) people: Vec<(String, String)>,
}

impl Choice {
    pub(crate) fn person(person: &Person) -> (String, String) {
        (person.reference.to_string(), person.display_name())
    }
}

/// All places.
#[derive(Default)]
pub(crate) struct Bench {
    pub(crate) places: Vec<Box<dyn Meetings>>,
}
