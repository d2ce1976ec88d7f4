//! Access to the files of templates by the names that Tera has for them.

use crate::template::error::Origin;

/// Finds the file of a template by the name that Tera has for it.
pub(in crate::template) trait Sources {
    fn source(&self, template: &str) -> Option<(&Origin, &str)>;
    fn names(&self) -> Vec<&str>;
    /// The line, column and length in the author's template, for a line, column and length that Tera reports while
    /// rendering.
    fn place(&self, _template: &str, line: usize, column: usize, length: usize) -> (usize, usize, usize) {
        (line, column, length)
    }
}
