//! The slots of templates: their variables, their marks, and the values that they accept.

use std::borrow::Cow;

use crate::mail::Slot;
use crate::meeting::one_line;

use super::{AnswerLinks, InvitationContext};

/// The longest name that a slot accepts, in octets.
const LONGEST_NAME: usize = 200;
/// The longest link that a slot accepts, in octets.
const LONGEST_LINK: usize = 1_000;
/// The longest value in HTML, in octets. Escaping turns one octet into at most 6.
pub(super) const LONGEST: usize = 6 * LONGEST_LINK;

/// A slot of templates.
#[derive(Debug)]
pub(super) struct TemplateSlot {
    /// The slot's name is the name of the variable.
    pub(super) slot: Slot,
    /// The text in the slot while the mail is rendered: a name of private-use characters, or a link to a domain that
    /// nobody can have. Templates have no reason to print either.
    pub(super) mark: &'static str,
    pub(super) is_link: bool,
    value: fn(&AnswerLinks) -> &str,
}

/// All slots of templates.
pub(super) static SLOTS: [TemplateSlot; 4] = [
    TemplateSlot {
        slot: Slot::INVITEE_NAME,
        mark: "\u{f0c3}\u{e2a7}\u{f5d1}\u{e9b4}",
        is_link: false,
        value: |_| "",
    },
    TemplateSlot {
        slot: Slot::ACCEPT_LINK,
        mark: "https://f0c3e2a7f5d1e9b4.invalid/accept",
        is_link: true,
        value: |links| &links.accept,
    },
    TemplateSlot {
        slot: Slot::TENTATIVE_LINK,
        mark: "https://f0c3e2a7f5d1e9b4.invalid/tentative",
        is_link: true,
        value: |links| &links.tentative,
    },
    TemplateSlot {
        slot: Slot::DECLINE_LINK,
        mark: "https://f0c3e2a7f5d1e9b4.invalid/decline",
        is_link: true,
        value: |links| &links.decline,
    },
];

/// The marks, in the order of [`SLOTS`].
pub(super) fn marks() -> [&'static str; 4] {
    SLOTS.each_ref().map(|slot| slot.mark)
}

/// The slot of a variable.
pub(super) fn slot_of(variable: &str) -> Option<&'static TemplateSlot> {
    SLOTS.iter().find(|slot| slot.slot.as_str() == variable)
}

/// A name and links that stand for those of all readers.
pub(super) struct Readers {
    pub(super) name: String,
    pub(super) links: AnswerLinks,
}

impl Readers {
    pub(super) fn marked() -> Self {
        let [name, accept, tentative, decline] = marks().map(str::to_owned);
        Self {
            name,
            links: AnswerLinks {
                accept,
                tentative,
                decline,
            },
        }
    }
}

impl TemplateSlot {
    /// A reader's value. `None`: the reader has no value for this slot.
    pub(super) fn value_of<'c>(&self, context: &InvitationContext<'c>) -> Option<Cow<'c, str>> {
        match context.answer_links {
            _ if !self.is_link => Some(Cow::Owned(context.invitee.display_name())),
            links => links.map(|links| Cow::Borrowed((self.value)(links))),
        }
    }

    /// Whether the slot accepts a value: every step of rendering must leave the value unchanged, apart from escaping
    /// it.
    pub(super) fn takes(&self, value: &str) -> bool {
        if marks().iter().any(|mark| value.contains(mark)) {
            return false;
        }
        if self.is_link {
            return value.len() <= LONGEST_LINK
                && value.starts_with("https://")
                // mrml doubles a backslash in an attribute.
                && value.bytes().all(|octet| octet.is_ascii_graphic() && octet != b'\\');
        }
        let is_still = |c: char| !c.is_whitespace() || c == ' ';
        !value.is_empty()
            && value.len() <= LONGEST_NAME
            && value.trim() == value
            && !value.contains("  ")
            && value.chars().all(is_still)
            && one_line(value) == value
    }
}
