//! Being asked to stop: by a person at the terminal, by systemd or a container's runtime, by a terminal that is closed.

use std::collections::BTreeSet;

use serde_json::json;

use crate::at_once::{SEND, all_is_well};
use crate::desk::{Desk, wait_for};
use crate::killed::{Dice, number};
use crate::mail::MailServer;
use crate::records;

/// What may ask a program to stop, and the exit status where the second one ends it. The second hang-up does not: a
/// terminal that is closed sends two.
const SIGNALS: [(&str, Option<i32>); 3] = [("INT", Some(130)), ("TERM", Some(143)), ("HUP", None)];

#[test]
fn asked_once_it_ends_after_what_is_on_the_wire() {
    for (signal, _) in SIGNALS {
        let desk = Desk::new();
        desk.mail
            .control(&json!({"hold": ["rcpt", "lee@client.example"]}));
        let stopped = desk.start(SEND);
        desk.mail.wait_for("hold lee@client.example");
        stopped.signal(signal);
        desk.mail.behave();
        // Whether the others' mails were still begun depends on the moment; none is lost or doubled.
        let run = stopped.finish();
        let report = run.json();
        let sent = report["sent"].as_u64().unwrap();
        assert_eq!(run.code, if sent == 3 { 0 } else { 75 }, "{signal}: {run:?}");
        assert_eq!(report["queued"], 3 - sent, "{signal}");
        assert_eq!(desk.json("send --meeting kickoff")["sent"], 3 - sent, "{signal}");
        all_is_well(&desk);
    }
}

#[test]
fn asked_twice_it_ends_at_once() {
    for (signal, exit_status) in SIGNALS {
        let desk = Desk::new();
        desk.mail
            .control(&json!({"hold": ["rcpt", "joerg@kunde.example"]}));
        let mut stopped = desk.start(SEND);
        desk.mail.wait_for("hold joerg@kunde.example");
        desk.wait_for_sent(1);
        // The first asks for an end after the mail that is on the wire, which is held.
        match exit_status {
            Some(exit_status) => {
                wait_for("the end", || {
                    stopped.signal(signal);
                    stopped.has_ended()
                });
                stopped.finish().ends(exit_status);
                desk.mail.behave();
            }
            None => {
                for _ in 0..3 {
                    stopped.signal(signal);
                    // What is asked of another process meanwhile gives this one time to end wrongly.
                    desk.json("outbox list");
                }
                assert!(!stopped.has_ended());
                desk.mail.behave();
                // It exits as after one.
                assert!([0, 75].contains(&stopped.finish().code));
            }
        }
        desk.run("send --meeting kickoff").done();
        all_is_well(&desk);
    }
}

/// As `systemctl restart` and the rollout of a container do. `INVITE_RESTARTS=100 cargo test --test command restarted
/// -- --nocapture` makes it many.
#[test]
fn workers_restarted_by_sigterm_amid_a_queue_double_nothing() {
    let seed = number("INVITE_SEED", 20_261_130);
    let restarts = usize::try_from(number("INVITE_RESTARTS", 10)).unwrap();
    let people = restarts * 30;
    let mut dice = Dice(seed);
    let mut desk = Desk::new();
    let server = MailServer::start_with(&["--tally"]);
    desk.set("INVITE_SMTP__URL", &server.url());
    desk.import(&json!({"contacts": records::crowd(people)}));
    desk.import(&json!({"meetings": [records::meeting_of_crowd("crowd", people)]}));
    server.control(&json!({"close_at_connect": true}));
    assert_eq!(
        desk.run("send --meeting crowd --format json").json()["queued"],
        people
    );
    desk.run("outbox retry --all").done();
    // So slow that each of the eight connections has a mail on the wire nearly all the time.
    server.control(&json!({"slow": 20}));
    let mut amid = 0;
    for restart in 0..restarts {
        let at = format!("restart {restart} of seed {seed}");
        let before = server.tally().len();
        let leaves = before + 1 + usize::try_from(dice.roll(20)).unwrap();
        let worker = desk.start("outbox worker --format json");
        wait_for(&format!("mails to leave, {at}"), || {
            server.tally().len() >= leaves.min(people)
        });
        worker.signal("TERM");
        // As after Ctrl-C.
        let ended = worker.finish().done().json();
        let after = server.tally().len();
        assert_eq!(ended["sent"], after - before, "{at}");
        amid += usize::from(after < people);
    }
    server.behave();
    desk.run("outbox worker --drain").done();
    let tally = server.tally();
    let mails = records::by_recipient(&tally);
    let doubled: Vec<_> = mails.iter().filter(|(_, ids)| ids.len() > 1).collect();
    assert!(
        doubled.is_empty(),
        "of {people} mails {} came twice, seed {seed}: {doubled:?}",
        doubled.len()
    );
    let reached: BTreeSet<&str> = mails.keys().copied().collect();
    assert_eq!(reached.len(), people, "seed {seed}");
    assert!(
        amid * 2 > restarts,
        "only {amid} of {restarts} were amid the queue"
    );
    eprintln!("{restarts} restarts of seed {seed}, {amid} amid the queue: {people} mails, each once");
}

/// nohup(1) is asked for so that a hang-up ends nothing.
#[test]
fn who_ignores_hang_ups_goes_on_ignoring_them() {
    let desk = Desk::new();
    let mut worker = desk.start_without_hang_ups("outbox worker --format json");
    desk.mail.control(&json!({"close_at_connect": true}));
    assert_eq!(desk.run(SEND).json()["queued"], 3);
    desk.mail
        .control(&json!({"hold": ["rcpt", "joerg@kunde.example"]}));
    desk.run("outbox retry --all").done();
    // It is at work, so that it has decided what to listen for.
    desk.mail.wait_for("hold joerg@kunde.example");
    worker.signal("HUP");
    desk.mail.behave();
    desk.wait_for_sent(3);
    assert!(!worker.has_ended());
    worker.signal("TERM");
    worker.finish().done();
    all_is_well(&desk);
}

#[test]
fn the_desk_is_closed() {
    let desk = Desk::new();
    let serving = desk.start("template preview --serve");
    serving.says("that it is open", |said| {
        said.contains("the desk is open").then_some(())
    });
    serving.signal("TERM");
    serving.finish().done();
}
