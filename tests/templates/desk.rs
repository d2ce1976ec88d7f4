//! The template authors' desk in a browser: Chromium against the program's own server.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::foreign;
use crate::peers::{Peer, are_here};

/// The program with the desk open.
struct Desk {
    child: Child,
    url: String,
}

impl Desk {
    fn open(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_invite"))
            .args(["template", "preview", "--serve"])
            .current_dir(folder)
            .env("XDG_CONFIG_HOME", folder)
            .env_remove("INVITE_CONFIG")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut url)
            .unwrap();
        Self {
            child,
            url: url.trim().to_owned(),
        }
    }

    fn address(&self) -> &str {
        self.url["http://".len()..].split('/').next().unwrap()
    }

    /// Sends a request's first lines as they are, and answers the status line and the rest.
    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        write!(stream, "{request}\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_author_sees_a_change_as_it_is_saved() {
    if !are_here(&[Peer::Chromium, Peer::Python]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let templates = folder.path().join("templates");
    std::fs::create_dir(&templates).unwrap();
    let config = folder.path().join("invite.toml");
    std::fs::write(config, "[organization]\nname = \"Acme\"\n").unwrap();
    let desk = Desk::open(folder.path());
    let shots = std::env::var("INVITE_SCREENSHOTS").unwrap_or_else(|_| "-".to_owned());
    let run = foreign::python("desk.py")
        .arg(&desk.url)
        .arg(&templates)
        .arg(shots)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let seen: Value = serde_json::from_slice(&run.stdout).unwrap();
    let text = |what: &str| seen[what].as_str().unwrap_or_else(|| panic!("{what}: {seen:#}"));
    println!("milliseconds from saving to seeing: {}", seen["milliseconds"]);

    assert!(text("first").contains("Join the meeting"), "{seen:#}");
    assert!(text("inbox").contains("Invitation: Kick-off"));
    // A phone's width, without a scrollbar, and as high as the mail.
    assert_eq!(
        (&seen["phone"][0], &seen["fits"]),
        (&seen["phone"][1], &Value::Bool(true))
    );
    // The colour was changed in the configuration, and seen: the script waits for it.
    // Each of the twelve changes was seen; the script ends without a result when one is not.
    assert_eq!(seen["milliseconds"].as_array().unwrap().len(), 12);
    let wrong = text("wrong");
    assert!(wrong.contains("body.html:3:7"), "{wrong}");
    assert!(
        wrong.contains("3 | {% if descripton_text %}") && wrong.contains("did you mean `description_text`?"),
        "{wrong}"
    );
    assert!(text("dutch").contains("Deelnemen aan"), "{}", text("dutch"));
    assert_eq!(text("dark"), "rgb(31, 36, 43)");
    assert!(text("text").contains("read the agenda") && !text("text").contains('\u{34f}'));
    assert!(
        text("calendar").contains("the calendar offers to accept")
            && text("calendar").contains("BEGIN:VEVENT")
    );
    assert!(text("source").contains("Content-Type: multipart/mixed"));
    assert!(text("templates").contains("{{ super() }}") && text("templates").contains("built-in"));
    assert!(text("variables").contains("meeting_id") && text("variables").contains("835 1537 9148"));
    assert!(text("check").contains("Nothing is wrong"), "{}", text("check"));
    let both = [&seen["both"][0], &seen["both"][1]].map(|side| side.as_str().unwrap());
    assert!(
        both[0].contains("Join the meeting") && !both[1].contains("Join the meeting"),
        "{both:#?}"
    );
    assert!(
        text("chosen").contains("December 3, 2026 – Friday, December 4"),
        "{}",
        text("chosen")
    );
    // Nothing that a page may not do was tried, by the desk's or by a mail.
    assert_eq!(seen["complaints"], serde_json::json!([]));
}

#[test]
fn the_desk_answers_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let desk = Desk::open(folder.path());
    let address = desk.address().to_owned();
    let own = format!("GET / HTTP/1.1\r\nHost: {address}");
    assert!(desk.ask(&own).starts_with("HTTP/1.1 200 "));
    // A name that somebody made point at this machine (DNS rebinding).
    let other = address.replace("127.0.0.1", "evil.example");
    assert!(
        desk.ask(&format!("GET / HTTP/1.1\r\nHost: {other}"))
            .starts_with("HTTP/1.1 421 ")
    );
    assert!(
        desk.ask(&format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0"
        ))
        .starts_with("HTTP/1.1 405 ")
    );
    // What is asked for stands in the page as text, and a mail runs no script.
    let page = desk.ask(&format!(
        "GET /?template=%3Cscript%3E&about=%22%3E%3Cb%3E HTTP/1.1\r\nHost: {address}"
    ));
    assert!(
        !page.contains("<script>") && page.contains("script-src 'self'"),
        "{page}"
    );
    let mail = desk.ask(&format!("GET /mail?about=sample:odd HTTP/1.1\r\nHost: {address}"));
    assert!(
        mail.contains("default-src 'none'") && mail.contains("sandbox") && !mail.contains("<script"),
        "{mail}"
    );
}
