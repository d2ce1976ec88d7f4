//! From an empty folder to the first delivered invitation.

use calcard::icalendar::ICalendarProperty;
use invite::sandbox::zoom::Operation;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::http::browse;
use crate::mail::{PASSWORD, USERNAME};
use crate::records::{self, KICKOFF};
use crate::zoom::{CLIENT_ID, CLIENT_SECRET};

/// Sets a key in the file that `init` wrote, as a person does: by removing the # before it.
fn set(text: &mut String, section: &str, key: &str, value: &str) {
    let header = format!("[{section}]");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let is_header = |line: &String| line.trim_start_matches("# ").trim() == header;
    let at = lines.iter().position(is_header).unwrap();
    lines[at] = header;
    let place = lines[at..]
        .iter_mut()
        .find(|line| line.trim_start_matches("# ").starts_with(&format!("{key} =")))
        .unwrap();
    *place = format!("{key} = {}", Value::from(value));
    *text = lines.join("\n");
}

#[test]
fn from_init_to_the_mailbox() {
    let mut desk = Desk::empty();
    // `init` makes a file.
    desk.unset("INVITE_DATABASE__URL");
    let made = desk.run("init").done();
    assert!(made.out.contains("invite.toml"), "{made:?}");
    for file in [
        "invite.toml",
        "invite.key",
        "invite.db",
        "templates/invitation/meeting/body.html",
        "templates/labels/de.ftl",
    ] {
        assert!(desk.file(file).is_file(), "{file}");
    }
    let written = desk.read("invite.toml");
    desk.fails("init", 73, "init.exists");
    assert_eq!(desk.read("invite.toml"), written);

    let mut text = written;
    for (section, key, value) in [
        ("organization", "name", "Acme & Sons"),
        ("organization", "site_url", "https://crm.acme.example"),
        ("organization", "time_zone", "Europe/Berlin"),
        ("zoom", "api_url", desk.zoom.api_url()),
        ("zoom", "oauth_url", desk.zoom.oauth_url()),
        ("zoom", "redirect_uri", &desk.redirect_uri),
        ("zoom.production", "client_id", CLIENT_ID),
        ("zoom.production", "client_secret_file", "zoom.secret"),
        ("smtp", "url", &desk.mail.url()),
        ("smtp", "username", USERNAME),
        ("smtp", "password_file", "smtp.secret"),
        ("smtp", "from", "Acme <meetings@acme.example>"),
    ] {
        set(&mut text, section, key, value);
    }
    assert!(!text.contains(CLIENT_SECRET) && !text.contains(PASSWORD));
    desk.write("invite.toml", &text);

    let mut all = records::all();
    all["users"][0]["zoom"] = json!({"enabled": false});
    desk.write("records.json", &all.to_string());
    let imported = desk.json("import records.json");
    assert_eq!(
        imported["files"][0],
        json!({"file": "records.json", "roles": 3, "users": 4, "contacts": 3, "leads": 1, "meetings": 10})
    );

    desk.fails("send --meeting kickoff", 77, "zoom.user_not_enabled");
    let enabled = desk.json("zoom users enable ana");
    assert_eq!(enabled["enabled"], true);

    desk.fails("send --meeting kickoff", 78, "zoom.not_connected");
    desk.run("zoom status").ends(78);
    let connecting = desk.start("zoom connect --no-browser");
    let page = browse(&connecting.consent_url());
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.body.contains("Back from Zoom"), "{page:?}");
    connecting.finish().done();
    let status = desk.json("zoom status");
    assert_eq!(status["state"], "connected");
    assert_eq!(status["mode"], "production");
    assert_eq!(status["missing_scopes"], json!([]));
    assert_eq!(status["scopes"].as_array().unwrap().len(), 6);

    // Nothing of what failed so far has left a trace.
    assert_eq!(desk.json("outbox list"), json!([]));
    assert!(desk.zoom.meetings().is_empty());

    let sent = desk.json("send --meeting kickoff");
    let record = desk.zoom.meeting();
    assert_eq!(desk.zoom.count(Operation::CreateMeeting), 1);
    assert_eq!(sent["meeting"], "kickoff");
    assert_eq!(sent["revision"], 0);
    assert_eq!(
        sent["zoom"],
        json!({"action": "created", "meeting_id": record.id.to_string(), "join_url": record.join_url})
    );
    let counts: Vec<_> = ["sent", "queued", "failed", "skipped"]
        .map(|state| sent[state].as_u64().unwrap())
        .into();
    assert_eq!(counts, [3, 0, 0, 1]);
    let recipients = sent["recipients"].as_array().unwrap();
    let brief: Vec<_> = recipients
        .iter()
        .map(|r| {
            let word = |key: &str| r[key].as_str().unwrap_or("null");
            format!(
                "{} {} {} {} {}",
                word("kind"),
                word("id"),
                word("email"),
                word("state"),
                word("language")
            )
        })
        .collect();
    assert_eq!(
        brief,
        [
            "user ana ana@acme.example skipped es",
            "contact lee lee@client.example sent en",
            "contact joerg joerg@kunde.example sent de",
            "lead mika mika@lead.example sent en",
        ]
    );
    assert_eq!(recipients[0]["reason"], "holds the meeting");
    assert_eq!(recipients[1]["reason"], Value::Null);

    assert_eq!(record.host_email, "ana@acme.example");
    assert_eq!(record.topic, "The kickoff");
    assert!(record.agenda.starts_with("What we talk about"), "{record:?}");
    assert_eq!(
        record.start_time.unwrap().to_rfc3339(),
        "2027-06-01T09:00:00+00:00"
    );
    assert_eq!((record.duration, record.timezone.as_str()), (45, "Europe/Berlin"));

    let shown = desk.json("meeting show kickoff");
    assert_eq!(shown["join_url"], json!(record.join_url));
    assert_eq!(shown["sync"]["state"], "in_sync");
    assert_eq!(shown["revision"], 0);

    assert_eq!(desk.mail.addresses(), KICKOFF);
    let mut uids = Vec::new();
    for (recipient, name, language) in [
        (&recipients[1], "Lee, Harper", "en"),
        (&recipients[2], "Jörg Weiß", "de"),
        (&recipients[3], "Mika", "en"),
    ] {
        let address = recipient["email"].as_str().unwrap();
        let mail = desk.mail.mail_to(address);
        assert_eq!(mail.envelope["from"], "meetings@acme.example");
        assert_eq!(mail.to_header(), (name.to_owned(), address.to_owned()));
        assert_eq!(mail.message_id(), recipient["message_id"].as_str().unwrap());
        assert_eq!(mail.header("Content-Language").unwrap(), language);
        assert_eq!(mail.header("Auto-Submitted").unwrap(), "auto-generated");
        assert!(mail.header("Reply-To").unwrap().contains("ana@acme.example"));
        assert!(mail.subject().contains("The kickoff"), "{}", mail.subject());
        // `&` in the link's query, if there is one, is escaped in HTML.
        let link = record.join_url.replace('&', "&amp;");
        assert!(mail.text().contains(&record.join_url), "{}", mail.text());
        assert!(
            mail.html().contains(&format!("href=\"{link}\"")),
            "{}",
            mail.html()
        );
        let calendar = mail.calendar();
        assert!(
            calendar.0.replace("\r\n ", "").contains(&record.join_url),
            "{calendar:?}"
        );
        assert_eq!(calendar.line("METHOD").unwrap(), "REQUEST");
        assert_eq!(calendar.line("SEQUENCE").unwrap(), "0");
        assert_eq!(calendar.line("DTSTART").unwrap(), "20270601T090000Z");
        assert_eq!(calendar.line("DTEND").unwrap(), "20270601T094500Z");
        assert_eq!(calendar.text(&ICalendarProperty::Summary).unwrap(), "The kickoff");
        assert!(
            calendar
                .line("ORGANIZER")
                .unwrap()
                .ends_with("mailto:ana@acme.example")
        );
        uids.push(calendar.line("UID").unwrap());
    }
    assert!(uids.iter().all(|uid| *uid == uids[0]), "{uids:?}");
    assert_eq!(shown["uid"], json!(uids[0]));
    let text = desk.mail.mail_to("lee@client.example").text();
    assert!(
        text.contains("Tuesday, June 1, 2027 at 5:00 – 5:45 AM (Eastern Time)"),
        "{text}"
    );
    let text = desk.mail.mail_to("joerg@kunde.example").text();
    assert!(
        text.contains("Dienstag, 1. Juni 2027 um 11:00–11:45 (Mitteleuropäische Zeit)"),
        "{text}"
    );
}

#[test]
fn a_meeting_that_is_not_online_is_sent_without_zoom() {
    let desk = Desk::unconnected();
    // No connection to Zoom is needed, nor a [zoom] at all.
    let text = desk.read("invite.toml");
    let (before, rest) = text.split_once("[zoom]").unwrap();
    let after = rest.split_once("[smtp]").unwrap().1;
    desk.write("invite.toml", &format!("{before}[smtp]{after}"));
    let sent = desk.json("send --meeting on-site");
    assert_eq!(
        sent["zoom"],
        json!({"action": "skipped", "meeting_id": null, "join_url": null})
    );
    // Here the assigned user is not among the attendees, and Ana is one like the others.
    assert_eq!(sent["sent"], 3, "{sent}");
    let mail = desk.mail.mail_to("mika@lead.example");
    assert!(mail.text().contains("Ringstraße 12"));
    assert!(!mail.html().contains("zoom"), "{}", mail.html());
    assert!(desk.zoom.requests().is_empty());
    desk.fails("send --meeting kickoff", 78, "online.not_configured");
}
