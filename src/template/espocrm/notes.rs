//! What is said about a conversion.

use super::lexer::{Place, Tag};

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

/// A tag is shown up to here.
const MAX_SOURCE: usize = 120;

/// The notes, and the tag that is being converted.
#[derive(Debug)]
pub(super) struct Notes {
    pub(super) list: Vec<ImportNote>,
    place: Place,
    source: String,
}

impl Notes {
    pub(super) fn new() -> Self {
        Self {
            list: Vec::new(),
            place: Place { line: 1, column: 1 },
            source: String::new(),
        }
    }

    /// From now on notes are about this tag.
    pub(super) fn about(&mut self, tag: &Tag<'_>) {
        self.place = tag.place;
        self.source = short(tag.source);
    }

    /// The tag that notes are about, shortened, on one line.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    pub(super) fn add(&mut self, severity: ImportSeverity, message: impl Into<String>, hint: Option<String>) {
        let source = self.source.clone();
        self.push(self.place, source, severity, message.into(), hint);
    }

    /// A note about a tag that came before.
    pub(super) fn add_at(&mut self, place: Place, source: String, severity: ImportSeverity, message: String) {
        self.push(place, source, severity, message, None);
    }

    fn push(
        &mut self,
        place: Place,
        source: String,
        severity: ImportSeverity,
        message: String,
        hint: Option<String>,
    ) {
        let note = ImportNote {
            severity,
            line: place.line,
            column: place.column,
            source,
            message,
            hint,
        };
        // The same thing may be found in several ways.
        if self.list.last() != Some(&note) {
            self.list.push(note);
        }
    }

    /// The notes in the order of their places.
    pub(super) fn into_list(self) -> Vec<ImportNote> {
        let mut list = self.list;
        list.sort_by_key(|note| (note.line, note.column));
        list
    }
}

/// A tag on one line and not too long.
fn short(source: &str) -> String {
    let mut text = source.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = text.char_indices().nth(MAX_SOURCE) {
        text.truncate(end);
        text.push('…');
    }
    text
}
