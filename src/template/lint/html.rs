//! Elements and attributes.

use std::collections::HashSet;
use std::ops::Range;

use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};
use html5gum::{HtmlString, Tokenizer};

use super::super::error::Problem;
use super::super::scan::{Tag, Token as TemplateToken, tags};
use super::{Source, css, listed, support};

/// Elements that every mail program takes out of a mail.
const TAKEN_OUT: &[&str] = &[
    "script", "iframe", "embed", "applet", "frame", "frameset", "canvas", "noscript", "math", "template",
];
/// Attributes that hold an address.
const ADDRESSES: &[&str] = &["href", "src", "background", "action", "poster", "background-url"];
/// Variables that hold an address.
const ADDRESS_VALUES: &[&str] = &[
    "join_url",
    "record_url",
    "accept_link",
    "tentative_link",
    "decline_link",
    "meeting.join_url",
    "meeting.record_url",
    "organization.logo_url",
    "organization.site_url",
    "organization.public_url",
];
/// What an expression in a style sheet may begin with: no text that somebody typed.
const SAFE_IN_STYLE: &[&str] = &["organization.color", "organization.color_text"];
/// Values that are HTML already: sanitized, or made by our own functions.
const HTML_VALUES: &[&str] = &[
    "description",
    "join_button",
    "add_to_calendar_links",
    "qr_code",
    "label",
    "super",
    "body",
];

pub(super) fn look(source: &Source<'_>, is_mjml: bool, problems: &mut Vec<Problem>) {
    raw_values(source, problems);
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    // Within these, text is not HTML.
    let mut raw: Option<&'static str> = None;
    for token in Tokenizer::new_with_emitter(source.html.as_str(), emitter).flatten() {
        match token {
            Token::StartTag(tag) => {
                raw = match tag.name.as_slice() {
                    b"script" => Some("script"),
                    b"style" => Some("style"),
                    _ => None,
                };
                element(source, &tag, is_mjml, problems);
            }
            Token::EndTag(_) => raw = None,
            Token::String(text) => {
                let range = text.span.start..text.span.end;
                match raw {
                    Some("script") => in_script(source, &range, problems),
                    Some(_) => {
                        in_style(source, &range, problems);
                        css::sheet(source, &range, problems);
                    }
                    None => {}
                }
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
}

fn in_script(source: &Source<'_>, range: &Range<usize>, problems: &mut Vec<Problem>) {
    if let Some(expression) = source.expression_in(range) {
        let message = "a value in a script is not escaped for it".to_owned();
        problems.push(
            source
                .problem("expression_in_tag", message, &expression)
                .hint("leave the script out: mail programs do not run it"),
        );
    }
}

fn in_style(source: &Source<'_>, range: &Range<usize>, problems: &mut Vec<Problem>) {
    let unsafe_ones = source
        .expressions
        .iter()
        .filter(|expression| expression.start >= range.start && expression.end <= range.end)
        .filter(|expression| {
            let inside = source.text[(*expression).clone()].trim_matches(['{', '}', '-', ' ']);
            !SAFE_IN_STYLE.contains(&inside)
        });
    for expression in unsafe_ones {
        let message = "a value in a style sheet is not escaped for it".to_owned();
        problems.push(
            source
                .problem("expression_in_tag", message, expression)
                .hint("only organization.color and organization.color_text can stand there"),
        );
    }
}

fn text_of(value: &HtmlString) -> String {
    String::from_utf8_lossy(value).into_owned()
}

fn element(source: &Source<'_>, tag: &StartTag<usize>, is_mjml: bool, problems: &mut Vec<Problem>) {
    let name = text_of(&tag.name);
    let span = tag.span.start..tag.span.end;
    let opening = span.start..span.start + 1 + name.len();
    // The places of values; expressions elsewhere in the tag are in its name or in the name of an attribute.
    let mut values: Vec<Range<usize>> = Vec::new();
    let mut names: HashSet<String> = HashSet::new();
    for attribute in attributes(&source.html, opening.end..span.end) {
        if !attribute.value.is_empty() {
            attribute_value(source, &attribute, problems);
            values.push(attribute.value);
        }
        names.insert(attribute.name);
    }
    let outside = source.expressions.iter().find(|expression| {
        expression.start > span.start
            && expression.end <= span.end
            && !values
                .iter()
                .any(|value| value.start <= expression.start && expression.end <= value.end)
    });
    if let Some(expression) = outside {
        let message =
            "a value stands in a tag, outside of an attribute's quotes, where it is not escaped".to_owned();
        problems.push(
            source
                .problem("expression_in_tag", message, expression)
                .hint("put it between the quotes of an attribute, or make a condition around the attribute"),
        );
        return;
    }
    if matches!(name.as_str(), "img" | "mj-image") && !names.contains("alt") {
        let message = "the picture has no words for those who do not see it".to_owned();
        problems.push(
            source
                .problem("image_without_alt", message, &opening)
                .warning()
                .hint("add alt=\"…\"; alt=\"\" where it is only decoration"),
        );
    }
    if is_mjml {
        return;
    }
    if name == "html" && !names.contains("lang") {
        let message = "the page does not say its language, so screen readers read it in another".to_owned();
        problems.push(
            source
                .problem("lang_missing", message, &opening)
                .warning()
                .hint("write <html lang=\"{{ lang }}\" dir=\"{{ dir }}\">"),
        );
    }
    let clients = support::ELEMENTS.iter().find(|(element, _)| *element == name);
    let dropped = if TAKEN_OUT.contains(&name.as_str()) {
        Some("every mail program takes".to_owned())
    } else {
        clients.map(|(_, clients)| match clients {
            [one] => format!("{one} takes"),
            several => format!("{} take", listed(several)),
        })
    };
    if let Some(who) = dropped {
        let message = format!("{who} <{name}> out of mails");
        problems.push(
            source
                .problem("element_dropped", message, &opening)
                .warning()
                .hint("use text, pictures, links and tables"),
        );
    }
}

/// An attribute as it is written.
struct Attribute {
    name: String,
    /// Where its value stands, without quotes; empty where it has none.
    value: Range<usize>,
    is_quoted: bool,
}

/// The attributes of a tag, from behind its name to its end. An attribute may be there several times, once for each
/// branch of a condition; HTML itself knows the first only, so this does not ask the tokenizer.
fn attributes(html: &str, tag: Range<usize>) -> Vec<Attribute> {
    let is_end = |c: char| c.is_whitespace() || matches!(c, '=' | '/' | '>' | '"' | '\'');
    let mut found = Vec::new();
    let mut at = tag.start;
    while at < tag.end {
        let rest = &html[at..tag.end];
        let name = &rest[..rest.find(is_end).unwrap_or(rest.len())];
        if name.is_empty() {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        at += name.len();
        let mut attribute = Attribute {
            name: name.to_lowercase(),
            value: at..at,
            is_quoted: false,
        };
        let behind = html[at..tag.end].trim_start();
        if let Some(value) = behind.strip_prefix('=') {
            let value = value.trim_start();
            let start = tag.end - value.len();
            attribute.value = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    attribute.is_quoted = true;
                    let length = value[1..].find(quote).unwrap_or(value.len() - 1);
                    start + 1..start + 1 + length
                }
                _ => {
                    let length = value.find(|c: char| c.is_whitespace() || c == '>');
                    start..start + length.unwrap_or(value.len())
                }
            };
            at = (attribute.value.end + usize::from(attribute.is_quoted)).min(tag.end);
        }
        found.push(attribute);
    }
    found
}

fn attribute_value(source: &Source<'_>, attribute: &Attribute, problems: &mut Vec<Problem>) {
    let (name, range, is_quoted) = (attribute.name.as_str(), &attribute.value, attribute.is_quoted);
    let expression = source.expression_in(range);
    if let Some(expression) = &expression
        && !is_quoted
    {
        let message = format!("the value of `{name}` has no quotes, so what is put there can add attributes");
        problems.push(
            source
                .problem("unquoted_attribute", message, expression)
                .hint(format!("write {name}=\"…\"")),
        );
        return;
    }
    if let Some(expression) = &expression
        && name.starts_with("on")
    {
        let message = format!("a value in `{name}` is not escaped for a script");
        problems.push(
            source
                .problem("expression_in_tag", message, expression)
                .hint("leave the attribute out: mail programs take it out"),
        );
    }
    if name == "style" {
        css::declarations(source, range, problems);
    }
    // Tags that print nothing are spaces by now.
    let is_empty = |range: Range<usize>| source.html[range].trim().is_empty();
    if ADDRESSES.contains(&name) {
        match expression {
            Some(expression) if is_empty(range.start..expression.start) => {
                address_of_value(source, name, &expression, problems);
            }
            _ => address(source, name, range, problems),
        }
    }
}

/// An address that begins with a value: only those that are known to be addresses can be followed.
fn address_of_value(source: &Source<'_>, name: &str, expression: &Range<usize>, problems: &mut Vec<Problem>) {
    let tags = tags(source.text);
    let Some(tag) = tags.iter().find(|tag| tag.start == expression.start) else {
        return;
    };
    if !is_address(&tags, tag, 0, 0) {
        let value: String = source.text[expression.clone()]
            .trim_matches(['{', '}', '-', ' '])
            .to_owned();
        let message =
            format!("`{value}` is no address: what somebody has typed must not decide where `{name}` leads");
        problems.push(
            source
                .problem("link_from_text", message, expression)
                .hint(format!(
                    "begin with https://… or with one of {}",
                    ADDRESS_VALUES.join(", ")
                )),
        );
    }
}

/// Whether the value that begins at a token is an address: one of the variables that are, a text that begins as one, or
/// a name that the template itself gives to such.
fn is_address(tags: &[Tag<'_>], tag: &Tag<'_>, at: usize, depth: usize) -> bool {
    match tag.token(at) {
        Some(TemplateToken::Text(text)) => ["https://", "mailto:", "tel:", "cid:", "#"]
            .iter()
            .any(|scheme| text.starts_with(scheme)),
        Some(TemplateToken::Name(first)) => {
            let mut path = first.to_owned();
            let mut next = at + 1;
            while (tag.is_sign(next, ".") || tag.is_sign(next, "?."))
                && let Some(field) = tag.name(next + 1)
            {
                path = format!("{path}.{field}");
                next += 2;
            }
            if ADDRESS_VALUES.contains(&path.as_str()) {
                return true;
            }
            let is_set = |other: &&Tag<'_>| {
                matches!(other.keyword(), Some("set" | "set_global")) && other.name(1) == Some(first)
            };
            // A name that is set by way of itself is none.
            let mut sets = tags.iter().filter(is_set).peekable();
            (sets.peek().is_some() && depth < 8 && sets.all(|set| is_address(tags, set, 3, depth + 1)))
                || is_argument(tags, first)
        }
        _ => false,
    }
}

/// An address that the author has written.
fn address(source: &Source<'_>, name: &str, range: &Range<usize>, problems: &mut Vec<Problem>) {
    let written = &source.html[range.clone()];
    // Browsers pass over spaces and controls in front of a scheme, and over line breaks within it.
    let plain: String = written
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect::<String>()
        .to_lowercase();
    let known = ["https:", "mailto:", "tel:", "sms:", "cid:", "#"];
    if plain.is_empty() || known.iter().any(|scheme| plain.starts_with(scheme)) {
        return;
    }
    let problem = |message: String| source.problem("link_not_https", message, range);
    problems.push(
        if ["javascript:", "vbscript:", "data:", "file:"]
            .iter()
            .any(|scheme| plain.starts_with(scheme))
        {
            let scheme = plain.split(':').next().unwrap_or_default();
            problem(format!(
                "`{name}` has an address of the kind {scheme}:, which mail programs refuse"
            ))
            .hint("use an address that begins with https://")
        } else if plain.starts_with("http:") {
            problem("the link is not encrypted, and some mail programs warn of it".to_owned())
                .warning()
                .hint("write https://")
        } else {
            problem("the link leads nowhere from a mail: it has no https:// in front".to_owned())
                .warning()
                .hint("write the whole address")
        },
    );
}

/// `| safe` behind something that a person has typed.
fn raw_values(source: &Source<'_>, problems: &mut Vec<Problem>) {
    let tags = tags(source.text);
    let own: HashSet<&str> = tags
        .iter()
        .filter(|tag| matches!(tag.keyword(), Some("set" | "set_global")))
        .filter_map(|tag| tag.name(1))
        .collect();
    for tag in &tags {
        // Where the value begins: in `{{ name … }}`, and in `{% set x = name … %}`.
        let first = match tag.keyword() {
            None => 0,
            Some("set" | "set_global") => 3,
            Some(_) => continue,
        };
        let Some(at) =
            (1..tag.tokens.len()).find(|at| tag.is_sign(at - 1, "|") && tag.name(*at) == Some("safe"))
        else {
            continue;
        };
        let is_html = match tag.name(first) {
            Some(name) => HTML_VALUES.contains(&name) || own.contains(name) || is_argument(&tags, name),
            // A text that the author has written.
            None => true,
        };
        if !is_html {
            let start = tag.tokens[at].0;
            let message =
                "`safe` leaves a value as it is that somebody has typed: it could be HTML or a script"
                    .to_owned();
            problems.push(
                source
                    .problem("safe_on_data", message, &(start..start + "safe".len()))
                    .hint("leave `| safe` out"),
            );
        }
    }
}

/// Whether a name is an argument of a component, whose value its callers choose.
fn is_argument(tags: &[Tag<'_>], name: &str) -> bool {
    let mut components = tags.iter().filter(|tag| tag.keyword() == Some("component"));
    components.any(|tag| (2..tag.tokens.len()).any(|at| tag.name(at) == Some(name)))
}
