//! A mailer of your own: the pipeline writes the mails, and the program sends them.
//!
//! ```text
//! cargo run --example own-mailer
//! ```
//! prepares the invitations to a meeting and hands each to lettre's stub of a mail server. In a program, any mailer that takes
//! an envelope and bytes stands there.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::error::Error;
use std::sync::Arc;

use invite::crm::MeetingRecord;
use invite::database::{Database, EncryptionKey, KeySource};
use invite::mail::Mailbox;
use invite::meeting::*;
use invite::organization::Organization;
use invite::pipeline::{Pipeline, SendOptions};
use invite::testing::MemoryCrm;
use lettre::Transport as _;
use lettre::address::Envelope;
use lettre::transport::stub::StubTransport;

fn records() -> Result<MemoryCrm, Box<dyn Error>> {
    let ana = Person::new("user:ana".parse()?, "Ana", Some("ana@acme.example".parse()?));
    let mut lee = Person::new("contact:lee".parse()?, "Lee", Some("lee@client.example".parse()?));
    lee.time_zone = Some(Zone::new("America/New_York")?);
    let mut kim = Person::new("contact:kim".parse()?, "Kim", Some("kim@kunde.example".parse()?));
    kim.language = Some("de".parse()?);
    // Without an address: nobody can mail Jo.
    let jo = Person::new("lead:jo".parse()?, "Jo", None);
    let when = When::timed("2036-12-02T09:00:00Z".parse()?, "2036-12-02T09:45:00Z".parse()?)?;
    let mut meeting = Meeting::new("kickoff".parse()?, "Kick-off", when, Zone::new("Europe/Berlin")?)?;
    meeting.assigned_user = Some(PersonId::new("ana")?);
    let attendees = [&lee, &kim, &jo].map(|person| Attendee {
        person: person.reference.clone(),
        status: Acceptance::None,
    });
    let attendees = attendees.to_vec();
    Ok(MemoryCrm::with(
        [ana, lee, kim, jo],
        [MeetingRecord { meeting, attendees }],
    ))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // The database keeps which revision of the meeting was prepared, and the iCalendar UID and SEQUENCE with it.
    let folder = tempfile::tempdir()?;
    let key = KeySource::Given(EncryptionKey::new([7; 32]));
    let database = Database::open(&folder.path().join("invite.db"), key).await?;
    let sender = Mailbox::new("Acme", "meetings@acme.example".parse()?);
    let pipeline = Pipeline::builder(Organization::new("Acme"), sender)
        .crm(Arc::new(records()?))
        .database(&database)
        .build()?;

    let prepared = pipeline
        .prepare(&"kickoff".parse()?, &SendOptions::default())
        .await?;
    let mailer = StubTransport::new_ok();
    for invitation in &prepared.invitations {
        let (from, to) = (&invitation.envelope.from, &invitation.envelope.to);
        let envelope = Envelope::new(Some(from.as_str().parse()?), vec![to.as_str().parse()?])?;
        mailer.send_raw(&envelope, &invitation.message)?;
        println!("{to} ({}): {}", invitation.language.tag(), invitation.subject);
    }
    for skipped in &prepared.skipped {
        println!(
            "{} gets none: {}",
            skipped.name,
            skipped.reason.as_deref().unwrap_or_default()
        );
    }
    // Who has which revision is now up to the program: the pipeline does not know whether the mails left.
    println!(
        "{} mails handed over, revision {}",
        mailer.messages().len(),
        prepared.revision.0
    );
    Ok(())
}
