//! Words, dates and the direction of each language.

use invite::fault::Fault as _;
use invite::meeting::When;
use invite::template::{TemplateName, Templates};

use crate::folder::with;
use crate::mail::{JOIN, LANGUAGES, Mail, language, person, timed};

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
