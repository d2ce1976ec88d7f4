//! Finds names in a template's source that do not exist, before anything is rendered.
//!
//! Tera takes an unknown name in `{% if … %}` for false, and sees one in a branch only when the branch is taken. So
//! this check looks at every name, with its place. A name that may exist passes the check. Tera still refuses a value
//! that it cannot print.

use std::collections::HashSet;

use tera::Value;

use super::offered::is_statement;
use crate::template::error::{MOST_PROBLEMS, Origin, Place, Problem, nearest};
use crate::template::language::labels::Labels;
use crate::template::tags::{Tag, Token, tags};

/// The names that a template may use.
#[derive(Debug)]
pub(in crate::template) struct Known<'a> {
    /// Every variable, with an example value that shows its fields.
    pub(in crate::template) variables: &'a tera::Map,
    pub(in crate::template) labels: &'a Labels,
}

/// The problems of one template, at most [`MOST_PROBLEMS`].
pub(in crate::template) fn check(file: &Origin, text: &str, known: &Known<'_>) -> Vec<Problem> {
    let tags = tags(text);
    let locals: HashSet<&str> = tags.iter().flat_map(declared).collect();
    let mut problems = Vec::new();
    for tag in &tags {
        check_names(file, text, tag, &locals, known, &mut problems);
        check_labels(file, text, tag, known, &mut problems);
        if problems.len() >= MOST_PROBLEMS {
            break;
        }
    }
    problems
}

/// The names that a tag declares: by `set`, by `for`, or as arguments of a component.
fn declared<'a>(tag: &Tag<'a>) -> Vec<&'a str> {
    let mut names = Vec::new();
    match tag.keyword() {
        Some("set" | "set_global") => names.extend(tag.name(1)),
        Some("component") => {
            names.push("body");
            let arguments = tag.tokens.iter().skip(2);
            names.extend(arguments.filter_map(|(_, token)| match token {
                Token::Name(name) => Some(*name),
                _ => None,
            }));
        }
        _ => {}
    }
    // `for a, b in`, as a statement or within a list comprehension.
    for at in 0..tag.tokens.len() {
        if tag.is_name(at, "for") {
            names.extend(tag.name(at + 1));
            if tag.is_sign(at + 2, ",") {
                names.extend(tag.name(at + 3));
            }
        }
    }
    names
}

const WORDS: &[&str] = &[
    "true",
    "True",
    "false",
    "False",
    "none",
    "None",
    "null",
    "and",
    "or",
    "not",
    "is",
    "in",
    "if",
    "else",
    "for",
    "loop",
    "self",
    "elif",
    "set",
    "set_global",
    "include",
    "ignore",
    "missing",
    "super",
];

fn check_names(
    file: &Origin,
    text: &str,
    tag: &Tag<'_>,
    locals: &HashSet<&str>,
    known: &Known<'_>,
    problems: &mut Vec<Problem>,
) {
    let skipped = match tag.keyword() {
        Some("block" | "component" | "extends" | "break" | "continue") => return,
        Some(word) if word.starts_with("end") => return,
        // Tera itself reports an unknown tag.
        Some(word) if !is_statement(word) => return,
        // The name of the filter that the section passes through.
        Some("filter") => 2,
        _ => 0,
    };
    for at in skipped..tag.tokens.len() {
        let Some(name) = tag.name(at) else { continue };
        // The functions that `limits::inject` calls are not for authors.
        if name.starts_with("__") && tag.is_sign(at + 1, "(") {
            let place = Place::at(file, text, tag.tokens[at].0, name.chars().count());
            let message = format!("there is no function `{name}`");
            problems.push(Problem::new("unknown_function", message, place));
        }
        if WORDS.contains(&name) || locals.contains(name) {
            continue;
        }
        let before = at.checked_sub(1);
        let follows = |sign| before.is_some_and(|b| tag.is_sign(b, sign));
        let is_test = before.is_some_and(|b| {
            tag.is_name(b, "is") || (tag.is_name(b, "not") && b > 0 && tag.is_name(b - 1, "is"))
        });
        let is_component = follows("</") || (follows("<") && at <= 1);
        let is_map_key = tag.is_sign(at + 1, ":") && (follows("{") || follows(","));
        if follows(".")
            || follows("?.")
            || follows("|")
            || is_test
            || is_component
            || is_map_key
            || tag.is_sign(at + 1, "(")
            || tag.is_sign(at + 1, "=")
        {
            continue;
        }
        match known.variables.get(&tera::value::Key::Str(name)) {
            None => {
                let names = known.variables.keys().filter_map(tera::value::Key::as_str);
                let place = Place::at(file, text, tag.tokens[at].0, name.chars().count());
                let near = nearest(name, names.chain(locals.iter().copied()));
                problems.push(
                    Problem::new(
                        "unknown_variable",
                        format!("there is no variable `{name}`"),
                        place,
                    )
                    .nearest(near),
                );
            }
            Some(value) => problems.extend(check_fields(file, text, tag, at, name, value)),
        }
    }
}

fn check_fields(
    file: &Origin,
    text: &str,
    tag: &Tag<'_>,
    root: usize,
    name: &str,
    value: &Value,
) -> Option<Problem> {
    let (mut at, mut path, mut value) = (root, name.to_owned(), value);
    while tag.is_sign(at + 1, ".") || tag.is_sign(at + 1, "?.") {
        let field = tag.name(at + 2)?;
        let place = || Place::at(file, text, tag.tokens[at + 2].0, field.chars().count());
        let Some(map) = value.as_map() else {
            let message = format!("`{path}` has no fields, so there is no `{path}.{field}`");
            return Some(Problem::new("unknown_variable", message, place()));
        };
        let Some(next) = map.get(&tera::value::Key::Str(field)) else {
            let near = nearest(field, map.keys().filter_map(tera::value::Key::as_str));
            let message = format!("`{path}` has no field `{field}`");
            return Some(Problem::new("unknown_variable", message, place()).nearest(near));
        };
        path = format!("{path}.{field}");
        (at, value) = (at + 2, next);
    }
    None
}

fn check_labels(file: &Origin, text: &str, tag: &Tag<'_>, known: &Known<'_>, problems: &mut Vec<Problem>) {
    for at in 0..tag.tokens.len() {
        if !(tag.is_name(at, "label") && tag.is_sign(at + 1, "(")) {
            continue;
        }
        for at in at + 2..tag.tokens.len() {
            if tag.is_sign(at, ")") {
                break;
            }
            let (Some(Token::Text(key)), Some((offset, _))) = (tag.token(at), tag.tokens.get(at)) else {
                continue;
            };
            let is_key = at >= 2 && tag.is_name(at - 2, "key") && tag.is_sign(at - 1, "=");
            if is_key && !known.labels.knows(key) {
                let place = Place::at(file, text, offset + 1, key.chars().count());
                problems.push(
                    Problem::new("unknown_label", format!("there is no label `{key}`"), place)
                        .nearest(known.labels.nearest(key)),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meeting::Language;

    fn problems(text: &str) -> Vec<(String, usize, usize, Option<String>)> {
        let mut labels = Labels::new();
        let here = Origin::BuiltIn("x");
        labels.add(&Language::ENGLISH, &here, "join = Join\n");
        let variables: Value = Value::from_serializable(&serde_json::json!({
            "name": "x", "join_url": "x", "meeting": { "location": "x" }, "participants": ["x"],
        }));
        let known = Known {
            variables: variables.as_map().unwrap(),
            labels: &labels,
        };
        check(&here, text, &known)
            .into_iter()
            .map(|p| (p.message, p.line, p.column, p.nearest))
            .collect()
    }

    #[test]
    fn unknown_names_are_found_wherever_they_stand() {
        for (text, column, near) in [
            ("{{ join_ulr }}", 4, Some("join_url")),
            ("{% if join_ulr %}x{% endif %}", 7, Some("join_url")),
            ("{{ name | default(value=nmae) }}", 25, Some("name")),
            ("{{ label(key=\"join\", x=zebra) }}", 24, None),
            ("{{ meeting.lokation }}", 12, Some("location")),
            ("{% if meeting?.lokation %}x{% endif %}", 16, Some("location")),
            ("{{ name.first }}", 9, None),
            ("{{ label(key=\"jion\") }}", 15, Some("join")),
            ("{{ [p for p in partcipants] }}", 16, Some("participants")),
            ("{% set x = nme %}", 12, Some("name")),
        ] {
            let found = problems(text);
            assert_eq!(found.len(), 1, "{text}: {found:?}");
            assert_eq!(
                (found[0].1, found[0].2, found[0].3.as_deref()),
                (1, column, near),
                "{text}"
            );
        }
    }

    #[test]
    fn of_many_unknown_names_a_hundred_are_told() {
        assert_eq!(problems(&"{{ zebra }}".repeat(1_000)).len(), MOST_PROBLEMS);
    }

    #[test]
    fn what_exists_is_let_through() {
        for text in [
            "{{ name }} { not a tag } {# {{ comment }} #} {% raw %}{{ raw }}{% endraw %}{{ name }}",
            "{% for p in participants %}{{ loop.index }} {{ p | upper }}{% endfor %}",
            "{%- set who = name -%}{%- if who is containing(pat=\"x\") and name is not none %}{{ who }}{% endif %}",
            "{% component Card(title: String, tone=\"a\") %}{{ title }}{{ tone }}{{ body }}{% endcomponent Card %}",
            "{{<Card title=\"a\" name />}} {% <Card title={name}> %}x{% </Card> %}",
            "{% filter upper %}x{% endfilter %}{% block title %}{% endblock title %}",
            "{{ name ~ \"}} {{ nothing }}\" }} {{ {\"a\": name}.a }}",
            "{{ name[1:2] }} {{ 1 + 2.5 }} {{ name if name else 'x' }} {{ super() }}",
            "{% for key, value in meeting %}{{ key }}{{ value }}{% endfor %}",
        ] {
            assert_eq!(problems(text), [], "{text}");
        }
    }
}
