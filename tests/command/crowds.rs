//! Many invitees: killed amid them, and a mail server that does whatever servers do. The long form of the first:
//! `INVITE_KILLS=500 cargo test --test command killed_amid -- --nocapture`; `INVITE_SEED` repeats a series.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::desk::Desk;
use crate::killed::{Dice, number};
use crate::mail::MailServer;
use crate::records;

/// A desk whose mails go to another server.
struct Crowd {
    desk: Desk,
    server: MailServer,
    people: usize,
}

impl Crowd {
    fn new(people: usize, server: &[&str]) -> Self {
        let mut desk = Desk::new();
        let server = MailServer::start_with(server);
        desk.set("INVITE_SMTP__URL", &server.url());
        desk.set("INVITE_SMTP__FIRST_RETRY", "1s");
        desk.import(&json!({"contacts": records::crowd(people)}));
        Self { desk, server, people }
    }

    fn meet(&self, id: &str) {
        self.desk
            .import(&json!({"meetings": [records::meeting_of_crowd(id, self.people)]}));
    }

    fn entries(&self, meeting: &str) -> Vec<Value> {
        let listed = self
            .desk
            .json(&format!("outbox list --meeting {meeting} --limit 10000"));
        listed.as_array().unwrap().clone()
    }
}

#[test]
fn killed_amid_a_crowd_everybody_has_it() {
    const PEOPLE: usize = 200;
    let seed = number("INVITE_SEED", 20_261_124);
    let kills = number("INVITE_KILLS", 5);
    let mut dice = Dice(seed);
    let crowd = Crowd::new(PEOPLE, &["--tally"]);
    crowd.meet("measured");
    let began = Instant::now();
    crowd.desk.run("send --meeting measured").done();
    let whole = u64::try_from(began.elapsed().as_millis()).unwrap();
    let (mut too_early, mut amid, mut too_late, mut twice) = (0, 0, 0, 0);
    for round in 0..kills {
        let name = format!("round-{round}");
        let at = format!("round {round} of seed {seed}");
        crowd.meet(&name);
        let before = crowd.server.tally().len();
        let mut sending = crowd.desk.start(&format!("send --meeting {name}"));
        // Mostly while mails leave, which is the end of it.
        let moment = Duration::from_millis(whole / 4 + dice.roll(whole));
        let end = Instant::now() + moment;
        while Instant::now() < end && !sending.has_ended() {
            std::thread::sleep(Duration::from_millis(1));
        }
        sending.kill();
        crowd.desk.run("outbox worker --drain").done();
        let is_early = crowd.server.tally().len() == before;
        if is_early {
            // Nothing was promised to anybody yet.
            too_early += 1;
            assert_eq!(crowd.entries(&name), Vec::<Value>::new(), "{at}");
            crowd.desk.run(&format!("send --meeting {name}")).done();
        }
        let tally = crowd.server.tally();
        let mails = records::by_recipient(&tally[before..]);
        assert_eq!(mails.len(), PEOPLE, "{at}");
        let entries = crowd.entries(&name);
        let by_id: BTreeMap<&str, &Value> = entries
            .iter()
            .map(|entry| (entry["message_id"].as_str().unwrap(), entry))
            .collect();
        assert_eq!(by_id.len(), PEOPLE, "{at}");
        let tried_again = entries.iter().filter(|entry| entry["attempts"] != 1).count();
        match tried_again {
            _ if is_early => {}
            0 => too_late += 1,
            _ => amid += 1,
        }
        for (to, ids) in mails {
            let different: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(different.len(), 1, "{to}, {at}");
            let entry = by_id[ids[0]];
            assert_eq!(entry["state"], "sent", "{to}, {at}");
            // Who has it twice is among those of whom it is known that they may.
            assert!(ids.len() == 1 || entry["attempts"] != 1, "{to}, {at}: {entry}");
            assert!(ids.len() <= 2, "{to}, {at}");
            twice += ids.len() - 1;
        }
    }
    eprintln!(
        "{kills} kills of seed {seed}, {PEOPLE} invitees each: {too_early} before anything was queued, {amid} while mails \
         left, {too_late} at the end; {twice} mails came twice"
    );
    // Each of eight connections had one at most on the wire.
    assert!(twice <= usize::try_from(kills).unwrap() * 8, "{twice}");
}

#[test]
fn a_server_with_every_vice_gets_each_mail_once() {
    const PEOPLE: usize = 60;
    for without in [&[][..], &["--without", "PIPELINING"]] {
        let seed = number("INVITE_SEED", 20_261_124).to_string();
        let arguments = [&["--seed", &seed, "--tally"], without].concat();
        let crowd = Crowd::new(PEOPLE, &arguments);
        crowd.server.control(&json!({
            "greylist": true, "per_connection": 3, "slow": 8,
            "refuse": {records::crowd_address(7): "550 5.1.1 No such user here"},
        }));
        crowd.meet("hard");
        let report = crowd.desk.run("send --meeting hard --format json").ends(1).json();
        assert_eq!(
            (&report["sent"], &report["failed"]),
            (&json!(0), &json!(1)),
            "{without:?}"
        );
        crowd.desk.run("outbox worker --drain").done();
        let tally = crowd.server.tally();
        let mails = records::by_recipient(&tally);
        assert_eq!(
            (tally.len(), mails.len()),
            (PEOPLE - 1, PEOPLE - 1),
            "{without:?}"
        );
        let entries = crowd.entries("hard");
        let refused: Vec<&Value> = entries.iter().filter(|entry| entry["state"] != "sent").collect();
        assert_eq!(refused.len(), 1, "{without:?}");
        assert_eq!(
            (
                &refused[0]["state"],
                &refused[0]["last_answer"],
                &refused[0]["email"]
            ),
            (
                &json!("failed"),
                &json!("550 5.1.1 No such user here"),
                &json!(records::crowd_address(7))
            )
        );
        // Who was greylisted was tried twice, and nobody for the server's other habits.
        let tries: BTreeSet<i64> = entries
            .iter()
            .map(|entry| entry["attempts"].as_i64().unwrap())
            .collect();
        assert_eq!(tries, BTreeSet::from([1, 2]), "{without:?}");
    }
}

#[test]
fn connections_that_break_anywhere_cost_no_mail() {
    const PEOPLE: usize = 60;
    let seed = number("INVITE_SEED", 20_261_124).to_string();
    let crowd = Crowd::new(PEOPLE, &["--seed", &seed, "--tally"]);
    crowd.server.control(&json!({"drop": 40, "per_connection": 5}));
    crowd.meet("hard");
    // Also while it is greeted, which may look as if nobody were there.
    let sent = crowd.desk.run("send --meeting hard").code;
    assert!([0, 69, 75].contains(&sent), "{sent}, seed {seed}");
    crowd.desk.run("outbox worker --drain").done();
    let tally = crowd.server.tally();
    let mails = records::by_recipient(&tally);
    let entries = crowd.entries("hard");
    for entry in &entries {
        // Of a message whose answer was lost twice nobody knows, and it is said.
        let has_it = mails.contains_key(entry["email"].as_str().unwrap());
        let in_doubt = entry["state"] == "may_have_arrived";
        assert!(has_it || in_doubt, "seed {seed}: {entry}");
        assert!(in_doubt || entry["state"] == "sent", "seed {seed}: {entry}");
    }
    assert_eq!(entries.len(), PEOPLE, "seed {seed}");
    for (to, ids) in mails {
        let different: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(different.len(), 1, "{to}, seed {seed}");
        let entry = entries.iter().find(|entry| entry["email"] == to).unwrap();
        assert!(
            ids.len() == 1 || entry["attempts"] != 1,
            "{to}, seed {seed}: {entry}"
        );
    }
}

#[test]
fn who_is_refused_in_a_row_of_commands_gets_no_message() {
    for control in [json!({}), json!({"wants_data_for_nobody": true})] {
        let crowd = Crowd::new(9, &["--tally"]);
        let refused = [
            records::crowd_address(0),
            records::crowd_address(4),
            records::crowd_address(8),
        ];
        let mut control = control;
        for address in &refused {
            control["refuse"][address] = json!("550 5.7.1 Not from you");
        }
        crowd.server.control(&control);
        crowd.meet("some");
        let report = crowd.desk.run("send --meeting some --format json").ends(1).json();
        assert_eq!(
            (&report["sent"], &report["failed"]),
            (&json!(6), &json!(3)),
            "{control}"
        );
        let tally = crowd.server.tally();
        assert!(tally.iter().all(|(to, _)| !refused.contains(to)), "{tally:?}");
        assert_eq!(tally.len(), 6);
    }
}

#[test]
fn a_server_without_room_gets_them_later() {
    let crowd = Crowd::new(5, &["--tally"]);
    crowd.server.control(&json!({"full": 3}));
    crowd.meet("some");
    let report = crowd
        .desk
        .run("send --meeting some --format json")
        .ends(75)
        .json();
    assert_eq!((&report["sent"], &report["queued"]), (&json!(2), &json!(3)));
    crowd.desk.run("outbox worker --drain").done();
    assert_eq!(records::by_recipient(&crowd.server.tally()).len(), 5);
    assert_eq!(crowd.server.tally().len(), 5);
}
