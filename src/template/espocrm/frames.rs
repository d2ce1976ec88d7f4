//! The open blocks.

use super::lexer::Place;

/// How a block ends in the written text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    If,
    For,
    /// An HTML element.
    Element(&'static str),
    /// The block opened nothing in the written text.
    Comment,
}

/// An open block.
#[derive(Debug)]
pub(super) struct Frame<'a> {
    pub(super) name: &'a str,
    pub(super) place: Place,
    pub(super) source: String,
    pub(super) end: End,
    /// Whether names within the block are looked up in another place.
    pub(super) has_scope: bool,
    pub(super) has_else: bool,
    /// Opened by `{{else x}}`. The block ends together with the block before it.
    pub(super) is_chained: bool,
    /// `{{else}}` has no effect in this block: all of the block is hidden.
    pub(super) is_mute: bool,
    pub(super) branches: usize,
    /// Whether a block within this block hides the branches that are too many.
    pub(super) is_overfull: bool,
}
