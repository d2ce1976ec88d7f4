//! What mail programs drop, and what an author must not do in HTML: looked for in the source of templates.
//!
//! Tera's tags are made invisible before the HTML is read, octet for octet, so that every place is one in the author's
//! file. What stands in a mail only after rendering (a value, a branch) is not judged here.

mod css;
mod html;
mod support;
mod values;

use std::ops::Range;

use super::error::{MOST_PROBLEMS, Origin, Place, Problem, Severity};
use crate::template::tags::{Tag, tags};

/// The problems of a file: a page, a part of one, or MJML. Of errors and of warnings, at most [`MOST_PROBLEMS`] each.
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

/// What was found in a range of the source. It becomes a [`Problem`], which has its whole line with it, only if it is
/// told.
struct Finding {
    code: &'static str,
    severity: Severity,
    range: Range<usize>,
    message: String,
    hint: String,
}

impl Finding {
    fn error(
        code: &'static str,
        range: &Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            code,
            severity: Severity::Error,
            range: range.clone(),
            message: message.into(),
            hint: hint.into(),
        }
    }

    fn warning(
        code: &'static str,
        range: &Range<usize>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, range, message, hint)
        }
    }

    fn problem(&self, origin: &Origin, text: &str) -> Problem {
        let concerned = text.get(self.range.clone()).unwrap_or_default();
        let length = concerned.lines().next().map_or(1, |line| line.chars().count());
        let place = Place::at(origin, text, self.range.start, length);
        let problem = Problem::new(self.code, &self.message, place).hint(&self.hint);
        match self.severity {
            Severity::Error => problem,
            Severity::Warning => problem.warning(),
        }
    }
}

/// A template as HTML.
struct Source<'a> {
    text: &'a str,
    tags: Vec<Tag<'a>>,
    /// The text with an `x` for each octet of an expression, and a space for each of other tags and of comments.
    html: String,
    /// Where expressions (`{{ … }}`) stand, in their order.
    expressions: Vec<Range<usize>>,
}

impl<'a> Source<'a> {
    fn new(text: &'a str) -> Self {
        let mut html = text.as_bytes().to_vec();
        let mut expressions = Vec::new();
        let tags = tags(text);
        let mut from = 0;
        for tag in &tags {
            blank_comments(text, from..tag.start, &mut html);
            from = tag.end;
            if text[tag.start..].starts_with("{{") {
                html[tag.start..tag.end].fill(b'x');
                expressions.push(tag.start..tag.end);
            } else {
                blank(&mut html[tag.start..tag.end]);
            }
        }
        blank_comments(text, from..text.len(), &mut html);
        Self {
            text,
            tags,
            // Only whole tags were replaced, by ASCII.
            html: String::from_utf8(html)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
            expressions,
        }
    }

    /// The expressions of which something lies within a range.
    fn expressions_in(&self, range: &Range<usize>) -> &[Range<usize>] {
        let first = self.expressions.partition_point(|one| one.end <= range.start);
        let behind = self.expressions.partition_point(|one| one.start < range.end);
        self.expressions.get(first..behind).unwrap_or_default()
    }

    fn expression_in(&self, range: &Range<usize>) -> Option<&Range<usize>> {
        self.expressions_in(range).first()
    }

    /// What an expression prints, as it is written.
    fn inside(&self, expression: &Range<usize>) -> &'a str {
        self.text[expression.clone()].trim_matches(['{', '}', '-', ' '])
    }

    /// The tag that begins at an octet.
    fn tag_at(&self, start: usize) -> Option<&Tag<'a>> {
        let place = self.tags.binary_search_by_key(&start, |tag| tag.start).ok()?;
        self.tags.get(place)
    }
}

/// Spaces in place of everything but line ends.
fn blank(html: &mut [u8]) {
    for octet in html.iter_mut().filter(|octet| **octet != b'\n') {
        *octet = b' ';
    }
}

/// Comments of Tera between two tags.
fn blank_comments(text: &str, range: Range<usize>, html: &mut [u8]) {
    let mut at = range.start;
    while let Some(start) = text[at..range.end].find("{#").map(|n| at + n) {
        let end = text[start..range.end]
            .find("#}")
            .map_or(range.end, |n| start + n + 2);
        blank(&mut html[start..end]);
        at = end;
    }
}

/// `Gmail`, `Gmail and Yahoo Mail`, `Gmail, Outlook.com and Yahoo Mail`.
fn listed(clients: &[&str]) -> String {
    match clients {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
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
