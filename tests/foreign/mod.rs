//! Programs in other languages that tests compare with; `tests/run` puts them under `target/foreign/`.

#![allow(dead_code, reason = "each test uses its part")]

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The scripts of this folder that run in Python, with the packages of `requirements.txt`.
pub(crate) fn python(script: &str) -> Command {
    let mut command = Command::new(installed("venv/bin/python"));
    command.args(["-W", "ignore"]).arg(source(script));
    command
}

/// The scripts of this folder that run in Node, with the packages of `package.json`.
pub(crate) fn node(script: &str) -> Command {
    let modules = installed("node/node_modules");
    let mut command = Command::new("node");
    command.arg(source(script));
    command.current_dir(modules.parent().unwrap_or(&modules));
    command
}

fn source(script: impl AsRef<OsStr>) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/foreign")
        .join(script.as_ref())
}

fn installed(path: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("target/foreign")
        .join(path);
    assert!(
        path.exists(),
        "this test compares with a program in another language, and there is no {}: run tests/run, which installs it",
        path.display()
    );
    path
}
