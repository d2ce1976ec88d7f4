//! The meeting that a template is tried on: a sample, a meeting of the CRM, or a meeting of a file.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use clap::Args;
use futures_util::StreamExt as _;

use crate::app::sample_of_records;
use crate::command::session::Session;
use crate::config::DatabaseLocation;
use crate::crm::import::{self, ImportFile};
use crate::crm::{Crm, MeetingOrder, MeetingQuery};
use crate::desk::{Choice, Meetings};
use crate::fault::{BoxFault, Class, Fault, Remedy};
use crate::meeting::{MeetingId, Person};
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
    /// The sample that the arguments name, as an attendee gets it.
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

fn records(path: &Path) -> Result<ImportFile, BoxFault> {
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
        let records = records(&self.0)?;
        let meetings = records.meetings.iter().map(|record| &record.meeting);
        Ok(meetings.map(Choice::of).collect())
    }

    async fn people(&self, id: &MeetingId) -> Result<Vec<Person>, BoxFault> {
        let records = records(&self.0)?;
        let record = records.meetings.iter().find(|record| record.meeting.id() == id);
        let attendees = record.into_iter().flat_map(|record| &record.attendees);
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

/// The meetings of the CRM.
pub(super) struct OfCrm {
    crm: Crm,
    pipeline: Pipeline,
}

impl OfCrm {
    /// The meetings of the configured CRM. `None`: there is no CRM yet. Looking at templates does not make one.
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
            crm: session.crm().await?,
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
        let latest = MeetingQuery {
            order: MeetingOrder::Latest,
            ..MeetingQuery::default()
        };
        let mut choices = Vec::new();
        let mut after = None;
        while choices.len() < MOST {
            let page = self.crm.directory().meetings(&latest, after.as_ref()).await;
            let page = page.map_err(BoxFault::new)?;
            choices.extend(page.items.iter().map(|record| Choice::of(&record.meeting)));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        choices.truncate(MOST);
        Ok(choices)
    }

    async fn people(&self, id: &MeetingId) -> Result<Vec<Person>, BoxFault> {
        let mut people = Vec::new();
        let mut pages = self.crm.records().attendees(id);
        while let Some(page) = pages.next().await {
            let page = page.map_err(BoxFault::new)?;
            people.extend(page.into_iter().filter_map(|invitee| invitee.person));
        }
        Ok(people)
    }

    async fn sample(
        &self,
        id: &MeetingId,
        to: Option<&Pick>,
        organization: &Organization,
    ) -> Result<Sample, BoxFault> {
        let mut sample = self.pipeline.sample(id, to).await?;
        // The organization as it is configured now: it may have changed since the desk was opened.
        sample.organization = organization.clone();
        Ok(sample)
    }
}
