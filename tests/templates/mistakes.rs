//! What is said of a mistake in a template, and where it is.

use std::path::Path;

use invite::fault::{Class, Fault};
use invite::template::{TemplateName, Templates};

use crate::folder::{folder, refused, with};
use crate::mail::Mail;

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
