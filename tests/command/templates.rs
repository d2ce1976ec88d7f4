//! What template authors do at a terminal.

use serde_json::json;

use crate::desk::Desk;

#[test]
fn templates_as_they_come_are_in_order() {
    let desk = Desk::new();
    let found = desk.json("template check");
    assert_eq!(
        (&found["errors"], &found["warnings"]),
        (&json!(0), &json!(0)),
        "{found}"
    );
    assert!(found["rendered"].as_u64().unwrap() > 1000, "{found}");
}

#[test]
fn a_mistake_is_found_before_anything_is_sent() {
    let desk = Desk::new();
    let path = "templates/invitation/meeting/body.html";
    desk.write(
        path,
        "<p>{{ name }}</p>\n{% if join_ulr %}{{ join_url }}{% endif %}\n",
    );
    let run = desk.run("template check --format json");
    assert_eq!(run.code, 65, "{run:?}");
    let found: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let problem = &found["problems"][0];
    assert_eq!(
        (
            &problem["code"],
            &problem["line"],
            &problem["column"],
            &problem["nearest"]
        ),
        (
            &json!("unknown_variable"),
            &json!(2),
            &json!(7),
            &json!("join_url")
        )
    );
    assert_eq!(found["error"]["exit"], 65);
    assert_eq!(desk.run("send --meeting kickoff").code, 65);
    assert!(desk.mail.mails().is_empty());
    // Right names, but a branch that leaves the link out: known before sending, and refused by it.
    desk.write(
        path,
        "<p>{{ name }}</p>\n{% if location %}{{ join_url }}{% endif %}\n",
    );
    let run = desk.run("template check");
    assert!(run.code == 65 && run.out.contains("join_link_missing"), "{run:?}");
    assert_eq!(desk.run("send --meeting kickoff").code, 65);
    assert!(desk.mail.mails().is_empty());
}

#[test]
fn templates_of_espocrm_are_converted_once() {
    let desk = Desk::new();
    desk.write(
        "body.tpl",
        "<p>Dear {{inviteeName}},</p>\n{{#if joinUrl}}<p><a href=\"{{joinUrl}}\">Join</a></p>{{/if}}\n{{#if customField}}x{{/if}}\n",
    );
    desk.write("subject.tpl", "Invitation: {{name}}\n");
    let found = desk.json("template import-espocrm body.tpl subject.tpl --out converted --language nl");
    assert_eq!(found["files"][1]["text"], "Invitation: {{ name }}");
    let notes = found["files"][0]["notes"].as_array().unwrap();
    assert!(
        notes
            .iter()
            .any(|note| note["line"] == 3 && note["needs_attention"] == true),
        "{found}"
    );
    let written = desk.read("converted/invitation/meeting/nl/body.html");
    assert!(
        written.contains("{% if join_url %}") && written.contains("TODO"),
        "{written}"
    );
    desk.fails(
        "template import-espocrm body.tpl --out converted --language nl",
        73,
        "template.exists",
    );
    desk.fails(
        "template import-espocrm nowhere.tpl",
        66,
        "template.unreadable_file",
    );
}
