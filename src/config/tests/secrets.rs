//! Secrets: the places that they are read from, and the warnings about readable files.

use super::*;

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
