//! Names that hold what addresses, headers, HTML and calendar objects give a meaning to.

use calcard::icalendar::ICalendarProperty;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::mail::{CalendarObject, Mail};

/// A hundred characters, two of which are more than one code point each.
fn hundred() -> String {
    let name = format!("Maximiliane 👩‍🚀 e\u{301} {}Ende", "Łukaszewiczówna ".repeat(4));
    let count = unicode_segmentation::UnicodeSegmentation::graphemes(name.as_str(), true).count();
    format!("{name}{}", "x".repeat(100 - count))
}

fn names() -> Vec<String> {
    [
        "Lee, Harper",
        "Finn \"Fog\" O'Dea \\ Sons",
        "<b>Bobby</b> & Sons; \"Tables\"",
        "Zoë 🚀 Nguyễn",
        "נועה לוי",
        "李雷 (Lei); Ltd.",
        "a@b.example <c@d.example>",
        "{{ name }} {% if %}",
        "=?utf-8?q?x?= %0d%0aBcc: x@evil.example",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([hundred()])
    .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

fn arrived_whole(mail: &Mail, name: &str, meeting: &str, join_url: &str) {
    assert_eq!(mail.to_header().0, name);
    assert!(mail.subject().contains(meeting), "{}", mail.subject());
    let (text, html) = (mail.text(), mail.html());
    for part in [name, meeting, join_url] {
        assert!(text.contains(part), "{part:?} in {text}");
        assert!(html.contains(&escaped(part)), "{part:?} in {html}");
    }
    for tag in ["<b>", "<script", "alert", "onclick"] {
        assert!(!html.contains(tag), "{tag} in {html}");
    }
    calendar_is_right(&mail.calendar(), meeting, join_url);
    for header in ["Bcc", "X-Evil"] {
        assert_eq!(mail.header(header), None);
    }
}

fn calendar_is_right(calendar: &CalendarObject, meeting: &str, join_url: &str) {
    assert_eq!(
        calendar.text(&ICalendarProperty::Summary).as_deref(),
        Some(meeting)
    );
    assert_eq!(
        calendar.text(&ICalendarProperty::Location).as_deref(),
        Some("Hall \"4\"; 2nd, \\ floor")
    );
    let description = calendar.text(&ICalendarProperty::Description).unwrap();
    assert!(description.contains(join_url), "{description}");
    // A CN cannot hold quotation marks (RFC 5545 §3.2).
    let attendees: Vec<_> = calendar.attendees().into_iter().map(|(name, _)| name).collect();
    let expected: Vec<_> = names()
        .iter()
        .map(|name| name.replace('"', "'").replace('\\', "/"))
        .collect();
    assert_eq!(attendees, expected);
    for line in calendar.0.split("\r\n") {
        assert!(line.len() <= 75, "{line}");
    }
}

#[test]
fn arrive_as_they_are() {
    let desk = Desk::new();
    let contacts: Vec<Value> = names()
        .iter()
        .enumerate()
        .map(
            |(n, name)| json!({"id": format!("c{n}"), "name": name, "email": format!("c{n}@client.example")}),
        )
        .collect();
    let attendees: Vec<Value> = (0..contacts.len())
        .map(|n| json!({"kind": "contact", "id": format!("c{n}")}))
        .collect();
    let meetings = [
        "Demo 🎬, \"Orion\" <b>x</b> \\ Q&A; für alle, להתראות {{ x }}".to_owned(),
        hundred(),
    ];
    let meeting = |n: usize| {
        json!({
            "id": format!("m{n}"), "name": meetings[n], "online_location": "zoom", "location": "Hall \"4\"; 2nd, \\ floor",
            "start": "2027-06-01T09:00:00Z", "end": "2027-06-01T10:00:00Z", "time_zone": "Europe/Berlin",
            "description": "<p>We <i onclick=x>show</i> it</p><script>alert(1)</script>",
            "assigned_user": "ana", "attendees": attendees,
        })
    };
    desk.import(&json!({"contacts": contacts, "meetings": [meeting(0), meeting(1)]}));
    for (n, name) in meetings.iter().enumerate() {
        let sent = desk.json(&format!("send --meeting m{n}"));
        assert_eq!(sent["sent"], names().len(), "{sent}");
        let url = sent["zoom"]["join_url"].as_str().unwrap();
        let record = desk.zoom.meetings().remove(n);
        assert_eq!((&record.topic, record.join_url.as_str()), (name, url));
        assert!(record.agenda.starts_with("We show it"), "{}", record.agenda);
        assert!(!record.agenda.contains("alert"), "{}", record.agenda);
        let mails = desk.mail.mails().split_off(n * names().len());
        for mail in &mails {
            let number: usize = mail.to()[1..].split('@').next().unwrap().parse().unwrap();
            arrived_whole(mail, &names()[number], name, url);
        }
        assert_eq!(mails.len(), names().len());
    }
}

#[test]
fn an_address_beyond_ascii_needs_a_server_that_takes_it() {
    let mut desk = Desk::new();
    desk.import(&json!({
        "contacts": [{"id": "u", "name": "用户", "email": "用户@例子.example"}],
        "meetings": [{
            "id": "u", "name": "U", "start": "2027-06-01T09:00:00Z", "end": "2027-06-01T10:00:00Z",
            "assigned_user": "ana",
            "attendees": [{"kind": "contact", "id": "u"}, {"kind": "contact", "id": "lee"}],
        }],
    }));
    let old = crate::mail::MailServer::start_with(&["--without", "SMTPUTF8"]);
    desk.set("INVITE_SMTP__URL", &old.url());
    let sent = desk.run("send --meeting u --format json").ends(1).json();
    assert_eq!((&sent["sent"], &sent["failed"]), (&json!(1), &json!(1)));
    let reason = sent["recipients"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("SMTPUTF8"), "{reason}");
    assert_eq!(old.addresses(), ["lee@client.example"]);
    desk.unset("INVITE_SMTP__URL");
    let sent = desk.json("send --meeting u");
    assert_eq!(sent["sent"], 1, "{sent}");
    let mails = desk.mail.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to_header().0, "用户");
    let parameters = mails[0].envelope["mail_parameters"].as_array().unwrap();
    let has = |wanted: &str| parameters.iter().any(|parameter| parameter == wanted);
    assert!(has("SMTPUTF8") && has("BODY=8BITMIME"), "{parameters:?}");
}
