//! A disk that is full, and one that can only be read. Both are real: a file system in memory, mounted where only the
//! programs of one test see it. That takes a user namespace, or root.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::desk::{Folder, invite_now};
use crate::mail::{MailServer, PASSWORD, USERNAME};
use crate::peers::{Peer, are_here};
use crate::records;

const PEOPLE: usize = 40;

/// A shell that alone sees the disk, and runs what it is told.
struct Shell {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// How a command ended.
#[derive(Debug)]
struct Ended {
    code: i32,
    out: String,
    err: String,
}

impl Ended {
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    #[track_caller]
    fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

impl Shell {
    /// With a disk of its own at `disk` in the folder.
    fn new(folder: &Folder, megabytes: u32) -> Self {
        let is_root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
        let namespace = if is_root {
            &["--mount"][..]
        } else {
            &["--user", "--map-root-user", "--mount"]
        };
        std::fs::create_dir(folder.file("disk")).unwrap();
        let mut child = Command::new("unshare")
            .args(namespace)
            .arg("sh")
            .current_dir(folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("INVITE", env!("CARGO_BIN_EXE_invite"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("unshare, of Debian's util-linux, is needed: {error}"));
        let stdin = child.stdin.take().unwrap();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        let mut shell = Self { child, stdin, stdout };
        let mounted = shell.run(&format!("mount -t tmpfs -o size={megabytes}m tmpfs disk"));
        assert_eq!(
            mounted.code, 0,
            "this test mounts a file system in memory, which takes root or a user namespace: {mounted:?}"
        );
        shell
    }

    fn run(&mut self, command: &str) -> Ended {
        writeln!(self.stdin, "{{ {command}; }} >out 2>err </dev/null; echo $?").unwrap();
        self.stdin.flush().unwrap();
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let code = line
            .trim()
            .parse()
            .unwrap_or_else(|_| panic!("{command}: the shell said {line:?}"));
        let cwd = std::fs::read_link(format!("/proc/{}/cwd", self.child.id())).unwrap();
        let read = |name: &str| std::fs::read_to_string(cwd.join(name)).unwrap();
        Ended {
            code,
            out: read("out"),
            err: read("err"),
        }
    }

    fn invite(&mut self, arguments: &str) -> Ended {
        self.run(&format!("INVITE_NOW={} \"$INVITE\" {arguments}", invite_now()))
    }

    /// Takes all room but so many kilobytes.
    fn fill(&mut self, but: u32) {
        let fill = format!(
            "free=$(df --output=avail -k disk | tail -n 1); \
             head -c $(( (free - {but}) * 1024 )) /dev/zero >disk/filler"
        );
        self.run(&fill).done();
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder whose database is on the disk, with a meeting for each name.
fn prepared(server: &MailServer, meetings: &[&str]) -> (Folder, Shell) {
    let folder = Folder::new();
    folder.write(
        "invite.toml",
        &format!(
            "[organization]\nname = \"Acme\"\n[database]\nurl = \"sqlite://disk/invite.db\"\n[smtp]\nurl = \"{}\"\n\
             username = \"{USERNAME}\"\npassword = \"{PASSWORD}\"\nfrom = \"meetings@acme.example\"\nfirst_retry = \"1s\"\n",
            server.url()
        ),
    );
    let mut all = records::all();
    all["contacts"] = records::crowd(PEOPLE);
    all["leads"] = json!([]);
    let meeting = |name: &&str| records::meeting_of_crowd(name, PEOPLE);
    all["meetings"] = meetings.iter().map(meeting).collect();
    folder.write("records.json", &all.to_string());
    let mut shell = Shell::new(&folder, 16);
    shell.invite("import records.json").done();
    (folder, shell)
}

#[test]
fn a_disk_that_fills_up_at_any_moment_loses_nothing() {
    if !are_here(&[Peer::Mounts]) {
        return;
    }
    let server = MailServer::start_with(&["--tally"]);
    let rooms = [0, 40, 120, 240, 400, 700];
    let names: Vec<String> = rooms.iter().map(|room| format!("room-{room}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (_folder, mut shell) = prepared(&server, &names);
    let mut told = BTreeSet::new();
    for (name, room) in names.iter().zip(rooms) {
        let before = server.tally().len();
        shell.fill(room);
        let send = format!("send --meeting {name} --format json");
        let full = shell.invite(&send);
        if full.code != 0 {
            let error = &full.json()["error"];
            assert_eq!(error["kind"], "database.cannot_write", "{room} kB: {full:?}");
            assert!(
                error["message"].as_str().unwrap().contains("disk/invite.db"),
                "{error}"
            );
            assert!(
                error["message"].as_str().unwrap().contains("No space left"),
                "{error}"
            );
            assert!(error["hint"].as_str().unwrap().contains("make room"), "{error}");
            assert_eq!(full.code, 73);
            assert!(full.err.is_empty() || !full.err.contains("panicked"), "{full:?}");
            told.insert(if server.tally().len() == before {
                "before"
            } else {
                "amid"
            });
        }
        shell.run("rm disk/filler").done();
        shell.invite("outbox worker --drain").done();
        shell.invite(&send).done();
        let listed = shell
            .invite(&format!(
                "outbox list --meeting {name} --limit 1000 --format json"
            ))
            .done()
            .json();
        let attempts: BTreeMap<&str, i64> = listed
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| {
                (
                    entry["email"].as_str().unwrap(),
                    entry["attempts"].as_i64().unwrap(),
                )
            })
            .collect();
        let tally = server.tally();
        let mails = records::by_recipient(&tally[before..]);
        assert_eq!((mails.len(), attempts.len()), (PEOPLE, PEOPLE), "{room} kB");
        for (to, mut ids) in mails {
            assert!(ids.len() == 1 || attempts[to] > 1, "{to} has {ids:?}, {room} kB");
            ids.dedup();
            assert_eq!(ids.len(), 1, "{to}, {room} kB");
        }
    }
    // Amid delivering nothing fails but recording, for which there mostly is room.
    assert!(told.contains("before"), "{told:?}");
}

#[test]
fn a_disk_that_cannot_be_written_loses_nothing() {
    if !are_here(&[Peer::Mounts]) {
        return;
    }
    let server = MailServer::start_with(&["--tally"]);
    let (_folder, mut shell) = prepared(&server, &["some"]);
    shell.run("mount -o remount,ro disk").done();
    let refused = shell.invite("send --meeting some --format json");
    let error = &refused.json()["error"];
    assert_eq!(error["kind"], "database.cannot_write", "{refused:?}");
    assert!(
        error["message"].as_str().unwrap().contains("disk/invite.db"),
        "{error}"
    );
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("Read-only file system"),
        "{error}"
    );
    assert_eq!(refused.code, 73);
    assert_eq!(server.tally().len(), 0);
    shell.run("mount -o remount,rw disk").done();
    let sent = shell.invite("send --meeting some --format json").done().json();
    assert_eq!(sent["sent"], PEOPLE);
    assert_eq!(server.tally().len(), PEOPLE);
}
