//! What updates and cancellations say of the change.

use invite::meeting::ChangedField;
use invite::template::{Cancellation, Rendered, TemplateName, Templates};

use crate::folder::with;
use crate::mail::{Mail, person, timed};

#[test]
fn an_update_says_what_was_before() {
    let mut mail = Mail::new("en");
    let mut before = mail.meeting.facts();
    before.when = timed("2026-11-30T09:00:00Z", "2026-11-30T10:00:00Z");
    before.location = Some("Room 4".to_owned());
    mail.change = mail.meeting.facts().change_since(&before);
    let templates = Templates::built_in().unwrap();
    let rendered = mail.try_render(&templates, TemplateName::UPDATE).unwrap();
    assert!(rendered.subject.starts_with("Updated: "));
    let was = "Before: Monday, November 30, 2026 at 10:00 – 11:00\u{a0}AM (Central European Time)";
    for text in [&rendered.text, &rendered.html] {
        assert!(text.contains(was) && text.contains("Before: Room 4"), "{text}");
    }
}

/// What an update or a cancellation says first, in HTML and in text.
fn says(rendered: &Rendered, words: &str) -> bool {
    rendered.html.contains(words) && rendered.text.contains(words)
}

#[test]
fn a_cancellation_says_why() {
    let templates = Templates::built_in().unwrap();
    // Language; then subject, heading, words of a meeting and of a call for each reason.
    let expected = [
        (
            "en",
            [
                (
                    "Cancelled: ",
                    "The meeting is cancelled",
                    "This meeting will not take place.",
                    "This call will not take place.",
                ),
                (
                    "No longer invited: ",
                    "You are no longer invited",
                    "You are no longer invited to this meeting. There is nothing you need to do.",
                    "You are no longer invited to this call.",
                ),
                (
                    "New host: ",
                    "The meeting has a new host",
                    "Bo Lindqvist is the host of this meeting now and invites to it anew. The old entry leaves your calendar.",
                    "Bo Lindqvist is the host of this call now",
                ),
            ],
        ),
        (
            "de",
            [
                (
                    "Abgesagt: ",
                    "Der Termin ist abgesagt",
                    "Diese Besprechung findet nicht statt.",
                    "Dieses Telefonat findet nicht statt.",
                ),
                (
                    "Nicht mehr eingeladen: ",
                    "Sie sind nicht mehr eingeladen",
                    "Sie sind zu dieser Besprechung nicht mehr eingeladen.",
                    "Sie sind zu diesem Telefonat nicht mehr eingeladen.",
                ),
                (
                    "Neue Leitung: ",
                    "Die Leitung des Termins hat gewechselt",
                    "Bo Lindqvist leitet diese Besprechung jetzt und lädt neu dazu ein.",
                    "Bo Lindqvist leitet dieses Telefonat jetzt",
                ),
            ],
        ),
        (
            "ar",
            [
                (
                    "إلغاء: ",
                    "أُلغي الاجتماع",
                    "لن يُعقد هذا الاجتماع.",
                    "لن تُجرى هذه المكالمة.",
                ),
                (
                    "سحب الدعوة: ",
                    "سُحبت دعوتك",
                    "سُحبت دعوتك إلى هذا الاجتماع.",
                    "سُحبت دعوتك إلى هذه المكالمة.",
                ),
                (
                    "تغيير المنظم: ",
                    "تغيّر منظم الاجتماع",
                    "انتقل تنظيم هذا الاجتماع إلى Bo Lindqvist، وتُرسل الدعوة إليه من جديد.",
                    "انتقل تنظيم هذه المكالمة إلى Bo Lindqvist",
                ),
            ],
        ),
        (
            "ja",
            [
                (
                    "中止：",
                    "会議の中止のお知らせ",
                    "この会議は中止になりました。",
                    "この通話は中止になりました。",
                ),
                (
                    "招待の取り消し：",
                    "招待の取り消しのお知らせ",
                    "この会議へのご招待は取り消されました。",
                    "この通話へのご招待は取り消されました。",
                ),
                (
                    "主催者の変更：",
                    "会議の主催者の変更のお知らせ",
                    "この会議の主催者は Bo Lindqvist さんに変わり、改めて招待をお送りします。",
                    "この通話の主催者は Bo Lindqvist さんに変わり",
                ),
            ],
        ),
    ];
    let reasons = [
        Cancellation::CalledOff,
        Cancellation::Removed,
        Cancellation::NewOrganizer,
    ];
    for (tag, words) in expected {
        for (reason, (subject, heading, of_meeting, of_call)) in reasons.into_iter().zip(words) {
            let mut mail = Mail::new(tag);
            mail.cancellation = reason;
            mail.new_organizer = Some(person("user:bo", "Bo Lindqvist", "bo@acme.example"));
            let of = |record: &str| {
                let name = format!("cancellation/{record}").parse().unwrap();
                mail.try_render(&templates, name).unwrap()
            };
            let (meeting, call) = (of("meeting"), of("call"));
            assert!(meeting.subject.starts_with(subject), "{tag}: {}", meeting.subject);
            assert_eq!(call.subject, meeting.subject);
            assert!(meeting.html.contains(heading), "{tag}: {}", meeting.html);
            assert!(says(&meeting, of_meeting), "{tag}: {}", meeting.text);
            assert!(says(&call, of_call), "{tag}: {}", call.text);
            // No other reason is given.
            for (other, (_, _, theirs, _)) in reasons.into_iter().zip(words) {
                assert_eq!(
                    meeting.text.contains(theirs),
                    other == reason,
                    "{tag}: {}",
                    meeting.text
                );
            }
            let names_host = meeting.text.contains("Bo Lindqvist") || meeting.html.contains("Bo Lindqvist");
            assert_eq!(names_host, reason == Cancellation::NewOrganizer);
            assert_eq!(meeting.html.contains("dir=\"rtl\""), tag == "ar");
        }
    }
}

#[test]
fn only_a_cancellation_is_told_why_it_is_one() {
    let told = "[{{ cancellation }}|{{ new_organizer_name }}] {{ join_url }}";
    let templates = with(&[
        ("update/meeting/body.txt", told),
        ("cancellation/meeting/body.txt", told),
    ]);
    let mut mail = Mail::new("en");
    mail.new_organizer = Some(person("user:bo", "Bo Lindqvist", "bo@acme.example"));
    for (reason, printed) in [
        (Cancellation::CalledOff, "[called_off|]"),
        (Cancellation::Removed, "[removed|]"),
        (Cancellation::NewOrganizer, "[new_organizer|Bo Lindqvist]"),
    ] {
        mail.cancellation = reason;
        let text = |name| mail.try_render(&templates, name).unwrap().text;
        assert!(text(TemplateName::CANCELLATION).starts_with(printed));
        assert!(text(TemplateName::UPDATE).starts_with("[|]"));
    }
}

#[test]
fn an_update_names_the_new_host_and_the_one_before() {
    let templates = Templates::built_in().unwrap();
    for (tag, host, before) in [
        ("en", "Ana Núñez is the host now.", "Before: Bo"),
        ("de", "Ana Núñez hat jetzt die Leitung.", "Bisher: Bo"),
        ("ar", "انتقل التنظيم الآن إلى Ana Núñez.", "سابقًا: Bo"),
        ("ja", "主催者が Ana Núñez さんに変わりました。", "変更前：Bo"),
    ] {
        let mut mail = Mail::new(tag);
        let mut earlier = mail.meeting.facts();
        earlier.name = "Start".to_owned();
        mail.change = mail.meeting.facts().change_since(&earlier);
        for name in ["update/meeting", "update/call"].map(|name| name.parse().unwrap()) {
            let rendered = mail.try_render(&templates, name).unwrap();
            assert!(!says(&rendered, host) && !rendered.text.contains(before));
        }
        let change = mail.change.as_mut().unwrap();
        change.fields.push(ChangedField::Organizer);
        change.organizer_before = Some("Bo".to_owned());
        for name in ["update/meeting", "update/call"].map(|name| name.parse().unwrap()) {
            let rendered = mail.try_render(&templates, name).unwrap();
            assert!(says(&rendered, host), "{tag}: {}", rendered.text);
            // It stands below the organizer, in the text on the next line.
            let below = rendered.text.split("ana@acme.example>\n").nth(1).unwrap();
            assert!(below.starts_with(before), "{tag}: {}", rendered.text);
            let below = rendered.html.split("ana@acme.example</a>").nth(1).unwrap();
            let struck = below.split("</p>").next().unwrap();
            assert!(struck.contains(&format!("<s>{before}</s>")), "{tag}: {struck}");
        }
    }
}

#[test]
fn an_update_shows_a_place_that_is_no_more() {
    let templates = Templates::built_in().unwrap();
    for (now, line, shown) in [
        (Some("Room 5"), "Where: Room 5\nBefore: Room 4\n", true),
        (None, "Where:\nBefore: Room 4\n", false),
    ] {
        let mut mail = Mail::new("en");
        mail.meeting.location = now.map(str::to_owned);
        let mut before = mail.meeting.facts();
        before.location = Some("Room 4".to_owned());
        mail.change = mail.meeting.facts().change_since(&before);
        let rendered = mail.try_render(&templates, TemplateName::UPDATE).unwrap();
        assert!(rendered.text.contains(line), "{}", rendered.text);
        let place = rendered
            .html
            .split(">Where</p>")
            .nth(1)
            .unwrap()
            .split("</p>")
            .next()
            .unwrap();
        assert!(place.contains("<s>Before: Room 4</s>"), "{place}");
        assert_eq!(place.contains("Room 5"), shown);
        assert_eq!(place.contains("<br>"), shown, "{place}");
        // Other mails tell of no place that is no more.
        let invitation = mail.try_render(&templates, TemplateName::INVITATION).unwrap();
        assert!(!invitation.text.contains("Room 4") && !invitation.html.contains("Room 4"));
        assert_eq!(invitation.text.contains("Where:"), shown);
    }
}
