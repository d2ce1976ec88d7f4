//! The program at work, and a run of it that has ended.

use std::io::{Read, Write as _};
use std::process::{Child, ChildStdin, Command};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::desk::{LONGEST, wait_for};
use crate::mail::{PASSWORD, USERNAME};
use crate::zoom::{CLIENT_SECRET, TOKEN};

/// What a pipe says, read by a thread of its own.
fn read_along(mut pipe: impl Read + Send + 'static) -> (Arc<Mutex<Vec<u8>>>, JoinHandle<()>) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&said);
    let reader = std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count) = pipe.read(&mut buffer)
            && count > 0
        {
            shared.lock().unwrap().extend_from_slice(&buffer[..count]);
        }
    });
    (said, reader)
}

/// The program at work.
#[derive(Debug)]
pub(crate) struct Running {
    what: String,
    child: Child,
    stdin: Option<ChildStdin>,
    out: Arc<Mutex<Vec<u8>>>,
    err: Arc<Mutex<Vec<u8>>>,
    readers: Vec<JoinHandle<()>>,
}

impl Running {
    /// A process whose input and output are pipes.
    pub(crate) fn new(what: String, mut child: Child) -> Self {
        let (out, out_reader) = read_along(child.stdout.take().unwrap());
        let (err, err_reader) = read_along(child.stderr.take().unwrap());
        Self {
            what,
            stdin: child.stdin.take(),
            child,
            out,
            err,
            readers: vec![out_reader, err_reader],
        }
    }

    /// Waits until the program says something on standard error that `find` finds.
    pub(crate) fn says<T>(&self, what: &str, find: impl Fn(&str) -> Option<T>) -> T {
        let mut found = None;
        wait_for(&format!("{what} of {}", self.what), || {
            found = find(&String::from_utf8_lossy(&self.err.lock().unwrap()));
            found.is_some()
        });
        found.unwrap()
    }

    /// The consent page's address that `zoom connect` prints.
    pub(crate) fn consent_url(&self) -> String {
        self.says("the address of the consent page", |said| {
            let line = said.lines().find(|line| line.starts_with("http"))?;
            // The whole line has come when something follows.
            said.split_once(line)?
                .1
                .starts_with('\n')
                .then(|| line.to_owned())
        })
    }

    /// Types a line.
    pub(crate) fn types(&mut self, line: &str) {
        writeln!(self.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// What Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        self.signal("INT");
    }

    /// Sends it a signal, named without its SIG.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        Command::new("kill").args(["-s", name, &pid]).status().unwrap();
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Ends it without a chance to tidy up (SIGKILL).
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end. What it printed is looked through for what it must not print.
    pub(crate) fn finish(mut self) -> Finished {
        drop(self.stdin.take());
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < LONGEST, "{} does not end", self.what);
            std::thread::sleep(Duration::from_millis(2));
        };
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        let text = |said: &Mutex<Vec<u8>>| String::from_utf8(said.lock().unwrap().clone()).unwrap();
        let finished = Finished {
            what: self.what.clone(),
            code: status.code().unwrap(),
            out: text(&self.out),
            err: text(&self.err),
        };
        finished.is_decent();
        finished
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A run that has ended.
#[derive(Debug)]
pub(crate) struct Finished {
    /// For the messages of failed assertions.
    #[expect(dead_code, reason = "it is shown by Debug")]
    what: String,
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Finished {
    /// Neither a secret nor the inside of the program shows.
    fn is_decent(&self) {
        let login = base64_of(&format!("\0{USERNAME}\0{PASSWORD}"));
        let secrets = [CLIENT_SECRET, PASSWORD, TOKEN, "zak=", login.as_str()];
        let inside = ["panicked at", "RUST_BACKTRACE", "stack backtrace"];
        for text in [&self.out, &self.err] {
            for found in secrets.iter().chain(&inside) {
                assert!(!text.contains(found), "{found:?} shows in {self:#?}");
            }
        }
    }

    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// It has done all.
    #[track_caller]
    pub(crate) fn done(self) -> Self {
        self.ends(0)
    }

    /// The one document on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// The arguments made no sense, and the program that gave them is told so too.
    #[track_caller]
    pub(crate) fn fails_on_usage(self) {
        let error = &self.json()["error"];
        assert_eq!(
            (self.code, &error["exit"], &error["kind"]),
            (2, &json!(2), &json!("usage")),
            "{self:#?}"
        );
        let message = error["message"].as_str().unwrap();
        assert!(self.err.contains(message.lines().next().unwrap()), "{self:#?}");
    }

    #[track_caller]
    pub(crate) fn fails(self, exit: i32, kind: &str) -> Value {
        let document = self.json();
        let error = &document["error"];
        let message = error["message"].as_str().unwrap_or_default();
        assert_eq!(
            (self.code, &error["exit"], &error["kind"]),
            (exit, &json!(exit), &json!(kind)),
            "{self:#?}"
        );
        assert!(message.len() > 10, "{self:#?}");
        assert!(self.err.contains(&format!("error: {message}")), "{self:#?}");
        if let Some(hint) = error["hint"].as_str() {
            let stands_below = self.err.contains(&format!("hint: {hint}"));
            // A report of places in files says it beside the place, and then it does not stand below.
            let is_reported =
                self.err.contains("--> ") && self.err.to_lowercase().contains(&hint.to_lowercase());
            assert!(stands_below != is_reported, "{self:#?}");
        }
        error.clone()
    }
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
