//! Puts checks into a template before Tera sees it.
//!
//! A check is a call of [`CHECK`], which prints nothing: at the start of a template, in each block, in each turn of a
//! loop and at the start of each component, and one after each value that it sets. A check counts a step, looks at the
//! clock, and at the size of the value. The checks shift the columns in Tera's messages; [`Checked::place`] corrects
//! them.

use crate::template::tags::{Tag, Token, tags};

/// The function that the checks call. Templates cannot call it: `check::names` refuses the name.
pub(in crate::template) const CHECK: &str = "__check";

/// Octets of literal text that count as one more step. A loop around a long text takes as long as a long loop.
const TEXT_PER_STEP: usize = 4096;

/// A template with checks in it.
#[derive(Debug)]
pub(in crate::template) struct Checked {
    pub(in crate::template) text: String,
    inserted: Vec<Inserted>,
}

/// One check. Lines and columns count from 1.
#[derive(Debug)]
struct Inserted {
    line: usize,
    column: usize,
    width: usize,
    /// The tag before the check: line, column and length.
    tag: (usize, usize, usize),
}

impl Checked {
    /// The line, column and length in the author's template, for a place in the text that Tera read. The error of a
    /// check has the place of the tag before the check.
    pub(in crate::template) fn place(
        &self,
        line: usize,
        column: usize,
        length: usize,
    ) -> (usize, usize, usize) {
        let before = self
            .inserted
            .iter()
            .filter(|check| check.line == line && check.column <= column);
        let mut shift = 0;
        for check in before {
            if column < check.column + check.width {
                return check.tag;
            }
            shift += check.width;
        }
        (line, column - shift, length)
    }
}

/// Adds the checks.
pub(in crate::template) fn checked(template: &str) -> Checked {
    checked_with(template, &tags(template), Vec::new())
}

/// The template without checks.
#[cfg(feature = "unbounded")]
pub(in crate::template) fn unchecked(template: &str) -> Checked {
    insert(template, &[])
}

/// Adds the checks and other calls. The tags must be those of the template.
pub(in crate::template) fn checked_with<'a>(
    template: &str,
    tags: &'a [Tag<'a>],
    others: Vec<Insertion<'a>>,
) -> Checked {
    let extends = tags.first().is_some_and(|tag| tag.keyword() == Some("extends"));
    let mut places: Vec<Insertion<'_>> = Vec::new();
    if !extends {
        places.push(Insertion {
            at: 0,
            tag: None,
            text: format!("{{{{ {CHECK}() }}}}"),
        });
    }
    for (number, tag) in tags.iter().enumerate() {
        let call = match tag.keyword() {
            Some("for") => {
                let literal = tag_body(tags, number, template);
                format!("{CHECK}(steps={})", 1 + literal / TEXT_PER_STEP)
            }
            Some("block") => format!("{CHECK}()"),
            Some("component") => {
                places.extend(arguments(tag).map(|name| print(tag, &format!("{CHECK}(value={name})"))));
                format!("{CHECK}()")
            }
            Some("set" | "set_global") if tag.is_sign(2, "=") => match tag.name(1) {
                Some(name) => format!("{CHECK}(value={name})"),
                None => continue,
            },
            Some("endset" | "endset_global") => match opened(tags, number) {
                Some(name) => format!("{CHECK}(value={name})"),
                None => continue,
            },
            _ => continue,
        };
        places.push(print(tag, &call));
    }
    places.extend(others);
    places.sort_by_key(|place| place.at);
    insert(template, &places)
}

/// A text to insert, its place, and the tag before it.
pub(in crate::template) struct Insertion<'a> {
    pub(in crate::template) at: usize,
    pub(in crate::template) tag: Option<&'a Tag<'a>>,
    pub(in crate::template) text: String,
}

/// A call as a tag right behind another tag. The call trims the spaces that the other tag would have trimmed.
fn print<'a>(tag: &'a Tag<'a>, call: &str) -> Insertion<'a> {
    Insertion {
        at: tag.end,
        tag: Some(tag),
        text: if tag.trims_after {
            format!("{{{{- {call} -}}}}")
        } else {
            format!("{{{{ {call} }}}}")
        },
    }
}

/// The column of an offset.
fn column_of(text: &str, offset: usize) -> usize {
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    before[line_start..].chars().count() + 1
}

fn insert(template: &str, places: &[Insertion<'_>]) -> Checked {
    let mut text = String::with_capacity(template.len() + places.len() * 24);
    let mut inserted = Vec::with_capacity(places.len());
    let mut from = 0;
    // Counts on from place to place, so that a long template with many tags is walked only once.
    let (mut line, mut column) = (1, 1);
    for place in places {
        let between = &template[from..place.at];
        text.push_str(between);
        from = place.at;
        match between.rfind('\n') {
            Some(last) => {
                line += between.matches('\n').count();
                column = between[last + 1..].chars().count() + 1;
            }
            None => column += between.chars().count(),
        }
        let width = place.text.chars().count();
        let tag = match place.tag {
            Some(tag) => {
                let written = &template[tag.start..tag.end];
                let lines = written.matches('\n').count();
                (
                    line - lines,
                    column_of(template, tag.start),
                    written.lines().next().map_or(1, |first| first.chars().count()),
                )
            }
            None => (1, 1, 1),
        };
        inserted.push(Inserted {
            line,
            column,
            width,
            tag,
        });
        text.push_str(&place.text);
        column += width;
    }
    text.push_str(&template[from..]);
    Checked { text, inserted }
}

/// How many octets stand between a `for` and its end, with those of inner loops.
fn tag_body(tags: &[Tag<'_>], number: usize, template: &str) -> usize {
    let mut depth = 0_usize;
    for tag in &tags[number..] {
        match tag.keyword() {
            Some("for") => depth += 1,
            Some("endfor") => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return tag.start - tags[number].end;
        }
    }
    template.len()
}

/// The name that a `{% set name %}…{% endset %}` sets.
fn opened<'a>(tags: &[Tag<'a>], end: usize) -> Option<&'a str> {
    let mut depth = 0_usize;
    for tag in tags[..end].iter().rev() {
        match tag.keyword() {
            Some("endset" | "endset_global") => depth += 1,
            Some("set" | "set_global") if !tag.is_sign(2, "=") => {
                if depth == 0 {
                    return tag.name(1);
                }
                depth -= 1;
            }
            _ => {}
        }
    }
    None
}

/// The arguments of a component, as its first tag names them. Each stands before a colon or an equals sign, or alone.
fn arguments<'a>(tag: &Tag<'a>) -> impl Iterator<Item = &'a str> {
    let is_start = |at: usize| tag.is_sign(at, "(") || tag.is_sign(at, ",");
    let names = (1..tag.tokens.len())
        .filter(move |at| is_start(at - 1))
        .filter_map(|at| match tag.token(at) {
            Some(Token::Name(name)) => Some(name),
            _ => None,
        });
    names.collect::<Vec<_>>().into_iter()
}
