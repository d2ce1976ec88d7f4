//! Bad input and bad surroundings: the exit status, what is said, and that nothing is half done.

use invite::sandbox::zoom::{Action, Operation, RateLimit, ZoomFault};
use serde_json::{Value, json};

use crate::desk::{Desk, Folder};
use crate::zoom::zoom_error;

fn message(error: &Value) -> &str {
    error["message"].as_str().unwrap()
}

fn hint(error: &Value) -> &str {
    error["hint"].as_str().unwrap_or_default()
}

#[test]
fn a_file_to_import_is_loaded_whole_or_not_at_all() {
    let desk = Desk::unconnected();
    let before = desk.json("meeting list");
    let good = json!({"leads": [{"id": "new", "name": "New", "email": "new@lead.example"}]}).to_string();
    desk.write("good.json", &good);
    for (text, words) in [
        ("{\"leads\": [{\"id\": \"new\",}]}", &["bad.json:1:"][..]),
        ("", &["bad.json:1:"]),
        ("[]", &["bad.json:1:1"]),
        (
            "{\"leads\": [{\"id\": \"a\", \"name\": \"\\ud800\"}]}",
            &["bad.json:1:"],
        ),
        (
            "{\"leads\": [{\"id\": \"new\", \"name\": \"N\"},\n{\"id\": \"x\", \"emial\": \"x@lead.example\"}],\n\
             \"contacts\": [{\"id\": \"y\", \"email\": \"nobody\"}]}",
            &[
                "bad.json:2:",
                "leads[1].emial",
                "email",
                "bad.json:3:",
                "contacts[0].email",
            ],
        ),
        (
            "{\"meetings\": [{\"id\": \"m\", \"name\": \"M\", \"start\": \"2027-06-01T09:00:00Z\", \
             \"end\": \"2027-06-01T08:00:00Z\", \"time_zone\": \"Europe/Berlinn\", \"assigned_user\": \"ghost\", \
             \"attendees\": [{\"kind\": \"kontact\", \"id\": \"x\"}, {\"kind\": \"lead\", \"id\": \"ghost\"}]}]}",
            &[
                "meetings[0].time_zone",
                "Europe/Berlin?",
                "meetings[0].attendees[0].kind",
                "contact?",
            ],
        ),
        (
            "{\"meetings\": [{\"id\": \"m\", \"name\": \"M\", \"start\": \"2027-06-01T09:00:00Z\", \
             \"end\": \"2027-06-01T10:00:00Z\", \"assigned_user\": \"ghost\", \
             \"attendees\": [{\"kind\": \"lead\", \"id\": \"ghost\"}]}]}",
            &["user", "ghost", "lead"],
        ),
    ] {
        desk.write("bad.json", text);
        let error = desk.fails("import bad.json", 65, "import.invalid");
        let run = desk.run("import bad.json");
        for word in words {
            assert!(run.err.contains(word), "{word}: {run:#?}\n{error}");
        }
    }
    // A file that is wrong is found before one that is right is loaded.
    desk.fails("import good.json bad.json", 65, "import.invalid");
    desk.fails("import good.json nowhere.json", 66, "import.unreadable");
    std::fs::write(desk.file("latin1.json"), b"{\"leads\": [{\"id\": \"\xe9\"}]}").unwrap();
    let error = desk.fails("import latin1.json", 65, "import.unreadable");
    assert!(hint(&error).contains("UTF-8"), "{error}");
    assert_eq!(desk.json("meeting list"), before);
    let mut typed = desk.start("import -");
    typed.types(&good);
    let typed = typed.finish().done();
    assert!(typed.out.contains("1 lead"), "{typed:?}");
}

#[test]
fn what_is_not_there_is_named() {
    let desk = Desk::new();
    let before = desk.state();
    for (arguments, kind, word) in [
        ("send --meeting party", "meeting.not_found", "party"),
        ("send --meeting party --dry-run", "meeting.not_found", "party"),
        ("ics --meeting party", "meeting.not_found", "party"),
        ("meeting show party", "meeting.not_found", "party"),
        ("meeting edit party --name Party", "meeting.not_found", "party"),
        ("zoom push --meeting party", "meeting.not_found", "party"),
        ("zoom delete --meeting party", "meeting.not_found", "party"),
        ("zoom users enable ghost", "crm.not_found", "ghost"),
        ("meeting edit kickoff --assign ghost", "crm.not_found", "ghost"),
        ("outbox show 4711", "outbox.not_found", "4711"),
        ("import nowhere.json", "import.unreadable", "nowhere.json"),
    ] {
        let error = desk.fails(arguments, 66, kind);
        assert!(message(&error).contains(word), "{arguments}: {error}");
    }
    desk.fails("meeting list --config nowhere.toml", 78, "config.not_found");
    assert_eq!(desk.state(), before);
}

#[test]
fn a_meeting_that_may_not_be_sent_is_refused_before_anything_is_done() {
    let desk = Desk::new();
    let (before, requests) = (desk.state(), desk.zoom.requests().len());
    for (meeting, exit, kind, word) in [
        ("held", 65, "meeting.wrong_status", "Held"),
        ("called-off", 65, "meeting.wrong_status", "NotHeld"),
        ("of-ben", 77, "zoom.user_not_enabled", "Ben"),
        ("empty", 65, "meeting.no_recipients", "no attendees"),
        ("alone", 65, "meeting.no_recipients", "assigned user"),
        ("mute", 65, "meeting.no_recipients", "email address"),
    ] {
        let error = desk.fails(&format!("send --meeting {meeting}"), exit, kind);
        assert!(message(&error).contains(word), "{error}");
        assert!(!hint(&error).is_empty(), "{error}");
        desk.fails(&format!("send --meeting {meeting} --dry-run"), exit, kind);
    }
    desk.fails("zoom push --meeting held", 65, "meeting.wrong_status");
    desk.fails("zoom push --meeting on-site", 65, "meeting.not_online");
    assert_eq!(desk.zoom.requests().len(), requests);
    assert!(desk.mail.events().is_empty());
    assert_eq!(desk.state(), before);

    // This one only Zoom can know.
    let error = desk.fails("send --meeting of-nobody", 69, "zoom.user_not_found");
    assert!(message(&error).contains("nobody@acme.example"), "{error}");
    assert!(hint(&error).contains("--zoom-id"), "{error}");
    assert!(desk.mail.events().is_empty());
    assert_eq!(desk.state(), before);
    desk.run("zoom users enable nobody --zoom-id zoe@acme.example")
        .done();
    assert_eq!(desk.json("send --meeting of-nobody")["sent"], 3);
}

#[test]
fn where_zoom_fails_nobody_is_mailed_and_the_same_command_goes_on() {
    let mut desk = Desk::new();
    let before = desk.state();
    let once = ZoomFault::once;
    let create = Operation::CreateMeeting;
    for (fault, exit, kind) in [
        (
            once(create, Action::RateLimited(RateLimit::HostDaily)),
            75,
            "zoom.host_daily_limit",
        ),
        (
            once(create, Action::RateLimited(RateLimit::AccountDaily)),
            75,
            "zoom.daily_limit",
        ),
        (
            once(
                create,
                zoom_error(400, 1010, "User does not belong to this account"),
            ),
            69,
            "zoom.user_not_found",
        ),
        (
            once(create, zoom_error(400, 300, "Something is not right")),
            65,
            "zoom.invalid_field",
        ),
        (
            ZoomFault::times(9, create, Action::error_html(503)),
            75,
            "zoom.server_failed",
        ),
    ] {
        let what = format!("{fault:?}");
        desk.zoom.order(&fault);
        let run = desk.run("send --meeting kickoff --format json -vv");
        assert_eq!(run.code, exit, "{what}: {run:#?}");
        let error = run.fails(exit, kind);
        assert!(!hint(&error).is_empty(), "{error}");
        desk.zoom.clear_faults();
    }
    assert!(desk.mail.events().is_empty());
    assert_eq!(desk.state(), before);
    // A moment's rate limit is waited out.
    desk.zoom.order(&once(
        create,
        Action::RateLimited(RateLimit::RetryAfter { seconds: 1 }),
    ));
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    assert_eq!(desk.zoom.meetings().len(), 1);
    desk.zoom.rules(&json!({"host_daily_limit": 1}));
    desk.run("meeting edit kickoff --name Renamed").done();
    let error = desk.fails("send --meeting kickoff", 75, "zoom.host_daily_limit");
    assert!(hint(&error).contains("00:00:00 UTC"), "{error}");
    assert_eq!(desk.mail.mails().len(), 3);
    desk.zoom.rules(&json!({"host_daily_limit": 100}));

    desk.zoom.end();
    let error = desk.fails("send --meeting kickoff", 69, "zoom.unreachable");
    assert!(message(&error).contains("127.0.0.1"), "{error}");
    assert_eq!(desk.mail.mails().len(), 3);
}

#[test]
fn a_lost_answer_of_zoom_makes_no_second_meeting() {
    let desk = Desk::new();
    desk.zoom.once(Operation::CreateMeeting, Action::DropAfter);
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
    assert_eq!(desk.zoom.meetings().len(), 1);
    // Nor when Zoom does not say afterwards either.
    desk.zoom.once(Operation::CreateMeeting, Action::DropAfter);
    desk.zoom
        .order(&ZoomFault::always(Operation::ListMeetings, Action::DropBefore));
    let failed = desk.run("send --meeting second --format json -vv");
    assert!([69, 75].contains(&failed.code), "{failed:?}");
    assert_eq!(failed.json()["error"]["kind"], "zoom.answer_lost");
    desk.zoom.clear_faults();
    assert_eq!(desk.json("send --meeting second")["sent"], 3);
    assert_eq!(desk.zoom.meetings().len(), 2);
}

#[test]
fn a_template_mistake_reaches_nobody() {
    let desk = Desk::new();
    desk.json("zoom push --meeting kickoff");
    let before = desk.state();
    let subject = "templates/invitation/meeting/subject.txt";
    for (text, kind, words) in [
        (
            "{{ naem }}",
            "template.unknown_variable",
            &["subject.txt", "naem", "name"][..],
        ),
        ("Hello {{ name ", "template.syntax", &["subject.txt", "1:"]),
        ("{% if name %}x", "template.syntax", &["subject.txt"]),
    ] {
        desk.write(subject, text);
        let error = desk.fails("send --meeting kickoff", 65, kind);
        let run = desk.run("send --meeting kickoff").ends(65);
        for word in words {
            assert!(run.err.contains(word), "{word}: {run:#?}\n{error}");
        }
        desk.fails("send --meeting kickoff --dry-run", 65, kind);
    }
    // A mistake that only one of the recipients meets.
    desk.write(subject, "{{ name }}");
    desk.write("templates/invitation/meeting/de/subject.txt", "{{ naem }}");
    let error = desk.fails("send --meeting kickoff", 65, "template.unknown_variable");
    assert!(
        message(&error).contains("subject.txt") || hint(&error).contains("name"),
        "{error}"
    );
    std::fs::remove_dir_all(desk.file("templates")).unwrap();
    assert!(desk.mail.events().is_empty());
    assert_eq!(desk.state(), before);
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
}

#[test]
fn a_configuration_that_cannot_be_used_is_explained() {
    let desk = Desk::unconnected();
    let whole = desk.read("invite.toml");
    let before = desk.json("meeting list");
    for (from, to, words) in [
        ("name = \"Acme\"\n", "", &["organization.name", "missing"][..]),
        (
            "client_id =",
            "client_idd =",
            &["zoom.production.client_idd", "zoom.production.client_id?"],
        ),
        ("[smtp]\nurl =", "[smtp]\nurll =", &["smtp.urll", "smtp.url?"]),
        (
            "client_secret_file = \"zoom.secret\"",
            "",
            &["zoom.production.client_secret", "missing"],
        ),
        (
            "from = \"Acme <meetings@acme.example>\"\n",
            "",
            &["smtp.from", "missing"],
        ),
        (
            "\"zoom.secret\"",
            "\"nowhere.secret\"",
            &["client_secret_file", "nowhere.secret"],
        ),
        (
            "time_zone = \"Europe/Berlin\"",
            "time_zone = \"Berlin\"",
            &["organization.time_zone"],
        ),
        (
            "[zoom]\n",
            "[zoom]\nauth = \"server_to_server\"\n",
            &["zoom.account_id", "missing"],
        ),
        (
            "url = \"smtp://127.0.0.1",
            "url = \"smtp://mail.example",
            &["smtp.url", "unencrypted"],
        ),
    ] {
        assert!(whole.contains(from), "{from}");
        desk.write("invite.toml", &whole.replace(from, to));
        let error = desk.fails("send --meeting kickoff", 78, "config.invalid");
        for word in words {
            assert!(message(&error).contains(word), "{word}: {error}");
        }
    }
    desk.write("invite.toml", &whole.replace("[smtp]", "[smtp"));
    let error = desk.fails("send --meeting kickoff", 78, "config.syntax");
    assert!(message(&error).contains("invite.toml:"), "{error}");
    desk.write("invite.toml", whole.split_once("[smtp]").unwrap().0);
    let error = desk.fails("send --meeting on-site", 78, "config.no_section");
    assert!(message(&error).contains("[smtp]"), "{error}");
    desk.write("invite.toml", &whole);
    assert_eq!(desk.json("meeting list"), before);
    assert!(desk.mail.events().is_empty());

    let mut empty = Folder::new();
    let error = empty.fails("meeting list", 78, "config.invalid");
    assert!(hint(&error).contains("invite init"), "{error}");
    empty.set("INVITE_ORGANIZATION__NAME", "Acme");
    empty.run("meeting list").done();
    empty.set("INVITE_SMPT__URL", "smtp://127.0.0.1");
    let error = empty.fails("meeting list", 78, "config.invalid");
    assert!(
        message(&error).contains("INVITE_SMPT__URL") && message(&error).contains("INVITE_SMTP__URL"),
        "{error}"
    );
}

#[test]
fn without_its_key_the_connection_cannot_be_read() {
    let mut desk = Desk::new();
    let before = desk.state();
    let key = desk.read("invite.key");
    desk.set("INVITE_KEY", &"ab".repeat(32));
    let error = desk.fails("send --meeting kickoff", 78, "database.wrong_key");
    assert!(hint(&error).contains("INVITE_KEY"), "{error}");
    desk.fails("zoom status", 78, "database.wrong_key");
    desk.set("INVITE_KEY", "not a key");
    let error = desk.fails("send --meeting kickoff", 78, "config.invalid");
    assert!(
        message(&error).contains("INVITE_KEY") && !message(&error).contains("not a key"),
        "{error}"
    );
    desk.unset("INVITE_KEY");
    std::fs::remove_file(desk.file("invite.key")).unwrap();
    desk.fails("send --meeting kickoff", 78, "database.wrong_key");
    // No new key was made, which would not fit.
    assert!(!desk.file("invite.key").exists());
    desk.write_secret("invite.key", "garbage");
    desk.fails("send --meeting kickoff", 78, "key.malformed");
    assert_eq!(desk.zoom.count(Operation::CreateMeeting), 0);
    desk.write_secret("invite.key", key.trim());
    assert_eq!(desk.state(), before);
    assert_eq!(desk.json("send --meeting kickoff")["sent"], 3);
}

/// A folder cannot be made where a file is, whoever runs this.
#[test]
fn a_place_that_cannot_be_written_is_named() {
    let mut desk = Desk::new();
    desk.write("file", "");
    let error = desk.fails(
        "send --meeting kickoff --dry-run --out file",
        73,
        "mailbox.cannot_write",
    );
    assert!(message(&error).contains("file"), "{error}");
    let error = desk.fails(
        "send --meeting kickoff --dry-run --out file/deeper",
        73,
        "mailbox.cannot_write",
    );
    assert!(message(&error).contains("file"), "{error}");
    let error = desk.fails("init file", 73, "init.cannot_write");
    assert!(!message(&error).contains("already"), "{error}");
    desk.fails("init /proc/invite", 73, "init.cannot_write");
    desk.set("INVITE_DATABASE__URL", "sqlite://file/invite.db");
    desk.fails("meeting list", 73, "database.cannot_open");
    desk.set("INVITE_DATABASE__URL", "sqlite://invite.toml");
    desk.fails("meeting list", 65, "database.not_a_database");
    desk.unset("INVITE_DATABASE__URL");
    assert!(desk.mail.events().is_empty());

    // What cannot be made whole is not made at all, so that the same can be run again.
    desk.set("INVITE_KEY", "not a key");
    desk.fails("init new", 78, "config.invalid");
    desk.set("INVITE_DATABASE__URL", "sqlite:///proc/invite.db");
    desk.unset("INVITE_KEY");
    desk.fails("init new", 73, "database.cannot_open");
    desk.unset("INVITE_DATABASE__URL");
    desk.run("init new").done();
    desk.fails("init new", 73, "init.exists");

    let folder = Folder::new();
    folder.write("invite-sandbox", "");
    folder.fails("send --meeting kickoff --sandbox", 73, "sandbox.failed");
    let folder = Folder::new();
    folder.write("invite-sandbox/outbox", "");
    let run = folder
        .run("send --meeting kickoff --sandbox --format json")
        .ends(73);
    assert_eq!(run.json()["error"]["kind"], "mailbox.cannot_write", "{run:?}");
    std::fs::remove_file(folder.file("invite-sandbox/outbox")).unwrap();
    assert_eq!(folder.json("send --meeting kickoff --sandbox")["sent"], 3);
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let folder = Folder::new();
    folder.run("meeting list --sandbox").done();
    let program = env!("CARGO_BIN_EXE_invite");
    let piped = std::process::Command::new("sh")
        .args([
            "-c",
            "\"$0\" man | head -n 1; \"$0\" man >/dev/full; echo $?",
            program,
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let err = String::from_utf8(piped.stderr).unwrap();
    assert!(!err.contains("panicked"), "{err}");
}

#[test]
fn no_secret_shows_however_much_is_logged() {
    let mut desk = Desk::unconnected();
    desk.set("INVITE_LOG", "trace");
    // Each run is looked through for secrets when it ends.
    desk.connect();
    let logged = desk.run("send --meeting kickoff").done().err;
    assert!(logged.contains("TRACE") && logged.contains("DEBUG"), "{logged}");
    desk.run("zoom status").done();
    desk.run("meeting edit kickoff --name Renamed").done();
    desk.zoom.once(Operation::UpdateMeeting, Action::error_html(401));
    desk.run("send --meeting kickoff");
    desk.write_secret("smtp.secret", "wrong-password");
    let logged = desk.run("send --meeting kickoff --resend").ends(69);
    assert!(!logged.err.contains("wrong-password"), "{logged:?}");
    desk.run("zoom disconnect").done();
}
