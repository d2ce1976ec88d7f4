//! What templates are tried on: a sample, a meeting of the CRM, or one of a file.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use clap::Args;

use super::session::Session;
use crate::app::sample_of_records;
use crate::config::DatabaseLocation;
use crate::crm::Crm as _;
use crate::crm::import::{self, Records};
use crate::database::Database;
use crate::desk::{Choice, Meetings};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::{MeetingId, Person, PersonRef};
use crate::organization::Organization;
use crate::pipeline::{Pick, Pipeline};
use crate::template::Sample;

/// What to try a template on.
#[derive(Debug, Args)]
pub(super) struct TryOn {
    /// A sample, such as all-day [default: zoom]
    #[arg(long, value_name = "NAME", conflicts_with_all = ["meeting", "data"])]
    pub(super) sample: Option<String>,
    /// A meeting of the CRM, or of the file of --data
    #[arg(long, value_name = "ID")]
    pub(super) meeting: Option<MeetingId>,
    /// A file of people and meetings, as `invite import` reads it; nothing is imported
    #[arg(long, value_name = "FILE")]
    pub(super) data: Option<PathBuf>,
}

#[derive(Debug, thiserror::Error)]
enum TryOnError {
    #[error("there is no sample {asked:?}; there are {}", known.join(", "))]
    NoSample { asked: String, known: Vec<String> },
    #[error("cannot read {}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
}

impl Fault for TryOnError {
    fn kind(&self) -> &'static str {
        match self {
            Self::NoSample { .. } => "sample.not_found",
            Self::Unreadable { .. } => "sample.unreadable",
        }
    }

    fn class(&self) -> Class {
        Class::NotFound
    }

    fn remedy(&self) -> Option<Remedy> {
        match self {
            Self::NoSample { .. } => None,
            Self::Unreadable { .. } => Some("check the path of --data".into()),
        }
    }
}

impl TryOn {
    /// What it names, for an attendee.
    pub(super) async fn sample(
        &self,
        session: &Session<'_>,
        to: Option<&Pick>,
        organization: &Organization,
    ) -> Result<Sample, BoxFault> {
        if let Some(path) = &self.data {
            let records = records(path)?;
            return sample_of_records(&records, self.meeting.as_ref(), to, organization)
                .map_err(BoxFault::new);
        }
        if let Some(id) = &self.meeting {
            return Ok(session.pipeline().await?.sample(id, to).await?);
        }
        let asked = self.sample.as_deref().unwrap_or("zoom");
        let samples = Sample::all_of(organization);
        let known = samples.iter().map(|sample| sample.id.clone()).collect();
        samples
            .into_iter()
            .find(|sample| sample.id == asked)
            .ok_or_else(|| {
                BoxFault::new(TryOnError::NoSample {
                    asked: asked.to_owned(),
                    known,
                })
            })
    }
}

fn records(path: &Path) -> Result<Records, BoxFault> {
    let text = std::fs::read_to_string(path).map_err(|source| {
        BoxFault::new(TryOnError::Unreadable {
            path: path.to_owned(),
            source,
        })
    })?;
    import::read(&text, &path.display().to_string()).map_err(BoxFault::new)
}

/// The meetings of a file, read anew each time.
#[derive(Debug)]
pub(super) struct File(pub(super) PathBuf);

#[async_trait]
impl Meetings for File {
    fn title(&self) -> String {
        self.0.display().to_string()
    }

    async fn list(&self) -> Result<Vec<Choice>, BoxFault> {
        Ok(records(&self.0)?.meetings.iter().map(Choice::of).collect())
    }

    async fn people(&self, id: &MeetingId) -> Result<Vec<Person>, BoxFault> {
        let records = records(&self.0)?;
        let meeting = records.meetings.iter().find(|meeting| meeting.id() == id);
        let attendees = meeting.into_iter().flat_map(|meeting| &meeting.attendees);
        Ok(attendees
            .filter_map(|attendee| records.person(&attendee.person).cloned())
            .collect())
    }

    async fn sample(
        &self,
        id: &MeetingId,
        to: Option<&Pick>,
        organization: &Organization,
    ) -> Result<Sample, BoxFault> {
        sample_of_records(&records(&self.0)?, Some(id), to, organization).map_err(BoxFault::new)
    }
}

/// The meetings of the built-in CRM.
pub(super) struct OfCrm {
    database: Database,
    pipeline: Pipeline,
}

impl OfCrm {
    /// Those of the configured CRM; nothing where there is none yet. None is made for looking at templates.
    pub(super) async fn of(session: &Session<'_>) -> Result<Option<Self>, BoxFault> {
        let config = session.config().await?;
        let exists = match &config.database.location {
            DatabaseLocation::Sqlite(path) => session.is_sandbox() || path.exists(),
            DatabaseLocation::Postgres(_) => config.file.is_some(),
        };
        if !exists {
            return Ok(None);
        }
        Ok(Some(Self {
            database: session.records().await?.clone(),
            pipeline: session.pipeline().await?,
        }))
    }
}

#[async_trait]
impl Meetings for OfCrm {
    fn title(&self) -> String {
        "CRM".to_owned()
    }

    async fn list(&self) -> Result<Vec<Choice>, BoxFault> {
        const MOST: usize = 100;
        let meetings = self.database.meetings().await.map_err(BoxFault::new)?;
        Ok(meetings.iter().rev().take(MOST).map(Choice::of).collect())
    }

    async fn people(&self, id: &MeetingId) -> Result<Vec<Person>, BoxFault> {
        let meeting = self.database.meeting(id).await.map_err(BoxFault::new)?;
        let attendees = meeting.into_iter().flat_map(|meeting| meeting.attendees);
        let who: Vec<PersonRef> = attendees.map(|attendee| attendee.person).collect();
        self.database.people(&who).await.map_err(BoxFault::new)
    }

    async fn sample(
        &self,
        id: &MeetingId,
        to: Option<&Pick>,
        organization: &Organization,
    ) -> Result<Sample, BoxFault> {
        let mut sample = self.pipeline.sample(id, to).await?;
        // As it is configured now, which may be later than the desk was opened.
        sample.organization = organization.clone();
        Ok(sample)
    }
}
