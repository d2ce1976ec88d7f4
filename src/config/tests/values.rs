//! The valid values of each key, and the messages about other values.

use super::*;

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
fn the_mode_needs_its_own_credentials() {
    let text = zoom("[zoom]\nmode = \"development\"");
    assert_eq!(
        wrong(&text),
        [
            "f:6: zoom.development.client_id is missing: zoom.mode = \"development\" needs it",
            "f:6: zoom.development.client_secret is missing: zoom.mode = \"development\" needs it",
        ]
    );
    // The other mode's secret is not even read.
    let text = format!(
        "[organization]\nname = \"A\"\n{}",
        zoom("[zoom.development]\nclient_secret_file = \"nowhere\"")
    );
    assert!(read(&text, &nothing()).is_ok());
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
