//! The choice of the file, and the files that come with the program: the starter and the documentation.

use super::*;

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
    // Only one of the two ways to log in can be set.
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
    let text = include_str!("../../../docs/configuration.md");
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
