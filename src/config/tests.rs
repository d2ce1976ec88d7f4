//! The reading of configurations, and the answers to mistakes in them.

mod files;
mod names;
mod program;
mod secrets;
mod values;
mod variables;

use std::fs;
use std::num::NonZeroU32;
use std::time::Duration;

use proptest::prelude::*;
use secrecy::{ExposeSecret as _, SecretString};

use super::*;
use crate::calendar::{AttendeeList, Times};
use crate::database::{EncryptionKey, KeySource};
use crate::fault::{Act, Class, Fault as _, Remedy};
use crate::mail::{Encryption, Login};
use crate::online::zoom::{Auth, AutoRecording, Mode};
use crate::organization::Organization;

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

/// The lines about the problems of a text behind `[organization]` with a name (lines 1 and 2).
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

/// A correct `[smtp]` on lines 3 to 5, then more.
fn smtp(more: &str) -> String {
    format!("[smtp]\nurl = \"smtps://mail.acme.example\"\nfrom = \"m@acme.example\"\n{more}")
}

/// A correct `[zoom.production]` on lines 3 to 5, then more.
fn zoom(more: &str) -> String {
    format!("[zoom.production]\nclient_id = \"i\"\nclient_secret = \"s\"\n{more}")
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
