//! The configuration as a program reads it: from a folder, with an environment of its own.

use std::fs;
use std::path::Path;

use crate::config::{Config, Environment, starter};
use crate::database::KeySource;
use crate::fault::{Class, Fault};

#[test]
fn a_folder_begun_with_the_starter_works_at_once() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("invite.toml"), starter()).unwrap();
    let environment = Environment::empty(dir.path());
    let file = Config::find(None, &environment).unwrap().unwrap();
    let config = Config::load(Some(&file), &environment).unwrap();
    assert_eq!(config.organization.name, "Acme");
    assert!(config.require_smtp().is_err() && config.require_zoom().is_err());

    let key = config.encryption_key().load_or_create().unwrap();
    assert!(dir.path().join("invite.key").exists());
    let again = Config::load(Some(&file), &environment).unwrap();
    assert_eq!(again.encryption_key().load().unwrap(), Some(key));
    assert!(again.warnings.is_empty(), "{:?}", again.warnings);
}

#[test]
fn a_wrong_key_is_named_with_its_line_and_the_exit_status() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("invite.toml");
    fs::write(
        &file,
        "[organization]\nname = \"Acme\"\n\n[smtp]\nurll = \"smtps://mail.acme.example\"\n",
    )
    .unwrap();
    let environment = Environment::empty(dir.path()).with("INVITE_SMTP__FROM", "meetings@acme.example");
    let error = Config::load(Some(&file), &environment).unwrap_err();
    let at = file.display();
    assert_eq!(
        error.to_string(),
        format!(
            "2 things are wrong in the configuration:\n  \
             {at}:4: smtp.url is missing: it names the mail server\n  \
             {at}:5: smtp.urll is not a known key; did you mean smtp.url?"
        )
    );
    assert_eq!(error.class(), Class::Configuration);
    assert_eq!(error.class().exit_code(), 78);
}

#[test]
fn the_sandbox_keeps_its_key_in_its_folder() {
    let config = Config::sandbox(Path::new("invite-sandbox"));
    let expected = KeySource::File(Path::new("invite-sandbox").join("invite.key"));
    assert_eq!(*config.encryption_key(), expected);
}
