//! The slots of templates: which variables they are, what marks them, and which values they take.

use std::borrow::Cow;

use crate::mail::Slot;
use crate::meeting::one_line;

use super::{AnswerLinks, InvitationContext};

/// The longest name that is put in, in octets.
const LONGEST_NAME: usize = 200;
/// The longest link that is put in, in octets.
const LONGEST_LINK: usize = 1_000;
/// The most octets that a value can be in HTML, where one can become six.
pub(super) const LONGEST: usize = 6 * LONGEST_LINK;

/// A slot of templates.
#[derive(Debug)]
pub(super) struct TemplateSlot {
    /// Its name is that of the variable.
    pub(super) slot: Slot,
    /// What stands in its place while the mail is rendered: a name of the characters for private use, a link to a domain
    /// that nobody can have. Templates have no reason to print either.
    pub(super) mark: &'static str,
    pub(super) is_link: bool,
    value: fn(&AnswerLinks) -> &str,
}

/// All of them.
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

/// The name and the links that stand for those of all readers.
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
    /// A reader's value; `None` where this reader has none.
    pub(super) fn value_of<'c>(&self, context: &InvitationContext<'c>) -> Option<Cow<'c, str>> {
        match context.answer_links {
            _ if !self.is_link => Some(Cow::Owned(context.invitee.display_name())),
            links => links.map(|links| Cow::Borrowed((self.value)(links))),
        }
    }

    /// Whether this value can be put in: one that every step of rendering leaves as it is, but for escaping it.
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
