//! Leases of processes that have ended, here and on another machine.

use chrono::{TimeDelta, Utc};

use super::home::Home;
use super::kickoff;
use super::mails::{enqueue, request};
use super::push::begin;
use crate::database::millis;
use crate::database::sql::query;
use crate::lease::Holder;
use crate::mail::Outbox as _;
use crate::online::{Begun, LinkStore as _};

/// A holder in a process that has ended.
#[cfg(target_os = "linux")]
pub(super) fn ended_process() -> Holder {
    let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
    let own = Holder::new();
    let own_process = format!("/{}.", std::process::id());
    let (machine, _) = own.as_str().split_once(&own_process).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    Holder::from_stored(format!("{machine}/{}.1/x", child.id()))
}

#[cfg(target_os = "linux")]
pub(super) async fn what_a_killed_process_held_is_free_at_once(home: &Home) {
    let database = home.open().await;
    let ended = ended_process();
    let later = millis(Utc::now() + TimeDelta::hours(1));
    query("INSERT INTO push_lease VALUES ('kickoff', $1, $2)")
        .bind(ended.as_str())
        .bind(later)
        .execute(&database.pool)
        .await
        .unwrap();
    begin(&database).await;
    enqueue(&database, 0, &["lee"]).await;
    assert_eq!(database.claim(&request()).await.unwrap().len(), 1);
    assert!(database.claim(&request()).await.unwrap().is_empty());
    query("UPDATE invitation SET lease_holder = $1")
        .bind(ended.as_str())
        .execute(&database.pool)
        .await
        .unwrap();
    let again = database.claim(&request()).await.unwrap();
    assert_eq!(again[0].attempts, 2);
}

/// Whether a process on another machine has ended cannot be known from here.
pub(super) async fn what_another_machine_holds_is_free_when_its_time_is_over(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee", "mo"]).await;
    database.claim(&request()).await.unwrap();
    let held = async |person: &str, until: i64| {
        query("UPDATE invitation SET lease_holder = 'another-machine/1.1/x', lease_until = $1 WHERE person_id = $2")
            .bind(until)
            .bind(person)
            .execute(&database.pool)
            .await
            .unwrap();
    };
    held("lee", database.clock.now() + 30_000).await;
    held("mo", database.clock.now() - 1).await;
    let claimed = database.claim(&request()).await.unwrap();
    let people: Vec<_> = claimed.iter().map(|it| it.person.id.as_str()).collect();
    assert_eq!(people, ["mo"]);
    query("INSERT INTO push_lease VALUES ('kickoff', 'another-machine/1.1/x', $1)")
        .bind(database.clock.now() + 30_000)
        .execute(&database.pool)
        .await
        .unwrap();
    let held = database.begin_push(&kickoff()).await.unwrap();
    assert!(matches!(held, Begun::Busy(_)));
    query("UPDATE push_lease SET until = $1")
        .bind(database.clock.now() - 1)
        .execute(&database.pool)
        .await
        .unwrap();
    begin(&database).await;
}
