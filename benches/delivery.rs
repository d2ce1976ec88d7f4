//! What delivering is measured by: mails rendered (and signed) in memory, and ready-made bytes sent over lettre's own
//! low-level connection. `benches/delivery` runs it beside the whole program and what people would pick instead; each
//! call prints one line of JSON.
//!
//! ```text
//! cargo bench --bench delivery -- render --invitees 10000 [--dkim KEY.pem]
//! cargo bench --bench delivery -- lettre --to 127.0.0.1:2525 --messages 10000 --connections 8 [--octets 11000]
//! cargo bench --bench delivery -- sign --messages 5000 --dkim KEY.pem
//! ```

#![expect(clippy::print_stdout, reason = "the result is what it is for")]

use std::collections::HashMap;
use std::error::Error;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use invite::crm::{AttendeePages, CrmError, Invitee, Records, all_attendees};
use invite::database::{Database, KeySource};
use invite::mail::{DkimSigner, Mailbox, signed};
use invite::meeting::{Acceptance, Attendee, JoinUrl, Meeting, MeetingId, Person, PersonRef, When, Zone};
use invite::organization::Organization;
use invite::pipeline::{Pipeline, SendOptions};
use lettre::transport::smtp::client::AsyncSmtpConnection;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use serde_json::json;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// How many invitees a meeting has whose mails are rendered.
const AT_ONCE: usize = 500;

/// `--name value` pairs.
struct Options(HashMap<String, String>);

impl Options {
    fn text(&self, name: &str) -> Result<&str> {
        let value = self.0.get(name).map(String::as_str);
        value.ok_or_else(|| format!("--{name} is missing").into())
    }

    fn number(&self, name: &str) -> Result<usize> {
        Ok(self.text(name)?.parse()?)
    }

    fn signers(&self) -> Result<Vec<DkimSigner>> {
        let Some(path) = self.0.get("dkim") else {
            return Ok(Vec::new());
        };
        let pem = std::fs::read_to_string(path)?;
        Ok(vec![DkimSigner::new("acme.example", "s1", &pem.into())?])
    }
}

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let Some(what) = arguments.next() else {
        println!("nothing to do; benches/delivery calls this with what to measure");
        return Ok(());
    };
    let mut options = HashMap::new();
    while let Some(name) = arguments.next() {
        let name = name.strip_prefix("--").ok_or("options begin with --")?.to_owned();
        options.insert(name, arguments.next().ok_or("an option needs a value")?);
    }
    let options = Options(options);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (count, octets, took) = match what.as_str() {
        "render" => runtime.block_on(render(&options))?,
        "lettre" => runtime.block_on(send(&options))?,
        "sign" => sign(&options)?,
        other => return Err(format!("{other}: it is render, lettre or sign").into()),
    };
    let seconds = took.as_secs_f64();
    let rate = f64::from(u32::try_from(count)?) / seconds;
    let line = json!({
        "peer": "invite", "did": what, "messages": count, "bytes": octets, "seconds": seconds, "per_second": rate,
    });
    println!("{line}");
    Ok(())
}

/// A meeting with many invitees, without a database.
#[derive(Debug)]
struct Crowd {
    meeting: Meeting,
    attendees: Vec<Attendee>,
    people: HashMap<PersonRef, Person>,
}

impl Crowd {
    fn of(count: usize) -> Result<Self> {
        let names = [
            "Harper Lee",
            "Jörg Weiß",
            "Ana Núñez",
            "Mika Häkkinen",
            "Zoë Smith",
        ];
        let zones = ["America/New_York", "Europe/Berlin", "Europe/Madrid", "Asia/Tokyo"];
        let languages = ["en", "de", "es"];
        let start: DateTime<Utc> = "2036-01-15T09:00:00Z".parse()?;
        let when = When::timed(start, start + chrono::TimeDelta::minutes(45))?;
        let mut meeting = Meeting::new(
            MeetingId::new("m")?,
            "Kick-off; phase 1",
            when,
            Zone::new("Europe/Berlin")?,
        )?;
        meeting.description = Some("Agenda:\n- scope".to_owned());
        meeting.join_url = Some(JoinUrl::new("https://acme.zoom.example/j/123456789?pwd=abc")?);
        let ana: PersonRef = "user:ana".parse()?;
        meeting.assigned_user = Some(ana.id.clone());
        let mut attendees = Vec::with_capacity(count);
        let mut people = HashMap::new();
        let mut organizer = Person::new(ana.clone(), "Ana Núñez", Some("ana@acme.example".parse()?));
        organizer.time_zone = Some(Zone::new("Europe/Madrid")?);
        people.insert(ana, organizer);
        for n in 0..count {
            let reference: PersonRef = format!("contact:c{n}").parse()?;
            let email = format!("c{n}@crowd.example").parse()?;
            let mut person = Person::new(reference.clone(), format!("{} {n}", names[n % 5]), Some(email));
            person.time_zone = Some(Zone::new(zones[n % 4])?);
            person.language = Some(languages[n % 3].parse()?);
            people.insert(reference.clone(), person);
            attendees.push(Attendee {
                person: reference,
                status: Acceptance::None,
            });
        }
        Ok(Self {
            meeting,
            attendees,
            people,
        })
    }
}

#[async_trait]
impl Records for Crowd {
    async fn meeting(&self, id: &MeetingId) -> std::result::Result<Option<Meeting>, CrmError> {
        Ok((self.meeting.id() == id).then(|| self.meeting.clone()))
    }

    fn attendees<'a>(&'a self, _: &'a MeetingId) -> AttendeePages<'a> {
        let invitees = self.attendees.iter().map(|attendee| Invitee {
            attendee: attendee.clone(),
            person: self.people.get(&attendee.person).cloned(),
        });
        all_attendees(invitees.collect())
    }

    async fn person(&self, person: &PersonRef) -> std::result::Result<Option<Person>, CrmError> {
        Ok(self.people.get(person).cloned())
    }

    async fn set_join_url(
        &self,
        _: &MeetingId,
        _: Option<&JoinUrl>,
        join_url: Option<&JoinUrl>,
    ) -> std::result::Result<Option<JoinUrl>, CrmError> {
        Ok(join_url.cloned())
    }

    async fn set_statuses(
        &self,
        _: &MeetingId,
        _: &[(PersonRef, Acceptance)],
    ) -> std::result::Result<(), CrmError> {
        Ok(())
    }
}

/// Renders, on all processors, and signs where a key is given.
async fn render(options: &Options) -> Result<(usize, usize, Duration)> {
    let count = options.number("invitees")?;
    let signers = options.signers()?;
    let folder = tempfile::tempdir()?;
    let database = Database::open(
        &folder.path().join("invite.db"),
        KeySource::File(folder.path().join("key")),
    )
    .await?;
    let organization = Organization::new("Acme");
    let sender = Mailbox::new("Acme", "meetings@acme.example".parse()?);
    // A send renders so many at a time, too: all at once would measure the memory.
    let crowd = std::sync::Arc::new(Crowd::of(count.min(AT_ONCE))?);
    let pipeline = Pipeline::builder(organization, sender)
        .crm(crowd)
        .database(&database)
        .build()?;
    let id = MeetingId::new("m")?;
    // What is made once is made before.
    let few = SendOptions {
        to: vec![
            "c0@crowd.example".parse()?,
            "c1@crowd.example".parse()?,
            "c2@crowd.example".parse()?,
        ],
        ..SendOptions::default()
    };
    pipeline.plan(&id, &few).await?;
    let began = Instant::now();
    let (mut rendered, mut octets) = (0, 0);
    while rendered < count {
        let plan = pipeline.plan(&id, &SendOptions::default()).await?;
        let mut messages: Vec<Vec<u8>> = plan.invitations.into_iter().map(|mail| mail.message).collect();
        if !signers.is_empty() {
            messages = sign_all(&signers, messages)?;
        }
        rendered += messages.len();
        octets += messages.iter().map(Vec::len).sum::<usize>();
    }
    Ok((rendered, octets, began.elapsed()))
}

fn sign_all(signers: &[DkimSigner], messages: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
    let now = Utc::now();
    let threads = std::thread::available_parallelism()?.get();
    let share = messages.len().div_ceil(threads).max(1);
    let mut parts: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut messages = messages.into_iter();
    for _ in 0..threads {
        parts.push(messages.by_ref().take(share).collect());
    }
    std::thread::scope(|scope| {
        let running: Vec<_> = parts
            .into_iter()
            .map(|part| {
                scope.spawn(move || {
                    let sign = |message| signed(signers, message, now);
                    part.into_iter()
                        .map(sign)
                        .collect::<std::result::Result<Vec<_>, _>>()
                })
            })
            .collect();
        let mut all = Vec::new();
        for part in running {
            all.extend(part.join().map_err(|_| "a thread panicked")??);
        }
        Ok(all)
    })
}

/// Signatures alone, on one processor.
fn sign(options: &Options) -> Result<(usize, usize, Duration)> {
    let count = options.number("messages")?;
    let signers = options.signers()?;
    let message = ready_made(11_000).into_bytes();
    let mut octets = 0;
    let began = Instant::now();
    for _ in 0..count {
        octets += signed(&signers, message.clone(), Utc::now())?.len();
    }
    Ok((count, octets, began.elapsed()))
}

fn ready_made(octets: usize) -> String {
    let mut message =
        String::from("From: m@acme.example\r\nTo: c@crowd.example\r\nSubject: Invitation\r\n\r\n");
    while message.len() < octets {
        message.push_str("what everybody is told, seventy-six octets in each line of the message ....\r\n");
    }
    message
}

/// Ready-made bytes over lettre's connection, with TCP_NODELAY: what this crate's SMTP is built on, without pipelining
/// and without anything else.
async fn send(options: &Options) -> Result<(usize, usize, Duration)> {
    let (count, connections) = (options.number("messages")?, options.number("connections")?);
    let octets = options
        .0
        .get("octets")
        .map_or(Ok(11_000), |octets| octets.parse())?;
    let to = options.text("to")?.to_owned();
    let message = std::sync::Arc::new(ready_made(octets).into_bytes());
    let began = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for connection in 0..connections {
        let share = count / connections + usize::from(connection < count % connections);
        let (to, message) = (to.clone(), std::sync::Arc::clone(&message));
        running.spawn(async move {
            let tcp = tokio::net::TcpStream::connect(&to).await?;
            tcp.set_nodelay(true)?;
            let mut smtp =
                AsyncSmtpConnection::connect_with_transport(Box::new(tcp), &ClientId::default()).await?;
            for _ in 0..share {
                smtp.command(Mail::new(Some("m@acme.example".parse()?), Vec::new()))
                    .await?;
                smtp.command(Rcpt::new("c@crowd.example".parse()?, Vec::new()))
                    .await?;
                smtp.command(Data).await?;
                smtp.message(&message).await?;
            }
            smtp.quit().await?;
            Ok::<(), Box<dyn Error + Send + Sync>>(())
        });
    }
    while let Some(ended) = running.join_next().await {
        ended??;
    }
    Ok((count, count * message.len(), began.elapsed()))
}
