//! A CRM of your own: the pipeline goes by records that the program keeps itself.
//!
//! ```text
//! cargo run --example own-crm
//! ```
//! invites one person, moves the meeting, and tells of the change. Then the conformance suite of `invite::testing`
//! looks whether the CRM keeps what a CRM must keep. Mails go to a stub of a mail server.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures_util::{StreamExt as _, stream};
use invite::crm::{AttendeePages, CrmError, Invitee, MeetingRecord, Records};
use invite::database::{Database, EncryptionKey, KeySource};
use invite::mail::Mailbox;
use invite::meeting::*;
use invite::organization::Organization;
use invite::pipeline::{Pipeline, SendOptions};
use invite::testing::{Rights, StubTransport, crm_suite};

/// The records. A CRM with a database or an API asks that instead.
struct OwnCrm {
    meetings: Mutex<HashMap<MeetingId, MeetingRecord>>,
    people: HashMap<PersonRef, Person>,
}

impl OwnCrm {
    fn with(people: Vec<Person>, meetings: Vec<MeetingRecord>) -> Self {
        let meetings = meetings.into_iter().map(|it| (it.meeting.id().clone(), it));
        let people = people.into_iter().map(|it| (it.reference.clone(), it));
        let (meetings, people) = (Mutex::new(meetings.collect()), people.collect());
        Self { meetings, people }
    }

    fn meetings(&self) -> MutexGuard<'_, HashMap<MeetingId, MeetingRecord>> {
        self.meetings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn no_record(record: String) -> CrmError {
    CrmError::NotFound { record }
}

#[async_trait]
impl Records for OwnCrm {
    async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError> {
        Ok(self.meetings().get(id).map(|it| it.meeting.clone()))
    }

    /// Pages of 100, of one copy of the list, so that nobody is missing when the list changes meanwhile.
    fn attendees<'a>(&'a self, id: &'a MeetingId) -> AttendeePages<'a> {
        let attendees = self.meetings().get(id).map(|it| it.attendees.clone());
        let with_people = attendees.into_iter().flatten().map(|attendee| Invitee {
            person: self.people.get(&attendee.person).cloned(),
            attendee,
        });
        stream::iter(with_people).chunks(100).map(Ok).boxed()
    }

    async fn person(&self, person: &PersonRef) -> Result<Option<Person>, CrmError> {
        Ok(self.people.get(person).cloned())
    }

    async fn set_join_url(
        &self,
        id: &MeetingId,
        expected: Option<&JoinUrl>,
        join_url: Option<&JoinUrl>,
    ) -> Result<Option<JoinUrl>, CrmError> {
        let mut meetings = self.meetings();
        let record = meetings.get_mut(id).ok_or_else(|| no_record(id.to_string()))?;
        if record.meeting.join_url.as_ref() == expected {
            record.meeting.join_url = join_url.cloned();
        }
        Ok(record.meeting.join_url.clone())
    }

    async fn set_statuses(
        &self,
        id: &MeetingId,
        statuses: &[(PersonRef, Acceptance)],
    ) -> Result<(), CrmError> {
        let mut meetings = self.meetings();
        let record = meetings.get_mut(id).ok_or_else(|| no_record(id.to_string()))?;
        for (person, status) in statuses {
            let found = record.attendees.iter_mut().find(|it| it.person == *person);
            found.ok_or_else(|| no_record(person.to_string()))?.status = *status;
        }
        Ok(())
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let ana = Person::new("user:ana".parse()?, "Ana", Some("ana@acme.example".parse()?));
    let lee = Person::new("contact:lee".parse()?, "Lee", Some("lee@client.example".parse()?));
    let kickoff = MeetingId::new("kickoff")?;
    let when = When::timed("2036-12-02T09:00:00Z".parse()?, "2036-12-02T09:45:00Z".parse()?)?;
    let mut meeting = Meeting::new(kickoff.clone(), "Kick-off", when, Zone::new("Europe/Berlin")?)?;
    meeting.assigned_user = Some(PersonId::new("ana")?);
    let (person, status) = (lee.reference.clone(), Acceptance::None);
    let attendees = vec![Attendee { person, status }];
    let crm = Arc::new(OwnCrm::with(
        vec![ana, lee],
        vec![MeetingRecord { meeting, attendees }],
    ));

    let folder = tempfile::tempdir()?;
    let key = KeySource::Given(EncryptionKey::new([7; 32]));
    let database = Database::open(&folder.path().join("invite.db"), key).await?;
    let sender = Mailbox::new("Acme", "meetings@acme.example".parse()?);
    let pipeline = Pipeline::builder(Organization::new("Acme"), sender)
        .crm(crm.clone())
        .database(&database)
        .transport(Arc::new(StubTransport::new()))
        .build()?;
    for step in ["invited", "asked again", "moved"] {
        if step == "moved" {
            let when = When::timed("2036-12-03T09:00:00Z".parse()?, "2036-12-03T09:45:00Z".parse()?)?;
            if let Some(record) = crm.meetings().get_mut(&kickoff) {
                record.meeting.when = when;
            }
        }
        let report = pipeline.send(&kickoff, &SendOptions::default()).await?;
        println!("{step}: {} sent, revision {}", report.sent, report.revision.0);
    }
    let failures = crm_suite(async |contents| {
        // It hides nothing, and takes every join URL.
        (contents.rights == Rights::All).then(|| OwnCrm::with(contents.people, contents.meetings))
    })
    .await;
    failures.iter().for_each(|failure| println!("{failure}"));
    println!("the suite found {} failures", failures.len());
    Ok(())
}
