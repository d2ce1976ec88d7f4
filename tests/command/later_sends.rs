//! What a second and a third run of the same command do, and what each option changes.

use calcard::icalendar::ICalendarProperty;
use invite::sandbox::zoom::{Change, Operation};
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::mail::{CalendarObject, Mail};
use crate::records::KICKOFF;

fn action(report: &Value) -> &str {
    report["zoom"]["action"].as_str().unwrap()
}

#[test]
fn the_second_send_does_nothing() {
    let desk = Desk::new();
    desk.json("send --meeting kickoff");
    let before = (desk.state(), desk.zoom.requests().len(), desk.mail.events().len());
    let again = desk.json("send --meeting kickoff");
    assert_eq!(
        (action(&again), &again["sent"], &again["skipped"]),
        ("unchanged", &json!(0), &json!(4))
    );
    assert_eq!(again["recipients"][1]["reason"], "has revision 0 already");
    let text = desk.run("send --meeting kickoff").done().out;
    assert!(text.contains("4 skipped: nothing to send"), "{text}");
    assert_eq!(
        (desk.state(), desk.zoom.requests().len(), desk.mail.events().len()),
        before
    );
}

#[test]
fn a_change_is_pushed_and_told_to_all() {
    let desk = Desk::new();
    desk.json("send --meeting kickoff");
    let first = desk.mail.mail_to("lee@client.example");
    let uid = first.calendar().line("UID").unwrap();
    let url = desk.zoom.meeting().join_url;

    desk.run("meeting edit kickoff --start 2027-06-02T15:00").done();
    let shown = desk.json("meeting show kickoff");
    assert_eq!(
        shown["sync"],
        json!({"state": "out_of_sync", "differs": ["start"]})
    );
    assert_eq!(shown["revision"], 0);
    let text = desk.run("meeting show kickoff").done().out;
    assert!(text.contains("out of sync"), "{text}");
    // Nothing has left yet.
    assert_eq!(desk.mail.mails().len(), 3);

    let sent = desk.json("send --meeting kickoff");
    assert_eq!(
        (action(&sent), &sent["revision"], &sent["sent"]),
        ("updated", &json!(1), &json!(3))
    );
    let record = desk.zoom.meeting();
    assert_eq!(
        record.start_time.unwrap().to_rfc3339(),
        "2027-06-02T13:00:00+00:00"
    );
    assert_eq!((record.duration, &record.join_url), (45, &url));
    assert_eq!(desk.zoom.count(Operation::CreateMeeting), 1);
    let mut updates = desk.mail.mails().split_off(3);
    updates.sort_by_key(Mail::to);
    assert_eq!(updates.iter().map(Mail::to).collect::<Vec<_>>(), KICKOFF);
    let update = &updates[1];
    let calendar = update.calendar();
    assert_eq!(calendar.line("METHOD").as_deref(), Some("REQUEST"));
    assert_eq!(calendar.line("SEQUENCE").as_deref(), Some("1"));
    assert_eq!(calendar.line("UID"), Some(uid));
    assert_eq!(calendar.line("DTSTART").as_deref(), Some("20270602T130000Z"));
    assert_eq!(calendar.line("DTEND").as_deref(), Some("20270602T134500Z"));
    assert_ne!(update.message_id(), first.message_id());
    assert_eq!(
        update.header("References").as_deref(),
        Some(first.message_id().as_str())
    );
    assert!(update.subject().starts_with("Updated"), "{}", update.subject());
    assert!(update.text().contains(&url), "{}", update.text());
    assert_eq!(desk.json("meeting show kickoff")["sync"]["state"], "in_sync");
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 0);

    // What matters to Zoom but not to invitees is pushed, and mailed to nobody.
    desk.run_with(&["meeting", "edit", "kickoff", "--description", "Another agenda"])
        .done();
    let sent = desk.json("send --meeting kickoff");
    assert_eq!(
        (action(&sent), &sent["revision"], &sent["sent"]),
        ("updated", &json!(1), &json!(0))
    );
    assert!(desk.zoom.meeting().agenda.starts_with("Another agenda"));
    // And the reverse.
    desk.run_with(&["meeting", "edit", "kickoff", "--location", "Room 4"])
        .done();
    let sent = desk.json("send --meeting kickoff");
    assert_eq!(
        (action(&sent), &sent["revision"], &sent["sent"]),
        ("unchanged", &json!(2), &json!(3))
    );
}

#[test]
fn importing_a_meeting_anew_is_a_change_like_any_other() {
    let desk = Desk::new();
    desk.json("send --meeting kickoff");
    let url = desk.zoom.meeting().join_url;
    let mut all = crate::records::all();
    desk.import(&all);
    // The same again: the link that was written back stays, and nothing is to be told.
    let same = desk.json("send --meeting kickoff");
    assert_eq!(
        (action(&same), &same["revision"], &same["sent"]),
        ("unchanged", &json!(0), &json!(0))
    );
    all["meetings"][0]["end"] = json!("2027-06-01T10:00:00Z");
    desk.import(&all);
    let sent = desk.json("send --meeting kickoff");
    assert_eq!(
        (action(&sent), &sent["revision"], &sent["sent"]),
        ("updated", &json!(1), &json!(3))
    );
    assert_eq!(
        (desk.zoom.meeting().duration, desk.zoom.meeting().join_url),
        (60, url)
    );
}

#[test]
fn another_host_means_another_zoom_meeting() {
    let desk = Desk::new();
    desk.json("send --meeting kickoff");
    let old = desk.zoom.meeting();
    desk.run("meeting edit kickoff --assign zoe").done();
    assert_eq!(
        desk.json("meeting show kickoff")["sync"],
        json!({"state": "out_of_sync", "differs": ["host"]})
    );
    let sent = desk.json("send --meeting kickoff");
    let new = desk.zoom.meeting();
    assert_eq!((action(&sent), &sent["revision"]), ("created", &json!(0)));
    assert_eq!(new.host_email, "zoe@acme.example");
    assert_ne!(new.id, old.id);
    let (cancelled, mails): (Vec<_>, Vec<_>) = desk
        .mail
        .mails()
        .split_off(3)
        .into_iter()
        .partition(|mail| mail.calendar().line("METHOD").as_deref() == Some("CANCEL"));
    // Ana's entry leaves the calendars of her invitees, with a word that Zoe is the host now.
    assert_eq!(cancelled.len(), 3);
    for mail in &cancelled {
        assert_eq!(mail.calendar().line("SEQUENCE").as_deref(), Some("1"));
        assert!(
            mail.calendar()
                .line("ORGANIZER")
                .unwrap()
                .contains("ana@acme.example")
        );
        assert!(mail.text().contains("Zoë"), "{}", mail.text());
        assert!(!mail.text().contains(&new.join_url));
    }
    assert!(mails.iter().all(|mail| mail.text().contains(&new.join_url)));
    let uid = |mail: &crate::mail::Mail| mail.calendar().line("UID");
    assert!(mails.iter().all(|mail| uid(mail) != uid(&cancelled[0])));
    // Ana hosts no more, so that she is an invitee.
    assert_eq!(mails.len(), 4);
    let purposes: Vec<_> = sent["recipients"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|recipient| recipient["purpose"].as_str())
        .collect();
    let count = |purpose| purposes.iter().filter(|it| **it == purpose).count();
    assert_eq!(
        (count("cancellation"), count("update"), count("invitation")),
        (3, 3, 1)
    );
}

#[test]
fn a_meeting_that_is_gone_at_zoom_is_not_mailed() {
    let desk = Desk::new();
    desk.json("send --meeting kickoff");
    let old = desk.zoom.meeting();
    desk.zoom.change(&Change::DeleteMeeting { id: None });
    desk.run("meeting edit kickoff --start 2027-06-03T09:00:00Z")
        .done();
    let sent = desk.json("send --meeting kickoff");
    let new = desk.zoom.meeting();
    assert_eq!((action(&sent), &sent["sent"]), ("created", &json!(3)));
    assert_ne!(new.join_url, old.join_url);
    for mail in desk.mail.mails().split_off(3) {
        assert!(mail.text().contains(&new.join_url), "{}", mail.text());
        assert!(!mail.text().contains(&old.join_url), "{}", mail.text());
    }
}

#[test]
fn a_dry_run_leaves_everything_as_it_is() {
    let desk = Desk::new();
    let (before, requests) = (desk.state(), desk.zoom.requests().len());
    let plan = desk.json("send --meeting kickoff --dry-run --out mails");
    assert_eq!((&plan["dry_run"], &plan["queued"]), (&json!(true), &json!(3)));
    assert_eq!(action(&plan), "created");
    for recipient in &plan["recipients"].as_array().unwrap()[1..] {
        let file = recipient["file"].as_str().unwrap();
        let mail = Mail::parse(&std::fs::read(desk.file(file)).unwrap());
        assert_eq!(mail.to_header().1, recipient["email"].as_str().unwrap());
        assert_eq!(mail.calendar().line("SEQUENCE").as_deref(), Some("0"));
        assert!(mail.text().contains("The kickoff"));
    }
    assert_eq!(std::fs::read_dir(desk.file("mails")).unwrap().count(), 3);
    let text = desk.run("send --meeting kickoff --dry-run").done().out;
    assert!(text.contains("3 would be sent"), "{text}");
    assert!(text.contains("would be created"), "{text}");
    assert_eq!((desk.state(), desk.zoom.requests().len()), (before, requests));
    assert!(desk.mail.events().is_empty());
    // What it wrote is what is sent, but for the link and the moment.
    let sent = desk.json("send --meeting kickoff");
    let ids = |report: &Value| -> Vec<Value> {
        let recipients = report["recipients"].as_array().unwrap();
        recipients.iter().map(|r| r["message_id"].clone()).collect()
    };
    assert_eq!(ids(&sent), ids(&plan));
    let plan = desk.json("send --meeting kickoff --dry-run");
    assert_eq!((&plan["queued"], action(&plan)), (&json!(0), "unchanged"));
}

#[test]
fn whom_it_goes_to_can_be_chosen() {
    let desk = Desk::new();
    let attendees = json!([
        {"kind": "contact", "id": "lee", "status": "Accepted"},
        {"kind": "contact", "id": "joerg", "status": "Declined"},
        {"kind": "lead", "id": "mika", "status": "None"},
    ]);
    let meeting = json!({
        "id": "chosen", "name": "Chosen", "online_location": "zoom", "start": "2027-06-01T09:00:00Z",
        "end": "2027-06-01T09:45:00Z", "assigned_user": "ana", "attendees": attendees,
    });
    desk.import(&json!({"meetings": [meeting]}));
    let addresses = |skip: usize| -> Vec<String> {
        let mut all: Vec<_> = desk.mail.mails().iter().skip(skip).map(Mail::to).collect();
        all.sort();
        all
    };
    desk.json("send --meeting chosen --to contact:joerg");
    assert_eq!(addresses(0), ["joerg@kunde.example"]);
    // Only who has not answered.
    let sent = desk.json("send --meeting chosen");
    assert_eq!(addresses(1), ["mika@lead.example"]);
    assert_eq!(sent["recipients"][0]["reason"], "has answered: Accepted");
    // All who lack it.
    desk.json("send --meeting chosen --all");
    assert_eq!(addresses(2), ["lee@client.example"]);
    assert_eq!(desk.json("send --meeting chosen --all")["sent"], 0);
    // Again, to one, case aside.
    let sent = desk.json("send --meeting chosen --resend --to MIKA@Lead.example");
    assert_eq!((&sent["sent"], &sent["revision"]), (&json!(1), &json!(0)));
    assert_eq!(addresses(3), ["mika@lead.example"]);
    let mails = desk.mail.mails();
    let to_mika: Vec<_> = mails
        .iter()
        .filter(|mail| mail.to() == "mika@lead.example")
        .collect();
    assert_ne!(to_mika[0].message_id(), to_mika[1].message_id());
    assert_eq!(
        to_mika[0].calendar().line("SEQUENCE"),
        to_mika[1].calendar().line("SEQUENCE")
    );
    desk.json("send --meeting chosen --resend --all");
    assert_eq!(addresses(4), KICKOFF);
    assert_eq!(desk.zoom.meetings().len(), 1);
    desk.fails(
        "send --meeting chosen --to x@elsewhere.example",
        66,
        "meeting.not_an_attendee",
    );
    desk.fails(
        "send --meeting chosen --to user:ana",
        66,
        "meeting.not_an_attendee",
    );
    assert_eq!(desk.mail.mails().len(), 7);
}

#[test]
fn without_a_push_the_link_goes_as_it_stands() {
    let desk = Desk::unconnected();
    let meeting = json!({
        "id": "linked", "name": "Linked", "online_location": "zoom", "start": "2027-06-01T09:00:00Z",
        "end": "2027-06-01T09:45:00Z", "assigned_user": "ana", "join_url": "https://zoom.example/j/42",
        "attendees": [{"kind": "contact", "id": "lee"}],
    });
    desk.import(&json!({"meetings": [meeting]}));
    let sent = desk.run("send --meeting linked --no-push --format json").done();
    assert!(
        sent.err.contains("as it stands") && sent.err.contains("https://zoom.example/j/42"),
        "{sent:?}"
    );
    let report = sent.json();
    assert_eq!(
        report["zoom"],
        json!({"action": "skipped", "meeting_id": null, "join_url": "https://zoom.example/j/42"})
    );
    let mail = desk.mail.mail_to("lee@client.example");
    assert!(mail.text().contains("https://zoom.example/j/42"));
    assert!(desk.zoom.requests().is_empty());
}

#[test]
fn a_calendar_object_is_printed() {
    let desk = Desk::new();
    let foreseen = CalendarObject(desk.run("ics --meeting kickoff").done().out);
    assert_eq!(foreseen.line("SEQUENCE").as_deref(), Some("0"));
    desk.json("send --meeting kickoff");
    let mailed = desk.mail.mail_to("joerg@kunde.example").calendar();
    let printed = CalendarObject(desk.run("ics --meeting kickoff --to contact:joerg").done().out);
    let but_stamp = |object: &CalendarObject| -> Vec<String> {
        object
            .0
            .split("\r\n")
            .filter(|line| !line.starts_with("DTSTAMP:"))
            .map(str::to_owned)
            .collect()
    };
    assert_eq!(but_stamp(&printed), but_stamp(&mailed));
    assert_eq!(foreseen.line("UID"), mailed.line("UID"));
    let cancel = CalendarObject(desk.run("ics --meeting kickoff --method CANCEL").done().out);
    assert_eq!(cancel.line("METHOD").as_deref(), Some("CANCEL"));
    assert_eq!(cancel.line("STATUS").as_deref(), Some("CANCELLED"));
    assert_eq!(cancel.line("SEQUENCE").as_deref(), Some("1"));
    assert_eq!(cancel.line("UID"), mailed.line("UID"));
    let document = desk.json("ics --meeting kickoff --to lee@client.example");
    let object = CalendarObject(document["calendar"].as_str().unwrap().to_owned());
    assert_eq!(
        object.text(&ICalendarProperty::Summary).as_deref(),
        Some("The kickoff")
    );
}

#[test]
fn pushing_and_deleting_alone() {
    let desk = Desk::new();
    let pushed = desk.json("zoom push --meeting kickoff");
    let record = desk.zoom.meeting();
    assert_eq!(
        pushed,
        json!({"meeting": "kickoff", "zoom": {
            "action": "created", "meeting_id": record.id.to_string(), "join_url": record.join_url,
        }})
    );
    assert_eq!(
        desk.json("zoom push --meeting kickoff")["zoom"]["action"],
        "unchanged"
    );
    desk.run("meeting edit kickoff --name Renamed").done();
    assert_eq!(
        desk.json("zoom push --meeting kickoff")["zoom"]["action"],
        "updated"
    );
    assert_eq!(desk.zoom.meeting().topic, "Renamed");
    // A send finds it pushed.
    assert_eq!(desk.json("send --meeting kickoff")["zoom"]["action"], "unchanged");

    let before = desk.state();
    desk.fails("zoom delete --meeting kickoff", 65, "meeting.wrong_status");
    assert_eq!(desk.state(), before);
    desk.run("meeting edit kickoff --status NotHeld").done();
    let deleted = desk.json("zoom delete --meeting kickoff");
    assert_eq!(deleted["zoom"]["action"], "deleted");
    assert!(desk.zoom.meetings().is_empty());
    let shown = desk.json("meeting show kickoff");
    assert_eq!((&shown["join_url"], &shown["zoom"]), (&json!(null), &json!(null)));
    assert_eq!(
        desk.json("zoom delete --meeting kickoff")["zoom"]["action"],
        "skipped"
    );

    // One that somebody else has deleted counts as deleted.
    desk.json("zoom push --meeting second");
    desk.zoom.change(&Change::DeleteMeeting { id: None });
    desk.run("meeting edit second --status NotHeld").done();
    assert_eq!(
        desk.json("zoom delete --meeting second")["zoom"]["action"],
        "deleted"
    );
    assert_eq!(desk.json("meeting show second")["join_url"], json!(null));
}

#[test]
fn the_outbox_shows_what_became_of_each() {
    let desk = Desk::new();
    desk.mail
        .control(&json!({"refuse": {"lee@client.example": "550 5.1.1 No such user"}}));
    desk.run("send --meeting kickoff").ends(1);
    let list = desk.json("outbox list --meeting kickoff");
    assert_eq!(list.as_array().unwrap().len(), 3);
    let failed = desk.json("outbox list --state failed");
    assert_eq!(failed.as_array().unwrap().len(), 1);
    assert_eq!(failed[0]["email"], "lee@client.example");
    assert_eq!(failed[0]["last_answer"], "550 5.1.1 No such user");
    let text = desk.run("outbox list").done().out;
    assert!(text.contains("550 5.1.1 No such user"), "{text}");

    let sent = &desk.json("outbox list --state sent")[0];
    let mail = desk.mail.mail_to(sent["email"].as_str().unwrap());
    assert_eq!(sent["message_id"], json!(mail.message_id()));
    for id in [
        sent["id"].to_string(),
        sent["message_id"].as_str().unwrap().to_owned(),
    ] {
        let shown = desk.run_with(&["outbox", "show", &id, "--raw"]).done().out;
        let shown = Mail::parse(shown.as_bytes());
        assert_eq!((shown.text(), shown.html()), (mail.text(), mail.html()));
        assert_eq!(shown.calendar().0, mail.calendar().0);
    }
    let id = sent["id"].to_string();
    let text = desk.run_with(&["outbox", "show", &id]).done().out;
    assert!(text.contains("sent after 1 tries"), "{text}");
    desk.fails("outbox show 4711", 66, "outbox.not_found");
    desk.run("outbox list --state lost --format json")
        .fails_on_usage();
}

#[test]
fn an_edited_template_is_used() {
    let desk = Desk::new();
    let list = desk.json("template list");
    let first = &list[0];
    assert_eq!(first["name"], "invitation/meeting");
    assert!(
        first["parts"]
            .as_array()
            .unwrap()
            .iter()
            .all(|part| part["origin"] == "built-in")
    );
    let shown = desk
        .run("template show invitation/meeting --part subject")
        .done()
        .out;
    assert_eq!(
        shown,
        include_str!("../../templates/invitation/meeting/subject.txt")
    );

    let edited = "Come to {{ name }}, {{ invitee_name }}!";
    desk.write("templates/invitation/meeting/subject.txt", edited);
    desk.write(
        "templates/invitation/meeting/de/subject.txt",
        "Komm zu {{ name }}!",
    );
    let list = desk.json("template list");
    let origins: Vec<_> = list[0]["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|part| format!("{} {} {}", part["part"], part["origin"], part["language"]))
        .collect();
    assert!(
        origins
            .iter()
            .any(|part| part.contains("subject") && part.contains("edited") && part.contains("de")),
        "{origins:?}"
    );
    let shown = desk.json("template show invitation/meeting --part subject");
    assert_eq!(shown["parts"][0]["source"], edited);
    assert_eq!(shown["parts"][0]["origin"], "edited");

    desk.json("send --meeting kickoff");
    assert_eq!(
        desk.mail.mail_to("lee@client.example").subject(),
        "Come to The kickoff, Lee, Harper!"
    );
    assert_eq!(
        desk.mail.mail_to("joerg@kunde.example").subject(),
        "Komm zu The kickoff!"
    );
    desk.run("template show invitation/party --format json")
        .fails_on_usage();
}
