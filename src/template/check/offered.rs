//! The names that templates can use: filters, functions, tests and statements. Messages offer the nearest of them.

use crate::template::error::nearest;

/// The names of all filters.
pub(in crate::template) const FILTERS: &[&str] = &[
    "date",
    "duration",
    "list",
    "initials",
    "plain",
    "safe",
    "default",
    "upper",
    "lower",
    "wordcount",
    "escape",
    "escape_html",
    "escape_xml",
    "newlines_to_br",
    "pluralize",
    "trim",
    "trim_start",
    "trim_end",
    "replace",
    "capitalize",
    "title",
    "truncate",
    "indent",
    "str",
    "int",
    "float",
    "length",
    "reverse",
    "split",
    "abs",
    "round",
    "first",
    "last",
    "nth",
    "join",
    "sort",
    "unique",
    "get",
    "values",
    "keys",
    "pairs",
    "group_by",
];

/// The names of all functions.
pub(in crate::template) const FUNCTIONS: &[&str] = &[
    "label",
    "range",
    "throw",
    "join_button",
    "add_to_calendar_links",
    "qr_code",
];

/// The names of all tests.
pub(in crate::template) const TESTS: &[&str] = &[
    "string",
    "number",
    "map",
    "bool",
    "array",
    "integer",
    "float",
    "none",
    "iterable",
    "defined",
    "undefined",
    "odd",
    "even",
    "divisible_by",
    "starting_with",
    "ending_with",
    "containing",
];

/// The words that a statement can begin with.
const STATEMENTS: &[&str] = &[
    "if",
    "elif",
    "else",
    "endif",
    "for",
    "endfor",
    "set",
    "set_global",
    "endset",
    "include",
    "extends",
    "block",
    "endblock",
    "raw",
    "endraw",
    "filter",
    "endfilter",
    "component",
    "endcomponent",
    "break",
    "continue",
];

/// The statement nearest to a word that is no statement.
pub(super) fn nearest_statement(word: &str) -> Option<String> {
    if is_statement(word) {
        return None;
    }
    nearest(word, STATEMENTS.iter().copied())
}

/// Whether a statement can begin with a word.
pub(in crate::template) fn is_statement(word: &str) -> bool {
    STATEMENTS.contains(&word) || word.starts_with("end")
}
