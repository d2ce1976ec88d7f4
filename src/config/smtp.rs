//! Reads the section `[smtp]` and its subsections.

use std::num::NonZeroU32;
use std::time::Duration;

use super::reader::Reader;
use super::settings::{Dkim, Smtp, SmtpCredentials};
use super::{address, duration};
use crate::mail::{Login, TokenSettings};
use crate::meeting::EmailAddress;

pub(super) fn smtp(reader: &mut Reader) -> Option<Smtp> {
    let server = reader.parsed("smtp.url", address::mail_server);
    if server.is_none() {
        reader.missing("smtp.url", Some("it names the mail server"));
    }
    let open_is_fine = reader.flag("smtp.allow_plaintext").unwrap_or(false);
    if let Some(server) = &server
        && server.is_open()
        && !open_is_fine
    {
        reader.invalid(
            "smtp.url",
            "mail and password would travel unencrypted; use smtps:// or ?tls=required, \
             or set smtp.allow_plaintext = true",
        );
    }
    let username = reader.text("smtp.username");
    let password = reader.secret("smtp.password");
    let oauth = reader
        .has_section("smtp.oauth")
        .then(|| smtp_oauth(reader))
        .flatten();
    if oauth.is_some() && password.is_some() {
        reader.invalid(
            "smtp.password",
            "the log-in is by [smtp.oauth]; leave one of them out",
        );
    }
    let secret = oauth.map(Login::OAuth).or(password.map(Login::Password));
    let credentials = match (username, secret) {
        (Some(username), Some(secret)) => Some(SmtpCredentials {
            username,
            login: secret,
        }),
        (Some(_), None) => {
            reader.missing("smtp.password", Some("smtp.username needs it"));
            None
        }
        (None, Some(_)) => {
            reader.missing("smtp.username", Some("it is whom to log in as"));
            None
        }
        (None, None) => None,
    };
    if credentials.is_some()
        && let Some(server) = &server
        && server.may_be_open()
    {
        reader.warn(
            "smtp.url",
            "has ?tls=opportunistic, so the password travels unencrypted when somebody on the way wants it to; \
             use ?tls=required",
        );
    }
    let from = reader.parsed("smtp.from", address::sender);
    if from.is_none() {
        reader.missing("smtp.from", Some("mail needs a sender"));
    }
    let bounces_to = reader.parsed("smtp.bounces_to", |text| {
        EmailAddress::new(text).map_err(|error| error.to_string())
    });
    let verp = reader.flag("smtp.verp").unwrap_or(false);
    let connections = reader.number("smtp.connections", 1..=100).unwrap_or(8);
    let max_per_second = reader.number("smtp.max_per_second", 0..=1_000_000);
    let (first_retry, give_up_after) = smtp_times(reader);
    let max_per_connection = reader.number("smtp.max_per_connection", 0..=1_000_000);
    let dkim = dkim(reader);
    Some(Smtp {
        server: server?,
        credentials,
        from: from?,
        bounces_to,
        verp,
        connections,
        max_per_second: max_per_second.and_then(NonZeroU32::new),
        max_per_connection: max_per_connection.and_then(NonZeroU32::new),
        first_retry,
        give_up_after,
        dkim,
    })
}

fn smtp_times(reader: &mut Reader) -> (Duration, Duration) {
    const HOUR: Duration = Duration::from_secs(3_600);
    let first_retry = reader
        .parsed("smtp.first_retry", |text| {
            let length = duration::parse(text)?;
            if length.is_zero() || length > HOUR {
                return Err(format!("it must be from \"1s\" to \"1h\", not {text:?}"));
            }
            Ok(length)
        })
        .unwrap_or(Duration::from_secs(60));
    let give_up_after = reader
        .parsed("smtp.give_up_after", duration::parse)
        .unwrap_or(Duration::from_secs(3 * 86_400));
    if give_up_after < first_retry {
        reader.invalid(
            "smtp.give_up_after",
            "it is shorter than smtp.first_retry, so nothing would ever be tried again",
        );
    }
    (first_retry, give_up_after)
}

/// The source of access tokens for the mail server.
fn smtp_oauth(reader: &mut Reader) -> Option<TokenSettings> {
    let token_url = reader.parsed("smtp.oauth.token_url", |text| {
        address::guarded(address::web(text)?)
    });
    if token_url.is_none() {
        reader.missing("smtp.oauth.token_url", Some("access tokens come from there"));
    }
    let client_id = reader.text("smtp.oauth.client_id");
    if client_id.is_none() {
        reader.missing(
            "smtp.oauth.client_id",
            Some("the authorization server wants to know who asks"),
        );
    }
    let client_secret = reader.secret("smtp.oauth.client_secret");
    let refresh_token = reader.secret("smtp.oauth.refresh_token");
    if client_secret.is_none() && refresh_token.is_none() {
        reader.missing(
            "smtp.oauth.refresh_token",
            Some("without it, and without smtp.oauth.client_secret, there is nothing to ask with"),
        );
    }
    Some(TokenSettings {
        url: token_url?,
        client_id: client_id?,
        client_secret,
        refresh_token,
        scope: reader.text("smtp.oauth.scope"),
    })
}

/// The signing keys. The second key is for the same domain, unless it names another.
fn dkim(reader: &mut Reader) -> Vec<Dkim> {
    let sections = [
        (
            "smtp.dkim",
            ["smtp.dkim.domain", "smtp.dkim.selector", "smtp.dkim.key"],
        ),
        (
            "smtp.dkim.second",
            [
                "smtp.dkim.second.domain",
                "smtp.dkim.second.selector",
                "smtp.dkim.second.key",
            ],
        ),
    ];
    let mut keys: Vec<Dkim> = Vec::new();
    let mut first_domain = None;
    for (section, [domain_key, selector_key, key_key]) in sections {
        if !reader.has_section(section) {
            continue;
        }
        let domain = reader.text(domain_key).or_else(|| first_domain.clone());
        let selector = reader.text(selector_key);
        for (key, is_missing) in [(domain_key, domain.is_none()), (selector_key, selector.is_none())] {
            if is_missing {
                reader.missing(key, Some("a signature needs it"));
            }
        }
        let key = reader.secret(key_key);
        match &key {
            Some(key) => check_pem(reader, key_key, key),
            None => reader.missing(key_key, Some("give the private key's PEM file as key_file")),
        }
        first_domain.clone_from(&domain);
        if let (Some(domain), Some(selector), Some(key)) = (domain, selector, key) {
            if keys
                .iter()
                .any(|other| other.selector == selector && other.domain == domain)
            {
                reader.invalid(
                    selector_key,
                    "the other key has the same selector; each has a record of its own",
                );
            }
            keys.push(Dkim {
                domain,
                selector,
                key,
            });
        }
    }
    keys
}

fn check_pem(reader: &mut Reader, name: &str, key: &secrecy::SecretString) {
    use secrecy::ExposeSecret as _;
    let begin = key.expose_secret().trim_start();
    if !(begin.starts_with("-----BEGIN ") && begin.contains("PRIVATE KEY-----")) {
        reader.invalid(name, "it is no private key in PEM form");
    }
}
