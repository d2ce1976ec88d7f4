//! What a mail says has changed, in a template of one's own and in the one that is built in.

use serde_json::{Value, json};

use crate::appointment::{Appointment, meeting, with};
use crate::mail::Mail;

/// Prints all that a template is told of a change, a line for each.
const OWN: &str = "\
fields={% for field in change.fields %}{{ field }} {% endfor %}
name={{ change.before.name }}
when={{ change.before.when }}
place={% if change.before.location %}{{ change.before.location }}{% endif %}
link={% if change.before.join_url %}{{ change.before.join_url }}{% endif %}
status={{ change.before.status }}
host={% if change.before.organizer_name %}{{ change.before.organizer_name }}{% endif %}
now={{ name }}|{% if location %}{{ location }}{% endif %}|{% if join_url %}{{ join_url }}{% endif %}
";

const ROOM: &str = "Hall 2";
const LINK: &str = "https://rooms.example/r/1";
const OTHER_LINK: &str = "https://rooms.example/r/2";

/// Lee has it, with a place and a link.
fn begun() -> (Appointment, Value) {
    let it = Appointment::new(&["lee"]);
    let first = with(meeting(&["lee"]), &json!({"location": ROOM, "join_url": LINK}));
    it.becomes(&first);
    it.send();
    assert_eq!(it.heard(), ["lee@client.example REQUEST 0"]);
    (it, first)
}

/// The one mail that came.
fn mail(it: &Appointment) -> Mail {
    let mut mails = it.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    mails.remove(0)
}

fn line(text: &str, name: &str) -> String {
    let found = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    found
        .unwrap_or_else(|| panic!("no {name} in {text}"))
        .trim()
        .to_owned()
}

#[test]
fn a_template_is_told_what_there_was_before() {
    let (it, first) = begun();
    it.write("templates/update/meeting/body.txt", OWN);
    // The place is gone.
    let second = with(first, &json!({"location": null}));
    it.becomes(&second);
    it.send();
    let text = mail(&it).text();
    assert_eq!(
        (line(&text, "fields"), line(&text, "place")),
        ("location".into(), ROOM.into())
    );
    assert_eq!(line(&text, "now"), format!("Review||{LINK}"));
    // Another name and another link.
    let third = with(second, &json!({"name": "Review of May", "join_url": OTHER_LINK}));
    it.becomes(&third);
    it.send();
    let told = mail(&it);
    let text = told.text();
    let fields = line(&text, "fields");
    let mut fields: Vec<_> = fields.split(' ').collect();
    fields.sort_unstable();
    assert_eq!(fields, ["join_url", "name"]);
    assert_eq!(
        (line(&text, "name"), line(&text, "link"), line(&text, "place")),
        ("Review".into(), LINK.into(), String::new())
    );
    assert_eq!(line(&text, "now"), format!("Review of May||{OTHER_LINK}"));
    assert!(!told.calendar().0.replace("\r\n ", "").contains(LINK));

    // Another description is told when somebody asks for it, and as what it is.
    let fourth = with(third, &json!({"description": "Bring the contract."}));
    it.becomes(&fourth);
    assert_eq!(it.send()["sent"], 0);
    let report = it.json("send --meeting review --resend");
    assert_eq!(report["recipients"][0]["purpose"], "update", "{report:#}");
    let told = mail(&it);
    assert_eq!(line(&told.text(), "fields"), "description");
    assert!(told.subject().starts_with("Updated"), "{}", told.subject());
    let object = told.calendar();
    assert!(object.line("DESCRIPTION").unwrap().contains("Bring the contract"));
    assert_eq!(object.line("SEQUENCE").as_deref(), Some("3"));

    // Nothing has changed since: the same again is no update.
    let report = it.json("send --meeting review --resend");
    assert_eq!(report["recipients"][0]["purpose"], "invitation", "{report:#}");
    let same = mail(&it);
    assert!(same.subject().starts_with("Invitation"), "{}", same.subject());
    assert_eq!(same.calendar().line("SEQUENCE").as_deref(), Some("3"));
}

#[test]
fn a_change_is_measured_by_what_each_was_sent() {
    let (it, first) = begun();
    it.write("templates/update/meeting/body.txt", OWN);
    // Kim comes to it as the name changes; then the place does, for both.
    let second = with(
        with(
            first,
            &json!({"attendees": meeting(&["lee", "kim"])["attendees"]}),
        ),
        &json!({"name": "Review of May"}),
    );
    it.becomes(&second);
    it.mail.control(&json!({"put_off": {"lee@client.example": 1}}));
    it.run("send --meeting review").ends(75);
    assert_eq!(it.heard(), ["kim@client.example REQUEST 1"]);
    it.becomes(&with(second, &json!({"location": "Hall 3"})));
    it.send();
    let mails = it.mails();
    let [kim, lee] = mails.as_slice() else {
        panic!("{mails:?}")
    };
    assert_eq!(line(&kim.text(), "fields"), "location");
    // Lee never had the new name.
    let fields = line(&lee.text(), "fields");
    let mut fields: Vec<_> = fields.split(' ').collect();
    fields.sort_unstable();
    assert_eq!(fields, ["location", "name"]);
    assert_eq!(line(&lee.text(), "name"), "Review");
}

#[test]
fn what_is_built_in_says_what_there_was_before() {
    let (it, first) = begun();
    let second = with(first, &json!({"location": null}));
    it.becomes(&second);
    it.send();
    let told = mail(&it);
    assert!(told.subject().starts_with("Updated"), "{}", told.subject());
    for text in [told.text(), told.html()] {
        assert!(text.contains("Before: Hall 2"), "{text}");
    }
    let third = with(
        second,
        &json!({"start": "2027-03-03T09:00:00Z", "end": "2027-03-03T09:45:00Z", "location": "Hall 3"}),
    );
    it.becomes(&third);
    it.send();
    let told = mail(&it);
    for text in [told.text(), told.html()] {
        assert!(text.contains("Before: Tuesday, March 2, 2027"), "{text}");
        assert!(text.contains("Hall 3"), "{text}");
    }
    it.becomes(&with(
        third,
        &json!({"name": "Review of May", "join_url": OTHER_LINK}),
    ));
    it.send();
    let told = mail(&it);
    assert!(
        told.subject().starts_with("Updated: Review of May"),
        "{}",
        told.subject()
    );
    for text in [told.text(), told.html()] {
        assert!(text.contains(OTHER_LINK), "{text}");
    }
}
