//! Style sheets and `style` attributes.

use std::ops::Range;

use super::finding::{Finding, listed};
use super::source::Source;
use super::support;

/// The declarations of a `style` attribute.
pub(super) fn declarations(source: &Source<'_>, range: &Range<usize>, findings: &mut Vec<Finding>) {
    let mut from = range.start;
    let mut before: Vec<String> = Vec::new();
    let pieces = pieces(&source.html[range.clone()], ';');
    let property = |piece: &str| piece.split(':').next().unwrap_or_default().trim().to_lowercase();
    let has_color = pieces.iter().any(|piece| property(piece) == "background-color");
    for piece in pieces {
        let name = property(piece);
        // Programs that drop this declaration show an earlier value, or the colour in place of a picture.
        let has_fallback = before.contains(&name)
            || (has_color && matches!(name.as_str(), "background" | "background-image"));
        if !has_fallback {
            declaration(source, from..from + piece.len(), findings);
        }
        before.push(name);
        from += piece.len() + 1;
    }
}

/// The rules of a style sheet. Rules in `@media` and similar blocks are not judged: they are meant for programs that
/// understand such a block.
pub(super) fn sheet(source: &Source<'_>, range: &Range<usize>, findings: &mut Vec<Finding>) {
    let text = &source.html[range.clone()];
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let skipped = rest.len() - rest.trim_start().len();
        if skipped > 0 {
            at += skipped;
            continue;
        }
        if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |n| n + 2);
            continue;
        }
        let end = rest.find(['{', ';']).unwrap_or(rest.len());
        if rest.starts_with('@') {
            if rest.starts_with("@import") {
                let range = range.start + at..range.start + at + "@import".len();
                dropped("@import", &range, findings);
            }
            at += match rest[end..].chars().next() {
                Some('{') => end + block(&rest[end..]),
                _ => end + 1,
            };
        } else if rest[end..].starts_with('{') {
            let length = block(&rest[end..]);
            let inside = end + 1..(end + length).saturating_sub(1).max(end + 1);
            let start = range.start + at;
            declarations(source, &(start + inside.start..start + inside.end), findings);
            at += end + length;
        } else {
            at += end + 1;
        }
    }
}

/// The length of a block with its braces.
fn block(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// The pieces of a text between separators. A separator in parentheses or quotes does not count.
fn pieces(text: &str, separator: char) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut depth, mut quote, mut from) = (0_usize, None, 0);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (None, c) if c == separator && depth == 0 => {
                found.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    found.push(&text[from..]);
    found
}

fn declaration(source: &Source<'_>, range: Range<usize>, findings: &mut Vec<Finding>) {
    let written = &source.html[range.clone()];
    let Some((property, value)) = written.split_once(':') else {
        return;
    };
    let start = range.start + property.len() - property.trim_start().len();
    let place = start..range.start + written.trim_end().len();
    let (property, value) = (property.trim().to_lowercase(), value.trim().to_lowercase());
    let whole = format!("{property}: {}", value.trim_end_matches("!important").trim());
    let in_value = support::STYLES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| name.ends_with("()"))
        .find(|name| calls(&value, &name[..name.len() - 1]));
    let is_usual = matches!(
        whole.as_str(),
        "position: static" | "float: none" | "visibility: visible" | "transform: none"
    );
    if is_usual {
        return;
    }
    let image = (property == "background" && value.contains("url(")).then_some("background-image");
    let name = [property.as_str(), whole.as_str()]
        .into_iter()
        .chain(in_value)
        .chain(image)
        .find(|name| support::STYLES.iter().any(|(known, _)| known == name));
    if let Some(name) = name {
        dropped(name, &place, findings);
    }
}

/// Whether a value calls a function, such as `calc(`.
fn calls(value: &str, function: &str) -> bool {
    value.match_indices(function).any(|(at, _)| {
        let before = value[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '-')
    })
}

fn dropped(name: &str, range: &Range<usize>, findings: &mut Vec<Finding>) {
    let Some((_, clients)) = support::STYLES.iter().find(|(known, _)| *known == name) else {
        return;
    };
    let verb = if clients.len() == 1 { "does" } else { "do" };
    let message = format!("{} {verb} not support `{name}`", listed(clients));
    findings.push(Finding::warning("css_dropped", range, message, instead(name)));
}

/// A property with the same effect in every mail program.
fn instead(name: &str) -> &'static str {
    match name {
        "position" | "float" | "inset" | "z-index" | "gap" | "column-count" => {
            "put things beside each other with a table"
        }
        _ if name.starts_with("display: ") => "put things beside each other with a table",
        "background-image" | "linear-gradient()" => {
            "give it a background-color as well, on which the text can be read"
        }
        "calc()" | "clamp()" | "min()" | "max()" => "write a number; max-width keeps it from being too wide",
        "var()" => "write the value itself; a Tera variable can hold it",
        "@import" => "write the rules into the page",
        _ => {
            "see that the mail reads well without it; what is only for some belongs into @media or @supports"
        }
    }
}
