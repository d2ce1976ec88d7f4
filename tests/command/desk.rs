//! Where a test works: a folder of its own, with the configuration, the database and the servers that go with it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cluster::Cluster;
use crate::held_port::HeldPort;
use crate::http::browse;
use crate::mail::{MailServer, PASSWORD, USERNAME};
use crate::program::{Finished, Running};
use crate::records;
use crate::zoom::{CLIENT_ID, CLIENT_SECRET, Zoom};

/// How long anything may take, on a machine that has much else to do. Shorter than the lease of a push (300 seconds),
/// so that a run that has to wait for one to end by itself fails.
pub(crate) const LONGEST: Duration = Duration::from_secs(150);

/// When these tests begin, in whichever year they are run: before every meeting that they send, and after every answer
/// and bounce that they read.
const BEGINNING: &str = "2026-11-29T08:00:00Z";

/// The time at which the program, and the Zoom that it speaks with, believe themselves to be. It goes on as they work.
pub(crate) fn now() -> DateTime<Utc> {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    let since = TimeDelta::from_std(BEGAN.elapsed()).unwrap();
    BEGINNING.parse::<DateTime<Utc>>().unwrap() + since
}

/// The same as `INVITE_NOW` has it.
pub(crate) fn invite_now() -> String {
    now().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// Waits until something is so.
pub(crate) fn wait_for(what: &str, is_so: impl FnMut() -> bool) {
    wait_within(LONGEST, what, is_so);
}

/// Waits until something is so, which has to be sooner than it would come about by itself.
pub(crate) fn wait_within(longest: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < longest, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A folder to run the program in, without any variable or file of whoever runs the tests.
#[derive(Debug)]
pub(crate) struct Folder {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: Vec::new(),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.file(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    /// Writes a file that only its owner can read.
    pub(crate) fn write_secret(&self, name: &str, secret: &str) {
        use std::os::unix::fs::PermissionsExt as _;
        self.write(name, &format!("{secret}\n"));
        std::fs::set_permissions(self.file(name), std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Sets a variable for the runs to come.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.retain(|(known, _)| known != name);
    }

    /// Waits until so many mails are recorded as sent. The mail server is asked about the next mail together with the
    /// end of one, whose fate then takes a moment to record.
    pub(crate) fn wait_for_sent(&self, count: usize) {
        wait_for("mails to be recorded as sent", || {
            let sent = self.json("outbox list --state sent");
            sent.as_array().unwrap().len() >= count
        });
    }

    /// Takes the mail server's password out of the configuration.
    pub(crate) fn without_password(&self) {
        let configuration = self.read("invite.toml");
        let kept = configuration
            .lines()
            .filter(|line| !line.starts_with("password_file"));
        self.write(
            "invite.toml",
            &kept.map(|line| format!("{line}\n")).collect::<String>(),
        );
    }

    /// Starts the program. Arguments are given in one text, a blank between two.
    pub(crate) fn start(&self, arguments: &str) -> Running {
        self.start_with(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    pub(crate) fn start_with(&self, arguments: &[&str]) -> Running {
        self.spawn(Command::new(env!("CARGO_BIN_EXE_invite")), arguments)
    }

    /// Starts the program as nohup(1) does: SIGHUP is ignored from the beginning.
    pub(crate) fn start_without_hang_ups(&self, arguments: &str) -> Running {
        let mut shell = Command::new("sh");
        shell.args([
            "-c",
            "trap '' HUP; exec \"$@\"",
            "sh",
            env!("CARGO_BIN_EXE_invite"),
        ]);
        self.spawn(shell, &arguments.split_whitespace().collect::<Vec<_>>())
    }

    fn spawn(&self, mut command: Command, arguments: &[&str]) -> Running {
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("INVITE_") || name.starts_with("RUST_") || name.contains("COLOR") {
                command.env_remove(&*name);
            }
        }
        command
            .args(arguments)
            .current_dir(self.path())
            .env("RUST_BACKTRACE", "1")
            .env("HOME", self.path())
            .env("XDG_CONFIG_HOME", self.path().join(".config"))
            .env("INVITE_NOW", invite_now())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Running::new(
            format!("invite {}", arguments.join(" ")),
            command.spawn().unwrap(),
        )
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &str) -> Finished {
        self.start(arguments).finish()
    }

    pub(crate) fn run_with(&self, arguments: &[&str]) -> Finished {
        self.start_with(arguments).finish()
    }

    /// Runs it, and reads the JSON document that it prints when it has done all.
    pub(crate) fn json(&self, arguments: &str) -> Value {
        self.run(&format!("{arguments} --format json")).done().json()
    }

    /// Runs it at its most talkative, and reads the error: its exit status and kind, and that both the person
    /// and the program who called are told the same.
    #[track_caller]
    pub(crate) fn fails(&self, arguments: &str, exit: i32, kind: &str) -> Value {
        self.fails_with(&arguments.split_whitespace().collect::<Vec<_>>(), exit, kind)
    }

    #[track_caller]
    pub(crate) fn fails_with(&self, arguments: &[&str], exit: i32, kind: &str) -> Value {
        let arguments = [arguments, &["--format", "json", "-vv"]].concat();
        self.run_with(&arguments).fails(exit, kind)
    }
}

/// A folder with a Zoom and a mail server.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) folder: Folder,
    pub(crate) zoom: Zoom,
    pub(crate) mail: MailServer,
    pub(crate) redirect_uri: String,
    _redirect_port: HeldPort,
}

impl std::ops::Deref for Desk {
    type Target = Folder;
    fn deref(&self) -> &Folder {
        &self.folder
    }
}

impl std::ops::DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut Folder {
        &mut self.folder
    }
}

impl Desk {
    /// Two servers and an empty folder. With `INVITE_TEST_ON=postgres` in the environment, all that is tested so uses
    /// a PostgreSQL database.
    pub(crate) fn empty() -> Self {
        let redirect_port = HeldPort::new();
        let redirect_uri = format!("http://127.0.0.1:{}/zoom/callback", redirect_port.number);
        let mut desk = Self {
            folder: Folder::new(),
            zoom: Zoom::start(&redirect_uri),
            mail: MailServer::start(),
            redirect_uri,
            _redirect_port: redirect_port,
        };
        desk.write_secret("zoom.secret", CLIENT_SECRET);
        desk.write_secret("smtp.secret", PASSWORD);
        if std::env::var("INVITE_TEST_ON").is_ok_and(|on| on == "postgres") {
            desk.use_postgres();
        }
        desk
    }

    /// From now on everything is in a PostgreSQL database of its own; answers its name.
    pub(crate) fn use_postgres(&mut self) -> String {
        let cluster = Cluster::get();
        let database = cluster.new_database();
        self.set("INVITE_DATABASE__URL", &cluster.url(&database));
        database
    }

    /// Ready to send, with everything in a PostgreSQL database of that name.
    pub(crate) fn on_postgres() -> (Self, String) {
        let mut desk = Self::empty();
        let database = desk.use_postgres();
        desk.write("invite.toml", &desk.configuration());
        desk.import(&records::all());
        desk.connect();
        (desk, database)
    }

    /// Configured, with [`records::all`] loaded, not connected to Zoom.
    pub(crate) fn unconnected() -> Self {
        let desk = Self::empty();
        desk.write("invite.toml", &desk.configuration());
        desk.import(&records::all());
        desk
    }

    /// Ready to send.
    pub(crate) fn new() -> Self {
        let desk = Self::unconnected();
        desk.connect();
        desk
    }

    pub(crate) fn configuration(&self) -> String {
        format!(
            "[organization]\nname = \"Acme\"\ntime_zone = \"Europe/Berlin\"\n\n\
             [zoom]\napi_url = \"{}\"\noauth_url = \"{}\"\nredirect_uri = \"{}\"\n\n\
             [zoom.production]\nclient_id = \"{CLIENT_ID}\"\nclient_secret_file = \"zoom.secret\"\n\n\
             [smtp]\nurl = \"{}\"\nfrom = \"Acme <meetings@acme.example>\"\n\
             username = \"{USERNAME}\"\npassword_file = \"smtp.secret\"\n",
            self.zoom.api_url(),
            self.zoom.oauth_url(),
            self.redirect_uri,
            self.mail.url(),
        )
    }

    pub(crate) fn import(&self, records: &Value) {
        self.write("records.json", &records.to_string());
        self.run("import records.json").done();
    }

    /// Connects to Zoom; the test plays the browser.
    pub(crate) fn connect(&self) {
        let connecting = self.start("zoom connect --no-browser");
        let page = browse(&connecting.consent_url());
        assert_eq!(page.status, 200, "{page:?}");
        connecting.finish().done();
    }

    /// Everything that a run may change: records, the outbox, what is at Zoom, what was mailed.
    pub(crate) fn state(&self) -> Value {
        let mails: Vec<_> = self.mail.mails().iter().map(|mail| mail.message_id()).collect();
        json!({
            "meetings": self.json("meeting list"),
            "users": self.json("zoom users list"),
            "outbox": self.json("outbox list"),
            "zoom": self.zoom.meetings(),
            "mails": mails,
        })
    }
}
