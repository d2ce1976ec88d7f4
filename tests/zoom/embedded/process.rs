//! The server in a process of its own.

use std::path::Path;

use invite::sandbox::zoom::{Clock, Granted, SANDBOX_CLIENT_ID};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::desk::{ANA, Said, http, instant, kickoff};

/// The example program, running.
struct Process {
    child: std::process::Child,
    urls: Value,
}

impl Process {
    fn start(state: &Path) -> Self {
        // `cargo test` builds the examples; `cargo test --test …` alone does not.
        let folder = Path::new(env!("CARGO_BIN_EXE_invite")).parent().unwrap();
        let program = folder.join("examples").join("embedded-zoom");
        assert!(
            program.exists(),
            "build it first: cargo build --example embedded-zoom"
        );
        let mut child = std::process::Command::new(program)
            .args(["--control", "--state"])
            .arg(state)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(stdout), &mut line).unwrap();
        let urls = serde_json::from_str(&line).unwrap();
        Self { child, urls }
    }

    fn url(&self, name: &str, path: &str) -> String {
        format!("{}{path}", self.urls[name].as_str().unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[tokio::test]
async fn another_process_is_ruled_by_its_control_routes() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(&folder.path().join("zoom.json"));
    let http = http();
    let control = |method: Method, path: &str| http.request(method, process.url("control_url", path));
    let done = |request: RequestBuilder| async { Said::of(request.send().await.unwrap()).await };

    // A meeting that was over long ago is not kept.
    let before_the_kickoff = json!({"set_clock": {"at": "2026-11-23T12:00:00Z"}});
    assert_eq!(
        done(control(Method::POST, "/changes").json(&before_the_kickoff))
            .await
            .status,
        204
    );
    let tokens: Granted = serde_json::from_str(
        &done(control(Method::POST, &format!("/grants/{SANDBOX_CLIENT_ID}")))
            .await
            .text,
    )
    .unwrap();
    let create = || {
        http.post(process.url("api_url", &format!("/users/{ANA}/meetings")))
            .bearer_auth(&tokens.access_token)
            .header("Accept", "application/json")
            .json(&kickoff())
    };
    let fault = json!({"on": "create_meeting", "times": 1, "action": "drop_after"});
    assert_eq!(
        done(control(Method::POST, "/faults").json(&fault)).await.status,
        204
    );
    assert!(create().send().await.is_err());
    assert_eq!(done(control(Method::GET, "/faults")).await.json(), json!([]));
    let meetings = done(control(Method::GET, "/meetings")).await.json();
    assert_eq!(meetings.as_array().unwrap().len(), 1);
    let rules = json!({"host_daily_limit": 1});
    assert_eq!(
        done(control(Method::PATCH, "/rules").json(&rules)).await.status,
        204
    );
    assert_eq!(done(create()).await.status, 429);
    let change = json!({"set_user_status": {"user": ANA, "status": "pending"}});
    assert_eq!(
        done(control(Method::POST, "/changes").json(&change)).await.status,
        204
    );
    assert_eq!(done(create()).await.error(), (400, 1000));
    assert_eq!(
        done(control(Method::POST, "/changes").json(&json!("revoke_grants")))
            .await
            .status,
        204
    );
    assert_eq!(done(create()).await.error(), (401, 124));
    let requests = done(control(Method::GET, "/requests")).await.json();
    let statuses: Vec<&Value> = requests
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["status"])
        .collect();
    assert_eq!(statuses, [&json!(null), &json!(429), &json!(400), &json!(401)]);
    for (method, path) in [(Method::PATCH, "/rules"), (Method::POST, "/faults")] {
        let said = done(control(method, path).json(&json!({"unheard_of": 1}))).await;
        assert_eq!(said.status, 400, "{}", said.text);
    }
    let mut world = done(control(Method::GET, "/world")).await.json();
    world["meetings"] = json!([]);
    assert_eq!(
        done(control(Method::PUT, "/world").json(&world)).await.status,
        204
    );
    assert_eq!(done(control(Method::GET, "/meetings")).await.json(), json!([]));

    // It ends by itself when its standard input is closed.
    drop(process.child.stdin.take());
    assert!(process.child.wait().unwrap().success());
}

#[test]
fn a_clock_moves() {
    let at = instant("2026-11-23T12:00:00Z");
    assert_eq!(
        Clock::Fixed { at }.advanced(60).now(),
        instant("2026-11-23T12:01:00Z")
    );
    assert_eq!(
        Clock::default().advanced(5).advanced(-2),
        Clock::System { ahead: 3 }
    );
}
