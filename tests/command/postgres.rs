//! Everything in a PostgreSQL database: the same as in a file, and what several machines do at once.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use invite::sandbox::zoom::{Action, Operation};
use serde_json::{Value, json};

use crate::cluster::{Cluster, PASSWORD};
use crate::desk::{Desk, Folder, wait_for, wait_within};
use crate::held_port::HeldPort;
use crate::killed::{Dice, number};
use crate::peers::{Peer, are_here};
use crate::records::{self, KICKOFF};

const SEND: &str = "send --meeting kickoff --format json";

/// Contacts whom `crowd` invites, beside the host.
const CROWD: usize = 60;

fn crowd() -> Value {
    let mut all = records::all();
    all["contacts"] = records::crowd(CROWD);
    all["leads"] = json!([]);
    let mut meeting = all["meetings"][0].clone();
    meeting["id"] = json!("crowd");
    meeting["attendees"] = records::meeting_of_crowd("crowd", CROWD)["attendees"].clone();
    all["meetings"] = json!([meeting]);
    all
}

/// Who got how many mails, all different.
fn each_has_one(desk: &Desk, addresses: &[String]) {
    let mut got = desk.mail.addresses();
    got.sort();
    let mut expected = addresses.to_vec();
    expected.sort();
    assert_eq!(got, expected);
}

fn kickoff() -> Vec<String> {
    KICKOFF.map(str::to_owned).to_vec()
}

#[test]
fn from_init_to_a_sent_invitation() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    let (desk, _) = Desk::on_postgres();
    let made = desk.json("init made");
    assert_eq!(made["folder"], "made");
    assert!(!desk.file("made/invite.db").exists() && !desk.file("invite.db").exists());
    let sent = desk.json("send --meeting kickoff");
    assert_eq!(
        (&sent["sent"], &sent["zoom"]["action"]),
        (&json!(3), &json!("created"))
    );
    each_has_one(&desk, &kickoff());
    let again = desk.json("send --meeting kickoff");
    assert_eq!(
        (&again["sent"], &again["zoom"]["action"]),
        (&json!(0), &json!("unchanged"))
    );
    desk.run("meeting edit kickoff --start 2027-06-02T09:00:00Z")
        .done();
    let moved = desk.json("send --meeting kickoff");
    assert_eq!(
        (&moved["sent"], &moved["revision"], &moved["zoom"]["action"]),
        (&json!(3), &json!(1), &json!("updated"))
    );
    let listed = desk.json("outbox list --state sent");
    assert_eq!(listed.as_array().unwrap().len(), 6);
    let id = listed[0]["id"].to_string();
    assert!(
        desk.json(&format!("outbox show {id}"))["message"]
            .as_str()
            .unwrap()
            .contains("BEGIN:VCALENDAR")
    );
    assert_eq!(desk.json("meeting list").as_array().unwrap().len(), 10);
    assert_eq!(desk.json("zoom status")["maybe_left_over"], json!([]));
}

#[test]
fn the_tables_may_be_made_by_several() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    let mut desk = Desk::empty();
    desk.use_postgres();
    desk.write("invite.toml", &desk.configuration());
    desk.write("records.json", &records::all().to_string());
    let runs: Vec<_> = (0..10).map(|_| desk.start("import records.json")).collect();
    for run in runs {
        run.finish().done();
    }
    assert_eq!(desk.json("meeting list").as_array().unwrap().len(), 10);
}

#[test]
fn two_sends_at_once_make_one_zoom_meeting() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    let (desk, _) = Desk::on_postgres();
    desk.zoom
        .once(Operation::CreateMeeting, Action::DelayAfter { milliseconds: 500 });
    let first = desk.start(SEND);
    desk.zoom.wait_for(Operation::CreateMeeting, 1);
    let others: Vec<_> = (0..3).map(|_| desk.start(SEND)).collect();
    for run in others.into_iter().chain([first]) {
        // A mail that another run has on the wire is still queued for this one.
        let run = run.finish();
        assert!([0, 75].contains(&run.code), "{run:?}");
    }
    assert_eq!(desk.zoom.count(Operation::CreateMeeting), 1);
    each_has_one(&desk, &kickoff());
}

#[test]
fn four_workers_share_the_outbox() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    let (desk, _) = Desk::on_postgres();
    desk.import(&crowd());
    desk.mail.control(&json!({"close_at_connect": true}));
    let queued = desk.run("send --meeting crowd --format json");
    assert_eq!(queued.json()["queued"], CROWD, "{queued:?}");
    desk.mail.behave();
    assert_eq!(desk.json("outbox retry --all")["retried"], CROWD);
    let workers: Vec<_> = (0..4)
        .map(|_| desk.start("outbox worker --drain --format json"))
        .collect();
    let sent: u64 = workers
        .into_iter()
        .map(|worker| worker.finish().done().json()["sent"].as_u64().unwrap())
        .sum();
    assert_eq!(usize::try_from(sent).unwrap(), CROWD);
    let everybody: Vec<_> = (0..CROWD).map(records::crowd_address).collect();
    each_has_one(&desk, &everybody);
}

#[test]
fn who_is_killed_leaves_the_mails_to_the_others() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    let (desk, _) = Desk::on_postgres();
    desk.mail
        .control(&json!({"hold": ["rcpt", "joerg@kunde.example"]}));
    let killed = desk.start(SEND);
    desk.mail.wait_for("hold joerg@kunde.example");
    desk.wait_for_sent(1);
    killed.kill();
    desk.mail.behave();
    desk.run("outbox worker --drain").done();
    each_has_one(&desk, &kickoff());
}

/// `INVITE_KILLS=500 cargo test --test command workers_killed -- --nocapture` makes it many.
#[test]
fn workers_killed_in_turn_lose_nothing() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    const WORKERS: usize = 4;
    const CONNECTIONS: usize = 2;
    let seed = number("INVITE_SEED", 20_261_124);
    let kills = usize::try_from(number("INVITE_KILLS", 8)).unwrap();
    let mut dice = Dice(seed);
    let (mut desk, _) = Desk::on_postgres();
    desk.set("INVITE_SMTP__CONNECTIONS", &CONNECTIONS.to_string());
    let (mut killed, mut twice, mut round) = (0, 0, 0);
    while killed < kills {
        let name = format!("crowd-{round}");
        round += 1;
        let mut all = crowd();
        all["meetings"][0]["id"] = json!(name);
        all["meetings"][0]["name"] = json!(name);
        // A host has a hundred creations a day.
        all["meetings"][0]["online_location"] = json!(null);
        desk.import(&all);
        let before = desk.mail.mails().len();
        desk.mail.control(&json!({"close_at_connect": true}));
        let queued = desk.run(&format!("send --meeting {name} --format json"));
        assert_eq!(queued.json()["queued"], CROWD, "{queued:?}");
        desk.mail.behave();
        desk.run("outbox retry --all").done();
        let mut workers: Vec<_> = (0..WORKERS).map(|_| desk.start("outbox worker")).collect();
        let waits = || {
            let waiting = format!("outbox list --meeting {name} --state queued --limit 1");
            desk.json(&waiting) != json!([])
        };
        while waits() && killed < kills {
            std::thread::sleep(std::time::Duration::from_millis(dice.roll(120)));
            workers.remove(0).kill();
            killed += 1;
            workers.push(desk.start("outbox worker"));
        }
        desk.run("outbox worker --drain").done();
        for worker in workers {
            worker.interrupt();
            worker.finish().done();
        }
        let mut ids: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for mail in &desk.mail.mails()[before..] {
            ids.entry(mail.to()).or_default().push(mail.message_id());
        }
        let at = format!("round {round} of seed {seed}");
        assert_eq!(ids.len(), CROWD, "{at}");
        for (address, mut ids) in ids {
            twice += ids.len() - 1;
            ids.dedup();
            assert_eq!(ids.len(), 1, "{address} has different mails, {at}");
        }
        let listed = format!("outbox list --meeting {name} --state sent --limit 1000");
        assert_eq!(desk.json(&listed).as_array().unwrap().len(), CROWD, "{at}");
    }
    // What a worker had on the wire when it was killed.
    assert!(twice <= killed * CONNECTIONS, "{twice} came twice");
    eprintln!("{killed} workers killed in {round} rounds of seed {seed}: {twice} mails came twice");
}

/// While nothing waits, a worker looks once a minute, which is longer than is waited for here.
#[test]
fn a_worker_is_told_what_others_put_in() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    let (mut desk, database) = Desk::on_postgres();
    desk.set("INVITE_SMTP__FIRST_RETRY", "1s");
    let worker = desk.start("outbox worker");
    wait_for("the worker to listen", || {
        let listening = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'";
        Cluster::get().sql(&database, listening) == "1"
    });
    // Whoever puts them in cannot deliver them.
    let nobody = HeldPort::new();
    desk.set("INVITE_SMTP__URL", &format!("smtp://127.0.0.1:{}", nobody.number));
    let sent = desk.run(SEND);
    assert_eq!(sent.code, 69, "{sent:?}");
    wait_within(std::time::Duration::from_secs(45), "the mails", || {
        desk.mail.mails().len() == 3
    });
    each_has_one(&desk, &kickoff());
    worker.interrupt();
    worker.finish().done();
}

#[test]
fn what_is_wrong_with_the_server_is_told() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    let cluster = Cluster::get();
    let mut folder = Folder::new();
    folder.write("invite.toml", "[organization]\nname = \"Acme\"\n");
    let no_secret = |error: &Value| {
        let text = error.to_string();
        assert!(!text.contains("s3cret") && !text.contains("wr0ng"), "{text}");
    };

    let nobody = HeldPort::new();
    let port = nobody.number;
    folder.set(
        "INVITE_DATABASE__URL",
        &format!("postgres://invite:wr0ng@127.0.0.1:{port}/invite"),
    );
    let error = folder.fails("meeting list", 69, "database.unreachable");
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains(&format!("invite at 127.0.0.1:{port} cannot be reached")),
        "{message}"
    );
    no_secret(&error);

    let database = cluster.new_database();
    folder.set("INVITE_DATABASE__URL", &cluster.url_over_tcp(&database));
    folder.write_secret("database.secret", "wr0ng");
    folder.set("INVITE_DATABASE__PASSWORD_FILE", "database.secret");
    let error = folder.fails("meeting list", 78, "database.not_let_in");
    assert!(
        error["message"].as_str().unwrap().contains("\"invite\""),
        "{error}"
    );
    no_secret(&error);

    folder.write_secret("database.secret", PASSWORD);
    assert_eq!(folder.json("meeting list"), json!([]));
    folder.unset("INVITE_DATABASE__PASSWORD_FILE");
    folder.set("PGPASSWORD", PASSWORD);
    assert_eq!(folder.json("meeting list"), json!([]));

    folder.set("INVITE_DATABASE__URL", &cluster.url_over_tcp("not_there"));
    let error = folder.fails("meeting list", 78, "database.missing");
    let make = format!(
        "createdb --host 127.0.0.1 --port {} --owner invite not_there",
        cluster.port
    );
    assert!(error["hint"].as_str().unwrap().contains(&make), "{error}");

    cluster.sql("postgres", "CREATE ROLE guest LOGIN");
    let url = cluster.url(&database).replace("invite@", "guest@");
    cluster.sql(&database, "DROP TABLE _sqlx_migrations");
    cluster.sql(&database, "REVOKE CREATE ON SCHEMA public FROM PUBLIC");
    folder.set("INVITE_DATABASE__URL", &url);
    let error = folder.fails("meeting list", 78, "database.not_permitted");
    assert!(error["hint"].as_str().unwrap().contains("OWNER"), "{error}");

    let url = format!("{}?sslmode=perhaps", cluster.url_over_tcp(&database));
    folder.set("INVITE_DATABASE__URL", &url);
    folder.fails("meeting list", 78, "database.address");
}

#[test]
fn tls_is_as_the_address_asks_for_it() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    let cluster = Cluster::get();
    let mut folder = Folder::new();
    folder.write("invite.toml", "[organization]\nname = \"Acme\"\n");
    folder.set("PGPASSWORD", PASSWORD);
    let url = cluster.url_over_tcp(&cluster.new_database());
    folder.set("INVITE_DATABASE__URL", &format!("{url}?sslmode=require"));
    assert_eq!(folder.json("meeting list"), json!([]));
    let certificate = cluster.certificate();
    let known = format!("{url}?sslmode=verify-full&sslrootcert={}", certificate.display());
    folder.set("INVITE_DATABASE__URL", &known);
    assert_eq!(folder.json("meeting list"), json!([]));
    // Signed by nobody whom this machine knows.
    folder.set("INVITE_DATABASE__URL", &format!("{url}?sslmode=verify-full"));
    let error = folder.fails("meeting list", 69, "database.unreachable");
    assert!(
        error["message"].as_str().unwrap().contains("certificate"),
        "{error}"
    );
    // A server that knows no TLS says so by a letter.
    let plain = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = plain.local_addr().unwrap().port();
    let answering = std::thread::spawn(move || {
        let (mut connection, _) = plain.accept().unwrap();
        connection.read_exact(&mut [0; 8]).unwrap();
        connection.write_all(b"N").unwrap();
    });
    let url = format!("postgres://invite@127.0.0.1:{port}/invite?sslmode=require");
    folder.set("INVITE_DATABASE__URL", &url);
    let error = folder.fails("meeting list", 69, "database.unreachable");
    assert!(error["message"].as_str().unwrap().contains("TLS"), "{error}");
    answering.join().unwrap();
}

#[test]
fn a_server_that_goes_away_is_waited_for_by_running_again() {
    if !are_here(&[Peer::Postgres]) {
        return;
    }
    let (desk, database) = Desk::on_postgres();
    // Long enough to end the connections meanwhile, also where that takes its time.
    desk.zoom.once(
        Operation::CreateMeeting,
        Action::DelayAfter { milliseconds: 4000 },
    );
    let run = desk.start("send --meeting kickoff --format json -vv");
    desk.zoom.wait_for(Operation::CreateMeeting, 1);
    let cluster = Cluster::get();
    cluster.sql(
        "postgres",
        &format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false"),
    );
    let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'");
    cluster.sql("postgres", &end);
    run.finish().fails(75, "database.connection_lost");
    cluster.sql(
        "postgres",
        &format!("ALTER DATABASE {database} ALLOW_CONNECTIONS true"),
    );
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    assert_eq!(desk.zoom.count(Operation::CreateMeeting), 1);
    each_has_one(&desk, &kickoff());
}
