//! `invite` puts a live Zoom join link into every meeting invitation that a CRM sends.
//!
//! A meeting of a CRM has an assigned user and attendees: users, contacts, leads. [`Pipeline::send`]
//! pushes it to Zoom, writes the join URL back to the CRM, renders each invitee's mail in the
//! invitee's language and time zone with a calendar object, puts all mails into a durable outbox,
//! and delivers them. Run again after an error or a crash, it continues: there is no second Zoom
//! meeting, and no second mail to a mailbox that has the revision.
//!
//! A CRM implements one trait, [`crm::Records`], for its own records, and calls [`Pipeline::prepare`] to
//! mail the invitations itself, or [`Pipeline::send`] to have them mailed:
//!
//! ```
//! use std::collections::HashMap;
//! use std::sync::{Arc, Mutex};
//!
//! use invite::crm::{self, AttendeePages, CrmError, Invitee};
//! use invite::database::{Database, KeySource};
//! use invite::mail::{Mailbox, MailboxFolder};
//! use invite::meeting::*;
//! use invite::organization::Organization;
//! use invite::pipeline::{Pipeline, SendOptions};
//!
//! /// The CRM's own records.
//! struct MyCrm {
//!     meetings: Mutex<HashMap<MeetingId, (Meeting, Vec<Attendee>)>>,
//!     people: HashMap<PersonRef, Person>,
//! }
//!
//! #[async_trait::async_trait]
//! impl crm::Records for MyCrm {
//!     async fn meeting(&self, id: &MeetingId) -> Result<Option<Meeting>, CrmError> {
//!         Ok(self.meetings.lock().unwrap().get(id).map(|(meeting, _)| meeting.clone()))
//!     }
//!
//!     fn attendees<'a>(&'a self, id: &'a MeetingId) -> AttendeePages<'a> {
//!         let meetings = self.meetings.lock().unwrap();
//!         let attendees = meetings.get(id).map(|(_, attendees)| attendees.clone()).unwrap_or_default();
//!         let with_people = attendees.into_iter().map(|attendee| Invitee {
//!             person: self.people.get(&attendee.person).cloned(),
//!             attendee,
//!         });
//!         // All on one page. A CRM that is asked over a network answers some at a time.
//!         crm::all_attendees(with_people.collect())
//!     }
//!
//!     async fn person(&self, person: &PersonRef) -> Result<Option<Person>, CrmError> {
//!         Ok(self.people.get(person).cloned())
//!     }
//!
//!     async fn set_join_url(
//!         &self,
//!         id: &MeetingId,
//!         expected: Option<&JoinUrl>,
//!         join_url: Option<&JoinUrl>,
//!     ) -> Result<Option<JoinUrl>, CrmError> {
//!         let mut meetings = self.meetings.lock().unwrap();
//!         let Some((meeting, _)) = meetings.get_mut(id) else { return Ok(None) };
//!         if meeting.join_url.as_ref() == expected {
//!             meeting.join_url = join_url.cloned();
//!         }
//!         Ok(meeting.join_url.clone())
//!     }
//!
//!     async fn set_statuses(
//!         &self,
//!         id: &MeetingId,
//!         statuses: &[(PersonRef, Acceptance)],
//!     ) -> Result<(), CrmError> {
//!         if let Some((_, attendees)) = self.meetings.lock().unwrap().get_mut(id) {
//!             for (person, status) in statuses {
//!                 attendees.iter_mut().filter(|a| a.person == *person).for_each(|a| a.status = *status);
//!             }
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! let ana = Person::new("user:ana".parse()?, "Ana Núñez", Some("ana@acme.example".parse()?));
//! let lee = Person::new("contact:lee".parse()?, "Lee, Harper", Some("lee@client.example".parse()?));
//! let when = When::timed("2036-12-02T09:00:00Z".parse()?, "2036-12-02T09:45:00Z".parse()?)?;
//! let kickoff = MeetingId::new("kickoff")?;
//! let mut meeting = Meeting::new(kickoff.clone(), "Kick-off", when, Zone::new("Europe/Berlin")?)?;
//! meeting.assigned_user = Some(PersonId::new("ana")?);
//! let attendees = vec![Attendee { person: lee.reference.clone(), status: Acceptance::None }];
//! let records = MyCrm {
//!     meetings: Mutex::new([(kickoff.clone(), (meeting, attendees))].into()),
//!     people: [ana, lee].map(|person| (person.reference.clone(), person)).into(),
//! };
//!
//! // Links, revisions and the outbox; Zoom's tokens would be in it too, encrypted with the key.
//! let key = KeySource::File(folder.path().join("invite.key"));
//! let database = Database::open(&folder.path().join("invite.db"), key).await?;
//!
//! let pipeline = Pipeline::builder(
//!     Organization::new("Acme"),
//!     Mailbox::new("Acme", "meetings@acme.example".parse()?),
//! )
//! .crm(Arc::new(records))
//! .database(&database)
//! // For meetings on Zoom: .online(Arc::new(ZoomClient::new(settings, store)?.with_users(store)))
//! // To send for real: .transport(Arc::new(SmtpTransport::new(settings)?))
//! .transport(Arc::new(MailboxFolder::new(folder.path().join("outbox"))))
//! .build()?;
//!
//! // Invitations to mail yourself …
//! let prepared = pipeline.prepare(&kickoff, &SendOptions::default()).await?;
//! assert!(prepared.invitations[0].subject.starts_with("Invitation: Kick-off"));
//! assert!(prepared.invitations[0].message.starts_with(b"From: Acme <meetings@acme.example>\r\n"));
//!
//! // … or the whole pipeline, which sends to everybody once.
//! let report = pipeline.send(&kickoff, &SendOptions::default()).await?;
//! assert_eq!((report.sent, report.revision), (1, Revision(0)));
//! let again = pipeline.send(&kickoff, &SendOptions::default()).await?;
//! assert_eq!(again.sent, 0);
//! # Ok(())
//! # }
//! ```
//!
//! # The house
//!
//! Imports run one way, downwards in this list:
//!
//! | module | has |
//! | --- | --- |
//! | `command` | the program (feature `command`, on by default) |
//! | `desk` | the template authors' desk in the browser (the same feature) |
//! | [`app`] | makes all the parts from a configuration |
//! | [`pipeline`] | the steps of a send, together and one by one; one plan decides who gets which mail |
//! | [`config`] | `invite.toml` and the environment |
//! | [`database`] | links, tokens, revisions, the outbox and the built-in CRM, in SQLite or PostgreSQL |
//! | [`online::zoom`] | Zoom as a provider of online meetings |
//! | [`template`], [`calendar`] | the content of mails and calendar objects |
//! | [`received`] | mails that come back: the kind of each |
//! | [`imip`], [`dsn`] | answers to invitations, and mail servers' reports about their delivery |
//! | [`crm`], [`online`], [`mail`], [`jobs`] | the ports: small traits, with the types that they use |
//! | [`meeting`], [`organization`] | the basic types, checked when made |
//! | [`fault`], [`lease`] | the facts of every error; the holders of leases |
//! | [`clock`], [`chance`] | the sources of time and of randomness |
//! | `sandbox` | an embedded Zoom for tests (feature `sandbox`); shares no code with the client |
//! | [`testing`] | a test kit: a CRM and a mail server in memory, and suites for implementers of the ports |
//!
//! With `default-features = false` a CRM gets the pipeline without the command, its arguments, its
//! progress bars and the HTTP server of the sandbox.
//!
//! # Errors
//!
//! Each layer has its own error enum. All implement [`Fault`]: a stable name for programs, a class, and a remedy.
//!
//! # Time
//!
//! The time comes from one [`clock::Clock`]: this machine's, or one that a test moves. Random values that are no
//! secrets come from one [`chance::Chance`], which takes a seed. Instants are UTC. A zone is an IANA name,
//! [`meeting::Zone`], with rules that are compiled in ([`meeting::tzdb_version`] tells their version).
//!
//! [`Fault`]: fault::Fault
//! [`Pipeline::prepare`]: pipeline::Pipeline::prepare
//! [`Pipeline::send`]: pipeline::Pipeline::send

pub mod app;
pub mod calendar;
pub mod chance;
pub mod clock;
#[cfg(feature = "command")]
pub mod command;
pub mod config;
pub mod crm;
mod crypto;
pub mod database;
#[cfg(feature = "command")]
mod desk;
pub mod dsn;
pub mod fault;
#[cfg(feature = "command")]
mod hints;
mod html;
mod http;
pub mod imip;
pub mod jobs;
pub mod lease;
pub mod mail;
pub mod meeting;
mod mime;
pub mod online;
pub mod organization;
pub mod pipeline;
mod processors;
pub mod received;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod template;
pub mod testing;
