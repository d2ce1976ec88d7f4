//! A provider of online meetings of your own: rooms on a server that knows each room's name.
//!
//! ```text
//! cargo run --example own-provider
//! ```
//! makes a room for a meeting and writes its link to the CRM, renames the meeting, and calls it off. The server is a list in
//! memory; a real one is asked over a network, where answers get lost.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::DateTime;
use invite::crm::MeetingRecord;
use invite::database::{Database, EncryptionKey, KeySource};
use invite::fault::{Class, Fault};
use invite::mail::Mailbox;
use invite::meeting::*;
use invite::online::*;
use invite::organization::Organization;
use invite::pipeline::{Pipeline, PushOptions};
use invite::testing::MemoryCrm;
use tokio::sync::Mutex;

/// The online location of meetings that take place in a room.
const LOCATION: OnlineLocation = OnlineLocation::from_static("rooms");

/// The rooms of the server by their ids, each with its name.
#[derive(Default)]
struct Rooms(Mutex<BTreeMap<String, String>>);

/// The server does not know a room.
#[derive(Debug, thiserror::Error)]
#[error("the server has no room {0}")]
struct NoRoom(String);

impl Fault for NoRoom {
    fn kind(&self) -> &'static str {
        "rooms.no_room"
    }
    fn class(&self) -> Class {
        Class::Unavailable
    }
}

impl Rooms {
    fn room(id: &str) -> Result<OnlineMeeting, OnlineError> {
        let join_url = JoinUrl::new(format!("https://rooms.acme.example/{id}"));
        Ok(OnlineMeeting {
            id: OnlineMeetingId(id.to_owned()),
            join_url: join_url.map_err(|_| OnlineError::new(Outcome::NotDone, NoRoom(id.to_owned())))?,
            passcode: None,
        })
    }
}

#[async_trait]
impl OnlineMeetings for Rooms {
    fn location(&self) -> OnlineLocation {
        LOCATION
    }

    fn name(&self) -> &str {
        "Acme Rooms"
    }

    fn required_scope(&self) -> Option<&str> {
        None
    }

    fn shows_id(&self) -> bool {
        false
    }

    /// All that the server is told, here the name alone. A push compares it with what was told last.
    async fn describe(&self, meeting: &Meeting, _host: &Person) -> Result<OnlineSpec, OnlineError> {
        Ok(OnlineSpec {
            host: String::new(),
            topic: meeting.name().to_owned(),
            agenda: String::new(),
            start: DateTime::UNIX_EPOCH,
            duration: 1,
            time_zone: "UTC".to_owned(),
            settings: serde_json::Map::new(),
        })
    }

    /// The marker is the room's id, so that a creation whose answer was lost is found again. A provider that gives ids of its
    /// own keeps the marker in a field that it can search.
    async fn create(&self, spec: &OnlineSpec, marker: &str) -> Result<OnlineMeeting, OnlineError> {
        self.0.lock().await.insert(marker.to_owned(), spec.topic.clone());
        Self::room(marker)
    }

    async fn update(
        &self,
        id: &OnlineMeetingId,
        _told: Option<&OnlineSpec>,
        spec: &OnlineSpec,
        _marker: &str,
    ) -> Result<(), OnlineError> {
        let mut rooms = self.0.lock().await;
        // Told that it is gone, the pipeline makes a new one.
        let gone = || OnlineError::new(Outcome::Gone, NoRoom(id.0.clone()));
        rooms.get_mut(&id.0).ok_or_else(gone)?.clone_from(&spec.topic);
        Ok(())
    }

    async fn delete(&self, id: &OnlineMeetingId) -> Result<(), OnlineError> {
        self.0.lock().await.remove(&id.0);
        Ok(())
    }

    async fn check(&self, id: &OnlineMeetingId, _told: &OnlineSpec) -> Result<Liveness, OnlineError> {
        match self.0.lock().await.contains_key(&id.0) {
            true => Ok(Liveness::Alive(None)),
            false => Ok(Liveness::Gone),
        }
    }

    async fn find(&self, _spec: &OnlineSpec, marker: &str) -> Result<Search, OnlineError> {
        match self.0.lock().await.contains_key(marker) {
            true => Ok(Search::Found(Self::room(marker)?)),
            false => Ok(Search::NotThere),
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let ana = Person::new("user:ana".parse()?, "Ana", Some("ana@acme.example".parse()?));
    let kickoff = MeetingId::new("kickoff")?;
    let when = When::timed("2036-12-02T09:00:00Z".parse()?, "2036-12-02T09:45:00Z".parse()?)?;
    let mut meeting = Meeting::new(kickoff.clone(), "Kick-off", when, Zone::new("Europe/Berlin")?)?;
    meeting.assigned_user = Some(PersonId::new("ana")?);
    meeting.online_location = Some(LOCATION);
    let attendees = Vec::new();
    let crm = Arc::new(MemoryCrm::with([ana], [MeetingRecord { meeting, attendees }]));

    let folder = tempfile::tempdir()?;
    let key = KeySource::Given(EncryptionKey::new([7; 32]));
    let database = Database::open(&folder.path().join("invite.db"), key).await?;
    let rooms = Arc::new(Rooms::default());
    let sender = Mailbox::new("Acme", "meetings@acme.example".parse()?);
    let pipeline = Pipeline::builder(Organization::new("Acme"), sender)
        .crm(crm.clone())
        .database(&database)
        .online(rooms.clone())
        .build()?;
    let options = PushOptions::default();
    for name in ["Kick-off", "Kick-off", "Kick-off, phase 1"] {
        let mut record = crm.record(&kickoff).ok_or("the meeting is gone")?;
        record.meeting.rename(name)?;
        crm.put_meeting(record);
        let report = pipeline.push(&kickoff, &options).await?;
        println!(
            "{}: {:?}",
            report.online.action.as_str(),
            rooms.0.lock().await.values()
        );
    }
    let mut record = crm.record(&kickoff).ok_or("the meeting is gone")?;
    println!("the CRM has a link: {}", record.meeting.join_url.is_some());
    record.meeting.status = MeetingStatus::NotHeld;
    crm.put_meeting(record);
    let report = pipeline.delete_online(&kickoff, &options).await?;
    println!(
        "{}: {} rooms",
        report.online.action.as_str(),
        rooms.0.lock().await.len()
    );
    Ok(())
}
