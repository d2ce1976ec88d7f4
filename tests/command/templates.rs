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

#[test]
fn a_preview_is_what_an_invitee_will_get() {
    let desk = Desk::new();
    let sent = desk.json("send --meeting kickoff --to contact:joerg");
    assert_eq!(sent["sent"], 1, "{sent}");
    let mail = desk.mail.mail_to("joerg@kunde.example");
    let shown = desk.json("template preview --meeting kickoff --to contact:joerg --variables");
    // In the language of the attendee, with the link that the meeting has by now; word for word what was sent.
    assert_eq!(
        (&shown["language"], &shown["subject"]),
        (&json!("de"), &json!(mail.subject()))
    );
    assert_eq!(
        desk.read("invite-preview/body.txt").trim(),
        mail.text().replace("\r\n", "\n").trim()
    );
    assert_eq!(shown["variables"]["invitee_name"], "Jörg Weiß");
    assert_eq!(shown["variables"]["join_url"], sent["zoom"]["join_url"]);
    let conditions = shown["conditions"].as_array().unwrap();
    let of_link = conditions.iter().find(|one| one["test"] == "join_url").unwrap();
    assert_eq!(
        (&of_link["held"], &of_link["failed"]),
        (&json!(true), &json!(false))
    );
    for file in shown["files"].as_array().unwrap() {
        assert!(desk.file(file.as_str().unwrap()).is_file(), "{file}");
    }
    assert!(desk.read("invite-preview/invite.ics").contains("METHOD:REQUEST"));
    assert!(desk.read("invite-preview/index.html").contains("body-dark.html"));
    desk.fails("template preview --meeting nowhere", 66, "meeting.not_found");
    desk.fails("template preview --sample nothing", 66, "sample.not_found");

    // Of one's own data, which nobody imports, and without a database.
    desk.write(
        "mine.json",
        r#"{"users": [{"id": "u", "name": "Uma", "email": "uma@x.example"}],
            "contacts": [{"id": "c", "name": "Chris", "email": "chris@x.example"}],
            "meetings": [{"id": "lunch", "name": "Lunch", "start": "2027-06-01T09:00:00Z", "end": "2027-06-01T10:00:00Z",
                          "time_zone": "UTC", "assigned_user": "u", "attendees": [{"kind": "contact", "id": "c"}]}]}"#,
    );
    let shown = desk.json("template preview --data mine.json --language nl");
    assert_eq!(shown["about"], "lunch");
    assert!(desk.read("invite-preview/body.txt").contains("Chris"));
    desk.fails(
        "template preview --data mine.json --meeting dinner",
        66,
        "sample.no_meeting",
    );
    desk.fails("meeting show lunch", 66, "meeting.not_found");
}

#[test]
fn a_test_goes_to_one_person_and_says_that_it_is_one() {
    let desk = Desk::new();
    let sent =
        desk.json("template test-send invitation/meeting --meeting kickoff --to me@acme.example --lang de");
    assert_eq!(
        (&sent["state"], &sent["to"]),
        (&json!("sent"), &json!("me@acme.example"))
    );
    assert_eq!(desk.mail.addresses(), ["me@acme.example"]);
    let mail = desk.mail.mail_to("me@acme.example");
    assert!(
        mail.subject().starts_with("[Test] ") && mail.subject().contains("The kickoff"),
        "{}",
        mail.subject()
    );
    assert!(
        mail.text().starts_with("Dies ist der Test einer Vorlage"),
        "{}",
        mail.text()
    );
    assert!(mail.html().contains("Dies ist der Test einer Vorlage"));
    // An answer reaches the sender, and nobody of the meeting is told or named as invited.
    let object = mail.calendar().0.replace("\r\n ", "");
    assert!(object.contains("SUMMARY:[Test] The kickoff"), "{object}");
    assert!(
        object.contains(":mailto:meetings@acme.example") && object.contains(":mailto:me@acme.example"),
        "{object}"
    );
    assert!(
        !object.contains("client.example") && !object.contains("ana@acme.example"),
        "{object}"
    );
    assert_eq!(mail.header("Reply-To"), None);
    // Nothing is recorded of it: the meeting's own invitations are still to be sent.
    assert!(desk.json("outbox list").as_array().unwrap().is_empty());
    desk.write("templates/invitation/meeting/body.html", "{{ nmae }}");
    desk.fails(
        "template test-send invitation/meeting --to me@acme.example",
        65,
        "template.unknown_variable",
    );
    assert_eq!(desk.mail.addresses().len(), 1);
}
