//! The addresses in a configuration: web servers, mail servers, databases, the sender's mailbox.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use lettre::message::Mailbox;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::settings::{DatabaseLocation, Sender, SmtpServer};
use crate::mail::Encryption;
use crate::meeting::{EmailAddress, one_line};

/// Whether a host is this machine.
pub(super) fn is_loopback(host: &Host<impl AsRef<str>>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.as_ref();
            // In a URL with a scheme that the URL standard does not know, an IP address is parsed as a name.
            name.eq_ignore_ascii_case("localhost") || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

/// A web address. Its text is never part of an error, because it may contain a password.
pub(super) fn web(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("it is not a web address: {error}"))?;
    if !matches!(url.scheme(), "https" | "http") {
        return Err("it must begin with https:// (or http://)".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("it carries a user name or password; leave them out".to_owned());
    }
    if url.fragment().is_some() {
        return Err("it has a # in it, with which a server can do nothing".to_owned());
    }
    Ok(url)
}

/// A web address that paths are appended to.
pub(super) fn web_base(text: &str) -> Result<Url, String> {
    let url = web(text)?;
    if url.query().is_some() {
        return Err("it has a ? in it; give the address that paths are appended to".to_owned());
    }
    Ok(url)
}

/// Whether others can read data on the way to this address.
pub(super) fn is_open(url: &Url) -> bool {
    url.scheme() == "http" && !url.host().is_some_and(|host| is_loopback(&host))
}

/// A web address that secrets may be sent to.
pub(super) fn guarded(url: Url) -> Result<Url, String> {
    if is_open(&url) {
        return Err(
            "secrets are sent there, so it must begin with https:// (http:// only on this machine)".into(),
        );
    }
    Ok(url)
}

/// The mail server, in the forms that lettre reads: `smtps://host`, `smtp://host?tls=required`,
/// `smtp://host?tls=opportunistic`, `smtp://host`. Each form may have a port, and a path that is the name to greet the
/// server with.
pub(super) fn mail_server(text: &str) -> Result<SmtpServer, String> {
    let url = Url::parse(text).map_err(|error| format!("it is not a URL: {error}"))?;
    if !matches!(url.scheme(), "smtp" | "smtps") {
        return Err("it must begin with smtps:// or smtp://".to_owned());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "it carries a user name or password; write them as smtp.username and smtp.password_file"
                .to_owned(),
        );
    }
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or("it names no host")?;
    let host = Host::parse(host).map_err(|error| format!("its host cannot be one: {error}"))?;
    let mut wanted = None;
    for (name, value) in url.query_pairs() {
        if name != "tls" || wanted.is_some() {
            return Err(format!(
                "it may have ?tls=… once and nothing else after the ?, not {name:?}"
            ));
        }
        wanted = Some(value.into_owned());
    }
    let (tls, usual_port) = match (url.scheme(), wanted.as_deref()) {
        ("smtps", None) => (Encryption::Implicit, 465),
        ("smtps", Some(_)) => return Err("smtps:// is encrypted from the start; leave ?tls=… out".to_owned()),
        (_, Some("required")) => (Encryption::Required, 587),
        (_, Some("opportunistic")) => (Encryption::Opportunistic, 587),
        (_, Some(other)) => {
            return Err(format!("tls must be required or opportunistic, not {other:?}"));
        }
        (_, None) => (Encryption::None, 25),
    };
    let hello_name = Some(url.path().trim_matches('/'))
        .filter(|name| !name.is_empty())
        .map(str::to_owned);
    Ok(SmtpServer {
        is_loopback: is_loopback(&host),
        host: match host {
            Host::Domain(name) => name,
            Host::Ipv4(ip) => ip.to_string(),
            Host::Ipv6(ip) => ip.to_string(),
        },
        port: url.port().unwrap_or(usual_port),
        tls,
        hello_name,
    })
}

impl FromStr for SmtpServer {
    /// The reason, without the text, which may contain a password.
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        mail_server(text)
    }
}

impl FromStr for Sender {
    /// The reason, without the text, which may contain a password.
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        sender(text)
    }
}

/// The database. The path of a file is not decoded: `%` means `%`.
pub(super) fn database(text: &str, folder: &Path) -> Result<DatabaseLocation, String> {
    if let Some(rest) = text.strip_prefix("sqlite:") {
        let path = rest.strip_prefix("//").unwrap_or(rest);
        if path.contains('?') {
            return Err("a sqlite:// address takes no options after a ?".to_owned());
        }
        if path.is_empty() || path.ends_with('/') {
            return Err("it names no file; write sqlite://invite.db".to_owned());
        }
        if path == ":memory:" {
            return Err(
                "what is sent must be remembered; name a file, such as sqlite://invite.db".to_owned(),
            );
        }
        return Ok(DatabaseLocation::Sqlite(folder.join(PathBuf::from(path))));
    }
    let url = Url::parse(text).map_err(|_| OTHER_DATABASE.to_owned())?;
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Err(OTHER_DATABASE.to_owned());
    }
    Ok(DatabaseLocation::Postgres(SecretString::from(text)))
}

const OTHER_DATABASE: &str = "it must be sqlite://FILE or postgres://USER@HOST/DATABASE";

/// Whether the connection to a PostgreSQL server on another machine may be unencrypted. That is so unless the URL
/// demands TLS.
pub(super) fn may_be_overheard(url: &SecretString) -> bool {
    let Ok(url) = Url::parse(url.expose_secret()) else {
        return false;
    };
    let parameter = |names: &[&str]| {
        let mut pairs = url.query_pairs();
        let found = pairs.find(|(name, _)| names.contains(&name.as_ref()));
        found.map(|(_, value)| value.into_owned())
    };
    if let Some(mode) = parameter(&["sslmode", "ssl-mode"]) {
        return !matches!(mode.as_str(), "require" | "verify-ca" | "verify-full");
    }
    // A path is the path of a socket.
    match parameter(&["host"]) {
        Some(host) => !host.starts_with('/') && !is_loopback(&Host::Domain(host)),
        None => url.host().is_some_and(|host| {
            !is_loopback(&host) && !host.to_string().to_ascii_lowercase().starts_with("%2f")
        }),
    }
}

/// Puts a password into a PostgreSQL URL that has none.
pub(super) fn with_password(url: &SecretString, password: &SecretString) -> Result<SecretString, String> {
    let mut url = Url::parse(url.expose_secret()).map_err(|_| OTHER_DATABASE.to_owned())?;
    if url.password().is_some() {
        return Err("the URL has a password already; leave one of them out".to_owned());
    }
    url.set_password(Some(password.expose_secret()))
        .map_err(|()| "the URL names no host to log in to".to_owned())?;
    Ok(SecretString::from(String::from(url)))
}

/// `Name <address>`, or only an address.
pub(super) fn sender(text: &str) -> Result<Sender, String> {
    let (name, address) = match text.parse::<Mailbox>() {
        Ok(mailbox) => (mailbox.name, mailbox.email.to_string()),
        // By the standard, a name with a full stop in it needs quotes, but few people know that.
        Err(_) => match text
            .trim()
            .strip_suffix('>')
            .and_then(|rest| rest.rsplit_once('<'))
        {
            Some((name, address)) if !name.contains(['"', '<', '>', ',', ';', ':', '@']) => {
                (Some(name.to_owned()), address.to_owned())
            }
            _ => (None, text.to_owned()),
        },
    };
    let address = EmailAddress::new(&address)
        .map_err(|error| format!("{error}; write \"Name <address>\" or an address alone"))?;
    let name = name.map(|name| one_line(&name)).filter(|name| !name.is_empty());
    Ok(Sender { name, address })
}
