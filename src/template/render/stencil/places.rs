//! The places in a page where a reader's own values may stand.
//!
//! A page that is sent as it was printed may have values anywhere. A page whose style sheets were written into its
//! elements was parsed and written again, and a value in it would be parsed and written again too. In such a page,
//! values may stand only where that changes nothing.

use super::super::body::Rewriting;
use super::slots::{SLOTS, marks};
use crate::mail::first_mark;

/// Elements whose text is not escaped when a page is written.
const RAW: [&str; 8] = [
    "style",
    "script",
    "xmp",
    "iframe",
    "noembed",
    "noframes",
    "plaintext",
    "noscript",
];

/// Whether replacing the marks by values gives the same page as rendering with the values.
pub(super) fn can_be_filled(html: &str, rewriting: Rewriting) -> bool {
    let Rewriting::Done { asks_for_links } = rewriting else {
        return true;
    };
    marks_of(html).iter().all(|mark| {
        let is_link = SLOTS[mark.slot].is_link;
        match mark.place {
            Place::Text => is_link || is_apart(&html[..mark.at]),
            Place::Attribute("href") => is_link && !asks_for_links,
            // A comment could end behind the link.
            Place::Comment => {
                let behind = &html[mark.at + SLOTS[mark.slot].mark.len()..];
                is_link && behind.starts_with(['"', '\''])
            }
            Place::Attribute(_) | Place::Elsewhere => false,
        }
    })
}

/// Whether the text before a place cannot be read together with the value, as `&` and `lt;` would be.
fn is_apart(before: &str) -> bool {
    let begins = before.rfind(|c: char| c.is_whitespace() || c == '>');
    let word = &before[begins.map_or(0, |at| at + 1)..];
    !word.contains("&amp;") && !word.contains("&lt;")
}

#[derive(Debug, PartialEq, Eq)]
struct Mark<'h> {
    /// The slot's index in [`SLOTS`].
    slot: usize,
    at: usize,
    place: Place<'h>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place<'h> {
    Text,
    /// In the value of the attribute with this name.
    Attribute(&'h str),
    Comment,
    Elsewhere,
}

/// The marks of a page, each with its place.
fn marks_of(html: &str) -> Vec<Mark<'_>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < html.len() {
        let rest = &html[at..];
        let text_end = rest.find('<').unwrap_or(rest.len());
        find_marks(&rest[..text_end], at, &mut found, |_| Place::Text);
        at += text_end;
        let rest = &html[at..];
        if rest.starts_with("<!--") {
            let end = rest.find("-->").map_or(rest.len(), |end| end + 3);
            find_marks(&rest[..end], at, &mut found, |_| Place::Comment);
            at += end;
        } else if !rest.is_empty() {
            let tag = &rest[..tag_length(rest)];
            find_marks(tag, at, &mut found, |mark| attribute_at(tag, mark));
            at += tag.len();
            let name = tag[1..].split(|c: char| !c.is_ascii_alphanumeric()).next();
            if let Some(raw) = RAW
                .iter()
                .find(|raw| name.is_some_and(|name| name.eq_ignore_ascii_case(raw)))
            {
                let rest = &html[at..];
                let end = rest.find(&format!("</{raw}")).unwrap_or(rest.len());
                find_marks(&rest[..end], at, &mut found, |_| Place::Elsewhere);
                at += end;
            }
        }
    }
    found
}

fn find_marks<'h>(
    text: &'h str,
    begin: usize,
    found: &mut Vec<Mark<'h>>,
    place: impl Fn(usize) -> Place<'h>,
) {
    let marks = marks();
    let mut at = 0;
    while let Some((next, slot)) = first_mark(&text[at..], &marks) {
        found.push(Mark {
            slot,
            at: begin + at + next,
            place: place(at + next),
        });
        at += next + marks[slot].len();
    }
}

/// The length of the tag at the beginning of a text.
fn tag_length(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return at + 1,
            (None, '"' | '\'') => quote = Some(c),
            (Some(begin), end) if begin == end => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// The attribute whose value contains a place of a tag.
fn attribute_at(tag: &str, place: usize) -> Place<'_> {
    let mut open = None;
    for (at, c) in tag[..place].char_indices() {
        match (open, c) {
            (None, '"' | '\'') => open = Some((at, c)),
            (Some((_, begin)), end) if begin == end => open = None,
            _ => {}
        }
    }
    let Some((quote, _)) = open else {
        return Place::Elsewhere;
    };
    let before = tag[..quote].trim_end().strip_suffix('=');
    let name = before.and_then(|before| before.trim_end().rsplit(char::is_whitespace).next());
    name.map_or(Place::Elsewhere, Place::Attribute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(html: &str) -> Vec<(usize, String)> {
        let [name, accept, ..] = marks();
        let html = html.replace('§', name).replace('¤', accept);
        marks_of(&html)
            .iter()
            .map(|mark| (mark.slot, format!("{:?}", mark.place)))
            .collect()
    }

    #[test]
    fn the_place_of_each_mark_is_known() {
        for (html, expected) in [
            ("<p>§</p>", "Text"),
            ("a < b > §", "Text"),
            ("<p title=\"§\">x</p>", "Attribute(\"title\")"),
            ("<p title=\"a > b\" alt=\"x §\">", "Attribute(\"alt\")"),
            ("<p title='§'>", "Attribute(\"title\")"),
            ("<p §>", "Elsewhere"),
            ("<§>", "Elsewhere"),
            ("<!-- > § -->", "Comment"),
            ("<style>p {} /* > § */</style>", "Elsewhere"),
            ("<style>p {}</style><p>§</p>", "Text"),
            ("<noscript><p>§</p></noscript>", "Elsewhere"),
        ] {
            assert_eq!(places(html), [(0, expected.to_owned())], "{html}");
        }
        let both = places("<a href=\"¤&amp;x\">§</a>");
        assert_eq!(
            both,
            [(1, "Attribute(\"href\")".to_owned()), (0, "Text".to_owned())]
        );
    }

    #[test]
    fn a_rewritten_page_takes_values_where_nothing_can_happen_to_them() {
        let can = |html: &str, rewriting| {
            let [name, accept, ..] = marks();
            can_be_filled(&html.replace('§', name).replace('¤', accept), rewriting)
        };
        let done = Rewriting::Done {
            asks_for_links: false,
        };
        let asking = Rewriting::Done { asks_for_links: true };
        for (html, expected) in [
            ("<p>§</p>", true),
            ("<p>Tom &amp; §</p>", true),
            ("<p>&amp;§</p>", false),
            ("<p>&lt;§</p>", false),
            ("<p title=\"§\">x</p>", false),
            ("<a href=\"¤\">x</a>", true),
            ("<img src=\"¤\">", false),
            ("<a style=\"color: ¤\">", false),
            ("<!--[if mso]><v:rect href=\"¤\"><![endif]-->", true),
            ("<!-- ¤-->", false),
            ("<!-- §\" -->", false),
        ] {
            assert_eq!(can(html, done), expected, "{html}");
            assert!(can(html, Rewriting::None), "{html}");
        }
        assert!(!can("<a href=\"¤\">x</a>", asking));
        assert!(can("<p>¤ §</p>", asking));
    }
}
