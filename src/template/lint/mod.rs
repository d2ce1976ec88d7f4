//! Lints of templates: elements and styles that mail programs drop, and HTML that an author must not write.
//!
//! Tera's tags are made invisible before the HTML is read, octet for octet. So every place is a place in the author's
//! file. Text that exists only after rendering (a value, a branch) is not judged.

mod css;
mod finding;
mod html;
mod source;
mod support;
mod values;

use super::error::{MOST_PROBLEMS, Origin, Problem, Severity};
use source::Source;

/// The problems of a file: a page, a part of a page, or MJML. There are at most [`MOST_PROBLEMS`] errors and
/// [`MOST_PROBLEMS`] warnings.
pub(super) fn lint(origin: &Origin, path: &str, text: &str) -> Vec<Problem> {
    if !(path.ends_with(".html") || path.ends_with(".mjml")) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    html::look(&Source::new(text), path.ends_with(".mjml"), &mut findings);
    findings.sort_by_key(|finding| finding.range.start);
    let of = |severity| {
        let found = findings
            .iter()
            .filter(move |finding| finding.severity == severity);
        found.take(MOST_PROBLEMS)
    };
    let told = of(Severity::Error).chain(of(Severity::Warning));
    let mut problems: Vec<Problem> = told.map(|finding| finding.problem(origin, text)).collect();
    problems.sort_by_key(|problem| (problem.line, problem.column));
    problems.dedup();
    problems
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::error::Severity;
    use super::*;
    use crate::template::files::built_in::FILES;

    fn found(text: &str) -> Vec<(&'static str, usize, usize, Severity)> {
        let origin = Origin::BuiltIn("x");
        lint(&origin, "x.html", text)
            .into_iter()
            .map(|p| (p.code, p.line, p.column, p.severity))
            .collect()
    }

    #[test]
    fn what_is_built_in_is_in_order() {
        for (path, text) in FILES {
            let problems = lint(&Origin::BuiltIn("x"), path, text);
            assert!(problems.is_empty(), "{path}: {problems:#?}");
        }
    }

    #[test]
    fn each_problem_is_found_at_its_place() {
        use Severity::{Error, Warning};
        for (text, code, column, severity) in [
            (
                "<a href=\"http://x.example\">x</a>",
                "link_not_https",
                10,
                Warning,
            ),
            ("<a href=\"//x.example\">x</a>", "link_not_https", 10, Warning),
            ("<a href=\"/page\">x</a>", "link_not_https", 10, Warning),
            ("<a href=\"JavaScript:x()\">x</a>", "link_not_https", 10, Error),
            ("<a href=\" java\tscript:x()\">x</a>", "link_not_https", 10, Error),
            (
                "<img alt=\"\" src=\"data:image/png;base64,xx\">",
                "link_not_https",
                18,
                Error,
            ),
            (
                "<img src=\"https://x.example/a.png\">",
                "image_without_alt",
                1,
                Warning,
            ),
            (
                "<p><video src=\"https://x.example\"></video>",
                "element_dropped",
                4,
                Warning,
            ),
            ("<script></script>", "element_dropped", 1, Warning),
            (
                "<p style=\"color:red; position:absolute\">x</p>",
                "css_dropped",
                22,
                Warning,
            ),
            ("<p style=\"display : flex\">x</p>", "css_dropped", 11, Warning),
            (
                "<p style=\"width: calc(100% - 2px)\">x</p>",
                "css_dropped",
                11,
                Warning,
            ),
            (
                "<style>@import url(x.css); p { color: red }</style>",
                "css_dropped",
                8,
                Warning,
            ),
            (
                "<style>p { color: red; float: left }</style>",
                "css_dropped",
                24,
                Warning,
            ),
            ("<a href={{ join_url }}>x</a>", "unquoted_attribute", 9, Error),
            ("<td {{ name }}>x</td>", "expression_in_tag", 5, Error),
            ("<{{ name }}>x", "expression_in_tag", 2, Error),
            (
                "<p onclick=\"x('{{ name }}')\">x</p>",
                "expression_in_tag",
                16,
                Error,
            ),
            (
                "<style>p { color: {{ name }} }</style>",
                "expression_in_tag",
                19,
                Error,
            ),
            ("<html><body>x</body></html>", "lang_missing", 1, Warning),
            ("<a href=\"{{ location }}\">x</a>", "link_from_text", 10, Error),
            (
                "<a href=\"{{ 'java' ~ name }}\">x</a>",
                "link_from_text",
                10,
                Error,
            ),
            (
                "<img alt=\"\" src=\"{% set u = name %}{{ u }}\">",
                "link_from_text",
                36,
                Error,
            ),
            ("{{ name | safe }}", "safe_on_data", 11, Error),
            ("<p>{{ meeting.name|upper|safe }}</p>", "safe_on_data", 26, Error),
            ("{% set x = name | safe %}{{ x }}", "safe_on_data", 19, Error),
        ] {
            let found = found(text);
            assert!(
                found.contains(&(code, 1, column, severity)),
                "{text}: {code} at {column}: {found:?}"
            );
        }
    }

    #[test]
    fn what_works_everywhere_is_let_through() {
        for text in [
            "<a href=\"https://x.example\">x</a><a href=\"mailto:a@b.example\">x</a><a href=\"#top\">x</a>",
            "<a href=\"{{ join_url }}\">x</a><img src=\"{{ organization.logo_url }}\" alt=\"{{ name }}\">",
            "{% set u = join_url %}<a href=\"{{ u }}\">x</a><a href=\"https://x.example/{{ name }}\">x</a>",
            "<a href=\"mailto:{{ organizer.email }}\">x</a><a href=\"{{ 'https://x.example/' ~ name }}\">x</a>",
            "<td{% if join_url %} class=\"y\"{% endif %}>x</td>",
            "<p style=\"color:{{ organization.color }};padding:0 4px\">x</p>",
            "<style>.a { color: {{ organization.color }} } @media (max-width: 600px) { .a { display: flex } }</style>",
            "<!--[if mso]><v:rect style=\"position:absolute\"><![endif]-->",
            "{# <script> #}{{ label(key=\"<script>\") }}",
            "{{ \"<b>x</b>\" | safe }}{{ description | safe }}{% set a = \"b\" | safe %}{{ a | safe }}",
            "<a {% if join_url %}href=\"{{ join_url }}\"{% else %}href=\"https://x.example\"{% endif %} title='{{ name }}'>x</a>",
            "<p style=\"width:90%;width:calc(100% - 2px);background:#fff url(https://x.example/a.png);background-color:#fff\">x</p>",
            "plain < text & more",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn of_many_faults_a_hundred_are_told_and_no_error_is_among_the_others() {
        let text = "<img>".repeat(5_000) + "<p title={{ name }}>";
        let found = found(&text);
        assert_eq!(found.len(), MOST_PROBLEMS + 1);
        assert_eq!(found.last().unwrap().0, "unquoted_attribute");
    }

    #[test]
    fn names_that_are_set_by_way_of_each_other_are_followed() {
        let way = |first: &str| {
            format!(
                "{{% set c = b %}}{{% set b = a %}}{{% set a = {first} %}}{{% set x = y %}}{{% set y = x %}}\
                 <a href=\"{{{{ c }}}}\">x</a>"
            )
        };
        assert_eq!(found(&way("join_url")), []);
        assert_eq!(found(&way("location"))[0].0, "link_from_text");
        assert_eq!(found(&way("x"))[0].0, "link_from_text");
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(<|>|\"|'|=|\\{\\{|\\}\\}|\\{%|%\\}|\\{#|#\\}| |\n|a|style|href|src|é|:|;|/|@media|[a-z]{1,3}){0,40}") {
            let lines = text.split('\n').count();
            for problem in lint(&Origin::BuiltIn("x"), "x.html", &text) {
                prop_assert!(problem.line >= 1 && problem.line <= lines);
                let line = text.split('\n').nth(problem.line - 1).unwrap_or_default();
                prop_assert!(problem.column <= line.chars().count() + 1, "{problem:?}");
            }
        }
    }
}
