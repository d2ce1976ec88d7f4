//! Forgetting meetings that are over, over several connections to one database.

use chrono::{DateTime, TimeDelta, Utc};

use super::home::Home;
use super::kickoff;
use super::mails::{enqueue, invitation, issued, message_of, put, request, stored, whole};
use super::push::intent;
use super::shared_parts::{filled, long};
use crate::database::Database;
use crate::database::sql::query;
use crate::mail::{
    Answers as _, AttemptResult, EnqueueOrder, Enqueued, Forgotten, Given, Issued, NewInvitation, Organizer,
    Outbox as _, Retention as _, Seen,
};
use crate::meeting::{Acceptance, MeetingId, Revision, Tenure};
use crate::online::{Begun, LinkStore as _};

/// When the meeting ends that all of these are about.
fn end() -> DateTime<Utc> {
    "2026-12-01T09:45:00Z".parse().unwrap()
}

async fn deliver(database: &Database) {
    loop {
        let claimed = database.claim(&request()).await.unwrap();
        if claimed.is_empty() {
            return;
        }
        for claimed in &claimed {
            let answer = "250 ok".to_owned();
            let sent = AttemptResult::Sent { answer };
            database.record(claimed, &sent).await.unwrap();
        }
    }
}

async fn forget(database: &Database) -> Forgotten {
    database.forget(end(), false).await.unwrap()
}

async fn rows(database: &Database, table: &str) -> i64 {
    stored(database, &format!("count(*) FROM {table}")).await
}

fn ana() -> Organizer {
    Organizer {
        person: "user:ana".parse().unwrap(),
        name: "Ana".into(),
        email: "ana@acme.example".parse().unwrap(),
    }
}

pub(super) async fn nothing_that_waits_is_forgotten(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee", "mo"]).await;
    let claimed = database.claim(&request()).await.unwrap();
    let answer = "250 ok".to_owned();
    database
        .record(&claimed[0], &AttemptResult::Sent { answer })
        .await
        .unwrap();
    // The other is on its way, and then waits again.
    for _ in 0..2 {
        let forgotten = forget(&database).await;
        assert_eq!(
            forgotten,
            Forgotten {
                waiting: 1,
                ..Forgotten::default()
            }
        );
        assert_eq!(database.of_meeting(&kickoff()).await.unwrap().len(), 2);
        assert_eq!(database.issued(&kickoff()).await.unwrap(), [issued(0)]);
        database
            .record(&claimed[1], &AttemptResult::NotTried)
            .await
            .unwrap();
    }
    let claimed = database.claim(&request()).await.unwrap();
    assert_eq!(
        message_of(&database, &claimed[0]).await,
        whole(&invitation("mo", 0))
    );
}

pub(super) async fn what_is_over_is_forgotten_and_the_rest_is_not(home: &Home) {
    let database = home.open().await;
    put(&database, 0, vec![long("lee", 0), long("mo", 0)]).await;
    deliver(&database).await;
    put(&database, 1, filled(&["kim"])).await;
    deliver(&database).await;
    let lee = "contact:lee".parse().unwrap();
    let given = Given {
        tenure: Tenure(0),
        sequence: 1,
        stamp: Utc::now(),
        status: Acceptance::Accepted,
    };
    database.take_answer(&kickoff(), &lee, given).await.unwrap();
    // Another meeting is over a second later.
    let other = MeetingId::new("another").unwrap();
    let mut later = issued(0);
    let (begin, _) = later.facts.when.instants().unwrap();
    later.facts.when = crate::meeting::When::timed(begin, end() + TimeDelta::seconds(1)).unwrap();
    let order = EnqueueOrder {
        issued: vec![later.clone()],
        ..EnqueueOrder::default()
    };
    database.enqueue(&other, &order, &[]).await.unwrap();
    let none = database
        .forget(end() - TimeDelta::seconds(1), false)
        .await
        .unwrap();
    assert_eq!(none, Forgotten::default());

    let expected = Forgotten {
        meetings: 1,
        messages: 3,
        answers: 1,
        revisions: 2,
        waiting: 0,
    };
    assert_eq!(database.forget(end(), true).await.unwrap(), expected);
    assert_eq!(database.of_meeting(&kickoff()).await.unwrap().len(), 3);
    assert_eq!(rows(&database, "answer").await, 1);
    assert_eq!(forget(&database).await, expected);
    assert!(database.of_meeting(&kickoff()).await.unwrap().is_empty());
    assert_eq!(rows(&database, "answer").await, 0);
    assert_eq!(rows(&database, "message_base WHERE length(octets) > 0").await, 0);
    let left = database.issued(&kickoff()).await.unwrap();
    let [left] = left.as_slice() else {
        panic!("{left:?}")
    };
    let told = issued(1);
    assert_eq!((left.revision, left.uid.as_str()), (Revision(1), "u-1"));
    assert_eq!(left.facts, told.facts.forgotten());
    assert!(!told.facts.are_as_told(&left.facts));
    assert_eq!(database.issued(&other).await.unwrap(), [later]);
    // Once is enough.
    assert_eq!(forget(&database).await, Forgotten::default());
    assert_eq!(database.forget(end(), true).await.unwrap(), Forgotten::default());
}

pub(super) async fn who_organized_is_known_again_and_not_named(home: &Home) {
    let database = home.open().await;
    let of = |tenure: u32, revision: u32| Issued {
        tenure: Tenure(tenure),
        uid: format!("u-{tenure}"),
        organizer: Some(ana()),
        answers: Some([("lee@client.example".to_owned(), Acceptance::Accepted)].into()),
        content: Some(7),
        ..issued(revision)
    };
    let order = EnqueueOrder {
        seen: Seen::default(),
        issued: vec![of(0, 0), of(0, 1), of(1, 0)],
        called_off: Vec::new(),
    };
    database.enqueue(&kickoff(), &order, &[]).await.unwrap();
    assert_eq!(forget(&database).await.revisions, 3);
    let left = database.issued(&kickoff()).await.unwrap();
    let places: Vec<_> = left.iter().map(|left| (left.tenure.0, left.revision.0)).collect();
    assert_eq!(places, [(0, 1), (1, 0)]);
    for left in &left {
        assert_eq!((&left.answers, left.content), (&None, None));
        let organizer = left.organizer.as_ref().unwrap();
        let text = format!("{organizer:?}").to_lowercase();
        assert!(!text.contains("ana") && !text.contains("acme"), "{text}");
        assert!(organizer.is_same(&ana(), &left.uid));
        let bo = "user:bo".parse().unwrap();
        assert!(!organizer.is_same(&Organizer { person: bo, ..ana() }, &left.uid));
        let email = "ana@other.example".parse().unwrap();
        assert!(!organizer.is_same(&Organizer { email, ..ana() }, &left.uid));
    }
    // Of one meeting it cannot be told from another.
    assert_ne!(left[0].organizer, left[1].organizer);
}

pub(super) async fn many_mails_are_forgotten_a_part_at_a_time(home: &Home) {
    let database = home.open().await;
    let crowd = |count: usize| -> Vec<NewInvitation> {
        (0..count).map(|n| invitation(&format!("guest-{n}"), 0)).collect()
    };
    put(&database, 0, crowd(2_500)).await;
    query("UPDATE invitation SET state = 'sent'")
        .execute(&database.pool)
        .await
        .unwrap();
    let forgotten = forget(&database).await;
    assert_eq!((forgotten.meetings, forgotten.messages), (1, 2_500));
    assert_eq!(rows(&database, "invitation").await, 0);
}

/// A process remembers what it has read by its number; a number that is given again would have it send what is no more.
pub(super) async fn what_another_remembers_is_not_taken_for_what_came_later(home: &Home) {
    let (worker, other) = (home.open().await, home.open().await);
    for round in 0..3 {
        let invitations = match round {
            1 => filled(&["lee"]),
            _ => vec![long("lee", round), long("mo", round)],
        };
        assert_eq!(put(&other, round, invitations.clone()).await, Enqueued::Queued);
        let claimed = worker.claim(&request()).await.unwrap();
        assert_eq!(claimed.len(), invitations.len());
        for (claimed, invitation) in claimed.iter().zip(&invitations) {
            assert_eq!(message_of(&worker, claimed).await, whole(invitation));
            let answer = "250 ok".to_owned();
            let sent = AttemptResult::Sent { answer };
            worker.record(claimed, &sent).await.unwrap();
        }
        worker.of_meeting(&kickoff()).await.unwrap();
        assert_eq!(forget(&other).await.meetings, 1);
        // One is left, and has nothing in it.
        assert_eq!(rows(&other, "message_base").await, 1);
        assert_eq!(rows(&other, "message_base WHERE length(octets) > 0").await, 0);
    }
}

pub(super) async fn of_what_may_be_left_over_the_texts_are_forgotten(home: &Home) {
    let database = home.open().await;
    enqueue(&database, 0, &["lee"]).await;
    deliver(&database).await;
    let Begun::Ours(lease, _) = database.begin_push(&kickoff()).await.unwrap() else {
        panic!("nobody else pushes");
    };
    database.record_intent(&lease, &intent("m")).await.unwrap();
    database.end_intent(&lease, true).await.unwrap();
    database.end_push(lease).await.unwrap();
    assert_eq!(database.orphans().await.unwrap()[0].intent.spec.topic, "Kick-off");
    forget(&database).await;
    let orphans = database.orphans().await.unwrap();
    let spec = &orphans[0].intent.spec;
    assert_eq!((spec.topic.as_str(), spec.agenda.as_str()), ("", ""));
    assert_eq!(spec.host, intent("m").spec.host);
}
