//! Which files a mail is rendered from.

use invite::meeting::Language;
use invite::template::{Part, TemplateName};

use crate::folder::with;
use crate::mail::{JOIN, Mail, language};

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
