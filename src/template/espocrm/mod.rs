//! Converts the mail templates of EspoCRM, which are Handlebars, to Tera.
//!
//! ```
//! use invite::template::{Part, import_espocrm};
//! let imported = import_espocrm("{{#if joinUrl}}<a href=\"{{joinUrl}}\">Join</a>{{/if}}", Part::Html);
//! assert_eq!(imported.text, "{% if join_url %}<a href=\"{{ join_url }}\">Join</a>{% endif %}");
//! assert!(imported.notes.is_empty());
//! ```
//!
//! The text between tags is kept to the last character, and what has no counterpart stays in the file as a
//! comment `{# TODO … #}`. Whatever comes in, Tera can parse what comes out. `docs/import-espocrm.md` is
//! written for those who convert.
//!
//! The source is read by code of this module and not by a crate for Handlebars: such crates stop at the first
//! mistake, forget comments and spaces, and do not know from which characters a node of their tree was read.

mod blocks;
mod expression;
mod lexer;
mod notes;
mod openings;
mod placeholders;
mod print;
#[cfg(test)]
mod properties;
mod scopes;
#[cfg(test)]
mod tests;
mod values;
mod writer;

use crate::template::Part;

use blocks::Frame;
use lexer::{Lexer, Tag, TagKind, Token};
use notes::Notes;
use scopes::Scopes;
use values::Values;
use writer::{Trims, Writer};

use ImportSeverity::{Converted, NeedsAttention};

/// A converted template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The template in Tera.
    pub text: String,
    /// What is to be known about it, in the order of the places.
    pub notes: Vec<ImportNote>,
}

impl Imported {
    /// The notes about what someone has to look at.
    pub fn needs_attention(&self) -> impl Iterator<Item = &ImportNote> {
        self.notes
            .iter()
            .filter(|note| note.severity == ImportSeverity::NeedsAttention)
    }
}

/// Something to be known about one place of a converted template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportNote {
    /// Whether someone has to look at it.
    pub severity: ImportSeverity,
    /// The line in the source, from 1.
    pub line: usize,
    /// The column in the source in characters, from 1.
    pub column: usize,
    /// What stands there in Handlebars, on one line; cut where it is long.
    pub source: String,
    /// What is to be known, in a few words.
    pub message: String,
    /// What may help, a whole sentence.
    pub hint: Option<String>,
}

/// Whether someone has to look at a place of a converted template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImportSeverity {
    /// It was converted, and prints something that differs a little from what EspoCRM printed.
    Converted,
    /// It was not converted, or not to the same meaning.
    NeedsAttention,
}

/// Converts a template of EspoCRM's to Tera. Nothing fails: what cannot be converted has a note.
///
/// The part decides what raw values become (only HTML is escaped) and makes a subject one line.
#[must_use]
pub fn import_espocrm(source: &str, part: Part) -> Imported {
    let mut converter = Converter {
        part,
        writer: Writer::new(part),
        notes: Notes::new(),
        scopes: Scopes::default(),
        frames: Vec::new(),
        levels: 0,
        open_names: std::collections::HashMap::new(),
        is_list_used: false,
        last_printed: None,
        unclosed_until: None,
    };
    for token in Lexer::new(source) {
        match token {
            Token::Text(text) => converter.text(text),
            Token::Tag(tag) => converter.tag(&tag),
        }
    }
    converter.close_all();
    Imported {
        text: converter.writer.finish(),
        notes: converter.notes.into_list(),
    }
}

#[derive(Debug)]
struct Converter<'a> {
    part: Part,
    writer: Writer,
    notes: Notes,
    scopes: Scopes<'a>,
    /// The blocks that are open.
    frames: Vec<Frame<'a>>,
    /// How many blocks are open in what is written.
    levels: usize,
    /// How many blocks of each name are open: a stray `{{/x}}` is told without a search.
    open_names: std::collections::HashMap<&'a str, usize>,
    /// Whether a loop over one of EspoCRM's lists of people was written.
    is_list_used: bool,
    /// The variable printed by the last tag.
    last_printed: Option<String>,
    /// Where the last braces that nothing closes end: a row of them is one mistake.
    unclosed_until: Option<usize>,
}

impl<'a> Converter<'a> {
    fn values(&mut self) -> Values<'_, 'a> {
        Values {
            scopes: &mut self.scopes,
            notes: &mut self.notes,
        }
    }

    fn text(&mut self, text: &str) {
        self.writer.text(text);
    }

    fn tag(&mut self, tag: &Tag<'a>) {
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

    /// EspoCRM repeats or leaves out an HTML element by an attribute with a tag in it.
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

    fn unsupported(&mut self, message: &str, trims: Trims) {
        self.notes.add(NeedsAttention, message, None);
        self.leave_to_do(trims);
    }

    /// Leaves the tag in the file, for a person to deal with.
    fn leave_to_do(&mut self, trims: Trims) {
        let text = format!("TODO {}", self.notes.source());
        self.writer.comment(&text, trims);
        self.last_printed = None;
    }
}
