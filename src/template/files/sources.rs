//! What knows the files of templates by the names that Tera has for them.

use crate::template::error::Origin;

/// Finds the file of a template by the name that Tera has for it.
pub(in crate::template) trait Sources {
    fn source(&self, template: &str) -> Option<(&Origin, &str)>;
    fn names(&self) -> Vec<&str>;
    /// The line, the column and the length in the author's template, for those that Tera tells while it renders.
    fn place(&self, _template: &str, line: usize, column: usize, length: usize) -> (usize, usize, usize) {
        (line, column, length)
    }
}
