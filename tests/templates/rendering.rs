//! Templates through the public API.

use std::fs;
use std::path::Path;

use invite::fault::{Class, Fault};
use invite::meeting::{
    ChangedField, EmailAddress, JoinUrl, Language, Meeting, MeetingId, Person, PersonRef, Revision, When,
    Zone,
};
use invite::organization::{Brand, Organization};
use invite::template::{
    AnswerLinks, Cancellation, InvitationContext, OnlineFacts, Part, ParticipantNames, Rendered, Sample,
    TemplateError, TemplateName, Templates, sanitize_description,
};

use crate::peers;

const LANGUAGES: [&str; 8] = ["de", "en", "es", "fr", "it", "ru", "uk", "zh"];
const JOIN: &str = "https://us05web.zoom.us/j/83515379148?pwd=8pEkRweVXPV3Ob2KJYgFTRlDtl1gSn.1&from=a'b";

fn language(tag: &str) -> Language {
    Language::new(tag).unwrap()
}

/// A mail to be rendered; its fields are what a test varies.
struct Mail {
    meeting: Meeting,
    invitee: Person,
    zone: Zone,
    language: Language,
    organizer: Person,
    organization: Organization,
    join_url: Option<JoinUrl>,
    links: Option<AnswerLinks>,
    change: Option<invite::meeting::Change>,
    cancellation: Cancellation,
    new_organizer: Option<Person>,
}

fn person(reference: &str, name: &str, email: &str) -> Person {
    let reference: PersonRef = reference.parse().unwrap();
    Person::new(reference, name, Some(EmailAddress::new(email).unwrap()))
}

fn timed(start: &str, end: &str) -> When {
    When::timed(start.parse().unwrap(), end.parse().unwrap()).unwrap()
}

impl Mail {
    fn new(tag: &str) -> Self {
        let mut meeting = Meeting::new(
            MeetingId::new("kickoff").unwrap(),
            "Kick-off; phase 1, \"Orion\"",
            timed("2026-12-01T09:00:00Z", "2026-12-01T09:45:00Z"),
            Zone::new("Europe/Berlin").unwrap(),
        )
        .unwrap();
        meeting.description = Some("Agenda:\n- scope".to_owned());
        meeting.location = Some("Room 5".to_owned());
        Self {
            meeting,
            invitee: person("contact:c-lee", "Lee, Harper", "lee@client.example"),
            zone: Zone::new("Europe/Berlin").unwrap(),
            language: language(tag),
            organizer: person("user:ana", "Ana Núñez", "ana@acme.example"),
            organization: Organization::new("Acme"),
            join_url: Some(JoinUrl::new(JOIN).unwrap()),
            links: Some(AnswerLinks {
                accept: "https://meet.acme.example/r/1a".to_owned(),
                tentative: "https://meet.acme.example/r/1t".to_owned(),
                decline: "https://meet.acme.example/r/1d".to_owned(),
            }),
            change: None,
            cancellation: Cancellation::CalledOff,
            new_organizer: None,
        }
    }

    fn try_render(&self, templates: &Templates, name: TemplateName) -> Result<Rendered, TemplateError> {
        let is_user = self.invitee.user.is_some();
        templates.render(
            name,
            &InvitationContext {
                meeting: &self.meeting,
                description: None,
                revision: Revision(0),
                invitee: &self.invitee,
                invitee_zone: &self.zone,
                language: &self.language,
                organizer: &self.organizer,
                organization: &self.organization,
                join_url: self.join_url.as_ref(),
                online: self.join_url.as_ref().map(|_| OnlineFacts {
                    meeting_id: "83515379148",
                    passcode: Some("314159"),
                }),
                record_url: is_user.then_some("https://crm.acme.example/#Meeting/view/kickoff"),
                answer_links: self.links.as_ref(),
                change: self.change.as_ref(),
                cancellation: self.cancellation,
                new_organizer: self.new_organizer.as_ref(),
                participants: &ParticipantNames::default(),
            },
        )
    }

    fn render(&self) -> Rendered {
        self.try_render(&Templates::built_in().unwrap(), TemplateName::INVITATION)
            .unwrap_or_else(|error| panic!("{}", error.report().unwrap_or_default()))
    }
}

#[test]
fn an_english_invitation_in_html() {
    insta::assert_snapshot!(Mail::new("en").render().html);
}

#[test]
fn a_german_invitation_in_text() {
    let mut mail = Mail::new("de");
    mail.zone = Zone::new("America/New_York").unwrap();
    let rendered = mail.render();
    insta::assert_snapshot!(format!("{}\n\n{}", rendered.subject, rendered.text));
}

#[test]
fn every_language_renders_every_kind_of_meeting() {
    let templates = Templates::built_in().unwrap();
    let before = Mail::new("en").meeting.facts();
    for tag in LANGUAGES
        .into_iter()
        .chain(["en-GB", "de-AT", "zh-Hans-CN", "pt", "he"])
    {
        for name in [
            TemplateName::INVITATION,
            TemplateName::UPDATE,
            TemplateName::CANCELLATION,
        ] {
            for when in [
                timed("2026-12-01T09:00:00Z", "2026-12-01T10:30:00Z"),
                timed("2026-12-01T09:00:00Z", "2026-12-03T10:00:00Z"),
                When::all_day("2026-12-03".parse().unwrap(), "2026-12-03".parse().unwrap()).unwrap(),
                When::all_day("2026-12-03".parse().unwrap(), "2026-12-04".parse().unwrap()).unwrap(),
            ] {
                for bare in [false, true] {
                    for reference in ["user:ben", "contact:lee", "lead:mika"] {
                        let mut mail = Mail::new(tag);
                        mail.meeting.when = when;
                        mail.invitee = person(reference, "", "lee@client.example");
                        if bare {
                            mail.meeting.location = None;
                            mail.meeting.description = None;
                            mail.join_url = None;
                            mail.links = None;
                        } else {
                            mail.change = mail.meeting.facts().change_since(&before);
                        }
                        let rendered = mail.try_render(&templates, name).unwrap_or_else(|error| {
                            panic!("{tag} {name}: {}", error.report().unwrap_or_default())
                        });
                        assert!(
                            rendered.subject.contains("Orion"),
                            "{tag} {name}: {}",
                            rendered.subject
                        );
                        let joins = !bare && name != TemplateName::CANCELLATION;
                        assert_eq!(
                            rendered.text.lines().any(|line| line == JOIN),
                            joins,
                            "{tag} {name}"
                        );
                        assert_eq!(rendered.html.contains("/j/83515379148"), joins);
                        assert_eq!(
                            rendered.html.contains("#Meeting/view"),
                            reference == "user:ben" && name != TemplateName::CANCELLATION
                        );
                        assert!(
                            rendered.html.contains("lee@client.example"),
                            "greeted by the address"
                        );
                        for text in [&rendered.html, &rendered.text, &rendered.subject] {
                            assert!(!text.contains("{$") && !text.contains("{ $"), "{text}");
                            assert!(!text.contains("\n\n\n") || *text == rendered.html);
                        }
                        assert!(!rendered.html.contains("href=\"\""));
                    }
                }
            }
        }
    }
}

#[test]
fn words_and_dates_are_of_one_language() {
    for (tag, spoken, words, date) in [
        ("de", "de", "Teilnehmen|teilnehmen", "Dienstag, 1. Dezember 2026"),
        ("de-AT", "de-AT", "teilnehmen", "Dienstag, 1. Dezember 2026"),
        (
            "es",
            "es",
            "Unirse a la reunión",
            "martes, 1 de diciembre de 2026",
        ),
        ("fr", "fr", "Rejoindre la réunion", "mardi 1 décembre 2026"),
        ("it", "it", "Partecipa alla riunione", "martedì 1 dicembre 2026"),
        ("ru", "ru", "Подключиться", "вторник, 1 декабря 2026"),
        ("uk", "uk", "Приєднатися", "вівторок, 1 грудня 2026"),
        ("zh", "zh", "加入会议", "2026年12月1日星期二"),
        ("en-GB", "en-GB", "Join the meeting", "Tuesday, 1 December 2026"),
        // No labels: the organization's language throughout.
        ("cy", "en", "Join the meeting", "Tuesday, December 1, 2026"),
    ] {
        let rendered = Mail::new(tag).render();
        assert_eq!(rendered.language, language(spoken));
        for text in [&rendered.html, &rendered.text] {
            assert!(words.split('|').any(|word| text.contains(word)), "{tag}: {text}");
            assert!(text.contains(date), "{tag}: {text}");
        }
        assert!(
            rendered
                .html
                .contains(&format!("<html lang=\"{spoken}\" dir=\"ltr\">"))
        );
    }
    let mut mail = Mail::new("cy");
    mail.organization.language = language("fr");
    assert_eq!(mail.render().language, language("fr"));
}

#[test]
fn durations_follow_the_plurals_of_the_language() {
    for (tag, minutes, written) in [
        ("en", 1, "1 minute"),
        ("en", 90, "1 hour 30 minutes"),
        ("ru", 21, "21 минута"),
        ("ru", 122, "2 часа 2 минуты"),
        ("ru", 300, "5 часов"),
        ("uk", 45, "45 хвилин"),
        ("es", 61, "1 hora y 1 minuto"),
        ("fr", 60 * 24 * 2, "2 jours"),
        ("zh", 45, "45 分钟"),
    ] {
        let mut mail = Mail::new(tag);
        let start = "2026-12-01T00:00:00Z"
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap();
        mail.meeting.when = When::timed(start, start + chrono::TimeDelta::minutes(minutes)).unwrap();
        let text = mail.render().text;
        assert!(text.contains(written), "{tag} {minutes}: {text}");
    }
}

#[test]
fn the_clock_is_the_invitees() {
    for (zone, line, subject) in [
        (
            "America/St_Johns",
            "Tuesday, December 1, 2026 at 5:30 – 6:15 AM (Newfoundland Time)",
            "5:30 AM",
        ),
        (
            "Australia/Lord_Howe",
            "Tuesday, December 1, 2026 at 8:00 – 8:45 PM (Lord Howe Time)",
            "8:00 PM",
        ),
        (
            "Asia/Jerusalem",
            "Tuesday, December 1, 2026 at 11:00 – 11:45 AM (Israel Time)",
            "11:00 AM",
        ),
        // British Columbia has not put its clocks back in November 2026.
        (
            "America/Vancouver",
            "Tuesday, December 1, 2026 at 2:00 – 2:45 AM (Pacific Time)",
            "2:00 AM",
        ),
        (
            "Pacific/Kiritimati",
            "Tuesday, December 1, 2026 at 11:00 – 11:45 PM (Line Islands Time)",
            "11:00 PM",
        ),
    ] {
        let mut mail = Mail::new("en");
        mail.zone = Zone::new(zone).unwrap();
        let rendered = mail.render();
        let text = rendered.text.replace('\u{a0}', " ");
        assert!(text.contains(line), "{zone}: {text}");
        assert!(
            rendered.subject.replace('\u{a0}', " ").contains(subject),
            "{zone}"
        );
        // The organizer's own time is told too.
        assert!(
            text.contains("10:00 – 10:45 AM (Central European Time)"),
            "{zone}: {text}"
        );
    }
}

#[test]
fn the_night_of_a_clock_change_tells_summer_from_winter() {
    let mut mail = Mail::new("en-GB");
    // 02:30 in summer time to 02:30 in winter time, an hour later.
    mail.meeting.when = timed("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z");
    let text = mail.render().text;
    assert!(
        text.contains(
            "Sunday, 25 October 2026 at 02:30 Central European Summer Time – \
             Sunday, 25 October 2026 at 02:30 Central European Standard Time"
        ),
        "{text}"
    );
    assert!(text.contains("Duration: 1 hour"), "{text}");
    // Lord Howe moves by half an hour.
    mail.meeting.when = timed("2027-04-03T14:45:00Z", "2027-04-03T15:15:00Z");
    mail.zone = Zone::new("Australia/Lord_Howe").unwrap();
    let text = mail.render().text;
    assert!(
        text.contains("01:45 Lord Howe Daylight Time") && text.contains("Duration: 30 minutes"),
        "{text}"
    );
    assert!(text.contains("01:45 Lord Howe Standard Time"), "{text}");
}

#[test]
fn whole_days_are_the_same_days_everywhere() {
    let mut mail = Mail::new("en");
    mail.meeting.when = When::all_day("2026-12-03".parse().unwrap(), "2026-12-04".parse().unwrap()).unwrap();
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        mail.zone = Zone::new(zone).unwrap();
        let rendered = mail.render();
        assert!(
            rendered
                .text
                .contains("When: Thursday, December 3, 2026 – Friday, December 4, 2026\n"),
            "{}",
            rendered.text
        );
        assert!(!rendered.text.contains("AM") && !rendered.text.contains("For the organizer"));
        assert!(
            rendered.subject.ends_with("(Thu, Dec 3, 2026)"),
            "{}",
            rendered.subject
        );
    }
}

const HOSTILE: &str = "\"'><b onclick=x>&amp;</p><script>alert(1)</script> 🎉 שלום {{ join_url }} {% raw %}";

#[test]
fn values_are_escaped_where_they_stand() {
    let mut mail = Mail::new("en");
    mail.meeting.rename(HOSTILE).unwrap();
    mail.meeting.location = Some(HOSTILE.to_owned());
    mail.invitee.name = HOSTILE.to_owned();
    mail.organizer.name = HOSTILE.to_owned();
    mail.organization.name = HOSTILE.to_owned();
    mail.links = Some(AnswerLinks {
        accept: format!("https://x.example/{HOSTILE}"),
        tentative: format!("https://x.example/{HOSTILE}"),
        decline: format!("https://x.example/{HOSTILE}"),
    });
    let rendered = mail.render();
    for tag in ["<script", "<b ", "'><b", "\"><b"] {
        assert!(!rendered.html.contains(tag), "{tag} in {}", rendered.html);
    }
    let escaped =
        "&quot;&#39;&gt;&lt;b onclick=x&gt;&amp;amp;&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt; 🎉 שלום";
    // Title, heading, greeting, introduction, location, organizer, footer, and three links.
    assert_eq!(rendered.html.matches(escaped).count(), 10, "{}", rendered.html);
    // Text and subject show what was written, and nothing is rendered twice.
    assert!(rendered.subject.contains(HOSTILE), "{}", rendered.subject);
    assert!(rendered.text.matches(HOSTILE).count() >= 6, "{}", rendered.text);
}

#[test]
fn a_description_keeps_its_harmless_html() {
    let mut mail = Mail::new("en");
    mail.meeting.description = Some(
        "<p>Read <a href=\"https://x.example/plan\">the plan</a> & <b>smile</b></p><script>alert(1)</script>"
            .to_owned(),
    );
    let rendered = mail.render();
    let link =
        "<a href=\"https://x.example/plan\" rel=\"noopener noreferrer\">the plan</a> &amp; <b>smile</b>";
    assert!(rendered.html.contains(link), "{}", rendered.html);
    assert!(!rendered.html.contains("alert"));
    assert!(
        rendered
            .text
            .contains("Read the plan <https://x.example/plan> & smile"),
        "{}",
        rendered.text
    );
    assert!(!rendered.text.contains("alert"));
}

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = dir.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    dir
}

fn with(files: &[(&str, &str)]) -> Templates {
    let dir = folder(files);
    Templates::with_dir(dir.path()).unwrap_or_else(|error| panic!("{}", error.report().unwrap_or_default()))
}

fn refused(files: &[(&str, &str)]) -> TemplateError {
    Templates::with_dir(folder(files).path()).unwrap_err()
}

#[test]
fn a_subject_is_one_line() {
    let templates = with(&[(
        "invitation/meeting/subject.txt",
        "{{ location }}\n\n: {{ name }}\n",
    )]);
    let mut mail = Mail::new("en");
    mail.meeting.location = Some("Room\r\nBcc: spy@x.example\u{2028}\u{0}x".to_owned());
    let rendered = mail.try_render(&templates, TemplateName::INVITATION).unwrap();
    assert_eq!(
        rendered.subject,
        "Room Bcc: spy@x.example x : Kick-off; phase 1, \"Orion\""
    );
    let empty = with(&[("invitation/meeting/subject.txt", "{{ location }}")]);
    mail.meeting.location = None;
    let error = mail.try_render(&empty, TemplateName::INVITATION).unwrap_err();
    assert_eq!(error.problems()[0].code, "empty_subject");
}

#[test]
fn each_part_falls_back_by_itself() {
    let templates = with(&[
        ("invitation/meeting/de/subject.txt", "Deutsch {{ when }}"),
        (
            "invitation/meeting/nl/body.txt",
            "Nederlands {{ when }} {{ join_url }}",
        ),
        (
            "invitation/meeting/body.txt",
            "Neutral {{ label(key=\"join\") }} {{ join_url }}",
        ),
        ("shared/button.html", "<p>Own button {{ join_url }}</p>"),
        ("labels/cy.ftl", "join = Ymuno\n"),
        ("labels/de.ftl", "join = Rein da\n"),
    ]);
    let render = |tag: &str, ours: &str| {
        let mut mail = Mail::new(tag);
        mail.organization.language = language(ours);
        mail.try_render(&templates, TemplateName::INVITATION).unwrap()
    };
    // The base language's file; words of the folder before built-in words; built-in body with an own button.
    let austrian = render("de-AT", "en");
    assert_eq!(
        austrian.subject,
        "Deutsch Dienstag, 1. Dezember 2026 um 10:00–10:45 (Mitteleuropäische Zeit)"
    );
    assert_eq!(austrian.text, format!("Neutral Rein da {JOIN}\n"));
    assert!(austrian.html.contains("<p>Own button https") && austrian.html.contains("Guten Tag"));
    // A file of a language without labels is written with that language's dates.
    let dutch = render("nl", "en");
    assert!(
        dutch.text.starts_with("Nederlands dinsdag 1 december 2026"),
        "{}",
        dutch.text
    );
    assert!(dutch.subject.starts_with("Uitnodiging: "));
    // Labels that a language lacks are the organization's, then English.
    let welsh = render("cy", "fr");
    assert_eq!(welsh.text, format!("Neutral Ymuno {JOIN}\n"));
    assert!(welsh.html.contains("Bonjour") && welsh.language == language("cy"));
    // The organization's file stands in before the one for all languages, in the organization's language.
    assert!(render("fr", "de").subject.starts_with("Deutsch Dienstag"));
    assert!(render("fr", "it").subject.starts_with("Invitation : "));

    let source = |tag: &str, part| {
        let source = templates
            .source(TemplateName::INVITATION, part, &language(tag), &Language::ENGLISH)
            .unwrap();
        (source.path, source.origin.path().is_some())
    };
    assert_eq!(
        source("de-AT", Part::Subject),
        ("invitation/meeting/de/subject.txt".to_owned(), true)
    );
    assert_eq!(
        source("fr", Part::Subject),
        ("invitation/meeting/subject.txt".to_owned(), false)
    );
    assert_eq!(
        source("fr", Part::Text),
        ("invitation/meeting/body.txt".to_owned(), true)
    );
    let listed = templates.list();
    assert_eq!(listed.len(), 8);
    assert_eq!(listed[0].parts.len(), 5);
}

#[test]
fn an_edited_template_can_extend_the_built_in_one() {
    let templates = with(&[(
        "invitation/meeting/body.html",
        "{% extends \"built-in/invitation/meeting/body.html\" %}\
         {% block footer %}{{ super() }} · Acme Ltd{% endblock footer %}",
    )]);
    let html = Mail::new("en")
        .try_render(&templates, TemplateName::INVITATION)
        .unwrap()
        .html;
    assert!(html.contains("Sent by Acme · Acme Ltd") && html.contains("Join the meeting"));
}

#[test]
fn components_know_the_language() {
    let templates = with(&[
        (
            "shared/parts.html",
            "{% component Row(title: String) %}<i>{{ label(key=title) }}</i>{% endcomponent Row %}",
        ),
        (
            "invitation/meeting/body.html",
            "{{<Row title=\"join\" />}}{{ label(key=\"join\", lang=\"fr\") }} {{ join_url }}",
        ),
    ]);
    let html = Mail::new("de")
        .try_render(&templates, TemplateName::INVITATION)
        .unwrap()
        .html;
    assert!(
        html.starts_with("<i>An der Besprechung teilnehmen</i>Rejoindre la réunion "),
        "{html}"
    );
}

#[test]
fn right_to_left_turns_the_page() {
    let templates = with(&[("labels/he.ftl", "join = הצטרפות לפגישה\n")]);
    let mut mail = Mail::new("he");
    mail.meeting.rename("פגישת פתיחה").unwrap();
    let rendered = mail.try_render(&templates, TemplateName::INVITATION).unwrap();
    assert!(rendered.right_to_left);
    assert!(rendered.html.contains("<html lang=\"he\" dir=\"rtl\">"));
    assert!(rendered.html.contains("align=\"right\"") && !rendered.html.contains("align=\"left\""));
    assert!(rendered.html.contains("יום שלישי, 1 בדצמבר 2026"));
}

#[test]
fn a_broken_template_is_told_with_its_place() {
    let body = "invitation/meeting/body.html";
    for (path, text, code, line, column, nearest) in [
        (
            body,
            "<p>\n  {{ join_ulr }}",
            "unknown_variable",
            2,
            6,
            Some("join_url"),
        ),
        (
            body,
            "{% if locaton %}x{% endif %}",
            "unknown_variable",
            1,
            7,
            Some("location"),
        ),
        (
            body,
            "{{ meeting.lokation }}",
            "unknown_variable",
            1,
            12,
            Some("location"),
        ),
        (
            body,
            "{{ organizer.mail }}",
            "unknown_variable",
            1,
            14,
            Some("email"),
        ),
        (
            body,
            "a\n{{ name | uper }}",
            "unknown_filter",
            2,
            11,
            Some("upper"),
        ),
        (
            body,
            "{{ labell(key=\"join\") }}",
            "unknown_function",
            1,
            4,
            Some("label"),
        ),
        (
            body,
            "{% if name is strnig %}{% endif %}",
            "unknown_test",
            1,
            15,
            Some("string"),
        ),
        (
            body,
            "{{ label(key=\"jion\") }}",
            "unknown_label",
            1,
            15,
            Some("join"),
        ),
        (
            body,
            "{% include \"shared/buton.html\" %}",
            "unknown_template",
            1,
            12,
            Some("shared/button.html"),
        ),
        (
            body,
            "{% extends \"shared/layut.html\" %}",
            "unknown_template",
            1,
            13,
            Some("shared/layout.html"),
        ),
        (body, "a\nb {% if name %}c", "syntax", 2, 3, None),
        (body, "{{ name", "syntax", 1, 1, None),
        ("labels/de.ftl", "join = ok\nwhen Wann\n", "syntax", 2, 6, None),
        (
            "labels/fr.ftl",
            "join = x\nduration-minutes = { $minutes }\n",
            "label",
            2,
            22,
            None,
        ),
        (
            "invitaton/meeting/body.html",
            "x",
            "misplaced",
            1,
            1,
            Some("invitation"),
        ),
        (
            "invitation/meeting/subject.html",
            "x",
            "misplaced",
            1,
            1,
            Some("subject.txt"),
        ),
    ] {
        let error = refused(&[(path, text)]);
        let [problem] = error.problems() else {
            panic!("{text}: {}", error.report().unwrap_or_default());
        };
        assert_eq!(
            (
                problem.code,
                problem.line,
                problem.column,
                problem.nearest.as_deref()
            ),
            (code, line, column, nearest),
            "{text}: {}",
            error.report().unwrap_or_default()
        );
        assert!(
            problem.file.path().is_some_and(|file| file.ends_with(path)),
            "{text}"
        );
        assert_eq!(error.class(), Class::BadData);
        assert_eq!(error.class().exit_code(), 65);
        assert!(error.to_string().contains(path), "{error}");
        assert_eq!(error.remedy().is_some(), nearest.is_some());
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let error = refused(&[
        ("invitation/meeting/body.html", "{{ nmae }} {{ locaton }}"),
        ("invitation/meeting/body.txt", "{% if name %}"),
        ("update/meeting/subject.txt", "{{ name"),
    ]);
    assert_eq!(
        error.problems().len(),
        4,
        "{}",
        error.report().unwrap_or_default()
    );
    assert!(error.to_string().ends_with("(and 3 more)"), "{error}");
}

#[test]
fn what_only_shows_in_rendering_is_told_with_its_place() {
    for (text, code, line, column) in [
        ("x\n{{ name + 1 }}", "wrong_type", 2, 4),
        ("{{ label(key=\"greeting\") }}", "label", 1, 4),
        ("{{ label(key=name) }}", "rendering", 1, 4),
        ("{% for n in range(end=2000) %}x{% endfor %}", "too_large", 1, 13),
        (
            "{% for a in range(end=1000) %}{% for b in range(end=1000) %}{{ name }}{% endfor %}{% endfor %}",
            "too_many_steps",
            1,
            31,
        ),
        (
            "{% for a in range(end=1000) %}{{ description }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{{ when }}{% endfor %}",
            "too_long",
            1,
            1,
        ),
        (
            "{% for a in [1, 2] %}{{ name }}{% for b in [1] %}{{ name + 1 }}{% endfor %}{% endfor %}",
            "wrong_type",
            1,
            53,
        ),
    ] {
        let templates = with(&[("invitation/meeting/body.txt", text)]);
        let error = Mail::new("en")
            .try_render(&templates, TemplateName::INVITATION)
            .unwrap_err();
        let [problem] = error.problems() else {
            panic!("{text}: {error}");
        };
        assert_eq!(
            (problem.code, problem.line, problem.column),
            (code, line, column),
            "{text}: {}",
            error.report().unwrap_or_default()
        );
        assert!(problem.file.path().is_some());
    }
}

#[test]
fn a_folder_that_is_not_there_or_leads_out_is_refused() {
    let error = Templates::with_dir(Path::new("/nowhere/at/all")).unwrap_err();
    assert_eq!(
        (error.kind(), error.class()),
        ("template.unreadable", Class::NotFound)
    );
    #[cfg(unix)]
    {
        let secret = folder(&[("secret", "s3cret")]);
        let dir = folder(&[("shared/x.txt", "x")]);
        std::os::unix::fs::symlink(secret.path().join("secret"), dir.path().join("shared/y.txt")).unwrap();
        let error = Templates::with_dir(dir.path()).unwrap_err();
        assert_eq!(error.kind(), "template.unreadable");
    }
}

#[test]
fn every_template_is_there_for_meetings_and_calls() {
    let templates = Templates::built_in().unwrap();
    for name in TemplateName::all() {
        let rendered = Mail::new("en").try_render(&templates, name).unwrap();
        let of_record = if name.record.folder() == "call" {
            "call"
        } else {
            "meeting"
        };
        let title = rendered.html.split("<p class=\"faint\"").nth(1).unwrap();
        assert!(
            rendered.text.contains(&format!("this {of_record}"))
                || rendered.text.contains(&format!("This {of_record}"))
                || rendered.text.contains(&format!("to a {of_record}")),
            "{name}: {}",
            rendered.text
        );
        let links = rendered.html.matches(JOIN.split_once('?').unwrap().0).count();
        let is_off = name.path().starts_with("cancellation");
        assert_eq!(
            (links > 0, rendered.text.contains(JOIN)),
            (!is_off, !is_off),
            "{name}: {title}"
        );
    }
}

#[test]
fn the_brand_of_the_organization_shows() {
    let templates = Templates::built_in().unwrap();
    let mut mail = Mail::new("en");
    let plain = mail.try_render(&templates, TemplateName::INVITATION).unwrap();
    assert!(plain.html.contains("background-color:#1d5fbf") && !plain.html.contains("<img"));
    mail.organization.brand = Brand {
        logo_url: Some("https://acme.example/l.png?a=1&b=\"2".parse().unwrap()),
        color: "#ffd800".parse().unwrap(),
        footer: Some("Acme & Sons".to_owned()),
        address: Some("1 Main Street".to_owned()),
    };
    let branded = mail.try_render(&templates, TemplateName::INVITATION).unwrap();
    for text in [
        "src=\"https://acme.example/l.png?a=1&amp;b=%222\"",
        "background-color:#ffd800",
        "color:#000000;text-decoration:none",
        "Acme &amp; Sons<br>1 Main Street",
    ] {
        assert!(branded.html.contains(text), "{text}: {}", branded.html);
    }
    assert!(
        branded.text.ends_with("--\nAcme & Sons\n1 Main Street\n"),
        "{}",
        branded.text
    );
}

#[test]
fn an_edited_html_body_makes_its_own_text() {
    let name = "reminder/call".parse().unwrap();
    // A text body need not be written: it is made of the HTML body.
    let templates = with(&[
        ("reminder/call/subject.txt", "{{ name }}"),
        (
            "reminder/call/body.html",
            "<p>Call <b>{{ name }}</b></p><p><a href=\"{{ join_url }}\">Join</a></p>",
        ),
    ]);
    let rendered = Mail::new("en").try_render(&templates, name).unwrap();
    assert_eq!(
        rendered.text,
        format!("Call Kick-off; phase 1, \"Orion\"\n\nJoin <{JOIN}>")
    );
}

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

#[test]
fn every_language_has_every_label_and_says_who() {
    let labels = |text: &'static str| -> std::collections::BTreeMap<&'static str, &'static str> {
        let is_label = |line: &&str| line.starts_with(|c: char| c.is_ascii_lowercase());
        let lines = text.lines().filter(is_label);
        lines.filter_map(|line| line.split_once(" =")).collect()
    };
    let files = || Templates::built_in_files().filter(|(path, _)| path.starts_with("labels/"));
    let (_, english) = files().find(|(path, _)| *path == "labels/en.ftl").unwrap();
    let english = labels(english);
    let mut count = 0;
    for (path, text) in files() {
        count += 1;
        let theirs = labels(text);
        assert!(theirs.keys().eq(english.keys()), "{path}");
        for (key, words) in theirs {
            let variables = |words: &str| {
                ["$organizer", "$name", "$when", "$value"].map(|variable| words.matches(variable).count())
            };
            assert_eq!(variables(words), variables(english[key]), "{path}: {key}");
        }
    }
    assert_eq!(count, 37);
}

#[test]
fn what_is_built_in_passes_the_check() {
    let inspection = Templates::inspect(None, &Organization::new("Acme")).unwrap();
    assert!(inspection.problems.is_empty(), "{:#?}", inspection.problems);
    // Four kinds for two records: all samples, three of them in 36 more languages, five for updates and cancellations.
    assert_eq!(inspection.rendered, 8 * (156 + 3 * 36) + 4 * 2 * 36);
}

#[test]
fn templates_are_shared_between_threads() {
    let templates = Templates::built_in().unwrap();
    let threads: Vec<_> = LANGUAGES
        .into_iter()
        .map(|tag| {
            let templates = templates.clone();
            std::thread::spawn(move || {
                let mail = Mail::new(tag);
                let first = mail.try_render(&templates, TemplateName::INVITATION).unwrap();
                for _ in 0..20 {
                    assert_eq!(
                        mail.try_render(&templates, TemplateName::INVITATION).unwrap(),
                        first
                    );
                }
                assert_eq!(first.language, language(tag));
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn what_is_built_in_can_be_copied_as_the_folder() {
    let files: Vec<_> = Templates::built_in_files().collect();
    let copied = with(&files);
    let mail = Mail::new("en");
    assert_eq!(
        mail.try_render(&copied, TemplateName::INVITATION).unwrap(),
        mail.render()
    );
    assert!(
        copied
            .list()
            .iter()
            .all(|info| info.parts.iter().all(|p| p.origin.path().is_some()))
    );
}

#[test]
fn every_variable_and_label_is_documented() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_to_string(root.join("docs/templates.md")).unwrap();
    for name in Templates::variables() {
        assert!(
            docs.contains(&format!("`{name}`")),
            "docs/templates.md lacks `{name}`"
        );
    }
}

#[test]
fn a_description_made_safe_before_is_used_as_it_is() {
    let safe = sanitize_description("<b>once</b>");
    let mail = Mail::new("en");
    let rendered = Templates::built_in()
        .unwrap()
        .render(
            TemplateName::INVITATION,
            &InvitationContext {
                meeting: &mail.meeting,
                description: Some(&safe),
                revision: Revision(0),
                invitee: &mail.invitee,
                invitee_zone: &mail.zone,
                language: &mail.language,
                organizer: &mail.organizer,
                organization: &mail.organization,
                join_url: None,
                online: None,
                record_url: None,
                answer_links: None,
                change: None,
                cancellation: Cancellation::CalledOff,
                new_organizer: None,
                participants: &ParticipantNames::default(),
            },
        )
        .unwrap();
    assert!(rendered.html.contains("<b>once</b>") && rendered.text.contains("once"));
}

/// The table of filters in `docs/templates.md`: each does what the table says.
#[test]
fn the_documented_filters_do_what_is_documented() {
    let docs = include_str!("../../docs/templates.md");
    let section = docs.split("## Filters and functions").nth(1).unwrap();
    let table = section.split("| function | does |").next().unwrap();
    let sample = &Sample::all()[0];
    let mut count = 0;
    for row in table.lines().filter(|line| line.starts_with("| `{{")) {
        let row = row.replace("\\|", "\u{1}");
        let mut cells = row
            .trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().replace('\u{1}', "|"));
        let (written, expected) = (cells.next().unwrap(), cells.next().unwrap());
        let template = format!("{{{{ join_url }}}}\n{}", written.trim_matches('`'));
        let templates = with(&[("invitation/meeting/body.txt", &template)]);
        let mail = templates
            .render(TemplateName::INVITATION, &sample.context(&Language::ENGLISH))
            .unwrap();
        let printed = mail.text.split_once('\n').unwrap().1.replace('\u{a0}', " ");
        assert!(printed.starts_with(&expected), "{written}: {printed:?}");
        count += 1;
    }
    assert_eq!(count, 9);
}

#[test]
fn documented_functions_fit_html_and_text() {
    let all = "{{ join_button(url=join_url) }}\n{{ add_to_calendar_links(services=[\"google\", \"yahoo\"]) }}\n{{ qr_code(url=join_url) }}\n";
    let templates = with(&[
        ("invitation/meeting/body.txt", all),
        ("invitation/meeting/body.html", all),
    ]);
    let sample = &Sample::all()[0];
    let mail = templates
        .render(
            TemplateName::INVITATION,
            &sample.context(&Language::new("de").unwrap()),
        )
        .unwrap();
    let lines: Vec<&str> = mail.text.lines().collect();
    assert_eq!(
        lines[0],
        "An der Besprechung teilnehmen: https://us05web.zoom.us/j/83515379148?pwd=abc"
    );
    assert!(
        lines[2].starts_with("Google: https://calendar.google.com/")
            && lines[3].starts_with("Yahoo: https://")
    );
    assert_eq!(lines.len(), 4);
    assert!(mail.html.contains("background-color:#1d5fbf") && mail.html.contains(">Yahoo</a>"));
    let [image] = mail.images.as_slice() else {
        panic!("{:?}", mail.images.len())
    };
    assert!(
        mail.html
            .contains(&format!("<img src=\"cid:{}\"", image.content_id))
    );
    // Where there is no link, there is nothing to show of it.
    let room = Sample::all()
        .into_iter()
        .find(|sample| sample.id == "room")
        .unwrap();
    let mail = templates
        .render(TemplateName::INVITATION, &room.context(&Language::ENGLISH))
        .unwrap();
    assert!(mail.images.is_empty() && !mail.html.contains("<table"));
    // Somebody else's reader reads the link out of the picture.
    if !peers::are_here(&[peers::Peer::Zbarimg]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let picture = folder.path().join("code.png");
    fs::write(&picture, &image.data).unwrap();
    let read = std::process::Command::new("zbarimg")
        .args(["--raw", "-q"])
        .arg(&picture)
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8(read.stdout).unwrap().trim(),
        "https://us05web.zoom.us/j/83515379148?pwd=abc"
    );
}
