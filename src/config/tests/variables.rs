//! Environment variables, in addition to the file and in place of it.

use super::*;

#[test]
fn variables_win_over_the_file_and_are_of_the_keys_type() {
    let dir = full_folder();
    fs::write(dir.path().join("other.secret"), "other-s3cret").unwrap();
    let environment = nothing()
        .with("INVITE_SMTP__URL", "smtp://127.0.0.1:2525")
        .with("INVITE_SMTP__CONNECTIONS", "2")
        .with("INVITE_ZOOM__MODE", "development")
        .with("INVITE_ZOOM__DEVELOPMENT__CLIENT_ID", "from-the-variable")
        .with("INVITE_ZOOM__MEETING__JOIN_BEFORE_HOST", "false")
        .with("INVITE_SMTP__PASSWORD", "variable-s3cret")
        .with("INVITE_CRM__API_KEY_FILE", "other.secret")
        .with("INVITE_CALENDAR__TIMES", "")
        .with("INVITE_KEY", "00".repeat(32))
        .with("INVITE_ACTOR", "ana")
        .with("INVITE_CONFIG", "elsewhere")
        .with("INVITE_COLOUR", "no key at all")
        .with("PATH", "/bin");
    let config = Config::load(Some(&dir.path().join("invite.toml")), &environment).unwrap();
    let smtp = config.smtp.unwrap();
    assert_eq!((smtp.server.host.as_str(), smtp.server.port), ("127.0.0.1", 2525));
    assert_eq!(
        (smtp.server.tls, smtp.server.is_loopback),
        (Encryption::None, true)
    );
    assert_eq!(smtp.connections, 2);
    // The variable hides `password_file` in the file. `api_key_file` as a variable hides the key in the file.
    assert_eq!(
        password_of(&smtp.credentials.unwrap()).expose_secret(),
        "variable-s3cret"
    );
    let zoom = config.zoom.unwrap();
    assert_eq!(
        (zoom.mode, zoom.client_id.as_str()),
        (Mode::Development, "from-the-variable")
    );
    assert_eq!(zoom.client_secret.expose_secret(), "dev-s3cret");
    assert_eq!(zoom.meeting.join_before_host, Some(false));
    assert!(
        matches!(config.crm, CrmLocation::EspoCrm { api_key, .. } if api_key.expose_secret() == "other-s3cret")
    );
    assert_eq!(
        config.calendar.times,
        Times::Zone,
        "a variable set to nothing is not set"
    );
    assert_eq!(config.key, KeySource::Given(EncryptionKey::new([0; 32])));
}

#[test]
fn every_key_can_be_given_by_its_variable() {
    for (path, kind) in keys::KEYS {
        let mut layers = Layers::default();
        let text = match kind {
            keys::Kind::Number => "7",
            keys::Kind::Flag => "true",
            _ => "x",
        };
        layers.read_environment(&nothing().with(keys::variable(path), text));
        assert!(layers.get(path).is_some() && layers.problems.is_empty(), "{path}");
    }
}

#[test]
fn wrong_variables_are_named() {
    let environment = nothing()
        .with("INVITE_SMTP__URLL", "smtp://x")
        .with("INVITE_SMTP__CONNECTIONS", "eight")
        .with("INVITE_ZOOM__MEETING__PASSCODE", "yes")
        .with("INVITE_QUUX__QUUX", "1")
        .with("INVITE_KEY", "s3cret-but-short");
    let lines = wrong_with("", &environment);
    for line in [
        "INVITE_SMTP__URLL: smtp.urll is not a known key; did you mean INVITE_SMTP__URL?",
        "INVITE_SMTP__CONNECTIONS: smtp.connections must be a whole number, not text",
        "INVITE_ZOOM__MEETING__PASSCODE: zoom.meeting.passcode must be true or false, not text",
        "INVITE_QUUX__QUUX: quux.quux is not a known key",
        "INVITE_KEY: the encryption key cannot be used: it must be 32 bytes, as 64 hex digits or base64",
    ] {
        assert!(lines.iter().any(|l| l == line), "{line}\n{lines:#?}");
    }
    assert_eq!(lines.len(), 5);

    let near_miss = nothing().with("INVITE_SMTP_URL", "x");
    let config = read("[organization]\nname = \"A\"", &near_miss).unwrap();
    assert_eq!(
        config.warnings,
        ["the variable INVITE_SMTP_URL is not read; INVITE_SMTP__URL overrides smtp.url"]
    );
}

#[test]
fn without_a_file_there_is_the_environment() {
    let error = Config::load(None, &nothing()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no configuration file was found: organization.name is missing"
    );
    assert_eq!(
        error.remedy(),
        Some(
            Remedy::act(Act::WriteConfiguration)
                .and(", or ")
                .then(Act::NameConfiguration)
        )
    );
    let config = Config::load(None, &nothing().with("INVITE_ORGANIZATION__NAME", "A")).unwrap();
    assert!(
        matches!(&config.database.location, DatabaseLocation::Sqlite(p) if p == Path::new("/nonexistent/invite.db"))
    );
    assert_eq!(config.file, None);
}
