//! Unknown keys, and values of the wrong type.

use super::*;

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
