//! Elements and attributes.

use std::collections::HashSet;
use std::ops::Range;

use html5gum::Tokenizer;
use html5gum::emitters::default::{DefaultEmitter, StartTag, Token};

use super::finding::{Finding, listed};
use super::source::Source;
use super::values::{Declared, address_of_value, raw_values};
use super::{css, support};

/// Elements that every mail program removes from a mail.
const TAKEN_OUT: &[&str] = &[
    "script", "iframe", "embed", "applet", "frame", "frameset", "canvas", "noscript", "math", "template",
];
/// Attributes that hold an address.
const ADDRESSES: &[&str] = &["href", "src", "background", "action", "poster", "background-url"];
/// The values that an expression in a style sheet may begin with: none of them is text that somebody typed.
const SAFE_IN_STYLE: &[&str] = &["organization.color", "organization.color_text"];
pub(super) fn look(source: &Source<'_>, is_mjml: bool, findings: &mut Vec<Finding>) {
    let declared = Declared::of(source);
    raw_values(source, &declared, findings);
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    // The open element whose content is not HTML.
    let mut raw: Option<&'static str> = None;
    for token in Tokenizer::new_with_emitter(source.html.as_str(), emitter).flatten() {
        match token {
            Token::StartTag(tag) => {
                raw = match tag.name.as_slice() {
                    b"script" => Some("script"),
                    b"style" => Some("style"),
                    _ => None,
                };
                element(source, &declared, &tag, is_mjml, findings);
            }
            Token::EndTag(_) => raw = None,
            Token::String(text) => {
                let range = text.span.start..text.span.end;
                match raw {
                    Some("script") => in_script(source, &range, findings),
                    Some(_) => {
                        in_style(source, &range, findings);
                        css::sheet(source, &range, findings);
                    }
                    None => {}
                }
            }
            Token::Comment(_) | Token::Doctype(_) | Token::Error(_) => {}
        }
    }
}

fn in_script(source: &Source<'_>, range: &Range<usize>, findings: &mut Vec<Finding>) {
    findings.extend(source.expression_in(range).map(|expression| {
        Finding::error(
            "expression_in_tag",
            expression,
            "a value in a script is not escaped for it",
            "leave the script out: mail programs do not run it",
        )
    }));
}

fn in_style(source: &Source<'_>, range: &Range<usize>, findings: &mut Vec<Finding>) {
    let expressions = source.expressions_in(range).iter();
    let unsafe_ones = expressions.filter(|expression| !SAFE_IN_STYLE.contains(&source.inside(expression)));
    findings.extend(unsafe_ones.map(|expression| {
        Finding::error(
            "expression_in_tag",
            expression,
            "a value in a style sheet is not escaped for it",
            "only organization.color and organization.color_text can stand there",
        )
    }));
}

fn element(
    source: &Source<'_>,
    declared: &Declared<'_>,
    tag: &StartTag<usize>,
    is_mjml: bool,
    findings: &mut Vec<Finding>,
) {
    let name = String::from_utf8_lossy(&tag.name);
    let span = tag.span.start..tag.span.end;
    let opening = span.start..span.start + 1 + name.len();
    // The ranges of the attributes' values. An expression outside of them is in the name of the tag or of an attribute.
    let mut values: Vec<Range<usize>> = Vec::new();
    let mut names: HashSet<String> = HashSet::new();
    for attribute in attributes(&source.html, opening.end..span.end) {
        if !attribute.value.is_empty() {
            attribute_value(source, declared, &attribute, findings);
            values.push(attribute.value);
        }
        names.insert(attribute.name);
    }
    let is_value = |expression: &&Range<usize>| {
        // The values are in the order of their places.
        let before = values.partition_point(|value| value.start <= expression.start);
        let value = before.checked_sub(1).and_then(|place| values.get(place));
        value.is_some_and(|value| expression.end <= value.end)
    };
    let outside = source
        .expressions_in(&span)
        .iter()
        .find(|expression| !is_value(expression));
    if let Some(expression) = outside {
        findings.push(Finding::error(
            "expression_in_tag",
            expression,
            "a value stands in a tag, outside of an attribute's quotes, where it is not escaped",
            "put it between the quotes of an attribute, or make a condition around the attribute",
        ));
        return;
    }
    if matches!(&*name, "img" | "mj-image") && !names.contains("alt") {
        findings.push(Finding::warning(
            "image_without_alt",
            &opening,
            "the picture has no words for those who do not see it",
            "add alt=\"…\"; alt=\"\" where it is only decoration",
        ));
    }
    if is_mjml {
        return;
    }
    if name == "html" && !names.contains("lang") {
        findings.push(Finding::warning(
            "lang_missing",
            &opening,
            "the page does not say its language, so screen readers read it in another",
            "write <html lang=\"{{ lang }}\" dir=\"{{ dir }}\">",
        ));
    }
    let clients = support::ELEMENTS.iter().find(|(element, _)| *element == name);
    let dropped = if TAKEN_OUT.contains(&&*name) {
        Some("every mail program takes".to_owned())
    } else {
        clients.map(|(_, clients)| match clients {
            [one] => format!("{one} takes"),
            several => format!("{} take", listed(several)),
        })
    };
    findings.extend(dropped.map(|who| {
        Finding::warning(
            "element_dropped",
            &opening,
            format!("{who} <{name}> out of mails"),
            "use text, pictures, links and tables",
        )
    }));
}

/// An attribute as it is written.
struct Attribute {
    name: String,
    /// The range of the value, without quotes. Empty: the attribute has no value.
    value: Range<usize>,
    is_quoted: bool,
}

/// The attributes of a tag, from the end of its name to its end. An attribute may occur several times, once for each
/// branch of a condition. HTML itself knows only the first, so this function does not use the tokenizer.
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

fn attribute_value(
    source: &Source<'_>,
    declared: &Declared<'_>,
    attribute: &Attribute,
    findings: &mut Vec<Finding>,
) {
    let (name, range) = (attribute.name.as_str(), &attribute.value);
    let expression = source.expression_in(range);
    if let Some(expression) = expression
        && !attribute.is_quoted
    {
        findings.push(Finding::error(
            "unquoted_attribute",
            expression,
            format!("the value of `{name}` has no quotes, so what is put there can add attributes"),
            format!("write {name}=\"…\""),
        ));
        return;
    }
    if let Some(expression) = expression
        && name.starts_with("on")
    {
        findings.push(Finding::error(
            "expression_in_tag",
            expression,
            format!("a value in `{name}` is not escaped for a script"),
            "leave the attribute out: mail programs take it out",
        ));
    }
    if name == "style" {
        css::declarations(source, range, findings);
    }
    if ADDRESSES.contains(&name) {
        // Tags that print nothing have become spaces by now.
        let is_empty = |range: Range<usize>| source.html[range].trim().is_empty();
        match expression {
            Some(expression) if is_empty(range.start..expression.start) => {
                address_of_value(source, declared, name, expression, findings);
            }
            _ => address(source, name, range, findings),
        }
    }
}

/// Checks an address that the author has written.
fn address(source: &Source<'_>, name: &str, range: &Range<usize>, findings: &mut Vec<Finding>) {
    // Browsers ignore spaces and control characters before a scheme, and line breaks within it.
    let plain: String = source.html[range.clone()]
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .collect::<String>()
        .to_lowercase();
    let begins = |schemes: &[&str]| schemes.iter().any(|scheme| plain.starts_with(scheme));
    if plain.is_empty() || begins(&["https:", "mailto:", "tel:", "sms:", "cid:", "#"]) {
        return;
    }
    const CODE: &str = "link_not_https";
    findings.push(if begins(&["javascript:", "vbscript:", "data:", "file:"]) {
        let scheme = plain.split(':').next().unwrap_or_default();
        Finding::error(
            CODE,
            range,
            format!("`{name}` has an address of the kind {scheme}:, which mail programs refuse"),
            "use an address that begins with https://",
        )
    } else if plain.starts_with("http:") {
        Finding::warning(
            CODE,
            range,
            "the link is not encrypted, and some mail programs warn of it",
            "write https://",
        )
    } else {
        Finding::warning(
            CODE,
            range,
            "the link leads nowhere from a mail: it has no https:// in front",
            "write the whole address",
        )
    });
}
