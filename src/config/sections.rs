//! Reads each section of a configuration from its keys.

use std::time::Duration;

use url::Url;

use super::environment::Environment;
use super::reader::Reader;
use super::settings::{
    Calendar, Config, CrmLocation, Database, DatabaseLocation, Templates, Zoom, ZoomMeetingDefaults,
};
use super::smtp::smtp;
use super::{address, duration};
use crate::calendar::{AttendeeList, Times};
use crate::database::{EncryptionKey, KeySource};
use crate::meeting::{Language, Zone, one_line};
use crate::online::zoom::{Auth, AutoRecording, Mode};
use crate::organization::{Brand, Color, Organization};

/// Reads all sections. If there is a problem, the reader has noted it, and the returned value must not be used.
pub(super) fn read(reader: &mut Reader, environment: &Environment) -> Option<Config> {
    // All sections are read before the first wrong one ends the function, so that all problems are noted.
    reader.refuse_secrets_given_twice();
    let organization = organization(reader);
    let location = database(reader, environment);
    let keep = keep(reader);
    let key = encryption_key(reader, environment);
    let crm = crm(reader);
    let zoom = reader.has_section("zoom").then(|| zoom(reader)).flatten();
    let smtp = reader.has_section("smtp").then(|| smtp(reader)).flatten();
    let dir = reader.path("templates.dir");
    let jitsi = reader.parsed("jitsi.server", |text| {
        let server = address::web_base(text)?;
        if server.scheme() == "https" {
            Ok(server)
        } else {
            Err("it must begin with https://".to_owned())
        }
    });
    let calendar = calendar(reader);
    Some(Config {
        organization: organization?,
        database: Database {
            location: location?,
            keep,
        },
        crm: crm?,
        zoom,
        jitsi,
        smtp,
        templates: Templates {
            is_named: dir.is_some(),
            dir: dir.unwrap_or_else(|| reader.folder().join("templates")),
        },
        calendar,
        file: None,
        warnings: Vec::new(),
        key: key?,
    })
}

fn organization(reader: &mut Reader) -> Option<Organization> {
    let name = reader.text("organization.name");
    if name.is_none() {
        reader.missing("organization.name", None);
    }
    let site_url = reader.parsed("organization.site_url", address::web_base);
    let public_url = reader.parsed("organization.public_url", address::web_base);
    if public_url.as_ref().is_some_and(address::is_open) {
        reader.warn(
            "organization.public_url",
            "begins with http://, so anybody on the way can read the answer links; use https://",
        );
    }
    let time_zone = reader.parsed("organization.time_zone", |text| {
        Zone::new(text).map_err(|error| error.to_string())
    });
    let language = reader.parsed("organization.language", |text| {
        Language::new(text).map_err(|error| error.to_string())
    });
    let logo_url = reader.parsed("organization.logo_url", |text| {
        let url = address::web(text)?;
        match url.scheme() {
            "https" => Ok(url),
            _ => Err("mail programs show pictures from https:// addresses only".to_owned()),
        }
    });
    let color = reader.parsed("organization.color", |text| {
        text.parse::<Color>().map_err(|error| error.to_string())
    });
    let mut line = |key| {
        reader
            .text(key)
            .map(|text| one_line(&text))
            .filter(|text| !text.is_empty())
    };
    let brand = Brand {
        logo_url,
        color: color.unwrap_or_default(),
        footer: line("organization.footer"),
        address: line("organization.address"),
    };
    Some(Organization {
        name: name?.trim().to_owned(),
        brand,
        site_url,
        public_url,
        time_zone: time_zone.unwrap_or_else(Zone::utc),
        language: language.unwrap_or(Language::ENGLISH),
    })
}

fn database(reader: &mut Reader, environment: &Environment) -> Option<DatabaseLocation> {
    let folder = reader.folder().to_owned();
    let location = match reader.parsed("database.url", |text| address::database(text, &folder)) {
        None if reader.is_given("database.url") => return None,
        None => DatabaseLocation::Sqlite(folder.join("invite.db")),
        Some(location) => location,
    };
    let DatabaseLocation::Postgres(url) = &location else {
        reader.warn_if_unused("database.password", "an SQLite database has no password");
        return Some(location);
    };
    if environment.get("PGSSLMODE").is_none() && address::may_be_overheard(url) {
        reader.warn(
            "database.url",
            "does not ask for TLS, so that everything may travel unencrypted; add ?sslmode=verify-full",
        );
    }
    let Some(password) = reader.secret("database.password") else {
        return Some(location);
    };
    address::with_password(url, &password)
        .map(DatabaseLocation::Postgres)
        .map_err(|reason| reader.invalid("database.password", reason))
        .ok()
}

/// If meetings were kept for less than 1 day, bounces and answers would arrive for forgotten meetings.
fn keep(reader: &mut Reader) -> Option<Duration> {
    const DAY: Duration = Duration::from_secs(86_400);
    reader.parsed("database.keep", |text| {
        let length = duration::parse(text)?;
        if length < DAY {
            return Err(format!("it must be \"1d\" or longer, not {text:?}"));
        }
        Ok(length)
    })
}

fn encryption_key(reader: &mut Reader, environment: &Environment) -> Option<KeySource> {
    let file = reader.path("database.key_file");
    if let Some(text) = environment.get("INVITE_KEY") {
        let key = EncryptionKey::parse(text);
        if key.is_none() {
            reader.invalid_variable(
                "INVITE_KEY",
                "the encryption key",
                "it must be 32 bytes, as 64 hex digits or base64",
            );
        }
        return key.map(KeySource::Given);
    }
    let file = file.unwrap_or_else(|| reader.folder().join("invite.key"));
    reader.warn_if_public("database.key_file", &file);
    Some(KeySource::File(file))
}

fn crm(reader: &mut Reader) -> Option<CrmLocation> {
    enum Which {
        Builtin,
        EspoCrm(Url),
    }
    let which = reader.parsed("crm.url", |text| {
        if text == "builtin" {
            return Ok(Which::Builtin);
        }
        let web = text.strip_prefix("espocrm+").ok_or_else(|| {
            "it must be builtin, or the address of an EspoCRM such as espocrm+https://crm.acme.example"
                .to_owned()
        })?;
        address::web_base(web).map(Which::EspoCrm)
    });
    let open_is_fine = reader.flag("crm.allow_plaintext").unwrap_or(false);
    match which {
        None if reader.is_given("crm.url") => None,
        None | Some(Which::Builtin) => {
            reader.warn_if_unused("crm.api_key", "the built-in CRM needs no key");
            Some(CrmLocation::Builtin)
        }
        Some(Which::EspoCrm(url)) => {
            if address::is_open(&url) && !open_is_fine {
                reader.invalid(
                    "crm.url",
                    "the API key would travel unencrypted; use espocrm+https://, or set crm.allow_plaintext = true",
                );
            }
            let api_key = reader.secret("crm.api_key");
            if api_key.is_none() {
                reader.missing("crm.api_key", Some("EspoCRM needs the key of an API user"));
            }
            Some(CrmLocation::EspoCrm {
                url,
                api_key: api_key?,
            })
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum AuthWord {
    AuthorizationCode,
    ServerToServer,
}

fn zoom(reader: &mut Reader) -> Option<Zoom> {
    let mode = reader.choice(
        "zoom.mode",
        &[
            ("production", Mode::Production),
            ("development", Mode::Development),
        ],
    );
    let auth = zoom_auth(reader);
    let api_url = zoom_url(reader, "zoom.api_url", "https://api.zoom.us/v2");
    let oauth_url = zoom_url(reader, "zoom.oauth_url", "https://zoom.us/oauth");
    let meeting = zoom_meeting(reader);
    // If the mode is wrong, it is not known which credentials are needed.
    if mode.is_none() && reader.is_given("zoom.mode") {
        return None;
    }
    let mode = mode.unwrap_or(Mode::Production);
    let (id_key, secret_key, why) = match mode {
        Mode::Production => (
            "zoom.production.client_id",
            "zoom.production.client_secret",
            "zoom.mode = \"production\" needs it",
        ),
        Mode::Development => (
            "zoom.development.client_id",
            "zoom.development.client_secret",
            "zoom.mode = \"development\" needs it",
        ),
    };
    let client_id = reader.text(id_key);
    if client_id.is_none() {
        reader.missing(id_key, Some(why));
    }
    let client_secret = reader.secret(secret_key);
    if client_secret.is_none() {
        reader.missing(secret_key, Some(why));
    }
    Some(Zoom {
        mode,
        auth: auth?,
        api_url: api_url?,
        oauth_url: oauth_url?,
        client_id: client_id?,
        client_secret: client_secret?,
        meeting,
    })
}

fn zoom_auth(reader: &mut Reader) -> Option<Auth> {
    let word = reader.choice(
        "zoom.auth",
        &[
            ("authorization_code", AuthWord::AuthorizationCode),
            ("server_to_server", AuthWord::ServerToServer),
        ],
    );
    let redirect_uri = reader.parsed("zoom.redirect_uri", |text| {
        let url = address::web(text)?;
        if address::is_open(&url) {
            return Err("it must begin with https:// (http:// only on this machine)".to_owned());
        }
        Ok(text.to_owned())
    });
    let account_id = reader.text("zoom.account_id");
    match word {
        None if reader.is_given("zoom.auth") => None,
        Some(AuthWord::ServerToServer) => {
            if account_id.is_none() {
                reader.missing(
                    "zoom.account_id",
                    Some("zoom.auth = \"server_to_server\" needs it"),
                );
            }
            account_id.map(|account_id| Auth::ServerToServer { account_id })
        }
        None | Some(AuthWord::AuthorizationCode) => {
            if account_id.is_some() {
                reader.warn(
                    "zoom.account_id",
                    "is not used: zoom.auth is \"authorization_code\", not \"server_to_server\"",
                );
            }
            let usual = "http://127.0.0.1:8765/zoom/callback";
            match redirect_uri {
                None if reader.is_given("zoom.redirect_uri") => None,
                uri => Some(Auth::AuthorizationCode {
                    redirect_uri: uri.unwrap_or_else(|| usual.to_owned()),
                }),
            }
        }
    }
}

fn zoom_url(reader: &mut Reader, key: &str, usual: &str) -> Option<Url> {
    let url = reader.parsed(key, |text| address::web_base(text).and_then(address::guarded));
    match url {
        None if reader.is_given(key) => None,
        None => Url::parse(usual).ok(),
        url => url,
    }
}

fn zoom_meeting(reader: &mut Reader) -> ZoomMeetingDefaults {
    let jbh_time = reader.number("zoom.meeting.jbh_time", 0..=15);
    if jbh_time.is_some_and(|minutes| minutes % 5 != 0) {
        reader.invalid("zoom.meeting.jbh_time", "Zoom knows only 0, 5, 10 and 15 minutes");
    }
    let defaults = ZoomMeetingDefaults {
        waiting_room: reader.flag("zoom.meeting.waiting_room"),
        join_before_host: reader.flag("zoom.meeting.join_before_host"),
        jbh_time: jbh_time.and_then(|minutes| u8::try_from(minutes).ok()),
        passcode: reader.flag("zoom.meeting.passcode"),
        host_video: reader.flag("zoom.meeting.host_video"),
        participant_video: reader.flag("zoom.meeting.participant_video"),
        mute_upon_entry: reader.flag("zoom.meeting.mute_upon_entry"),
        auto_recording: reader.choice(
            "zoom.meeting.auto_recording",
            &[
                ("local", AutoRecording::Local),
                ("cloud", AutoRecording::Cloud),
                ("none", AutoRecording::None),
            ],
        ),
    };
    if defaults.waiting_room == Some(true) && defaults.join_before_host == Some(true) {
        reader.invalid(
            "zoom.meeting.join_before_host",
            "Zoom ignores it together with zoom.meeting.waiting_room = true; choose one of the two",
        );
    }
    defaults
}

fn calendar(reader: &mut Reader) -> Calendar {
    let times = reader.choice("calendar.times", &[("utc", Times::Utc), ("zone", Times::Zone)]);
    let attendees = reader.choice(
        "calendar.attendees",
        &[("all", AttendeeList::All), ("recipient", AttendeeList::Recipient)],
    );
    Calendar {
        times: times.unwrap_or_default(),
        attendees: attendees.unwrap_or_default(),
    }
}
