//! Blocks: the open ones, `{{else}}`, and closing tags.

use super::converter::Converter;
use super::expression::{first_word, parse};
use super::frames::{End, Frame};
use super::lexer::Place;
use super::notes::ImportSeverity::NeedsAttention;
use super::openings::Opening;
use super::scopes::Missing;
use super::writer::Trims;

/// Tera allows 40 levels of nesting, and the file itself is the first. The last level is kept for hiding deeper blocks.
pub(super) const MAX_LEVELS: usize = 38;
const LAST_LEVEL: usize = MAX_LEVELS + 1;
/// In Tera each `{% elif %}` is one call deeper, and Tera has no limit for it.
const MAX_BRANCHES: usize = 50;

impl<'a> Converter<'a> {
    /// `{{#x}}`, `{{^x}}`
    pub(super) fn open(&mut self, inside: &'a str, is_inverse: bool, place: Place, trims: Trims) {
        let call = match parse(inside) {
            Ok(call) => call,
            Err(reason) => {
                self.notes.add(NeedsAttention, reason, None);
                return self.hide(inside, place, trims);
            }
        };
        if self.levels >= MAX_LEVELS {
            return self.too_deep(inside, place, trims);
        }
        let opening = self.opening(&call, is_inverse);
        self.push(first_word(inside), opening, place, trims, false);
    }

    /// Opens a block and hides all of its content.
    pub(super) fn hide(&mut self, inside: &'a str, place: Place, trims: Trims) {
        if self.levels >= MAX_LEVELS {
            return self.too_deep(inside, place, trims);
        }
        self.push(first_word(inside), Opening::hidden(), place, trims, false);
    }

    /// Opens a block and prints all of its content.
    pub(super) fn skip(&mut self, inside: &'a str, place: Place, trims: Trims) {
        let opening = Opening {
            end: End::Comment,
            ..Opening::hidden()
        };
        self.push(first_word(inside), opening, place, trims, false);
    }

    fn too_deep(&mut self, inside: &'a str, place: Place, trims: Trims) {
        let is_first = self.levels == MAX_LEVELS;
        self.notes.add(
            NeedsAttention,
            format!("blocks are nested more than {MAX_LEVELS} deep; what stands in them is not printed"),
            None,
        );
        let opening = Opening {
            end: if is_first { End::If } else { End::Comment },
            ..Opening::hidden()
        };
        self.push(first_word(inside), opening, place, trims, false);
        if let Some(frame) = self.frames.last_mut() {
            frame.is_mute = true;
        }
    }

    fn push(&mut self, name: &'a str, opening: Opening<'a>, place: Place, trims: Trims, is_chained: bool) {
        let left = trims.before();
        let right = trims.behind();
        let has_comment = opening.needs_attention;
        match opening.end {
            End::If | End::For => {
                self.levels += 1;
                let trims = if has_comment { left } else { trims };
                self.writer.statement(&opening.code, trims);
                if has_comment {
                    self.leave_to_do(right);
                }
            }
            End::Element(_) => {
                if trims.left {
                    self.writer.comment("", left);
                }
                self.writer.text(&opening.code);
                if trims.right {
                    self.writer.comment("", right);
                }
            }
            End::Comment => self.leave_to_do(trims),
        }
        let has_scope = opening.scope.is_some();
        if let Some(scope) = opening.scope {
            self.scopes.push(scope, opening.end == End::For, opening.params);
        }
        if !is_chained {
            *self.open_names.entry(name).or_default() += 1;
        }
        self.frames.push(Frame {
            name,
            place,
            source: self.notes.source().to_owned(),
            end: opening.end,
            has_scope,
            has_else: false,
            is_chained,
            is_mute: false,
            branches: 1,
            is_overfull: false,
        });
    }

    /// `{{else}}`, `{{else if x}}`
    pub(super) fn otherwise(&mut self, inside: &'a str, place: Place, trims: Trims) {
        let Some(frame) = self.frames.last() else {
            return self.unsupported("this `else` stands outside of a block", trims);
        };
        if frame.is_mute || frame.is_overfull {
            return self.leave_to_do(trims);
        }
        let (end, has_else, branches) = (frame.end, frame.has_else, frame.branches);
        if !matches!(end, End::If | End::For) {
            return self.unsupported("the block has no `else` here", trims);
        }
        if has_else {
            return self.unsupported("the block has an `else` already", trims);
        }
        // Behind `else`, names are looked up where the block itself stands.
        self.drop_scope();
        if inside.is_empty() {
            self.writer.statement("else", trims);
            return self.mark_else();
        }
        let call = match parse(inside) {
            Ok(call) => call,
            Err(reason) => {
                self.values().missing(Missing::new(reason));
                return self.overfull(trims);
            }
        };
        if branches >= MAX_BRANCHES {
            let message = format!(
                "a block has more than {MAX_BRANCHES} branches; what stands in the others is not printed"
            );
            self.notes.add(NeedsAttention, message, None);
            return self.overfull(trims);
        }
        let opening = self.opening(&call, false);
        match (end, opening.end) {
            (End::If, End::If) => self.branch(opening, trims),
            (_, End::If | End::For) if self.levels < MAX_LEVELS => {
                self.writer.statement("else", trims.before());
                self.mark_else();
                let trims = trims.behind();
                self.push(first_word(inside), opening, place, trims, true);
            }
            _ => {
                let message = "what follows on `else` cannot be converted here; it is not printed";
                self.notes.add(NeedsAttention, message, None);
                self.overfull(trims);
            }
        }
    }

    fn branch(&mut self, opening: Opening<'a>, trims: Trims) {
        let Some(condition) = opening.code.strip_prefix("if ") else {
            return;
        };
        let code = format!("elif {condition}");
        if opening.needs_attention {
            self.writer.statement(&code, trims.before());
            self.leave_to_do(trims.behind());
        } else {
            self.writer.statement(&code, trims);
        }
        let has_scope = opening.scope.is_some();
        if let Some(scope) = opening.scope {
            self.scopes.push(scope, false, opening.params);
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.branches += 1;
            frame.has_scope = has_scope;
        }
    }

    /// Hides the rest of a block.
    fn overfull(&mut self, trims: Trims) {
        let is_hidden = self.levels < LAST_LEVEL;
        if is_hidden {
            self.levels += 1;
            let left = trims.before();
            self.writer.statement("if false", left);
        }
        self.leave_to_do(Trims {
            left: trims.left && !is_hidden,
            right: trims.right,
        });
        if let Some(frame) = self.frames.last_mut() {
            frame.is_overfull = is_hidden;
            frame.is_mute = true;
        }
    }

    fn mark_else(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            frame.has_else = true;
        }
    }

    fn drop_scope(&mut self) {
        if let Some(frame) = self.frames.last_mut()
            && std::mem::take(&mut frame.has_scope)
        {
            self.scopes.pop();
        }
    }

    /// `{{/x}}`
    pub(super) fn close(&mut self, name: &'a str, trims: Trims) {
        let name = first_word(name);
        if self.open_names.get(name).is_none_or(|open| *open == 0) {
            let message = format!("no block `{name}` is open here");
            return self.unsupported(&message, trims);
        }
        // The spaces before the first written tag, and those behind the last.
        let mut left = trims.left;
        loop {
            let Some(frame) = self.frames.last() else {
                return;
            };
            let is_it = !frame.is_chained && frame.name == name;
            if !is_it && !frame.is_chained {
                self.unclosed();
            }
            let trims = Trims {
                left: std::mem::take(&mut left),
                right: trims.right && is_it,
            };
            self.pop(trims);
            if is_it {
                return;
            }
        }
    }

    /// Closes all blocks that the source leaves open.
    pub(super) fn close_all(&mut self) {
        while let Some(frame) = self.frames.last() {
            if !frame.is_chained {
                self.unclosed();
            }
            self.pop(Trims::default());
        }
    }

    fn unclosed(&mut self) {
        let Some(frame) = self.frames.last() else { return };
        let message = format!("the block is never closed by `{{{{/{}}}}}`", frame.name);
        let (place, source) = (frame.place, frame.source.clone());
        self.notes.add_at(place, source, NeedsAttention, message);
    }

    fn pop(&mut self, trims: Trims) {
        self.drop_scope();
        let Some(frame) = self.frames.pop() else { return };
        if !frame.is_chained
            && let Some(open) = self.open_names.get_mut(frame.name)
        {
            *open = open.saturating_sub(1);
        }
        let left = trims.before();
        let mut rest = trims;
        if frame.is_overfull {
            self.levels = self.levels.saturating_sub(1);
            self.writer.statement("endif", left);
            rest.left = false;
        }
        match frame.end {
            End::If | End::For => {
                self.levels = self.levels.saturating_sub(1);
                let code = if frame.end == End::If { "endif" } else { "endfor" };
                self.writer.statement(code, rest);
            }
            End::Element(name) => {
                if rest.left {
                    self.writer.comment("", left);
                }
                self.writer.text(&format!("</{name}>"));
                if rest.right {
                    let right = Trims {
                        left: false,
                        right: true,
                    };
                    self.writer.comment("", right);
                }
            }
            End::Comment => {
                let name = frame.name;
                self.writer.comment(&format!("TODO {{{{/{name}}}}}"), rest);
            }
        }
    }
}
