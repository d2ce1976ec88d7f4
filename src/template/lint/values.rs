//! Values: which of them are addresses, and which are HTML.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::finding::Finding;
use super::source::Source;
use crate::template::tags::{Tag, Token};

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

/// A name that is set by way of more others than this is taken for one that somebody has typed.
const LONGEST_WAY: usize = 8;

/// The names that a template declares.
pub(super) struct Declared<'a> {
    /// By `set`.
    set: HashSet<&'a str>,
    /// Those of them that are addresses wherever they are set.
    addresses: HashSet<&'a str>,
    /// As arguments of components, whose values their callers choose.
    arguments: HashSet<&'a str>,
}

impl<'a> Declared<'a> {
    pub(super) fn of(source: &Source<'a>) -> Self {
        let mut sets: HashMap<&'a str, Vec<&Tag<'a>>> = HashMap::new();
        let mut arguments = HashSet::new();
        for tag in &source.tags {
            match tag.keyword() {
                Some("set" | "set_global") => {
                    if let Some(name) = tag.name(1) {
                        sets.entry(name).or_default().push(tag);
                    }
                }
                Some("component") => arguments.extend((2..tag.tokens.len()).filter_map(|at| tag.name(at))),
                _ => {}
            }
        }
        let mut declared = Self {
            set: sets.keys().copied().collect(),
            addresses: HashSet::new(),
            arguments,
        };
        // What is set to an address is one, and what is set to that.
        for _ in 0..LONGEST_WAY {
            let is_one = |tags: &Vec<&Tag<'a>>| tags.iter().all(|tag| declared.is_address(tag, 3));
            let addresses = sets.iter().filter(|(_, tags)| is_one(tags));
            let addresses: HashSet<&'a str> = addresses.map(|(name, _)| *name).collect();
            if addresses == declared.addresses {
                break;
            }
            declared.addresses = addresses;
        }
        declared
    }

    /// Whether the value that begins at a token is an address: one of the variables that are, a text that begins as one,
    /// or a name that the template itself gives to such.
    fn is_address(&self, tag: &Tag<'_>, at: usize) -> bool {
        match tag.token(at) {
            Some(Token::Text(text)) => ["https://", "mailto:", "tel:", "cid:", "#"]
                .iter()
                .any(|scheme| text.starts_with(scheme)),
            Some(Token::Name(first)) => {
                let mut path = first.to_owned();
                let mut next = at + 1;
                while (tag.is_sign(next, ".") || tag.is_sign(next, "?."))
                    && let Some(field) = tag.name(next + 1)
                {
                    path = format!("{path}.{field}");
                    next += 2;
                }
                ADDRESS_VALUES.contains(&path.as_str())
                    || self.arguments.contains(first)
                    || self.addresses.contains(first)
            }
            _ => false,
        }
    }
}

/// An address that begins with a value: only those that are known to be addresses can be followed.
pub(super) fn address_of_value(
    source: &Source<'_>,
    declared: &Declared<'_>,
    name: &str,
    expression: &Range<usize>,
    findings: &mut Vec<Finding>,
) {
    let Some(tag) = source.tag_at(expression.start) else {
        return;
    };
    if !declared.is_address(tag, 0) {
        findings.push(Finding::error(
            "link_from_text",
            expression,
            format!(
                "`{}` is no address: what somebody has typed must not decide where `{name}` leads",
                source.inside(expression)
            ),
            format!(
                "begin with https://… or with one of {}",
                ADDRESS_VALUES.join(", ")
            ),
        ));
    }
}

/// `| safe` behind something that a person has typed.
pub(super) fn raw_values(source: &Source<'_>, declared: &Declared<'_>, findings: &mut Vec<Finding>) {
    for tag in &source.tags {
        // Where the value begins: in `{{ name … }}`, and in `{% set x = name … %}`.
        let first = match tag.keyword() {
            None => 0,
            Some("set" | "set_global") => 3,
            Some(_) => continue,
        };
        let is_safe = |at: &usize| tag.is_sign(at - 1, "|") && tag.name(*at) == Some("safe");
        let Some(at) = (1..tag.tokens.len()).find(is_safe) else {
            continue;
        };
        // A text, which has no name, was written by the author.
        let is_typed = tag.name(first).is_some_and(|name| {
            !(HTML_VALUES.contains(&name) || declared.set.contains(name) || declared.arguments.contains(name))
        });
        if is_typed {
            let start = tag.tokens[at].0;
            findings.push(Finding::error(
                "safe_on_data",
                &(start..start + "safe".len()),
                "`safe` leaves a value as it is that somebody has typed: it could be HTML or a script",
                "leave `| safe` out",
            ));
        }
    }
}
