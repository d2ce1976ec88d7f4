//! How fast mails leave, over all processes.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::records;

const PER_SECOND: u32 = 20;
const PEOPLE: u32 = 60;

/// A desk with a limit, and mails to a crowd in its outbox.
fn waiting() -> Desk {
    let mut desk = Desk::new();
    let people = usize::try_from(PEOPLE).unwrap();
    desk.import(&json!({
        "contacts": records::crowd(people), "meetings": [records::meeting_of_crowd("crowd", people)],
    }));
    desk.mail.control(&json!({"close_at_connect": true}));
    let queued = desk.run("send --meeting crowd --format json");
    assert_eq!(queued.json()["queued"], PEOPLE, "{queued:?}");
    desk.mail.behave();
    assert_eq!(desk.json("outbox retry --all")["retried"], PEOPLE);
    desk.set("INVITE_SMTP__MAX_PER_SECOND", &PER_SECOND.to_string());
    // So that nobody takes all of them.
    desk.set("INVITE_SMTP__CONNECTIONS", "2");
    desk
}

/// How long the shortest stretch is in which so many mails arrive after one, as three workers send them. None where
/// one of them sent all, because the others began late.
fn shortest_stretches(further: [u32; 2]) -> Option<[Duration; 2]> {
    let desk = waiting();
    let began = Instant::now();
    let workers: Vec<_> = (0..3)
        .map(|_| desk.start("outbox worker --drain --format json"))
        .collect();
    let sent: Vec<u64> = workers
        .into_iter()
        .map(|worker| worker.finish().done().json()["sent"].as_u64().unwrap())
        .collect();
    // From before the first turn until after the last: this holds on the busiest machine.
    assert!(began.elapsed() >= apart(PEOPLE - 1), "{:?}", began.elapsed());
    assert_eq!(sent.iter().sum::<u64>(), u64::from(PEOPLE));
    let arrivals = desk.mail.arrivals();
    assert_eq!(arrivals.len(), usize::try_from(PEOPLE).unwrap());
    let shortest = further.map(|further| {
        let far = usize::try_from(further).unwrap();
        let stretches = arrivals.windows(far + 1).map(|some| some[far] - some[0]);
        stretches.min().unwrap()
    });
    (sent.iter().filter(|sent| **sent > 0).count() > 1).then_some(shortest)
}

/// How long so many turns take.
fn apart(turns: u32) -> Duration {
    Duration::from_secs(1) / PER_SECOND * turns
}

#[test]
fn workers_together_keep_the_limit() {
    // How late a turn may be used, and how much longer one mail may be on its way than another.
    let late = Duration::from_millis(150);
    let further = [PER_SECOND, PEOPLE - 1];
    // A busy machine may hold one mail up for longer, and those behind it then seem too close. It does not do so to
    // three series in a row; whoever exceeds the limit does.
    let mut measured = Vec::new();
    for _ in 0..3 {
        let shortest = shortest_stretches(further);
        measured.push(shortest);
        if shortest
            .is_some_and(|shortest| (0..2).all(|place| shortest[place] + late >= apart(further[place])))
        {
            return;
        }
    }
    panic!("{further:?} mails after one arrived within {measured:?}");
}

#[test]
fn without_a_turn_no_mail_leaves() {
    let desk = waiting();
    if std::env::var_os("INVITE_TEST_ON").is_some() {
        return;
    }
    // Nothing can be written of turns.
    let spoil = "import sqlite3; sqlite3.connect('invite.db').execute(\"CREATE TRIGGER spoiled BEFORE INSERT ON pace \
                 BEGIN SELECT RAISE(ABORT, 'spoiled'); END\")";
    let spoiled = std::process::Command::new("python3")
        .args(["-c", spoil])
        .current_dir(desk.path())
        .status();
    assert!(spoiled.unwrap().success());
    let error = desk.fails("send --meeting crowd", 70, "database.query");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("reserving turns to send mails"), "{message}");
    assert_eq!(desk.mail.arrivals(), []);
    let queued = desk.json("outbox list --state queued");
    let tried = |entry: &&Value| entry["attempts"].as_u64() > Some(1);
    let queued = queued.as_array().unwrap();
    assert_eq!(queued.len(), usize::try_from(PEOPLE).unwrap());
    assert!(queued.iter().filter(tried).count() == 0);
}
