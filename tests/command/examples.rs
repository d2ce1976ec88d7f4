//! The programs in `examples/`, each run as its head says: offline, and what it prints.

use std::path::Path;
use std::process::Command;

/// What an example prints, once it has ended well.
fn output(name: &str) -> String {
    // `cargo test` builds the examples; `cargo test --test …` alone does not.
    let folder = Path::new(env!("CARGO_BIN_EXE_invite")).parent().unwrap();
    let program = folder.join("examples").join(name);
    assert!(program.exists(), "build it first: cargo build --example {name}");
    let run = Command::new(program).output().unwrap();
    assert!(run.status.success(), "{name}: {run:?}");
    String::from_utf8(run.stdout).unwrap()
}

#[test]
fn a_crm_of_your_own() {
    let steps = "invited: 1 sent, revision 0\nasked again: 0 sent, revision 0\nmoved: 1 sent, revision 1\n";
    assert_eq!(output("own-crm"), format!("{steps}the suite found 0 failures\n"));
}

#[test]
fn a_mailer_of_your_own() {
    let said = output("own-mailer");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 4, "{said}");
    assert!(
        lines[0].starts_with("lee@client.example (en): Invitation: Kick-off"),
        "{said}"
    );
    assert!(
        lines[1].starts_with("kim@kunde.example (de): Einladung: Kick-off"),
        "{said}"
    );
    assert_eq!(lines[2], "Jo gets none: has no email address");
    assert_eq!(lines[3], "2 mails handed over, revision 0");
}

#[test]
fn a_provider_of_your_own() {
    assert_eq!(
        output("own-provider"),
        "created: [\"Kick-off\"]\nunchanged: [\"Kick-off\"]\nupdated: [\"Kick-off, phase 1\"]\n\
         the CRM has a link: true\ndeleted: 0 rooms\n"
    );
}

#[test]
fn a_worker_beside_a_web_server() {
    let said = output("worker-beside-a-web-server");
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 4, "{said}");
    assert_eq!(lines[0], "POST kickoff: 202: {\"queued\":1}");
    assert!(lines[1].starts_with("POST nowhere: 404: {\"error\":"), "{said}");
    assert_eq!(lines[2], "the worker sent a mail of kickoff");
    assert_eq!(
        lines[3],
        "the worker stopped; it had delivered mails of 1 meetings"
    );
}

#[test]
fn consent_in_a_web_app() {
    let said = output("consent-in-a-web-app");
    let lines: Vec<&str> = said.lines().collect();
    let goes = "the browser goes to";
    assert_eq!(lines[0], format!("{goes} /zoom/connect"));
    assert_eq!(lines[1], format!("{goes} /oauth/authorize"));
    assert_eq!(lines[2], format!("{goes} /zoom/callback"));
    assert!(lines[3].starts_with("connected, with "), "{said}");
    assert_eq!(lines[5], "a forged return: nobody asked Zoom in this browser");
    assert_eq!(lines[6], "usable: true");
}
