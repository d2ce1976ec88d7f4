//! What a configuration says, and what it answers to each mistake.

mod folder;

use std::fs;

use proptest::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use super::*;
use crate::database::EncryptionKey;
use crate::fault::{Act, Class, Fault as _, Remedy};

/// The whole example of the documentation, with its secrets in files.
const FULL: &str = r#"
[organization]
name = "Acme"
site_url = "https://crm.acme.example"
public_url = "https://meet.acme.example"
time_zone = "Europe/Berlin"
language = "en"

[database]
url = "sqlite://invite.db"

[crm]
url = "espocrm+https://crm.acme.example"
api_key_file = "espo.key"

[zoom]
mode = "production"
auth = "authorization_code"
redirect_uri = "http://127.0.0.1:8765/zoom/callback"
api_url = "https://api.zoom.us/v2"
oauth_url = "https://zoom.us/oauth"
[zoom.production]
client_id = "prod-id"
client_secret_file = "zoom.secret"
[zoom.development]
client_id = "dev-id"
client_secret = "dev-s3cret"
[zoom.meeting]
join_before_host = true
jbh_time = 10
passcode = true
auto_recording = "cloud"

[smtp]
url = "smtp://mail.acme.example:587?tls=required"
username = "meetings"
password_file = "smtp.secret"
from = "Acme <meetings@acme.example>"
connections = 4
max_per_second = 30
first_retry = "90s"
give_up_after = "1d12h"
[smtp.dkim]
domain = "acme.example"
selector = "s1"
key_file = "dkim.pem"

[templates]
dir = "templates"

[calendar]
times = "zone"
attendees = "recipient"
"#;

const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n";

/// A folder with files in it that only their owner can read.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = dir.path().join(name);
        fs::write(&path, content).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
    dir
}

fn full_folder() -> tempfile::TempDir {
    folder(&[
        ("invite.toml", FULL),
        ("espo.key", "espo-s3cret\n"),
        ("zoom.secret", "zoom-s3cret\r\n"),
        ("smtp.secret", "smtp s3cret "),
        ("dkim.pem", PEM),
    ])
}

fn nothing() -> Environment {
    Environment::empty("/nonexistent")
}

/// Reads text as the file `/etc/invite.toml`.
fn read(text: &str, environment: &Environment) -> Result<Config, ConfigError> {
    Config::read(Some((Path::new("/etc/invite.toml"), text)), environment)
}

/// The lines of what is wrong with a text that follows `[organization]` with a name (lines 1 and 2).
fn wrong(text: &str) -> Vec<String> {
    wrong_with(text, &nothing())
}

fn wrong_with(text: &str, environment: &Environment) -> Vec<String> {
    let text = format!("[organization]\nname = \"Acme\"\n{text}");
    let error = read(&text, environment).expect_err("this was taken for right");
    assert_eq!(error.class(), Class::Configuration);
    assert!(!error.problems().is_empty(), "{error}");
    let lines = error.problems().iter().map(ToString::to_string);
    lines.map(|line| line.replace("/etc/invite.toml", "f")).collect()
}

fn password_of(credentials: &SmtpCredentials) -> SecretString {
    match &credentials.login {
        Login::Password(password) => password.clone(),
        Login::OAuth(_) => panic!("it has no password"),
    }
}

#[test]
fn every_key_is_read() {
    let dir = full_folder();
    let config = Config::load(Some(&dir.path().join("invite.toml")), &nothing()).unwrap();
    assert_eq!(config.warnings, [""; 0]);
    assert_eq!(
        config.file.as_deref(),
        Some(dir.path().join("invite.toml").as_path())
    );
    let organization = &config.organization;
    assert_eq!(organization.name, "Acme");
    assert_eq!(
        organization.site_url.as_ref().unwrap().as_str(),
        "https://crm.acme.example/"
    );
    assert_eq!(
        organization.public_url.as_ref().unwrap().as_str(),
        "https://meet.acme.example/"
    );
    assert_eq!(organization.time_zone.name(), "Europe/Berlin");
    assert_eq!(organization.language.tag(), "en");
    let DatabaseLocation::Sqlite(file) = &config.database.location else {
        panic!()
    };
    assert_eq!(*file, dir.path().join("invite.db"));
    assert_eq!(
        *config.encryption_key(),
        KeySource::File(dir.path().join("invite.key"))
    );
    let CrmLocation::EspoCrm { url, api_key } = &config.crm else {
        panic!()
    };
    assert_eq!(
        (url.as_str(), api_key.expose_secret()),
        ("https://crm.acme.example/", "espo-s3cret")
    );

    let zoom = config.require_zoom().unwrap();
    assert_eq!(
        (zoom.mode, zoom.client_id.as_str()),
        (Mode::Production, "prod-id")
    );
    assert_eq!(zoom.client_secret.expose_secret(), "zoom-s3cret");
    let redirect_uri = "http://127.0.0.1:8765/zoom/callback".to_owned();
    assert_eq!(zoom.auth, Auth::AuthorizationCode { redirect_uri });
    assert_eq!(zoom.api_url.as_str(), "https://api.zoom.us/v2");
    assert_eq!(zoom.oauth_url.as_str(), "https://zoom.us/oauth");
    let meeting = ZoomMeetingDefaults {
        join_before_host: Some(true),
        jbh_time: Some(10),
        passcode: Some(true),
        auto_recording: Some(AutoRecording::Cloud),
        ..ZoomMeetingDefaults::default()
    };
    assert_eq!(zoom.meeting, meeting);

    let smtp = config.require_smtp().unwrap();
    assert_eq!(
        (smtp.server.host.as_str(), smtp.server.port),
        ("mail.acme.example", 587)
    );
    assert_eq!(
        (smtp.server.tls, smtp.server.is_loopback),
        (Encryption::Required, false)
    );
    let credentials = smtp.credentials.as_ref().unwrap();
    assert_eq!(credentials.username, "meetings");
    assert_eq!(
        password_of(credentials).expose_secret(),
        "smtp s3cret ",
        "only line ends are cut"
    );
    assert_eq!(smtp.from.name.as_deref(), Some("Acme"));
    assert_eq!(smtp.from.address.as_str(), "meetings@acme.example");
    assert_eq!((smtp.connections, smtp.max_per_second), (4, NonZeroU32::new(30)));
    assert_eq!(smtp.first_retry, Duration::from_secs(90));
    assert_eq!(smtp.give_up_after, Duration::from_secs(129_600));
    let [dkim] = smtp.dkim.as_slice() else {
        panic!("{:?}", smtp.dkim)
    };
    assert_eq!(
        (dkim.domain.as_str(), dkim.selector.as_str()),
        ("acme.example", "s1")
    );
    assert_eq!(dkim.key.expose_secret(), PEM.trim_end());
    assert_eq!(config.templates.dir, dir.path().join("templates"));
    assert_eq!(config.calendar.times, Times::Zone);
    assert_eq!(config.calendar.attendees, AttendeeList::Recipient);
}

#[test]
fn a_name_is_enough() {
    let config = read("[organization]\nname = \" Acme \"", &nothing()).unwrap();
    assert_eq!(config.organization, Organization::new("Acme"));
    assert!(config.zoom.is_none() && config.smtp.is_none());
    assert!(matches!(config.crm, CrmLocation::Builtin));
    assert!(
        matches!(&config.database.location, DatabaseLocation::Sqlite(p) if p == Path::new("/etc/invite.db"))
    );
    assert_eq!(config.templates.dir, Path::new("/etc/templates"));
    assert_eq!(
        *config.encryption_key(),
        KeySource::File("/etc/invite.key".into())
    );
    assert_eq!(config.calendar, Calendar::default());
    assert_eq!(
        config.require_smtp().unwrap_err().to_string(),
        "sending mail needs the section [smtp] of the configuration, which is not there"
    );
    assert_eq!(
        config.require_zoom().unwrap_err().to_string(),
        "pushing meetings to Zoom needs the section [zoom] of the configuration, which is not there"
    );
}

#[test]
fn the_shortest_sections_get_the_documented_defaults() {
    let text = "[organization]\nname = \"A\"\n[zoom.production]\nclient_id = \"i\"\nclient_secret = \"s\"\n\
                [smtp]\nurl = \"smtps://mail.acme.example\"\nfrom = \"meetings@acme.example\"";
    let config = read(text, &nothing()).unwrap();
    let zoom = config.zoom.unwrap();
    assert_eq!(
        (zoom.mode, zoom.meeting),
        (Mode::Production, ZoomMeetingDefaults::default())
    );
    let redirect_uri = "http://127.0.0.1:8765/zoom/callback".to_owned();
    assert_eq!(zoom.auth, Auth::AuthorizationCode { redirect_uri });
    assert_eq!(zoom.api_url.as_str(), "https://api.zoom.us/v2");
    assert_eq!(zoom.oauth_url.as_str(), "https://zoom.us/oauth");
    let smtp = config.smtp.unwrap();
    assert_eq!((smtp.server.port, smtp.server.tls), (465, Encryption::Implicit));
    assert!(smtp.credentials.is_none() && smtp.dkim.is_empty() && smtp.max_per_second.is_none());
    assert_eq!(smtp.from.name, None);
    assert_eq!(smtp.connections, 8);
    assert_eq!(smtp.first_retry, Duration::from_secs(60));
    assert_eq!(smtp.give_up_after, Duration::from_secs(259_200));
}

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
    // The variable hides `password_file` in the file, and `api_key_file` of the variable the other one.
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
fn unknown_keys_name_the_nearest() {
    for (text, expected) in [
        (
            "nam = \"x\"",
            "f:3: organization.nam is not a known key; did you mean organization.name?",
        ),
        (
            "[smpt]\nurl = \"x\"",
            "f:3: smpt is not a known key; did you mean smtp?",
        ),
        (
            "[database]\nurll = 3",
            "f:4: database.urll is not a known key; did you mean database.url?",
        ),
        (
            "[database]\nkeeps = \"180d\"",
            "f:4: database.keeps is not a known key; did you mean database.keep?",
        ),
        (
            "[zoom_x.a]\n",
            "f:3: zoom_x is not a known key; did you mean zoom?",
        ),
        (
            "[templates]\nquux = 1",
            "f:4: templates.quux is not a known key; those of [templates] are dir",
        ),
        (
            "[quux]",
            "f:3: quux is not a known key; \
             the sections are organization, database, crm, zoom, jitsi, smtp, templates, calendar",
        ),
        (
            "[calendar]\nredirect_uri = \"x\"",
            "f:4: calendar.redirect_uri is not a known key; did you mean zoom.redirect_uri?",
        ),
        (
            "[crm]\nurl_file = \"x\"",
            "f:4: crm.url_file is not a known key; did you mean crm.url?",
        ),
    ] {
        assert_eq!(wrong(text), [expected], "{text}");
    }
}

#[test]
fn wrong_types_are_named_and_values_are_not_shown() {
    for (text, expected) in [
        (
            "time_zone = 1",
            "f:3: organization.time_zone must be text in double quotes, not a number",
        ),
        (
            "[templates]\ndir = [\"a\"]",
            "f:4: templates.dir must be text in double quotes, not a list",
        ),
        (
            "[calendar]\ntimes = true",
            "f:4: calendar.times must be text in double quotes, not true or false",
        ),
        (
            "[calendar]\ntimes = 2026-01-01",
            "f:4: calendar.times must be text in double quotes, not a date or time",
        ),
        (
            "[calendar.times]",
            "f:3: calendar.times must be text in double quotes, not a table",
        ),
        (
            "[crm]\nallow_plaintext = \"yes\"",
            "f:4: crm.allow_plaintext must be true or false, not text",
        ),
        (
            "[database]\npassword = 12345",
            "f:4: database.password must be text in double quotes, not a number",
        ),
        ("[[database]]", "f:3: database must be a table, not a list"),
    ] {
        assert_eq!(wrong(text), [expected], "{text}");
    }
    let top = read("smtp = \"x\"\norganization.name = \"A\"", &nothing()).unwrap_err();
    assert_eq!(
        top.to_string(),
        "/etc/invite.toml:1: smtp must be a table, not text"
    );
}

/// A correct `[smtp]` on lines 3 to 5, then more.
fn smtp(more: &str) -> String {
    format!("[smtp]\nurl = \"smtps://mail.acme.example\"\nfrom = \"m@acme.example\"\n{more}")
}

/// A correct `[zoom.production]` on lines 3 to 5, then more.
fn zoom(more: &str) -> String {
    format!("[zoom.production]\nclient_id = \"i\"\nclient_secret = \"s\"\n{more}")
}

#[test]
fn each_impossible_value_is_explained() {
    for (text, expected) in [
        (
            "site_url = \"crm.acme.example\"".to_owned(),
            "f:3: organization.site_url cannot be used: it is not a web address: relative URL without a base",
        ),
        (
            "site_url = \"ftp://crm.acme.example\"".into(),
            "f:3: organization.site_url cannot be used: it must begin with https:// (or http://)",
        ),
        (
            "site_url = \"https://crm.acme.example/?a\"".into(),
            "f:3: organization.site_url cannot be used: it has a ? in it; give the address that paths are appended to",
        ),
        (
            "site_url = \"https://crm.acme.example/#a\"".into(),
            "f:3: organization.site_url cannot be used: it has a # in it, with which a server can do nothing",
        ),
        (
            "site_url = \"https://a:s3cret@crm.acme.example\"".into(),
            "f:3: organization.site_url cannot be used: it carries a user name or password; leave them out",
        ),
        (
            "time_zone = \"Europe/Berlinn\"".into(),
            "f:3: organization.time_zone cannot be used: \"Europe/Berlinn\" is not an IANA time zone (did you mean Europe/Berlin?)",
        ),
        (
            "language = \"german language\"".into(),
            "f:3: organization.language cannot be used: \"german language\" is not a language tag such as \"en\", \"de-AT\" or \"zh-Hans\"",
        ),
        (
            "[templates]\ndir = \" \"".into(),
            "f:4: templates.dir cannot be used: it is empty",
        ),
        (
            "[calendar]\ntimes = \"zones\"".into(),
            "f:4: calendar.times cannot be used: it must be \"utc\" or \"zone\", not \"zones\"; did you mean \"zone\"?",
        ),
        (
            "[database]\nurl = \"mysql://x\"".into(),
            "f:4: database.url cannot be used: it must be sqlite://FILE or postgres://USER@HOST/DATABASE",
        ),
        (
            "[database]\nurl = \"sqlite://a.db?mode=ro\"".into(),
            "f:4: database.url cannot be used: a sqlite:// address takes no options after a ?",
        ),
        (
            "[database]\nurl = \"sqlite://\"".into(),
            "f:4: database.url cannot be used: it names no file; write sqlite://invite.db",
        ),
        (
            "[database]\nurl = \"sqlite::memory:\"".into(),
            "f:4: database.url cannot be used: what is sent must be remembered; name a file, such as sqlite://invite.db",
        ),
        (
            "[database]\nurl = \"postgres://u:s3cret@h/d\"\npassword = \"s3cret\"".into(),
            "f:5: database.password cannot be used: the URL has a password already; leave one of them out",
        ),
        (
            "[crm]\nurl = \"https://crm.acme.example\"\napi_key = \"s3cret\"".into(),
            "f:4: crm.url cannot be used: it must be builtin, or the address of an EspoCRM such as espocrm+https://crm.acme.example",
        ),
        (
            "[crm]\nurl = \"espocrm+http://crm.acme.example\"\napi_key = \"s3cret\"".into(),
            "f:4: crm.url cannot be used: the API key would travel unencrypted; use espocrm+https://, or set crm.allow_plaintext = true",
        ),
        (
            "[crm]\nurl = \"espocrm+https://crm.acme.example\"".into(),
            "f:3: crm.api_key is missing: EspoCRM needs the key of an API user",
        ),
        (
            zoom("[zoom]\nmode = \"prod\""),
            "f:7: zoom.mode cannot be used: it must be \"production\" or \"development\", not \"prod\"; did you mean \"production\"?",
        ),
        (
            zoom("[zoom]\nauth = \"server_to_server\""),
            "f:6: zoom.account_id is missing: zoom.auth = \"server_to_server\" needs it",
        ),
        (
            zoom("[zoom]\nredirect_uri = \"http://invite.acme.example/cb\""),
            "f:7: zoom.redirect_uri cannot be used: it must begin with https:// (http:// only on this machine)",
        ),
        (
            zoom("[zoom]\napi_url = \"http://api.zoom.us/v2\""),
            "f:7: zoom.api_url cannot be used: secrets are sent there, so it must begin with https:// (http:// only on this machine)",
        ),
        (
            zoom("[zoom]\noauth_url = \"http://zoom.us/oauth\""),
            "f:7: zoom.oauth_url cannot be used: secrets are sent there, so it must begin with https:// (http:// only on this machine)",
        ),
        (
            zoom("[zoom.meeting]\njbh_time = 7"),
            "f:7: zoom.meeting.jbh_time cannot be used: Zoom knows only 0, 5, 10 and 15 minutes",
        ),
        (
            zoom("[zoom.meeting]\njbh_time = 20"),
            "f:7: zoom.meeting.jbh_time cannot be used: it must be from 0 to 15, not 20",
        ),
        (
            zoom("[zoom.meeting]\nwaiting_room = true\njoin_before_host = true"),
            "f:8: zoom.meeting.join_before_host cannot be used: Zoom ignores it together with zoom.meeting.waiting_room = true; choose one of the two",
        ),
        (
            zoom("[zoom.meeting]\nauto_recording = \"both\""),
            "f:7: zoom.meeting.auto_recording cannot be used: it must be \"local\" or \"cloud\" or \"none\", not \"both\"",
        ),
        (
            "[database]\nkeep = \"12h\"".into(),
            "f:4: database.keep cannot be used: it must be \"1d\" or longer, not \"12h\"",
        ),
        (
            smtp("connections = 0"),
            "f:6: smtp.connections cannot be used: it must be from 1 to 100, not 0",
        ),
        (
            smtp("max_per_second = -1"),
            "f:6: smtp.max_per_second cannot be used: it must be from 0 to 1000000, not -1",
        ),
        (
            smtp("first_retry = \"60\""),
            "f:6: smtp.first_retry cannot be used: \"60\" is not a length of time; write numbers with d, h, m or s, such as \"1h30m\"",
        ),
        (
            smtp("first_retry = \"2h\""),
            "f:6: smtp.first_retry cannot be used: it must be from \"1s\" to \"1h\", not \"2h\"",
        ),
        (
            smtp("give_up_after = \"30s\""),
            "f:6: smtp.give_up_after cannot be used: it is shorter than smtp.first_retry, so nothing would ever be tried again",
        ),
        (
            smtp("username = \"u\""),
            "f:3: smtp.password is missing: smtp.username needs it",
        ),
        (
            smtp("password = \"s3cret\""),
            "f:3: smtp.username is missing: it is whom to log in as",
        ),
        (
            smtp("[smtp.dkim]\ndomain = \"a.example\"\nselector = \"s\""),
            "f:6: smtp.dkim.key is missing: give the private key's PEM file as key_file",
        ),
        (
            smtp("[smtp.dkim]\nselector = \"s\"\nkey = \"\"\"-----BEGIN PRIVATE KEY-----\nx\n\"\"\""),
            "f:6: smtp.dkim.domain is missing: a signature needs it",
        ),
        (
            smtp("[smtp.dkim]\ndomain = \"a.example\"\nselector = \"s\"\nkey = \"s3cret\""),
            "f:9: smtp.dkim.key cannot be used: it is no private key in PEM form",
        ),
    ] {
        let lines = wrong(&text);
        assert_eq!(lines, [expected], "{text}");
        assert!(!lines[0].contains("s3cret"));
    }
}

#[test]
fn mail_servers_that_cannot_be_are_explained() {
    for (url, expected) in [
        (
            "mail.acme.example",
            "it is not a URL: relative URL without a base",
        ),
        (
            "http://mail.acme.example",
            "it must begin with smtps:// or smtp://",
        ),
        (
            "smtp://u:s3cret@mail.acme.example",
            "it carries a user name or password; write them as smtp.username and smtp.password_file",
        ),
        ("smtp:///x", "it names no host"),
        (
            "smtp://mail.acme.example?tls=maybe",
            "tls must be required or opportunistic, not \"maybe\"",
        ),
        (
            "smtps://mail.acme.example?tls=required",
            "smtps:// is encrypted from the start; leave ?tls=… out",
        ),
        (
            "smtp://mail.acme.example?tsl=required",
            "it may have ?tls=… once and nothing else after the ?, not \"tsl\"",
        ),
        (
            "smtp://mail.acme.example",
            "mail and password would travel unencrypted; use smtps:// or ?tls=required, or set smtp.allow_plaintext = true",
        ),
    ] {
        let lines = wrong(&format!("[smtp]\nurl = {url:?}\nfrom = \"m@acme.example\""));
        assert_eq!(
            lines,
            [format!("f:4: smtp.url cannot be used: {expected}")],
            "{url}"
        );
    }
}

#[test]
fn mail_servers_are_read_in_lettres_forms() {
    let server = |url: &str| address::mail_server(url).unwrap();
    for (url, host, port, tls, is_loopback) in [
        (
            "smtps://mail.acme.example",
            "mail.acme.example",
            465,
            Encryption::Implicit,
            false,
        ),
        (
            "smtps://mail.acme.example:4465",
            "mail.acme.example",
            4465,
            Encryption::Implicit,
            false,
        ),
        (
            "smtp://mail.acme.example?tls=required",
            "mail.acme.example",
            587,
            Encryption::Required,
            false,
        ),
        (
            "smtp://mail.acme.example?tls=opportunistic",
            "mail.acme.example",
            587,
            Encryption::Opportunistic,
            false,
        ),
        ("smtp://127.0.0.1:80", "127.0.0.1", 80, Encryption::None, true),
        ("smtp://LOCALHOST", "localhost", 25, Encryption::None, true),
        ("smtp://[::1]:25", "::1", 25, Encryption::None, true),
        ("smtp://192.0.2.1", "192.0.2.1", 25, Encryption::None, false),
        (
            "smtps://bücher.example",
            "xn--bcher-kva.example",
            465,
            Encryption::Implicit,
            false,
        ),
    ] {
        let expected = SmtpServer {
            host: host.into(),
            port,
            tls,
            hello_name: None,
            is_loopback,
        };
        assert_eq!(server(url), expected, "{url}");
    }
    assert_eq!(
        server("smtps://mail.acme.example/me.acme.example")
            .hello_name
            .as_deref(),
        Some("me.acme.example")
    );
    let open = smtp("allow_plaintext = true").replace("smtps", "smtp");
    assert!(read(&format!("[organization]\nname = \"A\"\n{open}"), &nothing()).is_ok());
}

#[test]
fn a_sender_is_a_name_and_an_address() {
    for (text, name, address) in [
        (
            "Acme <meetings@acme.example>",
            Some("Acme"),
            "meetings@acme.example",
        ),
        (
            "\"Acme, Inc.\" <meetings@acme.example>",
            Some("Acme, Inc."),
            "meetings@acme.example",
        ),
        (
            "Acme Inc. <meetings@acme.example>",
            Some("Acme Inc."),
            "meetings@acme.example",
        ),
        (
            "Bücher & Söhne <post@bücher.example>",
            Some("Bücher & Söhne"),
            "post@xn--bcher-kva.example",
        ),
        ("<meetings@acme.example>", None, "meetings@acme.example"),
        ("meetings@acme.example", None, "meetings@acme.example"),
    ] {
        let sender = address::sender(text).unwrap();
        assert_eq!(
            (sender.name.as_deref(), sender.address.as_str()),
            (name, address),
            "{text}"
        );
    }
    for bad in [
        "Acme",
        "a@b.example, c@d.example",
        "Acme <a@b.example> x",
        "Acme, Inc. <a@b.example>",
        "A <a@b.example>\r\nBcc: <c@d.example>",
    ] {
        let text = format!(
            "[smtp]\nurl = \"smtps://m.example\"\nfrom = {}",
            toml::Value::from(bad)
        );
        let lines = wrong(&text);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(
            lines[0].contains("smtp.from cannot be used: ")
                && lines[0].ends_with("write \"Name <address>\" or an address alone"),
            "{lines:?}"
        );
    }
}

#[test]
fn all_that_is_wrong_is_reported_at_once_in_order() {
    let text =
        "[smtp]\nconnections = \"a\"\nurll = \"x\"\n[zoom]\nmode = \"x\"\n[organization]\nlanguage = \"\"";
    let error = read(text, &nothing().with("INVITE_SMTP__FROM", "x")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "7 things are wrong in the configuration:\
         \n  /etc/invite.toml:1: smtp.url is missing: it names the mail server\
         \n  /etc/invite.toml:2: smtp.connections must be a whole number, not text\
         \n  /etc/invite.toml:3: smtp.urll is not a known key; did you mean smtp.url?\
         \n  /etc/invite.toml:5: zoom.mode cannot be used: it must be \"production\" or \"development\", not \"x\"\
         \n  /etc/invite.toml:6: organization.name is missing\
         \n  /etc/invite.toml:7: organization.language cannot be used: it is empty\
         \n  INVITE_SMTP__FROM: smtp.from cannot be used: \"x\" is not one email address: it has no @; \
         write \"Name <address>\" or an address alone"
    );
    assert_eq!((error.kind(), error.class().exit_code()), ("config.invalid", 78));
    assert_eq!(
        error.remedy().map(|remedy| remedy.to_string()).as_deref(),
        Some("correct the keys named; docs/configuration.md describes every key")
    );
}

#[test]
fn the_mode_needs_its_own_credentials() {
    let text = zoom("[zoom]\nmode = \"development\"");
    assert_eq!(
        wrong(&text),
        [
            "f:6: zoom.development.client_id is missing: zoom.mode = \"development\" needs it",
            "f:6: zoom.development.client_secret is missing: zoom.mode = \"development\" needs it",
        ]
    );
    // The other mode's secret is not even looked for.
    let text = format!(
        "[organization]\nname = \"A\"\n{}",
        zoom("[zoom.development]\nclient_secret_file = \"nowhere\"")
    );
    assert!(read(&text, &nothing()).is_ok());
}

#[test]
fn secrets_that_are_not_used_are_checked_and_warned_of() {
    let text = zoom("[zoom.development]\nclient_secret = \"s3cret\"\nclient_secret_file = \"nowhere\"");
    assert_eq!(
        wrong(&text),
        [
            "f:7: zoom.development.client_secret is given twice, itself and by zoom.development.client_secret_file; \
          leave one of them out"
        ]
    );
    let text =
        "[organization]\nname = \"A\"\n[database]\npassword_file = \"nowhere\"\n[crm]\napi_key = \"s3cret\"";
    assert_eq!(
        read(text, &nothing()).unwrap().warnings,
        [
            "/etc/invite.toml:4: database.password is not used: an SQLite database has no password",
            "/etc/invite.toml:6: crm.api_key is not used: the built-in CRM needs no key",
        ]
    );
}

#[test]
fn server_to_server_has_an_account() {
    let text = format!(
        "[organization]\nname = \"A\"\n{}",
        zoom("[zoom]\naccount_id = \"acc\"\nauth = \"server_to_server\"")
    );
    let account_id = "acc".to_owned();
    assert_eq!(
        read(&text, &nothing()).unwrap().zoom.unwrap().auth,
        Auth::ServerToServer { account_id }
    );
    let config = read(&text.replace("auth = \"server_to_server\"", ""), &nothing()).unwrap();
    assert_eq!(
        config.warnings,
        [
            "/etc/invite.toml:7: zoom.account_id is not used: zoom.auth is \"authorization_code\", not \"server_to_server\""
        ]
    );
}

#[test]
fn files_of_secrets_that_cannot_be_used_are_named() {
    let dir = folder(&[("empty", "\n\n"), ("secret", "s3cret")]);
    let at = |name: &str| dir.path().join(name).display().to_string();
    fs::create_dir(dir.path().join("folder")).unwrap();
    fs::write(dir.path().join("binary"), b"\xff\xfe").unwrap();
    let load = |line: &str| {
        let path = dir.path().join("invite.toml");
        fs::write(
            &path,
            format!("organization.name = \"A\"\n{}username = \"u\"\n{line}", smtp("")),
        )
        .unwrap();
        let error = Config::load(Some(&path), &nothing()).unwrap_err();
        error.to_string().replace(&at("invite.toml"), "f")
    };
    assert_eq!(
        load("password_file = \"nowhere\""),
        format!(
            "f:6: smtp.password_file names the file {}, which cannot be read: No such file or directory (os error 2)",
            at("nowhere")
        )
    );
    assert!(load("password_file = \"folder\"").starts_with(&format!(
        "f:6: smtp.password_file names the file {}, which cannot be read: ",
        at("folder")
    )));
    assert!(load("password_file = \"binary\"").starts_with(&format!(
        "f:6: smtp.password_file names the file {}, which cannot be read: ",
        at("binary")
    )));
    assert_eq!(
        load("password_file = \"empty\""),
        "f:6: smtp.password_file cannot be used: it is empty"
    );
    assert_eq!(
        load("password = \"\""),
        "f:6: smtp.password cannot be used: it is empty"
    );
    assert_eq!(
        load("password_file = \"secret\"\npassword = \"s3cret\""),
        "f:7: smtp.password is given twice, itself and by smtp.password_file; leave one of them out"
    );
}

#[cfg(unix)]
#[test]
fn secrets_that_everybody_can_read_are_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = full_folder();
    let file = dir.path().join("invite.toml");
    let secret = dir.path().join("smtp.secret");
    let key = dir.path().join("invite.key");
    fs::write(&key, "00".repeat(32)).unwrap();
    for path in [&secret, &key] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o644)).unwrap();
    }
    let config = Config::load(Some(&file), &nothing()).unwrap();
    assert_eq!(
        config.warnings,
        [
            format!(
                "{}:9: database.key_file names {1}, which everybody on this machine can read; run `chmod 600 {1}`",
                file.display(),
                key.display()
            ),
            format!(
                "{}:37: smtp.password_file names {1}, which everybody on this machine can read; run `chmod 600 {1}`",
                file.display(),
                secret.display()
            ),
        ]
    );
}

#[test]
fn what_can_be_read_on_the_way_is_warned_of() {
    let text = "[organization]\nname = \"A\"\npublic_url = \"http://meet.acme.example\"\n[smtp]\n\
                url = \"smtp://mail.acme.example?tls=opportunistic\"\nfrom = \"m@acme.example\"\n\
                username = \"u\"\npassword = \"s3cret\"";
    let config = read(text, &nothing()).unwrap();
    assert_eq!(
        config.warnings,
        [
            "/etc/invite.toml:3: organization.public_url begins with http://, so anybody on the way can read \
             the answer links; use https://",
            "/etc/invite.toml:5: smtp.url has ?tls=opportunistic, so the password travels unencrypted when \
             somebody on the way wants it to; use ?tls=required",
        ]
    );
}

#[test]
fn paths_are_relative_to_the_files_folder() {
    let text = "[organization]\nname = \"A\"\n[database]\nurl = \"sqlite:data/100%.db\"\nkey_file = \"/run/k\"\n\
                [templates]\ndir = \"../t\"";
    let config = read(text, &nothing()).unwrap();
    assert!(
        matches!(&config.database.location, DatabaseLocation::Sqlite(p) if p == Path::new("/etc/data/100%.db"))
    );
    assert_eq!(config.key, KeySource::File("/run/k".into()));
    assert_eq!(config.templates.dir, Path::new("/etc/../t"));
    let absolute = read(&text.replace("sqlite:data/", "sqlite:///srv/"), &nothing()).unwrap();
    assert!(
        matches!(&absolute.database.location, DatabaseLocation::Sqlite(p) if p == Path::new("/srv/100%.db"))
    );
}

#[test]
fn postgres_keeps_its_password_to_itself() {
    let text = "[organization]\nname = \"A\"\n[database]\nurl = \"postgres://me@db.example/invite\"\npassword = \"p@s/s3cret\"";
    let config = read(text, &nothing()).unwrap();
    let DatabaseLocation::Postgres(url) = &config.database.location else {
        panic!()
    };
    assert_eq!(
        url.expose_secret(),
        "postgres://me:p%40s%2Fs3cret@db.example/invite"
    );
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn a_database_elsewhere_is_to_be_asked_for_tls() {
    let warnings = |url: &str, environment: &Environment| {
        let text = format!("[organization]\nname = \"A\"\n[database]\nurl = \"{url}\"");
        read(&text, environment).unwrap().warnings.len()
    };
    for url in [
        "postgres://me@db.example/invite",
        "postgres://me@db.example/invite?sslmode=prefer",
        "postgres://me@localhost/invite?host=db.example",
    ] {
        assert_eq!(warnings(url, &nothing()), 1, "{url}");
    }
    for url in [
        "postgres://me@db.example/invite?sslmode=verify-full",
        "postgres://me@127.0.0.1/invite",
        "postgres://me@[::1]:5433/invite",
        "postgres://me@%2Frun%2Fpostgresql/invite",
        "postgres:///invite?host=/run/postgresql",
    ] {
        assert_eq!(warnings(url, &nothing()), 0, "{url}");
    }
    let environment = nothing().with("PGSSLMODE", "require");
    assert_eq!(warnings("postgres://me@db.example/invite", &environment), 0);
}

#[test]
fn secrets_are_not_shown() {
    let dir = full_folder();
    let environment = nothing().with("INVITE_KEY", "ab".repeat(32));
    let config = Config::load(Some(&dir.path().join("invite.toml")), &environment).unwrap();
    let shown = format!("{config:?}{environment:?}");
    for secret in ["s3cret", "MC4C", "abab", "171"] {
        assert!(!shown.contains(secret), "{secret}");
    }
    assert!(shown.contains("meetings@acme.example"));
}

#[test]
fn what_is_not_toml_is_pointed_at_without_being_shown() {
    let error = read("[smtp]\npassword = \"s3cret\nurl = \"x\"", &nothing()).unwrap_err();
    let text = error.to_string();
    assert!(text.starts_with("/etc/invite.toml:2:"), "{text}");
    assert!(
        text.contains(": this is not TOML: ") && !text.contains("s3cret"),
        "{text}"
    );
    assert_eq!((error.kind(), error.class().exit_code()), ("config.syntax", 78));
    assert!(error.remedy().is_some());
    let twice = read("[smtp]\nurl = \"x\"\nurl = \"y\"", &nothing())
        .unwrap_err()
        .to_string();
    assert!(
        twice.starts_with("/etc/invite.toml:3:1: this is not TOML: duplicate key"),
        "{twice}"
    );
    assert!(read("\u{feff}[organization]\nname = \"A\"\r\n", &nothing()).is_ok());
}

#[test]
fn files_are_found_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    let make = |name: &str| {
        let path = root.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "").unwrap();
        path
    };
    let home = root.join("home").display().to_string();
    let xdg = root.join("xdg").display().to_string();
    let bare = Environment::empty(root.join("work"));
    let at_home = bare.clone().with("HOME", home);
    let with_xdg = at_home.clone().with("XDG_CONFIG_HOME", xdg);
    let find = |environment: &Environment| Config::find(None, environment).unwrap();

    assert_eq!(find(&with_xdg), None);
    let in_home = make("home/.config/invite/invite.toml");
    assert_eq!((find(&at_home), find(&with_xdg)), (Some(in_home), None));
    let in_xdg = make("xdg/invite/invite.toml");
    assert_eq!(find(&with_xdg), Some(in_xdg));
    assert_eq!(find(&bare.clone().with("XDG_CONFIG_HOME", "relative")), None);
    let here = make("work/invite.toml");
    assert_eq!((find(&bare), find(&with_xdg)), (Some(here.clone()), Some(here)));
    let other = make("work/other.toml");
    let named = with_xdg.with("INVITE_CONFIG", "other.toml");
    assert_eq!(find(&named), Some(other));
    let explicit = make("elsewhere.toml");
    assert_eq!(Config::find(Some(&explicit), &named).unwrap(), Some(explicit));

    let missing = Config::find(Some(Path::new("/nonexistent/x.toml")), &named).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "there is no configuration file /nonexistent/x.toml (--config names it)"
    );
    assert_eq!(
        (missing.kind(), missing.class().exit_code()),
        ("config.not_found", 78)
    );
    let missing = Config::find(None, &bare.with("INVITE_CONFIG", "/nonexistent/y.toml")).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "there is no configuration file /nonexistent/y.toml (INVITE_CONFIG names it)"
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

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let error = Config::load(Some(dir.path()), &nothing()).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the configuration file {} cannot be read", dir.path().display())
    );
    assert_eq!(
        (error.kind(), error.class().exit_code()),
        ("config.unreadable", 78)
    );
}

#[test]
fn the_starter_loads_and_shows_every_key() {
    let config = read(starter(), &nothing()).unwrap();
    assert!(config.zoom.is_none() && config.smtp.is_none() && config.warnings.is_empty());
    assert_eq!(config.calendar, Calendar::default());

    let dir = full_folder();
    // A line that shows a key or a section is a comment whose text is TOML.
    let filled: String = starter()
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(shown) if shown.starts_with('[') || shown.contains(" = ") => shown,
            _ => line,
        })
        .map(|line| format!("{line}\n"))
        .collect();
    for name in ["database.secret", "zoom-development.secret"] {
        fs::write(dir.path().join(name), "s3cret").unwrap();
    }
    fs::write(dir.path().join("dkim-ed25519.pem"), PEM).unwrap();
    for name in ["smtp-client.secret", "smtp-refresh.secret"] {
        fs::write(dir.path().join(name), "s3cret").unwrap();
    }
    let filled = filled.replace("join_before_host = true", "join_before_host = false");
    let path = dir.path().join("filled.toml");
    // Of the two ways to log in only one can be.
    let without_password: String = filled
        .lines()
        .filter(|line| !line.starts_with("password_file = \"smtp.secret\""))
        .map(|line| format!("{line}\n"))
        .collect();
    fs::write(&path, &without_password).unwrap();
    let config = Config::load(Some(&path), &nothing()).unwrap();
    assert!(config.zoom.is_some() && config.smtp.is_some_and(|smtp| smtp.dkim.len() == 2));

    let mut layers = Layers::default();
    layers.read_file(&filled, &path).unwrap();
    let shown = |key: &str| layers.file.contains_key(key) || layers.file.contains_key(&format!("{key}_file"));
    let hidden: Vec<_> = keys::KEYS
        .iter()
        .map(|(key, _)| *key)
        .filter(|key| !shown(key))
        .collect();
    assert!(hidden.is_empty(), "the starter does not show {hidden:?}");
}

#[test]
fn the_documentation_describes_every_key() {
    let text = include_str!("../../docs/configuration.md");
    let missing: Vec<_> = keys::KEYS
        .iter()
        .filter(|(path, kind)| {
            let suffix = if *kind == keys::Kind::Secret { "_file" } else { "" };
            !text.contains(&format!("`{path}`")) || !text.contains(&format!("`{path}{suffix}`"))
        })
        .collect();
    assert!(
        missing.is_empty(),
        "docs/configuration.md does not describe {missing:?}"
    );
}

#[test]
fn the_sandbox_names_no_server_and_keeps_to_its_folder() {
    let config = Config::sandbox(Path::new("invite-sandbox"));
    assert!(config.zoom.is_none() && config.smtp.is_none());
    assert!(matches!(config.crm, CrmLocation::Builtin));
    assert!(
        matches!(&config.database.location, DatabaseLocation::Sqlite(p) if p == Path::new("invite-sandbox/invite.db"))
    );
    assert_eq!(config.key, KeySource::File("invite-sandbox/invite.key".into()));
    assert_eq!(config.organization.time_zone.name(), "Europe/Berlin");
}

proptest! {
    #[test]
    fn no_file_and_no_variable_makes_it_panic(
        text in "(\\[[a-z.]{1,12}\\]\n|[a-z_.]{1,12} = (\"[ -~ü]{0,20}\"|[0-9-]{1,25}|true|\\[\\])\n){0,8}",
        name in "INVITE_[A-Z_]{0,20}",
        value in ".{0,20}",
    ) {
        let _ = read(&text, &nothing().with(name, value));
    }

    #[test]
    fn no_address_makes_it_panic(text in ".{0,30}", rest in "[ -~]{0,30}") {
        for text in [&text, &format!("smtp://{rest}"), &format!("postgres://{rest}"), &format!("sqlite:{rest}")] {
            let _ = address::mail_server(text);
            let _ = address::web(text);
            let _ = address::sender(text);
            let _ = address::database(text, Path::new("/"));
            let _ = duration::parse(text);
        }
    }
}
