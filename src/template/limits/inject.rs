//! Bounds on what a template may spend.
//!
//! Tera has none, and a loop that prints nothing cannot be interrupted from outside. So each template is given checks of
//! its own before Tera sees it: a call of [`CHECK`], which prints nothing, at its start, in each block, in each turn of a
//! loop and at the start of each component, and one after each value that it sets. A check counts a step, looks at the
//! clock, and at the size of the value. What Tera then says about columns is put right by [`Checked::place`].

use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::template::authoring::conditions::{AS_IF, conditions};
use crate::template::render::filters::MAX_TEXT;
use crate::template::render::state::now;
use crate::template::tags::{Tag, Token, tags};

/// The function that the checks call. Templates cannot: `check::names` refuses it.
pub(in crate::template) const CHECK: &str = "__check";

/// The most elements that a value may have, those within it included.
const MAX_ELEMENTS: usize = 20_000;
/// Octets of literal text that count as one step more: a loop around a long text is as dear as a long loop.
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
    /// The tag that it follows: line, column and length.
    tag: (usize, usize, usize),
}

impl Checked {
    /// The line, the column and the length in the author's template, for a place in what Tera saw. An error of a check
    /// is one of the tag before it.
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

pub(in crate::template) fn register(tera: &mut Tera) {
    tera.register_function(CHECK, check);
}

fn check(kwargs: Kwargs, _: &State<'_>) -> TeraResult<Value> {
    let steps = kwargs.get::<u32>("steps")?.unwrap_or(1);
    now()?
        .step(steps)
        .map_err(|error| tera::Error::message(error.to_string()))?;
    if let Some(value) = kwargs.get::<Value>("value")? {
        let (mut elements, mut octets) = (0, 0);
        if !is_small(&value, &mut elements, &mut octets) {
            return Err(tera::Error::message(format!(
                "the value becomes larger than {} KiB or {MAX_ELEMENTS} elements",
                MAX_TEXT / 1024
            )));
        }
    }
    Ok(Value::safe_string(""))
}

/// Whether a value is within the bounds. It looks at no more of it than they allow.
fn is_small(value: &Value, elements: &mut usize, octets: &mut usize) -> bool {
    *elements += 1;
    *octets += value.as_str().map_or(0, str::len);
    if *elements > MAX_ELEMENTS || *octets > MAX_TEXT {
        return false;
    }
    if let Some(items) = value.as_array() {
        return items.iter().all(|item| is_small(item, elements, octets));
    }
    if let Some(map) = value.as_map() {
        return map.values().all(|item| is_small(item, elements, octets));
    }
    true
}

/// Puts the checks in.
pub(in crate::template) fn checked(template: &str) -> Checked {
    woven(None, template)
}

/// Puts nothing in.
#[cfg(feature = "unbounded")]
pub(in crate::template) fn unchecked(template: &str) -> Checked {
    insert(template, &[])
}

/// Puts the checks in, and a call around each condition, for a template of this name.
pub(in crate::template) fn traced(name: &str, template: &str) -> Checked {
    woven(Some(name), template)
}

fn woven(traced: Option<&str>, template: &str) -> Checked {
    let tags = tags(template);
    let extends = tags.first().is_some_and(|tag| tag.keyword() == Some("extends"));
    let mut places: Vec<Place<'_>> = Vec::new();
    if !extends {
        places.push(Place {
            at: 0,
            tag: None,
            text: format!("{{{{ {CHECK}() }}}}"),
        });
    }
    for (number, tag) in tags.iter().enumerate() {
        let call = match tag.keyword() {
            Some("for") => {
                let literal = tag_body(&tags, number, template);
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
            Some("endset" | "endset_global") => match opened(&tags, number) {
                Some(name) => format!("{CHECK}(value={name})"),
                None => continue,
            },
            _ => continue,
        };
        places.push(print(tag, &call));
    }
    if let Some(name) = traced {
        for (tag, start, end, id) in conditions(name, template, &tags) {
            let id = id.replace(['"', '\\'], "");
            let mut around = |at, text| {
                places.push(Place {
                    at,
                    tag: Some(tag),
                    text,
                })
            };
            around(start, format!("{AS_IF}(at=\"{id}\", is=("));
            around(end, ")) ".to_owned());
        }
        places.sort_by_key(|place| place.at);
    }
    insert(template, &places)
}

/// What is put in, and behind which tag.
struct Place<'a> {
    at: usize,
    tag: Option<&'a Tag<'a>>,
    text: String,
}

/// A call as a tag right behind another. It trims what the other would have trimmed.
fn print<'a>(tag: &'a Tag<'a>, call: &str) -> Place<'a> {
    Place {
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

fn insert(template: &str, places: &[Place<'_>]) -> Checked {
    let mut text = String::with_capacity(template.len() + places.len() * 24);
    let mut inserted = Vec::with_capacity(places.len());
    let mut from = 0;
    // Counted on, so that a long template with many tags is walked once.
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

/// Octets between a `for` and its end, those of inner loops included.
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

/// The arguments of a component, as its first tag names them: each before a colon, an equals sign, or alone.
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
