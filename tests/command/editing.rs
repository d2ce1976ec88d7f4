//! An author changes templates with the program: nothing is lost, and nothing broken comes into force.

use serde_json::{Value, json};

use crate::desk::Desk;

const SUBJECT: &str = "templates/invitation/meeting/subject.txt";

/// Edits the subject of "Invitation · Meeting" with a shell script, to which the file is `$1`.
fn edit(desk: &Desk, script: &str) -> (i32, Value) {
    desk.write("editor.sh", script);
    let editor = format!("sh {}", desk.file("editor.sh").display());
    let run = desk.run_with(&[
        "template",
        "edit",
        "invitation/meeting",
        "--part",
        "subject",
        "--editor",
        &editor,
        "--format",
        "json",
    ]);
    (run.code, run.json())
}

fn subject(desk: &Desk) -> Option<String> {
    std::fs::read_to_string(desk.file(SUBJECT)).ok()
}

#[test]
fn an_edit_counts_when_nothing_is_wrong_with_it() {
    let desk = Desk::new();
    // Looked at and left alone: there is no copy that would miss what a later version brings.
    let (code, told) = edit(&desk, "true");
    assert_eq!((code, &told["state"]), (0, &json!("unchanged")));
    assert_eq!(subject(&desk), None);

    let (code, told) = edit(&desk, "echo 'Acme: {{ name }}' > \"$1\"");
    assert_eq!(
        (code, &told["state"], &told["version_before"]),
        (0, &json!("in force"), &Value::Null)
    );
    let (_, told) = edit(&desk, "echo 'Acme Ltd: {{ name }}' > \"$1\"");
    let version = told["version_before"].as_str().unwrap().to_owned();
    assert_eq!(subject(&desk).as_deref(), Some("Acme Ltd: {{ name }}\n"));

    let history = desk.json("template history invitation/meeting");
    assert_eq!(
        history,
        json!([{"version": version, "before": "edited", "files": ["invitation/meeting/subject.txt"]}])
    );
    let diff = desk.json("template diff invitation/meeting --part subject");
    assert!(
        diff[0]["diff"]
            .as_str()
            .unwrap()
            .contains("+Acme Ltd: {{ name }}"),
        "{diff}"
    );
    let diff = desk.json(&format!("template diff --version {version}"));
    assert!(
        diff[0]["diff"]
            .as_str()
            .unwrap()
            .contains("-Acme: {{ name }}\n+Acme Ltd"),
        "{diff}"
    );

    desk.json(&format!("template restore {version}"));
    assert_eq!(subject(&desk).as_deref(), Some("Acme: {{ name }}\n"));
    desk.json("template reset invitation/meeting");
    assert_eq!(subject(&desk), None);
    // All that was ever in force is still there.
    let history = desk.json("template history");
    assert_eq!(history.as_array().unwrap().len(), 3, "{history}");
    desk.fails("template reset invitation/meeting", 66, "template.nothing_edited");
    desk.fails("template restore 20200101T000000Z", 66, "templates.no_version");
}

#[test]
fn what_is_wrong_stays_a_draft() {
    let desk = Desk::new();
    edit(&desk, "echo 'Good: {{ name }}' > \"$1\"");
    let (code, told) = edit(&desk, "echo 'Bad: {{ nmae }}' > \"$1\"");
    assert_eq!((code, &told["state"]), (65, &json!("draft")));
    assert_eq!(
        (&told["problems"][0]["line"], &told["problems"][0]["nearest"]),
        (&json!(1), &json!("name"))
    );
    // What is in force is what was, for those who send meanwhile too.
    assert_eq!(subject(&desk).as_deref(), Some("Good: {{ name }}\n"));
    let sent = desk.json("send --meeting kickoff --no-push --dry-run");
    assert!(
        sent.to_string().contains("Good:") || sent["recipients"].is_array(),
        "{sent}"
    );
    // The next edit goes on with it, and mends it.
    let (code, told) = edit(&desk, "grep -q Bad \"$1\" && sed -i s/nmae/name/ \"$1\"");
    assert_eq!((code, &told["state"]), (0, &json!("in force")));
    assert_eq!(subject(&desk).as_deref(), Some("Bad: {{ name }}\n"));
    assert!(
        !desk
            .file("templates/.history/drafts/invitation/meeting/subject.txt")
            .exists()
    );
}

#[test]
fn an_error_elsewhere_keeps_nobody_from_mending_a_file() {
    let desk = Desk::new();
    desk.write("templates/shared/mine.html", "{{ zebra }}\n");
    desk.write(SUBJECT, "{{ nmae }}\n");
    let (code, told) = edit(&desk, "echo '{{ name }}' > \"$1\"");
    assert_eq!((code, &told["state"]), (0, &json!("in force")));
    assert_eq!(desk.run("template check").code, 65);
}

#[test]
fn two_who_edit_at_once_do_not_lose_each_others_work() {
    let desk = Desk::new();
    edit(&desk, "echo 'First {{ name }}' > \"$1\"");
    // Somebody else saves while the editor is open.
    let theirs = format!(
        "echo 'Mine {{{{ name }}}}' > \"$1\"; echo 'Theirs {{{{ name }}}}' > '{}'",
        desk.file(SUBJECT).display()
    );
    let (code, told) = edit(&desk, &theirs);
    assert_eq!(
        (code, &told["error"]["kind"]),
        (75, &json!("templates.changed_meanwhile"))
    );
    assert_eq!(subject(&desk).as_deref(), Some("Theirs {{ name }}\n"));
    assert_eq!(
        desk.read("templates/.history/drafts/invitation/meeting/subject.txt"),
        "Mine {{ name }}\n"
    );
}

#[test]
fn a_newer_built_in_one_is_told_of_and_taken_over() {
    let desk = Desk::new();
    let built_in = include_str!("../../templates/shared/details.txt");
    let path = "templates/shared/details.txt";
    let base = "templates/.history/base/shared/details.txt";
    // The copy was made of an older one, which said something else in its first line.
    let old = format!("{{#- an older one -#}}\n{built_in}");
    desk.write(base, &old);
    desk.write(path, &format!("{old}PS: {{{{ name }}}}\n"));
    let found = desk.json("template check");
    assert_eq!(
        (&found["problems"][0]["code"], &found["errors"]),
        (&json!("built_in_changed"), &json!(0)),
        "{found}"
    );
    let ways = desk.json("template diff --upgrade shared/details.txt");
    assert_eq!(ways[0]["state"], "merged");
    assert!(
        ways[0]["built_in_changes"]
            .as_str()
            .unwrap()
            .contains("-{#- an older one -#}")
    );
    assert!(
        ways[0]["your_changes"]
            .as_str()
            .unwrap()
            .contains("+PS: {{ name }}")
    );
    desk.json("template upgrade");
    assert_eq!(desk.read(path), format!("{built_in}PS: {{{{ name }}}}\n"));
    assert_eq!(desk.json("template check")["warnings"], 0);
    assert_eq!(desk.json("template upgrade")["state"], "unchanged");

    // The same line changed by both: nothing is decided for the author.
    let mine = format!("{{#- mine -#}}\n{built_in}");
    desk.write(base, &old);
    desk.write(path, &mine);
    let run = desk.run("template upgrade shared/details.txt --format json");
    assert_eq!(
        (run.code, &run.json()["drafts"]),
        (1, &json!(["shared/details.txt"]))
    );
    assert_eq!(desk.read(path), mine);
    assert!(
        desk.read("templates/.history/drafts/shared/details.txt")
            .contains("<<<<<<<")
    );
}

#[test]
fn only_files_of_templates_are_edited() {
    let desk = Desk::new();
    for bad in [
        "../invite.toml",
        "/etc/passwd",
        "shared/../../invite.toml",
        "notes.txt",
        "invitaton/meeting",
    ] {
        desk.run_with(&["template", "edit", bad, "--format", "json"])
            .fails_on_usage();
    }
    desk.run_with(&[
        "template",
        "edit",
        "shared/layout.html",
        "--editor",
        "false",
        "--format",
        "json",
    ])
    .fails(78, "template.editor");
    assert!(!desk.file("templates/.history/drafts/shared/layout.html").exists());
}
