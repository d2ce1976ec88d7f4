//! The embedded Zoom, in a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use invite::sandbox::zoom::{
    Action, Change, MeetingRecord, Operation, READ_SCOPES, RequestRecord, WRITE_SCOPES, ZoomClient,
    ZoomFault, ZoomUser,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::desk::{now, wait_for};
use crate::http::ask;

/// What every token of the embedded Zoom begins with.
pub(crate) const TOKEN: &str = "eyJhbGciOiJIUzUxMiJ9";

/// The General App of these tests.
pub(crate) const CLIENT_ID: &str = "e2e-production";
pub(crate) const CLIENT_SECRET: &str = "e2e-client-secret-4711";

/// A running embedded Zoom.
#[derive(Debug)]
pub(crate) struct Zoom {
    child: Child,
    urls: Value,
}

impl Zoom {
    /// One that knows the users `ana` and `zoe` and has a General App that sends the browser back to `redirect_uri`,
    /// with the scopes to read meetings too.
    pub(crate) fn start(redirect_uri: &str) -> Self {
        // `cargo test` builds the examples; `cargo test --test …` alone does not.
        let folder = Path::new(env!("CARGO_BIN_EXE_invite")).parent().unwrap();
        let program = folder.join("examples").join("embedded-zoom");
        assert!(
            program.exists(),
            "build it first: cargo build --example embedded-zoom"
        );
        let mut child = Command::new(program)
            .arg("--control")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let zoom = Self {
            child,
            urls: serde_json::from_str(&line).unwrap(),
        };
        let ahead = (now() - chrono::Utc::now()).num_seconds();
        zoom.change(&Change::Advance { seconds: ahead });
        let client = ZoomClient::general(CLIENT_ID, CLIENT_SECRET)
            .with_read_scopes()
            .with_redirect_uri(redirect_uri);
        zoom.change(&Change::PutClient(Box::new(client)));
        zoom.change(&Change::PutUser(Box::new(ZoomUser::licensed("zoe@acme.example"))));
        zoom
    }

    pub(crate) fn api_url(&self) -> &str {
        self.urls["api_url"].as_str().unwrap()
    }

    pub(crate) fn oauth_url(&self) -> &str {
        self.urls["oauth_url"].as_str().unwrap()
    }

    fn control<T: DeserializeOwned>(&self, method: &str, path: &str, body: Option<&impl Serialize>) -> T {
        let url = format!("{}{path}", self.urls["control_url"].as_str().unwrap());
        let body = body.map(|body| serde_json::to_value(body).unwrap());
        let answer = ask(method, &url, body.as_ref());
        assert!(answer.status < 300, "{method} {path}: {answer:?}");
        let text = if answer.body.is_empty() {
            "null"
        } else {
            &answer.body
        };
        serde_json::from_str(text).unwrap()
    }

    pub(crate) fn change(&self, change: &Change) {
        self.control::<()>("POST", "/changes", Some(change));
    }

    /// Takes the scopes to read away from the app. Connections that there are keep theirs.
    pub(crate) fn only_write_scopes(&self) {
        assert!(!WRITE_SCOPES.contains(&READ_SCOPES[0]));
        self.change(&Change::SetScopes {
            client: CLIENT_ID.to_owned(),
            scopes: WRITE_SCOPES.map(str::to_owned).into(),
        });
    }

    pub(crate) fn order(&self, fault: &ZoomFault) {
        self.control::<()>("POST", "/faults", Some(fault));
    }

    pub(crate) fn once(&self, on: Operation, action: Action) {
        self.order(&ZoomFault::once(on, action));
    }

    /// Takes back what was ordered and has not happened.
    pub(crate) fn clear_faults(&self) {
        self.control::<()>("DELETE", "/faults", None::<&()>);
    }

    pub(crate) fn rules(&self, rules: &Value) {
        self.control::<()>("PATCH", "/rules", Some(rules));
    }

    /// The meetings that are there, in the order in which they were made.
    pub(crate) fn meetings(&self) -> Vec<MeetingRecord> {
        self.control("GET", "/meetings", None::<&()>)
    }

    /// The one meeting that is there.
    pub(crate) fn meeting(&self) -> MeetingRecord {
        let mut meetings = self.meetings();
        assert_eq!(meetings.len(), 1, "{meetings:?}");
        meetings.remove(0)
    }

    pub(crate) fn requests(&self) -> Vec<RequestRecord> {
        self.control("GET", "/requests", None::<&()>)
    }

    /// How many requests so far wanted this.
    pub(crate) fn count(&self, operation: Operation) -> usize {
        let requests = self.requests();
        requests
            .iter()
            .filter(|request| operation.covers(request.operation))
            .count()
    }

    /// Waits until so many requests have come that want this.
    pub(crate) fn wait_for(&self, operation: Operation, count: usize) {
        wait_for(&format!("request {operation:?} number {count}"), || {
            self.count(operation) >= count
        });
    }

    /// Ends it: nobody answers at its address any more.
    pub(crate) fn end(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Drop for Zoom {
    fn drop(&mut self) {
        self.end();
    }
}

/// A refusal as Zoom writes it.
pub(crate) fn zoom_error(status: u16, code: u32, message: &str) -> Action {
    Action::zoom_error(status, code, message)
}
