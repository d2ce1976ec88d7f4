//! Programs in other languages that tests compare with; `tests/run` puts them under `target/foreign/`.

#![allow(dead_code, reason = "each test uses its part")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::peers;

/// The scripts of this folder that run in Python, with the packages of `requirements.txt`.
pub(crate) fn python(script: &str) -> Command {
    let mut command = Command::new(installed("venv/bin/python"));
    command.args(["-W", "ignore"]).arg(source(script));
    command
}

/// What dkimpy says of each signature of each message: `[{"message": base64, "records": {name: text}}]`.
pub(crate) fn dkim_verdicts(cases: &serde_json::Value) -> Vec<Vec<serde_json::Value>> {
    use std::io::Write as _;
    let mut python = python("verify_dkim.py")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let input = cases.to_string();
    python.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    serde_json::from_slice(&python.wait_with_output().unwrap().stdout).unwrap()
}

/// The scripts of this folder that run in Node, with the packages of `package.json`.
pub(crate) fn node(script: &str) -> Command {
    let modules = installed("node/node_modules");
    let mut command = Command::new("node");
    command.arg(source(script));
    command.current_dir(modules.parent().unwrap_or(&modules));
    command
}

/// The program of this folder that is written in C with libical, compiled when its source is newer.
pub(crate) fn libical() -> Command {
    static COMPILING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one_at_a_time = COMPILING.lock();
    let folder = installed("venv").with_file_name("libical");
    let program = folder.join("read");
    let changed = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    if changed(&program) < changed(&source("libical.c")) {
        std::fs::create_dir_all(&folder).unwrap();
        let fresh = folder.join(format!("read-{}", std::process::id()));
        let compiled = Command::new("cc")
            .args(["-O1", "-Wall", "-Werror", "-o"])
            .arg(&fresh)
            .arg(source("libical.c"))
            .arg("-lical")
            .output()
            .unwrap();
        assert!(
            compiled.status.success(),
            "libical's headers are in Debian's package libical-dev, which tests/run installs: {}",
            String::from_utf8_lossy(&compiled.stderr)
        );
        std::fs::rename(fresh, &program).unwrap();
    }
    Command::new(program)
}

fn source(script: impl AsRef<OsStr>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/foreign")
        .join(script.as_ref())
}

fn installed(path: &str) -> PathBuf {
    let path = peers::foreign(path);
    assert!(
        path.exists(),
        "this test compares with a program in another language, and there is no {}: run tests/run, which installs it",
        path.display()
    );
    path
}
