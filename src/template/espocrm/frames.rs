//! The blocks that are open.

use super::lexer::Place;

/// How a block ends in what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    If,
    For,
    /// An HTML element.
    Element(&'static str),
    /// Nothing was opened.
    Comment,
}

/// A block that is open.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) name: &'a str,
    pub(super) place: Place,
    pub(super) source: String,
    pub(super) end: End,
    /// Whether names are looked for elsewhere within it.
    pub(super) has_scope: bool,
    pub(super) has_else: bool,
    /// Opened by `{{else x}}`: ends with the block before it.
    pub(super) is_chained: bool,
    /// `{{else}}` has no effect: all of it is hidden.
    pub(super) is_mute: bool,
    pub(super) branches: usize,
    /// Whether a block within this one hides the branches that are too many.
    pub(super) is_overfull: bool,
}
