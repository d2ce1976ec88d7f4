//! A template's source as HTML: Tera's tags are made invisible, octet for octet.

use std::ops::Range;

use crate::template::tags::{Tag, tags};

/// A template as HTML.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) tags: Vec<Tag<'a>>,
    /// The text with an `x` for each octet of an expression, and a space for each octet of other tags and of comments.
    pub(super) html: String,
    /// The ranges of the expressions (`{{ … }}`), in their order.
    expressions: Vec<Range<usize>>,
}

impl<'a> Source<'a> {
    pub(super) fn new(text: &'a str) -> Self {
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

    /// The expressions that overlap a range.
    pub(super) fn expressions_in(&self, range: &Range<usize>) -> &[Range<usize>] {
        let first = self.expressions.partition_point(|one| one.end <= range.start);
        let behind = self.expressions.partition_point(|one| one.start < range.end);
        self.expressions.get(first..behind).unwrap_or_default()
    }

    pub(super) fn expression_in(&self, range: &Range<usize>) -> Option<&Range<usize>> {
        self.expressions_in(range).first()
    }

    /// The content of an expression, as the author wrote it.
    pub(super) fn inside(&self, expression: &Range<usize>) -> &'a str {
        self.text[expression.clone()].trim_matches(['{', '}', '-', ' '])
    }

    /// The tag that begins at an offset.
    pub(super) fn tag_at(&self, start: usize) -> Option<&Tag<'a>> {
        let place = self.tags.binary_search_by_key(&start, |tag| tag.start).ok()?;
        self.tags.get(place)
    }
}

/// Replaces everything but line ends by spaces.
fn blank(html: &mut [u8]) {
    for octet in html.iter_mut().filter(|octet| **octet != b'\n') {
        *octet = b' ';
    }
}

/// Replaces Tera's comments between two tags by spaces.
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
