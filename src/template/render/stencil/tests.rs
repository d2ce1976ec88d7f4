use proptest::prelude::*;

use super::*;
use crate::template::Sample;

const SUBJECT: &str = "invitation/meeting/subject.txt";

fn with(files: &[(&str, &str)]) -> Result<Templates, TemplateError> {
    let dir = tempfile::tempdir().unwrap();
    let change = |(path, text): &(&str, &str)| (path.parse().unwrap(), Some((*text).to_owned()));
    Templates::load(Some(dir.path()), &files.iter().map(change).collect::<Vec<_>>())
}

fn sample() -> Sample {
    Sample::all()
        .into_iter()
        .find(|sample| sample.id == "zoom")
        .unwrap()
}

/// The links of the readers of [`sample`], if its mails have links to answer with.
fn links(of: &str) -> AnswerLinks {
    let link = |answer| format!("https://meet.acme.example/r/{of}?a={answer}&s=1");
    AnswerLinks {
        accept: link("yes"),
        tentative: link("maybe"),
        decline: link("no"),
    }
}

fn has_stencil(templates: &Templates) -> bool {
    let sample = sample();
    let english = Language::ENGLISH;
    let links = links("1");
    [None, Some(&links)].into_iter().all(|answer_links| {
        let context = InvitationContext {
            answer_links,
            ..sample.context(&english)
        };
        let stencil = templates.stencil(TemplateName::INVITATION, &context).unwrap();
        stencil.is_some()
    })
}

/// Whether the stencil accepts the values of a reader. Panics if the filled mail differs from the rendered one.
fn is_filled(
    templates: &Templates,
    name: TemplateName,
    context: &InvitationContext<'_>,
    reader: &str,
) -> bool {
    let stencil = templates.stencil(name, context).unwrap();
    let stencil = stencil.unwrap_or_else(|| panic!("{name} has no stencil"));
    let person = Person {
        name: reader.to_owned(),
        ..context.invitee.clone()
    };
    let context = InvitationContext {
        invitee: &person,
        ..*context
    };
    let Some(values) = stencil.values(&context) else {
        return false;
    };
    let rendered = templates.render(name, &context).unwrap();
    assert_eq!(stencil.fill(&values), rendered, "{name} for {reader:?}");
    true
}

const LINKS_IN_HTML: &str = "<p>{{ invitee_name }} {% if accept_link and not decline_link %}x{% endif %}{{ join_url }}</p>\
    <p><a href=\"{{ accept_link }}\">{{ accept_link }}</a> {{ join_button(url=tentative_link, text=invitee_name) }}</p>\
    <a href='{{ decline_link }}&amp;x=1'>{{ label(key=\"fact\", label=label(key=\"about\"), value=decline_link) }}</a>";
const LINKS_IN_TEXT: &str = "{{ invitee_name }}\n\n{% if accept_link %}{{ accept_link }}{% endif %} {{ join_url }}\n\
    {{ join_button(url=decline_link) }}";

/// The built-in templates; with links in every part; the same in a page that is rewritten; the same in MJML.
fn templates_with_links() -> Vec<Templates> {
    let subject = (SUBJECT, "{{ invitee_name }}: {{ accept_link }}");
    let text = ("invitation/meeting/body.txt", LINKS_IN_TEXT);
    let styled = format!(
        "<html><head><style>p {{ color: red }} a[title] {{ color: blue }}</style></head><body>{LINKS_IN_HTML}</body></html>"
    );
    let mjml = format!(
        "<mjml><mj-head><mj-style inline=\"inline\">p {{ color: red }}</mj-style></mj-head><mj-body><mj-section><mj-column>\
         <mj-text>{LINKS_IN_HTML}</mj-text><mj-button href=\"{{{{ tentative_link }}}}\">{{{{ invitee_name }}}}</mj-button>\
         </mj-column></mj-section></mj-body></mjml>"
    );
    let html = "invitation/meeting/body.html";
    let all = [
        (html, LINKS_IN_HTML),
        (html, &styled),
        ("invitation/meeting/body.mjml", &mjml),
    ];
    let edited = all.map(|page| with(&[subject, page, text]).unwrap());
    [Templates::built_in().unwrap()]
        .into_iter()
        .chain(edited)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn filling_a_name_in_is_rendering_for_it(name in "\\PC{1,12}|[a-zA-Zéß.,()@<>&\"'; -]{1,30}") {
        let templates = Templates::built_in().unwrap();
        for sample in Sample::all() {
            for language in ["en", "de", "ar", "ja"] {
                let language = Language::new(language).unwrap();
                let context = sample.context(&language);
                let is_filled = is_filled(&templates, TemplateName::INVITATION, &context, &name);
                let shown = Person { name: name.clone(), ..sample.invitee.clone() }.display_name();
                prop_assert_eq!(is_filled, SLOTS[0].takes(&shown), "{}", sample.id);
            }
        }
    }

    #[test]
    fn filling_links_in_is_rendering_with_them(
        name in "[a-zA-Zéß.,()@<>&\"'; #-]{1,30}", links in prop::array::uniform3("(https://)?[!-~]{0,40}"),
    ) {
        let sample = sample();
        let english = Language::ENGLISH;
        let [accept, tentative, decline] = links;
        let links = AnswerLinks { accept, tentative, decline };
        let context = InvitationContext { answer_links: Some(&links), ..sample.context(&english) };
        for (place, templates) in templates_with_links().iter().enumerate() {
            let is_filled = is_filled(templates, TemplateName::INVITATION, &context, &name);
            let shown = Person { name: name.clone(), ..sample.invitee.clone() }.display_name();
            let all = [shown.as_str(), &links.accept, &links.tentative, &links.decline];
            let are_taken = SLOTS.iter().zip(all).all(|(slot, value)| slot.takes(value));
            // A rewritten page writes quotes and angle brackets in another way.
            let has_more = place > 1 && all.iter().any(|value| value.contains(['<', '>', '"', '\'']));
            prop_assert_eq!(is_filled, are_taken && !has_more, "{} {:?}", place, links);
        }
    }
}

#[test]
fn every_built_in_mail_is_rendered_once_whatever_it_says() {
    let templates = Templates::built_in().unwrap();
    for (name, sample) in
        TemplateName::all().flat_map(|name| Sample::all().into_iter().map(move |s| (name, s)))
    {
        for language in ["en", "de", "ar", "ja"] {
            let language = Language::new(language).unwrap();
            let links = links("1");
            for answer_links in [None, Some(&links)] {
                let context = InvitationContext {
                    answer_links,
                    ..sample.context_for(name, &language)
                };
                for reader in ["Noor Haddad", "O'Brien & <Sons>"] {
                    assert!(
                        is_filled(&templates, name, &context, reader),
                        "{name}: {}",
                        sample.id
                    );
                }
            }
        }
    }
}

#[test]
fn a_mail_with_links_is_rendered_once_for_a_thousand_readers() {
    let sample = sample();
    let english = Language::ENGLISH;
    for (place, templates) in templates_with_links().iter().enumerate() {
        let links_of_first = links("0");
        let context = InvitationContext {
            answer_links: Some(&links_of_first),
            ..sample.context(&english)
        };
        let stencil = templates.stencil(TemplateName::INVITATION, &context).unwrap();
        let stencil = stencil.unwrap_or_else(|| panic!("templates {place} have no stencil"));
        let mut pages = std::collections::HashSet::new();
        for reader in 0..1_000 {
            let links = links(&reader.to_string());
            let person = Person {
                name: format!("Reader {reader}"),
                ..context.invitee.clone()
            };
            let context = InvitationContext {
                invitee: &person,
                answer_links: Some(&links),
                ..context
            };
            let values = stencil.values(&context);
            let mail = stencil.fill(&values.unwrap_or_else(|| panic!("{place}: not taken: {links:?}")));
            assert!(
                mail.html.contains(&links.accept.replace('&', "&amp;")),
                "{place}: {}",
                mail.html
            );
            assert!(mail.text.contains(&links.accept), "{place}: {}", mail.text);
            pages.insert(mail.html);
        }
        assert_eq!(pages.len(), 1_000);
    }
}

#[test]
fn a_reader_who_lacks_what_others_have_is_rendered_alone() {
    let sample = sample();
    let english = Language::ENGLISH;
    let links = links("1");
    let with_links = InvitationContext {
        answer_links: Some(&links),
        ..sample.context(&english)
    };
    let without = InvitationContext {
        answer_links: None,
        ..with_links
    };
    let empty = AnswerLinks {
        decline: String::new(),
        ..links.clone()
    };
    let one_empty = InvitationContext {
        answer_links: Some(&empty),
        ..with_links
    };
    // Also if a condition asks for the value and nothing is printed.
    let asking = with(&[
        (
            "invitation/meeting/body.html",
            "{% if decline_link %}x{% endif %}{{ join_url }}",
        ),
        ("invitation/meeting/body.txt", "{{ join_url }}"),
    ]);
    for templates in [Templates::built_in().unwrap(), asking.unwrap()] {
        let stencil = |context| {
            templates
                .stencil(TemplateName::INVITATION, context)
                .unwrap()
                .unwrap()
        };
        assert!(stencil(&with_links).values(&with_links).is_some());
        assert!(stencil(&with_links).values(&without).is_none());
        assert!(stencil(&with_links).values(&one_empty).is_none());
        assert!(stencil(&without).values(&with_links).is_none());
        assert!(stencil(&without).values(&without).is_some());
    }
}

#[test]
fn values_that_a_step_would_change_are_not_put_in() {
    let [name, link, ..] = &SLOTS;
    for value in [
        "Ana Núñez",
        "李小龍",
        "Müller-Lüdenscheidt, Dr. A.",
        "lee@client.example",
        "🦀",
        "O'Brien",
        "<b>",
        "A & B",
        "\"x\"",
    ] {
        assert!(name.takes(value), "{value:?}");
    }
    for value in [
        "",
        " Ana",
        "Ana ",
        "Ana  B",
        "a\u{a0}b",
        "a\tb",
        "a\nb",
        "a\u{7}b",
        "a\u{2028}b",
        name.mark,
        link.mark,
    ] {
        assert!(!name.takes(value), "{value:?}");
    }
    assert!(!name.takes(&"x".repeat(201)));
    let takes = |value: &str| link.takes(value);
    assert!(takes("https://meet.acme.example/r/1?a=yes&b='%20'"));
    let long = format!("https://{}", "x".repeat(1_000));
    for value in [
        "",
        "http://a.example",
        "https://a b",
        "https://a\n",
        "https://ä.example",
        &long,
        link.mark,
    ] {
        assert!(!takes(value), "{value:?}");
    }
}

#[test]
fn whatever_does_more_with_the_name_than_print_it_is_rendered_for_each() {
    for (path, text) in [
        (SUBJECT, "{{ invitee_name | upper }}"),
        (SUBJECT, "{% if invitee_name == \"Ana\" %}a{% endif %}b"),
        (SUBJECT, "{% if \"A\" in invitee_name %}a{% endif %}b"),
        (SUBJECT, "{% set who = invitee_name %}{{ who | length }}"),
        (
            SUBJECT,
            "{% set who %}{{ invitee_name }}{% endset %}{{ who | upper }}",
        ),
        (SUBJECT, "{% filter upper %}{{ invitee_name }}{% endfilter %}"),
        (SUBJECT, "{{ invitee.name }}"),
        (SUBJECT, "{{ \"a\" if invitee_name else \"b\" }}"),
        (SUBJECT, "{{ invitee_name ~ name | upper }}"),
        (SUBJECT, "{{ invitee_name[0:1] }}"),
        (SUBJECT, "{{ accept_link | length }}"),
        (
            SUBJECT,
            "{% if accept_link is containing(pat=\"x\") %}a{% endif %}b",
        ),
        (SUBJECT, "{% if accept_link == \"x\" and name %}a{% endif %}b"),
        (SUBJECT, "{% if (name and accept_link) == \"x\" %}a{% endif %}b"),
        (SUBJECT, "{% if accept_link ~ \"\" %}a{% endif %}b"),
        (SUBJECT, "{% for letter in [accept_link] %}a{% endfor %}b"),
        (SUBJECT, "{{ join_button(url=join_url, color=invitee_name) }}"),
        (SUBJECT, "{{ join_button(url=invitee_name) }}"),
        (SUBJECT, "{{ join_button(url=accept_link) | length }}"),
        (SUBJECT, "{{ join_button(url=accept_link ~ \"x\") }}"),
        (SUBJECT, "{{ name }}{{ qr_code(url=accept_link) }}"),
        (
            SUBJECT,
            "{{ label(key=\"greeting\", name=invitee_name | upper) }}",
        ),
        (
            SUBJECT,
            "{{ label(key=\"greeting\", name=invitee_name) | upper }}",
        ),
        (
            SUBJECT,
            "{{ label(key=\"greeting\", name=invitee_name, lang=\"de\") }}",
        ),
        (
            SUBJECT,
            "{{ label(key=\"greeting\" if invitee_name else \"join\", name=invitee_name) }}",
        ),
        (
            "invitation/meeting/body.txt",
            "{% extends \"shared/layout.txt\" %}{% block details %}{{ super() | upper }}{% endblock details %}",
        ),
        // The text is made from the page, and broken into lines.
        (
            "invitation/meeting/body.html",
            "<p>{{ invitee_name }}</p><p>{{ join_url }}</p>",
        ),
        (
            "labels/en.ftl",
            "greeting = { $name ->\n    [Ana] Ana!\n   *[other] Hello { $name }\n }\n",
        ),
        ("labels/en.ftl", "greeting = { other }\nother = Hello\n"),
    ] {
        match with(&[(path, text)]) {
            Ok(templates) => assert!(!has_stencil(&templates), "{path}: {text}"),
            Err(error) => panic!("{path}: {text}: {error}"),
        }
    }
}

#[test]
fn whatever_only_prints_the_name_is_rendered_once() {
    for (path, text) in [
        (SUBJECT, "{{ invitee_name }}: {{ name }}"),
        (
            SUBJECT,
            "{%- if location %}{{ invitee_name }}{% endif %}{{ name | upper }}",
        ),
        (SUBJECT, "{{ label(key=\"greeting\", name=invitee_name) }}"),
        (
            SUBJECT,
            "{% for other in participants %}{{ invitee_name }}, {{ other }} {% endfor %}",
        ),
        (SUBJECT, "{% if invitee_name %}{{ invitee_name }}{% endif %}"),
        (
            SUBJECT,
            "{{ name }}{% if accept_link and not decline_link %}a{% elif name %}b{% endif %}",
        ),
        (
            SUBJECT,
            "{{ label(key=\"fact\", label=label(key=\"about\") | upper, value=invitee_name) }}",
        ),
        ("labels/en.ftl", "greeting = Welcome, { $name }!\n"),
    ] {
        assert!(has_stencil(&with(&[(path, text)]).unwrap()), "{path}: {text}");
    }
}

#[test]
fn a_name_amid_the_markup_of_a_page_that_is_rewritten_is_rendered_for_each() {
    let style = "<style>p { color: red; }</style>";
    for (html, is_once) in [
        ("<p>{{ invitee_name }}</p><p>{{ join_url }}</p>", true),
        ("STYLE<p>{{ invitee_name }}</p><p>{{ join_url }}</p>", true),
        // The page is sent as it was printed.
        ("<p title=\"{{ invitee_name }}\">{{ join_url }}</p>", true),
        ("STYLE<p title=\"{{ invitee_name }}\">{{ join_url }}</p>", false),
        ("STYLE<p>&{{ invitee_name }}</p><p>{{ join_url }}</p>", false),
        ("STYLE<a href=\"{{ accept_link }}\">{{ join_url }}</a>", true),
        (
            "STYLE<a title=\"{{ join_url }}\" name=\"{{ invitee_name }}\">x</a>",
            false,
        ),
        (
            "<style>a[href^=https] { color: red }</style><a href=\"{{ accept_link }}\">{{ join_url }}</a>",
            false,
        ),
    ] {
        let html = html.replace("STYLE", style);
        let files = [
            ("invitation/meeting/body.html", html.as_str()),
            ("invitation/meeting/body.txt", "{{ join_url }}"),
        ];
        assert_eq!(has_stencil(&with(&files).unwrap()), is_once, "{html}");
    }
}

#[test]
fn a_page_that_loses_a_mark_is_rendered_for_each() {
    // mrml writes non-ASCII characters in attributes in another way.
    let mjml = "<mjml><mj-body><mj-section><mj-column><mj-image alt=\"{{ invitee_name }}\" src=\"https://a.example/b.png\" />\
        <mj-text>{{ invitee_name }} {{ join_url }}</mj-text></mj-column></mj-section></mj-body></mjml>";
    let templates = with(&[
        ("invitation/meeting/body.mjml", mjml),
        ("invitation/meeting/body.txt", "{{ join_url }}"),
    ]);
    assert!(!has_stencil(&templates.unwrap()));
}
