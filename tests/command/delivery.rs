//! Mails on their whole way: from the built program through Postfix, over LMTP into Dovecot, and out again over IMAP.
//! What is fetched is what was sent, octet for octet, below the headers that the servers put on top.
//!
//! Both servers run with configurations of their own in a temporary folder. Their masters need root, by `sudo` where
//! the tests run as somebody else.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::foreign;
use crate::held_port::HeldPort;
use crate::peers::{Peer, are_here};

/// A command that runs as root.
fn as_root(program: &str) -> Command {
    let id = Command::new("id").arg("-u").output().unwrap();
    if id.stdout == b"0\n" {
        Command::new(program)
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", program]);
        sudo
    }
}

fn done(mut command: Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}; run tests/run, which installs it"));
    assert!(output.status.success(), "{command:?}: {output:?}");
    output
}

/// Postfix, Dovecot, and a folder for the program.
struct Servers {
    folder: TempDir,
    smtp: u16,
    imap: u16,
    _held: [HeldPort; 3],
    running: Vec<Child>,
}

impl Servers {
    fn start(smtputf8: bool) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("invite-delivery")
            .tempdir()
            .unwrap();
        // Neither server can choose one itself and say which.
        let held = [HeldPort::new(), HeldPort::new(), HeldPort::new()];
        let [smtp, lmtp, imap] = [&held[0], &held[1], &held[2]].map(|port| port.number);
        let mut servers = Self {
            folder,
            smtp,
            imap,
            _held: held,
            running: Vec::new(),
        };
        // Servers that have given up root must get through.
        done(command("chmod", &["755", servers.path("").to_str().unwrap()]));
        servers.start_dovecot(lmtp);
        servers.start_postfix(lmtp, smtputf8);
        servers
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn start_dovecot(&mut self, lmtp: u16) {
        let root = self.folder.path().display();
        let imap = self.imap;
        std::fs::create_dir(self.path("mail")).unwrap();
        let mut owner = as_root("chown");
        owner.arg("mail:mail").arg(self.path("mail"));
        done(owner);
        let configuration = format!(
            "protocols = imap lmtp\nlisten = 127.0.0.1\nbase_dir = {root}/dovecot\nstate_dir = {root}/dovecot\n\
             log_path = {root}/dovecot.log\nssl = no\ndisable_plaintext_auth = no\nfirst_valid_uid = 1\n\
             mail_location = maildir:{root}/mail/%u\npostmaster_address = postmaster@client.example\n\
             passdb {{\n driver = static\n args = password=secret\n}}\n\
             userdb {{\n driver = static\n args = uid=mail gid=mail home={root}/mail/%u\n}}\n\
             service imap-login {{\n inet_listener imap {{\n  port = {imap}\n }}\n inet_listener imaps {{\n  port = 0\n }}\n}}\n\
             service lmtp {{\n inet_listener lmtp {{\n  address = 127.0.0.1\n  port = {lmtp}\n }}\n}}\n"
        );
        std::fs::write(self.path("dovecot.conf"), configuration).unwrap();
        let mut dovecot = as_root("dovecot");
        dovecot.arg("-F").arg("-c").arg(self.path("dovecot.conf"));
        self.run(dovecot, imap);
        reached(lmtp, &self.path("dovecot.log"));
    }

    fn start_postfix(&mut self, lmtp: u16, smtputf8: bool) {
        let root = self.folder.path().display();
        let smtputf8 = if smtputf8 { "yes" } else { "no" };
        std::fs::create_dir_all(self.path("postfix")).unwrap();
        std::fs::create_dir_all(self.path("spool")).unwrap();
        std::fs::create_dir_all(self.path("data")).unwrap();
        let mut owner = as_root("chown");
        owner
            .arg("-R")
            .arg("root:root")
            .arg(self.path("postfix"))
            .arg(self.path("spool"));
        let main = format!(
            "compatibility_level = 3.6\nqueue_directory = {root}/spool\ndata_directory = {root}/data\n\
             daemon_directory = /usr/lib/postfix/sbin\ncommand_directory = /usr/sbin\nmail_owner = postfix\n\
             setgid_group = postdrop\ninet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmyhostname = mx.client.example\n\
             mydestination =\nmynetworks = 127.0.0.0/8\nvirtual_mailbox_domains = client.example, acme.example\n\
             smtpd_reject_unlisted_recipient = no\ntransport_maps = inline:{{ {{ gone@client.example = error:5.2.1 Mailbox disabled }} }}\n\
             virtual_transport = lmtp:inet:127.0.0.1:{lmtp}\nsmtputf8_enable = {smtputf8}\nalias_maps =\n\
             local_recipient_maps =\nmaillog_file = {root}/postfix.log\nmaillog_file_prefixes = {root}\n"
        );
        // master(5): name, type, private, unprivileged, chroot, wakeup, most processes, program.
        let mut master = format!("127.0.0.1:{} inet n - n - - smtpd\n", self.smtp);
        master.push_str(
            "cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\nrewrite unix - - n - - trivial-rewrite\n\
             bounce unix - - n - 0 bounce\ndefer unix - - n - 0 bounce\ntrace unix - - n - 0 bounce\n\
             proxymap unix - - n - - proxymap\nlmtp unix - - n - - lmtp\nsmtp unix - - n - - smtp\n\
             error unix - - n - - error\nretry unix - - n - - error\nanvil unix - - n - 1 anvil\n\
             scache unix - - n - 1 scache\npostlog unix-dgram n - n - 1 postlogd\n",
        );
        std::fs::write(self.path("postfix/main.cf"), main).unwrap();
        std::fs::write(self.path("postfix/master.cf"), master).unwrap();
        done(owner);
        let mut owner = as_root("chown");
        owner.arg("postfix").arg(self.path("data"));
        done(owner);
        let mut postfix = as_root("postfix");
        postfix.arg("-c").arg(self.path("postfix")).arg("start-fg");
        let smtp = self.smtp;
        self.run(postfix, smtp);
    }

    /// Starts a server, and waits until it answers.
    fn run(&mut self, mut server: Command, port: u16) {
        let log = std::fs::File::create(self.path(&format!("{port}.out"))).unwrap();
        let started = server
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn();
        let started =
            started.unwrap_or_else(|error| panic!("{server:?}: {error}; run tests/run, which installs it"));
        self.running.push(started);
        reached(port, &self.path(&format!("{port}.out")));
    }

    fn invite(&self, arguments: &[&str]) -> Output {
        let mut invite = Command::new(env!("CARGO_BIN_EXE_invite"));
        invite
            .args(arguments)
            .current_dir(self.folder.path())
            .env_remove("INVITE_ACTOR");
        invite.output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.invite(&[arguments, &["--format", "json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
    }

    fn configure(&self, attendees: &Value, contacts: &Value) {
        let smtp = self.smtp;
        let configuration = format!(
            "[organization]\nname = \"Acme\"\n\n[smtp]\nurl = \"smtp://127.0.0.1:{smtp}\"\n\
             from = \"Acme <meetings@acme.example>\"\n"
        );
        std::fs::write(self.path("invite.toml"), configuration).unwrap();
        let records = json!({
            "users": [{"id": "ana", "name": "Ana Núñez", "email": "ana@acme.example"}],
            "contacts": contacts,
            "meetings": [{
                "id": "kickoff", "name": "Kick-off; phase 1, \"Orion\" 🎬", "assigned_user": "ana",
                "start": "2036-12-01T09:00:00Z", "end": "2036-12-01T09:45:00Z", "time_zone": "Europe/Berlin",
                "description": format!("Agenda:\n.\n.. two dots\n.hidden\n{}\nFrom here on\n", "long ".repeat(600)),
                "attendees": attendees,
            }],
        });
        std::fs::write(self.path("records.json"), records.to_string()).unwrap();
        assert!(self.invite(&["import", "records.json"]).status.success());
    }

    fn fetch(&self, user: &str) -> Vec<u8> {
        let mut fetch = foreign::python("fetch.py");
        fetch.arg(self.imap.to_string()).args([user, "secret"]);
        let output = fetch.output().unwrap();
        let logs: Vec<_> = ["postfix.log", "dovecot.log"]
            .map(|log| std::fs::read_to_string(self.path(log)).unwrap_or_default())
            .into();
        assert!(output.status.success(), "{output:?}\n{logs:#?}");
        output.stdout
    }
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

fn reached(port: u16, log: &Path) {
    let deadline = Instant::now() + Duration::from_secs(120);
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(
            Instant::now() < deadline,
            "nothing listens on port {port}: {}",
            std::fs::read_to_string(log).unwrap_or_default()
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        // The masters know what they have started, and end it; asking them by their scripts would wait for mail in
        // the queue.
        for pid in ["spool/pid/master.pid", "dovecot/master.pid"] {
            if let Ok(pid) = std::fs::read_to_string(self.path(pid)) {
                let _ = as_root("kill").arg(pid.trim()).output();
            }
        }
        for server in &mut self.running {
            let _ = server.kill();
            let _ = server.wait();
        }
        // The servers own files in it.
        let mut remove = as_root("rm");
        let _ = remove.arg("-rf").arg(self.folder.path()).output();
    }
}

#[test]
fn what_is_fetched_is_what_was_sent() {
    if !are_here(&[Peer::MailServers, Peer::Python]) {
        return;
    }
    let servers = Servers::start(true);
    let contacts = json!([
        {"id": "lee", "name": "Lee, Harper \"HL\"", "email": "lee@client.example", "language": "en"},
        {"id": "olena", "name": "Олена Шевченко", "email": "olena@client.example", "language": "uk"},
    ]);
    let attendees = json!([{"kind": "contact", "id": "lee"}, {"kind": "contact", "id": "olena"}]);
    servers.configure(&attendees, &contacts);
    let report = servers.json(&["send", "--meeting", "kickoff"]);
    assert_eq!(
        (&report["sent"], &report["failed"]),
        (&json!(2), &json!(0)),
        "{report:#}"
    );
    for recipient in report["recipients"].as_array().unwrap() {
        let address = recipient["email"].as_str().unwrap();
        let id = recipient["message_id"].as_str().unwrap();
        let shown = servers.json(&["outbox", "show", id]);
        let sent = shown["message"].as_str().unwrap().as_bytes();
        let fetched = servers.fetch(address);
        let added = fetched.strip_suffix(sent).unwrap_or_else(|| {
            panic!(
                "{address}:\n{}\nis not at the end of\n{}",
                String::from_utf8_lossy(sent),
                String::from_utf8_lossy(&fetched)
            )
        });
        let added = String::from_utf8_lossy(added);
        assert!(
            added.starts_with("Return-Path: <meetings@acme.example>\r\n"),
            "{added}"
        );
        assert!(
            added.contains("Received: from") && added.contains("mx.client.example"),
            "{added}"
        );
        assert!(
            fetched.windows(20).any(|w| w == b"\r\nBEGIN:VCALENDAR\r\nV")
                || fetched.windows(6).any(|w| w == b"base64"),
            "{address}"
        );
    }
}

#[test]
fn what_postfix_sends_back_shows_on_the_attendee() {
    if !are_here(&[Peer::MailServers, Peer::Python]) {
        return;
    }
    let servers = Servers::start(true);
    let contacts = json!([{"id": "lee", "name": "Lee", "email": "gone@client.example"}]);
    servers.configure(&json!([{"kind": "contact", "id": "lee"}]), &contacts);
    assert_eq!(servers.json(&["send", "--meeting", "kickoff"])["sent"], 1);
    std::fs::write(servers.path("bounce.eml"), servers.fetch("meetings@acme.example")).unwrap();
    let report = servers.json(&["reply", "bounce.eml"]);
    assert_eq!(
        (&report["outcome"], &report["kind"], &report["id"]),
        (&json!("recorded"), &json!("contact"), &json!("lee")),
        "{report:#}"
    );
    let meeting = servers.json(&["meeting", "show", "kickoff"]);
    let delivery = &meeting["attendees"][0]["delivery"];
    assert_eq!(
        [
            &delivery["state"],
            &delivery["status"],
            &delivery["recipient"],
            &delivery["reported_by"]
        ],
        [
            &json!("bounced"),
            &json!("5.2.1"),
            &json!(null),
            &json!("mx.client.example")
        ],
        "{delivery:#}"
    );
    assert!(
        delivery["answer"].as_str().unwrap().contains("Mailbox disabled"),
        "{delivery}"
    );
}

#[test]
fn an_address_that_the_server_cannot_take_is_refused_before_it_is_asked() {
    if !are_here(&[Peer::MailServers, Peer::Python]) {
        return;
    }
    let servers = Servers::start(false);
    let contacts = json!([
        {"id": "lee", "name": "Lee", "email": "lee@client.example"},
        {"id": "zoe", "name": "Zoë", "email": "zoë@client.example"},
    ]);
    let attendees = json!([{"kind": "contact", "id": "lee"}, {"kind": "contact", "id": "zoe"}]);
    servers.configure(&attendees, &contacts);
    let report = servers.json(&["send", "--meeting", "kickoff"]);
    assert_eq!(
        (&report["sent"], &report["failed"]),
        (&json!(1), &json!(1)),
        "{report:#}"
    );
    let reason = report["recipients"][1]["reason"].as_str().unwrap();
    assert!(reason.contains("SMTPUTF8"), "{reason}");
    servers.fetch("lee@client.example");
}
