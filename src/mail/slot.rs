//! Slots: the places for each reader's own values in messages that are otherwise the same.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a slot. Slots of a template have the names of its variables.
///
/// The list of names is open: a program also fills slots of a stored form that it has no constant for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slot(Cow<'static, str>);

impl Slot {
    /// The reader's name.
    pub const INVITEE_NAME: Self = Self::named("invitee_name");
    /// The reader's own link by which to accept.
    pub const ACCEPT_LINK: Self = Self::named("accept_link");
    /// The reader's own link by which to accept tentatively.
    pub const TENTATIVE_LINK: Self = Self::named("tentative_link");
    /// The reader's own link by which to decline.
    pub const DECLINE_LINK: Self = Self::named("decline_link");
    /// The reader's own ATTENDEE in the calendar object, as whole lines.
    pub const ATTENDEE: Self = Self::named("attendee");

    /// A slot of this name.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value of a slot in one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SlotValue {
    /// The same text in every part.
    Same(String),
    /// Another text in the HTML part.
    Escaped {
        /// The text in the subject and in the text part.
        text: String,
        /// The text in the HTML part.
        html: String,
    },
}

impl SlotValue {
    /// A value, and its form in HTML.
    #[must_use]
    pub fn new(text: String, html: String) -> Self {
        if text == html {
            Self::Same(text)
        } else {
            Self::Escaped { text, html }
        }
    }

    /// The value in the subject and in the text part.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Same(text) | Self::Escaped { text, .. } => text,
        }
    }

    /// The value in the HTML part.
    #[must_use]
    pub fn html(&self) -> &str {
        match self {
            Self::Same(html) | Self::Escaped { html, .. } => html,
        }
    }
}

/// One reader's own values.
pub type SlotValues = BTreeMap<Slot, SlotValue>;

/// A text that is cut at its slots.
#[derive(Debug, Clone)]
pub(crate) struct SlottedText {
    /// The text before, between and behind the slots: one piece more than there are slots.
    around: Vec<String>,
    /// The slots in their order, each by its index in the list of marks.
    slots: Vec<usize>,
}

impl SlottedText {
    /// Cuts a text at its marks. No mark may be empty or contained in another.
    pub(crate) fn new(text: &str, marks: &[&str]) -> Self {
        let (mut around, mut slots) = (Vec::new(), Vec::new());
        let mut rest = text;
        while let Some((at, slot)) = first_mark(rest, marks) {
            around.push(rest[..at].to_owned());
            slots.push(slot);
            rest = &rest[at + marks[slot].len()..];
        }
        around.push(rest.to_owned());
        Self { around, slots }
    }

    /// The pieces of text around the slots.
    pub(crate) fn around(&self) -> &[String] {
        &self.around
    }

    /// The slots, each by its index in the list of marks.
    pub(crate) fn slots(&self) -> &[usize] {
        &self.slots
    }

    /// The text with a value in each slot. The values are in the order of the marks.
    pub(crate) fn fill(&self, values: &[&str]) -> String {
        let mut text = self.around[0].clone();
        for (slot, behind) in self.slots.iter().zip(&self.around[1..]) {
            text.push_str(values[*slot]);
            text.push_str(behind);
        }
        text
    }
}

/// The place of the first mark in a text, and the index of this mark.
pub(crate) fn first_mark(text: &str, marks: &[&str]) -> Option<(usize, usize)> {
    let places = marks.iter().enumerate();
    places
        .filter_map(|(slot, mark)| Some((text.find(mark)?, slot)))
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_at_every_mark() {
        let text = SlottedText::new("§ and ¤, § ", &["§", "¤", "¶"]);
        assert_eq!(text.slots(), [0, 1, 0]);
        assert_eq!(text.fill(&["Ana", "", "x"]), "Ana and , Ana ");
        assert_eq!(SlottedText::new("", &["§"]).fill(&["Ana"]), "");
    }

    #[test]
    fn a_value_is_stored_twice_only_where_html_differs() {
        let value = |text: &str, html: &str| {
            let value = SlotValue::new(text.to_owned(), html.to_owned());
            let json = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<SlotValue>(&json).unwrap(), value);
            json
        };
        assert_eq!(value("Ana", "Ana"), r#""Ana""#);
        assert_eq!(
            value("A & B", "A &amp; B"),
            r#"{"text":"A & B","html":"A &amp; B"}"#
        );
    }
}
