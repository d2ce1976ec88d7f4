//! What the program says about itself, and what it says to arguments that make no sense.

use crate::desk::Folder;

/// Every command that does something, by its words.
const COMMANDS: [&str; 22] = [
    "init",
    "import",
    "meeting list",
    "meeting show",
    "meeting edit",
    "send",
    "ics",
    "zoom connect",
    "zoom status",
    "zoom disconnect",
    "zoom users list",
    "zoom users enable",
    "zoom users disable",
    "zoom push",
    "zoom delete",
    "template list",
    "template show",
    "outbox list",
    "outbox show",
    "completions",
    "man",
    "help send",
];

#[test]
fn every_command_explains_itself_with_an_example() {
    let folder = Folder::new();
    for command in COMMANDS {
        let help = match command.strip_prefix("help ") {
            Some(_) => folder.run(command),
            None => folder.run(&format!("{command} --help")),
        };
        let help = help.done();
        assert!(help.out.contains("Example: invite "), "{help:?}");
        assert_eq!(help.err, "");
        for option in [
            "--config <FILE>",
            "--format <FORMAT>",
            "--sandbox",
            "-q, --quiet",
            "--color <COLOR>",
        ] {
            assert!(help.out.contains(option), "{option}: {help:?}");
        }
    }
    // Nothing was made by asking.
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_version_names_the_time_zone_database() {
    let version = Folder::new().run("--version").done().out;
    let expected = format!(
        "invite {} (tzdb {})\n",
        env!("CARGO_PKG_VERSION"),
        invite::meeting::tzdb_version()
    );
    assert_eq!(version, expected);
}

#[test]
fn completions_and_manual() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = folder.run(&format!("completions {shell}")).done().out;
        assert!(script.contains("no-push") && script.contains("outbox"), "{shell}");
    }
    let script = folder.run("completions bash").done().out;
    folder.write("complete.bash", &script);
    if let Ok(checked) = std::process::Command::new("bash")
        .arg("-n")
        .arg(folder.file("complete.bash"))
        .status()
    {
        assert!(checked.success());
    }
    let page = folder.run("man").done().out;
    assert!(page.starts_with(".ie") && page.contains(".TH invite 1"), "{page}");
    folder.run("man --out man1").done();
    for page in ["invite.1", "invite-send.1", "invite-zoom-connect.1"] {
        assert!(folder.read(&format!("man1/{page}")).contains("invite"), "{page}");
    }
    folder.write("file", "");
    folder.fails("man --out file", 73, "man.cannot_write");
}

#[test]
fn wrong_usage_ends_with_two() {
    let folder = Folder::new();
    for arguments in [
        "",
        "sendd",
        "send",
        "send --meeting",
        "send --meeting kickoff --to nobody",
        "send --meeting kickoff --out mails",
        "meeting edit kickoff",
        "meeting edit kickoff --start tomorrow",
        "meeting edit kickoff --time-zone Europe/Berlinn",
        "meeting edit kickoff --start 2027-01-01T10:00 --start-date 2027-01-01",
        "meeting edit kickoff --status Postponed",
        "completions tcsh",
        "zoom users enable",
        "outbox show",
        "-v -q meeting list",
        "meeting list --color sometimes",
    ] {
        let run = folder.run(arguments).ends(2);
        assert!(run.out.is_empty(), "{run:?}");
        assert!(
            run.err.contains("Usage: ") || run.err.contains("error: "),
            "{run:?}"
        );
        if !arguments.is_empty() {
            folder.run(&format!("{arguments} --format json")).fails_on_usage();
        }
    }
    let near = folder.run("sendd").ends(2);
    assert!(near.err.contains("'send'"), "{near:?}");
    let near = folder
        .run("meeting edit kickoff --time-zone Europe/Berlinn")
        .ends(2);
    assert!(near.err.contains("Europe/Berlin"), "{near:?}");
}

#[test]
fn colours_are_for_people() {
    let folder = Folder::new();
    let escape = '\u{1b}';
    let dry = "send --meeting kickoff --sandbox --dry-run";
    let run = folder.run(dry).done();
    assert!(!run.out.contains(escape) && !run.err.contains(escape), "{run:?}");
    let run = folder.run(&format!("{dry} --color always")).done();
    assert!(run.out.contains(escape), "{run:?}");
    let run = folder.run(&format!("{dry} --color always --format json")).done();
    assert!(!run.out.contains(escape), "{run:?}");
    let error = folder.run("meeting list --config x.toml --color always").ends(78);
    assert!(error.err.contains(escape), "{error:?}");
}
