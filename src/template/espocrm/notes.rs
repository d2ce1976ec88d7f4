//! Notes about a conversion.

use super::lexer::{Place, Tag};

/// A note about one place of a converted template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportNote {
    /// Whether a person has to look at the place.
    pub severity: ImportSeverity,
    /// The line in the source, from 1.
    pub line: usize,
    /// The column in the source in characters, from 1.
    pub column: usize,
    /// The Handlebars text at the place, on one line. A long text is cut.
    pub source: String,
    /// The note, in a few words.
    pub message: String,
    /// A suggestion, as a whole sentence.
    pub hint: Option<String>,
}

/// Whether a person has to look at a place of a converted template.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImportSeverity {
    /// The tag was converted. Its output differs a little from EspoCRM's.
    Converted,
    /// The tag was not converted, or its meaning has changed.
    NeedsAttention,
}

/// A longer tag is cut to this many characters.
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

    /// Makes this tag the subject of the following notes.
    pub(super) fn about(&mut self, tag: &Tag<'_>) {
        self.place = tag.place;
        self.source = short(tag.source);
    }

    /// The tag that is the subject of notes, shortened, on one line.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    pub(super) fn add(&mut self, severity: ImportSeverity, message: impl Into<String>, hint: Option<String>) {
        let source = self.source.clone();
        self.push(self.place, source, severity, message.into(), hint);
    }

    /// Adds a note about an earlier tag.
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
        // The converter may find the same thing in several ways.
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

/// A tag on one line, cut to [`MAX_SOURCE`] characters.
fn short(source: &str) -> String {
    let mut text = source.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = text.char_indices().nth(MAX_SOURCE) {
        text.truncate(end);
        text.push('…');
    }
    text
}
