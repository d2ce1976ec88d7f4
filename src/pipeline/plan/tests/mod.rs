//! The table at the head of [`plan`](super), in small stories: what each mailbox gets, and with which SEQUENCE.

mod ended;
mod invited;
mod mailboxes;
mod organizers;
mod retry;
mod story;

use self::story::address;
use crate::meeting::{Person, PersonId, PersonRef};
use crate::pipeline::SendOptions;

fn to(picks: &[&str]) -> SendOptions {
    SendOptions {
        to: picks.iter().map(|pick| pick.parse().unwrap()).collect(),
        ..SendOptions::default()
    }
}

fn ben() -> Person {
    let record = PersonRef::user(PersonId::new("ben").unwrap());
    Person::new(record, "ben", Some(address("ben")))
}

#[track_caller]
fn assert_is(said: &[String], meant: &[&str]) {
    assert_eq!(said, meant);
}
