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

/// Converts a template of EspoCRM's to Tera. Nothing fails: what cannot be converted has a note.
///
/// The part decides what raw values become (only HTML is escaped) and makes a subject one line.
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
