//! JSON values that know their place in the text.
//!
//! A value is stored as the slice of the text that it was read from. The slice's distance from the beginning of the
//! text is the value's place, so that no place needs to be stored.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::error::Finding;

/// The longest part of a line that is shown, in characters.
const EXCERPT: usize = 72;

/// The distance, in octets, between two stored counts of characters.
const STRIDE: usize = 1024;

/// A text, with the beginnings of its lines, and with the count of characters before each stride. A file can be a
/// single very long line in which many places are looked up.
pub(super) struct Document<'a> {
    text: &'a str,
    line_starts: Vec<usize>,
    characters: Vec<usize>,
}

impl<'a> Document<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        let mut count = 0;
        let strides = text.as_bytes().chunks(STRIDE).map(|stride| {
            count += characters_in(stride);
            count
        });
        Self {
            text,
            line_starts: std::iter::once(0).chain(breaks).collect(),
            characters: std::iter::once(0).chain(strides).collect(),
        }
    }

    /// The text as one value.
    pub(super) fn parse(&self) -> Result<Json<'a>, Finding> {
        // A byte order mark is no part of JSON, but some editors write one.
        let text = self.text.strip_prefix('\u{feff}').unwrap_or(self.text);
        serde_json::from_str::<&RawValue>(text)
            .map(|raw| Json(raw.get()))
            .map_err(|error| self.not_json(text, &error))
    }

    /// Line and column, in characters and from 1, of a slice of the text.
    pub(super) fn place(&self, part: &str) -> (usize, usize) {
        let offset = (part.as_ptr().addr()).saturating_sub(self.text.as_ptr().addr());
        self.position(offset)
    }

    fn position(&self, offset: usize) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        // A byte order mark is not visible, so it is not counted.
        let unseen = usize::from(start == 0 && offset > 0 && self.text.starts_with('\u{feff}'));
        let column = self.characters_before(offset) - self.characters_before(start) - unseen + 1;
        (line, column)
    }

    fn characters_before(&self, offset: usize) -> usize {
        let stride = offset / STRIDE;
        let whole = self.characters.get(stride).copied().unwrap_or(0);
        let rest = self.text.as_bytes().get(stride * STRIDE..offset);
        whole + rest.map_or(0, characters_in)
    }

    fn not_json(&self, text: &str, error: &serde_json::Error) -> Finding {
        let marked = self.text.len() - text.len();
        let line_start = match error.line() {
            0 | 1 => marked,
            line => self.line_starts.get(line - 1).copied().unwrap_or(self.text.len()),
        };
        let line_text = self.text[line_start..].lines().next().unwrap_or_default();
        // serde_json counts octets, and includes the octet with the error.
        let within = error.column().saturating_sub(1).min(line_text.len());
        let within = (0..=within)
            .rev()
            .find(|at| line_text.is_char_boundary(*at))
            .unwrap_or(0);
        let (line, column) = self.position(line_start + within);
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        Finding {
            path: String::new(),
            line,
            column,
            what: "this is not JSON".to_owned(),
            why: message.to_owned(),
            excerpt: Some(excerpt(line_text, line_text[..within].chars().count())),
        }
    }
}

/// How many characters begin in these octets of UTF-8.
fn characters_in(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .filter(|byte| **byte & 0b1100_0000 != 0b1000_0000)
        .count()
}

/// A part of a line around a character, and a mark below that character.
fn excerpt(line: &str, at: usize) -> String {
    let first = at.saturating_sub(EXCERPT / 2);
    let shown: String = line
        .chars()
        .skip(first)
        .take(EXCERPT)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    format!("  | {shown}\n  | {:>width$}", "^", width = at - first + 1)
}

/// A JSON value: a slice of the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json<'a>(&'a str);

/// A member of an object: its name, and its value.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) value: Json<'a>,
}

impl<'a> Member<'a> {
    /// The place of the member: of its name, or of its value if the name contains escapes.
    pub(super) fn slice(&self) -> &'a str {
        match self.name {
            Cow::Borrowed(name) => name,
            Cow::Owned(_) => self.value.0,
        }
    }
}

impl<'a> Json<'a> {
    /// The slice of the text.
    pub(super) fn slice(self) -> &'a str {
        self.0
    }

    /// The kind of the value, in words.
    pub(super) fn kind(self) -> &'static str {
        match self.0.as_bytes().first() {
            Some(b'{') => "an object",
            Some(b'[') => "a list",
            Some(b'"') => "text",
            Some(b't' | b'f') => "true or false",
            Some(b'n') => "null",
            _ => "a number",
        }
    }

    pub(super) fn is_null(self) -> bool {
        self.0 == "null"
    }

    pub(super) fn is_text(self) -> bool {
        self.0.starts_with('"')
    }

    /// The members of an object in their order, with members of the same name. The error is the reason why a name is no
    /// text.
    pub(super) fn members(self) -> Result<Vec<Member<'a>>, String> {
        parse(self.0).map(|Members(members)| members)
    }

    /// The items of a list.
    pub(super) fn items(self) -> Result<Vec<Json<'a>>, String> {
        let raw: Vec<&'a RawValue> = parse(self.0)?;
        Ok(raw.into_iter().map(|raw| Json(raw.get())).collect())
    }

    /// The text of a string. The error is the reason why its escapes are wrong.
    pub(super) fn text(self) -> Result<String, String> {
        parse(self.0)
    }

    /// The value of `true` or `false`.
    pub(super) fn flag(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        message.split(" at line ").next().unwrap_or_default().to_owned()
    })
}

struct Members<'a>(Vec<Member<'a>>);

#[derive(Deserialize)]
#[serde(transparent)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), raw)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    members.push(Member {
                        name,
                        value: Json(raw.get()),
                    });
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_know_their_places() {
        let text = "\u{feff}{\n  \"ä\": [1, \"x\"],\n  \"\\u00e4\": null\n}";
        let document = Document::new(text);
        let members = document.parse().unwrap().members().unwrap();
        let names: Vec<_> = members.iter().map(|member| member.name.as_ref()).collect();
        assert_eq!(names, ["ä", "ä"]);
        // The name's text begins one character after the quote.
        assert_eq!(document.place(members[0].slice()), (2, 4));
        let items = members[0].value.items().unwrap();
        assert_eq!(document.place(items[1].slice()), (2, 12));
        assert_eq!(document.place(members[1].slice()), (3, 13));
        assert_eq!(document.place(Document::new(text).text), (1, 1));
    }

    #[test]
    fn places_are_right_in_every_part_of_a_long_text() {
        let text = "ä€😀x\n\"".repeat(700) + &"ü€".repeat(2_000);
        let document = Document::new(&text);
        for (offset, _) in text.char_indices() {
            let before = &text[..offset];
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            let expected = (
                before.matches('\n').count() + 1,
                before[line_start..].chars().count() + 1,
            );
            assert_eq!(document.place(&text[offset..]), expected, "{offset}");
        }
    }

    #[test]
    fn what_is_not_json_is_shown() {
        let text = "{\n\t\"id\": \"ä\" \"name\"\n}";
        let finding = Document::new(text).parse().unwrap_err();
        assert_eq!((finding.line, finding.column), (2, 12));
        assert_eq!(finding.why, "expected `,` or `}`");
        assert_eq!(
            finding.excerpt.as_deref(),
            Some("  |  \"id\": \"ä\" \"name\"\n  |            ^")
        );
        for (text, place) in [
            ("", (1, 1)),
            ("{", (1, 1)),
            ("\u{feff}x", (1, 1)),
            ("[\n1,\n", (3, 1)),
            ("[1] x", (1, 5)),
        ] {
            let finding = Document::new(text).parse().unwrap_err();
            assert_eq!((finding.line, finding.column), place, "{text:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("[{}x{}]", "1,".repeat(500), "2".repeat(500));
        let finding = Document::new(&text).parse().unwrap_err();
        assert_eq!(finding.column, 1002);
        let excerpt = finding.excerpt.unwrap();
        let lines: Vec<_> = excerpt.lines().collect();
        assert_eq!(lines[0].chars().count(), 4 + EXCERPT);
        assert_eq!(lines[0].find('x'), lines[1].find('^'));
    }
}
