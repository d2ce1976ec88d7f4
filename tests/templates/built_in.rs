//! The templates that are built in.

use invite::meeting::Zone;
use invite::organization::{Brand, Organization};
use invite::template::{TemplateName, Templates};

use crate::folder::with;
use crate::mail::{JOIN, LANGUAGES, Mail, language};

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
