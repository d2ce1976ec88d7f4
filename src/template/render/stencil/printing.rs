//! Checks whether a template only prints a reader's own values, unchanged.

use std::ops::Range;

use super::slots::slot_of;
use crate::template::language::locale::Locale;
use crate::template::tags::{Tag, Token, tags};

/// The variable with all that is known of the reader.
const READER: &str = "invitee";

/// Whether every tag of a template prints the slots unchanged, asks whether they are there, or does not use them.
pub(super) fn only_prints_slots(text: &str, locale: &Locale) -> bool {
    tags(text).iter().all(|tag| is_plain(tag, locale))
}

fn is_plain(tag: &Tag<'_>, locale: &Locale) -> bool {
    let names = || {
        tag.tokens.iter().filter_map(|(_, token)| match token {
            Token::Name(name) => Some(*name),
            _ => None,
        })
    };
    if names().any(|name| name == READER || name.starts_with("__")) {
        return false;
    }
    let has_slots = names().any(|name| slot_of(name).is_some());
    if tag.is_statement() {
        // Other statements may change their content before it is printed.
        return match tag.keyword() {
            Some("set" | "set_global") => tag.is_sign(2, "=") && !has_slots,
            Some("extends" | "include") => tag.tokens.iter().all(|(_, token)| !is_variable(token)),
            Some("if" | "elif") => !has_slots || asks_for_presence(tag),
            Some("else" | "endif" | "for" | "endfor" | "block" | "endblock" | "break" | "continue") => {
                !has_slots
            }
            _ => false,
        };
    }
    if names().any(|name| name == "super") {
        return tag.tokens.len() == 3;
    }
    !has_slots || tag.tokens.len() == 1 || call_prints_slots(tag, locale)
}

/// Whether a token of `include` or `extends` is a variable: no word of the statement, no text, and no sign of a list.
fn is_variable(token: &Token<'_>) -> bool {
    match token {
        Token::Name(name) => !matches!(*name, "extends" | "include" | "ignore" | "missing"),
        Token::Text(_) => false,
        Token::Sign(sign) => !matches!(*sign, "[" | "]" | ","),
        Token::Number => true,
    }
}

/// Whether a condition only asks whether slots are there, which is the same for all readers:
/// `{% if accept_link and not location %}`.
fn asks_for_presence(tag: &Tag<'_>) -> bool {
    let is_word = |at: usize, words: &[&str]| tag.name(at).is_some_and(|name| words.contains(&name));
    let is_slot = |at: usize| tag.name(at).and_then(slot_of).is_some();
    let stands_alone = |at: usize| {
        let begins = at == 1 || is_word(at - 1, &["and", "or", "not"]);
        let ends = at + 1 == tag.tokens.len() || is_word(at + 1, &["and", "or"]);
        begins && ends
    };
    // In parentheses, the slot could be compared with a value.
    let has_parentheses = (0..tag.tokens.len()).any(|at| tag.is_sign(at, "("));
    !has_parentheses && (1..tag.tokens.len()).all(|at| !is_slot(at) || stands_alone(at))
}

/// Whether a tag is only the call of a function that prints its slots unchanged.
fn call_prints_slots(tag: &Tag<'_>, locale: &Locale) -> bool {
    let Some(arguments) = arguments(tag) else {
        return false;
    };
    let slots_of = |range: &Range<usize>| range.clone().filter_map(|at| tag.name(at).and_then(slot_of));
    let slots_alone = |range: &Range<usize>| range.len() == 1 || slots_of(range).next().is_none();
    if !arguments.iter().all(|(_, range)| slots_alone(range)) {
        return false;
    }
    match tag.name(0) {
        Some("label") => {
            let is_plain_key = |range: &Range<usize>| match tag.token(range.start) {
                Some(Token::Text(key)) if range.len() == 1 => locale.phrases.prints_plainly(key),
                _ => false,
            };
            let has_key = arguments
                .iter()
                .any(|(name, range)| *name == "key" && is_plain_key(range));
            has_key && arguments.iter().all(|(name, _)| *name != "lang")
        }
        Some("join_button") => arguments.iter().all(|(name, range)| {
            slots_of(range).all(|slot| match *name {
                "url" => slot.is_link,
                "text" => true,
                _ => false,
            })
        }),
        _ => false,
    }
}

/// The arguments of a tag that is only a call, `{{ function(name=value, …) }}`: the name of each, and the tokens of its
/// value.
fn arguments<'a>(tag: &Tag<'a>) -> Option<Vec<(&'a str, Range<usize>)>> {
    let last = tag.tokens.len().checked_sub(1)?;
    if !tag.is_sign(1, "(") || !tag.is_sign(last, ")") {
        return None;
    }
    let mut arguments = Vec::new();
    let mut at = 2;
    while at < last {
        let name = tag.name(at).filter(|_| tag.is_sign(at + 1, "="))?;
        let begin = at + 2;
        let mut depth = 0_usize;
        at = begin;
        while at < last && !(depth == 0 && tag.is_sign(at, ",")) {
            match tag.token(at) {
                Some(Token::Sign("(" | "[" | "{")) => depth += 1,
                // The call ends before the end of the tag.
                Some(Token::Sign(")" | "]" | "}")) => depth = depth.checked_sub(1)?,
                _ => {}
            }
            at += 1;
        }
        if depth > 0 {
            return None;
        }
        arguments.push((name, begin..at));
        at += 1;
    }
    Some(arguments)
}
