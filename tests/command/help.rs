//! What `--help` says of the program and of each command, word for word: `snapshots/help/`.

use std::collections::BTreeSet;
use std::path::Path;

use crate::desk::Folder;

/// The commands that a help lists, without `help` itself.
fn listed(help: &str) -> Vec<&str> {
    let Some((_, list)) = help.split_once("\nCommands:\n") else {
        return Vec::new();
    };
    list.lines()
        .take_while(|line| !line.is_empty())
        // What goes on from the line above is indented further.
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect()
}

#[test]
fn every_help_is_as_it_was_read() {
    let mut folder = Folder::new();
    folder.set("COLUMNS", "100");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("snapshots/help");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    let mut read = BTreeSet::new();
    let mut commands = vec![String::new()];
    while let Some(command) = commands.pop() {
        let help = folder.run(&format!("{command} --help")).done();
        assert_eq!(help.err, "");
        let name = format!("invite {command}").trim().replace(' ', "-");
        settings.bind(|| insta::assert_snapshot!(name.as_str(), help.out));
        let deeper = listed(&help.out).into_iter();
        commands.extend(deeper.map(|word| format!("{command} {word}").trim().to_owned()));
        read.insert(name);
    }
    assert!(read.len() > 30, "{read:?}");
    // None is kept of a command that is no more.
    let kept: BTreeSet<String> = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/command/snapshots/help")
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "snap"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(read, kept);
}
