//! How common mistakes are answered, word for word: the message, the hint and the exit status. No server is reached.

use std::fmt::Write as _;

use crate::desk::Folder;
use crate::records;

const CONFIGURATION: &str = r#"[organization]
name = "Acme"
time_zone = "Europe/Berlin"

[zoom.production]
client_id = "client-id"
client_secret = "not-used"

[smtp]
url = "smtps://mail.acme.example"
from = "Acme <meetings@acme.example>"
"#;

/// A folder with the configuration and [`records::all`] loaded, not connected to Zoom.
fn begun() -> Folder {
    let folder = Folder::new();
    folder.write("invite.toml", CONFIGURATION);
    folder.write("records.json", &records::all().to_string());
    folder.run("import records.json").done();
    folder
}

/// What commands answer, one after the other.
#[derive(Default)]
struct Answers(String);

impl Answers {
    /// Runs a command, which must fail.
    fn ask(&mut self, folder: &Folder, arguments: &str) {
        let run = folder.run(arguments);
        assert!(run.code != 0 && run.out.is_empty(), "{run:#?}");
        let said = run
            .err
            .replace(&format!("{}/", folder.path().display()), "[folder]/");
        writeln!(
            self.0,
            "$ invite {arguments}\n{}\n[exit {}]\n",
            said.trim_end(),
            run.code
        )
        .unwrap();
    }

    /// Says what is wrong for the commands that follow.
    fn note(&mut self, what: &str) {
        writeln!(self.0, "# {what}").unwrap();
    }

    /// Compares all that was answered with what was read once.
    #[track_caller]
    fn are(self, name: &str) {
        let mut settings = insta::Settings::clone_current();
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(name, self.0));
    }
}

#[test]
fn mistyped_arguments() {
    let mut folder = Folder::new();
    folder.set("COLUMNS", "100");
    let mut answers = Answers::default();
    for arguments in [
        "sendd",
        "send",
        "send --meeting kickoff --drry-run",
        "send --meeting kickoff --to nobody",
        "meeting edit kickoff",
        "meeting edit kickoff --time-zone Europe/Berlinn",
        "meeting edit kickoff --start tomorrow",
        "meeting edit kickoff --status Postponed",
    ] {
        answers.ask(&folder, arguments);
    }
    answers.are("mistyped_arguments");
}

#[test]
fn configurations_that_cannot_be_used() {
    let mut folder = Folder::new();
    let mut answers = Answers::default();
    answers.note("no configuration");
    answers.ask(&folder, "meeting list");
    answers.ask(&folder, "meeting list --config nowhere.toml");
    for (from, to) in [
        ("[smtp]", "[smpt]"),
        ("[smtp]", "[smtp"),
        ("smtps://", "smtp://"),
        ("client_secret =", "client_secret_file ="),
        ("Europe/Berlin", "Berlin"),
    ] {
        assert!(CONFIGURATION.contains(from), "{from}");
        folder.write("invite.toml", &CONFIGURATION.replace(from, to));
        answers.note(&format!("{to} for {from}"));
        answers.ask(&folder, "meeting list");
    }
    folder.write("invite.toml", "[organization]\nname = \"Acme\"\n");
    answers.note("a name alone");
    answers.ask(&folder, "zoom status");
    folder.write("records.json", &records::all().to_string());
    folder.run("import records.json").done();
    answers.ask(&folder, "send --meeting on-site");
    folder.set("INVITE_KEY", "not a key");
    answers.note("INVITE_KEY=\"not a key\"");
    answers.ask(&folder, "meeting list");
    answers.are("configurations_that_cannot_be_used");
}

#[test]
fn records_that_are_not_there_or_not_right() {
    let folder = begun();
    let mut answers = Answers::default();
    folder.write(
        "wrong.json",
        "{\"leads\": [{\"id\": \"x\", \"emial\": \"x@lead.example\"}],\n\
         \"contacts\": [{\"id\": \"y\", \"email\": \"nobody\"}],\n\
         \"meetings\": [{\"id\": \"m\", \"name\": \"M\", \"start\": \"2027-06-01T09:00:00Z\",\n\
         \"end\": \"2027-06-01T08:00:00Z\", \"time_zone\": \"Europe/Berlinn\"}]}",
    );
    folder.write("cut.json", "{\"leads\": [{\"id\": \"x\"");
    for arguments in [
        "import nowhere.json",
        "import wrong.json",
        "import cut.json",
        "meeting show party",
        "meeting edit kickoff --assign ghost",
        "zoom users enable ghost",
        "zoom push --meeting kickoff --as ghost",
        "outbox show 4711",
    ] {
        answers.ask(&folder, arguments);
    }
    answers.are("records_that_are_not_there_or_not_right");
}

#[test]
fn meetings_that_cannot_be_sent() {
    let folder = begun();
    let mut answers = Answers::default();
    for arguments in [
        "send --meeting party",
        "send --meeting held",
        "send --meeting of-ben",
        "send --meeting empty",
        "send --meeting mute",
        "send --meeting kickoff",
        "zoom push --meeting on-site",
        "zoom delete --meeting kickoff",
    ] {
        answers.ask(&folder, arguments);
    }
    answers.note("{{ naem }} in subject.txt");
    folder.write("templates/invitation/meeting/subject.txt", "{{ naem }}");
    answers.ask(&folder, "send --meeting on-site --dry-run");
    std::fs::remove_dir_all(folder.file("templates")).unwrap();
    folder.write("file", "");
    answers.ask(&folder, "send --meeting on-site --dry-run --out file");
    answers.ask(&folder, "init .");
    answers.are("meetings_that_cannot_be_sent");
}
