//! The other programs that some tests need. Where one is missing, the test is skipped and says so in a line on standard
//! error. `INVITE_REQUIRE_PEERS=1`, as `tests/run` sets it, makes that a failure; `INVITE_REQUIRE_PEERS=0`, as
//! `tests/run quick` sets it, skips these tests also where everything is there.

#![allow(dead_code, reason = "each test uses its part")]

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a test needs of the machine, beside Rust and python3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// Python with the packages of tests/foreign/requirements.txt.
    Python,
    /// Node with the packages of tests/foreign/package.json.
    Node,
    /// A C compiler and libical's headers.
    Libical,
    Chromium,
    OpenSsl,
    /// A reader of QR codes.
    Zbarimg,
    /// A PostgreSQL server of the tests' own, with the certificate that openssl makes for it.
    Postgres,
    /// Postfix and Dovecot, whose masters need root.
    MailServers,
    /// A file system in memory that one test sees alone.
    Mounts,
}

impl Peer {
    /// What is missing of it, if anything is.
    fn missing(self) -> Option<String> {
        let mut needs: Vec<(bool, &str)> = Vec::new();
        match self {
            Self::Python => needs.push((
                foreign("venv/bin/python").exists(),
                "target/foreign/venv, which tests/run makes",
            )),
            Self::Node => needs.extend([
                (is_command("node"), "node"),
                (
                    foreign("node/node_modules").exists(),
                    "target/foreign/node, which tests/run makes",
                ),
            ]),
            Self::Libical => needs.extend([
                (is_command("cc"), "a C compiler"),
                (
                    Path::new("/usr/include/libical/ical.h").exists(),
                    "libical's headers",
                ),
            ]),
            Self::Chromium => needs.push((is_command("chromium"), "chromium")),
            Self::OpenSsl => needs.push((is_command("openssl"), "openssl")),
            Self::Zbarimg => needs.push((is_command("zbarimg"), "zbarimg")),
            Self::Postgres => needs.extend([
                (postgres_binaries().is_some(), "PostgreSQL"),
                (is_command("openssl"), "openssl"),
            ]),
            Self::MailServers => needs.extend([
                (is_command("postfix"), "postfix"),
                (is_command("dovecot"), "dovecot"),
                (
                    Path::new("/usr/lib/dovecot/lmtp").exists(),
                    "dovecot's LMTP server",
                ),
                (
                    is_root() || succeeds("sudo", &["-n", "true"]),
                    "root, or sudo without a password",
                ),
            ]),
            Self::Mounts => needs.push((
                is_root() && succeeds("unshare", &["--mount", "true"])
                    || succeeds("unshare", &["--user", "--map-root-user", "--mount", "true"]),
                "root, or user namespaces",
            )),
        }
        let missing: Vec<_> = needs
            .iter()
            .filter(|(is_here, _)| !is_here)
            .map(|(_, what)| *what)
            .collect();
        (!missing.is_empty()).then(|| missing.join(" and "))
    }
}

/// Whether all of them are here, so that the test can go on. Otherwise it says that it is skipped, and why.
///
/// # Panics
/// With `INVITE_REQUIRE_PEERS=1`, if one is missing.
#[track_caller]
pub(crate) fn are_here(peers: &[Peer]) -> bool {
    let required = std::env::var("INVITE_REQUIRE_PEERS").unwrap_or_default();
    let why = if required == "0" {
        Some("without other programs".to_owned())
    } else {
        let missing: Vec<_> = peers.iter().filter_map(|peer| peer.missing()).collect();
        (!missing.is_empty()).then(|| format!("there is no {}", missing.join(", no ")))
    };
    let Some(why) = why else {
        return true;
    };
    assert_ne!(required, "1", "{why}: run tests/run, which installs it");
    let test = std::thread::current();
    // Not `eprintln!`, which the test harness shows of failed tests only.
    let _ = writeln!(
        std::io::stderr(),
        "skipped {}: {why}",
        test.name().unwrap_or("a test")
    );
    false
}

/// Where PostgreSQL's programs are: Debian keeps them out of PATH, a folder for each version.
pub(crate) fn postgres_binaries() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let newest = debian
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|folder| folder.join("initdb").exists())
        .max_by_key(|folder| {
            let version = folder.parent().and_then(Path::file_name)?;
            version.to_str()?.parse::<u32>().ok()
        });
    newest.or_else(|| Some(command("initdb")?.parent()?.to_owned()))
}

pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.trim_ascii() == b"0")
}

/// Something that `tests/run` installs for the tests.
pub(crate) fn foreign(path: impl AsRef<OsStr>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/foreign")
        .join(path.as_ref())
}

/// Where a command is on the PATH.
fn command(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.exists())
}

fn is_command(name: &str) -> bool {
    command(name).is_some()
}

fn succeeds(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
