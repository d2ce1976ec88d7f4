//! A CRM that is asked over a network: it answers a few people at a time, hides what a right is missing for, and may take a
//! value without keeping it. Its records are those of the stage.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use invite::crm::{AttendeePages, Crm, CrmError, Invitee, Records};
use invite::database::Database;
use invite::meeting::{Acceptance, JoinUrl, Meeting, MeetingId, Person, PersonRef, Reach};
use invite::pipeline::Pipeline;

use crate::stage::Stage;

/// How many attendees are on a page.
const AT_ONCE: usize = 3;

#[derive(Debug, Default)]
struct State {
    hidden: BTreeSet<String>,
    drops_join_url: bool,
    has_no_meetings: bool,
    asked: Vec<String>,
}

/// The CRM. Clones are the same one.
#[derive(Clone)]
pub(crate) struct RemoteCrm {
    records: Database,
    state: Arc<Mutex<State>>,
}

impl RemoteCrm {
    pub(crate) fn over(stage: &Stage) -> Self {
        Self::of(stage.database.clone())
    }

    /// Over the records of this database.
    pub(crate) fn of(records: Database) -> Self {
        Self {
            records,
            state: Arc::default(),
        }
    }

    /// A pipeline that goes by it.
    pub(crate) fn pipeline(&self, stage: &Stage) -> Pipeline {
        stage.builder().crm(Arc::new(self.clone())).build().unwrap()
    }

    /// The ports that it has: nothing can be changed from here, and nobody's calendar is shown.
    pub(crate) fn ports(&self) -> Crm {
        Crm::new(Arc::new(self.clone()), Arc::new(self.records.clone()))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// From now on, only the addresses of these are hidden.
    pub(crate) fn hide(&self, people: &[&str]) {
        self.state().hidden = people.iter().map(|person| (*person).to_owned()).collect();
    }

    /// Whether a join URL is taken, and the old one kept.
    pub(crate) fn drop_join_url(&self, drops: bool) {
        self.state().drops_join_url = drops;
    }

    pub(crate) fn lose_meetings(&self) {
        self.state().has_no_meetings = true;
    }

    /// What was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state().asked)
    }

    fn ask(&self, what: impl Into<String>) {
        self.state().asked.push(what.into());
    }

    fn show(&self, mut person: Person) -> Person {
        if self.state().hidden.contains(&person.reference.to_string()) {
            person.reach = Reach::Hidden;
        }
        person
    }

    fn seen(&self, invitee: Invitee) -> Invitee {
        Invitee {
            person: invitee.person.map(|person| self.show(person)),
            ..invitee
        }
    }

    /// All attendees, as the pages show them.
    async fn invitees(&self, id: &MeetingId) -> Result<Vec<Invitee>, CrmError> {
        let mut all = Vec::new();
        let mut pages = self.records.attendees(id);
        while let Some(page) = pages.next().await {
            all.extend(page?.into_iter().map(|invitee| self.seen(invitee)));
        }
        Ok(all)
    }
}

#[async_trait]
impl Records for RemoteCrm {
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError> {
        self.ask("meeting");
        if self.state().has_no_meetings {
            return Ok(None);
        }
        self.records.meeting(id).await
    }

    fn attendees<'a>(&'a self, id: &'a MeetingId) -> AttendeePages<'a> {
        stream::try_unfold(0, async move |begin| {
            let all = self.invitees(id).await?;
            let page: Vec<Invitee> = all.into_iter().skip(begin).take(AT_ONCE).collect();
            if page.is_empty() {
                return Ok(None);
            }
            self.ask(format!("page of {}", page.len()));
            Ok(Some((page, begin + AT_ONCE)))
        })
        .boxed()
    }

    async fn attendee(&self, id: &MeetingId, person: &PersonRef) -> Result<Option<Invitee>, CrmError> {
        self.ask(format!("attendee {person}"));
        let found = self.records.attendee(id, person).await?;
        Ok(found.map(|invitee| self.seen(invitee)))
    }

    async fn person(&self, person: &PersonRef) -> Result<Option<Person>, CrmError> {
        self.ask(person.to_string());
        let found = self.records.person(person).await?;
        Ok(found.map(|person| self.show(person)))
    }

    async fn set_join_url(
        &self,
        id: &MeetingId,
        expected: Option<&JoinUrl>,
        join_url: Option<&JoinUrl>,
    ) -> Result<Option<JoinUrl>, CrmError> {
        self.ask("join URL");
        if self.state().drops_join_url {
            return Ok(expected.cloned());
        }
        self.records.set_join_url(id, expected, join_url).await
    }

    async fn set_statuses(
        &self,
        id: &MeetingId,
        statuses: &[(PersonRef, Acceptance)],
    ) -> Result<(), CrmError> {
        self.ask(format!("{} statuses", statuses.len()));
        self.records.set_statuses(id, statuses).await
    }
}
