//! The conversion of each tag.

use std::collections::HashMap;

use crate::template::Part;

use super::frames::Frame;
use super::lexer::{Tag, TagKind};
use super::notes::ImportSeverity::{Converted, NeedsAttention};
use super::notes::{ImportNote, Notes};
use super::scopes::Scopes;
use super::values::Values;
use super::writer::{Trims, Writer};

/// The converted text so far, and the open blocks.
#[derive(Debug)]
pub(super) struct Converter<'a> {
    pub(super) part: Part,
    pub(super) writer: Writer,
    pub(super) notes: Notes,
    pub(super) scopes: Scopes<'a>,
    /// The open blocks.
    pub(super) frames: Vec<Frame<'a>>,
    /// How many blocks are open in the written text.
    pub(super) levels: usize,
    /// How many blocks of each name are open. With these counts a stray `{{/x}}` is recognized without a search.
    pub(super) open_names: HashMap<&'a str, usize>,
    /// Whether a loop over one of EspoCRM's lists of people was written.
    pub(super) is_list_used: bool,
    /// The variable printed by the last tag.
    pub(super) last_printed: Option<String>,
    /// The end of the last braces that nothing closes. Several such braces in a row are one mistake.
    unclosed_until: Option<usize>,
}

impl<'a> Converter<'a> {
    /// A converter that has written nothing yet.
    pub(super) fn new(part: Part) -> Self {
        Self {
            part,
            writer: Writer::new(part),
            notes: Notes::new(),
            scopes: Scopes::default(),
            frames: Vec::new(),
            levels: 0,
            open_names: HashMap::new(),
            is_list_used: false,
            last_printed: None,
            unclosed_until: None,
        }
    }

    /// The converted template, and the notes.
    pub(super) fn finish(self) -> (String, Vec<ImportNote>) {
        (self.writer.finish(), self.notes.into_list())
    }

    pub(super) fn values(&mut self) -> Values<'_, 'a> {
        Values {
            scopes: &mut self.scopes,
            notes: &mut self.notes,
        }
    }

    pub(super) fn text(&mut self, text: &str) {
        self.writer.text(text);
    }

    pub(super) fn tag(&mut self, tag: &Tag<'a>) {
        self.notes.about(tag);
        let trims = Trims {
            left: tag.trim_left,
            right: tag.trim_right,
        };
        match tag.kind {
            TagKind::Print { inside, is_raw } => return self.print_or_directive(inside, is_raw, trims),
            TagKind::Open { inside, is_inverse } => self.open(inside, is_inverse, tag.place, trims),
            TagKind::Else(inside) => self.otherwise(inside, tag.place, trims),
            TagKind::Close(name) => self.close(name, trims),
            TagKind::Comment(text) => self.writer.comment(text, trims),
            TagKind::Raw { body } => {
                let message = "what stands between these tags is printed as it is";
                self.notes.add(Converted, message, None);
                self.text(body);
            }
            TagKind::Partial => self.unsupported("EspoCRM has no partials for mails", trims),
            TagKind::Decorator => self.unsupported("there are no decorators here", trims),
            TagKind::PartialBlock(inside) => {
                let message = "EspoCRM has no partials for mails; what stands in the block is printed";
                self.notes.add(NeedsAttention, message, None);
                self.skip(inside, tag.place, trims);
            }
            TagKind::DecoratorBlock(inside) => {
                let message = "there are no decorators here; what stands in the block is not printed";
                self.notes.add(NeedsAttention, message, None);
                self.hide(inside, tag.place, trims);
            }
            TagKind::Unclosed => {
                if self.unclosed_until != Some(tag.offset) {
                    let message = "no `}}` follows, so that the braces are text";
                    self.notes.add(NeedsAttention, message, None);
                }
                self.unclosed_until = Some(tag.offset + tag.source.len());
                self.text(tag.source);
                return;
            }
        }
        self.last_printed = None;
    }

    /// EspoCRM repeats or omits an HTML element that has a tag in an attribute.
    fn print_or_directive(&mut self, inside: &'a str, is_raw: bool, trims: Trims) {
        let before = self.writer.pending().trim_end_matches(['"', '\'']);
        for (attribute, statement) in [("x-if=", "if"), ("iterate=", "for")] {
            if self.part == Part::Html && self.writer.is_in_html_tag() && before.ends_with(attribute) {
                self.notes.add(
                    NeedsAttention,
                    format!("the attribute `{attribute}` works in EspoCRM only"),
                    Some(format!(
                        "Put `{{% {statement} … %}}` before the element and `{{% end{statement} %}}` behind it."
                    )),
                );
                self.leave_to_do(trims);
                self.last_printed = None;
                return;
            }
        }
        self.print(inside, is_raw, trims);
    }

    pub(super) fn unsupported(&mut self, message: &str, trims: Trims) {
        self.notes.add(NeedsAttention, message, None);
        self.leave_to_do(trims);
    }

    /// Leaves the tag in the file as a comment, for a person to convert.
    pub(super) fn leave_to_do(&mut self, trims: Trims) {
        let text = format!("TODO {}", self.notes.source());
        self.writer.comment(&text, trims);
        self.last_printed = None;
    }
}
