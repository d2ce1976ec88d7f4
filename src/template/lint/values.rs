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

/// A name that is set through more other names than this counts as text that somebody typed.
const LONGEST_WAY: usize = 8;

/// The names that a template declares.
pub(super) struct Declared<'a> {
    /// Names that `set` declares.
    set: HashSet<&'a str>,
    /// The names among them that are an address wherever they are set.
    addresses: HashSet<&'a str>,
    /// Arguments of components. Their values come from the callers of the component.
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
        // A name set to an address is an address, and so is a name set to such a name.
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

    /// Whether the value that begins at a token is an address: a variable that holds an address, a text that begins
    /// like an address, or a name that the template itself sets to an address.
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

/// Checks an address that begins with a value. Only values that are known to be addresses are safe to follow.
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

/// Finds `| safe` behind a value that a person has typed.
pub(super) fn raw_values(source: &Source<'_>, declared: &Declared<'_>, findings: &mut Vec<Finding>) {
    for tag in &source.tags {
        // The token at which the value begins: in `{{ name … }}`, and in `{% set x = name … %}`.
        let first = match tag.keyword() {
            None => 0,
            Some("set" | "set_global") => 3,
            Some(_) => continue,
        };
        let is_safe = |at: &usize| tag.is_sign(at - 1, "|") && tag.name(*at) == Some("safe");
        let Some(at) = (1..tag.tokens.len()).find(is_safe) else {
            continue;
        };
        // A literal text has no name. The author wrote it, so it is allowed.
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
