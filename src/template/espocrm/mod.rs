//! Converts the mail templates of EspoCRM, which are Handlebars, to Tera.
//!
//! ```
//! use invite::template::{Part, import_espocrm};
//! let imported = import_espocrm("{{#if joinUrl}}<a href=\"{{joinUrl}}\">Join</a>{{/if}}", Part::Html);
//! assert_eq!(imported.text, "{% if join_url %}<a href=\"{{ join_url }}\">Join</a>{% endif %}");
//! assert!(imported.notes.is_empty());
//! ```
//!
//! The text between tags is kept to the last character. A tag without a counterpart in Tera stays in the file as a
//! comment `{# TODO … #}`. For every source, Tera can parse the result. `docs/import-espocrm.md` is written for those
//! who convert.
//!
//! This module reads the source itself, without a crate for Handlebars. Such crates stop at the first mistake, forget
//! comments and spaces, and do not know which characters a node of their tree was read from.

mod blocks;
mod converter;
mod expression;
mod frames;
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

use converter::Converter;
use lexer::{Lexer, Token};

pub use notes::{ImportNote, ImportSeverity};

/// A converted template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The template in Tera.
    pub text: String,
    /// Notes about the conversion, in the order of their places.
    pub notes: Vec<ImportNote>,
}

impl Imported {
    /// The notes about places that a person has to look at.
    pub fn needs_attention(&self) -> impl Iterator<Item = &ImportNote> {
        self.notes
            .iter()
            .filter(|note| note.severity == ImportSeverity::NeedsAttention)
    }
}

/// Converts a template of EspoCRM's to Tera. The conversion never fails: a tag that it cannot convert has a note.
///
/// The part decides how raw values are written (only HTML is escaped), and keeps a subject on one line.
#[must_use]
pub fn import_espocrm(source: &str, part: Part) -> Imported {
    let mut converter = Converter::new(part);
    for token in Lexer::new(source) {
        match token {
            Token::Text(text) => converter.text(text),
            Token::Tag(tag) => converter.tag(&tag),
        }
    }
    converter.close_all();
    let (text, notes) = converter.finish();
    Imported { text, notes }
}
